"""The parts of a dose instruction: its tokens in, a list of Items out (amounts, frequencies, durations, changes ...).

Each production reads one part at a place and says where it ends; the first that succeeds wins. What no production
reads is a word, so that the caller can tell a dose from a number that merely stands in the sentence.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence

from extraction.dose_amounts import amount
from extraction.dose_frequencies import frequency, time_of_day, weekdays
from extraction.dose_item import Item, ItemKind
from extraction.dose_openings import PUNCTUATION, can_begin, units_alone
from extraction.dose_words import (
    Token,
    by_group,
    match_phrase,
    periods,
    read_number,
    read_range,
    text_at,
    units,
    words,
)
from extraction.number_words import NEARLY
from kb.facts import Interval

Production = Callable[[Sequence[Token], int], Item | None]


@functools.lru_cache(maxsize=512)
def read_items(tokens: tuple[Token, ...]) -> tuple[Item, ...]:
    """Every token in exactly one item, in order."""
    return tuple(items_from(tokens))


def items_from(tokens: tuple[Token, ...]) -> Iterator[Item]:
    """As `read_items`, one by one, for who needs the first few."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        digits = token.number is not None
        before_unit = digits and text_at(tokens, at + 1) in units_alone()
        for production in _beginning_with(token.text, digits, before_unit):
            item = production(tokens, at)
            if item is not None:
                break
        else:
            item = Item("word", at, at + 1, word=token.text)
        yield item
        at = item.last


@functools.lru_cache(maxsize=4096)
def _beginning_with(word: str, digits: bool, before_unit: bool) -> tuple[Production, ...]:
    return tuple(
        production
        for name, production in _PRODUCTIONS.items()
        if can_begin(name, word, digits=digits, before_unit=before_unit)
    )


def _slots(tokens: Sequence[Token], at: int) -> Item | None:
    """Tablets or mg at morning, noon and night: "1-0-1", "½-0-½", "20-0-10 mg"."""
    numbers: list[float] = []
    after = at
    while True:
        read = read_number(tokens, after)
        if read is None or text_at(tokens, at) in ("a", "an"):
            return None
        numbers.append(read[0])
        after = read[1]
        if text_at(tokens, after) not in ("-", "+") or len(numbers) == 4:
            break
        after += 1
    if len(numbers) < 3 or text_at(tokens, after) in ("-", "/") or not sum(numbers):
        return None
    if 0 not in numbers and len(set(numbers)) > 1 and max(numbers) > 4:
        return None
    unit = match_phrase(units(), tokens, after)
    times = float(sum(1 for number in numbers if number))
    if unit is not None:
        (name, factor), after = unit
        value = Interval.exactly(sum(numbers) * factor)
        return Item("slots", at, after, value, unit=name, times=times)
    return Item("slots", at, after, Interval.exactly(sum(numbers)), times=times)


def _change(tokens: Sequence[Token], at: int) -> Item | None:
    if text_at(tokens, at) == "-" and _falls(tokens, at):
        return Item("change", at, at + 1, word="to")
    found = match_phrase(by_group("change"), tokens, at)
    if found is None:
        return None
    group, after = found
    if text_at(tokens, at) == "by" and read_number(tokens, at + 1) is None:
        return None  # "by mouth", "by March"
    if text_at(tokens, at) == "from" and after == at + 1 and not _amount_follows(tokens, after):
        return None  # "from March", whose date is read elsewhere
    written = " ".join(token.text for token in tokens[at:after])
    return Item("change", at, after, word=group, unit=written)


def _amount_follows(tokens: Sequence[Token], at: int) -> bool:
    while text_at(tokens, at) in ("a", "an", "the", "his", "her", "dose", "of", "starting", "initial", "about"):
        at += 1
    return at < len(tokens) and read_number(tokens, at) is not None


def _to_be_taken(tokens: Sequence[Token], at: int) -> Item | None:
    found = match_phrase(words("to_be_taken"), tokens, at)
    return None if found is None else Item("filler", at, found[1])


