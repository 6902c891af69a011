"""When a fact holds: facts in, their days as intervals and the newest of them out.

An undated fact in the present tense is as old as its letter; an undated one of the past lies somewhere before it.
One is newer than another only if every day it may be comes after every day the other may be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from kb.dates import surely_before
from kb.facts import Course, Fact, Time
from rules.findings import Situation
from rules.windows import ScreeningDay

Value = TypeVar("Value")


def letter_day(fact: Fact, situation: Situation) -> Time | None:
    """The date of the fact's letter; of a letter without one that stands alone, the screening date.

    Where that is not known either, a letter that stands alone is screened as of the day it was written, whichever
    that is. Among several letters one without a date may be the oldest of them.
    """
    dates = situation.letter_dates
    known = dates[fact.document] if fact.document < len(dates) else None
    if len(dates) > 1:
        return known
    if situation.as_of is None:
        return ScreeningDay(None, None) if known is None else ScreeningDay(known.earliest, known.latest)
    return known if known is not None else Time.on(situation.as_of)


def reading_day(fact: Fact, situation: Situation) -> Time | None:
    """The day of a result or state: its own, else the letter's, or before the letter where it is told as past.

    A time that is told but cannot be placed ("three weeks ago" in a letter without a date) is some day till then.
    """
    today = letter_day(fact, situation)
    if fact.time is not None:
        placed = fact.time.earliest is not None or fact.time.latest is not None
        return fact.time if placed or today is None else Time(None, today.latest)
    if fact.temporality == "current" or today is None:
        return today
    return Time(None, None if today.latest is None else day_before(today.latest))


def day_before(day: date) -> date:
    return day if day == date.min else day - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Dated(Generic[Value]):
    """A value with the fact it comes from and the day that fact is of."""

    value: Value
    fact: Fact
    when: Time | None


def newest(entries: Iterable[Dated[Value]]) -> list[Dated[Value]]:
    """Those that no other is certainly newer than: one, or several of the same or of uncertain days."""
    kept = list(entries)
    return [
        one
        for one in kept
        if not any(
            one.when is not None and other.when is not None and surely_before(one.when, other.when) for other in kept
        )
    ]


def course_of(fact: Fact) -> Course:
    return fact.course if fact.course is not None else Course()
