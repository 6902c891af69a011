"""Who the patient is: facts in, age, sex and body measures at the screening date as intervals out.

An age told in an earlier letter has grown since; a birth date settles it. Sex decides who a criterion is for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Literal

from kb.dates import years_between
from kb.facts import Coded, Fact, Interval, Quantity, Time
from rules import derivation
from rules.derivation import Expression
from rules.findings import Situation
from rules.moments import letter_day


def age(situation: Situation) -> tuple[Interval, list[Fact]] | None:
    """Age in years at the screening date (of a letter without one: at the letter) with its facts; None if untold."""
    told: list[tuple[Interval, Fact]] = []
    for fact in situation.about("birth-date"):
        known = _from_birth(fact.time, situation.as_of)
        if known is not None and fact.assertion == "present":
            told.append((known, fact))
    ages = [fact for fact in situation.about("age") if fact.time is not None or fact.temporality == "current"]
    dated = [fact for fact in ages if fact.time is not None or letter_day(fact, situation) is not None]
    for fact in () if told else dated or ages or situation.about("age"):
        if isinstance(fact.value, Quantity) and fact.value.unit == "a" and fact.assertion == "present":
            told.append((_grown(fact.value.interval, fact, situation), fact))
    if not told:
        return None
    return hull([interval for interval, _ in told]), [fact for _, fact in told]


def _from_birth(born: Time | None, as_of: date | None) -> Interval | None:
    if born is None or as_of is None or born.earliest is None or born.latest is None or born.latest > as_of:
        return None
    return Interval(years_between(born.latest, as_of), years_between(born.earliest, as_of))


def _grown(told: Interval, fact: Fact, situation: Situation) -> Interval:
    """The age when the letter was written, or on the fact's day, carried on to the screening date.

    That of a letter without a date among others is the least that it can be today.
    """
    when = fact.time or letter_day(fact, situation)
    as_of = situation.as_of
    if when is None and len(situation.letter_dates) > 1:
        return Interval(told.low, None)
    if as_of is None or when is None or when.earliest is None or when.latest is None or when.latest >= as_of:
        return told
    # someone of 4 may turn 5 on any day since
    least, most = years_between(when.latest, as_of), math.ceil((as_of - when.earliest).days / 365.25)
    low, high = told.least, told.greatest
    return Interval(None if low is None else low + least, None if high is None else high + most)


def age_derived(facts: Sequence[Fact], situation: Situation) -> Expression:
    """How the age comes about from the facts that `age` gives."""
    return derivation.hull([_derived(fact, situation) for fact in facts])


def _derived(fact: Fact, situation: Situation) -> Expression:
    if not isinstance(fact.value, Quantity):
        return derivation.years_since(fact)
    told, grown = fact.value.interval, _grown(fact.value.interval, fact, situation)
    if grown.high is None and told.high is not None:
        return derivation.only("low", derivation.value(fact), [fact])
    first, last = told.least, told.greatest
    if grown == told or first is None or last is None or grown.low is None or grown.high is None:
        return derivation.value(fact)
    years = round(grown.low - first), round(grown.high - last)
    since = derivation.stated(*years, "the years since it was told", ())
    return derivation.total([derivation.value(fact), since])


def hull(intervals: Sequence[Interval]) -> Interval:
    """The least interval that holds them all; not for none."""
    lows = [interval.least for interval in intervals]
    highs = [interval.greatest for interval in intervals]
    return Interval(
        None if None in lows else min(low for low in lows if low is not None),
        None if None in highs else max(high for high in highs if high is not None),
    )


def sex(situation: Situation) -> tuple[Literal["female", "male"] | None, list[Fact]]:
    """The patient's sex with its facts; None where it is not told, or told in two ways."""
    facts = [fact for fact in situation.about("sex") if fact.assertion == "present" and isinstance(fact.value, Coded)]
    codes = {fact.value.code for fact in facts if isinstance(fact.value, Coded)}
    if codes == {"female"}:
        return "female", facts
    return ("male" if codes == {"male"} else None), facts


def body(concept: str, unit: str, situation: Situation) -> tuple[Interval, list[Fact]] | None:
    """All values told of a body measure, as one interval: a dose of another day needs the weight of that day."""
    facts = [
        fact
        for fact in situation.about(concept)
        if fact.assertion == "present" and isinstance(fact.value, Quantity) and fact.value.unit == unit
    ]
    values = [fact.value.interval for fact in facts if isinstance(fact.value, Quantity)]
    return (hull(values), facts) if values else None
