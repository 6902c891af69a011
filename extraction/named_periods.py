"""Periods that have a name: "early 2020", "last winter" or "this month" and the letter's day in, their days out.

The names, and which part of a month or year each is, are those of `timing.yaml`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from extraction.dates import month_number, whole_month, whole_year
from extraction.knowledge import cues
from kb.facts import Time


def week_month_or_year(which: str, unit: str, reference: date, written: str) -> Time:
    """This, or the last, week, fortnight, month or year."""
    if unit == "year":
        return whole_year(reference.year - (which != "this"), written)
    if unit == "month":
        first = reference.replace(day=1) - relativedelta(months=which != "this")
        month = whole_month(first.year, first.month, written)
        return Time(month.earliest, min(month.latest or reference, reference), written)
    days = 14 if unit == "fortnight" else 7
    if which == "this":
        return Time(reference - timedelta(days=days - 1), reference, written)
    return Time(reference - timedelta(days=2 * days - 1), reference - timedelta(days=1), written)


def part_of_period(match: re.Match[str], reference: date | None, written: str) -> Time | None:
    """ "early 2020", "mid March", "late March 2024": the period's first or second half, or its middle."""
    if match["part_month"]:
        month = month_number(match["part_month"])
        if match["part_year"]:
            year = int(match["part_year"])
        elif reference is not None:
            year = reference.year if month <= reference.month else reference.year - 1
        else:
            return None
        whole = whole_month(year, month)
    elif match["part_year"]:
        whole = whole_year(int(match["part_year"]))
    else:
        return None
    if whole.earliest is None or whole.latest is None:
        return None
    low, high = (float(part) for part in cues("timing")["parts"][match["part"].lower()])
    days = (whole.latest - whole.earliest).days
    return Time(
        whole.earliest + timedelta(days=int(days * low)), whole.earliest + timedelta(days=int(days * high)), written
    )


def season_of(name: str, year: int, written: str) -> Time:
    """The months of a season that begins in the year."""
    first, last = (int(month) for month in cues("timing")["seasons"][name.lower()])
    start = date(year, first, 1)
    return Time(start, start + relativedelta(months=last - first + 1) - timedelta(days=1), written)


def season_before(name: str, reference: date, written: str) -> Time | None:
    """The newest such season that had begun by the reference."""
    for year in (reference.year, reference.year - 1):
        season = season_of(name, year, written)
        if season.earliest is not None and season.latest is not None and season.earliest <= reference:
            return Time(season.earliest, min(season.latest, reference), written)
    return None
