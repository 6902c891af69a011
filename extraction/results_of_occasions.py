"""Results told of an occasion without a day: a Reading and its measurements in, the same put in their time out.

What is told of an admission ("admitted with oliguria, creatinine 6.8") is of the admission's day, where the letter has
it; what was found on an earlier occasion is older than what was found on a later one.
"""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from extraction.knowledge import cues
from extraction.occasions import Occasion, names_occasion, occasion_of
from extraction.reading import Reading
from kb.facts import Fact, Quantity, Time
from kb.patterns import compiled
from kb.vocabulary import Lab, vocabulary

_DAY_REACH = 40  # characters before a date in which it is told to be that of the admission


def put_in_time(reading: Reading, facts: Sequence[Fact]) -> list[Fact]:
    """The facts, with those undated results in their time that are told of an occasion."""
    if not names_occasion(reading.normal):
        return list(facts)
    by_concept: dict[str, list[_Told]] = defaultdict(list)
    for fact in facts:
        if fact.value is not None and fact.experiencer == "patient":
            by_concept[fact.concept].append((fact, occasion_of(reading, fact.start, fact.end)))
    day = _day_of_arrival(reading)
    placed: dict[int, Fact] = {}
    for told in by_concept.values():
        placed |= _placed(reading, told, day)
    return [placed.get(id(fact), fact) for fact in facts]


_Told = tuple[Fact, Occasion | None]


def _placed(reading: Reading, told: Sequence[_Told], day: Time | None) -> dict[int, Fact]:
    """The results of one test that an occasion puts in their time, by the identity of the fact that each replaces."""
    behind_name = Counter(fact.start for fact, _ in told)
    alone = [one for one in told if behind_name[one[0].start] == 1]  # not of a course, which is in order already
    placed: dict[int, Fact] = {}
    for fact, occasion in told:
        if occasion is None or fact.time is not None or fact.temporality != "current":
            continue
        is_alone = behind_name[fact.start] == 1
        if is_alone and occasion.of_arrival and day is not None:
            placed[id(fact)] = replace(fact, time=day)
        elif is_alone and (later := _later(fact, occasion, told, alone)):
            placed[id(fact)] = _before(fact, later)
        elif occasion.of_arrival:
            placed[id(fact)] = replace(fact, time=_some_day(reading, fact, told))
    return placed


def _later(fact: Fact, occasion: Occasion, told: Sequence[_Told], alone: Sequence[_Told]) -> list[Fact]:
    """The values of later occasions; where there are none, the vital signs behind one of an arrival."""
    named = [
        other
        for other, its in alone
        if other is not fact and its is not None and occasion.is_before(its, told_before=other.start > fact.start)
    ]
    return named or [other for other, its in told if _goes_on(fact, occasion, other, its)]


def _before(fact: Fact, later: Sequence[Fact]) -> Fact:
    """The fact as one of the past: before the days of the later ones, where all have one."""
    days = [other.time.earliest for other in later if other.time is not None and other.time.earliest is not None]
    time = Time(None, min(days) - timedelta(days=1)) if len(days) == len(later) else None
    return replace(fact, temporality="historical", time=time)


def _goes_on(fact: Fact, occasion: Occasion, other: Fact, its: Occasion | None) -> bool:
    """Whether a vital sign of no occasion stands behind one of an arrival: "SpO2 78 % at triage [...] SpO2 95 %"."""
    term = vocabulary().terms.get(fact.concept)
    is_vital = isinstance(term, Lab) and term.panel == "vitals"
    return is_vital and occasion.is_early and its is None and other.start > fact.start


def _day_of_arrival(reading: Reading) -> Time | None:
    """The one day that the letter gives for the admission; None where it gives none or several."""
    days = set(_days_of_arrival(reading))
    return days.pop() if len(days) == 1 else None


def _days_of_arrival(reading: Reading) -> Iterator[Time]:
    for time in reading.times:
        before = reading.normal[max(0, time.start - _DAY_REACH) : time.start]
        if time.time is not None and time.role in ("point", "start", "span") and _leads_to_day().search(before):
            first = time.start_time or time.time
            yield Time(first.earliest, first.latest)


@functools.cache
def _leads_to_day() -> re.Pattern[str]:
    return compiled(cues("measurements")["occasions"]["day_of_arrival"], re.IGNORECASE)


def _some_day(reading: Reading, fact: Fact, told: Sequence[_Told]) -> Time | None:
    """Any day up to the letter's, where another value of the test has a day that may be a later one.

    The same number with a day is that value again, as a table has it that the story quotes.
    """
    dated = [other for other, _ in told if other.time is not None and other.start != fact.start]
    if not dated or reading.letter_date is None:
        return None
    again = (other.time for other in dated if _is_same_number(fact, other))
    return next(again, Time(None, reading.letter_date.latest))


def _is_same_number(one: Fact, other: Fact) -> bool:
    first, second = one.value, other.value
    return isinstance(first, Quantity) and isinstance(second, Quantity) and first.interval == second.interval
