"""Numbers beside a test's name that were not measured: the name and the number in, whether it is one of these out.

A target ("aiming for SLEDAI below 4"), a threshold, a condition ("if ALT > 3 x ULN"), or the weight of a score's item.
"""

from __future__ import annotations

import re

from extraction.reading import Mention, Reading
from extraction.result_words import courtesy, pattern_of
from extraction.results import Result
from extraction.wished_results import bracket_opened
from kb.facts import Quantity
from kb.patterns import compiled

_UNTIL = compiled(
    r"until (?:(?:early|mid|late|last|the|this|end of|beginning of|about|"
    r"around|spring|summer|autumn|winter) ?)*(?:\d|week|month|year|"
    r"spring|summer|autumn|winter|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|then|recently|now)",
    re.IGNORECASE,
)
_COUNTED = compiled(r"\b(?:\w+ed|seen|found|done|taken|only|just|but|than|least|more)\s+$", re.IGNORECASE)
_COUNTS = compiled(r"\s*(?:[,(:]|(?:in|on|at|only|before|last|during)\b)", re.IGNORECASE)
_AIM_BEHIND = 30  # characters behind a bound in which it is called an aim
_CLAUSE_START = compiled(  # the sign comes first, so that the search leaps from one to the next
    r"[;:.,\s](?:(?<=[;:.])\s|(?<=\n)|(?<=,)\s+(?:and|but|with|then)\s|(?<=\s)(?:but|however|although|so|and)\s)",
    re.IGNORECASE,
)


def is_not_measured(reading: Reading, mention: Mention, result: Result) -> bool:
    """Whether the number is a target, a threshold or a condition."""
    if mention.assertion == "conditional":
        return True
    if (
        mention.kind == "lab"
        and result.written is not None
        and result.written.unit is None
        and _in_score(reading, reading.normal, mention)
    ):
        return True
    sentence = reading.sentences[mention.sentence]
    start, end = min(mention.start, result.start), max(mention.end, result.start)
    aimed_at = reading.normal[sentence.start : result.end + _AIM_BEHIND]
    if mention.kind == "score" and _is_below(result) and pattern_of("aims").search(aimed_at):
        return True
    before = reading.normal[sentence.start : start]
    clauses = list(_CLAUSE_START.finditer(before))
    opened = bracket_opened(before, 0, len(before))
    clause = before[max(opened, clauses[-1].end() if clauses else 0) :]
    between = courtesy().sub("", reading.normal[mention.end : end])
    dated = bool(reading.times_in(sentence.start, start))  # "was well when the EF was 60 %" is of no day
    return _tells_no_result(clause, between if dated else "") or _tells_no_result(between)


def _is_below(result: Result) -> bool:
    """Whether the result is a bound from above alone ("below 4"), as an aim is."""
    return isinstance(result.value, Quantity) and result.value.interval.low is None


def _tells_no_result(clause: str, behind: str = "") -> bool:
    """Whether a clause speaks of a target or a condition; "when it was repeated in May" tells what was done.

    `behind` is what goes on behind the name: "when the eGFR | read 24".
    """
    for word in pattern_of("not_results").finditer(clause):
        if _UNTIL.match(clause, word.start()):
            continue  # "normal until January"
        if _is_of_number(clause, *word.span()):
            continue  # "was documented once, bilirubin 3.2"
        done = pattern_of("conditional_words").fullmatch(word.group()) is not None
        if not (done and pattern_of("told_as_done").search(f"{clause}\0{behind}", word.end())):
            return True
    return False


def _is_of_number(clause: str, start: int, end: int) -> bool:
    """Whether "once" counts how often something was seen, and is no moment to come."""
    if clause[start:end].lower() != "once":
        return False
    return _COUNTED.search(clause, 0, start) is not None or _COUNTS.match(clause, end) is not None


def _in_score(reading: Reading, normal: str, mention: Mention) -> bool:
    """Whether a name stands in the bracket behind a score, where numbers are the weights of its items."""
    begin = reading.sentences[mention.sentence].start
    opening = normal.rfind("(", begin, mention.start)
    if opening < 0 or ")" in normal[opening : mention.start]:
        return False
    return any(other.kind == "score" for other in reading.mentions_in(max(begin, opening - 40), opening))
