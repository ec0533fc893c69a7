"""Typesetting: a finished story as a PDF for the screen, one for the printer, and an EPUB that reads aloud.

All functions are pure and take processor time only; call them in a thread. What a book is made of is read
and stored elsewhere.
"""

from storytailor.book.epub import epub
from storytailor.book.model import Book, BookPicture
from storytailor.book.pdf import print_pdf, screen_pdf
from storytailor.book.printer_files import printer_files

__all__ = ["Book", "BookPicture", "epub", "print_pdf", "printer_files", "screen_pdf"]
