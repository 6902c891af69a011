"""The table NOTE as letters: the path of a CSV or Parquet file in, a letter for each of its notes out.

The offsets of a letter's facts are those of `note_text` as the table has it. Of the table's columns only the note's
and the person's number, the day and the text are read; a row that cannot be a letter is told and left out.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kb.facts import Time
from screening.documents.errors import BadInputError
from screening.documents.letters import Letter, letter_from_text, text_digest
from screening.documents.limits import limits_in_use
from screening.line_ends import line_ends_kept_in_place
from screening.omop.tables import Row, is_table, read_rows

COLUMNS = ("note_id", "person_id", "note_date", "note_text")


@dataclass(frozen=True, slots=True)
class Note(Letter):
    """A letter that is a row of NOTE."""

    note_id: int = 0
    person_id: str = ""
    day: date | None = None


_ONE_OF_A_TABLE = re.compile(r"(.+)#(-?\d+)")


@functools.lru_cache(maxsize=100)
def is_note_table(argument: str) -> bool:
    """Whether a path is a Parquet file, or a CSV file with the columns of NOTE."""
    path = Path(argument)
    return path.is_file() and is_table(path, COLUMNS)


def read_notes(argument: str, tell: Callable[[str], None]) -> Iterator[Note]:
    """The notes of a table in its order, each a letter. Raises BadInputError for what is no such table."""
    seen: set[int] = set()
    for number, row in enumerate(read_rows(Path(argument), COLUMNS), 1):
        try:
            note = _note(row, argument, number)
            if note.note_id in seen:
                raise BadInputError(f"{argument}, row {number}: a second note {note.note_id}: number each note once")
        except BadInputError as error:
            tell(str(error))
            continue
        seen.add(note.note_id)
        yield note


def note_of(argument: str) -> Note | None:
    """The one note that `TABLE#NOTE_ID` names; None where that is no such name. Raises BadInputError.

    The name of a note's document is of this form.
    """
    named = _ONE_OF_A_TABLE.fullmatch(argument)
    if named is None or not is_note_table(named[1]):
        return None
    bad: list[str] = []
    for note in read_notes(named[1], bad.append):
        if note.note_id == int(named[2]):
            return note
    raise BadInputError(
        next((line for line in bad if f" note {named[2]}:" in line), f"{argument}: no such note: check its number")
    )


def _note(row: Row, argument: str, number: int) -> Note:
    where = f"{argument}, row {number}"
    key = str(row["note_id"]).strip()
    if not re.fullmatch(r"-?\d{1,18}", key):
        raise BadInputError(f"{where}: its note_id is no whole number: number the notes")
    where, name = f"{argument}, note {key}", f"{Path(argument).name}#{key}"
    person = "" if row["person_id"] is None else str(row["person_id"]).strip()
    if not person:
        raise BadInputError(f"{where}: has no person_id: say whose note it is")
    day = _day(row["note_date"])
    if day is None:
        raise BadInputError(f"{where}: its note_date is no day: write it as YYYY-MM-DD")
    letter = _letter(row["note_text"], name, where)
    notes = letter.notes
    document = letter.document
    if document.date is None:
        document = dataclasses.replace(document, date=Time.on(day, day.isoformat()))
        notes = (*notes, f"the text has no date: dated by its note_date, {day.isoformat()}")
    return Note(document, notes, note_id=int(key), person_id=person, day=day)


def _letter(text: Any, name: str, where: str) -> Letter:
    try:
        told = "" if text is None else text.decode("utf-8") if isinstance(text, bytes) else str(text)
    except UnicodeDecodeError as error:
        raise BadInputError(f"{where}: not UTF-8: save the table as UTF-8") from error
    limits = limits_in_use()
    if len(told) > limits.text_bytes:
        raise BadInputError(f"{where}: more than {limits.text_bytes // 2**20} MB of text, which no note is")
    letter = letter_from_text(line_ends_kept_in_place(told).replace("\x00", " "), name, where)
    digest = text_digest(told)
    return dataclasses.replace(letter, document=dataclasses.replace(letter.document, sha256=digest))


def _day(written: Any) -> date | None:
    if isinstance(written, datetime):
        return written.date()
    if isinstance(written, date):
        return written
    found = re.match(r"(\d{4}-\d\d-\d\d)(?:$|[T ])", str(written).strip())
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:  # a day that no month has
        return None
