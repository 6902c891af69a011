"""Text that a document takes over word for word from another: their texts in, the stretches that are copies out.

A stretch is whole sentences or lines with so many words, or figures, that nobody writes them twice; how lines break
does not matter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from kb.patterns import compiled

_SHORTEST = 8  # words that a stretch has at the least
_WORTH = 12  # ... with a figure counted twice
_WORD = compiled(r"\d+(?:[.,/:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|[<>≤≥%+±]")
_BOUNDARY = compiled(r"[.!?;]\s|\n")


@dataclass(frozen=True, slots=True)
class Copy:
    """The characters [start, end) of a text, and for each of its words where it begins and where in the other text."""

    start: int
    end: int
    places: dict[int, int]


@dataclass(frozen=True)
class Words:
    """A text's words in lower case with the places where they begin and end."""

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Words:
        found = list(_WORD.finditer(text))
        return cls(
            text,
            tuple(match.group().lower() for match in found),
            tuple(match.start() for match in found),
            tuple(match.end() for match in found),
        )

    @cached_property
    def breaks(self) -> list[int]:
        """Where its sentences and lines end, with its own two ends."""
        return [0, *(match.end() for match in _BOUNDARY.finditer(self.text)), len(self.text)]


def copies(text: Words, earlier: Words) -> list[Copy]:
    """The stretches of `text` that stand in `earlier` too, in order, none overlapping."""
    found = []
    for at, there, count in _runs(text.words, earlier.words):
        copy = _whole_sentences(text, earlier, at, there, count)
        if copy is not None:
            found.append(copy)
    return found


def _runs(words: Sequence[str], others: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """The longest runs of words that both have: where each begins in both, and how many words it has."""
    places: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(others) - _SHORTEST + 1):
        places.setdefault(tuple(others[at : at + _SHORTEST]), []).append(at)
    at = 0
    while at <= len(words) - _SHORTEST:
        starts = places.get(tuple(words[at : at + _SHORTEST]), ())[:_SHORTEST]
        if not starts:
            at += 1
            continue
        count, there = max((_length(words, others, at, there), -there) for there in starts)
        yield at, -there, count
        at += count


def _length(words: Sequence[str], others: Sequence[str], at: int, there: int) -> int:
    count = _SHORTEST
    while at + count < len(words) and there + count < len(others) and words[at + count] == others[there + count]:
        count += 1
    return count


def _whole_sentences(text: Words, earlier: Words, at: int, there: int, count: int) -> Copy | None:
    """The run without what is left of a sentence at either end; None where that is too little."""
    breaks = text.breaks
    start = breaks[bisect_left(breaks, _after_last(text, at))]
    following = text.starts[at + count] if at + count < len(text.starts) else len(text.text)
    end = breaks[bisect_right(breaks, following) - 1]
    inside = [place for place in range(at, at + count) if start <= text.starts[place] and text.ends[place] <= end]
    worth = len(inside) + sum(text.words[place][0].isdigit() for place in inside)
    if len(inside) < _SHORTEST or worth < _WORTH:
        return None
    return Copy(start, end, {text.starts[place]: earlier.starts[there + place - at] for place in inside})


def _after_last(text: Words, at: int) -> int:
    """The character behind the word before the run: a sentence that begins there or later is all of the run."""
    return text.ends[at - 1] if at else 0
