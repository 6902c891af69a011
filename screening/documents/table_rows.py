"""Tables on a page: lines of words with wide gaps in, the same lines out with each cell in its column.

Where a row lacks a cell, bars take the place of the gaps, or the next cell would stand under the wrong head. A cell on
two lines is put together.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screening.documents.words import Line, Word

_CELL_GAP = 3  # spaces
_TIGHT = 1.15  # of the least way from line to line
_FAR = 2.2  # of the usual way from row to row
_LOOSE = 1.3  # of it: rows stand further apart than the lines of a cell

Cell = list["Word"]
Span = tuple[float, float]


@dataclass(slots=True)
class _Row:
    """A line as cells, each under the number of its column."""

    line: Line
    cells: dict[int, Cell]


def with_columns(lines: Sequence[Line]) -> list[Line]:
    """The lines of a block; those of tables with missing or wrapped cells are set anew."""
    out: list[Line] = []
    at = 0
    for start, end in _tables([len(_cells(line)) for line in lines]):
        out += lines[at:start]
        out += _set(lines[start:end])
        at = end
    return out + list(lines[at:])


def _cells(line: Line) -> list[Cell]:
    cells: list[Cell] = []
    for word, spaces in zip(line.words, line.spaces, strict=True):
        if cells and spaces < _CELL_GAP:
            cells[-1].append(word)
        else:
            cells.append([word])
    return cells


def _tables(counts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """From where to where lines have several cells; one with a single cell may stand between two that have."""
    start: int | None = None
    for at, count in enumerate([*counts, 0]):
        between = count == 1 and start is not None and at + 1 < len(counts) and counts[at + 1] > 1
        if count > 1:
            start = at if start is None else start
        elif start is not None and not between:
            if at - start > 1:
                yield start, at
            start = None


def _set(lines: Sequence[Line]) -> list[Line]:
    columns = _columns(lines)
    rows = [_row(line, columns) for line in lines]
    table = [row for row in rows if row is not None]
    if len(table) < len(rows):
        return list(lines)
    whole = _unwrapped(table)
    gapped = any(max(row.cells) - min(row.cells) + 1 > len(row.cells) for row in whole)
    if gapped or len(whole) < len(table):
        whole = [_Row(_line(row), row.cells) if len(row.cells) > 1 else row for row in whole]
    return _together([row.line for row in whole])


def _together(lines: list[Line]) -> list[Line]:
    """The rows of a table without empty lines between them, but where one stands far below the others."""
    tops = [min(word.box.top for word in line.words) for line in lines]
    ways = [b - a for a, b in pairwise(tops)]
    far = _FAR * statistics.median(ways) if ways else 0.0
    rest = [dataclasses.replace(line, apart=way > far) for way, line in zip(ways, lines[1:], strict=True)]
    return [lines[0], *rest]


def _columns(lines: Sequence[Line]) -> list[Span]:
    """Where the cells of all lines stand: cells that overlap are of one column."""
    spans = sorted(_span(cell) for line in lines for cell in _cells(line))
    columns: list[Span] = []
    for left, right in spans:
        if columns and left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _span(cell: Cell) -> Span:
    return cell[0].box.left, max(word.box.right for word in cell)


def _row(line: Line, columns: Sequence[Span]) -> _Row | None:
    """The cells of a line by their columns; None where two share one."""
    found: dict[int, Cell] = {}
    for cell in _cells(line):
        left, right = _span(cell)
        column = next(number for number, (start, end) in enumerate(columns) if start <= left and right <= end)
        if column in found:
            return None
        found[column] = cell
    return _Row(line, found)


def _unwrapped(table: list[_Row]) -> list[_Row]:
    """The rows with the second lines of their cells, which follow more closely than a row does, put to the first."""
    ways = [b.line.box.top - a.line.box.top for a, b in pairwise(table)]
    least, most = min(ways), max(ways)
    if most < _LOOSE * least:
        return table
    rows = [table[0]]
    for way, row in zip(ways, table[1:], strict=True):
        above = rows[-1].cells
        if way <= _TIGHT * least and _goes_on(row, above):
            cells = {key: [*above.get(key, []), *row.cells.get(key, [])] for key in sorted({*above, *row.cells})}
            rows[-1] = _Row(rows[-1].line, cells)
        else:
            rows.append(row)
    return rows


def _goes_on(row: _Row, above: dict[int, Cell]) -> bool:
    """Whether a line only goes on with cells of the row above: a new row would name what it is of."""
    if len(row.cells) >= len(above) or not set(row.cells) <= set(above):
        return False
    first = row.cells.get(min(above))
    return first is None or (len(row.cells) == 1 and not first[0].text[0].isupper() and not first[0].text[0].isdigit())


def _line(row: _Row) -> Line:
    """The cells of a row with a bar before each column but the first that has one."""
    words: list[Word] = []
    spaces: list[int] = []
    before = min(row.cells)
    for column, cell in sorted(row.cells.items()):
        for empty in range(column - before):
            words.append(dataclasses.replace(words[-1], text="|", confidence=1.0))
            spaces.append(2 if empty else 1)
        words += cell
        spaces += [1] * len(cell)
        before = column
    return dataclasses.replace(row.line, words=tuple(words), spaces=(0, *spaces[1:]))
