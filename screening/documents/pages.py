"""The text of a document that was read from pages: the words of each page in, one content with its layout out.

What stands at the head or foot of every page is read once, and words divided at a line's end are put together.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.layout import Layout, Page
from screening.documents.content import Content
from screening.documents.full_lines import with_full_lines
from screening.documents.hyphens import undivided
from screening.documents.running_heads import read_once
from screening.documents.words import Line, Word, page_lines, text_of


def content_of(
    pages: Sequence[tuple[Page, Sequence[Word]]], source: bytes = b"", notes: tuple[str, ...] = ()
) -> Content:
    """The content of the pages with their words; `source` is the file itself, `notes` come before this function's."""
    return content_of_lines([(page, page_lines(words)) for page, words in pages], source, notes)


def content_of_lines(
    pages: Sequence[tuple[Page, Sequence[Line]]], source: bytes = b"", notes: tuple[str, ...] = ()
) -> Content:
    """The same, of pages whose lines are in reading order."""
    lines, repeated = read_once([lines for _, lines in pages])
    text, pieces = text_of(undivided(with_full_lines(lines)))
    if repeated:
        notes = (*notes, "what stands at the head or foot of every page was read once")
    return Content(text, Layout(tuple(page for page, _ in pages), pieces, source), notes)
