"""Values of the visits of a study or a course: the end of a test's name in, its values in the order of time out.

"SLEDAI-2K at baseline 18, month 3 12, month 6 (20 Feb 2026) 5", "ALT week 0: 640 U/L, week 12: 80 U/L": a number that
counts the visit is no value.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace

from extraction.knowledge import cues
from extraction.numbers import read_number
from extraction.numeric_results import numeric_result
from extraction.result_courses import past_time
from extraction.result_words import Page, alternatives
from extraction.results import Result
from kb.patterns import compiled


@functools.cache
def _visit() -> re.Pattern[str]:
    known = cues("measurements")["visits"]
    units = alternatives(known["counted"])
    return compiled(
        rf"[\s:,(;–-]*(?:(?:and|then|at|after|by|on|in|the|to)\s+)*(?:(?P<first>{alternatives(known['first'])})"
        rf"|(?P<unit>{units})[\s-]*(?:no\.?\s*)?(?P<number>\d{{1,3}})|(?-i:[{known['letters']}])(?P<lettered>\d{{1,3}})"
        rf"|(?P<amount>\d{{1,3}})[\s-]*(?P<counted>{units}))(?![\w-])(?!\s+(?:ago|before|later|old)\b)"
        r"\s*(?:was|of|is)?",
        re.IGNORECASE,
    )


_LINK = compiled(r"\s*[)\]]?\s*[:=-]?\s*(?:(?:was|is|of)\s+)?")


def values_of_visits(page: Page, concept: str, start: int, limit: int) -> list[Result]:
    """The values behind a name, each with what stands between it and its visit, the newest last.

    Empty where fewer than two follow so.
    """
    found: list[tuple[int, Result]] = []
    at = start
    while (visit := _visit().match(page.normal, at, limit)) is not None:
        begin = past_time(page, visit.end(), limit)
        link = _LINK.match(page.normal, begin, limit)
        written = read_number(page.normal, link.end() if link else begin, limit, page.comma, ranges=False)
        unit = found[-1][1].written.unit if found and found[-1][1].written is not None else None
        if written is None or page.time_at(written.start) is not None:
            break
        result = numeric_result(page, concept, written, limit, unit if written.unit is None else None)
        if result is None:
            break
        found.append((_count(visit), replace(result, start=visit.end())))
        at = past_time(page, result.end, limit)
    counts = [count for count, _ in found]
    if len(found) < 2 or len(set(counts)) < len(counts) or counts not in (sorted(counts), sorted(counts)[::-1]):
        return []
    return [result for _, result in sorted(found, key=lambda one: one[0])]


def _count(visit: re.Match[str]) -> int:
    """How far along a visit is; the first one is before all others."""
    told = visit["number"] or visit["lettered"] or visit["amount"]
    return -1 if told is None else int(told)
