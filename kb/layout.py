"""Where the words of a document stand on its pages, so that evidence can be shown there.

A document that was text has no layout; one read from a PDF or a scan has the place, and how surely it was read, of
every run of its characters.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, as fractions of its width and height from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def __or__(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def shares_line_with(self, other: Box) -> bool:
        """Whether the middle of either lies between the top and bottom of the other."""
        return (
            self.top <= (other.top + other.bottom) / 2 <= self.bottom
            or other.top <= (self.top + self.bottom) / 2 <= other.bottom
        )

    def shares_column_with(self, other: Box) -> bool:
        """Whether the middle of either lies between the left and right of the other."""
        return (
            self.left <= (other.left + other.right) / 2 <= self.right
            or other.left <= (self.left + self.right) / 2 <= other.right
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a line: `text[start:end]` of the document stands in `box` of the page (counted from 0).

    `confidence` says how surely its characters were read, from 0 to 1; 1 where they were never a picture. `others` are
    what it may be instead, each as long as the piece, the likeliest first.
    """

    start: int
    end: int
    page: int
    box: Box
    confidence: float = 1.0
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The size of a page, in points (1/72 inch)."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The pages of a document and its pieces in the order of their offsets; `source` is the file itself."""

    pages: tuple[Page, ...]
    pieces: tuple[Piece, ...]
    source: bytes = field(default=b"", repr=False, compare=False)

    def touched(self, start: int, end: int) -> Sequence[Piece]:
        """The pieces that hold a character of `text[start:end]`.

        >>> box = Box(0, 0, 1, 0.1)
        >>> layout = Layout((Page(595, 842),), (Piece(0, 4, 0, box), Piece(5, 9, 0, box, 0.5)))
        >>> [piece.start for piece in layout.touched(3, 6)], layout.confidence(0, 3), layout.confidence(3, 6)
        ([0, 5], 1.0, 0.5)
        """
        first = bisect.bisect_right(self.pieces, start, key=lambda piece: piece.end)
        last = bisect.bisect_left(self.pieces, end, key=lambda piece: piece.start)
        return self.pieces[first:last]

    def confidence(self, start: int, end: int) -> float:
        """How surely the least sure of the pieces of `text[start:end]` was read; 1 where there are none."""
        return min((piece.confidence for piece in self.touched(start, end)), default=1.0)

    def places(self, start: int, end: int) -> Iterator[tuple[int, Box]]:
        """The page and the box of each line on which `text[start:end]` stands, in order."""
        page, around = -1, None
        for piece in self.touched(start, end):
            if around is not None and piece.page == page and self._on_one_line(page, around, piece.box):
                around |= piece.box
                continue
            if around is not None:
                yield page, around
            page, around = piece.page, piece.box
        if around is not None:
            yield page, around

    def _on_one_line(self, page: int, one: Box, other: Box) -> bool:
        """Whether two boxes that follow one another stand on a line, which may run up or down a page that is turned."""
        return one.shares_line_with(other) or (
            one.shares_column_with(other) and (self._is_tall(page, one) or self._is_tall(page, other))
        )

    def _is_tall(self, page: int, box: Box) -> bool:
        size = self.pages[page]
        return (box.bottom - box.top) * size.height > (box.right - box.left) * size.width
