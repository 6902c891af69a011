"""The measuring programs on tiny made-up data: that a right answer counts as right and a wrong one as wrong."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from bench import calculators, case_reports, doses, labs, negation, robustness
from bench.case_counting import Tally
from bench.figures import Options, Result, Target, as_json, run
from bench.judgements import judgements


def write_rows(folder: Path, name: str, rows: list[dict[str, Any]]) -> Path:
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def test_negation_counts_the_concept_of_each_sentence(tmp_path: Path) -> None:
    rows = [
        {"n": 1, "concept": "rash", "sentence": "She has no RASH.", "negation": "Negated", "temporality": "Recent"},
        {"n": 2, "concept": "rash", "sentence": "A RASH is seen.", "negation": "Negated", "temporality": "Historical"},
        {"n": 3, "concept": "cough", "sentence": "Chest is clear.", "negation": "Affirmed", "temporality": "Recent"},
    ]
    result = negation.measure(Options(write_rows(tmp_path, "rows.jsonl", rows)))
    assert result.rows == {"sentences": 2, "without the concept": 1}
    assert result.systems["eligo"]["negated recall"] == 0.5
    assert result.systems["medspaCy"]["negated recall"] == 0.5
    assert [line.split("\t")[:2] for line in result.disagreements] == [["2", "negated"], ["2", "historical"]]


def test_labs_wants_exactly_the_labelled_values(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"n": 1, "parser": "Creatinine", "text": "creatinine 1 mg/dL", "expected": [88.42]},
        {"n": 2, "parser": "Sodium", "text": "Sodium 140 mmol/L", "expected": []},
        {"n": 3, "parser": "Bp", "text": "BP 120/80", "expected": [[120, 80]]},
        {"n": 4, "parser": "Weight", "text": "weight 10 stones", "expected": "EXPR [kg(stones=10)]"},
    ]
    result = labs.measure(Options(write_rows(tmp_path, "rows.jsonl", rows)))
    figures = result.systems["eligo"]
    assert (figures["exact"], figures["exact where a value is"], figures["false on traps"]) == (0.75, 1.0, 1.0)
    assert len(result.disagreements) == 1 and "Sodium" in result.disagreements[0]


@pytest.mark.parametrize(
    ("source", "text", "gold", "expected"),
    [
        ("CALIBERdrugdose", "two tablets bd", {"qty": 2, "daily_dose": 4.0, "change": "nochange"}, (4.0, None)),
        ("CALIBERdrugdose", "1 od then 2 od", {"qty": 2, "daily_dose": 1.5, "change": "combined"}, (None, 2)),
        ("a/Advanced-Sig-Parser", "1 tablet 40 mg total daily", {"max_dose_per_day": 1.0}, (40.0, None)),
        ("a/Advanced-Sig-Parser", "take 1 tablet", {"values": [True, None]}, (None, None)),
        (
            "parsigs",
            "1 tab every 12 hours",
            {"singleDosageAmount": 1, "strength": None, "frequencyType": "Hour", "interval": 12, "times": None}
            | {"drug": None},
            (2.0, None),
        ),
    ],
)
def test_a_dose_row_is_a_daily_amount_or_levels(
    source: str, text: str, gold: dict[str, Any], expected: tuple[float | None, int | None]
) -> None:
    case = doses.case_of({"n": 1, "source": source, "text": text, "gold": gold})
    assert case is not None and (case.daily, case.levels) == expected


def test_doses_leaves_out_what_is_no_instruction(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"n": 1, "source": "a/Advanced-Sig-Parser", "text": "take 2 tablets bid", "gold": {"max_dose_per_day": 4.0}},
        {"n": 2, "source": "PHS test_frequency.py", "text": "food", "gold": {"values": [3.0]}},
    ]
    result = doses.measure(Options(write_rows(tmp_path, "rows.jsonl", rows)))
    assert result.rows == {"instructions": 1, "tapers": 0, "left out": 1}
    assert result.systems["eligo, grammar"]["daily amount exact"] == 1.0


def write_report(folder: Path) -> Path:
    text = "A 50-year-old man took aspirin 75 mg daily and rituximab. He had no fever. Sodium was 140 mmol/L."

    def entity(number: int, kind: str, mention: str) -> str:
        start = text.index(mention)
        return f"T{number}\t{kind} {start} {start + len(mention)}\t{mention}"

    def at(mention: str) -> str:
        return f"{text.index(mention)} {text.index(mention) + len(mention)}"

    named = [
        ("Age", "50-year-old"),
        ("Sex", "man"),
        ("Medication", "aspirin"),
        ("Dosage", "75 mg"),
        ("Lab_value", "140"),
    ]
    lines = [entity(number, kind, mention) for number, (kind, mention) in enumerate(named, 1)]
    (folder / "1.txt").write_text(text, encoding="utf-8")
    (folder / "1.ann").write_text("\n".join(lines), encoding="utf-8")
    pairs = {
        "id": "1",
        "drug_dose": [["aspirin", "75 mg", at("aspirin"), at("75 mg")]],
        "lab": [["Sodium", "140 mmol/L", at("Sodium"), at("140 mmol/L")]],
        "negated": [["Sign_symptom", "fever", at("fever"), "NEG"]],
    }
    return write_rows(folder, "pairs.jsonl", [pairs])


def test_case_reports_count_each_question(tmp_path: Path) -> None:
    result = case_reports.measure(Options(write_report(tmp_path)))
    figures = result.systems["eligo"]
    assert figures["drug precision"] == 0.5  # rituximab is not labelled in this text
    assert figures["drug recall"] == figures["dose F1"] == figures["test value F1"] == 1.0
    assert figures["age"] == figures["sex"] == 1.0
    assert figures["denied called present"] == 0.0


def test_a_judgement_moves_the_judged_figure_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "case-reports.yaml").write_text(
        "- {row: '1', about: drug, at: 4, mention: rituximab, verdict: eligo, reason: a drug that is not labelled}\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(
        "bench.case_counting.eligo_is_right", lambda name, *key: judgements(name, tmp_path).get(key) is not None
    )
    tally = Tally()
    tally.wrong("1", "drug", 4, "rituximab")
    tally.wrong("1", "drug", 40, "aspirin")
    assert (tally.raw.wrong, tally.judged.wrong, tally.judged.right) == (2, 1, 1)
    assert len(tally.told) == 1


def test_calculators_use_the_note_alone(tmp_path: Path) -> None:
    note = {
        "Unique ID": "1",
        "Calculator Name": "CKD-EPI Equations",
        "Patient Note": "A 55-year-old woman. Creatinine was 0.9 mg/dL.",
        "Relevant Entities": "{'sex': 'Female', 'age': [55, 'years'], 'creatinine': [0.9, 'mg/dL']}",
        "Lower Limit": "74",
        "Upper Limit": "77",
    }
    steroid = {
        "Unique ID": "2",
        "Calculator Name": "Steroid Conversion",
        "Patient Note": "Patient has taken 8 mg of Methylprednisolone PO.",
        "Relevant Entities": "{'input steroid': ['Methylprednisolone PO', 8, 'mg'], 'target steroid': 'Prednisone PO'}",
        "Lower Limit": "20",
        "Upper Limit": "30",
    }
    with (tmp_path / "notes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, note.keys())
        writer.writeheader()
        writer.writerows([note, steroid])
    (tmp_path / "egfr_vectors.json").write_text('{"vectors": []}', encoding="utf-8")
    vector = {"ana": True, "items": ["fever", "class_III_or_IV"], "total": 12, "classified": True}
    (tmp_path / "eular_acr2019_vectors.json").write_text(json.dumps({"vectors": [vector]}), encoding="utf-8")
    figures = calculators.measure(Options(tmp_path)).systems["eligo"]
    assert figures["eGFR from the note"] == figures["published vectors"] == 1.0
    assert figures["steroid equivalent from the note"] == 0.0  # 10 mg, which is not between 20 and 30


def test_robustness_counts_facts_and_faults(tmp_path: Path) -> None:
    write_rows(tmp_path, "notes.jsonl", [{"n": 1, "text": "She takes aspirin."}, {"n": 2, "text": ""}])
    result = robustness.measure(Options(tmp_path))
    assert result.rows["texts"] == 2
    assert result.systems["eligo"]["crashes"] == result.systems["eligo"]["not quotable"] == 0
    assert result.systems["eligo"]["facts: medication"] == 1


def measured(_: Options) -> Result:
    return Result("a set", {"rows": 2}, {"eligo": {"recall": 0.5, "lost": None}}, (Target("recall", 0.9),), [], ["x"])


def test_table_and_json_and_errors_come_from_one_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("", measured, ["--data", str(tmp_path)])
    assert "0.500" in (table := capsys.readouterr().out) and "not met" in table
    run("", measured, ["--data", str(tmp_path), "--json"])
    assert json.loads(capsys.readouterr().out) == json.loads(as_json(measured(Options(tmp_path))))
    run("", measured, ["--data", str(tmp_path), "--errors"])
    assert capsys.readouterr().out == "x\n"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as failure:
        run("", measured, ["--data", str(tmp_path / "none")])
    assert failure.value.code == 2
