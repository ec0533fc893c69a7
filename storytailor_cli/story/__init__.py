"""`storytailor story`: one book, from the command's options to the files in out/<story-id>/."""
