"""The written report of an ECG, an X-ray, a CT, an echocardiogram: a page and a name in, "normal" out or nothing.

A report is normal only if every word of its clause is known to be harmless: one word that is not, and it stays open.
Findings themselves are read as conditions elsewhere.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.result_words import Page, alternatives, skip_space
from extraction.results import Result
from kb.facts import Coded

_STOP = re.compile(r"[;\n]|\.(?=\s|$)")
_MAX = 160


@functools.cache
def _words(concept: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What makes a report of this test normal, and the words that say nothing."""
    reports = cues("measurements")["reports"]
    kind = reports["concepts"][concept]
    strong, weak = alternatives(reports["findings"][kind]), alternatives(reports["lesser_findings"])
    nothing = rf"{alternatives(reports['nothing'])}\s+"
    adjectives = rf"(?:{alternatives(reports['adjectives'])}[\s,]+)*"
    joint = rf"\s*(?:,|/|or|and|nor|&)\s*(?:{nothing})?{adjectives}"
    none = rf"{nothing}{adjectives}(?:{weak}{joint})*{strong}(?:{joint}(?:{strong}|{weak}))*"
    normal = rf"(?:{none}|{alternatives(reports['normal'][kind])})"
    counts = r"\d{1,3} ?(?:/ ?min|bpm|ms|beats per minute)?(?!\.?\d)|(?:lv)?ef ?(?:of|is|=|:)? ?\d\d(?: ?- ?\d\d)? ?%"
    neutral = (
        rf"(?:{nothing}{adjectives}{weak}(?:{joint}{weak})*|{alternatives(reports['neutral'])}|"
        rf"[\s:,()\[\]=*/–-]|{counts})"
    )
    return re.compile(normal, re.IGNORECASE), re.compile(neutral, re.IGNORECASE)


def report_result(page: Page, concept: str, start: int, limit: int) -> Result | None:
    """A normal report behind the name at `start`, up to the end of the clause; None where anything else is told."""
    if concept not in cues("measurements")["reports"]["concepts"]:
        return None
    normal, neutral = _words(concept)
    at, first, last = start, -1, -1
    limit = min(limit, start + _MAX)
    while at < limit:
        time = page.time_at(at)
        match = None if time is not None else normal.match(page.normal, at, limit)
        if match is not None and match.end() > at:
            first, last, at = (first if first >= 0 else at), match.end(), match.end()
        elif time is not None:
            at = time.end
        elif _STOP.match(page.normal, at):
            if first >= 0 or page.normal[at] != "\n":
                break
            at += 1
        else:
            skipped = neutral.match(page.normal, at, limit)
            if skipped is None or skipped.end() == at:
                return None
            at = skipped.end()
    if first < 0:
        return None
    first = skip_space(page.normal, first, last)
    return Result(first, last, Coded("normal", page.text[first:last]), None, last)
