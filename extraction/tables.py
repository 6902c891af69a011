"""Results set out in columns: a Reading in, the cells that are results with their dates out.

A table is two or more neighbouring lines with columns. Where its head has dates, every cell is a result of the row's
test on the column's date; where it names tests, every row is a date. Other rows are read like running text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extraction.coded_results import meant
from extraction.column_heads import columns_told
from extraction.knowledge import cues
from extraction.numbers import read_number
from extraction.numeric_results import numeric_result
from extraction.reading import Mention, Reading
from extraction.reference_ranges import bounds_in
from extraction.result_words import Page, code_pattern
from extraction.results import Result
from kb.facts import Coded, Interval, Time
from kb.patterns import compiled
from kb.units import find_unit

# what may stand behind a result word in its cell: signs, and by how much it is so
_FLAG = compiled(r"(?:[HL]{1,2}|[*↑↓+]{1,2})")
Cell = tuple[int, int]  # [start, end) in characters
_CELL_ENDS = compiled(
    r"[ .*)HL]*|[ (,]*[<>]?\d[\d.,]*\s*(?:s/?co|coi|cut-?off(?: index)?|index|[ui]u/ml|au/ml)?[ )*]*", re.IGNORECASE
)
_NEARLY_FLUSH = 3  # characters
_PART = compiled(r"[^\s/](?:[^/]*[^\s/])?")
_GAPS = ("  ", "|", "\t", " / ")  # one of them stands between any two cells of a line
_GAP = compiled(r"[ ]*(?:\||\t)[ |\t]*| {2,}")


@dataclass(frozen=True, slots=True)
class CellResult:
    """A test's name and the result of one of its cells."""

    mention: Mention
    concept: str
    result: Result


@dataclass(frozen=True, slots=True)
class Tables:
    """What the tables of a document hold, and the spans that are read with them."""

    found: list[tuple[CellResult, Time | None]]
    covered: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Row:
    """A line with columns: where it stands in the text, and its cells."""

    start: int
    end: int
    cells: tuple[tuple[int, int], ...]


def read_tables(reading: Reading, page: Page) -> Tables:
    """The results of all tables whose columns are dates or tests."""
    found: list[tuple[CellResult, Time | None]] = []
    covered: list[tuple[int, int]] = []
    for rows in blocks_of(page.normal):
        at = 0
        while at < len(rows) - 1:
            body = _body(reading, rows, at)
            read = (
                _by_rows(reading, page, body)
                or _by_dates(reading, page, rows[at], body)
                or _by_tests(reading, page, rows[at], body)
            )
            if read:
                found += read
                covered.append((rows[at].start, body[-1].end))
                at += len(body)
            at += 1
    return Tables(found, covered)


@functools.lru_cache(maxsize=2)  # results, findings, treatments and every drug's harm all ask
def blocks_of(normal: str) -> tuple[tuple[Row, ...], ...]:
    r"""The neighbouring lines of a text that have columns; an empty line ends them where they are not all set apart.

    >>> [len(rows) for rows in blocks_of("A  1\nB  2\n\nC  3\nD  4")], len(blocks_of("A  1\n\nB  2\n\nC  3")[0])
    ([2, 2], 3)
    """
    blocks: list[tuple[Row, ...]] = []
    rows: list[Row] = []
    empty = 0  # lines since the last row
    apart = True  # whether all rows so far have an empty line between them
    start = 0
    for line in normal.split("\n"):
        row = _row(line, start)
        start += len(line) + 1
        if row is not None:
            apart = (apart or len(rows) < 2) and (not rows or empty == 1)
            rows.append(row)
            empty = 0
            continue
        empty += not line.strip()
        rule = not line.strip(" -|+=\t")  # a rule between rows does not end a table
        if not rows or not rule or (not line.strip() and len(rows) > 1 and (not apart or empty > 1)):
            if len(rows) > 1:
                blocks.append(tuple(rows))
            rows, empty, apart = [], 0, True
    if len(rows) > 1:
        blocks.append(tuple(rows))
    return tuple(blocks)


