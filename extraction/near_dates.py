"""Dates that only stand beside a result: "CXR Oct clear", "EF 57% (March)", "CXR 1/29", "9 on Tuesday".

A Reading in, the same with these dates among its times out. Each is the newest such day up to the letter's own date.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from extraction.date_orders import date_order
from extraction.dates import Order, day_of, month_names, month_number, month_places, whole_month
from extraction.knowledge import cues
from extraction.reading import InOrder, Reading, TimeExpression
from extraction.result_words import alternatives, code_pattern
from extraction.scanning import matches_at
from extraction.word_places import has_word
from kb.facts import Time
from kb.patterns import compiled

_SHORT = compiled(
    r"(?<![\w.,/:+-])(?P<first>3[01]|[12]\d|0?[1-9])(?P<sign>[./])(?P<second>3[01]|[12]\d|0?[1-9])\.?"
    r"(?![\w/%]|[.,-]?\d| ?(?:mg|g|mm|x|u|k?g)\b| ?%)"
)
_BEHIND_TEST = compiled(
    r"[ \t]*(?:\([a-z ]{3,14}\)[ \t]*)?\(?(?:on |from |of |dated |seen |done |taken )?$", re.IGNORECASE
)
_LED_MONTH = compiled(r"\b(?:in|during|from|last) (?:early |mid-? ?|late |last )?$", re.IGNORECASE)
_OCCASION = compiled(
    r" (?:visit|clinic|review|appointment|bloods|labs|sample|echo|assessment|admission|pulses?"
    r"|courses?|infusions?|induction|cycle|stay|flare)\b"
)
_HEAD = compiled(
    r"(?:^|[\n.;])[\s*•-]*(?:labs?|bloods?|data|results?|labor|tests?|"
    r"serolog(?:y|ies)|virology|obs|vitals) (?:on |from |of )?$",
    re.IGNORECASE,
)


def with_near_dates(reading: Reading) -> Reading:
    """The reading with the dates added that no other part of a letter would take for one."""
    newest = reading.letter_date.latest if reading.letter_date is not None else None
    if newest is None:
        return reading
    months = list(_months_of_scores(reading, newest))
    kept = [one for one in reading.times if not any(one.start <= time.start < one.end for time in months)]
    if months:
        reading = replace(reading, times=InOrder(sorted([*kept, *months], key=lambda time: time.start)))
    taken = [(time.start, time.end) for time in reading.times]
    added = [
        time
        for time in (*_months(reading, newest), *_weekdays(reading, newest), *_short_dates(reading, newest))
        if not any(start < time.end and time.start < end for start, end in taken)
    ]
    if not added:
        return reading
    return replace(reading, times=InOrder(sorted([*reading.times, *added], key=lambda time: time.start)))


@functools.cache
def _score_list() -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = "|".join(sorted(map(re.escape, month_names()), key=len, reverse=True))
    item = rf"(?:(?:{names})\.?|today|now) \d\d?(?![\w/:%]|[.,]\d| ?(?:19|20)\d\d)"
    listed = compiled(rf"[ \t:=]*{item}(?:\s*(?:[;,>]|->|→|and|then)\s*{item})+(?=\s*(?:[.;,)\n]|$))", re.IGNORECASE)
    return listed, compiled(rf"(?<![\w-])(?P<month>{names})\.?(?= \d)", re.IGNORECASE)


def _months_of_scores(reading: Reading, newest: date) -> Iterator[TimeExpression]:
    """The months of a score told month by month: in "SLEDAI: Oct 6; Jan 8; today 12" no sixth of October is meant."""
    listed, month_of = _score_list()
    for mention in reading.mentions:
        match = listed.match(reading.normal, mention.end) if mention.kind == "score" else None
        for month in month_of.finditer(reading.normal, mention.end, match.end()) if match else ():
            number = month_number(month["month"])
            time = whole_month(newest.year if number <= newest.month else newest.year - 1, number, month.group())
            yield _point(month, time if time.latest is None or time.latest <= newest else replace(time, latest=newest))


@functools.cache
def _month_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, month_names()), key=len, reverse=True))
    return compiled(rf"(?<![\w-])(?P<month>{names})(?![\w'-])(?!\.? ?\d)", re.IGNORECASE)


def _months(reading: Reading, newest: date) -> Iterator[TimeExpression]:
    """A month without a year behind a test's name, or alone in brackets."""
    for match in matches_at(month_places(reading.normal), _month_pattern(), reading.normal):
        led = _LED_MONTH.search(reading.normal[max(0, match.start() - 12) : match.start()]) is not None
        led = led or _OCCASION.match(reading.normal, match.end()) is not None
        if not match.group()[0].isupper() or not (led or _beside(reading, match) or _bracketed(reading, match)):
            continue
        month = month_number(match["month"])
        year = newest.year if month <= newest.month else newest.year - 1
        time = whole_month(year, month, match.group())
        yield _point(match, time if time.latest is None or time.latest <= newest else replace(time, latest=newest))


