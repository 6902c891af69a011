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
    """The lines of one table or of several, which stand further apart than their rows do."""
    columns = _columns(lines)
    rows = [_row(line, columns) for line in lines]
    table = [row for row in rows if row is not None]
    if len(table) < len(rows):
        if len(lines) <= 2:
            return list(lines)
        ways = _ways(lines)
        cut = max(range(len(ways)), key=lambda at: ways[at]) + 1
        return [*_set(lines[:cut]), *_set(lines[cut:])]
    whole = _unwrapped(table)
    gapped = any(max(row.cells) - min(row.cells) + 1 > len(row.cells) for row in whole)
    if gapped or len(whole) < len(table):
        whole = [_Row(_line(row), row.cells) if len(row.cells) > 1 else row for row in whole]
    return _together([row.line for row in whole])


def _ways(lines: Sequence[Line]) -> list[float]:
    """How far each line but the first stands below the one before."""
    tops = [min(word.box.top for word in line.words) for line in lines]
    return [b - a for a, b in pairwise(tops)]


def _together(lines: list[Line]) -> list[Line]:
    """The rows of a table without empty lines between them, but where one stands far below the others."""
    ways = _ways(lines)
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
    """The rows with all lines of their cells put together, which stand closer than rows do."""
    ways = _ways([row.line for row in table])
    if not ways or max(ways) < _LOOSE * min(ways):
        return table
    tight = [way <= _TIGHT * min(ways) for way in ways]
    groups: list[list[_Row]] = [[table[0]]]
    for joins, row in zip(tight, table[1:], strict=True):
        if joins:
            groups[-1].append(row)
        else:
            groups.append([row])
    return [row for group in groups for row in (_as_one(group) or group)]


def _as_one(group: list[_Row]) -> list[_Row] | None:
    """The close lines of one row as that row; None where they are rows of their own.

    "eGFR 88" close below "ALT 24" is a row: it names another thing, and has another number in the same column.
    """
    fullest = max(group, key=lambda row: len(row.cells))
    first = min(fullest.cells)
    names = [row.cells[first] for row in group if first in row.cells]
    numbers = [column for row in group for column, cell in row.cells.items() if column != first and _is_number(cell)]
    if (
        len(group) < 2
        or not all(set(row.cells) <= set(fullest.cells) for row in group)
        or sum(len(row.cells) == len(fullest.cells) for row in group) > 1
        or not all(_goes_on(name) for name in names[1:])
        or (len(names) > 1 and len(numbers) > len(set(numbers)))
    ):
        return None
    cells = {key: [word for row in group for word in row.cells.get(key, [])] for key in sorted(fullest.cells)}
    return [_Row(group[0].line, cells)]


def _goes_on(name: Cell) -> bool:
    """Whether a cell begins like the rest of a name."""
    return name[0].text.islower() or name[0].text.startswith("(")


def _is_number(cell: Cell) -> bool:
    return cell[0].text.lstrip("<>≤≥~+-").startswith(tuple("0123456789"))


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
