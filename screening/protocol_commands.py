"""The `eligo protocol` commands: protocols by id or file in, what they ask, whether they are sound and hold, out.

Exit status 0 when all is well; 2 when a protocol or its cases are at fault, with one line on standard error.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from screening.own_folders import ProtocolsOption, TermsOption

protocols_app = typer.Typer(
    help="The protocols: what there is, what one asks, whether it is sound, whether its cases hold.",
    rich_markup_mode=None,
)
Names = Annotated[
    list[str] | None, typer.Argument(metavar="[ID...]", help="Protocols' ids, files or folders; else all.")
]
One = Annotated[str, typer.Argument(metavar="ID", help="A protocol's id, or a protocol file.")]


@protocols_app.command("list")
def protocol_list(own_protocols: ProtocolsOption = "", own_terms: TermsOption = "") -> None:
    """List the protocols that letters can be screened against."""
    from screening.protocols import protocol_ids, read_protocol

    for key in protocol_ids():
        protocol = read_protocol(key)
        details = [
            f"version {protocol.version}",
            f"{len(protocol.criteria)} criteria",
            "partial" if protocol.coverage == "partial" else "",
            protocol.recruitment or "",
            protocol.status,
        ]
        typer.echo(f"{protocol.id}  {protocol.title}  ({', '.join(part for part in details if part)})")


@protocols_app.command("show")
def protocol_show(protocol: One, own_protocols: ProtocolsOption = "", own_terms: TermsOption = "") -> None:
    """Show what a protocol asks: each criterion with the registry's words and how they are read."""
    from screening.protocols import read_protocol
    from screening.showing import protocol_lines

    for line in protocol_lines(read_protocol(protocol)):
        typer.echo(line)


@protocols_app.command("new")
def protocol_new(
    name: Annotated[str, typer.Argument(metavar="ID", help="The new protocol's id.")],
    registry: Annotated[str, typer.Option("--from", metavar="FILE", help="The criteria in the registry's words.")],
    own_terms: TermsOption = "",
) -> None:
    """Print a first draft of a protocol: what is understood as tests, the rest as judgements with a TODO.

    Example: eligo protocol new MY-TRIAL --from registry.txt > protocol.yaml
    """
    from pathlib import Path

    from screening.documents import BadInputError
    from screening.protocol_drafting import draft

    try:
        text = Path(registry).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{registry}: cannot be read: name the criteria's file, in UTF-8") from error
    typer.echo(draft(name, text, Path(registry).name), nl=False)


@protocols_app.command("check")
def protocol_check(protocols: Names = None, own_protocols: ProtocolsOption = "", own_terms: TermsOption = "") -> None:
    """Check that protocols are sound: each fault with its file and line, and how to put it right.

    Example: eligo protocol check my-trial/protocol.yaml
    """
    from screening.protocol_checking import checked
    from screening.protocols import protocol_ids

    count = 0
    for name in protocols or protocol_ids():
        messages = checked(name)
        count += len(messages)
        for message in messages or [f"{name}: sound"]:
            typer.echo(message)
    _leave(count, "fault", "was found", "were found")


@protocols_app.command("schema")
def protocol_schema(
    plain: Annotated[bool, typer.Option("--plain", help="Without the ids of terms, as it is published.")] = False,
    own_terms: TermsOption = "",
) -> None:
    """Print the JSON Schema by which an editor completes and checks a protocol's file.

    Example: eligo protocol schema > protocol.schema.json
    """
    from screening.protocol_checking import schema_text

    typer.echo(schema_text(plain=plain), nl=False)


@protocols_app.command("test")
def protocol_test(
    protocols: Names = None,
    every: Annotated[bool, typer.Option("--all", help="Show what is reached of every test, not only gaps.")] = False,
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Decide the cases of each protocol, and say which answers of every criterion and test they reach.

    Example: eligo protocol test NCT06934447 --all
    """
    from screening.protocol_testing import report_lines, tested
    from screening.protocols import protocol_ids

    failed = 0
    for name in protocols or protocol_ids():
        result = tested(name)
        failed += result.failures
        for line in report_lines(result, every=every):
            typer.echo(line)
    _leave(failed, "case", "does not hold", "do not hold")


@protocols_app.command("trace")
def protocol_trace(
    protocol: One,
    table: Annotated[bool, typer.Option("--csv", help="As a table: a row a case of a criterion.")] = False,
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Trace a protocol from the registry's words to criteria, rules, cases and their results.

    Example: eligo protocol trace NCT06934447 --csv > validation.csv
    """
    from screening.protocol_testing import tested
    from screening.protocol_tracing import trace_lines, trace_table

    result = tested(protocol)
    if table:
        typer.echo(trace_table(result), nl=False)
        return
    for line in trace_lines(protocol, result):
        typer.echo(line)


@protocols_app.command("diff")
def protocol_diff(
    before: Annotated[str, typer.Argument(metavar="A", help="The earlier protocol: an id, a file or a folder.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The later protocol.")],
    letters: Annotated[
        str, typer.Option("--letters", metavar="FOLDER", help="Letters, to say whose answers change.")
    ] = "",
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Say which criteria were added, removed, tightened or loosened, and whose answers change.

    Example: eligo protocol diff NCT06934447 NCT06792344
    """
    from screening.protocol_comparing import difference_lines, letter_lines
    from screening.protocols import read_protocol

    old, new = read_protocol(before), read_protocol(after)
    for line in difference_lines(old, new):
        typer.echo(line)
    if letters:
        for line in letter_lines(old, new, letters):
            typer.echo(line)


def _leave(count: int, noun: str, one: str, several: str) -> None:
    """Ends with status 2 and a line where something is at fault."""
    if count:
        words = f"{count} {noun} {one}" if count == 1 else f"{count} {noun}s {several}"
        sys.stderr.write(f"eligo: {words}: see above\n")
        raise typer.Exit(2)
