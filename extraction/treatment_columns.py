"""Days of treatment told in a table's column: a Reading in, a Fact for each run of days, and the heads they are under.

"Date | creatinine | HD" over rows of "yes" and "no": treated from the first day of a run to its last, and no longer
than to the first day without. The head alone is no statement of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from extraction.knowledge import cues
from extraction.reading import Reading
from extraction.tables import blocks_of, date_of
from kb.facts import Course, Fact, Time
from kb.patterns import compiled
from kb.vocabulary import vocabulary

Cell = tuple[int, int]
_FEWEST = 2  # rows or columns that say yes or no


def treatments_of_columns(reading: Reading) -> Iterator[tuple[Cell, list[Fact]]]:
    """The cell that names a treatment, with the facts of the cells that say yes or no under or beside it."""
    for concept, cell, told in _named(reading):
        days = [(time, answer) for time, answer in told if answer is not None]
        if len(days) >= _FEWEST and any(answer for _, answer in days):
            yield cell, list(_facts(reading, concept, cell, _in_order(days)))


def _named(reading: Reading) -> Iterator[tuple[str, Cell, list[tuple[Time, bool | None]]]]:
    """Every cell that names a treatment, with the dated answers of its column or its row."""
    for rows in blocks_of(reading.normal):
        for number, head in enumerate(rows):
            dates = {column: date_of(reading, cell) for column, cell in enumerate(head.cells)}
            for column, cell in enumerate(head.cells):
                concept = _concept(reading, cell)
                if concept is None:
                    continue
                if column:
                    below = [(date_of(reading, row.cells[0]), row) for row in rows[number + 1 :]]
                    placed = [(day, row) for day, row in below if day is not None and column < len(row.cells)]
                    yield concept, cell, [(day, _answer(reading, row.cells[column])) for day, row in placed]
                elif not any(dates.values()):
                    yield concept, cell, _beside(reading, [row.cells for row in rows[:number]], head.cells)


def _beside(reading: Reading, above: Sequence[Sequence[Cell]], cells: Sequence[Cell]) -> list[tuple[Time, bool | None]]:
    """The answers of a row under the nearest head of two dates or more."""
    for row in reversed(above):
        days = {column: date_of(reading, cell) for column, cell in enumerate(row)}
        dated = {column: day for column, day in days.items() if day is not None}
        if len(dated) > 1:
            shift = 1 if 0 in dated else 0
            placed = [(day, column + shift) for column, day in dated.items() if column + shift < len(cells)]
            return [(day, _answer(reading, cells[column])) for day, column in placed]
    return []


def _concept(reading: Reading, cell: Cell) -> str | None:
    text = reading.normal[slice(*cell)].strip(" :?*")
    named = cues("events")["columns_of"].items()
    return next((concept for concept, names in named if re.fullmatch(names, text, re.IGNORECASE)), None)


def _answer(reading: Reading, cell: Cell) -> bool | None:
    text = reading.normal[slice(*cell)].strip(" :.*")
    known = cues("events")["column_says"]
    if compiled(known["no"], re.IGNORECASE).match(text):
        return False
    return True if compiled(known["yes"], re.IGNORECASE).match(text) else None


def _in_order(days: list[tuple[Time, bool]]) -> list[tuple[Time, bool]]:
    dated = [(day, answer) for day, answer in days if day.earliest is not None]
    return sorted(dated, key=lambda one: (one[0].earliest, one[0].latest or one[0].earliest))


def _facts(reading: Reading, concept: str, cell: Cell, days: list[tuple[Time, bool]]) -> Iterator[Fact]:
    """A course for each run of days with treatment; what the last row still has may go on to the letter's day."""
    today = None if reading.letter_date is None else reading.letter_date.latest
    runs = [(answer, [day for day, _ in run]) for answer, run in groupby(days, key=itemgetter(1))]
    for place, (answer, run) in enumerate(runs):
        if not answer:
            continue
        behind = runs[place + 1][1][0].earliest if place + 1 < len(runs) else today
        end = Time(run[-1].earliest, behind, run[-1].written)
        course = Course(start=run[0], end=end, ongoing=False)
        label = vocabulary()[concept].label
        yield reading.fact("procedure", concept, label, *cell, temporality="historical", course=course)
