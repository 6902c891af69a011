"""Values told line by line below their name: a Reading in, each line's results with its date out.

"creat / eGFR  08/01/26  148 / 38" over lines of nothing but a further date and as many values, or a bare name over
such lines: each line is of its own day, so that the newest one counts.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extraction.column_heads import columns_told
from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.result_words import Page, alternatives
from extraction.results import Result
from extraction.special_results import concept_of
from extraction.tables import CellResult, Tables, read_cell
from kb.facts import Time
from kb.patterns import compiled

_BULLET = compiled(r"[\s*•>|-]*(?:#\s?\d{1,2}[.):]?\s|#|\d{1,2}[.)] )?[\s*•|-]*")
_OPENS = compiled(r"(?:^|[.;:\n])[\s*•>#|-]*(?:\d{1,2}[.)] )?(?:(?:her|his|the) )?$", re.IGNORECASE)
_JOINT = compiled(r"\s*(?:[/,&+]|and|\|)\s*", re.IGNORECASE)
_BETWEEN_VALUES = compiled(r"\s+/\s+|/(?=[<>\d])|\s*[|;]\s*|,\s+|\s{2,}|\s+and\s+")
_BETWEEN_DAYS = compiled(r"\s*(?:[;|→]|->|,(?=\s)|\s{3,})\s*")
_NO_WORDS = compiled(r"[\s:=(|)\[\],.;→–-]*(?:(?:on|in|at|of|as of|dated)[\s:(]*)?", re.IGNORECASE)
_LEADS = " \t:=|()[]→,;-–"
_HEAD = compiled(r"(?:\d{1,2}[/.-]\d{2}|[A-Za-z]{3,9}\.?(?:[ '/-]{0,2}\d{2})?)(?=\s|:)")
_FIGURES = compiled(r"\d")
_LONGEST_LINE, _LONGEST_REMARK = 200, 60  # characters

Name = tuple[Mention, str]
Line = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Values:
    time: Time | None  # none where only the lines together tell: "11/25", "01/26"
    head: Line
    results: tuple[Result, ...]


def read_value_lines(reading: Reading, page: Page, taken: Sequence[Line]) -> Tables:
    """The results of all names that two or more such lines tell of, but for lines that are `taken` already."""
    found: list[tuple[CellResult, Time | None]] = []
    covered: list[Line] = []
    lines = [line for line in _lines(page.normal) if not any(start <= line[0] < end for start, end in taken)]
    at = 0
    while at < len(lines):
        names, told = _opening(reading, page, lines[at])
        last = at
        while names and last + 1 < len(lines) and lines[last + 1][0] == lines[last][1] + 1:
            following = _pairs(reading, page, names, lines[last + 1])
            if not following:
                break
            told += following
            last += 1
        times = _times(reading, told) if last > at and len(told) > 1 else None
        if times is not None:
            found += [
                (CellResult(mention, concept, result), time)
                for one, time in zip(told, times, strict=True)
                for (mention, concept), result in zip(names, one.results, strict=True)
            ]
            covered.append((names[0][0].start, lines[last][1]))
            at = last
        at += 1
    return Tables(found, covered)


def _times(reading: Reading, told: Sequence[_Values]) -> list[Time | None] | None:
    """The time of each line; of months and days without a year as the heads of a table's columns tell them."""
    dated = [one.time for one in told if one.time is not None]
    columns = columns_told(reading, [one.head for one in told], dated=len(dated))
    if len(columns) == len(told):
        return [columns[number] for number in range(len(told))]
    return list(dated) if len(dated) == len(told) else None


def _lines(normal: str) -> Iterator[Line]:
    start = 0
    for line in normal.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _opening(reading: Reading, page: Page, line: Line) -> tuple[list[Name], list[_Values]]:
    """The names that a line ends with, and its values; none where other words stand behind the names."""
    if line[1] - line[0] > _LONGEST_LINE:
        return [], []
    tests = [one for one in reading.mentions_in(*line) if one.kind in ("lab", "score")]
    for first in range(len(tests)):
        names = tests[first : first + 1]
        for one in tests[first + 1 :]:
            if _JOINT.fullmatch(page.normal, names[-1].end, one.start) is None:
                break
            names.append(one)
        named = [(one, concept_of(page, one)) for one in names]
        begin = names[-1].end
        heading = _heading().match(page.normal, begin, line[1])
        begin = heading.end() if heading else begin
        if not page.normal[begin : line[1]].strip():
            opens = _OPENS.search(page.normal, line[0], names[0].start) or page.normal[: line[1]].endswith(":")
            return (named, []) if opens else ([], [])
        values = _pairs(reading, page, named, (begin, line[1]))
        if values:
            return named, values
    return [], []


