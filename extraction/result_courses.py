"""Courses of values: the first result of a test in, the further ones and the earlier one out.

"ALT fell from 120 to 45", "1.8 -> 1.2 (today)", "45 (March), 120 (June)", "3.2 g (previously 1.1 g)".
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace

from extraction.knowledge import cues
from extraction.numbers import read_number
from extraction.numeric_results import numeric_result
from extraction.occasions import occasion_behind, pair_of_occasions
from extraction.result_words import Page, alternatives
from extraction.results import Result
from kb.facts import Interval, Quantity
from kb.patterns import compiled

_AGE = r"(?:at )?(?:the age of|age|aged) (?P<age>\d{1,3})(?: (?:years|yrs|months)(?: old| of age)?)?(?!\d)"
_AGE_BEHIND = compiled(r"\s*(?:at )?(?:(?:the age of|age|aged) )?(?P<age>\d{1,3})(?![\d.,])", re.IGNORECASE)
_POINTS_BACK = compiled(r",? (?:it|this|the (?:value|level|figure)) (?:was|is|had been) (?=[<>]?\d)", re.IGNORECASE)
_ROW = compiled(r"(?P<rest>(?:\s?,\s(?:then |and )?\d+(?:\.\d+)?(?![\d.,]*\d|\s?[/%x*-])){2,8})(?=\s*(?:[.;()\n]|$))")
_ASIDE = compiled(r"\s*\([^()\d\n]{1,25}\)(?=\s*[,;])")  # "40 (fasting), then February 22"
_OPENING = compiled(r"\s*(?:\(|\[)?\s*(?:on|in|at|by|from|last|dated)?\s*", re.IGNORECASE)
_SEEN = (
    r"(?:when|as|the day)\s+(?:I|we|she|he|they|the patient|my colleague)\s+"
    r"(?:(?:was|were|had|has been|last|first|next)\s+)?"
    r"(?:saw|seen|reviewed|examined|met|came|admitted|visited|checked|measured|returned|attended|presented)"
    r"(?:\s+(?:her|him|them|it|us|back|to us|for review|here|again))*"
)
_AT_VISIT = (
    r"(?:at|on|by|in)\s+(?:(?:the|her|his|our|last|latest|same|most recent|recent)\s+)+"
    r"(?:visit|clinic|check|check-up|review|control|appointment|study|echo|sample|sheet|scan|blood|bloods|print|test|panel)"
)
_OCCASION = compiled(
    rf"\s*(?:{_SEEN}|{_AT_VISIT})\s+(?:(?:on|of|in|from|dated|last)\s+)?(?:the\s+)?", re.IGNORECASE
)  # "91 when I saw her on 5 March", "191 at the visit of 5 March"
_MOVES = compiled(
    r"\b(?:rose|risen|rising|climb\w*|fell|fallen|falling|dropp\w*|creep\w*|crept|drift\w*|trend\w*|worsen\w*|improv\w*"
    r"|increas\w*|decreas\w*|went (?:up|down)|going (?:up|down)|gone (?:up|down)|course|series|serial\w*|successive\w*"
    r"|one after the other)\b[^.;\d]*$",
    re.IGNORECASE,
)
_BEFORE_ROW = 60  # characters before a first value in which a verb tells that it changed
_IN_ROW = compiled(r"\s*,\s*(?:(?:and|then|and then|now)\s*)?", re.IGNORECASE)
_WHEN_SEEN = compiled(rf"\s*{_SEEN}\b", re.IGNORECASE)
_STEP = compiled(r"\s*>\s*\d")  # of three values or more: "88 > 102 > 140"; of two it may be a reference


def _words(key: str) -> str:
    return alternatives(cues("measurements")["course"][key])


@functools.cache
def _chain() -> re.Pattern[str]:
    verbs = _words("verbs")
    return compiled(
        rf"\s*(?:[,;]\s*)?(?:{_words('joints')}|{_words('signs')}|(?={verbs}))\s*(?:{_words('auxiliaries')}\s+)*"
        rf"(?:{verbs}(?:\s+(?:down to|up to|to|at))?\s+)?(?:{_words('leads')}[\s:=]+)*[(\[]?",
        re.IGNORECASE,
    )


@functools.cache
def _tells() -> re.Pattern[str]:
    """Words and arrows that say that the value changed from one to the next."""
    return compiled(_words("tells"), re.IGNORECASE)


@functools.cache
def _period() -> re.Pattern[str]:
    return compiled(rf"\s*[(\[]?(?:{_words('periods')}|{_AGE})[)\]]?", re.IGNORECASE)


@functools.cache
def _earlier() -> re.Pattern[str]:
    return compiled(rf"\s*[,;]?\s*[(\[]?\s*{_words('earlier')}\.?\s*(?:(?:was|of|value|a)\s+)*", re.IGNORECASE)


def points_back(normal: str, at: int) -> bool:
    """Whether a date that ends at a place leads to a further value of the same test: "On 10 June | it was 120"."""
    return _POINTS_BACK.match(normal, at) is not None


def leads_on(text: str) -> bool:
    """Whether a text behind "from 120" goes on to the next value of a course."""
    return _tells().search(text) is not None


def spread(page: Page, concept: str, first: Result, limit: int) -> Result:
    """The value, or where bare ones follow of which none is told to be the newest, "88, 102, 140", all they span."""
    row = _ROW.match(page.normal, first.end, limit)
    if row is None or first.written is None or first.written.unit is not None or first.reference is not None:
        return first
    values = [first]
    for number in compiled(r"\d[\d.]*").finditer(page.normal, row.start(), row.end("rest")):
        written = read_number(page.normal, number.start(), row.end("rest"), page.comma, ranges=False)
        begin = written.start if written is not None else row.start()
        told = None if written is None or page.time_at(begin) else numeric_result(page, concept, written, row.end())
        if told is None:
            return first
        values.append(told)
    ends = [one.value.interval for one in values if isinstance(one.value, Quantity)]
    lows, highs = [one.low for one in ends if one.low is not None], [one.high for one in ends if one.high is not None]
    if len(lows) < len(values) or len(highs) < len(values) or not isinstance(first.value, Quantity):
        return first
    words = page.text[first.start : row.end("rest")]
    value = Quantity(Interval(min(lows), max(highs)), first.value.unit, words)
    return replace(first, value=value, end=row.end("rest"), value_end=row.end("rest"))


def further(page: Page, concept: str, first: Result, limit: int) -> list[Result]:
    """The further values of a course: "120 -> 45", "45 (Jan), 120 (March)"."""
    results, in_pair = [first], False
    unit = first.written.unit if first.written is not None else None
    while first.written is not None and len(results) < 12:
        at = past_time(page, results[-1].end, limit)
        if at > results[-1].end and re.match(r"[ \t]*:[ \t]*\d", page.normal[at : at + 6]):
            at = results[-1].end  # the date leads to the next value
        period = _period().match(page.normal, at, limit)
        aside = period or _ASIDE.match(page.normal, at, limit)
        at = aside.end() if aside else at
        joint = _chain().match(page.normal, at, limit) or _next_column(page, at, limit)
        if (
            joint is None
            and len(results) == 1
            and pair_of_occasions(page.normal[max(0, first.start - 50) : first.start])
        ):
            joint = compiled(r"\s*/\s*").match(page.normal, at, limit)
            in_pair = joint is not None
        if joint is None and at > results[-1].end:
            joint = compiled(r"[ \t]+(?=\d)").match(page.normal, at, limit)  # "1.1 (5/3/26) 2.4 (10/3/26)"
        if joint is None:
            return results
        begin = _past_colon(page, joint.end(), limit)
        written = read_number(page.normal, begin, limit, page.comma, ranges=False)
        if written is None or page.time_at(written.start) is not None:
            return results
        both_dated = _dated(page, results[-1].end, limit) and _dated(page, written.end, limit)
        in_steps = joint.group().strip() == ">" and (len(results) > 1 or _STEP.match(page.normal, written.end, limit))
        told = (
            in_pair or both_dated or in_steps or _is_of_later(page, period, (results[-1].end, at, written.end), limit)
        )
        seen = _dated(page, results[-1].end, limit) and _WHEN_SEEN.match(page.normal, written.end) is not None
        told = told or seen
        in_row = (
            _IN_ROW.fullmatch(joint.group()) is not None
            and not _dated(page, results[-1].end, limit)
            and _MOVES.search(page.normal, max(0, first.start - _BEFORE_ROW), first.start) is not None
        )
        if not (_tells().search(joint.group()) or begin > joint.end() or told or in_row):
            return results
        following = numeric_result(page, concept, written, limit, unit if written.unit is None else None)
        if following is None:
            return results
        unit = written.unit or unit
        results.append(replace(following, is_turn=True) if seen or in_row else following)
    return results


def _is_of_later(page: Page, period: re.Match[str] | None, places: tuple[int, int, int], limit: int) -> bool:
    """Whether two values have an occasion or an age behind each: "240 on admission, 110 on discharge"."""
    first, between, second = places
    if period is None:
        return False
    older, newer = occasion_behind(page.normal, first, between), occasion_behind(page.normal, second, limit)
    of_occasions = older is not None and newer is not None and older.rank < newer.rank
    return of_occasions or _is_older_age(page, period, second, limit)


def _is_older_age(page: Page, period: re.Match[str], at: int, limit: int) -> bool:
    """Whether a value is of a later age than the one before: "(600 ms at the age of 37, 780 ms at 44)"."""
    behind = _AGE_BEHIND.match(page.normal, at, limit)
    return behind is not None and period["age"] is not None and int(behind["age"]) > int(period["age"])


def _next_column(page: Page, at: int, limit: int) -> re.Match[str] | None:
    """The gap before a further date and its value: "11/2025: 20   02/2026: 6", "20 in May. In June it was 6"."""
    gap = compiled(r"[ \t|]+").match(page.normal, at, limit)
    if gap is None and (stop := compiled(r"\.\s+").match(page.normal, at, limit)) is not None:
        return stop if points_back(page.normal, past_time(page, stop.end(), limit)) else None
    return gap if gap is not None and _past_colon(page, gap.end(), limit) > gap.end() else None


def earlier(page: Page, concept: str, first: Result, limit: int) -> list[Result]:
    """The older value that is told behind the newer one: "3.2 g (previously 1.1 g)", "28 (was 45 in January)"."""
    bracket = _older_in_bracket(page, concept, first, limit)
    if bracket is not None:
        return [bracket]
    joint = _earlier().match(page.normal, past_time(page, first.end, limit), limit)
    if joint is None or first.written is None:
        return []
    written = read_number(page.normal, joint.end(), limit, page.comma)
    if written is None or page.time_at(written.start) is not None:
        return []
    unit = first.written.unit if written.unit is None else None
    older = numeric_result(page, concept, written, limit, unit)
    return [] if older is None else [older]


def _older_in_bracket(page: Page, concept: str, first: Result, limit: int) -> Result | None:
    """The dated value in the bracket behind an undated one: "51 % (05.2024: 60 %)", "60 % (45 % in 2024)"."""
    opening = compiled(r"\s*[(\[]\s*(?:previously|prev\.?|was|in|on|from|last|at|prior|before)?\s*").match(
        page.normal, first.end, limit
    )
    if opening is None or first.written is None:
        return None
    close = compiled(r"[^()\[\]\n]{0,60}[)\]]").match(page.normal, opening.end(), limit)
    if close is None:
        return None
    time = page.time_at(opening.end())
    at = opening.end() if time is None else time.end
    lead = compiled(r"\s*[:=,]?\s*(?:it\s+)?(?:was\s+|at\s+)?").match(page.normal, at, close.end())
    at = lead.end() if lead else at
    written = read_number(page.normal, at, close.end(), page.comma)
    if written is None or page.time_at(written.start) is not None:
        return None
    if time is None:
        behind = past_time(page, written.end, close.end())
        if behind == written.end:
            return None
    elif page.normal[written.end : close.end() - 1].strip(" .,"):
        return None
    return numeric_result(page, concept, written, limit, first.written.unit if written.unit is None else None)


def _past_colon(page: Page, at: int, limit: int) -> int:
    """Past a date that leads with a colon to the next value: "repeat 3/30/2026: 10"."""
    end = past_time(page, at, limit)
    colon = compiled(r"\s*[:=]\s*|[ \t]+(?=\d)|,\s+(?=\d{1,3}\s*(?:[.;)\n%]|$))").match(
        page.normal, end, limit
    ) or _POINTS_BACK.match(page.normal, end, limit)
    return colon.end() if colon and end > at else at


def _dated(page: Page, at: int, limit: int) -> bool:
    period = _period().match(page.normal, at, limit)
    return past_time(page, at, limit) > at or (
        period is not None and past_time(page, period.end(), limit) > period.end()
    )


def past_time(page: Page, at: int, limit: int) -> int:
    """Past a date that stands, in brackets or behind "on" or "in", directly behind a value."""
    opening = _OCCASION.match(page.normal, at, limit) or _OPENING.match(page.normal, at, limit)
    begin = opening.end() if opening else at
    time = page.time_at(begin) or page.time_at(min(begin + 1, limit)) if begin < limit else None
    if time is None or time.end > limit:
        return at
    closing = compiled(r"\s*[)\]]").match(page.normal, time.end, limit)
    return closing.end() if closing else time.end
