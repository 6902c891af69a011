"""The table NOTE_NLP: its columns as the Common Data Model 5.4 has them, and each fact as its rules for them say."""

from __future__ import annotations

import csv
import io
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.facts import Coded, Course, Document, Dosing, Fact, Interval, Quantity, Time
from screening import VERSION, cli
from screening.omop.note_nlp import COLUMNS, modifiers, row, snippet
from screening.omop.notes import is_note_table
from tests.screening.omop.test_notes import DATED, ROWS, UNDATED, csv_table
from tests.screening.record.letters import CANARY, Run

# https://ohdsi.github.io/CommonDataModel/cdm54.html#note_nlp
NOTE_NLP = """
    note_nlp_id note_id section_concept_id snippet offset lexical_variant note_nlp_concept_id
    note_nlp_source_concept_id nlp_system nlp_date nlp_datetime term_exists term_temporal term_modifiers
""".split()
NOTED = date(2026, 6, 15)


def fact(kind: str, concept: str, **more: Any) -> Fact:
    return Fact("f1", kind, concept, concept, 0, 0, 4, "LVEF", **more)  # type: ignore[arg-type]


def made(of: Fact) -> dict[str, Any]:
    return row(of, Document("d", "LVEF 48 %", "0"), 1, 4711, NOTED, NOTED)


def test_the_columns_are_those_of_the_model() -> None:
    assert [column.name for column in COLUMNS] == NOTE_NLP
    assert {column.name for column in COLUMNS if column.required} == {
        "note_nlp_id", "note_id", "lexical_variant", "nlp_date",
    }  # fmt: skip
    assert list(made(fact("condition", "sle"))) == NOTE_NLP


MAY = Time(date(2026, 5, 1), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("told", "exists", "temporal"),
    [
        (fact("condition", "sle"), "Y", "present"),
        (fact("condition", "malignancy", assertion="absent"), "N", "present"),
        (fact("condition", "malignancy", assertion="possible"), "Y", "present"),
        (fact("condition", "malignancy", assertion="conditional"), "N", "present"),
        (fact("condition", "sle", experiencer="family"), "N", "present"),
        (fact("condition", "seizure", temporality="historical"), "Y", "past"),
        (fact("measurement", "lvef", time=MAY), "Y", "past"),
        (fact("measurement", "lvef", time=Time.on(NOTED)), "Y", "present"),
        (fact("condition", "sle", course=Course(MAY, ongoing=True)), "Y", "present"),
        (fact("medication", "prednisolone", course=Course(MAY, MAY), dosing=Dosing("past")), "Y", "past"),
        (fact("medication", "prednisolone", dosing=Dosing("current")), "Y", "present"),
        (fact("medication", "cyclophosphamide", temporality="planned", dosing=Dosing("planned")), "N", None),
        (fact("medication", "penicillin", dosing=Dosing("allergy")), "N", "present"),
        (fact("medication", "rituximab", assertion="absent", dosing=Dosing("never")), "N", "present"),
    ],
)
def test_whether_the_patient_has_it_and_when(told: Fact, exists: str, temporal: str | None) -> None:
    assert (made(told)["term_exists"], made(told)["term_temporal"]) == (exists, temporal)


def test_the_modifiers_hold_all_that_is_told() -> None:
    lvef = fact("measurement", "lvef", value=Quantity(Interval(55, 60), "%", "55-60 %"), time=MAY, section="heart")
    assert modifiers(lvef).startswith(
        "Negation=false,Subject=patient,Conditional=false,Uncertain=false,History=false,Kind=measurement,Concept=lvef,"
    )
    assert modifiers(lvef).endswith("Value=55..60,Unit=%,Concept_date=2026-05-01..2026-05-31,Section=heart")
    drug = fact(
        "medication",
        "prednisolone",
        course=Course(MAY, ongoing=False),
        dosing=Dosing("past", per_day=Interval.exactly(40), route="oral"),
        attributes={"reason_detail": "weight gain, mood = low"},
    )
    assert "DRUGBANK=DB00860," in modifiers(drug)
    assert modifiers(drug).endswith(
        "Start=2026-05-01..2026-05-31,Ongoing=false,Status=past,Per_day=40,Dose_unit=mg,Route=oral,"
        "reason_detail=weight gain mood low"
    )
    denied = fact("measurement", "hbsag", value=Coded("negative", "neg"), assertion="possible", temporality="planned")
    assert "Uncertain=true,History=false,Planned=true," in modifiers(denied) and "Value=negative" in modifiers(denied)


