"""A PostgreSQL server for the tests: started on loopback in a folder of its own, as a user without rights, and stopped.

Debian's package `postgresql` has it. Where it cannot be had the tests that need it are skipped with the reason, unless
ELIGO_REQUIRE_POSTGRESQL is set.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

USER = "eligo"
_ACCOUNTS = ("postgres", "nobody")  # whom the server runs as where the tests run as root, which it refuses


class Server:
    """A running server, and a fresh database of it for whoever asks."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._numbers = itertools.count(1)

    def database(self) -> str:
        """The URL of a new, empty database."""
        import psycopg

        name = f"record{next(self._numbers)}"
        with psycopg.connect(host="127.0.0.1", port=self._port, user=USER, dbname="postgres", autocommit=True) as one:
            one.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql://{USER}@127.0.0.1:{self._port}/{name}"


@contextmanager
def server() -> Iterator[Server]:
    """A server for as long as it is needed."""
    programs = _programs()
    if programs is None:
        _do_without("initdb and pg_ctl are not installed: install Debian's package postgresql")
    assert programs is not None
    account = next((pwd.getpwnam(name) for name in _ACCOUNTS if _exists(name)), None) if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="eligo-postgresql-"))
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    port = _free_port()

    def call(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [programs / program, "-D", folder / "data", *arguments],
            user=None if account is None else account.pw_uid,
            group=None if account is None else account.pw_gid,
            extra_groups=None if account is None else [],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            _do_without(f"{program} ended with status {done.returncode}: {done.stderr.strip()}")

    try:
        call("initdb", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        settings = f"-h 127.0.0.1 -p {port} -c unix_socket_directories='' -c fsync=off"
        call("pg_ctl", "-w", "-l", str(folder / "log"), "-o", settings, "start")
        yield Server(port)
        call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """The folder of the newest server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


def _exists(account: str) -> bool:
    try:
        pwd.getpwnam(account)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _do_without(reason: str) -> None:
    if os.environ.get("ELIGO_REQUIRE_POSTGRESQL"):
        pytest.fail(f"PostgreSQL is required here, but {reason}")
    pytest.skip(f"no PostgreSQL: {reason}")
