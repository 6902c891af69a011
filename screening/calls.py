"""What the commands share: their common options, the letters that they name read one by one, and what is bad told.

What is said on standard error of a letter is its name; no word of its text, not even in an error of this program.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from screening.documents import Letter
    from screening.pipeline import Pipeline


class Format(StrEnum):
    """How a result is written."""

    text = "text"
    json = "json"


class Report(StrEnum):
    """How a screening is written."""

    text = "text"
    json = "json"
    html = "html"
    fhir = "fhir"


class Extraction(StrEnum):
    """How the facts of letters are written."""

    json = "json"
    brat = "brat"
    omop = "omop"


class Proof(StrEnum):
    """How an explanation is written."""

    text = "text"
    html = "html"


Paths = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Letters: files, folders, or - for standard input.")
]
ProtocolOption = Annotated[str, typer.Option("--protocol", metavar="ID", help="A protocol's id, a file, or all.")]
AsOf = Annotated[
    str, typer.Option("--as-of", metavar="DATE", help="Screening date, YYYY-MM-DD; else the letter's own.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="For people, or everything as JSON (JSON Lines).")]
ReportOption = Annotated[
    Report,
    typer.Option("--format", help="For people, everything as JSON (JSON Lines), a page for each letter, or FHIR R4."),
]
Out = Annotated[
    str, typer.Option("--out", metavar="PATH", help="Write there, at once or not at all; else to the terminal.")
]


def say(message: str) -> None:
    """One line on standard error; what is said of a letter is its name."""
    sys.stderr.write(f"eligo: {message}\n")


class Failures:
    """Bad inputs so far: each was told in one line, the others go on."""

    def __init__(self) -> None:
        self.count = 0

    def tell(self, message: str) -> None:
        self.count += 1
        say(message)

    def leave(self) -> None:
        if self.count:
            raise typer.Exit(2)


def pipeline_of(protocol: str) -> Pipeline:
    from screening.pipeline import Pipeline
    from screening.protocols import DEFAULT, protocol_ids, read_protocol

    ids = protocol_ids() if protocol == "all" else [protocol or DEFAULT]
    return Pipeline([read_protocol(key) for key in ids])


def names_of(paths: Iterable[str], failures: Failures) -> list[str]:
    """The letters' names; a folder that holds none is told."""
    from screening.documents import BadInputError, find_letters

    names: list[str] = []
    for path in paths:
        try:
            names += find_letters([path])
        except BadInputError as error:
            failures.tell(str(error))
    return names


def dossiers_of(names: Sequence[str], failures: Failures) -> Iterator[tuple[Letter, ...]]:
    """The letters of each name that can be read; each other one gets its line. A note of a table is one letter."""
    from screening.documents import BadInputError, read_letters
    from screening.omop.notes import is_note_table, read_notes

    for done, name in enumerate(names, 1):
        progress(done, len(names))
        try:
            if is_note_table(name):
                yield from ((note,) for note in read_notes(name, failures.tell))
                continue
            letters = read_letters(name)
        except BadInputError as error:
            failures.tell(str(error))
            continue
        yield letters


def are_several(names: Sequence[str]) -> bool:
    """Whether the names are those of more than one dossier, which a table of notes is."""
    from screening.omop.notes import is_note_table

    return len(names) > 1 or any(is_note_table(name) for name in names)


def progress(done: int, total: int) -> None:
    """Counts only, and only where someone watches a long run."""
    if total > 2 and sys.stderr.isatty():
        end = "\n" if done == total else ""
        sys.stderr.write(f"\rletter {done} of {total}{end}")
        sys.stderr.flush()


def guarded(work: Callable[[Sequence[Letter]], Any], letters: Sequence[Letter], failures: Failures) -> Any:
    """The work's result, or None where it failed: told by the kind of error, since its words may hold the letter's."""
    from screening.documents import BadInputError

    try:
        return work(letters)
    except BadInputError:  # of the store, which the next letter would find no better
        raise
    except Exception as error:  # noqa: BLE001  # no letter may stop the others, and no traceback may show its text
        kind = type(error).__name__
        failures.tell(f"{letters[0].document.name}: no result ({kind}): a fault of this program, please report it")
        return None
