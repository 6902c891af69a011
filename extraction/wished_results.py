"""Results that are a condition, a need or a hope: the name of a test and its result in, whether it is only wished for.

"Until the CMV PCR is negative", "should have a negative pregnancy test", "awaiting a negative PCR" tell no result.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.result_words import alternatives
from extraction.results import Result
from kb.patterns import compiled

_BOUNDARY = compiled(r"[;:.]\s|\n|,\s+(?:and|but|with|then)\s|\s(?:but|however|although|so)\s", re.IGNORECASE)
_PRESENT = compiled(r"\b(?:is|are|becomes?|turns?|has|have|gets?|remains?)\b", re.IGNORECASE)


@functools.cache
def _words(key: str) -> re.Pattern[str]:
    return compiled(alternatives(cues("measurements")["wished"][key]), re.IGNORECASE)


def is_wished(reading: Reading, mention: Mention, result: Result) -> bool:
    """Whether the words before the test or behind its result make it a condition or a wish."""
    normal = reading.normal
    sentence = reading.sentences[mention.sentence]
    start, name = min(mention.start, result.start), max(mention.start, result.start)
    boundaries = list(_BOUNDARY.finditer(normal, sentence.start, start))
    begin = max(boundaries[-1].end() if boundaries else sentence.start, bracket_opened(normal, sentence.start, start))
    if _words("behind").match(normal, result.end, min(sentence.end + 1, result.end + 60)):
        return True
    if any(not _leads_to_date(reading, match.end()) for match in _words("conditions").finditer(normal, begin, name)):
        return True
    if any(_reaches(reading, match.end(), start) for match in _words("wishes").finditer(normal, begin, name)):
        return True
    return any(
        _PRESENT.search(normal[match.end() : result.start])
        for match in _words("moments").finditer(normal, begin, start)
    )


def bracket_opened(normal: str, begin: int, start: int) -> int:
    """Where the bracket opens that the name stands in: "until she was given a kidney in 2013 (eGFR 52)"."""
    opening = normal.rfind("(", begin, start)
    return opening if opening >= 0 and ")" not in normal[opening:start] else begin


def _leads_to_date(reading: Reading, at: int) -> bool:
    """ "Until May", "till the end of May": a date, no condition."""
    return any(not reading.normal[at : time.start].strip(" the") for time in reading.times_in(at, at + 12))


def _reaches(reading: Reading, at: int, start: int) -> bool:
    """Whether a wish reaches the test: a comma ends it, unless it stands in a list of tests."""
    comma = reading.normal.find(",", at, start)
    return comma < 0 or any(mention.kind == "lab" for mention in reading.mentions_in(at, comma))
