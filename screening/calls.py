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
    from screening.dossier_arguments import Named
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
DossierOption = Annotated[
    bool, typer.Option("--dossier", help="All of them are documents of one patient, and are read together.")
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


def dossiers_named(paths: Iterable[str], failures: Failures, *, together: bool = False) -> list[Named]:
    """The dossiers that the paths name: each path, or sub-folder, is one, or all are one. What holds none is told."""
    from screening.dossier_arguments import find_dossiers

    return find_dossiers(paths, failures.tell, together=together)


def dossiers_of(named: Sequence[Named], failures: Failures) -> Iterator[tuple[Letter, ...]]:
    """The letters of each dossier that can be read; each other one gets its line. A note of a table is one letter."""
    from screening.dossier_arguments import read_dossier
    from screening.omop.notes import read_notes

    for done, one in enumerate(named, 1):
        progress(done, len(named))
        if one.is_of_several:
            yield from ((note,) for note in read_notes(one.paths[0], failures.tell))
        elif letters := read_dossier(one, failures.tell):
            yield letters


def only_dossier(paths: Sequence[str], failures: Failures, *, together: bool) -> tuple[Letter, ...]:
    """The letters of the one dossier that the paths name; none where that is told as bad. Raises BadInputError for
    several.
    """
    from screening.documents import BadInputError

    named = dossiers_named(paths, failures, together=together)
    if len(named) > 1:
        raise BadInputError(f"{', '.join(paths)}: {len(named)} patients: name one, or --dossier for one's documents")
    if are_several(named):
        raise BadInputError(f"{paths[0]}: a table of many notes: name one of them, as {paths[0]}#NOTE_ID")
    return next(dossiers_of(named, failures), ())


def are_several(named: Sequence[Named]) -> bool:
    """Whether there is more than one dossier, as in a table of notes."""
    return len(named) > 1 or any(one.is_of_several for one in named)


def progress(done: int, total: int) -> None:
    """Counts only, and only where someone watches a long run."""
    if total > 2 and sys.stderr.isatty():
        end = "\n" if done == total else ""
        sys.stderr.write(f"\rletter {done} of {total}{end}")
        sys.stderr.flush()


def guarded(work: Callable[[Sequence[Letter]], Any], letters: Sequence[Letter], failures: Failures) -> Any:
    """The work's result, or None where it failed: told by the kind of error, since its words may hold the letter's."""
    from screening.documents import BadInputError
    from screening.dossiers import DossierError

    try:
        return work(letters)
    except DossierError as error:
        failures.tell(str(error))
        return None
    except BadInputError:  # of the store, which the next letter would find no better
        raise
    except Exception as error:  # noqa: BLE001  # no letter may stop the others, and no traceback may show its text
        kind = type(error).__name__
        failures.tell(f"{letters[0].document.name}: no result ({kind}): a fault of this program, please report it")
        return None
