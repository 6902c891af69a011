"""A newer total of a score that its sentence comes to in other words: the last total in, the next one out.

"15 on arrival; on 1 March, 5", "15 before and 5 after rituximab": the words of an occasion, or the days beside the
two, tell which is the newer; where only the second may be, the result spans both.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from datetime import date

from extraction.knowledge import cues
from extraction.numbers import read_number
from extraction.numeric_results import numeric_result
from extraction.result_words import Page, alternatives
from extraction.results import Result
from kb.facts import Interval, Quantity
from kb.patterns import compiled
from kb.vocabulary import Score, vocabulary

_BESIDE = 26  # characters between a total and the day that is told behind it
_AROUND = 34  # ... in which the words of its occasion stand
_BEFORE = 24  # ... before the first total


_FROM = compiled(r"\bfrom\s+(?:[\w-]+\s+){0,4}\Z", re.IGNORECASE)


def _words(key: str) -> str:
    return alternatives(cues("measurements")["score_turns"][key])


@functools.cache
def _next() -> re.Pattern[str]:
    known = cues("measurements")
    number = rf"(?:\d{{1,3}}|{alternatives(word for word in known['number_words'] if not word.endswith('ce'))})"
    return compiled(
        rf"(?:[,;:]|\b(?:and|but|then)\b)\s*(?:{_words('leads')}[\s,:]+){{0,8}}?(?P<number>{number})(?![.,]\d)(?:\s*(?:points?|pts))?"
        rf"(?=\s*(?:[.;,)(]|$|{_words('closes')}))(?!,? (?:and )?\d)",
        re.IGNORECASE,
    )


def next_total(page: Page, concept: str, previous: Result, limit: int) -> Result | None:
    """The newer total behind `previous` up to `limit`, or one that spans both; None where none is told."""
    if not isinstance(vocabulary().terms[concept], Score) or not isinstance(previous.value, Quantity):
        return None
    blank = _without_days(page, previous.end, limit)
    match = _went_to(page, previous, blank)
    went = match is not None
    match = match or _next().search(blank)
    if match is None or compiled(rf"{_words('turned_from')}\s*$", re.IGNORECASE).search(
        blank, 0, match.start("number")
    ):
        return None
    if "\n\n" in page.normal[previous.end : previous.end + match.start()]:
        return None
    start, at, end = (
        previous.end + place
        for place in (match.start("to") if went else match.start(), match.start("number"), match.end("number"))
    )
    opened = max(page.normal.rfind(sign, previous.end, start + 1) for sign in "([;")
    start = start if opened < 0 else opened  # "(previous score, 10 November 2025: 14)" is told of the second alone
    written = read_number(page.normal, at, limit, page.comma)
    found = None if written is None or written.unit is not None else numeric_result(page, concept, written, limit)
    if found is None or not isinstance(found.value, Quantity):
        return None
    order = "newer" if went else _order(page, previous, (start, at, end), limit)
    if order == "older":
        return None
    value = found.value if order == "newer" else _both(previous.value, found.value)
    return replace(found, start=start, value=value, is_turn=True)


def _went_to(page: Page, previous: Result, behind: str) -> re.Match[str] | None:
    """ "She went from a SLEDAI of 14 last spring to 2 in January": what behind "from" a total has come to."""
    before = page.normal[max(0, previous.start - _BEFORE) : previous.start]
    return _to().match(behind) if _FROM.search(before) else None


@functools.cache
def _to() -> re.Pattern[str]:
    number = rf"(?:\d{{1,3}}|{alternatives(cues('measurements')['number_words'])})"
    return compiled(
        rf"[\s,()]*(?:(?:in|on|at|of|the|last|points?)\b[\s,()]*){{0,6}}\b(?P<to>to)\s+(?:(?:a|an|only|just|now)\s+)?(?P<number>{number})"
        rf"(?![.,]\d)(?:\s*(?:points?|pts))?(?=\s*(?:[.;,)(]|$|{_words('closes')}))",
        re.IGNORECASE,
    )


def _both(first: Quantity, second: Quantity) -> Quantity:
    ends = [end for one in (first, second) for end in (one.interval.low, one.interval.high) if end is not None]
    return Quantity(Interval(min(ends), max(ends)), second.unit, second.written)


def _order(page: Page, previous: Result, places: tuple[int, int, int], limit: int) -> str:
    """Whether the second total is "newer" or "older" than the first, or may be "either"."""
    start, at, end = places
    about_second = page.normal[start:at] + " " + page.normal[end : min(limit, end + _AROUND)]
    about_first = page.normal[max(0, previous.start - _BEFORE) : start]
    early, late = (compiled(_words(key), re.IGNORECASE) for key in ("early", "late"))
    current = compiled(_words("current"), re.IGNORECASE)
    if early.search(about_second) or (current.search(about_first) and not current.search(about_second)):
        return "older"
    first = _day(page, max(0, previous.start - _BEFORE), start)
    second = _day(page, start, min(limit, end + _BESIDE))
    if first is not None and second is not None and first != second:
        return "newer" if first < second else "older"
    is_last = compiled(rf"{_words('last')}[\s,:]*\Z", re.IGNORECASE).search(page.normal[start:at]) is not None
    if is_last and not early.search(about_first):
        return "either"
    if late.search(about_second) or early.search(about_first):
        return "newer"
    return "older"


def _day(page: Page, start: int, end: int) -> date | None:
    """The last day told in a stretch."""
    told = [one.time.latest for one in page.times if start <= one.start < end and one.time is not None]
    days = [day for day in told if day is not None]
    return days[-1] if days else None


def _without_days(page: Page, start: int, limit: int) -> str:
    text = page.normal[start:limit]
    for time in (one for one in page.times if start <= one.start and one.end <= limit):
        first, last = time.start - start, time.end - start
        text = text[:first] + " " * (last - first) + text[last:]
    return text
