"""Scanned pages: an image in, its words with their boxes and how surely they were read out.

A page that lies on its side, stands on its head or is askew is read upright; boxes are given on the page as it stands.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.layout import Box
from screening.documents.choosing import read_words
from screening.documents.recognition import Line, Recogniser, recogniser
from screening.documents.spacing import Stretch, stretches
from screening.documents.words import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    Pixels = NDArray[np.uint8]
    Points = NDArray[np.float32]

_TALL = 1.5  # times as high as wide: a line that runs up or down the page
_TRIED = 6  # lines that are read to see whether a page stands on its head
_UPRIGHT = 0.85  # mean confidence of lines that are read the right way up
_LONG = 0.5  # of the longest line: which lines show how far the page is askew


def words_of(image: Image) -> list[Word]:
    """The words of a page. Raises BadInputError where the extra that reads scans is not installed."""
    import numpy as np

    reader = recogniser()
    page: Pixels = np.asarray(image.convert("RGB"))
    turned = _Page(page, 0)
    corners = reader.find(page)
    if len(corners) == 0:
        return []
    if _runs_upwards(corners):
        turned = turned.quarter(1)
        corners = reader.find(turned.pixels)
    turned, lines = _read(reader, turned, corners)
    angle = _angle(lines)
    return [
        word for line, words in zip(lines, stretches(lines), strict=True) for word in _words(line, words, turned, angle)
    ]


@dataclass(frozen=True)
class _Page:
    """A page turned anticlockwise by quarters from how it stands in its file."""

    pixels: Pixels
    quarters: int

    def quarter(self, times: int) -> _Page:
        import numpy as np

        return _Page(np.ascontiguousarray(np.rot90(self.pixels, times)), (self.quarters + times) % 4)

    def as_it_stands(self, points: Sequence[tuple[float, float]]) -> Box:
        """The box around points of this page, in pixels, as fractions of the page in its file."""
        height, width = self.pixels.shape[:2]
        xs = [min(max(x / width, 0.0), 1.0) for x, _ in points]
        ys = [min(max(y / height, 0.0), 1.0) for _, y in points]
        left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
        for _ in range(self.quarters):  # back by a quarter, clockwise
            left, top, right, bottom = 1 - bottom, left, 1 - top, right
        return Box(left, top, right, bottom)


def _runs_upwards(corners: Points) -> bool:
    """Whether the lines of a page run up or down it, by their lengths."""
    along = across = 0.0
    for corner in corners:
        width, height = math.dist(corner[0], corner[1]), math.dist(corner[0], corner[3])
        if height > _TALL * width:
            along += height
        elif width > _TALL * height:
            across += width
    return along > across


def _read(reader: Recogniser, page: _Page, corners: Points) -> tuple[_Page, list[Line]]:
    """The lines of a page whose lines are level, turned on its feet where it stands on its head."""
    longest = sorted(range(len(corners)), key=lambda at: -math.dist(corners[at][0], corners[at][1]))[:_TRIED]
    tried = reader.read(page.pixels, corners[longest])
    if _sureness(tried) < _UPRIGHT:
        other = page.quarter(2)
        height, width = page.pixels.shape[:2]
        around = (corners[:, [2, 3, 0, 1]] * -1 + (width, height)).astype(corners.dtype)
        if _sureness(reader.read(other.pixels, around[longest])) > _sureness(tried):
            return other, reader.read(other.pixels, around)
    rest = [at for at in range(len(corners)) if at not in set(longest)]
    return page, [*tried, *reader.read(page.pixels, corners[rest])]


def _sureness(lines: Sequence[Line]) -> float:
    return statistics.mean(line.confidence for line in lines)


def _angle(lines: Sequence[Line]) -> float:
    """By how much the lines of a page fall from left to right, in radians: the median of the long ones."""
    lengths = [math.dist(line.corners[0], line.corners[1]) for line in lines]
    long = [
        math.atan2(float(line.corners[1][1] - line.corners[0][1]), float(line.corners[1][0] - line.corners[0][0]))
        for line, length in zip(lines, lengths, strict=True)
        if length >= _LONG * max(lengths)
    ]
    return statistics.median(long)


def _words(line: Line, words: Sequence[Stretch], page: _Page, angle: float) -> list[Word]:
    corners = [(float(x), float(y)) for x, y in line.corners]
    height = (math.dist(corners[0], corners[3]) + math.dist(corners[1], corners[2])) / 2
    out = []
    for word, read in zip(words, read_words([word.signs for word in words]), strict=True):
        around = [
            _between(corners[0], corners[1], word.left),
            _between(corners[0], corners[1], word.right),
            _between(corners[3], corners[2], word.right),
            _between(corners[3], corners[2], word.left),
        ]
        upright = _upright(around, height, angle, page)
        out.append(Word(read.text, upright, read.confidence, page.as_it_stands(around), read.others))
    return out


def _between(one: tuple[float, float], other: tuple[float, float], share: float) -> tuple[float, float]:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _upright(around: Sequence[tuple[float, float]], height: float, angle: float, page: _Page) -> Box:
    """The box that a word would have, were the page not askew."""
    tall, wide = page.pixels.shape[:2]
    x, y = sum(x for x, _ in around) / 4 - wide / 2, sum(y for _, y in around) / 4 - tall / 2
    x, y = (
        x * math.cos(angle) + y * math.sin(angle) + wide / 2,
        y * math.cos(angle) - x * math.sin(angle) + tall / 2,
    )
    half = math.dist(around[0], around[1]) / 2
    return Box((x - half) / wide, (y - height / 2) / tall, (x + half) / wide, (y + height / 2) / tall)
