"""The date that stands before a result in its row, bracket, clause or sentence: its place in, the time expression out.

Another value's date, or that of a drug or a disease told in between, is not taken, unless the value came with it.
"""

from __future__ import annotations

import re

from extraction.reading import Reading, TimeExpression
from extraction.result_dates import NO_OTHER_MATTER, dates_in, may_date, places_of_names
from kb.patterns import compiled

_OPENING = compiled(
    r"^[\s*•>\-\d.)(#]*(?:[A-Za-z][\w /&'-]{0,40}?)?[\s:,(\[-]*"
    r"(?:on|in|at|from|dated|of|since|as of|as at|by|during|taken|done|performed|for|date|until|at the)?[\s:,(\[-]*$",
    re.IGNORECASE,
)
_CLAUSE = compiled(
    r"[;.]\s|\n\s*\n|,\s+(?:and|but|while|whereas|when|after)\s|\s(?:but|while|whereas|although|whilst|after which)\s",
    re.IGNORECASE,
)
# an occasion told before its result: "echo before cyclophosphamide in 2024 showed", "at her pericarditis in 2021"
_OCCASION = compiled(
    r"\b(?:before|prior to|preceding|pre-|ahead of|after|following|"
    r"at the (?:time|onset|start|height|peak) of|at|during|"
    r"when|on (?:starting|stopping|admission (?:for|with)))\s?(?:[\w'-]+\s){1,7}"
    r"(?:in|of|on|early|late|mid|around)?\s*[(]?$",
    re.IGNORECASE,
)
# an event since which it has been so: "since her January admission it has halved", "since the visit of 3 May"
_SINCE_THEN = compiled(r"\bsince (?:her|his|the|that|this|our|my)\s+(?:[\w-]+\s+){0,3}$", re.IGNORECASE)
_PRESENT = compiled(
    r"\b(?:is|are|now|currently|today|remains|current|latest|most recent|since then|ever since|ha(?:s|ve) been)\b",
    re.IGNORECASE,
)


_ONE_OF_ROW = 50  # characters from one date of a row to the next
_JOINT = compiled(r"\s*(?:(?:[;,>|→-]|and\b|then\b|in\b|on\b)\s*)*")
_VALUE_OF_ROW = compiled(
    r"[ \t]*[:=]?[ \t]*(?:[a-z-]{1,14} ){0,2}(?:was |of )?[<>]?\d[\d.,]*"
    r"(?:\s?(?:%|[a-zµ][\w.]*(?:/[\w.]+)*))?\s*(?:[;,>|→-]|\band\b|\bthen\b)"
    r"\s*(?:(?:[;,>|→-]|and|then|in|on)\b\s*)*",
    re.IGNORECASE,
)


def date_in_row(reading: Reading, start: int, end: int) -> TimeExpression | None:
    """The date directly before a value of a row of such pairs: "Oct 12 -> Jan 8 -> Mar 4", "11/25: 20   02/26: 6"."""
    before = [time for time in reading.times_in(max(0, start - 30), start) if time.end <= start]
    if (
        not before
        or not compiled(r"[ \t]*[:=]?[ \t]*").fullmatch(reading.normal[before[-1].end : start])
        or not may_date(before[-1])
    ):
        return None
    for following in reading.times_in(end, end + 30)[:1]:
        joint = _JOINT.fullmatch(reading.normal, end, following.start)
        if joint and re.match(r"[ \t]*[:=]?[ \t]*[<>]?\d", reading.normal[following.end : following.end + 6]):
            return before[-1]
    return before[-1] if _ends_row(reading, before[-1]) else None


def _ends_row(reading: Reading, last: TimeExpression) -> bool:
    """Whether the date before, too, has its value directly behind it: "May 310, July 290, November 120"."""
    earlier = reading.times_in(max(0, last.start - _ONE_OF_ROW), last.start)
    return bool(earlier) and _VALUE_OF_ROW.fullmatch(reading.normal, earlier[-1].end, last.start) is not None


def date_heading_bracket(reading: Reading, start: int) -> TimeExpression | None:
    """The date of all that a bracket holds: "(19.02.2026: 612 umol/L, eGFR 7)"."""
    sentence = reading.sentences[reading.sentence_at(start)]
    opening = max(reading.normal.rfind(sign, sentence.start, start) for sign in "([")
    if opening < 0 or compiled(r"[)\]]").search(reading.normal[opening:start]):
        return None
    for expression in dates_in(reading, opening, start)[:1]:
        lead = reading.normal[opening + 1 : expression.start].strip().lower()
        colon = reading.normal[expression.end : start].lstrip().startswith(":")
        if may_date(expression) and lead in ("", "on", "in") and colon:
            return expression
    return None


