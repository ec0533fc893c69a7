"""Content credentials: files that say, signed, that models made them."""