def _body(reading: Reading, rows: Sequence[Row], head: int) -> list[Row]:
    """The rows below a head, up to the next head: a row that names no test in its first cell but dates others."""
    body: list[Row] = []
    for row in rows[head + 1 :]:
        dated = [cell for cell in row.cells[1:] if date_of(reading, cell) is not None]
        if dated and _test_of(reading, row.cells[0]) is None and date_of(reading, row.cells[0]) is None:
            break
        named = _test_of(reading, row.cells[0])
        if dated and named is not None and named.concept in cues("measurements")["panels"]:
            break
        body.append(row)
    return body


def _row(line: str, start: int) -> Row | None:
    """The cells of a line with at least two columns; an empty cell keeps its place between bars or tabs."""
    cells: list[tuple[int, int]] = []
    at = len(line) - len(line.lstrip(" |\t")) if "\t" not in line[:1] else 0
    end = len(line.rstrip(" |"))
    if end <= at or not any(gap in line for gap in _GAPS):
        return None
    for part in _split(line, at, end):
        cells.append((start + part[0], start + part[1]))
    return Row(start, start + len(line), tuple(cells)) if len(cells) > 1 else None


def _split(line: str, at: int, end: int) -> list[tuple[int, int]]:
    barred = "|" in line or "\t" in line
    slashed = not barred and line.count(" / ") > 1 and "  " not in line.strip()
    gap = compiled(r" *[|\t] *") if barred else compiled(r" / ") if slashed else compiled(r" {2,}")
    parts: list[tuple[int, int]] = []
    for match in gap.finditer(line, at, end):
        parts.append((at, match.start()))
        at = match.end()
    parts.append((at, end))
    return parts


def date_of(reading: Reading, cell: tuple[int, int]) -> Time | None:
    """The date that fills a cell."""
    for time in reading.times_in(cell[0], cell[1]):
        rest = reading.normal[cell[0] : time.start] + reading.normal[time.end : cell[1]]
        if (
            time.role == "point"
            and time.end > time.start  # written there, not lent by a column
            and time.time is not None
            and len(rest.strip(" :()[],.")) <= 12
            and not re.search(r"\d[.,]\d|[<>]", rest)
        ):
            return time.time
    return None


def _test_of(reading: Reading, cell: tuple[int, int]) -> Mention | None:
    tests = [mention for mention in reading.mentions_in(*cell) if mention.kind in ("lab", "score")]
    if tests:
        return tests[0]
    named = cues("measurements")["cell_names"].get(reading.normal[slice(*cell)].strip(" :*"))
    return None if named is None else Mention(*cell, named, "lab", reading.sentence_at(cell[0]))


def _by_dates(reading: Reading, page: Page, head: Row, rows: Sequence[Row]) -> list[tuple[CellResult, Time | None]]:
    """One column a date: "Test | 3 May | 10 June" over rows of tests."""
    dates = {column: date_of(reading, cell) for column, cell in enumerate(head.cells)}
    columns: dict[int, Time | None] = {column: date for column, date in dates.items() if date is not None}
    columns = columns_told(reading, head.cells, dated=len(columns)) or columns
    if len(columns) < 2:
        return []
    # without a cell over the names, the dates of the head stand one column to the left
    shift = 1 if 0 in columns else 0
    found: list[tuple[CellResult, Time | None]] = []
    for row in rows:
        test = _test_of(reading, row.cells[0])
        if test is None:
            continue
        placed = in_columns(page.normal, head, row, shift)
        cells = _under_dates(page, placed, len(head.cells) + shift, {column + shift for column in columns})
        others = [cell for cell in placed[1:] if cell not in cells[1:]]
        others += [cell for place, cell in enumerate(cells) if place > 0 and place - shift not in columns]
        unit = _unit_of(page, others)
        told = {column: date for column, date in columns.items() if 0 < column + shift < len(cells)}
        sharing = _sharing(reading, page, cells[0], [cells[column + shift] for column in told])
        for place, one in enumerate(sharing or [test]):
            parts = [_part(page, cell, place, len(sharing)) for cell in others] if sharing else others
            bounds = _range_of(page, parts) or _range_behind(page, one, cells[0])
            for column, date in told.items():
                cell = cells[column + shift]
                part = _part(page, cell, place, len(sharing)) if sharing else cell
                result = read_cell(page, one.concept, part, cells[0], unit, bounds)
                if result is not None:
                    found.append((CellResult(one, one.concept, result), date))
    return found


