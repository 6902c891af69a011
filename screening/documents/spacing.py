"""Where a line's words begin and end: a line as it was recognised in, its words with their stretch of the line out.

The model leaves out spaces of English text here and there, though it nearly read them: a gap in the ink about as wide
as those that were read as spaces is one there.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from screening.documents.recognition import Line, Sign

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_USUAL = 0.22  # of a line's height: a space where the page shows none
_LIKELY = 0.1  # how likely, to the model, what is a space by its width, too: it is 0.00 inside of words
_AS_WIDE = 0.7  # usual spaces: a gap where a space is likely is one
_IN_NUMBER = 1.5  # usual spaces, between two digits: a 1 stands alone, and no number may fall apart
_COLUMN = 3.0  # usual spaces, or gaps between the letters of the line: a gap is one whatever the model says
_HALF = 0.08  # of a line's height: half the width of a narrow sign
_INK = 0.25  # of the way from the line's darkest to its lightest: how far ink may be from the paper's colour


@dataclass(frozen=True, slots=True)
class Stretch:
    """A word's signs, and from where to where it stands along its line, from 0 to 1."""

    signs: tuple[Sign, ...]
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class _Gaps:
    """A line's signs without spaces, the empty stretch before each but the first (in parts of the line), its width in
    heights of the line, and whether a space was read there; the ends of its ink, and half a narrow sign's width.
    """

    signs: tuple[Sign, ...]
    edges: tuple[tuple[float, float], ...]
    widths: tuple[float, ...]
    spaces: tuple[bool, ...]
    ends: tuple[float, float]
    half: float

    def stretch(self, start: int, end: int, left: float, right: float) -> Stretch:
        """A word; signs so thin that they were taken for specks have room, too."""
        signs = self.signs[start:end]
        return Stretch(signs, min(left, signs[0].at - self.half), max(right, signs[-1].at + self.half))


def stretches(lines: Sequence[Line]) -> list[list[Stretch]]:
    """The words of each line of a page."""
    measured = [_gaps(line) for line in lines]
    usual = _median((_spaces(gaps) for gaps in measured), _USUAL)
    return [_words(gaps, usual) for gaps in measured]


def _spaces(gaps: _Gaps) -> list[float]:
    return [width for width, space in zip(gaps.widths, gaps.spaces, strict=True) if space and width > 0]


def _median(widths: Iterable[list[float]], otherwise: float) -> float:
    every = [width for some in widths for width in some]
    return statistics.median(every) if every else otherwise


def _gaps(line: Line) -> _Gaps:
    signs: list[Sign] = []
    spaces: list[bool] = []
    for sign in line.signs:
        if sign.text.isspace():
            if signs:
                spaces[len(signs) - 1 :] = [True]
            continue
        if signs and len(spaces) < len(signs):
            spaces.append(False)
        signs.append(sign)
    del spaces[max(len(signs) - 1, 0) :]
    empty = _empty(line.image)
    height, width = line.image.shape[:2]
    edges = [_gap(empty, a.at, b.at) for a, b in pairwise(signs)]
    inked = [at for at, blank in enumerate(empty) if not blank]
    ends = (inked[0] / width, (inked[-1] + 1) / width) if inked else (0.0, 1.0)
    half = _HALF * height / width
    widths = tuple((right - left) * width / height for left, right in edges)
    return _Gaps(tuple(signs), tuple(edges), widths, tuple(spaces), ends, half)


def _empty(image: NDArray[np.uint8]) -> list[bool]:
    """Which columns of a line hold no ink; specks are none."""
    import cv2
    import numpy as np

    grey = cv2.medianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 3)
    paper, ink = np.percentile(grey, 90), np.percentile(grey, 1)
    dark = (grey < paper - _INK * 2 * (paper - ink)).sum(axis=0)
    return [bool(count <= 1) for count in dark]


def _gap(empty: list[bool], left: float, right: float) -> tuple[float, float]:
    """The widest empty stretch between two places of a line; of no width, half way, where there is none."""
    width = len(empty)
    first, last = int(left * width), min(int(right * width) + 1, width)
    best = (0, 0)
    start = None
    for at in range(first, last + 1):
        if at < last and empty[at]:
            start = at if start is None else start
        elif start is not None:
            best = max(best, (start, at), key=lambda run: run[1] - run[0])
            start = None
    if best[1] == best[0]:
        middle = (left + right) / 2
        return middle, middle
    return best[0] / width, best[1] / width


def _words(gaps: _Gaps, usual: float) -> list[Stretch]:
    if not gaps.signs:
        return []
    own = _spaces(gaps)
    space = statistics.median(own) if len(own) > 1 else usual
    letters = [width for width, read in zip(gaps.widths, gaps.spaces, strict=True) if not read]
    column = _COLUMN * max(space, statistics.median(letters) if letters else 0.0)
    words: list[Stretch] = []
    start, left = 0, gaps.ends[0]
    for at, ((end, begin), width, read) in enumerate(zip(gaps.edges, gaps.widths, gaps.spaces, strict=True), 1):
        before, after = gaps.signs[at - 1], gaps.signs[at]
        in_number = before.text.isdigit() and after.text.isdigit()
        likely = after.after_space >= _LIKELY and width >= space * (_IN_NUMBER if in_number else _AS_WIDE)
        if read or likely or width >= column:
            words.append(gaps.stretch(start, at, left, end))
            start, left = at, begin
    words.append(gaps.stretch(start, len(gaps.signs), left, gaps.ends[1]))
    return words
