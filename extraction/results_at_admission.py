"""Results told with an admission: a Reading and its measurements in, the same with the day of the admission out.

"Admitted with oliguria, creatinine 6.8" beside a column of later values is no result of the letter's day. It takes the
day of the admission, or of the same value in a table; where none is told, and another value has a day, it is left open.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator
from datetime import timedelta

from extraction.knowledge import cues
from extraction.reading import Reading
from kb.facts import Fact, Quantity, Time
from kb.patterns import compiled

_BEHIND = 24  # characters behind a value in which "on admission" may stand


def of_admissions(reading: Reading, facts: list[Fact]) -> list[Fact]:
    """The facts, with a time for those undated results that the letter tells of an admission."""
    told = [fact for fact in facts if _is_undated(fact) and _is_of_admission(reading, fact)]
    if not told:
        return facts
    day = _day_of_admission(reading)
    changed = {id(fact): day or _some_day(reading, fact, facts) for fact in told}
    return [dataclasses.replace(fact, time=changed[id(fact)]) if changed.get(id(fact)) else fact for fact in facts]


def _is_undated(fact: Fact) -> bool:
    current = (fact.temporality, fact.experiencer) == ("current", "patient")
    return current and fact.time is None and fact.value is not None


def _is_of_admission(reading: Reading, fact: Fact) -> bool:
    sentence = reading.sentences[reading.sentence_at(fact.start)]
    before = reading.normal[sentence.start : fact.start]
    behind = reading.normal[fact.end : min(sentence.end, fact.end + _BEHIND)]
    if _pattern("behind").match(behind):
        return True
    found = list(_pattern("before").finditer(before))
    return bool(found) and _pattern("later").search(before, found[-1].start()) is None


def _day_of_admission(reading: Reading) -> Time | None:
    """The one day that the letter gives for the admission; None where it gives none or several."""
    days = set(_days_of_admission(reading))
    return days.pop() if len(days) == 1 else None


def _days_of_admission(reading: Reading) -> Iterator[Time]:
    for time in reading.times:
        before = reading.normal[max(0, time.start - 40) : time.start]
        if time.time is not None and time.role in ("point", "start", "span") and _pattern("day").search(before):
            first = time.start_time or time.time
            yield Time(first.earliest, first.latest)


def _some_day(reading: Reading, fact: Fact, facts: list[Fact]) -> Time | None:
    """Any day up to the letter's, where another value of the test has a day that may be a later one."""
    dated = [one for one in facts if one.concept == fact.concept and one.value is not None and one.time is not None]
    if not dated or reading.letter_date is None:
        return None
    again = [one.time for one in dated if one.value is not None and fact.value is not None and _same(one, fact)]
    newest = [one.time for one in dated if one.start > fact.start and _is_latest(reading, one)]
    if again:
        return again[0]
    if newest and newest[0] is not None and newest[0].earliest is not None:
        return Time(None, newest[0].earliest - timedelta(days=1))
    return Time(None, reading.letter_date.latest)


def _same(one: Fact, other: Fact) -> bool:
    """Whether both tell one value, as a table does that the story quotes."""
    numbers = [fact.value.interval if isinstance(fact.value, Quantity) else None for fact in (one, other)]
    return numbers[0] is not None and numbers[0] == numbers[1]


def _is_latest(reading: Reading, fact: Fact) -> bool:
    return _pattern("latest").search(reading.normal[max(0, fact.start - _BEHIND) : fact.start]) is not None


@functools.cache
def _pattern(key: str) -> re.Pattern[str]:
    return compiled(cues("measurements")["admission"][key], re.IGNORECASE)
