"""Shares told before their cells: a name in "75% neutrophils, 20% lymphocytes" in, its share of the count out.

A number directly before a name is the name's own only where the number opens an item of a list; in "neutrophils 60%
lymphocytes 30%" it is that of the name before it.
"""

from __future__ import annotations

import re

from extraction.knowledge import cues
from extraction.named_tests import Named
from extraction.numbers import read_number
from extraction.numeric_results import numeric_result
from extraction.reading import Reading
from extraction.result_words import Page, pattern_of
from extraction.results import Result
from kb.patterns import compiled

_OPENS = compiled(r"(?:[,;(]|\b(?:and|with|plus|showing|showed|including|revealed|comprising))\s*$", re.IGNORECASE)
_NUMBER = compiled(r"(?<![\d.,/-])(?P<number>\d{1,3}(?:\.\d+)?\s?%)\s+(?:of\s+|were\s+)?$")
_VALUED = compiled(r"\s*[:=]?\s*\d")
_REACH = 24


def share_before(reading: Reading, page: Page, named: Named) -> tuple[str, Result] | None:
    """The concept of the share and its result; None for cells of another fluid than blood."""
    share = (cues("measurements")["by_unit"].get(named.mention.concept) or {}).get("%")
    if share is None or _VALUED.match(page.normal, named.mention.end):
        return None
    begin = reading.sentences[named.mention.sentence].start
    number = _NUMBER.search(page.normal[max(begin, named.mention.start - _REACH) : named.mention.start])
    if number is None:
        return None
    at = max(begin, named.mention.start - _REACH) + number.start("number")
    told = page.normal[begin:at]
    if not _OPENS.search(told) or pattern_of("other_specimens").search(told):
        return None
    written = read_number(page.normal, at, named.mention.start, page.comma)
    result = None if written is None else numeric_result(page, share, written, named.mention.start)
    return None if result is None else (share, result)
