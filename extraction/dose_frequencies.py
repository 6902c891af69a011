"""How often a drug is taken: the tokens of a dose instruction in, Items of frequency, weekdays and times of day out.

"3 times a day", "q12h", "every 2-3 weeks", "6 hourly", "on Monday and Thursday", "at 6am and 2pm".
"""

from __future__ import annotations

from collections.abc import Sequence

from extraction.dose_item import Item
from extraction.dose_words import (
    Token,
    frequencies,
    match_phrase,
    periods,
    read_number,
    read_range,
    text_at,
    words,
)
from kb.facts import Interval


def frequency(tokens: Sequence[Token], at: int) -> Item | None:
    for production in (_every, _times_a, _hourly, _phrase_frequency):
        found = production(tokens, at)
        if found is not None:
            return found
    return None


def weekdays(tokens: Sequence[Token], at: int) -> Item | None:
    after, days, end = at, 0, at
    while after < len(tokens):
        if match_phrase(words("weekdays"), tokens, after):
            days, after = days + 1, after + 1
            end = after
        elif text_at(tokens, after) in (
            (",", "and", "/", "&") if days else ("on", "every", "each")[: 3 * (after == at)]
        ):
            after += 1
        else:
            break
    if not days:
        return None
    return Item("weekdays", at, end, Interval.exactly(days), times=float(days), days=7.0)


def _phrase_frequency(tokens: Sequence[Token], at: int) -> Item | None:
    found = match_phrase(frequencies(), tokens, at)
    if found is None:
        if text_at(tokens, at) in ("/", "per"):
            period = match_phrase(periods(), tokens, at + 1)
            if period is not None:
                return Item("frequency", at, period[1], times=1.0, days=period[0][0])
        return None
    (times, days), after = found
    return Item("frequency", at, after, times=times, days=days)


def _every(tokens: Sequence[Token], at: int) -> Item | None:
    """ "every 2 weeks", "q12h", "every 3-4 weeks", "q6hrly", "q week"."""
    start = match_phrase(words("every"), tokens, at)
    if start is None:
        return None
    read = read_range(tokens, start[1])
    value, after = read if read is not None else (Interval.exactly(1), start[1])
    if text_at(tokens, start[1]) == "q":
        return None
    while text_at(tokens, after) in ("-", "th", "rd", "nd"):
        after += 1
    return _interval_item(tokens, at, after, value)


def _interval_item(tokens: Sequence[Token], at: int, after: int, value: Interval) -> Item | None:
    """An item for "once in `value` of the period that stands at `after`"."""
    if value.low is None or value.high is None or value.low <= 0:
        return None
    middle = (value.low + value.high) / 2
    if match_phrase(words("hours"), tokens, after):
        return Item("frequency", at, after + 1, value, times=24.0, days=middle)
    period = match_phrase(periods(), tokens, after)
    if period is None:
        return None
    (low, _), after = period
    return Item("frequency", at, after, times=1.0, days=middle * low)


def _hourly(tokens: Sequence[Token], at: int) -> Item | None:
    """ "6 hourly", "12-hourly", "2-weekly", "3 monthly"."""
    read = read_range(tokens, at)
    if read is None or read[0].low is None or read[0].high is None or text_at(tokens, at) in ("a", "an"):
        return None
    value, after = read
    after += text_at(tokens, after) == "-"
    low, high = read[0].low, read[0].high
    if match_phrase(words("hourly"), tokens, after) and low > 0:
        return Item("frequency", at, after + 1, times=24.0, days=(low + high) / 2)
    days = {"weekly": 7.0, "monthly": 30.0, "yearly": 365.0}.get(text_at(tokens, after))
    if days is None or low <= 0 or value.low == 1 or high > 12:
        return None
    return Item("frequency", at, after + 1, times=1.0, days=days * (low + high) / 2)


def _times_a(tokens: Sequence[Token], at: int) -> Item | None:
    """ "3 times a day", "twice a week", "2 times every 4 weeks", "3x/day", "2x daily"."""
    read = read_range(tokens, at)
    once = {"once": 1.0, "twice": 2.0, "thrice": 3.0}.get(text_at(tokens, at))
    if once is not None:
        value, after = Interval.exactly(once), at + 1
    elif read is not None and match_phrase(words("times_word"), tokens, read[1]):
        value, after = read[0], read[1] + 1
    else:
        return None
    if value.low is None or value.high is None:
        return None
    middle = (value.low + value.high) / 2
    if text_at(tokens, after) in ("daily", "weekly", "monthly"):
        days = {"daily": 1.0, "weekly": 7.0, "monthly": 30.0}[text_at(tokens, after)]
        return Item("frequency", at, after + 1, value, times=middle, days=days)
    if text_at(tokens, after) not in ("a", "per", "every", "each", "in", "/", "an"):
        return None
    gap = read_number(tokens, after + 1)
    count, step = gap if gap is not None else (1.0, after + 1)
    period = match_phrase(periods(), tokens, step)
    if period is None or count <= 0:
        return None
    return Item("frequency", at, period[1], value, times=middle, days=period[0][0] * count)


def time_of_day(tokens: Sequence[Token], at: int) -> Item | None:
    start = at + (text_at(tokens, at) == "at")
    read = read_number(tokens, start)  # "at 6am 2pm and 9pm", "5:00 pm"
    if read is not None and start < len(tokens) and tokens[start].number is not None:
        after = read[1] + (2 if text_at(tokens, read[1]) == ":" else 0)
        if match_phrase(words("clock"), tokens, after):
            return Item("time_of_day", at, after + 1, times=1.0)
    for length, index in ((1.0, words("times_of_day")), (3.0, words("with_meals"))):
        found = match_phrase(index, tokens, at)
        if found is not None:
            return Item("time_of_day", at, found[1], times=length)
    return None
