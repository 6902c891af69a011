"""The text of a document that was read from pages: the words of each page in, one content with its layout out.

What stands at the head or foot of every page is set aside, once it was read, and words divided at a line's end are
put together.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.layout import Layout, Page
from screening.documents.content import Content
from screening.documents.words import Line, Word, page_lines, text_of


def content_of(
    pages: Sequence[tuple[Page, Sequence[Word]]], source: bytes = b"", notes: tuple[str, ...] = ()
) -> Content:
    """The content of the pages with their words; `source` is the file itself, `notes` come before this function's."""
    lines: list[tuple[int, Line]] = [
        (number, line) for number, (_, words) in enumerate(pages) for line in page_lines(words)
    ]
    text, pieces = text_of(lines)
    return Content(text, Layout(tuple(page for page, _ in pages), pieces, source), notes)
