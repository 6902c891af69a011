"""The table NOTE as letters: CSV and Parquet, the day that stands in, and every row that is no letter."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from screening import cli
from screening.documents import BadInputError, read_letters
from screening.omop.notes import Note, is_note_table, read_notes
from tests.screening.record.letters import CANARY, PROTOCOL, Run

# https://ohdsi.github.io/CommonDataModel/cdm54.html#note
NOTE = """
    note_id person_id note_date note_datetime note_type_concept_id note_class_concept_id note_title note_text
    encoding_concept_id language_concept_id provider_id visit_occurrence_id visit_detail_id note_source_value
    note_event_id note_event_field_concept_id
""".split()
DATED = f"Date: 15 June 2026\r\n\r\nThis 31 year old woman from {CANARY} has lupus.\r\nLVEF 48%, on 30/5/26."
UNDATED = f'Woman of 40 from {CANARY}, "well". LVEF 61 %. No cancer.'


def row(note_id: object, text: str | None, **more: Any) -> dict[str, Any]:
    given = {
        "note_id": note_id,
        "person_id": 7,
        "note_date": date(2026, 6, 20),
        "note_text": text,
        "note_title": "Clinic",
    }
    return dict.fromkeys(NOTE) | given | more


ROWS = [row(4711, DATED), row(4712, UNDATED, person_id=8)]


def csv_table(rows: list[dict[str, Any]], delimiter: str = ",", *, upper: bool = False) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(name.upper() if upper else name for name in NOTE)
    writer.writerows(one.values() for one in rows)
    return out.getvalue()


def notes_of(path: Path) -> tuple[list[Note], list[str]]:
    is_note_table.cache_clear()
    told: list[str] = []
    return list(read_notes(str(path), told.append)), told


@pytest.fixture(params=["comma", "tab and capitals", "parquet"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "notes"
    if request.param == "parquet":
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)
    else:
        capitals = request.param != "comma"
        made = csv_table(ROWS, "\t" if capitals else ",", upper=capitals)
        path.write_text(made, encoding="utf-8-sig", newline="")
    return path


def test_each_note_is_a_letter(table: Path) -> None:
    assert is_note_table(str(table))
    notes, told = notes_of(table)
    assert told == []
    assert [(note.note_id, note.person_id, note.day) for note in notes] == [
        (4711, "7", date(2026, 6, 20)),
        (4712, "8", date(2026, 6, 20)),
    ]
    assert [note.document.name for note in notes] == ["notes#4711", "notes#4712"]


def test_offsets_are_those_of_the_tables_own_text(table: Path) -> None:
    note = notes_of(table)[0][0]
    assert len(note.document.text) == len(DATED)
    assert note.document.text.index("LVEF") == DATED.index("LVEF")


def test_the_notes_day_stands_in_where_the_text_has_none_and_only_there(table: Path) -> None:
    dated, undated = notes_of(table)[0]
    assert dated.document.date is not None and dated.document.date.earliest == date(2026, 6, 15)
    assert dated.notes == ()
    assert undated.document.date is not None and undated.document.date.earliest == date(2026, 6, 20)
    assert undated.notes == ("the text has no date: dated by its note_date, 2026-06-20",)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (row("", DATED), "row 2: its note_id is no whole number"),
        (row("47-11", DATED), "row 2: its note_id is no whole number"),
        (row(4711, DATED), "row 2: a second note 4711"),
        (row(5, DATED, person_id=""), "note 5: has no person_id"),
        (row(5, DATED, note_date="20/06/2026"), "note 5: its note_date is no day"),
        (row(5, DATED, note_date="2026-02-30"), "note 5: its note_date is no day"),
        (row(5, ""), "note 5: empty"),
        (row(5, " \n"), "note 5: empty"),
        (row(5, "Die Patientin wurde mit Prednisolon behandelt und ist seit Mai in Remission."), "note 5: in German"),
        (row(5, "x" * (2**20 + 1)), "note 5: more than 1 MB of text"),
    ],
)
def test_a_row_that_is_no_letter_is_told_and_the_others_are_read(
    tmp_path: Path, bad: dict[str, Any], message: str
) -> None:
    path = tmp_path / "note.csv"
    path.write_text(csv_table([ROWS[0], bad, ROWS[1]]), encoding="utf-8", newline="")
    notes, told = notes_of(path)
    assert [note.note_id for note in notes] == [4711, 4712]
    assert len(told) == 1 and message in told[0] and CANARY not in told[0]


def test_a_day_may_have_an_hour_and_a_text_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "note.csv"
    text = "LVEF\x00 61 %.\rNo cancer."
    path.write_text(csv_table([row(1, text, note_date="2026-06-20 08:30:00")]), encoding="utf-8", newline="")
    (note,), told = notes_of(path)
    assert told == [] and note.day == date(2026, 6, 20)
    assert note.document.text == "LVEF  61 %.\nNo cancer."


WHOLE = csv_table(ROWS).encode()


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (WHOLE[:300] + b"\xff" + WHOLE[300:], "not UTF-8 after row 0"),
        (b"PAR1" + bytes(100) + b"PAR1", "damaged Parquet"),
        (b"PAR1", "damaged Parquet"),
    ],
)
def test_a_damaged_table_is_one_line(tmp_path: Path, raw: bytes, message: str) -> None:
    path = tmp_path / "note.csv"
    path.write_bytes(raw)
    with pytest.raises(BadInputError, match=message) as refused:
        notes_of(path)
    assert "\n" not in str(refused.value) and CANARY not in str(refused.value)


def test_a_parquet_table_of_something_else_is_refused(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"note_id": [1], "note_text": ["LVEF 48 %"]}), tmp_path / "t.parquet")
    with pytest.raises(BadInputError, match="has no column person_id, note_date"):
        notes_of(tmp_path / "t.parquet")


def test_a_letter_that_speaks_of_notes_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Her note_id, person_id and note_date are in note_text.\n" + DATED, encoding="utf-8")
    is_note_table.cache_clear()
    assert not is_note_table(str(path))
    assert len(read_letters(str(path))) == 1


# --- on the command line ----------------------------------------------------------------------------------------------


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    is_note_table.cache_clear()
    Path("mini.yaml").write_text(PROTOCOL, encoding="utf-8")
    Path("note.csv").write_text(csv_table([*ROWS, row(4713, "")]), encoding="utf-8", newline="")

    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.run(arguments)
        out, err = capsys.readouterr()
        assert CANARY not in err
        return status, out, err

    return call


def test_screen_takes_a_table_and_each_of_its_notes(run: Run) -> None:
    status, out, err = run("screen", "note.csv", "--protocol", "mini.yaml")
    assert (status, err) == (2, "eligo: note.csv, note 4713: empty: give a file with the letter's text\n")
    assert "INELIGIBLE   for MINI, a small protocol   note.csv#4711" in out
    assert "dated by its note_date, 2026-06-20" in out
    assert "eligo explain note.csv#4712" in out
    status, out, err = run("explain", "note.csv#4712", "--protocol", "mini.yaml")
    assert (status, err) == (0, "") and "I4a  Inclusion 4  LVEF at least 55 %: pass" in out


def test_a_table_is_as_many_lines_of_json_and_pages_as_it_has_letters(run: Run) -> None:
    out = run("screen", "note.csv", "--protocol", "mini.yaml", "--format", "json")[1]
    assert len(out.splitlines()) == 2
    assert "give --out FOLDER" in run("screen", "note.csv", "--protocol", "mini.yaml", "--format", "html")[2]
    Path("pages").mkdir()
    run("screen", "note.csv", "--protocol", "mini.yaml", "--format", "html", "--out", "pages")
    assert sorted(path.name for path in Path("pages").iterdir()) == ["note-4711-MINI.html", "note-4712-MINI.html"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("note.csv", "note.csv: a table of many notes: name one of them, as note.csv#NOTE_ID"),
        ("note.csv#1", "note.csv#1: no such note"),
        ("note.csv#4713", "note.csv, note 4713: empty"),
        ("mini.yaml#1", "mini.yaml#1: no such file"),
    ],
)
def test_one_letter_is_one_note(run: Run, name: str, message: str) -> None:
    status, out, err = run("explain", name, "--protocol", "mini.yaml")
    assert (status, out) == (2, "") and err.startswith(f"eligo: {message}") and err.count("\n") == 1
