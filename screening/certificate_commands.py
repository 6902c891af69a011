"""The commands of the certificate: `eligo certify` writes one, `eligo verify` has the independent program check one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from screening.calls import AsOf, pipeline_of
from screening.own_folders import ProtocolsOption, TermsOption
from screening.record_commands import StoreOption, stored

if TYPE_CHECKING:
    from screening.record.screenings import Record


def add_certificate_commands(app: typer.Typer) -> None:
    """Adds both to the program's commands."""
    app.command()(certify)
    app.command()(verify)


def certify(
    letter: Annotated[
        str, typer.Argument(metavar="LETTER", help="A letter, - for standard input, or a stored screening's ID.")
    ],
    protocol: Annotated[str, typer.Option("--protocol", metavar="ID", help="A protocol's id, or a file.")] = "",
    as_of: AsOf = "",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Write there; else to the terminal.")] = "",
    store: StoreOption = "",
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Write a screening's certificate: one JSON file that 'eligo verify' checks without trusting this program.

    Of a stored screening a person's answers and corrections are certified as that person's.

    Example: eligo certify letter.txt --out letter.certificate.json; eligo certify s7 --store record.db
    """
    from screening.writing import Output, json_text

    record = stored(letter, store)
    content = _of_letter(letter, protocol, as_of) if record is None else _of_stored(record, protocol or as_of)
    with Output(out) as sink:
        sink.text(json_text(content, alone=True))


def _of_letter(letter: str, protocol: str, as_of: str) -> dict[str, Any]:
    """The certificate of a letter, screened for it."""
    from screening.certificate import certificate
    from screening.documents import BadInputError, parse_day, read_letters
    from screening.documents.kinds import kind_of
    from screening.protocols import DEFAULT, find_protocol

    if protocol == "all":
        raise BadInputError("--protocol all: a certificate is by one protocol: name one")
    if letter != "-" and kind_of(_bytes(letter)) != "text":
        raise BadInputError(f"{letter}: no plain text, in which a certificate's quotes can be found: save it as text")
    day = parse_day(as_of) if as_of else None
    letters, pipeline = read_letters(letter), pipeline_of(protocol)
    return certificate(pipeline.screen(letters, day)[0], find_protocol(protocol or DEFAULT).read_text(encoding="utf-8"))


def _of_stored(record: Record, otherwise: str) -> dict[str, Any]:
    """The certificate of a stored screening, if it is decided today as it was."""
    from screening.certificate import certificate
    from screening.documents import BadInputError
    from screening.record.persons import certified
    from screening.record.screenings import decided_again, differences

    if otherwise:
        raise BadInputError(f"{record.id}: is certified as it was stored: leave out --protocol and --as-of")
    if None in record.letters:
        raise BadInputError(f"{record.id}: its letter's text is not stored, so no quote can be held against it")
    files = zip(record.letters, record.screening["documents"], strict=True)
    if not all(_as_in_a_text_file(text or "", document["sha256"]) for text, document in files):
        raise BadInputError(f"{record.id}: its letter is no plain text, in which a certificate's quotes can be found")
    again = decided_again(record)
    if changed := differences(record, again):
        raise BadInputError(
            f"{record.id}: decided again it comes out otherwise ({changed[0]}): screen its letter again"
        )
    return certificate(again, record.protocol, certified(record))


def _as_in_a_text_file(text: str, sha256: str) -> bool:
    """Whether a letter's text is all that its file holds, so that quotes are found there by who has only the file."""
    from hashlib import sha256 as digest_of

    files = (
        text.replace("\n", newline).encode(encoding, "surrogatepass" if encoding == "utf-8" else "replace")
        for newline in ("\n", "\r\n", "\r")
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1252", "latin-1")
    )
    return any(digest_of(file).hexdigest() == sha256 for file in files)


def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The certificate.")],
    letter: Annotated[list[str], typer.Option("--letter", metavar="LETTER", help="The letter; once for each.")],
    protocol_file: Annotated[str, typer.Option("--protocol-file", metavar="FILE", help="The protocol's YAML file.")],
    store: StoreOption = "",
) -> None:
    """Check a certificate against its letter and the protocol file; say what must be taken on trust.

    With --store, what it says of a person is held against the record. Exit status 1 and the reason where it is refused.

    Example: eligo verify c.json --letter l.txt --protocol-file p.yaml
    """
    from screening.verifier import Refused
    from screening.verifier import verify as verified

    content, protocol, *letters = (_bytes(name) for name in (file, protocol_file, *letter))
    try:
        check = verified(content, letters, protocol)
        held = _held_by(store, check.raw)
    except Refused as refusal:
        typer.echo(f"refused ({refusal})", err=True)
        raise typer.Exit(1) from refusal
    typer.echo("\n".join([*check.report(), *held]))


def _held_by(store: str, certificate: Mapping[str, Any]) -> list[str]:
    """A line that the record holds what a certificate says of a person. Raises Refused where it does not."""
    told = certificate["record"]
    if not store or told is None:
        return []
    from screening.record.connection import StoreError
    from screening.record.persons import certified
    from screening.record.store import opened
    from screening.verifier import Refused

    record = opened(store)
    try:
        found = certified(record.screening(told["id"]))
    except StoreError as error:
        raise Refused("record", f"{told['id']} is not in {store}") from error
    if found != {"record": told, "persons": certificate["persons"]}:
        raise Refused("record", f"{told['id']} of {store} says otherwise")
    return [f"the record {store} holds {told['id']}, and what is a person's"]


def _bytes(name: str) -> bytes:
    from screening.documents import BadInputError

    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise BadInputError(
            f"{name}: cannot be read ({(error.strerror or 'no file').lower()}): check the path"
        ) from error
