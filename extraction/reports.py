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
from kb.patterns import compiled

_STOP = compiled(r"[;\n]|\.(?=\s|$)")
_CLAUSE_ENDS = compiled(r"[.;,:\n]")
_MAX = 160
_LEADS_TO = compiled(r"\b(?:on|by|in|at|from|per|via|with)\b[^,;:.]*$", re.IGNORECASE)


@functools.cache
def _pointing_back() -> re.Pattern[str]:
    """A new sentence that goes on about the report: "A chest X-ray was done on 12 February. It was normal"."""
    known = cues("measurements")["reports"]["goes_on"]
    return compiled(
        rf"[.;]\s*(?:(?:it|this|that|which)|the\s+{alternatives(known['names'])})\s+{alternatives(known['verbs'])}",
        re.IGNORECASE,
    )


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
    gone = (
        rf"(?:{alternatives(reports['before_gone'])}\s+)*{adjectives}(?:{strong}|{weak})"
        rf"(?:\s+{alternatives(reports['between_gone'])})*\s+{alternatives(reports['gone'])}"
    )
    neutral = (
        rf"(?:{gone}|{reports['reasons']}|{nothing}{adjectives}{weak}(?:{joint}{weak})*|{alternatives(reports['neutral'])}|"
        rf"[\s:,()\[\]=*/–-]|{counts})"
    )
    return compiled(normal, re.IGNORECASE), compiled(neutral, re.IGNORECASE)


def report_result(page: Page, concept: str, start: int, limit: int) -> Result | None:
    """A normal report behind the name at `start`, up to the end of the clause; None where anything else is told."""
    if concept not in cues("measurements")["reports"]["concepts"]:
        return None
    told = _told(page, concept, start, min(_end_of_next(page, limit), start + _MAX))
    if told is None or told[0] < 0:
        return _rest_normal(page, concept, start, min(limit, start + _MAX))
    return _normal(page, told[0], told[1])


def _end_of_next(page: Page, limit: int) -> int:
    """The limit, or the end of the sentence behind it where that goes on about the report."""
    back = _pointing_back().search(page.normal, max(0, limit - 2), limit + _MAX)
    if back is None or back.start() > limit:
        return limit
    stop = _STOP.search(page.normal, back.end())
    return stop.start() if stop else len(page.normal)


def _rest_normal(page: Page, concept: str, start: int, limit: int) -> Result | None:
    """ "Mild mitral regurgitation, otherwise normal": what the findings do not name is normal."""
    reports = cues("measurements")["reports"]
    rest = reports["rest_normal"]
    stop = _STOP.search(page.normal, start, limit)
    clause = page.normal[start : stop.start() if stop else limit]
    match = re.search(rest["words"], clause, re.IGNORECASE)
    if reports["concepts"][concept] not in rest["kinds"] or match is None:
        return None
    if re.search(rest["not_with"], clause, re.IGNORECASE):
        return None
    return _normal(page, start + match.start(), start + match.end())


def report_before(page: Page, concept: str, begin: int, start: int, end: int) -> Result | None:
    """A normal report that leads to the name: "No abnormality on ECG", "the lungs are clear on chest radiograph".

    It fills the clause from `begin` up to the name's start, and nothing of weight stands behind the name's `end`.
    """
    if concept not in cues("measurements")["reports"]["concepts"]:
        return None
    begin = max([begin, *(stop.end() for stop in _STOP.finditer(page.normal, begin, start))])
    begin = max(begin, start - _MAX)
    around = _around(concept, page.normal[begin:start], page.normal[end : end + _MAX])
    if around is not None and _told(page, concept, end + around, _clause_end(page, end)) is not None:
        return _normal(page, start, end + around)
    if _LEADS_TO.search(page.normal, begin, start) is None:
        return None
    told = _told(page, concept, begin, start)
    behind = _told(page, concept, end, _clause_end(page, end))
    return None if told is None or told[0] < 0 or behind is None else _normal(page, told[0], told[1])


def _around(concept: str, before: str, behind: str) -> int | None:
    """ "No ECG abnormality": how far the finding behind the name reaches, where the name stands within its denial."""
    denied_before, found_behind = _denial_around(concept)
    finding = found_behind.match(behind)
    return None if finding is None or denied_before.search(before) is None else finding.end()


@functools.cache
def _denial_around(concept: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    reports = cues("measurements")["reports"]
    nothing, adjectives = alternatives(reports["nothing"]), alternatives(reports["adjectives"])
    strong = alternatives(reports["findings"][reports["concepts"][concept]])
    return (
        compiled(rf"{nothing}\s+(?:{adjectives}[\s,]+)*$", re.IGNORECASE),
        compiled(rf"\s+(?:{adjectives}[\s,]+)*{strong}", re.IGNORECASE),
    )


def _clause_end(page: Page, start: int) -> int:
    stop = _CLAUSE_ENDS.search(page.normal, start)
    return stop.start() if stop else len(page.normal)


def _normal(page: Page, first: int, last: int) -> Result:
    first = skip_space(page.normal, first, last)
    return Result(first, last, Coded("normal", page.text[first:last]), None, last)


def _told(page: Page, concept: str, start: int, limit: int) -> tuple[int, int] | None:
    """Where the words that make a report normal stand, (-1, -1) if only words that say nothing do; None for others."""
    normal, neutral = _words(concept)
    at, first, last = start, -1, -1
    while at < limit:
        time = page.time_at(at)
        match = None if time is not None else normal.match(page.normal, at, limit)
        if match is not None and match.end() > at:
            first, last, at = (first if first >= 0 else at), match.end(), match.end()
        elif time is not None:
            at = time.end
        elif _STOP.match(page.normal, at):
            back = _pointing_back().match(page.normal, at, limit) if first < 0 else None
            if back is None and (first >= 0 or page.normal[at] != "\n"):
                break
            at = at + 1 if back is None else back.end()
        else:
            skipped = neutral.match(page.normal, at, limit)
            if skipped is None or skipped.end() == at:
                return None
            at = skipped.end()
    return first, last
