"""An undated value that the story goes on from to a dated one of the same question: facts in, the same in order out.

"Creatinine 88, then the nephritic flare; eGFR 24 on 25 February": the creatinine is older than that day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from extraction.knowledge import cues
from extraction.reading import Reading
from extraction.result_words import pattern_of
from kb.facts import Fact, Quantity, Time
from kb.patterns import compiled

_NEXT = 1  # sentences behind the one of the undated value in which the dated one may stand


def with_overtaken_values(reading: Reading, facts: Sequence[Fact]) -> list[Fact]:
    """The facts; an undated value behind which a turn of the story leads to a dated one is older than that one."""
    overtaken = cues("measurements")["overtaken_values"]
    told = [fact for fact in facts if isinstance(fact.value, Quantity) and fact.experiencer == "patient"]
    if not any(fact.concept in overtaken["by"] for fact in told):
        return list(facts)
    placed: dict[int, Fact] = {}
    for fact in told:
        later = _later(reading, fact, [one for one in told if one.concept == overtaken["by"].get(fact.concept)])
        if later is not None:
            placed[id(fact)] = replace(fact, time=Time(None, later - timedelta(days=1)))
    return [placed.get(id(fact), fact) for fact in facts]


def _later(reading: Reading, fact: Fact, others: Sequence[Fact]) -> date | None:
    """The first day of the values that a turn of the story behind an undated one leads to; None if there is none."""
    if fact.time is not None or pattern_of("now_words").search(fact.quote):
        return None
    last = min(reading.sentence_at(fact.start) + _NEXT, len(reading.sentences) - 1)
    end = reading.sentences[last].end
    turn = compiled(cues("measurements")["overtaken_values"]["turn"]).search(reading.normal, fact.end, end)
    days = [
        one.time.earliest
        for one in others
        if turn is not None and turn.end() <= one.end and fact.end < one.start < end and one.time is not None
    ]
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None
