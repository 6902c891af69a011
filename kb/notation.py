"""Values and days as a person writes them in a correction: `55..60`, `>5..<60`, `2026-05-01..2026-05-31`.

What is written comes in, intervals, times and values go out; and the other way round, so that what the program writes
for someone to correct can be read again.
"""

from __future__ import annotations

import re
from datetime import date

from kb.facts import Coded, Interval, Quantity, Time, Value

_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_INTERVAL = re.compile(rf"(?:(>?)({_NUMBER}))?\.\.(?:(<?)({_NUMBER}))?|({_NUMBER})")
_CODE = re.compile(r"[a-z][a-z0-9_-]*")


def interval_of(written: str) -> Interval:
    """The interval of `58`, `55..60`, `55..`, `..60`, or with an open end `>5..<60`. Raises ValueError.

    >>> interval_of("55..60"), interval_of("..<0.5").high_open
    (Interval(low=55.0, high=60.0, low_open=False, high_open=False), True)
    """
    found = _INTERVAL.fullmatch(written)
    if found is None:
        raise ValueError("write a number (58), an interval (55..60, 55.., ..60) or, of a value, a result (positive)")
    if found[5] is not None:
        return Interval.exactly(float(found[5]))
    low, high = (None if end is None else float(end) for end in (found[2], found[4]))
    return Interval(low, high, low_open=bool(found[1]), high_open=bool(found[3]))


def interval_text(interval: Interval) -> str:
    """An interval as `interval_of` reads it.

    >>> interval_text(Interval(55, 60)), interval_text(Interval.exactly(2.5))
    ('55..60', '2.5')
    """
    if interval.low is not None and interval.low == interval.high and not (interval.low_open or interval.high_open):
        return number_text(interval.low)
    low = "" if interval.low is None else (">" if interval.low_open else "") + number_text(interval.low)
    high = "" if interval.high is None else ("<" if interval.high_open else "") + number_text(interval.high)
    return f"{low}..{high}"


def number_text(number: float) -> str:
    """A number without a needless fraction, of which the same number is read again.

    >>> number_text(40.0), number_text(0.1)
    ('40', '0.1')
    """
    whole = float(number).is_integer() and abs(number) < 1e15
    return str(int(number)) if whole else repr(float(number))


def time_of(written: str) -> Time:
    """The day `2026-05-30`, or the first and the last that it may be. Raises ValueError.

    >>> time_of("2026-05-01..").latest is None
    True
    """
    first, dots, last = written.partition("..")
    try:
        earliest = date.fromisoformat(first) if first else None
        latest = (date.fromisoformat(last) if last else None) if dots else earliest
    except ValueError:
        raise ValueError("write a day as 2026-05-30, days as 2026-05-01..2026-05-31") from None
    if not written:
        raise ValueError("write a day as 2026-05-30, days as 2026-05-01..2026-05-31")
    if earliest is not None and latest is not None and earliest > latest:
        raise ValueError("the first day lies after the last")
    return Time(earliest, latest, written)


def time_text(time: Time) -> str:
    """A time as `time_of` reads it.

    >>> time_text(Time.on(date(2026, 5, 30))), time_text(Time(None, date(2026, 5, 30)))
    ('2026-05-30', '..2026-05-30')
    """
    if time.earliest is not None and time.earliest == time.latest:
        return time.earliest.isoformat()
    ends = ("" if day is None else day.isoformat() for day in (time.earliest, time.latest))
    return "..".join(ends)


def value_of(written: str) -> Value:
    """A number or an interval with its UCUM unit (`55..60 %`), or a result (`positive`). Raises ValueError.

    >>> value_of("48 %").unit, value_of("positive").code
    ('%', 'positive')
    """
    if _CODE.fullmatch(written):
        return Coded(written, written)
    number, _, unit = written.partition(" ")
    if re.search(r"\s", unit.strip()):
        raise ValueError("write a number or an interval and its unit, one word (55..60 %)")
    return Quantity(interval_of(number), unit.strip(), written)


def value_text(value: Value) -> str:
    """A value as `value_of` reads it.

    >>> value_text(Quantity(Interval(None, 0.5, high_open=True), "g/d", "under half a gram"))
    '..<0.5 g/d'
    """
    if isinstance(value, Coded):
        return value.code
    return f"{interval_text(value.interval)} {value.unit}".rstrip()
