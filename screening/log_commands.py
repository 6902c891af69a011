"""`eligo log`: a store in, CONSORT's numbers and near misses out, as text, CSV or picture; or whom to screen again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from screening.own_folders import ProtocolsOption, TermsOption
from screening.record_commands import StoreOption, store_named

if TYPE_CHECKING:
    from screening.record.screenings import Record


class LogFormat(StrEnum):
    """How the log is written."""

    text = "text"
    csv = "csv"
    svg = "svg"
    png = "png"


def log(
    protocol: Annotated[str, typer.Option("--protocol", metavar="ID", help="Of this protocol only; else of all.")] = "",
    output: Annotated[LogFormat, typer.Option("--format", help="A table to read, CSV, or a flow diagram.")] = (
        LogFormat.text
    ),
    rescreen: Annotated[
        bool, typer.Option("--rescreen", help="List whom to screen again, since protocol or software has changed.")
    ] = False,
    out: Annotated[str, typer.Option("--out", metavar="PATH", help="Write there; a PNG must have a place.")] = "",
    store: StoreOption = "",
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Count what a store holds: screened, excluded by each criterion, waiting, candidates, and the near misses.

    A letter counts once under each protocol, with its newest screening.

    Example: eligo log --store record.db --format svg --out flow.svg
    """
    from screening.documents import BadInputError
    from screening.record.store import opened
    from screening.writing import Output

    records = opened(store_named(store)).newest(protocol)
    if not records:
        raise BadInputError(f"log: no screening{f' under {protocol}' if protocol else ''} is stored there")
    if rescreen and output is not LogFormat.text:
        raise BadInputError("--rescreen: is a list to read: leave out --format")
    if output is LogFormat.png and not out and sys.stdout.isatty():
        raise BadInputError("--format png: is no text for a terminal: name a file with --out")
    content = _rescreening(records) if rescreen else _tallied(records, output)
    with Output(out) as sink:
        if isinstance(content, bytes):
            sink.binary(content)
        else:
            sink.text(content)


def _rescreening(records: Sequence[Record]) -> str:
    from screening.record.log_lines import rescreening_lines
    from screening.record.rescreening import to_rescreen

    return "".join(f"{line}\n" for line in rescreening_lines(to_rescreen(records)))


def _tallied(records: Sequence[Record], output: LogFormat) -> str | bytes:
    from screening.record.log_lines import log_csv, tally_lines
    from screening.record.tally import tallies

    found = tallies(records)
    if output is LogFormat.csv:
        return log_csv(found)
    if output is LogFormat.text:
        return "\n".join("".join(f"{line}\n" for line in tally_lines(one)) for one in found)
    from screening.record.picture import picture

    return picture(found, output.value)
