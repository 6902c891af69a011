"""The commands of the certificate: `eligo certify` writes one, `eligo verify` has the independent program check one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.calls import DossierOption, Failures, dossiers_named, only_dossier
from screening.own_folders import ProtocolsOption, TermsOption

if TYPE_CHECKING:
    from screening.pipeline import Screening


def add_certificate_commands(app: typer.Typer) -> None:
    """Adds both to the program's commands."""
    app.command()(certify)
    app.command()(verify)


def certify(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="LETTER...", help="A letter, or - for standard input; with --dossier one patient's."),
    ],
    dossier: DossierOption = False,
    protocol: Annotated[str, typer.Option("--protocol", metavar="ID", help="A protocol's id, or a file.")] = "",
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="Screening date, YYYY-MM-DD; else the letter's own.")
    ] = "",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Write there; else to the terminal.")] = "",
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Write a screening's certificate: one JSON file that 'eligo verify' checks without trusting this program.

    Example: eligo certify letter.txt --out c.json; eligo certify --dossier letter.txt labs.txt --out c.json
    """
    from screening.certificate import certificate
    from screening.writing import Output, json_text

    screening, text = _screened(paths, protocol, as_of, together=dossier)
    content = certificate(screening, text)
    with Output(out) as sink:
        sink.text(json_text(content, alone=True))


def _screened(paths: Sequence[str], protocol: str, as_of: str, *, together: bool) -> tuple[Screening, str]:
    """The screening of a dossier, with the text of the protocol file by which it was decided."""
    from screening.documents import BadInputError, parse_day
    from screening.pipeline import Pipeline
    from screening.protocols import DEFAULT, find_protocol, read_protocol

    if protocol == "all":
        raise BadInputError("--protocol all: a certificate is by one protocol: name one")
    day = parse_day(as_of) if as_of else None
    failures = Failures()
    for named in dossiers_named(paths, failures, together=together):
        _only_plain_text(named.paths)
    letters, name = only_dossier(paths, failures, together=together), protocol or DEFAULT
    failures.leave()
    screening = Pipeline([read_protocol(name)]).screen(letters, day)[0]
    return screening, find_protocol(name).read_text(encoding="utf-8")


def _only_plain_text(paths: Sequence[str]) -> None:
    """Raises BadInputError for a letter that is something else."""
    from screening.documents import BadInputError
    from screening.documents.kinds import kind_of

    for path in paths:
        if path != "-" and kind_of(_bytes(path)) != "text":
            raise BadInputError(f"{path}: no plain text, in which a certificate's quotes can be found: save it as text")


def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The certificate.")],
    letter: Annotated[
        list[str], typer.Option("--letter", metavar="LETTER", help="The letter; once for each, in any order.")
    ],
    protocol_file: Annotated[str, typer.Option("--protocol-file", metavar="FILE", help="The protocol's YAML file.")],
) -> None:
    """Check a certificate against its letter and the protocol file; say what must be taken on trust.

    Exit status 1 and the reason where it is refused. Example: eligo verify c.json --letter l.txt --protocol-file p.yaml
    """
    from screening.verifier import Refused
    from screening.verifier import verify as verified

    content, protocol, *letters = (_bytes(name) for name in (file, protocol_file, *letter))
    try:
        check = verified(content, _as_listed(letters, content), protocol)
    except Refused as refusal:
        typer.echo(f"refused ({refusal})", err=True)
        raise typer.Exit(1) from refusal
    typer.echo("\n".join(check.report()))


def _as_listed(letters: list[bytes], certificate: bytes) -> list[bytes]:
    """The letters in the order in which the certificate lists their hashes; as they are where it does not list them."""
    try:
        listed = [one["sha256"] for one in json.loads(certificate)["documents"]]
    except (ValueError, KeyError, TypeError):  # the checking program says what is wrong with it
        return letters
    places = {digest: at for at, digest in enumerate(listed)}
    return sorted(letters, key=lambda letter: places.get(hashlib.sha256(letter).hexdigest(), len(listed)))


def _bytes(name: str) -> bytes:
    from screening.documents import BadInputError

    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise BadInputError(
            f"{name}: cannot be read ({(error.strerror or 'no file').lower()}): check the path"
        ) from error
