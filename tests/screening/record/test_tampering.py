"""Whatever a forger does to a store behind the program's back is found; against a head, a cut tail too."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import cli
from screening.record.chain import BEGINNING, Entry, digest, seal
from screening.record.connection import StoreError
from screening.record.erasure import erase
from screening.record.store import opened
from tests.screening.record.drafts import NOON, fill

COLUMNS = [field.name for field in dataclasses.fields(Entry)]
COUNT = 7  # entries of the store


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with every kind of entry."""
    path = tmp_path_factory.mktemp("tampering") / "record.db"
    store = opened(str(path), create=True)
    fill(store)
    erase(store, "s2", "officer", NOON)
    entries, problems = store.problems()
    assert (len(entries), problems) == (COUNT, [])
    return path


@contextmanager
def forged(whole: Path) -> Iterator[tuple[str, sqlite3.Connection]]:
    """A copy of the store, and a connection to it without the guards."""
    copy = whole.with_name("forged.db")
    shutil.copy(whole, copy)
    with closing(sqlite3.connect(copy)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.commit()
        yield str(copy), connection
        connection.commit()


def found(whole: Path, forge: Callable[[sqlite3.Connection], object]) -> list[str]:
    """What verifying says after the forgery; nothing where the store is taken for whole."""
    with forged(whole) as (path, connection):
        before = list(connection.iterdump())
        forge(connection)
        connection.commit()
        assert list(connection.iterdump()) != before, "nothing was forged"
    try:
        return opened(path).problems()[1]
    except StoreError as error:
        return [str(error)]


_values = st.none() | st.integers(-3, 9) | st.text(max_size=3) | st.binary(max_size=3) | st.floats(0, 9)
_numbers = st.integers(1, COUNT)


@given(_numbers, st.sampled_from(COLUMNS), _values)
def test_a_changed_entry_is_found(whole: Path, number: int, column: str, value: Any) -> None:
    with forged(whole) as (path, connection):
        [old] = connection.execute(f"SELECT {column} FROM entries WHERE number = ?", [number]).fetchone()
        try:
            connection.execute(f"UPDATE entries SET {column} = ? WHERE number = ?", [value, number])
        except sqlite3.Error:  # a number that is in use, a null where there must be none
            return
        query = f"SELECT {column} FROM entries WHERE number IN (?, ?)"
        unchanged = (old,) in connection.execute(query, [number, value]).fetchall()
        connection.commit()
    assert unchanged or opened(path).problems()[1]


@given(st.integers(0, 30), st.text(max_size=5) | st.binary(max_size=5))
def test_a_changed_text_is_found(whole: Path, index: int, value: str | bytes) -> None:
    def forge(connection: sqlite3.Connection) -> None:
        keys = connection.execute("SELECT sha256 FROM texts WHERE text IS NOT NULL ORDER BY 1").fetchall()
        connection.execute("UPDATE texts SET text = ? WHERE sha256 = ?", [value, keys[index % len(keys)][0]])

    assert any("was changed" in problem for problem in found(whole, forge))


@given(st.integers(0, 30), st.sampled_from(["DELETE FROM texts", "UPDATE texts SET text = NULL"]))
def test_a_text_that_is_gone_without_an_erasure_is_found(whole: Path, index: int, statement: str) -> None:
    def forge(connection: sqlite3.Connection) -> None:
        keys = connection.execute("SELECT sha256 FROM texts WHERE text IS NOT NULL ORDER BY 1").fetchall()
        connection.execute(f"{statement} WHERE sha256 = ?", keys[index % len(keys)])

    assert any("gone without an erasure" in problem for problem in found(whole, forge))


def test_an_erased_text_that_is_back_is_found(whole: Path) -> None:
    text = "Zebrawood 2 years old, LVEF ≥ 55 %.\n"

    def forge(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE texts SET text = ? WHERE sha256 = ?", [text, digest(text)])

    assert found(whole, forge) == ["a text that entry 7 erased is there again"]


@given(st.sets(st.integers(1, COUNT - 1), min_size=1))
def test_removed_entries_are_found(whole: Path, numbers: set[int]) -> None:
    def forge(connection: sqlite3.Connection) -> None:
        connection.executemany("DELETE FROM entries WHERE number = ?", [(one,) for one in numbers])

    assert found(whole, forge)


@given(st.integers(1, COUNT - 1))
def test_removed_entries_whose_followers_are_renumbered_are_found(whole: Path, number: int) -> None:
    def forge(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM entries WHERE number = ?", [number])
        for later in range(number + 1, COUNT + 1):
            connection.execute("UPDATE entries SET number = number - 1 WHERE number = ?", [later])

    assert found(whole, forge)


@given(st.integers(1, COUNT), st.booleans())
def test_an_inserted_entry_is_found(whole: Path, number: int, sealed: bool) -> None:
    """Even one that is chained to the one before it and bears its right hash, but for one at the very end."""

    def forge(connection: sqlite3.Connection) -> None:
        for later in range(COUNT, number - 1, -1):
            connection.execute("UPDATE entries SET number = number + 1 WHERE number = ?", [later])
        before = connection.execute("SELECT hash FROM entries WHERE number = ?", [number - 1]).fetchone()
        row = connection.execute(f"SELECT {','.join(COLUMNS)} FROM entries WHERE number = 1" if number > 1 else
                                 f"SELECT {','.join(COLUMNS)} FROM entries WHERE number = 2").fetchone()  # fmt: skip
        entry = dataclasses.replace(
            Entry(**dict(zip(COLUMNS, row, strict=True))),
            number=number,
            screening=f"s{number}",
            previous=before[0] if before else BEGINNING,
        )
        insert(connection, entry.sealed() if sealed else entry)

    assert found(whole, forge)


def test_an_inserted_text_is_found(whole: Path) -> None:
    def forge(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO texts VALUES (?, ?)", [digest("another letter"), "another letter"])

    assert found(whole, forge) == [f"a text belongs to no entry: {digest('another letter')}"]


@given(st.permutations(range(1, COUNT + 1)).filter(lambda order: list(order) != list(range(1, COUNT + 1))))
def test_reordered_entries_are_found(whole: Path, order: list[int]) -> None:
    def forge(connection: sqlite3.Connection) -> None:
        for old, new in enumerate(order, 1):
            connection.execute("UPDATE entries SET number = ? WHERE number = ?", [100 + new, old])
        connection.execute("UPDATE entries SET number = number - 100")

    assert found(whole, forge)


# --- what only a head shows -------------------------------------------------------------------------------------------


@given(_numbers)
def test_against_a_head_a_cut_tail_is_found(whole: Path, left: int) -> None:
    head = opened(str(whole)).entries()[-1].head
    with forged(whole) as (path, connection):
        connection.execute("DELETE FROM entries WHERE number > ?", [left])
    assert status(path, head) == (0 if left == COUNT else 2)


def test_against_a_head_a_chain_written_anew_is_found(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = opened(str(whole)).entries()[-1].head
    with forged(whole) as (path, connection):
        previous = BEGINNING
        for entry in opened(str(whole)).entries():
            anew = dataclasses.replace(entry, by="another", previous=previous)
            previous = seal(anew)
            update = "UPDATE entries SET by = ?, previous = ?, hash = ? WHERE number = ?"
            connection.execute(update, [anew.by, anew.previous, previous, anew.number])
    assert status(path) == 0, "a forger who computes every hash anew is not seen without a head"
    assert status(path, head) == 2
    assert "written anew" in capsys.readouterr().out


def test_a_head_holds_while_the_store_grows(whole: Path) -> None:
    for entry in opened(str(whole)).entries():
        assert status(str(whole), entry.head) == 0


def test_whoever_verifies_is_told_the_head_and_every_problem(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = opened(str(whole)).entries()[-1].head
    assert status(str(whole)) == 0
    assert capsys.readouterr().out == f"whole: {COUNT} entries\nhead: {head}\n"
    with forged(whole) as (path, connection):
        connection.execute("UPDATE entries SET verdict = 'potentially_eligible' WHERE number = 3")
        connection.execute("DELETE FROM entries WHERE number = 5")
    assert status(path) == 2
    out, err = capsys.readouterr()
    assert "entry 3 was changed" in out and "entry 5 is missing" in out
    assert err == "eligo: the record is not whole: see above\n"


def test_a_stored_screening_that_was_changed_is_not_shown(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with forged(whole) as (path, connection):
        key = opened(str(whole)).screening("s1").entry.content
        [text] = connection.execute("SELECT text FROM texts WHERE sha256 = ?", [key]).fetchone()
        content = json.loads(text)
        content["screening"]["criteria"][0]["answer"] = "pass"
        connection.execute("UPDATE texts SET text = ? WHERE sha256 = ?", [json.dumps(content), key])
    assert cli.run(["audit", "show", "s1", "--store", path]) == 2
    assert "audit verify" in capsys.readouterr().err


def insert(connection: sqlite3.Connection, entry: Entry) -> None:
    """Puts a row into the file."""
    marks = ",".join("?" * len(COLUMNS))
    connection.execute(
        f"INSERT INTO entries ({','.join(COLUMNS)}) VALUES ({marks})", [getattr(entry, one) for one in COLUMNS]
    )


def status(path: str, head: str = "") -> int:
    """The exit status of verifying."""
    return cli.run(["audit", "verify", "--store", path, *(["--head", head] if head else [])])
