"""Courses of values: the first result of a test in, the further ones and the earlier one out.

"ALT fell from 120 to 45", "1.8 -> 1.2 (today)", "45 (March), 120 (June)", "3.2 g (previously 1.1 g)".
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.numbers import read_number
from extraction.result_words import Page, alternatives
from extraction.results import Result, numeric_result
from kb.patterns import compiled


def _words(key: str) -> str:
    return alternatives(cues("measurements")["course"][key])


@functools.cache
def _chain() -> re.Pattern[str]:
    verbs = _words("verbs")
    return compiled(
        rf"\s*(?:[,;]\s*)?(?:{_words('joints')}|{_words('signs')}|(?={verbs}))\s*(?:{_words('auxiliaries')}\s+)*"
        rf"(?:{verbs}(?:\s+(?:down to|up to|to|at))?\s+)?(?:{_words('leads')}[\s:=]+)*",
        re.IGNORECASE,
    )


@functools.cache
def _tells() -> re.Pattern[str]:
    """Words and arrows that say that the value changed from one to the next."""
    return compiled(_words("tells"), re.IGNORECASE)


@functools.cache
def _period() -> re.Pattern[str]:
    return compiled(rf"\s*[(\[]?{_words('periods')}[)\]]?", re.IGNORECASE)


@functools.cache
def _earlier() -> re.Pattern[str]:
    return compiled(rf"\s*[,;]?\s*[(\[]?\s*{_words('earlier')}\.?\s*(?:(?:was|of|value|a)\s+)*", re.IGNORECASE)


def leads_on(text: str) -> bool:
    """Whether a text behind "from 120" goes on to the next value of a course."""
    return _tells().search(text) is not None


def further(page: Page, concept: str, first: Result, limit: int) -> list[Result]:
    """The further values of a course: "120 -> 45", "45 (Jan), 120 (March)"."""
    results = [first]
    unit = first.written.unit if first.written is not None else None
    while first.written is not None and len(results) < 12:
        at = past_time(page, results[-1].end, limit)
        period = _period().match(page.normal, at, limit)
        at = period.end() if period else at
        joint = _chain().match(page.normal, at, limit)
        if joint is None:
            return results
        begin = _past_colon(page, joint.end(), limit)
        written = read_number(page.normal, begin, limit, page.comma, ranges=False)
        if written is None or page.time_at(written.start) is not None:
            return results
        both_dated = _dated(page, results[-1].end, limit) and _dated(page, written.end, limit)
        if not (_tells().search(joint.group()) or begin > joint.end() or both_dated):
            return results
        following = numeric_result(page, concept, written, limit, unit if written.unit is None else None)
        if following is None:
            return results
        unit = written.unit or unit
        results.append(following)
    return results


def earlier(page: Page, concept: str, first: Result, limit: int) -> list[Result]:
    """The older value that is told behind the newer one: "3.2 g (previously 1.1 g)", "28 (was 45 in January)"."""
    joint = _earlier().match(page.normal, past_time(page, first.end, limit), limit)
    if joint is None or first.written is None:
        return []
    written = read_number(page.normal, joint.end(), limit, page.comma)
    if written is None or page.time_at(written.start) is not None:
        return []
    unit = first.written.unit if written.unit is None else None
    older = numeric_result(page, concept, written, limit, unit)
    return [] if older is None else [older]


def _past_colon(page: Page, at: int, limit: int) -> int:
    """Past a date that leads with a colon to the next value: "repeat 3/30/2026: 10"."""
    end = past_time(page, at, limit)
    colon = compiled(r"\s*[:=]\s*").match(page.normal, end, limit)
    return colon.end() if colon and end > at else at


def _dated(page: Page, at: int, limit: int) -> bool:
    return past_time(page, at, limit) > at


def past_time(page: Page, at: int, limit: int) -> int:
    """Past a date that stands, in brackets or behind "on" or "in", directly behind a value."""
    opening = compiled(r"\s*(?:\(|\[)?\s*(?:on|in|at|from|last|dated)?\s*", re.IGNORECASE).match(page.normal, at, limit)
    begin = opening.end() if opening else at
    time = page.time_at(begin) or page.time_at(min(begin + 1, limit)) if begin < limit else None
    if time is None or time.end > limit:
        return at
    closing = compiled(r"\s*[)\]]").match(page.normal, time.end, limit)
    return closing.end() if closing else time.end
