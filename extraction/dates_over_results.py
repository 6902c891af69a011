"""The date of a whole report, paragraph or list of results: a result's place in, the time expression over it out.

A line or a sentence that names tests, or nothing but the date, heads what follows it; the letter's own date, and that
of a birth, an admission or a diagnosis, does not.
"""

from __future__ import annotations

import functools
import re

from extraction.reading import Mention, Reading, TimeExpression
from extraction.result_dates import dates_in, dates_of_results, may_date
from kb.patterns import compiled

_REPORT_OPENS = compiled(r"\s*[:,-]")
_LINES_ABOVE = 45
_WRAPPED = 62
_WORDS_OF_A_HEADING = 5
_DATE_WORDS = compiled(r"\b(?:date|dated|on|from|reported|report)\b", re.IGNORECASE)
_NO_HEAD = compiled(r"birth|dob|letter|dictat|typed|admi|discharg|next|admission|follow", re.IGNORECASE)


def date_ending_report(reading: Reading, start: int) -> TimeExpression | None:
    """The only date of a report, in brackets at its end: "ECG: sinus rhythm, ST depression in V4 to V6 (5 March)"."""
    sentence = reading.sentences[reading.sentence_at(start)]
    named = next((one for one in reading.mentions_in(sentence.start, sentence.end) if one.kind == "lab"), None)
    if named is None or named.end > start or not _REPORT_OPENS.match(reading.normal, named.end):
        return None
    if reading.normal[sentence.start : named.start].strip(" \n\t-*•"):
        return None
    times = dates_in(reading, sentence.start, sentence.end)
    if len(times) != 1 or not may_date(times[0]) or times[0].start < start:
        return None
    bracket = reading.normal.rfind("(", start, times[0].start)
    closes = compiled(r"\s*\)\s*\.?\s*$").match(reading.normal, times[0].end, sentence.end)
    return times[0] if bracket >= 0 and closes and ")" not in reading.normal[bracket : times[0].start] else None


def date_heading_paragraph(reading: Reading, start: int) -> TimeExpression | None:
    """The date that heads the paragraph: in "Results 2 March 2026: Hb 102; ALT 20. ECG normal." that of all three."""
    begin = _paragraph(reading.normal, start)
    for expression in reversed(dates_in(reading, begin, start)):
        if not may_date(expression) or expression.role != "point":
            continue
        if _heads_paragraph(reading, begin, expression):
            return expression
        before = reading.normal[max(begin, expression.start - 12) : expression.start]
        if not compiled(r"[(\[][^()\[\]]*$").search(before):
            return None  # another date on the way: what follows it may be its own
    return None


def _paragraph(normal: str, start: int) -> int:
    """Where the paragraph begins: lines that were broken at the margin belong together, short ones stand alone."""
    begin = normal.rfind("\n", 0, start) + 1
    while begin > 1 and start - begin < 1500:
        above = normal.rfind("\n", 0, begin - 1) + 1
        line = normal[above : begin - 1]
        if len(line) < _WRAPPED or not normal[begin : begin + 1].strip() or normal[begin] in "-*•|":
            return begin
        begin = above
    return begin


def _heads_paragraph(reading: Reading, begin: int, expression: TimeExpression) -> bool:
    """Whether a date with its test words opens a line or a sentence, and a colon or a test follows it."""
    normal = reading.normal
    opening = max(begin, reading.sentences[reading.sentence_at(expression.start)].start)
    opening = max(opening, normal.rfind("\n", 0, expression.start) + 1)
    before, behind = normal[opening : expression.start], normal[expression.end : expression.end + 6]
    if len(before) > 60 or compiled(r"\d").search(re.sub(r"^\s*\d{1,2}[.)]", "", before)):
        return False
    named = [
        mention for mention in reading.mentions_in(opening, expression.start) if mention.kind not in ("lab", "span")
    ]
    colon = compiled(r"\s*[)\]]?\s*[:=]").match(behind) is not None
    if (named and not (colon and before.rstrip().endswith("("))) or _NO_HEAD.search(before):
        return False
    if not before.strip(" *•-\t("):
        following = reading.mentions_in(expression.end, expression.end + 12)
        return colon or (bool(following) and following[0].kind == "lab")
    return names_tests(before) and (
        colon or before.rstrip().endswith("(") or re.match(r"\s*[-–]\s", behind) is not None
    )


def date_heading_lines(reading: Reading, start: int) -> TimeExpression | None:
    """The date of the line above that heads this one: "Bloods 12/5/26:" over rows of results."""
    normal = reading.normal
    heads = dates_of_results(reading).heads
    line = normal.rfind("\n", 0, start)
    for _ in range(_LINES_ABOVE):
        if line < 0:
            return None
        begin = normal.rfind("\n", 0, line) + 1
        text = normal[begin:line]
        if text.strip():
            if (begin, line) not in heads:
                heads[begin, line] = _heads(reading, begin, line)
            verdict = heads[begin, line]
            if verdict is not None:
                return verdict if isinstance(verdict, TimeExpression) else None
        elif (
            not normal[max(0, begin - 1) : begin].strip()
            and not normal[normal.rfind("\n", 0, max(0, begin - 1)) + 1 : max(0, begin - 1)].strip()
        ):
            return None  # two blank lines: another part of the letter
        line = begin - 1
    return None


def _heads(reading: Reading, begin: int, end: int) -> TimeExpression | bool | None:
    """The date of a heading line; False for a heading without date (it ends the search); None for any other line."""
    times = [time for time in dates_in(reading, begin, end) if may_date(time) and time.role == "point"]
    rest = reading.normal[begin:end]
    closes = rest.rstrip().endswith((":", ":-", "-", "="))
    if not times:
        ends = closes and (len(rest.split()) <= _WORDS_OF_A_HEADING or not re.search(r"\w", rest))
        return False if ends and not any(_is_test(one) for one in reading.mentions_in(begin, end)) else None
    for time in reversed(times):
        rest = rest[: time.start - begin] + rest[time.end - begin :]
    words = rest.split() if compiled(r"\w").search(rest) else []
    beyond_date = _DATE_WORDS.sub("", rest)
    if len(times) == 1 and times[0].time == reading.letter_date and not names_tests(beyond_date):
        return False  # the letter's own date over its text: no date of what was measured before
    if (
        len(times) == 1
        and not compiled(r"\d").search(rest)
        and len(words) <= 8
        and (closes or names_tests(beyond_date) or not compiled(r"\w").search(beyond_date))
    ):
        return (
            False
            if re.search(
                r"birth|dob|letter|dictat|clinic date|typed|admi|discharg|next|year|onset|since|diagnos",
                rest,
                re.IGNORECASE,
            )
            else times[0]
        )
    return None


def _is_test(mention: Mention) -> bool:
    return mention.kind in ("lab", "score")


@functools.cache
def _test_words() -> re.Pattern[str]:
    return compiled(
        r"\b(?:data|bloodwork|blood work|work-?up|analy(?:tical|sis|ses)|labor|findings|values|studies|exploration|"
        r"auxiliary|bloods?|labs?|laboratory|results?|tests?|investigations?|biochemistry|haematology|hematology|"
        r"immunology|virology|serology|organ functions?|"
        r"urine|urinalysis|echo|echocardiogram|ecg|obs|observations|vitals?|vital signs|o/e|examination|"
        r"imaging|profile|panel|"
        r"chemistry|counts?|fbc|cbc|u&es?|lfts?|report|collected|sample|specimen|reported|date|on|dated|from|drawn)\b",
        re.IGNORECASE,
    )


def names_tests(rest: str) -> bool:
    return _test_words().search(rest) is not None
