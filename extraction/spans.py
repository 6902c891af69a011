"""Stretches of a text, asked about often: spans in any order in, whether they hold a place out, without a search."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Spans:
    """Spans [start, end), which may overlap."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._farthest = list(accumulate((end for _, end in ordered), max))

    def hold(self, offset: int) -> bool:
        """Whether the character at the offset lies in one of them.

        >>> Spans([(4, 6), (1, 3)]).hold(2), Spans([(4, 6), (1, 3)]).hold(3)
        (True, False)
        """
        before = bisect_right(self._starts, offset)
        return before > 0 and self._farthest[before - 1] > offset

    def overlap(self, start: int, end: int) -> bool:
        """Whether one of them shares a character with [start, end)."""
        before = bisect_left(self._starts, end)
        return before > 0 and self._farthest[before - 1] > start
