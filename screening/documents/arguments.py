"""What a call names: paths, folders, standard input and days in; the letters of each path and dates out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from screening.documents.errors import BadInputError
from screening.documents.letters import Letter, letters_from_bytes
from screening.documents.limits import limits_in_use
from screening.fhir.content import looks_like_fhir

STANDARD_INPUT = "-"
_BEGINNING = 2**16  # bytes in which FHIR shows
# What a folder's letters are called; those that are not read are told of, so that none is missed.
_SUFFIXES = frozenset(
    "txt text pdf docx docm rtf html htm xhtml eml tif tiff png jpg jpeg webp bmp gif doc odt msg heic xls xlsx".split()
)


def find_letters(arguments: Iterable[str]) -> Iterator[str]:
    """The letters named, in order: of a folder its documents. A name that is nothing is left for `read_letters`.

    Raises BadInputError for a folder without letters.
    """
    for argument in arguments:
        folder = Path(argument)
        if argument == STANDARD_INPUT or not folder.is_dir():
            yield argument
            continue
        try:
            found = sorted(path for path in folder.iterdir() if _looks_like_a_letter(path))
        except OSError as error:
            raise BadInputError(
                f"{argument}: the folder cannot be read ({_cause(error)}): check its permissions"
            ) from error
        if not found:
            raise BadInputError(f"{argument}: the folder holds no letters: name one with PDF, Word or text files")
        yield from (str(path) for path in found)


def _looks_like_a_letter(path: Path) -> bool:
    ending = path.suffix.lower().removeprefix(".")
    if path.name.startswith(".") or not path.is_file():
        return False
    return not ending or ending in _SUFFIXES or (ending == "json" and _holds_fhir(path))


def _holds_fhir(path: Path) -> bool:
    """Whether a file of JSON is FHIR, by what it begins with; other JSON is no letter."""
    with path.open("rb") as file:
        return looks_like_fhir(file.read(_BEGINNING))


def read_letters(argument: str) -> tuple[Letter, ...]:
    """The letters that a path holds, or standard input for `-`: the documents of one patient. Raises BadInputError."""
    from screening.omop.notes import is_note_table, note_of  # late, since it makes letters too

    note = note_of(argument)
    if note is not None:
        return (note,)
    if is_note_table(argument):
        raise BadInputError(f"{argument}: a table of many notes: name one of them, as {argument}#NOTE_ID")
    name = "standard input" if argument == STANDARD_INPUT else argument
    return letters_from_bytes(_bytes(argument, name), Path(argument).name if argument != STANDARD_INPUT else "-", name)


def _bytes(argument: str, name: str) -> bytes:
    most = limits_in_use().file_bytes + 1
    try:
        if argument == STANDARD_INPUT:
            return sys.stdin.buffer.read(most)
        with Path(argument).open("rb") as file:
            return file.read(most)
    except FileNotFoundError as error:
        raise BadInputError(f"{name}: no such file: check the path") from error
    except (OSError, ValueError) as error:
        raise BadInputError(f"{name}: cannot be read ({_cause(error)}): name a readable file") from error


def _cause(error: Exception) -> str:
    return (getattr(error, "strerror", None) or "not a usable path").lower()


def parse_day(text: str) -> date:
    """A day written YYYY-MM-DD. Raises BadInputError.

    >>> parse_day("2026-06-15")
    datetime.date(2026, 6, 15)
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # a day that no month has
    raise BadInputError(f"--as-of {text}: not a date: write it as YYYY-MM-DD, such as 2026-06-15")
