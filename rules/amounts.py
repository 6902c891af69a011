"""Amounts of a protocol, "55 %" or "3.0 x ULN": the number and its UCUM unit, and numbers and days in plain words.

A threshold is written with its unit so that a clinician can check it; a unit that a fact does not have settles nothing.
"""

from __future__ import annotations

import functools
import re
from datetime import date
from typing import Annotated

from pydantic import Field

from kb.dates import shifted
from kb.facts import Time
from rules.findings import Finding

_PATTERN = r"^(-?\d+(?:\.\d+)?) ?(.+)$"
AmountText = Annotated[str, Field(pattern=_PATTERN)]
_UNITS = {
    "x ULN": "{ULN}",
    "× ULN": "{ULN}",
    "x LLN": "{LLN}",
    "years": "a",
    "points": "{score}",
    "days": "d",
    "agents": "{agent}",
    "mL/min/1.73 m2": "mL/min/{1.73_m2}",
    "titre": "{titer}",
}


@functools.cache
def amount(text: str) -> tuple[float, str]:
    """The number and the unit of a threshold.

    >>> amount("3.0 x ULN"), amount("55 %")
    ((3.0, '{ULN}'), (55.0, '%'))
    """
    match = re.match(_PATTERN, text)
    if match is None:
        raise ValueError(f"'{text}' is no amount: write a number and its unit, as '55 %'")
    return float(match[1]), _UNITS.get(match[2].strip(), match[2].strip())


def number(value: float) -> str:
    """A number as a nurse writes it: no needless zeros, two decimals at most."""
    return f"{round(value, 2):g}" if abs(value) < 1e6 else f"{value:.0f}"


_WORDS = {
    "{ULN}": "× ULN",
    "{score}": "points",
    "a": "years",
    "d": "days",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "umol/L": "µmol/L",
}


def unit_words(unit: str) -> str:
    return _WORDS.get(unit, unit.replace("{", "").replace("}", ""))


def span_words(low: float | None, high: float | None, unit: str) -> str:
    """An interval in words: "48 %", "55 to 60 %", "at least 90 %"."""
    name = unit_words(unit)
    if low is None and high is None:
        return "not told"
    if low is None or high is None:
        bound = high if low is None else low
        assert bound is not None
        return f"{'at most' if low is None else 'at least'} {number(bound)} {name}".strip()
    return f"{number(low)} {name}".strip() if low == high else f"{number(low)} to {number(high)} {name}".strip()


def day_words(when: Time | None) -> str:
    """A day, month or year as far as it is known.

    >>> from datetime import date
    >>> day_words(Time(date(2026, 5, 1), date(2026, 5, 31)))
    'in May 2026'
    """
    if when is None or (when.earliest is None and when.latest is None):
        return "without a date"
    first, last = when.earliest, when.latest
    if first is None or last is None:
        bound = last if first is None else first
        assert bound is not None
        return f"{'by' if first is None else 'since'} {long_day(bound)}"
    if first == last:
        return f"on {long_day(first)}"
    if first.day == 1 and last == shifted(shifted(first, 1, "month"), -1, "day"):
        return f"in {_MONTHS[first.month - 1]} {first.year}"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return f"in {first.year}"
    return f"between {long_day(first)} and {long_day(last)}"


def long_day(day: date) -> str:
    """A day in words that no country reads otherwise.

    >>> from datetime import date
    >>> long_day(date(2026, 6, 5))
    '5 June 2026'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def because(finding: Finding | None) -> str:
    """The note of a finding as the end of a sentence."""
    return f" ({finding.note})" if finding is not None and finding.note else ""
