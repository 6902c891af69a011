"""The words of a page, from a text layer or from character recognition: words with boxes in, text with places out.

Reading order and lines come from `reading_order`; here lines become text. Wide gaps stay wide, so that a table's rows
keep their columns, and a paragraph's end is an empty line.
"""

from __future__ import annotations

import dataclasses
import functools
import operator
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from kb.layout import Box, Piece
from kb.patterns import compiled
from screening.documents.reading_order import Scale, blocks_of
from screening.documents.table_rows import with_columns

_MARK = compiled(r"[-–*•●▪■◦‣·+>]|\[[ xX]?\]|\(?(?:\d{1,2}|[a-zA-Z])[.)]")
_WIDEST = 24  # spaces between two cells
_USUAL_SPACE = 0.3  # of a line's height, where a page has no two words side by side
_TOO_WIDE = 1.2  # of a line's height: no space between two words of running text
_JUSTIFIED = 1.5  # the widest space of a justified line, in its narrowest
_STRETCHED = 3.5  # usual spaces: wider ones are no justified text's
_LONG_ENOUGH = 3  # characters of a word that shows how wide characters are
_BEARING = 0.15  # of a character's width: what its own room exceeds its ink by
_SAME_WIDTH = 0.06  # how much the widths of characters may differ and be the same
_PARAGRAPH = 0.4  # of a line's height more than usual between two lines


@dataclass(frozen=True, slots=True)
class Word:
    """Characters that stand together in `box` of a page; `confidence` says how surely they were read, 0 to 1.

    A word may hold spaces where recognition gives whole lines. `stands` is its box on the page in the file, where the
    page was turned to be read and `box` is of the turned one; `others` are as in `kb.layout.Piece`.
    """

    text: str
    box: Box
    confidence: float = 1.0
    stands: Box | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its words from left to right, each with the number of spaces before it.

    `apart` says that more than the usual space parts it from the line before, `goes_on` that its first word stands here
    only because the line before was full. `block` numbers the blocks of the page; `column` is the left edge of a block
    that stands beside another.
    """

    words: tuple[Word, ...]
    spaces: tuple[int, ...]
    apart: bool = False
    goes_on: bool = False
    block: int = 0
    column: float | None = None

    @property
    def box(self) -> Box:
        box = self.words[0].box
        for word in self.words[1:]:
            box |= word.box
        return box

    @property
    def text(self) -> str:
        return "".join(" " * space + word.text for space, word in zip(self.spaces, self.words, strict=True))


@dataclass(frozen=True, slots=True)
class _Pitch:
    """The width of every character of a row, and by how much less a word's ink is wide than its characters are."""

    width: float
    less: float


def lines_of(words: Sequence[Word], page: int) -> tuple[str, tuple[Piece, ...]]:
    """The text of one page in reading order, and a piece for each word; `page` counts from 0.

    >>> words = [Word("48%", Box(0.3, 0.1, 0.35, 0.12), 0.8), Word("LVEF", Box(0.25, 0.1, 0.29, 0.12))]
    >>> text, pieces = lines_of(words, 0)
    >>> text, pieces[1].start, pieces[1].confidence
    ('LVEF 48%', 5, 0.8)
    """
    return text_of((page, line) for line in page_lines(words))


def text_of(lines: Iterable[tuple[int, Line]]) -> tuple[str, tuple[Piece, ...]]:
    """The text of lines, each with the number of its page from 0, and a piece for each word."""
    parts: list[str] = []
    pieces: list[Piece] = []
    at = 0
    for page, line in lines:
        before = "" if not parts else "\n\n" if line.apart else " " if line.goes_on else "\n"
        parts.append(before)
        at += len(before)
        for space, word in zip(line.spaces, line.words, strict=True):
            start = at + space
            parts.append(" " * space + word.text)
            at = start + len(word.text)
            pieces.append(Piece(start, at, page, word.stands or word.box, word.confidence, word.others))
    return "".join(parts), tuple(pieces)


def page_lines(words: Sequence[Word]) -> list[Line]:
    """The lines of one page in reading order."""
    seen = [word for word in words if word.text.strip()]
    if not seen:
        return []
    boxes = [word.box for word in seen]
    scale = _scale(seen)
    marks = frozenset(at for at, word in enumerate(seen) if _MARK.fullmatch(word.text))
    lower = frozenset(at for at, word in enumerate(seen) if word.text[0].islower())
    blocks = blocks_of(boxes, scale, marks, lower)
    usual = _usual_space(seen, [row for block in blocks for row in block])
    lines: list[Line] = []
    columns = _columns([[seen[at].box for row in block for at in row] for block in blocks])
    for number, (block, column) in enumerate(zip(blocks, columns, strict=True)):
        rows = [[seen[at] for at in row] for row in block]
        set_anew = with_columns(_block_lines(rows, usual, lines[-1] if lines else None))
        lines += [dataclasses.replace(line, block=number, column=column) for line in set_anew]
    return lines


def _columns(blocks: Sequence[Sequence[Box]]) -> list[float | None]:
    """The left edge of each block that stands beside another; None for the others."""
    whole = [functools.reduce(operator.or_, boxes) for boxes in blocks]
    return [box.left if any(_is_beside(box, other) for other in whole if other is not box) else None for box in whole]


def _is_beside(box: Box, other: Box) -> bool:
    level = min(box.bottom, other.bottom) > max(box.top, other.top)
    return level and (box.right <= other.left or other.right <= box.left)


