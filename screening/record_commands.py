"""The commands of the record: `eligo audit` over a store that `eligo screen --store` fills.

Exit status 0 when all is well; 2 when the store cannot be used, or is found tampered with.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from screening.pipeline import Screening
    from screening.record.chain import Entry
    from screening.record.screenings import Record
    from screening.text import Line

audit_app = typer.Typer(
    help="The record of screenings: what it holds, whether it is whole, a letter's erasure.", rich_markup_mode=None
)
StoreOption = Annotated[
    str,
    typer.Option(
        "--store",
        metavar="PATH",
        envvar="ELIGO_STORE",
        help="The record: an SQLite file, or postgresql://user@host/name.",
    ),
]
ByOption = Annotated[
    str, typer.Option("--by", metavar="NAME", envvar="ELIGO_USER", help="Who does this; else the account's name.")
]
HashOnly = Annotated[bool, typer.Option("--hash-only", help="Store of the letter its hash, not its text.")]
Stored = Annotated[str, typer.Argument(metavar="ID", help="A stored screening: s7, or a version of it: s7.1.")]


def store_named(store: str) -> str:
    """The store of a command that cannot do without. Raises BadInputError."""
    from screening.documents import BadInputError

    if not store:
        raise BadInputError("--store: is missing: name the record's file or URL, or set ELIGO_STORE")
    return store


# --- storing what is screened -----------------------------------------------------------------------------------------


def keeping(
    store: str, protocol: str, *, by: str = "", hash_only: bool = False
) -> Callable[[Sequence[Screening]], list[Entry]]:
    """What stores the screenings of a dossier and gives their entries; none where no store is named.

    Raises BadInputError where the store cannot be used.
    """
    if not store:
        return lambda _: []
    from screening.record.keeping import Keeper
    from screening.record.store import opened

    keeper = Keeper(opened(store, create=True), by, "hash" if hash_only else "text")
    return lambda screenings: keeper.keep(screenings, protocol)


def kept_lines(entries: Sequence[Entry]) -> list[Line]:
    """Under a report, where it is stored."""
    from screening.text import Line

    if not entries:
        return []
    names = entries[0].screening + (f" to {entries[-1].screening}" if len(entries) > 1 else "")
    return [Line(f"Stored as {names}.", "dim")]


def with_records(objects: Sequence[dict[str, Any]], entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The screenings' JSON, each with where it is stored, if it is."""
    records = [{"record": {"id": one.screening, "entry": one.number, "hash": one.hash}} for one in entries]
    return [one | record for one, record in zip(objects, records or [{} for _ in objects], strict=True)]


# --- reading what is stored -------------------------------------------------------------------------------------------

_ID = re.compile(r"s\d+(\.\d+)?", re.IGNORECASE)


def stored(name: str, store: str) -> Record | None:
    """The stored screening that a command's PATH means, its own terms in use for the rest of the call; None where it
    means a letter. Raises BadInputError.
    """
    if not store or not _ID.fullmatch(name) or Path(name).exists():
        return None
    from kb.vocabulary import use
    from screening.record.screenings import terms_of
    from screening.record.store import opened

    record = opened(store).screening(name)
    use(terms_of(record))
    return record


# --- looking after the record -----------------------------------------------------------------------------------------


@audit_app.command("list")
def audit_list(store: StoreOption = "") -> None:
    """List the entries, from the first.

    Example: eligo audit list --store record.db
    """
    from screening.record.store import opened

    for entry in opened(store_named(store)).entries():
        name = f"{entry.screening}.{entry.version}"
        what = f"{name:<8} {entry.kind:<10} {entry.protocol_id:<14} {entry.verdict:<21}"
        typer.echo(f"{entry.number:>5}  {entry.at}  {what} {entry.by}")


@audit_app.command("show")
def audit_show(name: Stored, store: StoreOption = "") -> None:
    """Show what is stored of a screening, as JSON: the entry, the screening, the protocol's text, the letters.

    Example: eligo audit show s7 --store record.db
    """
    import dataclasses

    from screening.record.store import opened

    record = opened(store_named(store)).screening(name)
    shown = {
        "entry": dataclasses.asdict(record.entry),
        **record.content,
        "letters": list(record.letters),
        "protocol": record.protocol,
        "own_terms": None if record.own_terms is None else json.loads(record.own_terms)["terms"],
    }
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))


@audit_app.command("verify")
def audit_verify(
    store: StoreOption = "",
    head: Annotated[
        str, typer.Option("--head", metavar="HEAD", help="A head printed before: the store must still hold it.")
    ] = "",
) -> None:
    """Check that no entry was changed, removed, inserted or reordered, and print the head of the chain.

    Keep the head elsewhere: only against a head can a cut tail be seen, or a chain that was written anew.

    Example: eligo audit verify --store record.db --head 12:9f86d0...
    """
    from screening.record.chain import cut
    from screening.record.store import opened

    entries, problems = opened(store_named(store)).problems()
    missing = cut(entries, head.strip()) if head else None
    for problem in [*problems, *([missing] if missing else [])]:
        typer.echo(problem)
    if problems or missing:
        sys.stderr.write("eligo: the record is not whole: see above\n")
        raise typer.Exit(2)
    typer.echo(f"whole: {len(entries)} {'entry' if len(entries) == 1 else 'entries'}")
    if entries:
        typer.echo(f"head: {entries[-1].head}")


@audit_app.command("erase")
def audit_erase(name: Stored, store: StoreOption = "", by: ByOption = "") -> None:
    """Erase a screening's letters, and every quote and fact of them, wherever they are stored; answers and hashes stay.

    Example: eligo audit erase s7 --store record.db
    """
    from screening.record.erasure import erase
    from screening.record.keeping import somebody
    from screening.record.store import opened

    added = erase(opened(store_named(store)), name, by or somebody())
    typer.echo(f"erased: {', '.join(entry.screening for entry in added)}")
