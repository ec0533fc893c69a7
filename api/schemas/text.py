"""Kinds of text that people may send."""

from __future__ import annotations

LINE = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$"
"""One line: no control characters, and something besides spaces."""
LINES = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
"""Several lines: tabs and line feeds, but no other control character."""
