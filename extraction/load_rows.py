"""Rows of days and viral loads told in running text: a Reading in, each result with its own day out.

"HBV DNA (IU/ml): 02/25 neg; 06/25 neg; 10/25 88" or "neg (02/25), neg (06/25), 88 (10/25)": words and bare numbers
mixed, each of the day beside it, so that the newest one counts.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extraction.coded_results import result_of_code
from extraction.knowledge import cues
from extraction.named_tests import Named
from extraction.numbers import read_number
from extraction.numeric_results import numeric_result
from extraction.reading import TimeExpression, TimeRole
from extraction.result_words import Page, code_of, code_pattern
from extraction.results import Result, is_nucleic_acid
from extraction.tables import CellResult, Tables
from kb.facts import Time
from kb.patterns import compiled

_LONGEST_HEAD = 70  # characters between the name and its first day or result
_LEAST = 2  # days that make a row
_ENDS = compiled(r"\s*(?:$|[;,.()\[\]/|→\n–—-]|\d{1,2}[./])")


@dataclass(frozen=True, slots=True)
class _Pair:
    end: int
    result: Result
    time: TimeExpression


_Reader = Callable[[Page, str, int, str | None], _Pair | None]


def read_load_rows(page: Page, tests: Sequence[Named], taken: Sequence[tuple[int, int]]) -> Tables:
    """The results of every test of a virus's nucleic acid behind whose name two or more days have one each."""
    found: list[tuple[CellResult, Time | None]] = []
    covered: list[tuple[int, int]] = []
    loads = [named for named in tests if is_nucleic_acid(named.concept) and named.mention.kind == "lab"]
    for named in loads:
        mention = named.mention
        if any(start <= mention.start < end for start, end in [*taken, *covered]):
            continue
        pairs = _row(page, named.concept, mention.end)
        if len(pairs) >= _LEAST:
            found += [(CellResult(mention, named.concept, one.result), one.time.time) for one in pairs]
            covered.append((mention.start, pairs[-1].end))
    return Tables(found, covered)


def _row(page: Page, concept: str, start: int) -> list[_Pair]:
    """The days and results behind a name, all told day first or all result first."""
    head = _head().match(page.normal, start, start + _LONGEST_HEAD)
    if head is None:
        return []
    rows = [_pairs(page, concept, head.end(), head["unit"], read) for read in (_day_first, _result_first)]
    return max(rows, key=len)


def _pairs(page: Page, concept: str, at: int, unit: str | None, read: _Reader) -> list[_Pair]:
    pairs: list[_Pair] = []
    other = _day_first if read is _result_first else _result_first
    pair = read(page, concept, at, unit)
    while pair is not None:
        pairs.append(pair)
        at = _past(page, pair.end)
        pair = read(page, concept, at, unit) or other(page, concept, at, unit)
    return pairs


def _day_first(page: Page, concept: str, at: int, unit: str | None) -> _Pair | None:
    time = _day_at(page, at)
    if time is None:
        return None
    result = _result(page, concept, _past(page, time.end, _told()), unit)
    return None if result is None else _Pair(result.end, result, time)


def _result_first(page: Page, concept: str, at: int, unit: str | None) -> _Pair | None:
    result = _result(page, concept, at, unit)
    time = None if result is None else _day_at(page, _past(page, result.end, _told()), ("point", "end"))
    if result is None or time is None:
        return None
    further = _day_at(page, _past(page, time.end))
    while further is not None and _goes_with(page, concept, further, unit):
        time, further = further, _day_at(page, _past(page, further.end))
    return _Pair(time.end, result, time)


def _goes_with(page: Page, concept: str, time: TimeExpression, unit: str | None) -> bool:
    """ "neg (02/25, 06/25), 88 in 10/25": a further day of the result before it, and not that of the one behind."""
    led = _day_first(page, concept, time.start, unit)
    return led is None or any(sign in page.normal[time.end : led.result.start] for sign in ",;)")


def _day_at(page: Page, at: int, roles: tuple[TimeRole, ...] = ("point",)) -> TimeExpression | None:
    time = page.time_at(at) if at < len(page.normal) else None
    return time if time is not None and time.start == at and time.role in roles and time.time is not None else None


def _result(page: Page, concept: str, at: int, unit: str | None) -> Result | None:
    """A word or a number, bare too, with nothing but a sign or the end of its part behind it."""
    code = code_pattern().match(page.normal, at)
    if code is not None:
        known = code_of(code.group()) in cues("measurements")["series"]["codes"] and code.group() not in "+-"
        result = result_of_code(page, concept, code, len(page.normal)) if known else None
    else:
        written = read_number(page.normal, at, len(page.normal), page.comma, ranges=False)
        told = unit if written is not None and written.unit is None else None
        result = None if written is None else numeric_result(page, concept, written, len(page.normal), told)
    if result is None:
        return None
    ends = _ENDS.match(page.normal, result.end) or page.time_at(_past(page, result.end, _told())) is not None
    return result if ends else None


def _past(page: Page, at: int, words: re.Pattern[str] | None = None) -> int:
    found = (words or _joint()).match(page.normal, at)
    return found.end() if found else at


@functools.cache
def _head() -> re.Pattern[str]:
    return compiled(cues("measurements")["load_rows"]["head"], re.IGNORECASE)


@functools.cache
def _joint() -> re.Pattern[str]:
    """What stands between one pair and the next."""
    return compiled(cues("measurements")["load_rows"]["joint"], re.IGNORECASE)


@functools.cache
def _told() -> re.Pattern[str]:
    """What stands between a day and its result, whichever is first."""
    return compiled(cues("measurements")["load_rows"]["told"], re.IGNORECASE)
