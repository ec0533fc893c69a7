"""Text as it is: cleaning what arrives, and what a word, a line's end and a language are in each script."""
