"""Vital signs of an arrival that later ones of the same letter follow: facts in, the earlier ones put before them.

"SpO2 78 % at triage [...] At discharge: SpO2 95 %" tells of two times without a day; the first is not the newest.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Sequence
from datetime import timedelta

from extraction.knowledge import cues
from extraction.reading import Reading
from extraction.result_words import alternatives
from kb.facts import Fact, Time
from kb.patterns import compiled
from kb.vocabulary import Lab, vocabulary

_REACH = 48  # characters between a value and the words of its occasion


def before_later_ones(reading: Reading, facts: Sequence[Fact]) -> list[Fact]:
    """The facts, with those of an arrival older than the next value of the same sign."""
    return [_placed(reading, fact, facts) for fact in facts]


def _placed(reading: Reading, fact: Fact, facts: Sequence[Fact]) -> Fact:
    if fact.time is not None or not _is_vital(fact) or fact.temporality != "current" or not _of_arrival(reading, fact):
        return fact
    later = [
        one
        for one in facts
        if one.concept == fact.concept and one.start > fact.start and one.value is not None
        if one.experiencer == fact.experiencer and not _of_arrival(reading, one)
    ]
    if not later:
        return fact
    days = [one.time.earliest for one in later if one.time is not None and one.time.earliest is not None]
    letter = reading.letter_date.latest if reading.letter_date is not None else None
    newest = min(days, default=letter)
    time = None if newest is None else Time(None, newest - timedelta(days=1))
    return dataclasses.replace(fact, time=time, temporality="historical")


def _is_vital(fact: Fact) -> bool:
    term = vocabulary().terms.get(fact.concept)
    return fact.value is not None and isinstance(term, Lab) and term.panel == "vitals"


@functools.cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The words of an arrival behind a value, and those before one."""
    words = alternatives(cues("measurements")["arrival"])
    return (
        compiled(rf"[^.;,\n\d]{{0,30}}?(?<!\w){words}", re.IGNORECASE),
        compiled(rf"(?<!\w){words}[^.;\n]*$", re.IGNORECASE),
    )


def _of_arrival(reading: Reading, fact: Fact) -> bool:
    follows, leads = _words()
    sentence = reading.sentences[reading.sentence_at(fact.start)]
    behind = reading.normal[fact.end : min(fact.end + _REACH, sentence.end)]
    before = reading.normal[max(sentence.start, fact.start - _REACH) : fact.start]
    return follows.match(behind) is not None or leads.search(before) is not None
