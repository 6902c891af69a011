"""Findings in tables whose columns are dates: a Reading in, its findings by column and the facts of plain cells out.

"Pericardium | moderate effusion | no effusion" under two dates tells of two days, each with its own yes or no; a
row "Pericardial effusion | moderate | none" says it in words that only its first cell names.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from extraction.column_heads import columns_told
from extraction.condition_attributes import size_by_depth
from extraction.knowledge import cues
from extraction.reading import InOrder, Mention, Reading, TimeExpression
from extraction.tables import blocks_of, date_of, in_columns
from extraction.wording import value_of
from kb.facts import Fact, Time
from kb.vocabulary import vocabulary

Cell = tuple[int, int]


def read_by_columns(reading: Reading) -> None:
    """Gives every finding in a dated column the assertion of its cell and the date of its column."""
    added: list[TimeExpression] = []
    for cells, dates in rows_of_days(reading):
        for column, date in dates.items():
            start, end = cells[column]
            for mention in reading.mentions_in(start, end):
                if mention.kind == "condition":
                    mention.sentence = reading.sentence_at(mention.start)
                    _assert(reading, mention, start, end)
                    added.append(TimeExpression(mention.start, mention.start, "point", date))
    if added:
        reading.times = InOrder(sorted([*reading.times, *added], key=lambda time: time.start))


def findings_of_columns(reading: Reading) -> Iterator[tuple[Mention, list[Fact]]]:
    """The findings that a row's first cell names and its dated cells only size or deny, with a fact for each cell."""
    for cells, dates in rows_of_days(reading):
        named = [one for one in reading.mentions_in(*cells[0]) if one.concept in cues("conditions")["sized"]]
        named = named or _by_place(reading, cells[0])
        told = any(one.kind == "condition" for column in dates for one in reading.mentions_in(*cells[column]))
        if len(named) != 1 or told:
            continue
        facts = [
            fact
            for column, date in dates.items()
            for fact in [_fact(reading, named[0], cells[column], date)]
            if fact is not None
        ]
        if facts:
            yield named[0], facts


def _by_place(reading: Reading, cell: Cell) -> list[Mention]:
    """ "Pericardium | 6 mm | 12 mm": a row named by where a fluid would be."""
    text = reading.normal[slice(*cell)].strip(" :*")
    places = cues("conditions")["places_of_fluid"].items()
    found = (concept for concept, names in places if re.fullmatch(names, text, re.IGNORECASE))
    return [Mention(*cell, concept, "condition", reading.sentence_at(cell[0])) for concept in found]


def rows_of_days(reading: Reading) -> Iterator[tuple[tuple[Cell, ...], dict[int, Time]]]:
    """The rows below a head with two dates or more: their cells, and the date of each column."""
    for rows in blocks_of(reading.normal):
        columns: dict[int, Time] = {}
        head, shift = rows[0], 0
        for row in rows:
            dates = {number: date_of(reading, cell) for number, cell in enumerate(row.cells)}
            dated = {number: date for number, date in dates.items() if date is not None}
            told = columns_told(reading, row.cells, dated=len(dated)) if not dated else {}
            dated = {number: date for number, date in told.items() if date is not None} or dated
            if len(dated) > 1:
                columns, head, shift = dated, row, 1 if 0 in dated else 0
            elif columns and not dated:
                cells = in_columns(reading.normal, head, row, shift)
                placed = {number + shift: date for number, date in columns.items() if number + shift < len(cells)}
                if placed:
                    yield cells, placed


def _denies(text: str) -> bool:
    return re.match(cues("conditions")["cell_denies"], text, re.IGNORECASE) is not None


def _assert(reading: Reading, mention: Mention, start: int, end: int) -> None:
    before = reading.normal[start : mention.start]
    behind = reading.normal[mention.end : end].strip(" :-")
    denied = _denies(before.strip()) or _denies(behind)
    mention.assertion = "absent" if denied else "present"
    mention.cue = (start, mention.start) if _denies(before.strip()) else None


def _fact(reading: Reading, mention: Mention, cell: Cell, date: Time) -> Fact | None:
    """The finding of a cell: denied, or there with the size that the cell tells."""
    text = reading.normal[slice(*cell)].strip()
    size = value_of(text, cues("conditions")["size"]) or size_by_depth(text)
    denied = _denies(text)
    if not denied and size is None:
        return None
    placed = dataclasses.replace(mention, assertion="absent" if denied else "present")
    return reading.fact_of(
        "condition",
        mention.concept,
        vocabulary()[mention.concept].label,
        placed,
        time=date,
        attributes={} if denied or size is None else {"size": size},
    )