def test_no_field_is_longer_than_its_column() -> None:
    long = Fact(
        "f1", "condition", "sle", "SLE", 0, 0, 3000, "lupus " * 500,
        attributes={f"part{number}": "x" * 90 for number in range(40)},
    )  # fmt: skip
    out = row(long, Document("d", "lupus " * 500, "0"), 1, 1, NOTED, NOTED)
    assert (len(out["lexical_variant"]), len(out["snippet"])) == (250, 250)
    assert 1900 < len(out["term_modifiers"]) <= 2000 and out["term_modifiers"].split(",")[-1].endswith("x" * 90)


@given(st.text("ab \n", max_size=600), st.data())
def test_a_snippet_is_a_window_around_its_term(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 240)))
    window = snippet(text, start, end)
    assert len(window) <= 250 and window in text
    assert text[start:end].strip() in window


# --- on the command line ----------------------------------------------------------------------------------------------


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    is_note_table.cache_clear()
    Path("note.csv").write_text(csv_table(ROWS), encoding="utf-8", newline="")

    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.run(("extract", *arguments, "--format", "omop"))
        out, err = capsys.readouterr()
        assert CANARY not in err
        return status, out, err

    return call


def test_rows_of_a_table_of_notes(run: Run) -> None:
    status, out, err = run("note.csv")
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == ",".join(f'"{name}"' if name == "offset" else name for name in NOTE_NLP)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [int(one["note_nlp_id"]) for one in rows] == list(range(1, len(rows) + 1))
    texts = {"4711": DATED, "4712": UNDATED}
    for one in rows:
        start, words = int(one["offset"]), one["lexical_variant"]
        assert texts[one["note_id"]][start : start + len(words)] == words
        assert one["note_nlp_concept_id"] == one["note_nlp_source_concept_id"] == one["section_concept_id"] == "0"
        assert (one["nlp_system"], one["nlp_datetime"]) == (f"eligo {VERSION}", "")
    assert {(one["note_id"], one["nlp_date"]) for one in rows} == {("4711", "2026-06-15"), ("4712", "2026-06-20")}
    (lvef,) = (one for one in rows if "Concept=lvef" in one["term_modifiers"] and one["note_id"] == "4711")
    assert (lvef["term_exists"], lvef["term_temporal"]) == ("Y", "past")
    (cancer,) = (one for one in rows if one["lexical_variant"] == "cancer")
    assert cancer["term_exists"] == "N"


def test_parquet_holds_what_csv_holds(run: Run) -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import parquet

    assert run("note.csv", "--as-of", "2026-07-01", "--out", "nlp.parquet") == (0, "", "")
    assert run("note.csv", "--as-of", "2026-07-01", "--out", "nlp.csv") == (0, "", "")
    table = parquet.read_table("nlp.parquet")
    assert table.schema.names == NOTE_NLP
    types = {name: str(table.schema.field(name).type) for name in ("note_id", "offset", "nlp_date", "nlp_datetime")}
    assert types == {"note_id": "int64", "offset": "string", "nlp_date": "date32[day]", "nlp_datetime": "timestamp[us]"}
    with Path("nlp.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows and {one["nlp_date"] for one in rows} == {"2026-07-01"}
    as_text = [{name: "" if told is None else str(told) for name, told in one.items()} for one in table.to_pylist()]
    assert as_text == rows
    first = Path("nlp.parquet").read_bytes()
    run("note.csv", "--as-of", "2026-07-01", "--out", "nlp.parquet")
    assert Path("nlp.parquet").read_bytes() == first


def test_a_letter_of_a_file_is_numbered_by_its_name(run: Run) -> None:
    Path("99.txt").write_text(DATED, encoding="utf-8")
    Path("other.txt").write_text(DATED, encoding="utf-8")
    status, out, err = run("99.txt", "other.txt")
    assert status == 2 and err.startswith(
        "eligo: other.txt: no note: give a table NOTE, or a file named by its note_id"
    )
    assert {one["note_id"] for one in csv.DictReader(io.StringIO(out))} == {"99"}


def test_the_clock_is_not_asked(run: Run) -> None:
    Path("99.txt").write_text("Woman of 31. LVEF 48 %.", encoding="utf-8")
    status, _, err = run("99.txt")
    assert (status, err) == (2, "eligo: 99.txt: has no date of a day: give --as-of YYYY-MM-DD\n")
    status, out, err = run("99.txt", "--as-of", "2026-06-30")
    assert (status, err) == (0, "") and ",2026-06-30," in out


def test_parquet_without_pyarrow_says_what_installs_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    status, _, err = run("note.csv", "--out", "nlp.parquet")
    assert (status, Path("nlp.parquet").exists()) == (2, False)
    assert err == "eligo: --out nlp.parquet: Parquet needs pyarrow: pip install 'eligo[omop]', or use CSV\n"
    Path("note.parquet").write_bytes(b"PAR1")
    assert "note.parquet: Parquet needs pyarrow" in run("note.parquet")[2]