@functools.cache
def _heading() -> re.Pattern[str]:
    words = alternatives(cues("measurements")["value_lines"]["headings"])
    return compiled(rf"\s*(?:{words}\s*|\([^()\d]{{1,24}}\)\s*)*[:=-]?\s*", re.IGNORECASE)


def _pairs(reading: Reading, page: Page, names: Sequence[Name], line: Line) -> list[_Values]:
    """The values of a line, or those of its parts where it tells of several days: "01/2026 41, 02/2026 33"."""
    whole = _values(reading, page, names, line)
    if whole is not None:
        return [whole]
    parts = []
    start = line[0]
    for joint in _BETWEEN_DAYS.finditer(page.normal, *line):
        parts.append((start, joint.start()))
        start = joint.end()
    parts.append((start, line[1]))
    told = [_values(reading, page, names, part) for part in parts if page.normal[slice(*part)].strip()]
    found = [one for one in told if one is not None]
    return found if len(found) == len(told) and len(found) > 1 else []


def _values(reading: Reading, page: Page, names: Sequence[Name], line: Line) -> _Values | None:
    """The date of a line and a value for each name, where the line holds nothing else of weight."""
    bullet = _BULLET.match(page.normal, *line)
    begin = bullet.end() if bullet else line[0]
    if any(one.kind == "drug" for one in reading.mentions_in(*line)):
        return None
    times = [time for time in reading.times_in(begin, line[1]) if time.role == "point" and time.time is not None]
    head = None if times else _HEAD.match(page.normal, begin, line[1])
    if head is not None:
        date, time = head.span(), None
    elif len(times) == 1:
        date, time = (times[0].start, times[0].end), times[0].time
    else:
        return None
    before, behind = (begin, date[0]), (date[1], line[1])
    if _NO_WORDS.fullmatch(page.normal, *before):
        stretch = behind
    elif _NO_WORDS.fullmatch(page.normal, *_without_remark(page.normal, behind)):
        lead = re.search(r"[\s(\[]*(?:\b(?:on|in|at|of|as of|dated))?[\s(\[:]*$", page.normal[slice(*before)])
        stretch = (before[0], before[0] + lead.start() if lead else before[1])
    else:
        return None
    results = _results(page, names, stretch)
    return None if results is None else _Values(time, date, results)


def _without_remark(normal: str, stretch: Line) -> Line:
    """A stretch without the words behind it that hold no number: ")  worse", "(today)"."""
    start, end = stretch
    text = normal[start:end]
    remark = re.fullmatch(r"([\s)\],;.]*)(?:(?:[(\[<←-]|\s{2,})[^\d]*)?", text)
    return (start, start + len(remark[1])) if remark and len(text) <= _LONGEST_REMARK else stretch


def _results(page: Page, names: Sequence[Name], stretch: Line) -> tuple[Result, ...] | None:
    start, end = stretch
    while start < end and page.normal[start] in _LEADS:
        start += 1
    cells = [(start, end)] if len(names) == 1 else list(_cells(page.normal, start, end, len(names)))
    if len(cells) != len(names):
        return None
    results = []
    for (mention, concept), cell in zip(names, cells, strict=True):
        if cell[0] >= cell[1]:
            return None
        result = read_cell(page, concept, cell, (mention.start, mention.end + 24))
        if result is None or result.start - cell[0] > 2:
            return None
        rest = page.normal[result.end : cell[1]]
        if _FIGURES.search(rest) or len(rest) > _LONGEST_REMARK or rest[:1].isalpha():
            return None
        results.append(result)
    return tuple(results)


def _cells(normal: str, start: int, end: int, most: int) -> Iterator[Line]:
    """As many cells as there are names; the last one takes what is left."""
    for number, joint in enumerate(_BETWEEN_VALUES.finditer(normal, start, end)):
        if number + 1 >= most:
            break
        yield start, joint.start()
        start = joint.end()
    yield start, end
