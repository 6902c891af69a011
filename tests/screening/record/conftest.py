"""Stores to test with: each test that asks for `store` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screening import cli
from tests.screening.record import postgresql
from tests.screening.record.letters import CANARY, Run, write_files


@pytest.fixture(scope="session")
def server() -> Iterator[postgresql.Server]:
    with postgresql.server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What `--store` is given: nothing is there yet."""
    if request.param == "sqlite":
        return str(tmp_path / "record.db")
    running: postgresql.Server = request.getfixturevalue("server")
    return running.database()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Calls the command line: status, standard output, standard error, which never has a word of a letter."""

    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.run(arguments)
        out, err = capsys.readouterr()
        assert CANARY not in err and "Traceback" not in err
        return status, out, err

    return call


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `mini.yaml` and `a.txt`, and ELIGO_STORE of a store that is not there yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ELIGO_STORE", "record.db")
    monkeypatch.setenv("ELIGO_USER", "reader")
    write_files(tmp_path)
    return tmp_path