def _falls(tokens: Sequence[Token], at: int) -> bool:
    """Whether a dash stands between a number and a lower one: 60-40-20 mg."""
    before, behind = at - 1, read_number(tokens, at + 1)
    while before >= 0 and tokens[before].number is None and match_phrase(units(), tokens, before):
        before -= 1
    first = tokens[before].number if before >= 0 else None
    return first is not None and behind is not None and first > behind[0] > 0


def _duration(tokens: Sequence[Token], at: int) -> Item | None:
    """ "for 4 weeks", "x 3/7", "6-week", "3 days"; also "days 1-3"."""
    start = match_phrase(words("for_words"), tokens, at)
    after = start[1] if start else at
    bound = match_phrase(by_group("bounds"), tokens, after)
    after = bound[1] if bound else after
    if text_at(tokens, after) == "a" and text_at(tokens, after + 1) == "further":
        after += 2
    part = _part_duration(tokens, after, introduced=start is not None)
    if part is None:
        part = _counted_days(tokens, after) if not start else None
    if part is None:
        part = _long(tokens, after, introduced=start is not None)
    if part is None:
        return None
    value, after = part
    lasted = start is not None and text_at(tokens, at) == "for"  # "for 15 weeks before it was tapered"
    if match_phrase(words("no_duration_after"), tokens, after) and not (lasted and text_at(tokens, after) != "ago"):
        return None
    if text_at(tokens, after) in ("course", "s"):
        after += 1
    if bound is not None:
        value = _bounded(value, bound[0])
    return Item("duration", at, after, value)


def _bounded(value: Interval, bound: str) -> Interval:
    """The days that "more than", "up to" or "nearly" so long stands for."""
    if bound == "least":
        return Interval(value.low, None)
    return Interval((value.low or 0.0) * NEARLY if bound == "nearly" else 0.0, value.high)


def _long(tokens: Sequence[Token], at: int, *, introduced: bool) -> tuple[Interval, int] | None:
    read = read_range(tokens, at)
    if read is None:
        period = match_phrase(periods(), tokens, at) if introduced else None
        if period is None or len(text_at(tokens, at)) == 1:
            return None
        (low, high), after = period
        return Interval(low, high), after
    count, after = read
    if not introduced and text_at(tokens, at) in ("a", "an", "one"):
        return None
    while text_at(tokens, after) in ("-", "consecutive", "full", "more", "further", "successive"):
        after += 1
    period = match_phrase(periods(), tokens, after)
    if period is None or count.low is None or count.high is None:
        return None
    (low, high), after = period
    return Interval(count.low * low, count.high * high), after


def _part_duration(tokens: Sequence[Token], at: int, *, introduced: bool) -> tuple[Interval, int] | None:
    """ "3/7", "6/52", "3/12" behind "for" or "x"; fifty-seconds anywhere."""
    if at + 2 >= len(tokens) or tokens[at].number is None or tokens[at + 1].text != "/":
        return None
    days = {"7": (1.0, 1.0), "52": (7.0, 7.0), "12": (30.0, 31.0)}.get(tokens[at + 2].text)
    if days is None or text_at(tokens, at + 3) == "/" or not (introduced or days[0] == 7.0):
        return None
    count = tokens[at].number or 0.0
    return Interval(count * days[0], count * days[1]), at + 3


def _counted_days(tokens: Sequence[Token], at: int) -> tuple[Interval, int] | None:
    """ "days 1-3", "D1-D3": consecutive days."""
    if text_at(tokens, at) not in ("days", "day", "d"):
        return None
    first = read_number(tokens, at + 1)
    if first is None or text_at(tokens, first[1]) not in ("-", "to"):
        return None
    after = first[1] + 1
    after += text_at(tokens, after) in ("d", "day")
    last = read_number(tokens, after)
    if last is None or last[0] < first[0]:
        return None
    return Interval.exactly(last[0] - first[0] + 1), last[1]


