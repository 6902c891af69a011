"""The commands of the certificate: `eligo certify` writes one, `eligo verify` has the independent program check one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from screening.calls import AsOf, DossierOption, Failures, dossiers_named, only_dossier, pipeline_of
from screening.own_folders import ProtocolsOption, TermsOption
from screening.record_commands import StoreOption, stored

if TYPE_CHECKING:
    from screening.record.screenings import Record


def add_certificate_commands(app: typer.Typer) -> None:
    """Adds both to the program's commands."""
    app.command()(certify)
    app.command()(verify)


def certify(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="LETTER...",
            help="A letter, or - for standard input; with --dossier one patient's; with --store a screening's ID.",
        ),
    ],
    dossier: DossierOption = False,
    protocol: Annotated[str, typer.Option("--protocol", metavar="ID", help="A protocol's id, or a file.")] = "",
    as_of: AsOf = "",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Write there; else to the terminal.")] = "",
    store: StoreOption = "",
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Write a screening's certificate: one JSON file that 'eligo verify' checks without trusting this program.

    Of a stored screening a person's answers and corrections are certified as that person's.

    Example: eligo certify --dossier letter.txt labs.txt --out c.json; eligo certify s7 --store record.db --out c.json
    """
    from screening.writing import Output, json_text

    record = stored(paths[0], store) if len(paths) == 1 else None
    if record is None:
        content = _of_letters(paths, protocol, as_of, together=dossier)
    else:
        content = _of_stored(record, protocol or as_of)
    with Output(out) as sink:
        sink.text(json_text(content, alone=True))


def _of_letters(paths: Sequence[str], protocol: str, as_of: str, *, together: bool) -> dict[str, Any]:
    """The certificate of a dossier, screened for it."""
    from screening.certificate import certificate
    from screening.documents import BadInputError, parse_day
    from screening.protocols import DEFAULT, find_protocol

    if protocol == "all":
        raise BadInputError("--protocol all: a certificate is by one protocol: name one")
    day = parse_day(as_of) if as_of else None
    failures = Failures()
    for named in dossiers_named(paths, failures, together=together):
        _only_plain_text(named.paths)
    letters = only_dossier(paths, failures, together=together)
    failures.leave()
    screening = pipeline_of(protocol).screen(letters, day)[0]
    return certificate(screening, find_protocol(protocol or DEFAULT).read_text(encoding="utf-8"))


def _only_plain_text(paths: Sequence[str]) -> None:
    """Raises BadInputError for a letter that is something else."""
    from screening.documents import BadInputError
    from screening.documents.kinds import kind_of

    for path in paths:
        if path != "-" and kind_of(_bytes(path)) != "text":
            raise BadInputError(f"{path}: no plain text, in which a certificate's quotes can be found: save it as text")


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
    files = (
        text.replace("\n", newline).encode(encoding, "surrogatepass" if encoding == "utf-8" else "replace")
        for newline in ("\n", "\r\n", "\r")
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1252", "latin-1")
    )
    return any(hashlib.sha256(file).hexdigest() == sha256 for file in files)


def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The certificate.")],
    letter: Annotated[
        list[str], typer.Option("--letter", metavar="LETTER", help="The letter; once for each, in any order.")
    ],
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
        check = verified(content, _as_listed(letters, content), protocol)
        held = _held_by(store, check.raw)
    except Refused as refusal:
        typer.echo(f"refused ({refusal})", err=True)
        raise typer.Exit(1) from refusal
    typer.echo("\n".join([*check.report(), *held]))


def _as_listed(letters: list[bytes], certificate: bytes) -> list[bytes]:
    """The letters in the order in which the certificate lists their hashes; as they are where it does not list them."""
    try:
        listed = [one["sha256"] for one in json.loads(certificate)["documents"]]
    except (ValueError, KeyError, TypeError):  # the checking program says what is wrong with it
        return letters
    places = {digest: at for at, digest in enumerate(listed)}
    return sorted(letters, key=lambda letter: places.get(hashlib.sha256(letter).hexdigest(), len(listed)))


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
