"""A store on SQLite and on PostgreSQL: what goes in comes out, chained; a letter's erasure leaves the chain whole."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from screening.record import connection, schema
from screening.record.chain import BEGINNING, Entry, digest, seal
from screening.record.connection import Connection, StoreError, upgrade
from screening.record.erasure import erase
from screening.record.store import opened
from tests.screening.record.drafts import NOON, correction, draft, fill

CANARY = "Zebrawood"


def test_entries_are_numbered_and_chained(store: str) -> None:
    added = fill(opened(store, create=True))
    read = opened(store).entries()
    assert read == added
    assert [entry.number for entry in read] == [1, 2, 3, 4, 5, 6]
    assert [entry.previous for entry in read] == [BEGINNING, *(entry.hash for entry in read[:-1])]
    assert all(entry.hash == seal(entry) for entry in read)
    assert opened(store).problems() == (read, [])


def test_a_correction_is_a_new_version_that_points_to_the_old(store: str) -> None:
    first, _, second, *_ = fill(opened(store, create=True))
    assert (second.screening, second.version, second.corrects) == (first.screening, 2, first.number)
    newest = opened(store).screening("s1")
    assert newest.entry == second and newest.content["note"] == "first"
    assert opened(store).screening("S1.1").entry == first
    assert newest.letters == opened(store).screening("s1.1").letters


def test_a_correction_of_what_has_been_corrected_meanwhile_is_refused(store: str) -> None:
    record = opened(store, create=True)
    first = fill(record)[0]
    with pytest.raises(StoreError, match="s1 has been corrected by another in the meantime"):
        record.add([correction(first, "second")])
    assert len(record.entries()) == 6


def test_times_are_utc_to_the_second(store: str) -> None:
    there = datetime(2026, 6, 15, 14, 30, 5, 999, tzinfo=timezone(timedelta(hours=2)))
    assert opened(store, create=True).add([draft(1)], there)[0].at == "2026-06-15T12:30:05Z"
    before = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert before <= opened(store).add([draft(2)])[0].at <= datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_same_entries_at_the_same_times_are_the_same_bytes(store: str, tmp_path: Path) -> None:
    assert fill(opened(store, create=True)) == fill(opened(str(tmp_path / "other.db"), create=True))


def test_of_a_letter_only_the_hash_where_that_is_wanted(store: str) -> None:
    fill(opened(store, create=True))
    record = opened(store).screening("s4")
    assert record.letters == (None,)
    assert record.entry.letters == digest("Zebrawood 3 years old, LVEF ≥ 55 %.\n")


@pytest.mark.parametrize("name", ["s9", "s1.7", "letter.txt", "1"])
def test_what_is_not_there_is_told(store: str, name: str) -> None:
    fill(opened(store, create=True))
    with pytest.raises(StoreError, match=r"holds no (screening|version)"):
        opened(store).screening(name)


# --- erasing ----------------------------------------------------------------------------------------------------------


def test_an_erased_letter_leaves_its_hash_and_the_chain_whole(store: str) -> None:
    record = opened(store, create=True)
    first = fill(record)[0]
    added = erase(record, "s1", "officer", NOON)
    assert [(entry.kind, entry.screening, entry.version, entry.corrects) for entry in added] == [
        ("erasure", "s1", 3, 3)
    ]
    assert record.problems() == ([*record.entries()], [])
    left = record.screening("s1")
    assert left.letters == (None,)
    assert left.entry.letters == first.letters == digest("Zebrawood 1 years old, LVEF ≥ 55 %.\n")
    assert CANARY not in str(left)
    with pytest.raises(StoreError, match="was erased"):
        record.screening("s1.1")


def test_what_is_left_of_an_erased_screening_are_answers_and_intervals(store: str) -> None:
    record = opened(store, create=True)
    record.add([draft(1)])
    erase(record, "s1", "officer")
    left = record.screening("s1").screening
    assert left["criteria"] == [{"id": "I1", "answer": "fail", "proof": []}]
    assert left["findings"] == [{"id": "age", "low": 3, "high": 3, "unit": "a"}]
    assert left["documents"] == [{"sha256": f"{1:064}"}]


def test_a_letter_is_erased_wherever_it_is_stored(store: str) -> None:
    record = opened(store, create=True)
    record.add([draft(1), draft(1, by="another"), draft(2), draft(1, letters_as="hash")])
    assert [entry.screening for entry in erase(record, "s2", "officer")] == ["s1", "s2", "s4"]
    assert [record.screening(key).letters[0] is None for key in ("s1", "s2", "s3", "s4")] == [True, True, False, True]
    assert record.problems()[1] == []
    with pytest.raises(StoreError, match="erased already"):
        erase(record, "s1", "officer")


def test_an_erased_letter_that_is_screened_anew_can_be_erased_again(store: str) -> None:
    record = opened(store, create=True)
    record.add([draft(1)])
    erase(record, "s1", "officer")
    again = record.add([draft(1)])[0]
    assert record.screening(again.screening).letters[0] is not None and record.problems()[1] == []
    erase(record, again.screening, "officer")
    assert record.screening(again.screening).letters == (None,) and record.problems()[1] == []


def test_nothing_of_an_erased_letter_is_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    record = opened(str(path), create=True)
    record.add([draft(1, letters=[f"{CANARY} {'long ' * 9000}"])])
    assert CANARY.encode() in path.read_bytes()
    erase(record, "s1", "officer")
    assert CANARY.encode() not in path.read_bytes()


# --- the database -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET by = 'another'",
        "DELETE FROM entries WHERE number = 6",
        "UPDATE texts SET text = 'another'",
        "DELETE FROM texts",
    ],
)
def test_the_database_itself_refuses_to_change_the_record(store: str, statement: str) -> None:
    record = opened(store, create=True)
    fill(record)
    with pytest.raises(StoreError, match="append-only"), record.connection.writing() as inside:
        inside.execute(sa.text(statement))
    assert record.problems()[1] == []


@pytest.mark.parametrize("shape", ["0001", "0002"])
def test_a_store_of_an_earlier_shape_is_brought_to_todays(store: str, tmp_path: Path, shape: str) -> None:
    """Its entries, which name no own terms, keep their hashes."""
    added = fill(opened(str(tmp_path / "new.db"), create=True))
    before = Connection(store)
    with before._engine.begin() as inside:
        upgrade(inside, shape)
        with Connection(str(tmp_path / "new.db")).reading() as new:
            texts = [row._asdict() for row in new.execute(schema.texts.select())]
        inside.execute(schema.texts.insert(), texts)
        rows = [{key: value for key, value in dataclasses.asdict(one).items() if key != "own_terms"} for one in added]
        columns = ", ".join(rows[0])
        marks = ", ".join(f":{key}" for key in rows[0])
        inside.execute(sa.text(f"INSERT INTO entries ({columns}) VALUES ({marks})"), rows)
    with before.reading() as inside:
        assert inside.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == shape
    assert opened(store).problems() == (added, [])
    with before.reading() as inside:
        assert inside.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == "0003"
    with pytest.raises(StoreError, match="append-only"), before.writing() as inside:
        inside.execute(sa.text("DELETE FROM entries"))
    again = opened(store).add([draft(9, own_terms="{}")])[0]
    assert again.own_terms == digest("{}") and opened(store).problems()[1] == []


def test_the_tables_are_those_that_the_migrations_make(store: str) -> None:
    record = opened(store, create=True)
    with record.connection.reading() as inside:
        looked = sa.inspect(inside)
        assert [one["name"] for one in looked.get_columns("entries")] == [
            field.name for field in dataclasses.fields(Entry)
        ]
        assert [one["name"] for one in looked.get_columns("texts")] == ["sha256", "text"]


def test_a_store_of_a_later_shape_is_left_alone(store: str) -> None:
    record = opened(store, create=True)
    with record.connection.writing() as inside:
        inside.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="written by a newer eligo"):
        opened(store)


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    fill(opened(str(path), create=True))
    assert path.stat().st_mode & 0o777 == 0o600


def test_reading_makes_no_store(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(StoreError, match="no such file"):
        opened(str(path))
    assert not path.exists()


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ("mysql://user@host/name", "only PostgreSQL"),
        ("postgresql://user:Zebrawood@127.0.0.1:1/name", "cannot be reached"),
        ("://", "not a database's URL"),
        ("/no/such/folder/record.db", "cannot be opened"),
    ],
)
def test_what_is_no_store_is_told_in_one_line(store: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.1)
    with pytest.raises(StoreError, match=said) as told:
        opened(store, create=True)
    assert "\n" not in str(told.value) and CANARY not in str(told.value)


def test_another_file_is_not_taken_for_a_store(tmp_path: Path) -> None:
    text = tmp_path / "letter.txt"
    text.write_text(f"{CANARY} has lupus. " * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="is not a store") as told:
        opened(str(text), create=True)
    assert CANARY not in str(told.value)
    other = tmp_path / "other.db"
    with sa.create_engine(f"sqlite:///{other}").begin() as inside:
        inside.execute(sa.text("CREATE TABLE patients (name TEXT)"))
    with pytest.raises(StoreError, match="a database of something else"):
        opened(str(other), create=True)
