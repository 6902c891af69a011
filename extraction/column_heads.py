"""The heads of a table's columns that are no full dates: cells in, each column's time out.

Months with years of two digits ("12/25 | 03/26"), months alone, days without a year, and words for the older and the
newer column ("Previous | Current", "Baseline | Month 3 | Month 6"): read as one value after another, not as the newest.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from extraction.date_orders import date_order
from extraction.dates import day_of, month_names, whole_month
from extraction.knowledge import cues
from extraction.reading import Reading
from kb.facts import Time
from kb.patterns import compiled

Cell = tuple[int, int]
Columns = dict[int, Time | None]  # the newest column of words has no time of its own: it is of the letter's day

_YEARS_BACK = 5
_NUMBERED = compiled(r"(?P<word>[A-Za-z]+)\.? ?(?P<number>\d{1,3})")


def columns_told(reading: Reading, cells: Sequence[Cell], *, dated: int) -> Columns:
    """The columns as their heads tell them; none where they tell nothing or fewer than are `dated` in full."""
    newest = reading.letter_date.latest if reading.letter_date is not None else None
    heads = {column: reading.normal[start:end].strip(" :().*") for column, (start, end) in enumerate(cells)}
    months = _rising({column: _month(head, newest) for column, head in heads.items()})
    if len(months) > 1 and len(months) >= dated:
        return months
    if dated > 1 or newest is None:
        return {}
    days = _rising(
        {column: _day(head, date_order(reading.normal) == "day first", newest) for column, head in heads.items()}
    )
    return days or _numbered(heads, newest) or _worded(heads, newest)


def _rising(found: dict[int, Time | None]) -> Columns:
    """The columns that have a time, if these rise or fall from left to right."""
    times = {column: time for column, time in found.items() if time is not None}
    firsts = [time.earliest or date.min for time in times.values()]
    return dict(times) if len(times) > 1 and firsts in (sorted(firsts), sorted(firsts, reverse=True)) else {}


@functools.cache
def _month_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, month_names()), key=len, reverse=True))
    return compiled(
        rf"(?:(?P<number>0?[1-9]|1[0-2])[/.-](?P<year>\d\d)|(?P<name>{names})\.?(?:[ '/-]{{0,2}}(?P<year2>\d\d))?)",
        re.IGNORECASE,
    )


def _month(head: str, newest: date | None) -> Time | None:
    """ "12/25", "Dec 25", "Dec": a month of the last years before the letter."""
    match = _month_pattern().fullmatch(head)
    if match is None:
        return None
    month = int(match["number"]) if match["number"] else month_names()[match["name"].lower()]
    written = match["year"] or match["year2"]
    if written is None:
        if newest is None:
            return None
        year = newest.year - (month > newest.month)
    else:
        year = 2000 + int(written)
    if newest is not None and not newest.year - _YEARS_BACK <= year <= newest.year:
        return None
    time = whole_month(year, month, match.group())
    if newest is None or time.earliest is None or time.latest is None:
        return time
    return None if time.earliest > newest else replace(time, latest=min(time.latest, newest))


def _day(head: str, day_first: bool, newest: date) -> Time | None:
    """ "5/1": the last such day not after the letter's."""
    match = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})\.?", head)
    if match is None:
        return None
    first, second = int(match[1]), int(match[2])
    day, month = (first, second) if day_first else (second, first)
    found = [day_of(year, month, day) for year in (newest.year, newest.year - 1)]
    return next((Time.on(one, head) for one in found if one is not None and one <= newest), None)


def _numbered(heads: dict[int, str], newest: date) -> Columns:
    """ "Baseline | Month 3 | Month 6", "Visit 1 | Visit 2": the highest number is the newest."""
    known = cues("measurements")["column_heads"]
    numbers: dict[int, int] = {}
    for column, head in heads.items():
        match = _NUMBERED.fullmatch(head)
        if match is not None and match["word"].lower() in known["counted"]:
            numbers[column] = int(match["number"])
        elif head.lower() in known["zero"]:
            numbers[column] = 0
    if len(numbers) < 2 or not all(one < other for one, other in pairwise(numbers.values())):
        return {}
    last = max(numbers)
    return {column: None if column == last else _earlier(newest) for column in numbers}


def _worded(heads: dict[int, str], newest: date) -> Columns:
    """ "Previous | Current", "Result | Previous": one column is the newer."""
    known = cues("measurements")["column_heads"]
    older = [column for column, head in heads.items() if head.lower() in known["older"]]
    newer = [column for column, head in heads.items() if head.lower() in known["newer"]]
    newer = newer or [column for column, head in heads.items() if head.lower() in known["result"]]
    if len(newer) != 1 or not older:
        return {}
    return {column: None if column in newer else _earlier(newest) for column in sorted([*older, *newer])}


def _earlier(newest: date) -> Time:
    return Time(None, newest - timedelta(days=1))
