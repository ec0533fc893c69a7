"""A finished story as book files: a PDF for the screen, one for the printer, and an EPUB that reads aloud.

All functions are pure and take processor time only; call them in a thread.
"""

from storytailor.book.epub import epub
from storytailor.book.manuscript import Book, BookPicture
from storytailor.book.print_file import print_pdf
from storytailor.book.screen import screen_pdf

__all__ = ["Book", "BookPicture", "epub", "print_pdf", "screen_pdf"]
