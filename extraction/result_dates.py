"""Which of a letter's dates may be the day of a result: a Reading in, its times without those of other things out.

A date that only heads the values in brackets is none, "from April 2025" is a day and not a beginning, and a year that
stands in a test's name is part of the name.
"""

from __future__ import annotations

import re
from dataclasses import replace

from extraction.dates import Order, find_dates, read_date
from extraction.reading import InOrder, Reading, ResultTimes, TimeExpression
from kb.facts import Time
from kb.patterns import compiled

_FROM = compiled(r"\b(?:from|as of)\s(?:the\s)?$", re.IGNORECASE)
_UNTIL = compiled(r"\b(?:until|till|up to|through(?: to)?)\s(?:as \w+ as )?(?:the\s)?$", re.IGNORECASE)
_IN_BRACKETS = compiled(r"\b(?:brackets|parenthes[ie]s)\b", re.IGNORECASE)
NO_OTHER_MATTER = ("lab", "score", "span", "statement")  # kinds of mention that may stand between a result and its date


def may_date(expression: TimeExpression) -> bool:
    """Whether it is a day or a window of days, and these are known."""
    return expression.role in ("point", "span", "lookback") and expression.time is not None


def dates_of_results(reading: Reading) -> ResultTimes:
    """The times that may date a result: "from April 2025" is its day and no beginning, "until May" its last one."""
    known = reading.result_times
    if known is None or known.of is not reading.times:
        times = InOrder(
            replace(time, role="point") if _is_day_of_result(reading, time) else time
            for time in reading.times
            if not _is_of_brackets(reading, time)
        )
        known = reading.result_times = ResultTimes(reading.times, times)
    return known


def _is_day_of_result(reading: Reading, time: TimeExpression) -> bool:
    led = {"start": _FROM, "end": _UNTIL}.get(time.role)
    return led is not None and led.search(reading.normal[max(0, time.start - 24) : time.start]) is not None


def dates_in(reading: Reading, start: int, end: int) -> list[TimeExpression]:
    """The time expressions of a stretch that may date a result."""
    return dates_of_results(reading).times.beginning_in(start, end)


def not_ahead(reading: Reading, time: Time | None) -> Time | None:
    """A result's day that would lie ahead of the letter, read the other way round: "Vitals 3/9/26" of a March."""
    today = None if reading.letter_date is None else reading.letter_date.latest
    if time is None or today is None or time.earliest is None or time.earliest <= today:
        return time
    orders: tuple[Order, Order] = ("day first", "month first")
    told = [read_date(match, order, None) for match in find_dates(time.written)[:1] for order in orders]
    past = [one for one in told if one is not None and one.latest is not None and one.latest <= today]
    return past[0] if len(past) == 1 else time


def _is_of_brackets(reading: Reading, time: TimeExpression) -> bool:
    """A heading's second date, that of the values in brackets: "Findings (in brackets 15 May):", "3 May (2 April):"."""
    normal, before = reading.normal, max(0, time.start - 24)
    opening = max(normal.rfind("(", before, time.start), normal.rfind("[", before, time.start))
    if opening < 0 or compiled(r"[)\]\n]").search(normal[opening : time.start]):
        return False
    closing = compiled(r"[)\]]").search(normal[time.end : time.end + 24])
    if closing is None:
        return False
    inside = normal[opening + 1 : time.end + closing.start()]
    if _IN_BRACKETS.search(inside):
        return True
    alone = not normal[opening + 1 : time.start].strip() and not normal[time.end : time.end + closing.start()].strip()
    led = any(0 <= opening - one.end <= 2 for one in reading.times_in(max(0, opening - 24), opening))
    return (
        alone and led and re.match(r"\s*:", normal[time.end + closing.end() : time.end + closing.end() + 3]) is not None
    )


def places_of_names(reading: Reading, start: int, end: int) -> list[tuple[int, int]]:
    """Where terms are named, a year in which is no date; what a whole statement spans may hold one."""
    return [(mention.start, mention.end) for mention in reading.mentions_in(start, end) if mention.kind != "statement"]
