"""Where a store is: a path or a PostgreSQL URL in, transactions on a database of today's shape out.

Whatever goes wrong there is one line that says what and where, and nothing of what was being stored.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from screening.documents import BadInputError

PATIENCE = 10.0  # seconds for which another writer is waited for
_MIGRATIONS = Path(__file__).parent / "migrations"
_WRITES = "eligo_writes"


class StoreError(BadInputError):
    """A store that cannot be used: one line, what, where and what to do."""


class Connection:
    """A store's database; it is connected to for each transaction anew."""

    def __init__(self, store: str) -> None:
        """Raises StoreError for what is neither a path nor a URL of PostgreSQL."""
        url = _url(store)
        self.path = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        # Told in every message: never with a password.
        shown = url.set(drivername="postgresql").render_as_string(hide_password=True)
        self.where = shown if self.path is None else str(self.path)
        self._engine = _sqlite(url) if self.path is not None else _postgresql(url)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees the store as it was at one moment. Raises StoreError."""
        with self._told(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction during which nobody else writes. Raises StoreError."""
        with (
            self._told(),
            self._engine.connect().execution_options(**{_WRITES: True}) as connection,
            connection.begin(),
        ):
            if self.path is None:
                connection.execute(sa.text("LOCK TABLE entries IN EXCLUSIVE MODE"))
            yield connection

    def sweep(self) -> None:
        """Takes what was erased out of the tables' files too; SQLite has done so already."""
        if self.path is None:
            with self._told(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text("VACUUM FULL texts"))

    def prepare(self, *, create: bool) -> None:
        """Brings the database to today's shape; makes it where there is none and `create` is wanted."""
        if self.path is not None and not create and not self.path.is_file():
            raise StoreError(f"--store {self.where}: no such file: check the path, or store a screening there first")
        if self.path is not None and create:
            with self._told():
                _own(self.path)
        script = ScriptDirectory(str(_MIGRATIONS))
        newest = script.get_current_head()
        with self.reading() as connection:
            found = self._revision(connection, script)
        if found == newest:
            return
        if found is None and not create:
            raise StoreError(f"--store {self.where}: holds no record yet: store a screening there first")
        with self._told(), self._engine.connect() as connection:
            self._migrate(connection.execution_options(**{_WRITES: True}), script)

    def _migrate(self, connection: sa.Connection, script: ScriptDirectory) -> None:
        """Once, even where several come at the same time."""
        if self.path is None:  # who has waited for the lock must see what the other has made
            connection = connection.execution_options(isolation_level="READ COMMITTED")
        with connection.begin():
            if self.path is None:  # there may be no table yet that could be locked
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(310795)"))
            if self._revision(connection, script) != script.get_current_head():
                upgrade(connection)

    def _revision(self, connection: sa.Connection, script: ScriptDirectory) -> str | None:
        """The migration that the database has had last; None for an empty one. Raises StoreError for any other."""
        tables = set(sa.inspect(connection).get_table_names())
        if not tables:
            return None
        found = MigrationContext.configure(connection).get_current_revision() if "alembic_version" in tables else None
        if found is None and self.path is None and "entries" not in tables:
            return None  # a database shared with other tables
        if found is None:
            raise StoreError(f"--store {self.where}: a database of something else: name another file")
        if found not in {one.revision for one in script.walk_revisions()}:
            raise StoreError(f"--store {self.where}: written by a newer eligo: use that one")
        return found

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"--store {self.where}: {_cause(error)}") from error


def upgrade(connection: sa.Connection, revision: str = "head") -> None:
    """All migrations that are due, inside the connection's transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, revision)


# --- kinds of database ------------------------------------------------------------------------------------------------


def _url(store: str) -> sa.URL:
    if "://" not in store:
        return sa.URL.create("sqlite", database=store)
    try:
        url = sa.make_url(store)
    except ArgumentError as error:
        raise StoreError(
            "--store: not a database's URL: write postgresql://user@host/name, or a file's path"
        ) from error
    if url.get_backend_name() == "sqlite":
        return sa.URL.create("sqlite", database=url.database)
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise StoreError(f"--store {url.get_backend_name()}://: only PostgreSQL's URLs and files' paths can be used")
    if importlib.util.find_spec("psycopg") is None:
        raise StoreError("--store: PostgreSQL needs psycopg: install eligo[postgresql]")
    return url.set(drivername="postgresql+psycopg")


def _sqlite(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(
        url,
        poolclass=sa.pool.NullPool,
        hide_parameters=True,
        connect_args={"timeout": PATIENCE, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def prepared(connection: Any, _: Any) -> None:
        connection.text_factory = _as_text
        connection.execute("PRAGMA synchronous = EXTRA")  # a commit outlives a power cut
        connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten

    @event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        # A reader that turned writer half way might have to be refused.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _own(path: Path) -> None:
    """Makes the file where there is none, for its owner's eyes alone: it will hold letters."""
    if path.parent.is_dir() and not path.exists():  # else SQLite says what is wrong
        with suppress(FileExistsError):  # another has been quicker
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _as_text(stored: bytes) -> str:
    """A column's text; bytes that are none, as only a forger puts there, are seen by the hashes."""
    return stored.decode("utf-8", "surrogateescape")


def _postgresql(url: sa.URL) -> sa.Engine:
    return sa.create_engine(
        url,
        poolclass=sa.pool.NullPool,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        connect_args={"connect_timeout": 10, "options": f"-c lock_timeout={int(PATIENCE * 1000)}"},
    )


# --- what went wrong --------------------------------------------------------------------------------------------------

_SQLITE_CAUSES = (
    ("SQLITE_BUSY", "is locked by another program: try again when that has finished"),
    ("SQLITE_FULL", "the disk is full: make room, nothing was stored"),
    ("SQLITE_IOERR", "cannot be read or written (is the disk full?): make room, nothing was stored"),
    ("SQLITE_READONLY", "cannot be written: check the file's and the folder's permissions"),
    ("SQLITE_CANTOPEN", "cannot be opened: name a file in a folder that exists and can be written to"),
    ("SQLITE_NOTADB", "is not a store: name another file"),
    ("SQLITE_CORRUPT", "is damaged: take it from a backup"),
    ("SQLITE_CONSTRAINT", "refused the entry: it is append-only"),
)
_POSTGRESQL_CAUSES = (
    ("53100", "the server's disk is full: make room, nothing was stored"),
    ("55P03", "is locked by another program: try again when that has finished"),
    ("25006", "can only be read"),
    ("28", "refuses this user: check name and password"),
    ("3D000", "has no such database: create it first"),
    ("42501", "does not allow this user to do so: ask for the rights"),
    ("P0001", "refused the entry: it is append-only"),
)


def _cause(error: Exception) -> str:
    """The error in words of ours, since its own may hold what was being stored."""
    original = getattr(error, "orig", None)
    name = getattr(original, "sqlite_errorname", None) or ""
    state = getattr(original, "sqlstate", None) or ""
    known = [text for key, text in _SQLITE_CAUSES if name.startswith(key)]
    known += [text for key, text in _POSTGRESQL_CAUSES if state.startswith(key)]
    if known:
        return known[0]
    if type(original).__module__.startswith("psycopg") and not state:
        return "the server cannot be reached: is it running, and are host, name and password right?"
    return f"cannot be used ({name or state or type(error).__name__})"
