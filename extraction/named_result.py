"""The result behind a test's name: a place in the text in, the value with its reference range and span out.

Between a name and its result stand only words that say "was" or "today", dates, units and brackets; anything else ends
the search.
"""

from __future__ import annotations

import re

from extraction.coded_results import coded_result
from extraction.knowledge import cues
from extraction.numbers import read_number
from extraction.numeric_results import numeric_result
from extraction.reference_ranges import BRACKETS, bounds_in
from extraction.result_signs import minus_behind
from extraction.result_words import Page, code_pattern, pattern_of, skip_space
from extraction.results import Result
from extraction.scale_classes import class_written
from kb.facts import Coded, Interval
from kb.patterns import compiled
from kb.units import canonical_unit, find_unit
from kb.vocabulary import Score, vocabulary

_LEADERS = compiled(r"[.…_·]{3,}")  # dots that lead the eye to the result
_LABORATORY_CODE = compiled(r"(?=\S*[A-Za-z.])(?=\S*\d)[A-Za-z0-9.]{3,7}")
# "at EOT was", "on MPI:": an occasion or a method by its letters
_OCCASION = compiled(r"(?:at|on|by|via) (?:the )?(?-i:[A-Z]{2,6})(?=(?: (?:is|was|were|of|showed)\b|\s?[:=]|,? ?\d))")
# "done at ICTC Pune 14/2:", "at Charing Cross: reactive": a place, where its result stands behind a colon
_PLACE = compiled(
    r"(?:at|in|from|by) (?:the )?(?-i:[A-Z][\w.'-]*)(?: (?-i:[A-Z][\w.'-]*)){0,3}"
    r"(?=[ ,(]*(?:on )?(?:\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?[) ]*)?\s?:)"
)
_SHORT_REACH = 16
_RANGED = compiled(r"(?:rang(?:ed|ing|es?)|varied|var(?:ies|ying)|fluctuat(?:ed|ing))\s*$", re.IGNORECASE)
_DIFFERENCE = compiled(
    r"by (?:about )?\d[\d.,]*\s?(?:%|[a-zµ]{1,5}(?:/[a-z]{1,2})?)?\s+to\s+(?=[<>]?\d)", re.IGNORECASE
)
_FLAG_BEFORE = compiled(r"(?:HH?|LL?)(?=[ \t]+[<>]?\d)")  # "Creatinine H 120"
# "albumin deficit (23 g/L)", "EF depression (40 %)": a state, and in the bracket how far it goes
_STATE = compiled(r"(?:depression|deficit|deficiency|elevation|impairment|prolongation)(?=\s?\()", re.IGNORECASE)
# "beta-HCG (serum) 10.12: <0.5", "SLEDAI (12.3): 8": the day before the colon is no value
_DAY_BEFORE = compiled(r"\(?(?:[12]?\d|3[01]|0\d)[./](?:1[0-2]|0?[1-9])\.?\)?\s*:(?=\s*[<>≤≥a-z\d(+-])", re.IGNORECASE)


def read_result(page: Page, concept: str, start: int, limit: int) -> Result | None:
    """The result that follows a name: `start` is the end of the name, nothing at or after `limit` is read."""
    sign = minus_behind(page, concept, start, limit)
    if sign is not None:
        return Result(sign, sign + 1, Coded("negative", page.text[sign : sign + 1]), None, sign + 1)
    at = start
    unit: str | None = None
    reference: Interval | None = None
    trend = False
    for _ in range(40):
        at = skip_space(page.normal, at, limit)
        if at >= limit:
            return None
        time = page.time_at(at)
        if time is not None:
            at = time.end
            continue
        day = _DAY_BEFORE.match(page.normal, at, limit)
        if day is not None:
            at = day.end()
            continue
        found = _result_here(page, concept, at, limit, unit, reference, trend)
        if found is not None:
            return found
        bracket = _skip_bracket(page, concept, at, limit)
        if bracket is not None:
            at, unit, reference = bracket[0], bracket[1] or unit, bracket[2] or reference
            continue
        skipped = _skip_one(page, at, limit)
        if skipped is None:
            unit_end = None if unit or at == start else find_unit(page.normal, at, limit)
            if unit_end is None or canonical_unit(concept) is None:
                return None
            unit, skipped = page.normal[at:unit_end], unit_end
        begin = max(start, at - _SHORT_REACH)
        trend = trend or (page.normal[at:skipped].lower() == "from" and not _RANGED.search(page.normal, begin, at))
        at = skipped
    return None


