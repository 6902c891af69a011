"""`eligo extract --format omop`: the letters of a call in, the rows of their facts into a table out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from screening.documents import BadInputError, Letter
from screening.omop.note_nlp import row
from screening.omop.notes import Note
from screening.pipeline import Pipeline, newest_day

Rows = Callable[[Sequence[Letter]], list[dict[str, Any]]]


def note_rows(processed: date | None, tell: Callable[[str], None]) -> Rows:
    """A function that gives the rows of a dossier's letters, numbered through from 1.

    `processed` is the day on which they are read; else it is each letter's own. A letter without a number or a day is
    told and left out.
    """
    pipeline = Pipeline([])
    numbers = count(1)

    def rows(letters: Sequence[Letter]) -> Iterator[dict[str, Any]]:
        extracted = pipeline.extract(letters)
        for index, document in enumerate(extracted.dossier.documents):  # in their own order, each once
            letter = next(one for one in letters if one.document == document)
            try:
                note_id, noted = _note_id(letter), _day(letter, processed)
            except BadInputError as error:
                tell(str(error))
                continue
            for fact in extracted.facts:
                if fact.document == index:
                    yield row(fact, document, next(numbers), note_id, processed or noted, noted)

    return lambda letters: list(rows(letters))


def _note_id(letter: Letter) -> int:
    """The number of a row of NOTE, or of a file that is named by it."""
    if isinstance(letter, Note):
        return letter.note_id
    stem = Path(letter.document.name).stem
    if re.fullmatch(r"\d{1,18}", stem):
        return int(stem)
    name = letter.document.name
    raise BadInputError(f"{name}: no note: give a table NOTE, or a file named by its note_id, such as 4711.txt")


def _day(letter: Letter, processed: date | None) -> date:
    noted = letter.day if isinstance(letter, Note) else None
    found = newest_day([letter.document]) or noted or processed
    if found is None:
        raise BadInputError(f"{letter.document.name}: has no date of a day: give --as-of YYYY-MM-DD")
    return found
