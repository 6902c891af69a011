"""Results in the line below their name: the name of a test that ends its line in, the value that the next line is out.

A print-out of narrow columns, or copied from a screen, puts "Total bilirubin" in one line and "17 umol/L (0-21)" in the
next. Names or values stacked on one another tell nothing of which belongs to which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extraction.named_result import read_result
from extraction.named_tests import Named
from extraction.reading import Reading
from extraction.result_words import Page
from extraction.results import Result
from kb.patterns import compiled

_ALONE_BEFORE = compiled(r"[\s*•|>-]*(?:[A-Za-z.]{1,12}\s+){0,2}")
_ALONE_BEHIND = compiled(r"[ \t:=|.,-]*(?:\([^()\n]{1,16}\)[ \t:=|]*)?")
_LABEL = compiled(r"[ \t]*(?:results?|value|level)?[ \t]*[:=]?[ \t]*", re.IGNORECASE)
_REST = compiled(r"[ \t.,;|*()\[\]HL↑↓]*")
_LONE_NUMBER = compiled(r"\s*[<>]?\d+(?:[.,]\d+)?\s*")


def stacked_result(reading: Reading, page: Page, named: Named) -> Result | None:
    """The value that fills the line below a name which is all that its own line holds; None where anything else is."""
    begin, end = _line(page.normal, named.mention.start)
    if named.mention.end > end or end >= len(page.normal):
        return None
    below, below_end = _line(page.normal, end + 1)
    alone = _ALONE_BEFORE.fullmatch(page.normal, begin, named.mention.start)
    if not alone or not _ALONE_BEHIND.fullmatch(page.normal, named.mention.end, end):
        return None
    if _is_bare_name(reading, page, begin) or _LONE_NUMBER.fullmatch(_text_below(page.normal, below_end)):
        return None
    label = _LABEL.match(page.normal, below, below_end)
    start = below if label is None else label.end()
    result = read_result(page, named.concept, start, below_end)
    if result is None or page.normal[start : result.start].strip(" \t(*") or page.time_at(result.start) is not None:
        return None
    return result if _REST.fullmatch(page.normal, result.end, below_end) else None


def _line(normal: str, at: int) -> tuple[int, int]:
    """Begin and end of the line that holds a place."""
    end = normal.find("\n", at)
    return normal.rfind("\n", 0, at) + 1, len(normal) if end < 0 else end


def _text_below(normal: str, end: int) -> str:
    begin, last = _line(normal, end + 1) if end < len(normal) else (end, end)
    return normal[begin:last]


def _is_bare_name(reading: Reading, page: Page, begin: int) -> bool:
    """Whether the line above is a test's name without a value: then the values may be stacked as well."""
    above, above_end = _line(page.normal, begin - 1) if begin else (0, 0)
    line = page.normal[above:above_end]
    return any(_tests(reading, above, above_end)) and not any(map(str.isdigit, line))


def _tests(reading: Reading, start: int, end: int) -> Iterator[bool]:
    return (mention.kind == "lab" for mention in reading.mentions_in(start, end))
