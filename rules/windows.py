"""Windows of a protocol, "6 months before screening": where a date that may be an interval lies relative to one.

A window runs back from the screening date, which also stands in for the days of enrolment, apheresis and infusion;
both its ends count. The first day on which something no longer lies in it is what a recheck date is made of.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal, cast

from pydantic import Field

from kb.dates import CalendarUnit, shifted, surely_earlier, surely_within
from kb.facts import Time

_PATTERN = r"^(\d+) (day|week|month|year)s?( before (screening|enrolment|apheresis|infusion))?$"
WindowText = Annotated[str, Field(pattern=_PATTERN)]
_LEAP, _MONTHS = date(2023, 1, 1), range(48)  # every month of years with and without a leap day
_SPAN = r"^(\d+) (day|week|month|year)s?$"
SpanText = Annotated[str, Field(pattern=_SPAN)]
Place = Literal["inside", "outside", "open"]


@dataclass(frozen=True, slots=True)
class ScreeningDay(Time):
    """The day of a letter that is screened as of itself without saying which day that is: inside every window."""


@dataclass(frozen=True, slots=True)
class Window:
    """`count` calendar units back from the screening date."""

    count: int
    unit: CalendarUnit
    words: str

    def start(self, as_of: date) -> date:
        """The first day that counts."""
        return shifted(as_of, -self.count, self.unit)

    def place(self, when: Time | None, as_of: date | None) -> Place:
        """Where a day lies; a day not told, or one that may be on either side, is open."""
        if isinstance(when, ScreeningDay):
            return "inside"
        if when is None or as_of is None:
            return "open"
        if surely_earlier(when, self.start(as_of)):
            return "outside"
        return "inside" if surely_within(when, self.start(as_of), as_of) else "open"

    def clears(self, last: date) -> date:
        """The first screening date whose window no longer reaches back to `last`.

        >>> window("3 months before screening").clears(date(2026, 1, 31))
        datetime.date(2026, 5, 1)
        """
        day = shifted(last, self.count, self.unit)
        while self.start(day) <= last:
            day += timedelta(days=1)
        return day


@functools.cache
def window(text: str) -> Window:
    """The window of a protocol's words. Raises ValueError for words it does not know."""
    match = re.match(_PATTERN, text)
    if match is None:
        raise ValueError(f"'{text}' is no window: write it as '6 months before screening'")
    return Window(int(match[1]), cast(CalendarUnit, match[2]), text.split(" before")[0])


def anchored(text: str) -> bool:
    """Whether the words say before what the window runs.

    >>> anchored("6 months before screening"), anchored("6 months")
    (True, False)
    """
    return " before " in text


def days_of(text: str) -> tuple[int, int]:
    """The fewest and the most days that a window or span may have: two of them overlap where the calendar decides.

    >>> days_of("12 weeks before screening"), days_of("1 month"), days_of("1 year")
    ((84, 84), (28, 31), (365, 366))
    """
    count, unit = text.split()[:2]
    number, months = int(count), {"month": 1, "year": 12}.get(unit.removesuffix("s"))
    if months is None:
        days = number * (7 if unit.startswith("week") else 1)
        return days, days
    lengths = [
        (shifted(_LEAP, first + number * months, "month") - shifted(_LEAP, first, "month")).days for first in _MONTHS
    ]
    return min(lengths), max(lengths)


def later_by(day: date, span: str) -> date:
    """The day that lies a span such as "6 months" after another. Raises ValueError for words it does not know.

    >>> later_by(date(2026, 1, 31), "1 month")
    datetime.date(2026, 2, 28)
    """
    match = re.match(_SPAN, span)
    if match is None:
        raise ValueError(f"'{span}' is no span: write it as '6 months'")
    return shifted(day, int(match[1]), cast(CalendarUnit, match[2]))


def lasts(first: date | None, last: date | None, span: str) -> bool:
    """Whether the days from `first` to `last` are at least a span such as "6 months"."""
    return first is not None and last is not None and later_by(first, span) <= last