def _scale(words: Sequence[Word]) -> Scale:
    width = statistics.median((word.box.right - word.box.left) / len(word.text) for word in words)
    return Scale(max(width, 1e-4), max(statistics.median(_height(word) for word in words), 1e-4))


def _height(word: Word) -> float:
    return word.box.bottom - word.box.top


def _usual_space(words: Sequence[Word], rows: Iterable[Sequence[int]]) -> float:
    """The space between two words, in heights of their line."""
    spaces = []
    for row in rows:
        height = _line_height([words[at] for at in row])
        for a, b in pairwise(row):
            space = (words[b].box.left - words[a].box.right) / height
            if 0 < space < _TOO_WIDE:
                spaces.append(space)
    return statistics.median(spaces) if spaces else _USUAL_SPACE


def _line_height(words: Sequence[Word]) -> float:
    return max(statistics.median(_height(word) for word in words), 1e-4)


def _block_lines(rows: list[list[Word]], usual: float, before: Line | None) -> list[Line]:
    tops = [min(word.box.top for word in row) for row in rows]
    bottoms = [max(word.box.bottom for word in row) for row in rows]
    gaps = [tops[at + 1] - bottoms[at] for at in range(len(rows) - 1)]
    # within a paragraph, even on a page where most paragraphs have one line
    ordinary = max(sorted(gaps)[len(gaps) // 4], 0.0) if gaps else 0.0
    pitches = _pitches(rows)
    lines = []
    for at, row in enumerate(rows):
        above = bottoms[at - 1] if at else before.box.bottom if before is not None else tops[0]
        height = _line_height(row)
        apart = tops[at] - above > 1.5 * min(ordinary, height) + _PARAGRAPH * height
        lines.append(Line(tuple(row), _spaces(row, usual, pitches[at]), apart))
    return lines


def _pitches(rows: Sequence[Sequence[Word]]) -> list[_Pitch | None]:
    """How the characters of each row stand where all have the same width, as a typewriter's; None for other rows.

    A row of numbers does not show it, and is as one of the nearest rows that do, if its own characters are as wide.
    """
    long = [[word for word in row if len(word.text) >= _LONG_ENOUGH] for row in rows]
    shows = [sum(map(_is_of_letters, words)) > 1 for words in long]
    pitches = [_pitch(words) if enough else None for words, enough in zip(long, shows, strict=True)]
    for first, last in _runs_without(shows):
        together = [word for words in long[first:last] for word in words]
        pooled = _pitch(together) if sum(map(_is_of_letters, together)) > 1 else None
        near = (pooled, pitches[first - 1] if first else None, pitches[last] if last < len(rows) else None)
        for at in range(first, last):
            pitches[at] = next((pitch for pitch in near if pitch is not None and _is_so_wide(rows[at], pitch)), None)
    return pitches


def _is_of_letters(word: Word) -> bool:
    return sum(map(str.isalpha, word.text)) >= _LONG_ENOUGH


def _runs_without(those: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """From where to where there is none that is so."""
    at = 0
    for one, run in groupby(those):
        length = sum(1 for _ in run)
        if not one:
            yield at, at + length
        at += length


def _is_so_wide(row: Sequence[Word], pitch: _Pitch) -> bool:
    """Whether the characters of a row have that width."""
    long = [word for word in row if len(word.text) >= _LONG_ENOUGH - 1]
    return all(
        abs((word.box.right - word.box.left + pitch.less) / len(word.text) - pitch.width) < _SAME_WIDTH * pitch.width
        for word in long
    )


def _pitch(words: Sequence[Word]) -> _Pitch | None:
    """The width of a character, and what a word's ink is narrower than its characters; None where widths differ."""
    lengths, inks = [len(word.text) for word in words], [word.box.right - word.box.left for word in words]
    usual = statistics.median(ink / length for ink, length in zip(inks, lengths, strict=True))
    widths = [(ink + _BEARING * usual) / length for ink, length in zip(inks, lengths, strict=True)]
    mean = statistics.fmean(widths)
    if statistics.pstdev(widths) >= _SAME_WIDTH * mean:
        return None
    if len(set(lengths)) > 1:
        width, less = statistics.linear_regression(lengths, inks)
        if abs(width - mean) < 2 * _SAME_WIDTH * mean:
            return _Pitch(width, -less)
    return _Pitch(mean, _BEARING * mean)


def _spaces(row: list[Word], usual: float, pitch: _Pitch | None = None) -> tuple[int, ...]:
    """The number of spaces before each word, by the width of the gap; one each in a justified line.

    Where all characters have one width, spaces have it, too.
    """
    if pitch is not None:
        wide = (round((b.box.left - a.box.right - pitch.less) / pitch.width) for a, b in pairwise(row))
        return (0, *(max(1, min(number, _WIDEST)) for number in wide))
    height = _line_height(row)
    gaps = [(b.box.left - a.box.right) / height for a, b in pairwise(row)]
    if gaps and _MARK.fullmatch(row[0].text):
        gaps[0] = usual  # a bullet is no cell
    if len(gaps) > 2 and 0 < max(gaps) < min(_JUSTIFIED * min(gaps), _STRETCHED * usual):
        return (0, *(1 for _ in gaps))
    return (0, *(max(1, min(round(gap / usual), _WIDEST)) for gap in gaps))
