"""Rows that open with the two days of a treatment: a Reading in, its times with these days joined to spans out.

"| 02/09/25 | 20/12/25 | pred 45 mg | weaned |" is a course between the two days, and "| 2019 | now | HCQ |" one
that goes on, as if a dash stood between the cells.
"""

from __future__ import annotations

import re

from extraction.reading import InOrder, Reading, TimeExpression
from extraction.tables import blocks_of
from kb.facts import Time
from kb.patterns import compiled

_GOES_ON = compiled(
    r"\W*(?:now|ongoing|on-going|present|current(?:ly)?|to date|cont(?:\.|inues|inuing|inued)?|still|until now|-)\W*",
    re.IGNORECASE,
)
_ROOM = " \t|:()[].,~"
_MOST_BEFORE = 1  # a running number may stand before the days

Cell = tuple[int, int]


def join_columns_of_days(reading: Reading) -> None:
    """Puts a span, or a start, in the place of the days of such rows."""
    if not reading.times or not any(mention.kind == "drug" for mention in reading.mentions):
        return
    joined: list[TimeExpression] = []
    for rows in blocks_of(reading.normal):
        for row in rows:
            joined += _of_row(reading, row.cells)
    if joined:
        kept = [
            time for time in reading.times if not any(one.start <= time.start and time.end <= one.end for one in joined)
        ]
        reading.times = InOrder(sorted([*kept, *joined], key=lambda time: time.start))


def _of_row(reading: Reading, cells: tuple[Cell, ...]) -> list[TimeExpression]:
    for at in range(min(_MOST_BEFORE + 1, len(cells) - 2)):
        first, second = cells[at], cells[at + 1]
        start = _day(reading, first)
        if start is None or start.time is None or not _names_drug(reading, cells[at + 2]):
            continue
        if _GOES_ON.fullmatch(reading.normal, *second):
            return [TimeExpression(start.start, start.end, "start", start.time)]
        end = _day(reading, second)
        if end is None or end.time is None or not _in_order(start.time, end.time):
            continue
        both = Time(start.time.earliest, end.time.latest, reading.normal[start.start : end.end])
        return [TimeExpression(start.start, end.end, "span", both, start_time=start.time, end_time=end.time)]
    return []


def _day(reading: Reading, cell: Cell) -> TimeExpression | None:
    """The point in time that fills a cell."""
    for time in reading.times_in(*cell):
        rest = reading.normal[cell[0] : time.start] + reading.normal[time.end : cell[1]]
        if time.role == "point" and not rest.strip(_ROOM):
            return time
    return None


def _names_drug(reading: Reading, cell: Cell) -> bool:
    return any(mention.kind == "drug" for mention in reading.mentions_in(*cell))


def _in_order(start: Time, end: Time) -> bool:
    return start.earliest is not None and end.latest is not None and start.earliest <= end.latest
