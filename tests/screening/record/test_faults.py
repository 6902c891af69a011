"""A writer killed, two at once, a lock, no room: the store stays whole, and what is wrong is told in one line."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from screening import cli
from screening.record import connection
from screening.record.connection import StoreError
from screening.record.store import opened
from tests.screening.record.drafts import draft, fill

ROOT = Path(__file__).parents[3]
FOLDER = Path(__file__).parent
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


# --- kill -9 ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that kills at a given system call."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("no C compiler, or not Linux")
    library = tmp_path_factory.mktemp("killer") / "killed_writes.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, FOLDER / "killed_writes.c", "-ldl"], check=True)
    return library


@pytest.mark.parametrize("started", [True, False], ids=["into a store", "into a new store"])
def test_killed_at_any_call_that_changes_a_file_the_store_is_whole(killer: Path, tmp_path: Path, started: bool) -> None:
    before: list[str] = []
    start = tmp_path / "start.db"
    if started:
        before = [entry.hash for entry in fill(opened(str(start), create=True))]
    steps = killed_writes("calls", str(start) if started else "-", LD_PRELOAD=str(killer))
    assert [one["killed"] for one in steps] == [True] * (len(steps) - 1) + [False]
    assert len(steps) > 10, "a write has many steps"
    after = steps[-1]["left"]
    assert after[:-2] == before
    for one in steps:  # all of what was added, or nothing
        assert one["left"] in (before, after), one
    assert [one["left"] for one in steps].count(before) > 1


def test_killed_at_any_statement_the_store_is_whole(store: str) -> None:
    """The same for each statement to the database, PostgreSQL's too."""
    before = [entry.hash for entry in fill(opened(store, create=True))]
    steps = killed_writes("statements", store)
    assert len(steps) > 10
    for one in steps:
        assert isinstance(one["left"], list), one
        assert one["left"][: len(before)] == before
        assert len(one["left"]) - len(before) in (0, 2)
        before = one["left"]
    assert len(steps[-1]["left"]) - len(steps[-2]["left"]) == 2, "the last was not killed"


def killed_writes(kind: str, store: str, **environment: str) -> list[dict[str, Any]]:
    """What a program that is killed at each step of its write tells of each."""
    command: list[str | Path] = [sys.executable, FOLDER / "killed_writes.py", kind, store]
    done = subprocess.run(command, env=ENVIRONMENT | environment, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


# --- two at once ------------------------------------------------------------------------------------------------------


def test_several_processes_writing_at_once_lose_nothing(store: str) -> None:
    names = ["one", "two", "three"]
    writers = [
        subprocess.Popen([sys.executable, FOLDER / "writer.py", store, name, "20"], env=ENVIRONMENT, cwd=ROOT)
        for name in names
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    entries, problems = opened(store).problems()
    assert problems == []
    assert Counter(entry.by for entry in entries) == dict.fromkeys(names, 20)


# --- no room, no turn -------------------------------------------------------------------------------------------------


def test_a_locked_store_is_told_in_one_line(
    store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(opened(store, create=True))
    monkeypatch.setattr(connection, "PATIENCE", 0.1)
    with opened(store).connection.writing():
        assert cli.run(["audit", "erase", "s1", "--store", store]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "is locked by another program: try again" in err
    assert opened(store).problems()[1] == []


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    """The process may write no file larger than the store is: as a disk without room."""
    path = tmp_path / "record.db"
    before = fill(opened(str(path), create=True))
    limit = path.stat().st_size

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    code = (
        "import sys\n"
        "from screening import cli\n"
        "from screening.record_commands import audit_app\n"
        "from screening.record.store import opened\n"
        "from tests.screening.record.drafts import draft\n"
        "@audit_app.command('add')\n"
        "def add(store: str) -> None:\n"
        "    opened(store).add([draft(8, letters=['Zebrawood ' * 9000])])\n"
        "sys.exit(cli.run(['audit', 'add', sys.argv[1]]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env=ENVIRONMENT,
        preexec_fn=small,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "make room, nothing was stored" in done.stderr and "Zebrawood" not in done.stderr
    assert opened(str(path)).problems() == (before, [])


def test_a_full_file_system_is_told_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        store = str(folder / "record.db")
        before = fill(opened(store, create=True))
        with pytest.raises(StoreError, match="make room, nothing was stored") as told:
            opened(store).add([draft(8, letters=["Zebrawood " * 20_000])])
        assert "Zebrawood" not in str(told.value)
        assert opened(store).problems() == (before, [])
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_of_the_server_is_told_in_one_line(server: object, request: pytest.FixtureRequest) -> None:
    store = request.getfixturevalue("server").database()
    record = opened(store, create=True)
    with record.connection.writing() as inside:
        inside.execute(
            sa.text(
                "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'Zebrawood' USING ERRCODE = '53100'; END $$;"
                "CREATE TRIGGER no_room BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION no_room()"
            )
        )
    with pytest.raises(StoreError, match="the server's disk is full: make room, nothing was stored"):
        record.add([draft(1)])
    assert record.problems() == ([], [])


def test_a_store_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    fill(opened(str(path), create=True))
    with closing(sqlite3.connect(path)) as damaged:
        damaged.execute("PRAGMA query_only = ON")
    path.write_bytes(path.read_bytes()[:5000] + b"Zebrawood" * 2000)
    with pytest.raises(StoreError) as told:
        opened(str(path)).problems()
    assert "\n" not in str(told.value) and "Zebrawood" not in str(told.value)
