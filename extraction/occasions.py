"""The occasions of results that a letter names without a day: a place in the text in, its occasion out.

A baseline is older than an admission, an admission than a discharge, a discharge than today. The words and their order
are in `measurements.yaml`.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from extraction.knowledge import cues
from extraction.reading import Reading
from extraction.result_words import alternatives
from kb.patterns import compiled

_LINES_ABOVE = 12
_BEHIND = 28  # characters behind a value in which its occasion stands
_REACH_BEFORE = 24  # characters before an admission in which it is told not to have come
_CLAUSE = compiled(r"[;,.:]\s|[(\[]|\b(?:and|but|while|whereas)\s", re.IGNORECASE)
_OPENS = compiled(r"\s*[(\[]\s*(?:(?:on|at|the|by)\s+)*", re.IGNORECASE)
_CLOSES = compiled(r"[;,.:\n()\[\]]|\b(?:and|but|while|whereas|then|to)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Occasion:
    """`rank` is its place in the order of time, from 0."""

    rank: int
    of_arrival: bool = False  # it is the arrival of a stay, which may have its day elsewhere in the letter
    in_story: bool = False  # a verb tells of the arrival, where the story comes to it
    again: bool = False  # "repeat": later than what was told before it
    opens: bool = False  # "initial": beside the words of another occasion, the beginning of that one

    @property
    def is_early(self) -> bool:
        """Whether it is an arrival or older, so that a stay or a course follows it."""
        return self.rank <= int(cues("measurements")["occasions"]["rank_of_arrival"])

    def is_before(self, other: Occasion, *, told_before: bool) -> bool:
        """Whether another is later; a repeat is no later than an arrival that the story comes to behind it."""
        return self.rank < other.rank and (told_before or not (self.in_story and other.again))


@functools.cache
def _named() -> tuple[re.Pattern[str], dict[str, Occasion]]:
    """Any word of an occasion, and the occasion of each."""
    known = cues("measurements")["occasions"]
    found = {
        word.lower(): Occasion(rank, again=word in known["again"], opens=word in known["opening"])
        for rank, words in enumerate(known["in_order"])
        for word in words
    }
    rank = int(known["rank_of_arrival"])
    found |= {word.lower(): Occasion(rank, of_arrival=True) for word in known["arrival"]}
    found |= {word.lower(): Occasion(rank, of_arrival=True, in_story=True) for word in known["arrived"]}
    words = compiled(rf"(?P<later>{known['later']})|{alternatives(found)}", re.IGNORECASE)
    return words, found | {"later": Occasion(int(known["rank_of_later"]))}


@functools.cache
def _not_arrived() -> re.Pattern[str]:
    words = alternatives(cues("measurements")["occasions"]["not_arrived"])
    return compiled(rf"{words}\s+(?:(?:an?|the|her|his|any)\s+)?$", re.IGNORECASE)


@functools.cache
def _passed() -> re.Pattern[str]:
    return compiled(alternatives(cues("measurements")["occasions"]["passed"]), re.IGNORECASE)


def names_occasion(normal: str) -> bool:
    """Whether a text names any occasion."""
    return _named()[0].search(normal) is not None


def _of(match: re.Match[str]) -> Occasion:
    return _named()[1]["later" if match["later"] else " ".join(match.group().lower().split())]


def _found(normal: str, start: int, end: int) -> list[tuple[int, Occasion]]:
    """The occasions named in a stretch, each with the place where its words end."""
    found = ((match, _of(match)) for match in _named()[0].finditer(normal, start, end))
    return [
        (match.end(), occasion)
        for match, occasion in found
        if not (
            occasion.of_arrival
            and _not_arrived().search(normal[max(start, match.start() - _REACH_BEFORE) : match.start()])
        )
    ]


def occasion_behind(normal: str, at: int, limit: int) -> Occasion | None:
    """The occasion that stands directly behind a value: "240 on admission"."""
    end = min(limit, at + _BEHIND)
    bracket = _OPENS.match(normal, at, end)
    if bracket is not None:
        own = _named()[0].match(normal, bracket.end(), limit)
        return None if own is None or normal[own.end() : own.end() + 1] not in (")", "]") else _of(own)
    closing = _CLOSES.search(normal, at, end)
    found = _named()[0].search(normal, at, closing.start() if closing else end)
    return None if found is None else _of(found)


def pair_of_occasions(before: str) -> bool:
    """Whether a heading names two occasions of a pair of values, the older first: "(admission/discharge): "."""
    found = list(_named()[0].finditer(before))[-2:]
    if len(found) < 2 or not compiled(r"\s*(?:/|→|->|-|to|and)\s*").fullmatch(
        before[found[0].end() : found[1].start()]
    ):
        return False
    closes = compiled(r"\s*[)\]]?\s*[:=-]?\s*").fullmatch(before[found[1].end() :]) is not None
    return closes and _of(found[0]).rank < _of(found[1]).rank


def occasion_of(reading: Reading, start: int, end: int) -> Occasion | None:
    """The occasion of the result at [start, end); None where none is named, or two of one clause disagree.

    It stands behind the value or in its clause, else earlier in the sentence, unless the story has gone on since, else
    in the heading above.
    """
    normal, sentence = reading.normal, reading.sentences[reading.sentence_at(start)]
    behind = occasion_behind(normal, end, sentence.end)
    if behind is not None:
        return behind
    found = _found(normal, sentence.start, end)
    if not found:
        return _of_heading(normal, sentence.start)
    clauses = (match.end() for match in _CLAUSE.finditer(normal, sentence.start, start))
    clause = max((at for at in clauses if at <= start), default=sentence.start)
    own = [occasion for at, occasion in found if at > clause]
    if _passed().search(normal, min(found[-1][0], start), start):
        return None
    return _one_of(own) if own else found[-1][1]


def _one_of(occasions: list[Occasion]) -> Occasion | None:
    """The occasion of a clause whose words agree in rank, "initially" with any other; None where they differ."""
    named = [one for one in occasions if not one.opens] or occasions
    if len({one.rank for one in named}) > 1:
        return None
    return min(named, key=lambda one: one.of_arrival)  # the peak of an admission is not of its first day


def _of_heading(normal: str, start: int) -> Occasion | None:
    """The occasion in the heading above: "On discharge:" over lines of results."""
    line = normal.rfind("\n", 0, start)
    for _ in range(_LINES_ABOVE):
        begin = normal.rfind("\n", 0, line) + 1
        text = normal[begin:line].strip() if line > 0 else ""
        if not text:
            return None
        if text.endswith(":"):
            found = [occasion for _, occasion in _found(text, 0, len(text))]
            return _one_of(found) if found else None
        line = begin - 1
    return None