def _skip_one(page: Page, at: int, limit: int) -> int | None:
    """The end of the filler word or sign at a place, or None where something else stands."""
    word = (
        _DIFFERENCE.match(page.normal, at, limit)
        or _OCCASION.match(page.normal, at, limit)
        or _PLACE.match(page.text, at, limit)
        or pattern_of("fillers").match(page.normal, at, limit)
        or _LEADERS.match(page.normal, at, limit)
        or _FLAG_BEFORE.match(page.normal, at, limit)
        or _STATE.match(page.normal, at, limit)
    )
    if word:
        return word.end()
    if page.normal[at] in ":=,.-~_*()[]|/>→#@'\"":
        return at + 1
    return None


def _skip_bracket(page: Page, concept: str, at: int, limit: int) -> tuple[int, str | None, Interval | None] | None:
    """Past a bracket that holds a unit, a date, a specimen or (a value follows) the reference range."""
    closing = BRACKETS.get(page.normal[at])
    end = page.normal.find(closing, at, min(limit, at + 60)) if closing else -1
    if end < 0:
        return None
    inner = skip_space(page.normal, at + 1, end)
    unit_end = find_unit(page.normal, inner, end)
    if unit_end is not None and not page.normal[unit_end:end].strip() and page.normal[inner:unit_end].strip():
        return end + 1, page.normal[inner:unit_end], None
    whole = read_number(page.normal, inner, end, page.comma)
    if _LABORATORY_CODE.fullmatch(page.normal[inner:end].strip()) and (whole is None or whole.end < end):
        return end + 1, None, None
    time = page.time_at(inner)
    if time is not None and not page.normal[time.end : end].strip(" .,"):
        return end + 1, None, None
    if re.match(r"\s*:", page.normal[end + 1 : limit]) and any(inner <= at < end for at in page.starts):
        return end + 1, None, None
    content = page.normal[inner:end]
    if not re.search(r"\d", content) and not code_pattern().search(content):
        return None if _makes_another_test(concept, page.normal[at : end + 1]) else (end + 1, None, None)
    bounds = bounds_in(page, inner, end)
    behind = skip_space(page.normal, end + 1, limit)
    while behind < limit and page.normal[behind] in ":=-. ":
        behind += 1
    if bounds is not None and read_number(page.normal, behind, limit, page.comma) is not None:
        return end + 1, bounds[1], bounds[0]
    return None


def _makes_another_test(concept: str, bracket: str) -> bool:
    """Whether a bracket behind a name takes it elsewhere: another specimen, or a letter that is no flag."""
    content = bracket[1:-1].strip()
    unknown = len(content) == 1 and content.isalpha() and bracket not in cues("measurements")["flags"]
    other = content.lower() in cues("measurements")["other_specimens"] and content.lower() not in concept.split("-")
    return unknown or other


def _result_here(
    page: Page, concept: str, at: int, limit: int, unit: str | None, reference: Interval | None, trend: bool
) -> Result | None:
    code = None if isinstance(vocabulary().terms[concept], Score) else code_pattern().match(page.normal, at, limit)
    if code is not None:
        coded = coded_result(page, concept, code, limit, unit)
        if coded is not None:
            return coded
    level = _class_of_scale(page, concept, at, limit)
    if level is not None:
        return level
    written = read_number(page.normal, at, limit, page.comma, ranges=not trend)
    if written is None or (written.form != "uln" and compiled(r"\bby\s*$").search(page.normal[max(0, at - 5) : at])):
        return None  # "fell by 12": a difference
    return numeric_result(page, concept, written, limit, unit, reference)


def _class_of_scale(page: Page, concept: str, at: int, limit: int) -> Result | None:
    term = vocabulary().terms[concept]
    found = class_written(page, term, at, limit) if isinstance(term, Score) and term.levels else None
    return None if found is None else Result(found[1], found[2], found[0], None, found[2])
