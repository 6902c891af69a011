"""What stands behind a number: flags, a unit, the reference range; a place in the text in, the range and its end out.

A range stands in brackets, behind its name ("ref", "ULN", "normal <") or in the next column of a table.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.numbers import Written, read_number
from extraction.result_words import Page, alternatives, skip_space
from kb.facts import Interval
from kb.patterns import compiled
from kb.units import find_unit

BRACKETS = {"(": ")", "[": "]"}


def behind_number(page: Page, written: Written, limit: int) -> tuple[int, Interval | None, str | None]:
    """Flags, a unit and a reference range behind a number: their end, the range as written, the unit."""
    at = written.end
    unit = written.unit
    flag = _flag(page, at, limit)
    at = flag if flag is not None else at
    if unit is None and flag is not None:
        begin = _skip_blank(page.normal, at, limit)
        end = find_unit(page.normal, begin, limit)
        if end is not None:
            unit, at = page.normal[begin:end], end
    if unit is None:
        begin = _skip_blank(page.normal, at, limit)
        end = find_unit(page.normal, begin, limit)
        if end is not None and begin > at:
            unit, at = page.normal[begin:end], end
    flag = _flag(page, at, limit)
    at = flag if flag is not None else at
    found = read_reference(page, at, limit) or _behind_its_day(page, at, limit)
    if found is None:
        return (at if flag is not None or unit != written.unit else written.end), None, unit
    bounds, end, unit_in = found
    if end <= at:
        return at if flag is not None else written.end, bounds, unit or unit_in
    if unit is None and unit_in is None:
        begin = _skip_blank(page.normal, end, limit)
        last = find_unit(page.normal, begin, limit)
        if last is not None:
            unit_in, end = page.normal[begin:last], last
    return end, bounds, unit or unit_in


def _behind_its_day(page: Page, at: int, limit: int) -> tuple[Interval, int, str | None] | None:
    """The range told behind the day of a value: "8 IU/ml on 3 March (normal below 20)"; the value ends before both."""
    gap = compiled(r"\s*(?:(?:on|in|of|from|at)\s+)?(?:the\s+)?").match(page.normal, at, limit)
    time = None if gap is None else page.time_at(gap.end())
    if time is None or time.start != (gap.end() if gap else at) or time.end >= limit:
        return None
    found = read_reference(page, time.end, limit)
    return None if found is None else (found[0], at, found[2])


def _skip_blank(normal: str, at: int, limit: int) -> int:
    while at < limit and normal[at] in " \t|":
        at += 1
    return at


@functools.cache
def _flag_pattern() -> re.Pattern[str]:
    forms = []
    for flag in sorted(cues("measurements")["flags"], key=len, reverse=True):
        forms.append(re.escape(flag) + (r"(?![A-Za-z])" if flag[-1].isalpha() else ""))
    return compiled("(?:" + "|".join(forms) + ")")


def _flag(page: Page, at: int, limit: int) -> int | None:
    match = _flag_pattern().match(page.normal, _skip_blank(page.normal, at, limit), limit)
    return match.end() if match else None


@functools.cache
def _closes() -> re.Pattern[str]:
    """What may stand behind a range in its bracket: "(0-40 H)", "(0-0.8 negative)"."""
    return compiled(rf"[\s.,;:*=HLhl]*(?:{alternatives(cues('measurements')['range_closes'])}[\s.,;]*)?")


@functools.cache
def _reference_names() -> re.Pattern[str]:
    names = alternatives(cues("measurements")["range_names"])
    known = cues("measurements")
    whose, led = alternatives(known["range_of_whom"]), alternatives(known["range_leads"])
    told = rf"(?:{alternatives(known['range_told'])}|(?:for|in)\s+(?:{led}\s+)?{whose})"
    return compiled(rf"(?:{led}\s+)*(?P<name>{names})(?:\s+{told}(?!\w))*[ \t:=,]*(?:\((?=\s*[<≤\d]))?", re.IGNORECASE)


@functools.cache
def _limit_behind() -> re.Pattern[str]:
    """ "(35 being the upper limit)", "(up to 35 is normal)": the words behind a number that make it the limit."""
    led = alternatives(cues("measurements")["range_leads"])
    return compiled(rf"\s*(?:is|being|as|was|=)\s+(?:{led}\s+)*(?:upper|limit|uln|max|normal)[\w ]*", re.IGNORECASE)


def read_reference(page: Page, at: int, limit: int) -> tuple[Interval, int, str | None] | None:
    """A reference range at a place: in brackets, behind its name, or in the next column. (range, end, its unit)."""
    gap = compiled(r"[ \t|,;]*").match(page.normal, at, limit)
    begin = gap.end() if gap else at
    if begin >= limit:
        return None
    closing = BRACKETS.get(page.normal[begin])
    if closing:
        end = page.normal.find(closing, begin, min(limit, begin + 60))
        if end < 0:
            return None
        found = bounds_in(page, begin + 1, end)
        return None if found is None else (found[0], end + 1, found[1])
    name = _reference_names().match(page.normal, begin, limit) or _stated_limit(page, begin, limit)
    column = gap is not None and ("\t" in gap.group() or "|" in gap.group() or "  " in gap.group())
    if not name and not column:
        return None
    found = bounds_in(page, begin, limit, whole=False)
    return None if found is None else (found[0], found[2], found[1])


def _stated_limit(page: Page, at: int, limit: int) -> re.Match[str] | None:
    """ "where 35 is the upper limit", behind a value without brackets."""
    led = compiled(r"(?:where|with|as)\s+(?=\d)", re.IGNORECASE).match(page.normal, at, limit)
    if led is None:
        return None
    written = read_number(page.normal, led.end(), limit, page.comma)
    return None if written is None else _limit_behind().match(page.normal, written.end, limit)


def bounds_in(page: Page, start: int, end: int, *, whole: bool = True) -> tuple[Interval, str | None, int] | None:
    """A range of normal values: "0-40", "< 35", "ULN 35", "NR 0.9 - 1.8 g/L"; with `whole` nothing else is there."""
    led = compiled(r"\s*(?:where|with|as)\s+(?=\d)", re.IGNORECASE).match(page.normal, start, end)
    at = led.end() if led else skip_space(page.normal, start, end)
    name = _reference_names().match(page.normal, at, end)
    named = name is not None
    if name:
        at = name.end()
    if page.time_at(at) is not None:
        return None
    upper = named and re.search(
        r"uln|unl|upper|up to|lod|limit(?!s)|max|ceiling", name[0] if name else "", re.IGNORECASE
    )
    written = read_number(page.normal, at, end, page.comma)
    if written is None or written.form in ("titre", "log", "uln"):
        return None if written is None or written.form != "titre" else (written.interval, None, written.end)
    interval, last = written.interval, written.end
    behind = _limit_behind().match(page.normal, last, end)
    if behind is not None:
        upper, last = behind, behind.end()
    if interval.low is not None and interval.low == interval.high:
        if not upper:
            return None
        interval = Interval(None, interval.high)
    if whole and not _closes().fullmatch(page.normal, last, end):
        return None
    return interval, written.unit, last
