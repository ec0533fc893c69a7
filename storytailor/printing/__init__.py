"""What printers ask for: their rules as data, colour for the press, and the preflight that judges a finished file.

Nothing here knows how a book is typeset: what goes in and what is judged is any PDF.
"""