def _sharing(reading: Reading, page: Page, name: Cell, cells: Sequence[Cell]) -> list[Mention]:
    """The tests that share a row, "AST / ALT", where a cell has as many values, "29 / 33"; none if one has the row."""
    tests = [
        mention
        for mention in reading.mentions_in(*name)
        if mention.kind in ("lab", "score") and find_unit(page.normal, mention.start, name[1]) is None  # "U/L"
    ]
    shared = len(tests) > 1 and any(len(_parts(page, cell)) == len(tests) for cell in cells)
    return tests if shared else []


def _parts(page: Page, cell: Cell) -> list[Cell]:
    return [(cell[0] + part.start(), cell[0] + part.end()) for part in _PART.finditer(page.normal[slice(*cell)])]


def _part(page: Page, cell: Cell, place: int, count: int) -> Cell:
    """The part of a cell that belongs to one of the tests that share it; a cell without parts belongs to each."""
    parts = _parts(page, cell)
    return parts[place] if len(parts) == count else cell if len(parts) < 2 else (cell[1], cell[1])


def in_columns(normal: str, head: Row, row: Row, shift: int) -> tuple[Cell, ...]:
    """The cells of a row that has fewer or more than its head, each below the head that it stands under.

    Heads without a cell get an empty one, cells without a head (a unit, a range) stand behind the others. `shift` is 1
    where no head stands over the names. Cells between bars or tabs keep their place by themselves.
    """
    width = len(head.cells) + shift
    if len(row.cells) == width or compiled(r"[|\t]").search(normal, row.start, row.end) is not None:
        return row.cells
    heads = [(first - head.start, last - head.start) for first, last in head.cells[1 - shift :]]
    if len(row.cells) > width:
        return _flush(row, heads) or row.cells
    cells = [row.cells[0], *[(row.end, row.end)] * (width - 1)]
    for first, last in _cut(normal, row, heads):
        apart = [_apart((first - row.start, last - row.start), place) for place in heads]
        column = apart.index(min(apart)) + 1
        if cells[column][0] < row.end:
            return row.cells  # two below one head: they do not stand in its columns
        cells[column] = (first, last)
    return tuple(cells)


def _flush(row: Row, heads: Sequence[Cell]) -> tuple[Cell, ...]:
    """The name, the cell that stands flush with each head, and the rest; none where not every head has one."""
    chosen: list[Cell] = []
    for head in heads:
        apart = {cell: _apart((cell[0] - row.start, cell[1] - row.start), head) for cell in row.cells[1:]}
        nearest = min(apart, key=apart.__getitem__)
        if apart[nearest] > _NEARLY_FLUSH or nearest in chosen:
            return ()
        chosen.append(nearest)
    return row.cells[0], *chosen, *(cell for cell in row.cells[1:] if cell not in chosen)


def _cut(normal: str, row: Row, heads: Sequence[Cell]) -> Iterator[Cell]:
    """The cells behind a row's name; one that fills its column to the next is cut where that one begins."""
    for first, last in row.cells[1:]:
        for begin in (row.start + head[0] for head in heads):
            if first < begin - 1 and begin < last and normal[begin - 1] == " " != normal[begin]:
                yield first, begin - 1
                first = begin
        yield first, last


