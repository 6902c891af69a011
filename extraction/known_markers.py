"""A marker of a virus told as there without a word of result: a reading and the marker's mention in, positive out.

"Anti-HBc has been known since 2015", "a carrier of HBsAg", "the core antibody stayed", "HIV antibodies confirmed by
blot": what is known, carried, found or confirmed is there. What is asked for, feared, or the want of knowledge is not.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from kb.facts import Coded
from kb.patterns import compiled

_REACH = 70  # characters beside the name in which it is told


@functools.cache
def _told(where: str) -> re.Pattern[str]:
    return compiled(cues("measurements")["known_markers"][where], re.IGNORECASE)


def known_marker(reading: Reading, mention: Mention, concept: str) -> Coded | None:
    """Positive where the marker, named without a result, is told as known, found or carried."""
    if concept not in cues("measurements")["known_markers"]["concepts"]:
        return None
    if mention.assertion != "present" or mention.temporality == "planned":
        return None
    sentence = reading.sentences[mention.sentence]
    before = reading.normal[max(sentence.start, mention.start - _REACH) : mention.start].split(";")[-1]
    behind = reading.normal[mention.end : min(sentence.end, mention.end + _REACH)]
    found = _told("behind").match(behind)
    if found is None and _told("before").search(before) is None:
        return None
    told = before + (found.group() if found is not None else "")
    if _told("not_with").search(told) or (found is not None and _told("not_behind").match(behind, found.end())):
        return None
    return Coded("positive", reading.text[mention.start : mention.end])
