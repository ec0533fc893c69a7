"""A finished story as book files: a PDF for the screen, one for the printer, and an EPUB that reads aloud.

All functions are pure and take processor time only; call them in a thread.
"""

from storytailor.making.book.epub import epub
from storytailor.making.book.manuscript import Book, BookPicture
from storytailor.making.book.print_file import print_pdf
from storytailor.making.book.screen import screen_pdf

__all__ = ["Book", "BookPicture", "epub", "print_pdf", "screen_pdf"]