def _apart(cell: Cell, head: Cell) -> int:
    """How far two stretches of a line are from standing flush, in characters, or with their middles at one place."""
    return min(abs(cell[0] - head[0]), abs(cell[1] - head[1]), abs(sum(cell) - sum(head)) // 2)


def _under_dates(page: Page, cells: tuple[Cell, ...], width: int, dated: set[int]) -> tuple[Cell, ...]:
    """The cells of a row without units and flags that stand in columns of their own, which the head does not name."""
    if 1 in dated and len(cells) > 2 and find_unit(page.normal, *cells[1]) == cells[1][1]:
        cells = (cells[0], *cells[2:])
    if len(cells) > width:
        cells = tuple(cell for cell in cells if _FLAG.fullmatch(page.normal, *cell) is None)
    return cells


def _by_tests(reading: Reading, page: Page, head: Row, rows: Sequence[Row]) -> list[tuple[CellResult, Time | None]]:
    """One column a test: "Date | Hb | WCC" over rows of dates."""
    tests = {column: _test_of(reading, cell) for column, cell in enumerate(head.cells)}
    columns = {column: test for column, test in tests.items() if test is not None}
    if len(columns) < 2 or (
        0 in columns and rows and date_of(reading, rows[0].cells[0]) is not None and len(columns) == len(head.cells) + 1
    ):
        return []
    ranges = {column: _range_behind(page, test, head.cells[column]) for column, test in columns.items()}
    if any(
        ranges[column] is None and re.search(r"\d", page.normal[test.end : head.cells[column][1]])
        for column, test in columns.items()
    ):
        return []
    found: list[tuple[CellResult, Time | None]] = []
    for row in rows:
        if _test_of(reading, row.cells[0]) is not None:
            return []
        date = date_of(reading, row.cells[0])
        cells = in_columns(page.normal, head, row, 0)
        for column, test in columns.items():
            if column < len(cells):
                result = read_cell(page, test.concept, cells[column], head.cells[column], bounds=ranges[column])
                if result is not None:
                    found.append((CellResult(test, test.concept, result), date))
    return found


def _by_rows(reading: Reading, page: Page, rows: Sequence[Row]) -> list[tuple[CellResult, Time | None]]:
    """One row a result: "Date | Test | Result | Reference", where at least two rows open with a date and a test."""
    found: list[tuple[CellResult, Time | None]] = []
    for row in rows:
        date = date_of(reading, row.cells[0]) if len(row.cells) > 2 else None
        test = _test_of(reading, row.cells[1]) if date is not None else None
        value = _test_of(reading, row.cells[2]) if test is not None else None  # the "U" of "24 U/L" is no urea
        if date is None or test is None or (value is not None and value.start == row.cells[2][0]):
            continue
        others = list(row.cells[3:])
        result = read_cell(
            page, test.concept, row.cells[2], row.cells[1], _unit_of(page, others), _range_of(page, others)
        )
        if result is not None:
            found.append((CellResult(test, test.concept, result), date))
    return found if len(found) > 1 else []


def _range_of(page: Page, cells: list[tuple[int, int]]) -> Interval | None:
    """The reference range in one of the cells of a row that are under no date."""
    found = [bounds_in(page, *cell) for cell in cells]
    return next((bounds[0] for bounds in found if bounds is not None), None)


def _range_behind(page: Page, test: Mention, cell: Cell) -> Interval | None:
    """The reference range in brackets behind a test's name: "anti-dsDNA (<20 IU/mL)"."""
    bracket = compiled(r"\s*\(([^()]{2,30})\)\s*").fullmatch(page.normal, test.end, cell[1])
    return None if bracket is None else _range_of(page, [bracket.span(1)])


def _unit_of(page: Page, cells: list[tuple[int, int]]) -> str | None:
    return next((page.normal[start:end] for start, end in cells if find_unit(page.normal, start, end) == end), None)


def read_cell(
    page: Page,
    concept: str,
    cell: tuple[int, int],
    name_cell: tuple[int, int],
    row_unit: str | None = None,
    bounds: Interval | None = None,
) -> Result | None:
    """The result in a cell; its unit may stand beside the test's name or, with the range, in the row."""
    start, end = cell
    while start < end and page.normal[start] in " *↑↓(":
        start += 1
    code = code_pattern().match(page.normal, cell[0], end) or code_pattern().match(page.normal, start, end)
    start = code.start() if code is not None else start
    if code is not None and _CELL_ENDS.fullmatch(page.normal, code.end(), end):
        return Result(
            start, code.end(), Coded(meant(page, concept, code), page.text[start : code.end()]), None, code.end()
        )
    written = read_number(page.normal, start, end, page.comma)
    if written is None:
        return None
    told = row_unit or _unit_behind_name(page, name_cell)
    result = numeric_result(page, concept, written, end, told if written.unit is None else None, bounds)
    if result is None and told is not None and written.unit is None:
        result = numeric_result(page, concept, written, end, None, bounds)
    return result


def _unit_behind_name(page: Page, name_cell: Cell) -> str | None:
    """The unit in a test's cell: "ALT (U/L)", "ALT, U/L", "ALT U/L"."""
    name = page.normal[slice(*name_cell)]
    unit = re.search(r"[(\[,] ?([^()\[\]]{1,20}?)[)\]]?\s*$", name)
    if unit is not None:
        return unit.group(1)
    last = re.search(r"(?<=\w )\S+$", name)
    is_unit = last is not None and find_unit(page.normal, name_cell[0] + last.start(), name_cell[1]) == name_cell[1]
    return last.group() if last is not None and is_unit else None
