"""Which of several values of a test is the older, by the occasions that a letter names: facts in, the same ordered out.

"Admission creatinine 240, discharge creatinine 110", "baseline 72 ... today 140": neither has a date, but what was
found on admission is older than what was found at discharge. The occasions and their order are in `measurements.yaml`.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from extraction.knowledge import cues
from extraction.reading import Reading
from extraction.result_words import alternatives
from kb.facts import Fact, Time
from kb.patterns import compiled

_LINES_ABOVE = 12
_BEHIND = 28  # characters behind a value in which its occasion stands
_CLAUSE = compiled(r"[;,.:]\s|[(\[]|\b(?:and|but|while|whereas)\s", re.IGNORECASE)
_OPENS = compiled(r"\s*[(\[]\s*(?:(?:on|at|the|by)\s+)*", re.IGNORECASE)
_CLOSES = compiled(r"[;,.:\n()\[\]]|\b(?:and|but|while|whereas|then|to)\b", re.IGNORECASE)


@functools.cache
def _occasions() -> tuple[re.Pattern[str], dict[str, int]]:
    """Any word of an occasion, and the place of each in the order of time."""
    known = cues("measurements")["occasions"]
    ranks = {word.lower(): rank for rank, words in enumerate(known["in_order"]) for word in words}
    later = rf"(?P<later>{known['later']})"
    return compiled(rf"{later}|{alternatives(ranks)}", re.IGNORECASE), ranks | {"later": int(known["rank_of_later"])}


def rank_of(match: re.Match[str]) -> int:
    """The place of an occasion in the order of time, from 0."""
    ranks = _occasions()[1]
    return ranks["later"] if match["later"] else ranks[" ".join(match.group().lower().split())]


def occasion_at(normal: str, at: int, limit: int) -> int | None:
    """The rank of the occasion that stands directly behind a value: "240 on admission"."""
    end = min(limit, at + _BEHIND)
    bracket = _OPENS.match(normal, at, end)
    if bracket is not None:
        own = _occasions()[0].match(normal, bracket.end(), limit)
        return None if own is None or normal[own.end() : own.end() + 1] not in (")", "]") else rank_of(own)
    closing = _CLOSES.search(normal, at, end)
    found = _occasions()[0].search(normal, at, closing.start() if closing else end)
    return None if found is None else rank_of(found)


def pair_of_occasions(before: str) -> bool:
    """Whether a heading names two occasions of a pair of values, the older first: "(admission/discharge): "."""
    found = list(_occasions()[0].finditer(before))[-2:]
    if len(found) < 2 or not compiled(r"\s*(?:/|→|->|-|to|and)\s*").fullmatch(
        before[found[0].end() : found[1].start()]
    ):
        return False
    closes = compiled(r"\s*[)\]]?\s*[:=-]?\s*").fullmatch(before[found[1].end() :]) is not None
    return closes and rank_of(found[0]) < rank_of(found[1])


def ordered_by_occasion(reading: Reading, facts: Sequence[Fact]) -> list[Fact]:
    """The facts, with the undated value of an earlier occasion told as past where a later one of the test is told."""
    if _occasions()[0].search(reading.normal) is None:
        return list(facts)
    by_concept: dict[str, list[tuple[Fact, int]]] = defaultdict(list)
    for fact in _single(facts):
        rank = _rank(reading, fact)
        if rank is not None:
            by_concept[fact.concept].append((fact, rank))
    older: dict[int, Fact] = {}
    for ranked in by_concept.values():
        for fact, rank in ranked:
            later = [other for other, its in ranked if its > rank and other.start != fact.start]
            if later and fact.time is None and fact.temporality == "current":
                older[id(fact)] = _before(fact, later)
    return [older.get(id(fact), fact) for fact in facts]


def _single(facts: Sequence[Fact]) -> list[Fact]:
    """Values that are no part of a course told behind one name, which is in order already."""
    told: dict[tuple[str, int], int] = defaultdict(int)
    for fact in facts:
        told[fact.concept, fact.start] += 1
    return [
        fact
        for fact in facts
        if fact.value is not None and fact.experiencer == "patient" and told[fact.concept, fact.start] == 1
    ]


def _before(fact: Fact, later: Sequence[Fact]) -> Fact:
    days = [other.time.earliest for other in later if other.time is not None and other.time.earliest is not None]
    time = Time(None, min(days) - timedelta(days=1)) if days and len(days) == len(later) else None
    return replace(fact, temporality="historical", time=time)


def _rank(reading: Reading, fact: Fact) -> int | None:
    """The rank of the occasion that a value is of; None where none is named, or two of one clause disagree."""
    sentence = reading.sentences[reading.sentence_at(fact.start)]
    behind = occasion_at(reading.normal, fact.end, sentence.end)
    if behind is not None:
        return behind
    found = list(_occasions()[0].finditer(reading.normal, sentence.start, fact.end))
    if not found:
        return _rank_of_heading(reading.normal, sentence.start)
    clauses = [match.end() for match in _CLAUSE.finditer(reading.normal, sentence.start, fact.start)]
    clause = max((at for at in clauses if at <= fact.start), default=sentence.start)
    own = {rank_of(match) for match in found if match.end() > clause} or {rank_of(found[-1])}
    return own.pop() if len(own) == 1 else None


def _rank_of_heading(normal: str, start: int) -> int | None:
    """The rank of the occasion in the heading above: "On discharge:" over lines of results."""
    line = normal.rfind("\n", 0, start)
    for _ in range(_LINES_ABOVE):
        begin = normal.rfind("\n", 0, line) + 1
        text = normal[begin:line].strip() if line > 0 else ""
        if not text:
            return None
        if text.endswith(":"):
            ranks = {rank_of(match) for match in _occasions()[0].finditer(text)}
            return ranks.pop() if len(ranks) == 1 else None
        line = begin - 1
    return None
