"""FHIR's dates, instants, periods and ages: JSON in, days as intervals out.

A date known to the month is its first to its last day; of an instant the day counts that its own time zone writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from kb.dates import shifted
from kb.facts import Time

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def day(text: Any) -> Time | None:
    """The days that a FHIR date, dateTime or instant may mean; None where there is none.

    >>> str(day("2026-02").latest), str(day("2026-05-30T23:59:00+02:00").earliest)
    ('2026-02-28', '2026-05-30')
    """
    match = _DATE.match(str(text or ""))
    if match is None:
        return None
    year, month, of_month = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, of_month or 1)
        last = first if of_month else shifted(first, 1, "month" if month else "year") - timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return Time(first, last, match[0])


def period(told: Mapping[str, Any] | None) -> tuple[Time | None, Time | None]:
    """The beginning and the end of a Period, each None where it is not told."""
    told = told or {}
    return day(told.get("start")), day(told.get("end"))


def choice(resource: Mapping[str, Any], name: str) -> tuple[Time | None, Time | None]:
    """The beginning and the end of what has a time of several kinds: `performed[x]`, `effective[x]`, `onset[x]`."""
    for kind in ("DateTime", "Date", "Instant"):
        if f"{name}{kind}" in resource:
            when = day(resource[f"{name}{kind}"])
            return when, when
    if f"{name}Timing" in resource:
        events = [when for one in resource[f"{name}Timing"].get("event", ()) if (when := day(one))]
        return (events[0], events[-1]) if events else (None, None)
    return period(resource.get(f"{name}Period"))


def span(start: Time | None, end: Time | None) -> Time | None:
    """Some day between two; None where neither is told."""
    if start is None and end is None:
        return None
    if start == end:
        return start
    written = " to ".join(one.written for one in (start, end) if one is not None)
    return Time(None if start is None else start.earliest, None if end is None else end.latest, written)


def till(when: Time | None) -> Time:
    """Some day up to the last that `when` may be; some day at all where it is not told."""
    return Time(None, None if when is None else when.latest)


def at_age(born: Time | None, age: Mapping[str, Any] | None) -> Time | None:
    """The days on which someone born then was of an age in whole years; None where either is not told."""
    told = age or {}
    if born is None or born.earliest is None or born.latest is None or told.get("code") != "a" or "comparator" in told:
        return None
    years = int(told.get("value", 0))
    return Time(
        shifted(born.earliest, years, "year"), shifted(born.latest, years + 1, "year"), f"at the age of {years}"
    )
