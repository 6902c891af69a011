"""A store of screenings: drafts of entries in, numbered and chained in one transaction each; entries and texts out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from screening import VERSION
from screening.record import chain
from screening.record.chain import BEGINNING, Entry, digest
from screening.record.connection import Connection, StoreError
from screening.record.schema import entries, texts
from screening.record.screenings import Record, parsed


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that is to be stored: what it says, with its texts; number, time and hashes are given on storing it.

    `own_terms` is the text of the user's own terms, None where there are none.
    `corrects` is the entry that this one corrects; a new screening corrects none, and brings its `letters`. An erasure
    names the hashes of its texts in `erases`, and keeps no letters.
    """

    kind: str
    by: str
    protocol_id: str
    as_of: str | None
    verdict: str
    content: str
    protocol: str
    letters: Sequence[str] = ()
    letters_as: str = "text"
    own_terms: str | None = None
    corrects: Entry | None = None
    erases: Sequence[str] = ()


class Store:
    """A record, in a file or a database."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.where = connection.where

    def add(self, drafts: Sequence[Draft], at: datetime | None = None) -> list[Entry]:
        """Stores the drafts, all of them or none. `at` is the time in UTC, by default now. Raises StoreError."""
        added: list[Entry] = []
        with self.connection.writing() as connection:
            now = moment(at or datetime.now(UTC))  # once it is this writer's turn, so that times run as numbers do
            last = _last(connection)
            for draft in drafts:
                last = _chained(draft, last, now)
                if draft.corrects is not None:
                    _still_newest(connection, draft.corrects, self.where)
                letters = draft.letters if draft.letters_as == "text" else ()
                for text in (draft.protocol, draft.content, draft.own_terms, *letters):
                    if text is not None:
                        _keep(connection, text)
                for key in draft.erases:
                    connection.execute(texts.update().where(texts.c.sha256 == key).values(text=None))
                connection.execute(entries.insert().values(dataclasses.asdict(last)))
                added.append(last)
        return added

    def entries(self) -> list[Entry]:
        """Every entry, in order. Raises StoreError."""
        with self.connection.reading() as connection:
            return _entries(connection)

    def problems(self) -> tuple[list[Entry], list[str]]:
        """The entries, and what is wrong with the store: a sentence each. Raises StoreError."""
        with self.connection.reading() as connection:
            found = _entries(connection)
            stored = connection.execution_options(yield_per=50).execute(sa.select(texts.c.sha256, texts.c.text))
            return found, chain.problems(found, ((row.sha256, row.text) for row in stored))

    def screening(self, name: str) -> Record:
        """The newest version of a screening (`s7`), or the one named (`s7.1`). Raises StoreError."""
        key, _, version = name.lower().partition(".")
        with self.connection.reading() as connection:
            found = [_entry(row) for row in connection.execute(_versions(key))]
            chosen = [one for one in found if not version or str(one.version) == version]
            if not chosen:
                what = f"no version {version} of {key}" if found else f"no screening {name}"
                raise StoreError(f"--store {self.where}: holds {what}: 'eligo audit list' shows what there is")
            entry = chosen[-1]
            kept = _kept(connection, [*_decisive(entry), *entry.letters.split()])
        return parsed(entry, kept, self.where)

    def newest(self, protocol: str = "") -> list[Record]:
        """The newest version of every screening (of one protocol), without its letters. Raises StoreError."""
        with self.connection.reading() as connection:
            latest = {one.screening: one for one in _entries(connection)}
            wanted = [one for one in latest.values() if protocol.lower() in ("", one.protocol_id.lower())]
            return [parsed(one, _kept(connection, _decisive(one)), self.where) for one in wanted]


def opened(store: str, *, create: bool = False) -> Store:
    """The store of a file's path or of a PostgreSQL URL, in today's shape; made first where `create` is wanted.

    Raises StoreError, which is told in one line like any bad input.
    """
    connection = Connection(store)
    connection.prepare(create=create)
    return Store(connection)


def moment(at: datetime) -> str:
    """A time as it is stored: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- in a transaction -------------------------------------------------------------------------------------------------


def _chained(draft: Draft, last: Entry | None, now: str) -> Entry:
    """The draft as the entry after the last."""
    number = 1 if last is None else last.number + 1
    before = draft.corrects
    return Entry(
        number=number,
        kind=draft.kind,
        screening=f"s{number}" if before is None else before.screening,
        version=1 if before is None else before.version + 1,
        corrects=None if before is None else before.number,
        at=now,
        by=draft.by,
        software=VERSION,
        protocol_id=draft.protocol_id,
        as_of=draft.as_of,
        verdict=draft.verdict,
        letters=" ".join(map(digest, draft.letters)) if before is None else before.letters,
        letters_as=draft.letters_as,
        protocol=digest(draft.protocol),
        content=digest(draft.content),
        erases=" ".join(draft.erases),
        previous=BEGINNING if last is None else last.hash,
        own_terms=None if draft.own_terms is None else digest(draft.own_terms),
    ).sealed()


def _keep(connection: sa.Connection, text: str) -> None:
    """Puts a text there, unless it is; one that was erased comes back with whoever gives it again."""
    key = digest(text)
    known = connection.execute(sa.select(texts.c.text).where(texts.c.sha256 == key)).first()
    if known is None:
        connection.execute(texts.insert().values(sha256=key, text=text))
    elif known.text is None:
        connection.execute(texts.update().where(texts.c.sha256 == key).values(text=text))


def _still_newest(connection: sa.Connection, corrected: Entry, where: str) -> None:
    newest = [_entry(row) for row in connection.execute(_versions(corrected.screening))][-1]
    if newest.number != corrected.number:
        raise StoreError(
            f"--store {where}: {corrected.screening} has been corrected by another in the meantime: look at it again"
        )


def _entries(connection: sa.Connection) -> list[Entry]:
    return [_entry(row) for row in connection.execute(entries.select().order_by(entries.c.number))]


def _last(connection: sa.Connection) -> Entry | None:
    row = connection.execute(entries.select().order_by(entries.c.number.desc()).limit(1)).first()
    return None if row is None else _entry(row)


def _versions(screening: str) -> sa.Select[tuple[object, ...]]:
    return entries.select().where(entries.c.screening == screening).order_by(entries.c.number)


def _kept(connection: sa.Connection, keys: Sequence[str]) -> dict[str, str | None]:
    """The texts of these hashes that are there."""
    return {row.sha256: row.text for row in connection.execute(texts.select().where(texts.c.sha256.in_(keys)))}


def _decisive(entry: Entry) -> list[str]:
    """The texts without which a screening cannot be decided again."""
    return [key for key in (entry.protocol, entry.content, entry.own_terms) if key is not None]


def _entry(row: sa.Row[tuple[object, ...]]) -> Entry:
    return Entry(**row._asdict())
