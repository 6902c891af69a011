"""Numbers told "respectively": a list of names, or one name at two times, in, the number that belongs to each out.

"Copper and creatinine were 12 umol/L and 88 umol/L, respectively" gives creatinine the second number, though copper is
no test that is known; "before and after treatment 240 and 110, respectively" is a course of one test. Where names and
numbers do not come out even nothing is read: the first number of the chain may be another's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extraction.knowledge import cues
from extraction.named_tests import Named
from extraction.numbers import Written, read_number
from extraction.numeric_results import numeric_result
from extraction.reading import Reading
from extraction.result_words import Page, alternatives
from extraction.results import Result
from kb.patterns import compiled

_SAID = compiled(r"\s*[)\]]?,?\s*\(?respectively\b", re.IGNORECASE)
_WORD = compiled(r"\brespectively\b", re.IGNORECASE)
_JOINT = compiled(
    r"\s*(?:\([^()\n]{1,40}\)\s*|\[[^\[\]\n]{1,40}\]\s*)?(?:,\s*and|/|,|&|and|to)\s*(?:the )?", re.IGNORECASE
)
_LIST_BEFORE = compiled(r"(?P<item>[A-Za-z][\w -]{1,40}?)\s*(?:,\s*and|,|/|&|\band)\s*(?:the |serum |plasma )?$")
_NUMBER = compiled(r"(?<![\w.,/-])[<>≤≥~]?\s?\d")
_STOPS = compiled(r"[;:](?:\s|$)|\.\s")
_REACH, _FARTHEST = 70, 220


def respective_results(reading: Reading, page: Page, group: Sequence[Named], limit: int) -> bool:
    """Whether the numbers behind a list of names are told "respectively"; each name then has what it can have."""
    start = group[-1].mention.end
    end = min(limit, start + _FARTHEST)
    if _WORD.search(page.normal, start, end) is None:
        return False
    numbers = _numbers(page, start, end)
    if len(numbers) < 2:
        return False
    unnamed = len(numbers) - len(group)
    if len(group) == 1 and _is_course(reading, page, group[0], numbers):
        given = [(group[0], number) for number in numbers]
    elif unnamed == 0 or (unnamed > 0 and _follows_item(reading, page, group[0])):
        given = list(zip(group, numbers[unnamed:], strict=True))
    elif len(group) == 1 and reading.times_in(numbers[-1].end, end):
        return False  # "88 and 120 on 3 May and 10 June, respectively" is read as a course
    else:
        given = []
    for named, number in given:
        result = _result(page, named.concept, numbers, number, end)
        named.results += [] if result is None else [result]
    return True


def _numbers(page: Page, start: int, end: int) -> list[Written]:
    """The chain of numbers that "respectively" closes; none where there is no such chain."""
    found: list[Written] = []
    first = next(
        (
            match
            for match in _NUMBER.finditer(page.normal, start, min(end, start + _REACH))
            if not _is_dated(page, match)
        ),
        None,
    )
    at = None if first is None or _STOPS.search(page.normal, start, first.start()) else first.start()
    while at is not None and len(found) < 8:
        written = read_number(page.normal, at, end, page.comma, ranges=False)
        if written is None or page.time_at(written.start) is not None:
            return []
        found.append(written)
        behind = written.end
        bracket = compiled(r"\s*[(\[][^()\[\]\n]{1,40}[)\]]").match(page.normal, behind, end)
        if _SAID.match(page.normal, behind) or (bracket and _SAID.match(page.normal, bracket.end())):
            return found
        joint = _JOINT.match(page.normal, behind, end)
        at = None if joint is None else joint.end()
    return []


def _is_dated(page: Page, match: re.Match[str]) -> bool:
    return page.time_at(match.end() - 1) is not None


def _follows_item(reading: Reading, page: Page, named: Named) -> bool:
    """Whether another thing stands in the list before the first name that is known: "copper and creatinine"."""
    begin = reading.sentences[named.mention.sentence].start
    item = _LIST_BEFORE.search(page.normal, max(begin, named.mention.start - 60), named.mention.start)
    return item is not None


def _is_course(reading: Reading, page: Page, named: Named, numbers: Sequence[Written]) -> bool:
    """Whether one name is told at as many times, the older first: "on 3 May and 10 June", "before and after"."""
    begin, end = reading.sentences[named.mention.sentence].start, numbers[0].start
    days = [time.time.latest for time in reading.times_in(begin, end) if time.time is not None]
    if len(days) == len(numbers):
        known = [day for day in days if day is not None]
        return len(known) == len(days) and known == sorted(known)
    told = page.normal[begin:end]
    return len(numbers) == 2 and any(
        re.search(rf"{alternatives([older])}.{{0,30}}?\band\b.{{0,20}}?{alternatives([newer])}", told, re.IGNORECASE)
        for older, newer in cues("measurements")["twice"].items()
    )


def _result(page: Page, concept: str, numbers: Sequence[Written], own: Written, limit: int) -> Result | None:
    """A number of the chain as a value; one without a unit has that of the next number that has one, if it fits."""
    if own.unit is not None:
        return numeric_result(page, concept, own, limit)
    later = [one.unit for one in numbers if one.start > own.start and one.unit is not None]
    shared = numeric_result(page, concept, own, limit, later[0]) if later else None
    return shared or numeric_result(page, concept, own, limit)