def _named_days(tokens: Sequence[Token], at: int) -> Item | None:
    """ "on days 1 and 15": so many doses."""
    start = at + (text_at(tokens, at) == "on")
    if text_at(tokens, start) not in ("days", "day", "d", "weeks", "week"):
        return None
    after, count, end = start + 1, 0, start
    while after < len(tokens):
        if tokens[after].number is not None:
            count, after = count + 1, after + 1
            end = after
        elif count and text_at(tokens, after) in ("and", ",", "&", "/", "+", "day", "d"):
            after += 1
        else:
            break
    return Item("doses", at, end, Interval.exactly(count)) if count >= 2 else None


def _multiplier(tokens: Sequence[Token], at: int) -> Item | None:
    """ "x 6", "x 3 doses", "x2/day", "x3 daily"."""
    if text_at(tokens, at) not in ("x", "×", "*"):
        return None
    read = read_range(tokens, at + 1)
    if read is None or read[0].low is None:
        return None
    value, after = read
    if match_phrase(units(), tokens, after):
        return None
    form = match_phrase(words("forms", "administrations"), tokens, after)
    if form is not None:
        return Item("doses", at, form[1], value)
    if text_at(tokens, after) == "/" or text_at(tokens, after) in ("a", "per", "daily"):
        step = after + (text_at(tokens, after) in ("/", "a", "per"))
        period = match_phrase(periods(), tokens, step)
        if text_at(tokens, after) == "daily":
            period = (1.0, 1.0), step + 1
        if period is not None:
            return Item("frequency", at, period[1], value, times=value.low or 1.0, days=period[0][0])
    return Item("multiplier", at, after, value)


def _mark(kind: ItemKind, tokens: Sequence[Token], at: int) -> Item | None:
    found = match_phrase(words(kind), tokens, at)
    return None if found is None else Item(kind, at, found[1])


def _denied(tokens: Sequence[Token], at: int) -> Item | None:
    """ "never had IV pulses": neither a pulse nor a route of this drug."""
    found = match_phrase(words("denied"), tokens, at)
    return None if found is None else Item("word", at, found[1], word="denied")


def _maximum(tokens: Sequence[Token], at: int) -> Item | None:
    """ "to a maximum of 12 tablets daily": a limit, not a dose."""
    found = match_phrase(words("maximum"), tokens, at)
    if found is None:
        return None
    limit = amount(tokens, found[1])
    after = limit.last if limit is not None and limit.kind != "word" else found[1]
    often = frequency(tokens, after)
    return Item("word", at, often.last if often is not None else after, word="maximum")


def _route(tokens: Sequence[Token], at: int) -> Item | None:
    found = match_phrase(by_group("routes"), tokens, at)
    return None if found is None else Item("route", at, found[1], word=found[0])


def _form(tokens: Sequence[Token], at: int) -> Item | None:
    found = match_phrase(words("forms", "counted"), tokens, at)
    return None if found is None else Item("count", at, found[1], word=tokens[at].text)


def _punctuation(tokens: Sequence[Token], at: int) -> Item | None:
    kind = PUNCTUATION.get(text_at(tokens, at))
    return None if kind is None else Item(kind, at, at + 1)


def _filler(tokens: Sequence[Token], at: int) -> Item | None:
    found = match_phrase(words("filler"), tokens, at)
    return None if found is None else Item("filler", at, found[1])


_MARKS: tuple[ItemKind, ...] = ("prn", "stat", "divided", "total", "pulse")

# In the order in which they are tried; their names are those of `dose_openings`.
_PRODUCTIONS: dict[str, Production] = {
    "slots": _slots,
    "denied": _denied,
    "maximum": _maximum,
    "to_be_taken": _to_be_taken,
    "change": _change,
    **{kind: functools.partial(_mark, kind) for kind in _MARKS},
    "weekdays": weekdays,
    "duration": _duration,
    "named_days": _named_days,
    "multiplier": _multiplier,
    "frequency": frequency,
    "time_of_day": time_of_day,
    "amount": amount,
    "route": _route,
    "punctuation": _punctuation,
    "form": _form,
    "filler": _filler,
}
