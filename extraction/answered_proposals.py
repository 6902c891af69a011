"""What a patient answers to a proposal of the sentence before: a Reading in, a statement for each answer out.

"I explained that contraception would be required for a year; to this she said no." The proposal is the last thing that
the earlier sentence speaks of, and the answer opens its own.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from kb.patterns import compiled

_OTHER_MATTERS = ("drug", "vaccine")  # kinds of mention that may be what was offered


def find_answers(reading: Reading) -> Iterator[Mention]:
    """A mention of kind "statement" for every answer, named like those of a pattern that settles itself."""
    for number in range(1, len(reading.sentences)):
        if reading.is_parted(number - 1):
            continue
        sentence, before = reading.sentences[number], reading.sentences[number - 1]
        for code in ("absent", "present"):
            answer = _pattern(code).match(reading.normal, sentence.start, sentence.end)
            concept = _proposed(reading, before.start, before.end) if answer else None
            if answer is not None and concept is not None and code in cues("answers")["answered"][concept]:
                yield Mention(answer.start("said"), answer.end(), f"{concept}||{code}", "statement", number)
                break


def _proposed(reading: Reading, start: int, end: int) -> str | None:
    """What the patient was told of or asked, nothing else being offered behind it."""
    text = reading.normal[start:end]
    if _pattern("put_to_her").search(text) is None:
        return None
    found = [
        (match.end(), concept)
        for concept in cues("answers")["proposals"]
        if _of(concept, "besides").search(text)
        for match in _of(concept, "proposals").finditer(text)
    ]
    if not found:
        return None
    last, concept = max(found)
    others = [one for one in reading.mentions_in(start + last, end) if one.kind in _OTHER_MATTERS]
    return None if others else concept


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    return compiled(cues("answers")[name], re.IGNORECASE)


@functools.cache
def _of(concept: str, name: str) -> re.Pattern[str]:
    return compiled(cues("answers")[name][concept], re.IGNORECASE)
