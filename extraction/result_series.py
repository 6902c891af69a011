"""Results of a virus test told one after the other: the first one in, with those behind it out, the oldest first.

"Negative on 2 May, positive on 10 June", "not detected (previously 640 IU/mL)", "neg in April. 8/6/26 - 730 IU/mL":
words and numbers mixed. A further result needs a word that says so, or two dates.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from extraction.coded_results import result_of_code
from extraction.knowledge import cues
from extraction.numbers import read_number
from extraction.numeric_results import numeric_result
from extraction.reading import Mention, Reading
from extraction.result_words import Page, alternatives, code_of, code_pattern
from extraction.results import Result
from kb.facts import Coded
from kb.patterns import compiled
from kb.vocabulary import Lab, vocabulary

_MOST = 6
_HEAD = 6  # characters at the head of a sentence: "On", "In"
_OPEN = ("pending", "not_done")
_PUNCTUATION = " \t\n,;.:()[]=-"
_REPEATED = compiled(
    r"\s*\(?(?:x ?\d\b|\d ?x(?!\w)|twice|repeatedly|on (?:two|three|several) occasions)\)?", re.IGNORECASE
)
_LED = compiled(r"\s*[)\]]?\s*[:=-]")
_DATE_BEHIND = compiled(
    r"\s*[(\[]?\s*(?:(?:in|on|at) (?:the|both|all|two)(?: [a-z]+){0,2} (?:samples?|tests?|ones?|bloods?)\s*[(\[]?\s*)?"
    r"(?:(?:on|in|at|from|of|dated)\s+)?",
    re.IGNORECASE,
)
_ANOTHER = compiled(r"\s*(?:for|of)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Way:
    """What stands between one result and the next."""

    dated: bool  # the result before has a date before it
    times: int = 0
    led: bool = False  # the last date has a colon or a dash behind it
    newer: bool = False
    older: bool = False

    def leads(self, dated_behind: bool) -> bool:
        both = self.times > 1 or (self.times > 0 and (self.dated or self.led or dated_behind))
        return self.newer or self.older or both or (self.dated and dated_behind)


def is_told_in_series(concept: str) -> bool:
    """Whether results of this test are read one after the other: viruses and pregnancy tests."""
    term = vocabulary().terms[concept]
    return isinstance(term, Lab) and term.panel in cues("measurements")["series"]["panels"]


def series(reading: Reading, page: Page, concept: str, first: Result, following: Mention | None) -> list[Result]:
    """The first result and those that follow it in its sentence and the next; those still to come are left out."""
    end = _end(reading, first, following)
    found, last = [first], first
    while len(found) < _MOST:
        step = _further(reading, page, concept, last, end)
        if step is None:
            break
        last, is_older = step
        found = [last, *found] if is_older else [*found, last]
    settled = [one for one in found if not (isinstance(one.value, Coded) and one.value.code in _OPEN)]
    return settled or found[:1]


def _end(reading: Reading, first: Result, following: Mention | None) -> int:
    number = reading.sentence_at(max(first.start, first.end - 1))
    end = reading.sentences[min(number + 1, len(reading.sentences) - 1)].end
    return min(end, following.start) if following is not None else end


@functools.cache
def _words(key: str) -> re.Pattern[str]:
    return compiled(alternatives(cues("measurements")["series"][key]), re.IGNORECASE)


def _further(reading: Reading, page: Page, concept: str, last: Result, end: int) -> tuple[Result, bool] | None:
    """The result behind another one and whether it is the older: only words of a course, dates and signs between."""
    repeated = _REPEATED.match(page.normal, last.end, end)
    at = begin = repeated.end() if repeated else last.end
    drugs = {one.start: one.end for one in reading.mentions_in(begin, end) if one.kind == "drug"}
    way = _Way(_has_date_before(page, last) or _has_date_at_head(reading, last))
    while at < end:
        time = page.time_at(at)
        if time is not None:
            at, way.times = time.end, way.times + 1
            way.led = _LED.match(page.normal, at, end) is not None
            continue
        newer, older = _words("newer").match(page.normal, at, end), _words("older").match(page.normal, at, end)
        if newer is None and older is None and at > begin:
            result = _result_at(page, concept, at, end)
            if result is not None:
                leads = way.leads(_has_date_behind(page, result, end))
                return (result, way.older and not way.newer and way.times < 2) if leads else None
        way.newer, way.older = way.newer or newer is not None, way.older or older is not None
        word = newer or older or _words("fillers").match(page.normal, at, end)
        if word is not None:
            at = word.end()
        elif at in drugs:
            at = drugs[at]
        elif page.normal[at] in _PUNCTUATION:
            at += 1
        else:
            return None
    return None


def _result_at(page: Page, concept: str, at: int, end: int) -> Result | None:
    code = code_pattern().match(page.normal, at, end)
    if code is not None:
        known = code_of(code.group()) in cues("measurements")["series"]["codes"]
        if not known or not any(map(str.isalpha, code.group())):
            return None  # a bare sign between dates is a dash
        result = result_of_code(page, concept, code, end)
    else:
        written = read_number(page.normal, at, end, page.comma, ranges=False)
        if written is None or (written.unit is None and written.form == "number"):
            return None
        result = numeric_result(page, concept, written, end)
    if result is None or _ANOTHER.match(page.normal, result.end) or _belongs_to_next(page, result, end):
        return None
    return result


def _belongs_to_next(page: Page, result: Result, end: int) -> bool:
    """ "Negative, now positive ANA": the word directly before the next test's name is that one's."""
    rest = page.normal[result.end : end]
    return not rest.strip() and page.normal[end : end + 1].isalnum() and "\n" not in rest and rest != ""


def _has_date_before(page: Page, result: Result) -> bool:
    before = len(page.normal[: result.start].rstrip(" \t:=(-"))
    return before > 0 and page.time_at(before - 1) is not None


def _has_date_at_head(reading: Reading, result: Result) -> bool:
    """ "In October CMV DNA 4,500 copies/mL; on 2 March no longer detected": the day that opens its sentence."""
    sentence = reading.sentences[reading.sentence_at(result.start)]
    heads = reading.times_in(sentence.start, min(sentence.start + _HEAD, result.start))
    return bool(heads) and heads[0].role == "point"


def _has_date_behind(page: Page, result: Result, end: int) -> bool:
    gap = _DATE_BEHIND.match(page.normal, result.end, end)
    return gap is not None and gap.end() < end and page.time_at(gap.end()) is not None
