"""Amounts of time in words: "3 weeks", "6/52" or "a couple of months" in, days out.

A vague amount is an interval, so is a month or a year; the names of the units and the vague words are those of
`timing.yaml`.
"""

from __future__ import annotations

import functools
import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from extraction.knowledge import cues
from extraction.number_words import NEARLY, any_of, count_of, count_pattern
from kb.facts import Interval
from kb.patterns import compiled

_NEARLY = compiled(r"\b(?:nearly|almost|not quite|just under|close to|just short of)\b", re.IGNORECASE)


@functools.cache
def units_of_time() -> dict[str, tuple[str, int, int]]:
    """A unit's spellings: (unit, days, how many days off "one unit ago" may be)."""
    return {
        spelling: (unit, int(entry["days"]), int(entry["slack"]))
        for unit, entry in cues("timing")["units"].items()
        for spelling in entry["names"]
    }


@functools.cache
def amount_pattern() -> re.Pattern[str]:
    """An amount as it is written: a number or vague word with its unit, or a fraction of a week or year."""
    number = rf"(?:\d{{1,3}}(?:\.\d)?|{count_pattern()}(?![a-z]))"
    vague = any_of(list(cues("timing")["vague"]))
    units = any_of([unit for unit in units_of_time() if len(unit) > 1])
    return compiled(
        rf"(?:(?P<vague>{vague}) |(?P<count>{number})(?: ?(?:-|to|or) ?(?P<count_to>{number}))?\+?[ -]?"
        rf"(?:full |consecutive |complete |whole |calendar )?)(?P<unit>{units}|(?<=\d)[dwmy])(?:'s?)?(?![a-z])"
        r"|(?<![\d/])(?P<part>\d{1,2})(?:-(?P<part_to>\d{1,2}))?/(?P<of>7|52|12)(?![\d/])",
        re.IGNORECASE,
    )


def days_of(written: str) -> Interval | None:
    """The number of days that an amount such as "3 weeks", "6/52" or "a couple of months" stands for.

    >>> days_of("two weeks").low, days_of("3/12").high
    (14, 93)
    """
    read = read_amount(written)
    if read is None:
        return None
    low, high, unit = read
    least = days_in(low, unit, shortest=True)
    return Interval(least * NEARLY if _NEARLY.search(written) else least, days_in(high, unit, shortest=False))


def read_amount(written: str) -> tuple[float, float, str] | None:
    """The least and the greatest count, and their unit; None where no amount is written."""
    match = amount_pattern().search(written)
    if match is None:
        return None
    if match["part"]:
        unit = {"7": "day", "52": "week", "12": "month"}[match["of"]]
        return float(match["part"]), float(match["part_to"] or match["part"]), unit
    unit = units_of_time()[match["unit"].lower()][0]
    if match["vague"]:
        low, high = cues("timing")["vague"][match["vague"].lower()]
        return float(low), float(high), unit
    low = count_of(match["count"])
    return low, max(low, count_of(match["count_to"])) if match["count_to"] else low, unit


def days_in(count: float, unit: str, *, shortest: bool) -> float:
    """The days of so many units: the fewest that they may be, or the most."""
    if unit == "month":
        # a stated month is 30 days at the least, so that "3 months" meets 90 days, as in dose instructions
        return round(count * ((30 if count >= 2 else 28) if shortest else 31))
    if unit == "year":
        return round(count * 365.25) if count >= 1 else round(count * 365)
    return round(count * units_of_time()[unit][1])


def units_before(day: date, count: float, unit: str) -> date:
    """The calendar day so many units before."""
    if unit == "month" and count == int(count):
        return day - relativedelta(months=int(count))
    if unit == "year" and count == int(count):
        return day - relativedelta(years=int(count))
    return day - timedelta(days=days_in(count, unit, shortest=False))
