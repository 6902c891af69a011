"""Calendar arithmetic over days that are only known as intervals: dates and spans in, comparisons and windows out.

"6 months before" is a date of the calendar, never 183 days: the same day of the month, or the month's last.
What a date's uncertainty leaves open stays open: a comparison is true only when it holds for every day it may be.
"""

from __future__ import annotations

import calendar
import functools
from datetime import date, timedelta
from typing import Literal

from kb.facts import Time

CalendarUnit = Literal["day", "week", "month", "year"]


@functools.lru_cache(maxsize=1024)  # the windows of a protocol are laid from the same days again and again
def shifted(day: date, count: int, unit: CalendarUnit) -> date:
    """The day `count` units later (earlier where negative), held within `date.min` and `date.max`.

    >>> shifted(date(2026, 6, 15), -6, "month"), shifted(date(2026, 5, 31), -3, "month")
    (datetime.date(2025, 12, 15), datetime.date(2026, 2, 28))
    """
    try:
        if unit in ("day", "week"):
            return day + timedelta(days=count * (7 if unit == "week" else 1))
        months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return date.max if count > 0 else date.min


def surely_before(one: Time, other: Time) -> bool:
    """Whether every day of `one` comes before every day of `other`.

    >>> surely_before(Time.on(date(2026, 5, 1)), Time(date(2026, 5, 2), None))
    True
    """
    return one.latest is not None and other.earliest is not None and one.latest < other.earliest


def surely_within(one: Time, start: date, end: date) -> bool:
    """Whether every day of `one` lies from `start` to `end`, both inclusive."""
    return one.earliest is not None and one.latest is not None and start <= one.earliest and one.latest <= end


def surely_earlier(one: Time, day: date) -> bool:
    """Whether every day of `one` comes before `day`."""
    return one.latest is not None and one.latest < day


def years_between(birth: date, day: date) -> int:
    """Whole years of age on `day`; someone born on 29 February has the birthday on 1 March of a common year.

    >>> years_between(date(2021, 6, 16), date(2026, 6, 15))
    4
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
