"""The commands of the certificate: `eligo certify` writes one, `eligo verify` has the independent program check one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.own_folders import ProtocolsOption, TermsOption

if TYPE_CHECKING:
    from screening.pipeline import Screening


def add_certificate_commands(app: typer.Typer) -> None:
    """Adds both to the program's commands."""
    app.command()(certify)
    app.command()(verify)


def certify(
    letter: Annotated[str, typer.Argument(metavar="LETTER", help="A letter, or - for standard input.")],
    protocol: Annotated[str, typer.Option("--protocol", metavar="ID", help="A protocol's id, or a file.")] = "",
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="Screening date, YYYY-MM-DD; else the letter's own.")
    ] = "",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Write there; else to the terminal.")] = "",
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Write a screening's certificate: one JSON file that 'eligo verify' checks without trusting this program.

    Example: eligo certify letter.txt --out letter.certificate.json
    """
    from screening.certificate import certificate
    from screening.writing import Output, json_text

    screening, text = _screened(letter, protocol, as_of)
    content = certificate(screening, text)
    with Output(out) as sink:
        sink.text(json_text(content, alone=True))


def _screened(letter: str, protocol: str, as_of: str) -> tuple[Screening, str]:
    """The screening of a letter, with the text of the protocol file by which it was decided."""
    from screening.documents import BadInputError, parse_day, read_letters
    from screening.documents.kinds import kind_of
    from screening.pipeline import Pipeline
    from screening.protocols import DEFAULT, find_protocol, read_protocol

    if protocol == "all":
        raise BadInputError("--protocol all: a certificate is by one protocol: name one")
    if letter != "-" and kind_of(_bytes(letter)) != "text":
        raise BadInputError(f"{letter}: no plain text, in which a certificate's quotes can be found: save it as text")
    day = parse_day(as_of) if as_of else None
    letters, name = read_letters(letter), protocol or DEFAULT
    screening = Pipeline([read_protocol(name)]).screen(letters, day)[0]
    return screening, find_protocol(name).read_text(encoding="utf-8")


def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The certificate.")],
    letter: Annotated[list[str], typer.Option("--letter", metavar="LETTER", help="The letter; once for each.")],
    protocol_file: Annotated[str, typer.Option("--protocol-file", metavar="FILE", help="The protocol's YAML file.")],
) -> None:
    """Check a certificate against its letter and the protocol file; say what must be taken on trust.

    Exit status 1 and the reason where it is refused. Example: eligo verify c.json --letter l.txt --protocol-file p.yaml
    """
    from screening.verifier import Refused
    from screening.verifier import verify as verified

    content, protocol, *letters = (_bytes(name) for name in (file, protocol_file, *letter))
    try:
        check = verified(content, letters, protocol)
    except Refused as refusal:
        typer.echo(f"refused ({refusal})", err=True)
        raise typer.Exit(1) from refusal
    typer.echo("\n".join(check.report()))


def _bytes(name: str) -> bytes:
    from screening.documents import BadInputError

    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise BadInputError(
            f"{name}: cannot be read ({(error.strerror or 'no file').lower()}): check the path"
        ) from error