@functools.cache
def _weekday_pattern() -> re.Pattern[str]:
    days = alternatives(cues("measurements")["weekdays"])
    return compiled(rf"(?<!\w)(?:last|on|this|yesterday,?) +(?P<day>{days})", re.IGNORECASE)


def _weekdays(reading: Reading, newest: date) -> Iterator[TimeExpression]:
    if not has_word(reading.normal, cues("measurements")["weekdays"]):
        return
    for match in _weekday_pattern().finditer(reading.normal):
        number = cues("measurements")["weekdays"].index(match["day"].lower()) % 7
        back = (newest.weekday() - number) % 7 or 7
        yield _point(match, Time.on(newest - timedelta(days=back), match.group()))


def _short_dates(reading: Reading, newest: date) -> Iterator[TimeExpression]:
    """ "1/29", "28.09." behind a test's name, at the head of results or before a colon."""
    order = date_order(reading.normal)
    for match in _SHORT.finditer(reading.normal):
        colon = re.match(r"\)?:", reading.normal[match.end() : match.end() + 2]) is not None
        bracket = _bracketed(reading, match) and match["sign"] == "."
        headed = _HEAD.search(reading.normal[max(0, match.start() - 30) : match.start()]) is not None
        specimen = reading.normal[: match.start()].rstrip().endswith(")")  # "hCG (serum) 24/05", but not "10.12"
        near = (
            _beside(reading, match)
            and not (specimen and match["sign"] == ".")
            and (match["sign"] == "/" or match.group().endswith(".") or colon)
        )
        if not (headed or bracket or (near and _names_test(reading, match, colon))):
            continue
        time = _either(int(match["first"]), int(match["second"]), order, newest, match)
        if time is not None:
            yield _point(match, time)


def _names_test(reading: Reading, match: re.Match[str], colon: bool) -> bool:
    """A pair of numbers behind a name is a date where the test has no numbers of its own, or a colon follows."""
    investigations = cues("measurements")["reports"]["concepts"]
    told = compiled(r"\)?[ \t]+").match(reading.normal, match.end())
    if told is not None and code_pattern().match(reading.normal, told.end()):
        return True  # "UPT (08/01)   negative"
    return colon or _before(reading, match.start()) in investigations


def _either(first: int, second: int, order: Order, newest: date, match: re.Match[str]) -> Time | None:
    pairs = []
    if match["sign"] == "." and order != "month first" and second <= 12 and match.group().endswith("."):
        pairs = [(second, first)]
    else:
        pairs += [(second, first)] if order != "month first" else []
        pairs += [(first, second)] if order != "day first" or second > 12 else []
    days = [day for day in (_newest_day(month, day, newest) for month, day in pairs) if day is not None]
    return Time(min(days), max(days), match.group()) if days else None


def _newest_day(month: int, day: int, newest: date) -> date | None:
    found = day_of(newest.year, month, day)
    return found if found is None or found <= newest else day_of(newest.year - 1, month, day)


def _before(reading: Reading, start: int) -> str | None:
    """The test whose name ends directly before a place."""
    for mention in reversed(reading.mentions_in(max(0, start - 60), start)):
        if mention.kind in ("lab", "score") and _BEHIND_TEST.fullmatch(reading.normal[mention.end : start]):
            return mention.concept
    return None


def _beside(reading: Reading, match: re.Match[str]) -> bool:
    return _before(reading, match.start()) is not None


def _bracketed(reading: Reading, match: re.Match[str]) -> bool:
    opening = re.search(
        r"\((?:[^()\n]{1,40}[,;] )?(?:in |from |on |of |done |taken |last )?$", reading.normal[: match.start()][-50:]
    )
    return opening is not None and reading.normal[match.end() : match.end() + 1] == ")"


def _point(match: re.Match[str], time: Time) -> TimeExpression:
    return TimeExpression(match.start(), match.end(), "point", time)