def date_before(reading: Reading, begin: int, start: int) -> TimeExpression | None:
    """A date that opens the sentence, or stands before the result in its own clause."""
    earlier = [time for time in dates_in(reading, begin, start) if may_date(time)]
    earlier = [one for one in earlier if not _SINCE_THEN.search(reading.normal, max(begin, one.start - 60), one.start)]
    if not earlier:
        return None
    named = places_of_names(reading, begin, start)
    earlier = [time for time in earlier if not any(first <= time.start < last for first, last in named)]
    for expression in reversed(earlier):
        between = reading.normal[expression.end : start]
        if _came_with(reading, begin, expression, between) or _EVENT.fullmatch(between):
            return expression
        if not _other_matter(reading, expression.end, start) and not _CLAUSE.search(between) and len(between) < 160:
            return expression if _is_own(reading, begin, expression) else None
    for expression in earlier[:1]:
        opens = _OPENING.match(reading.normal[begin : expression.start])
        if (
            opens
            and not _other_matter(reading, begin, expression.start)
            and not _PRESENT.search(reading.normal[expression.end : start + 40])
        ):
            return expression
    return None


_JUST_BEHIND = compiled(
    r"\s*(?:(?:was|were|is|had been|has been|score|scored|done|taken|made|last|first|performed|counted|repeated)\s+)*"
    r"(?:on|in|of|from|at)?\s*(?:the\s*)?",
    re.IGNORECASE,
)
_ONSET = compiled(
    r"\b(?:present(?:ed|ing|ation)|declared|debut\w*|onset|began|begun|manifest\w*|diagnos\w*|admitted|admission|flared?|flare|"
    r"relapsed?|hospitali[sz]ed|came|opened|fell ill|broke out|"
    r"revealed|discovered|recognised|first seen|was seen)\b[^.;\d]*$",
    re.IGNORECASE,
)
_WITH = compiled(
    r"[\s,]*(?:with|showing|when|where|and had|having|at which|at that time|then with)\b|\s*,\s*[a-z]", re.IGNORECASE
)
# "in her last pregnancy (2021) she had a HELLP syndrome with an": an event of that time, and the value told with it
_EVENT = compiled(
    r"[)\],\s]*(?:she|he|they|the patient)\s+(?:had|developed|suffered|went through|got|experienced|presented|came|"
    r"was (?:admitted|seen|brought|treated|taken))\s(?:(?!\b(?:now|since|currently|today|later|is|are)\b)[^.;])*"
    r"\b(?:with|and)\s+(?:(?!\b(?:now|since|currently|today|later|is|are)\b)[^.;,]){0,40}",
    re.IGNORECASE,
)
_NOW = compiled(r"\b(?:now|currently|today|at present|latest|most recent|last|since|but|recent)\b", re.IGNORECASE)


def _came_with(reading: Reading, begin: int, expression: TimeExpression, between: str) -> bool:
    """Whether the date is that of an illness's outbreak and the value came with it: "presented in July with 5.1"."""
    told = _ONSET.search(reading.normal[begin : expression.start]) is not None
    away = _NOW.search(between) or compiled(r"[;.]\s|\n\s*\n").search(between)
    return told and _WITH.match(between) is not None and away is None and len(between) < 120


def _is_own(reading: Reading, begin: int, expression: TimeExpression) -> bool:
    """Not the date that is bracketed behind another value, and not a drug's or a disease's date."""
    clause = max(
        (begin + match.end() for match in _CLAUSE.finditer(reading.normal[begin : expression.start])), default=begin
    )
    tests = [m for m in reading.mentions_in(clause, expression.start) if m.kind in ("lab", "score")]
    others = [m for m in reading.mentions_in(clause, expression.start) if m.kind not in NO_OTHER_MATTER]
    named_last = others and tests and tests[-1].start > others[-1].start
    if named_last and _JUST_BEHIND.fullmatch(reading.normal, tests[-1].end, expression.start):
        return True  # "with a rash, and a SLEDAI on 3 May, which was 9"
    if others:
        told = reading.normal[clause : expression.start]
        return _OCCASION.search(told) is not None and not _PRESENT.search(
            reading.normal[expression.end : expression.end + 60]
        )
    if not tests:
        return True
    return _is_header(
        reading.normal[tests[-1].end : expression.start], reading.normal[expression.end : expression.end + 4]
    )


def _is_header(between: str, behind: str) -> bool:
    """Whether "Echo 30/5/26: LVEF" or "Bloods (3 May): Hb" leads on to what follows: no value before the date."""
    return re.search(r"\d|negative|positive|normal", between) is None and (
        re.match(r"\s*[)\]]?\s*[:\-–,]", behind) is not None or not behind.strip() or behind[0] in " )]"
    )


def _other_matter(reading: Reading, start: int, end: int) -> bool:
    """Whether a drug, a disease or a procedure is named in between."""
    return any(
        mention.kind not in ("lab", "score", "span") and not (mention.kind == "statement" and mention.start < start)
        for mention in reading.mentions_in(start, end)
    )
