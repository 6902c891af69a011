"""Letters to annotators and back: the folder that brat opens, and what an annotator's correction changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from screening import cli
from tests.screening.record.letters import CANARY, Run

LETTER = f"""\
Date: 15 June 2026

This 31 year old woman from {CANARY} has lupus. Echo 30/5/26: LVEF 48%. No history of malignancy. Her mother has lupus.
Prednisolone 20 mg
daily since May 2026. HCQ 200 mg bd. Anti-dsDNA 1:80. Cyclophosphamide is planned. Penicillin allergy.
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    Path("letter one.txt").write_text(LETTER, encoding="utf-8", newline="\r\n")

    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.run(arguments)
        out, err = capsys.readouterr()
        assert CANARY not in err
        return status, out, err

    return call


EXTRACT = ("extract", "letter one.txt", "--format", "brat", "--out", "folder")


def scored(run: Run) -> dict[str, Any]:
    status, out, err = run("evaluate", "folder", "--format", "json")
    assert (status, err) == (0, "")
    rows: dict[str, Any] = json.loads(out)["facts"]
    return rows


def test_what_was_written_scores_one_everywhere(run: Run) -> None:
    assert run(*EXTRACT) == (0, "", "")
    names = ["annotation.conf", "letter-one.ann", "letter-one.txt", "tools.conf", "visual.conf"]
    assert sorted(path.name for path in Path("folder").iterdir()) == names
    rows = scored(run)
    assert {"condition", "demographic", "measurement", "medication"} <= set(rows)
    for row in rows.values():
        assert (row["precision"], row["recall"], set(row["agreement"].values())) == (1, 1, {1})


def test_every_choice_in_the_annotations_is_one_of_the_configuration(run: Run) -> None:
    run(*EXTRACT)
    offered: dict[str, set[str]] = {}
    for line in Path("folder/annotation.conf").read_text(encoding="utf-8").splitlines():
        name, told, values = line.partition(", Value:")
        if told:
            offered[name.split("\t")[0]] = set(values.split("|"))
    lines = Path("folder/letter-one.ann").read_text(encoding="utf-8").splitlines()
    choices = [line.split("\t")[1].split(" ") for line in lines if line.startswith("A")]
    assert len(choices) > 10 and all(value in offered[name] for name, _, value in choices)


def test_a_correction_and_a_fact_struck_out_are_scored(run: Run) -> None:
    run(*EXTRACT)
    path = Path("folder/letter-one.ann")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    (lvef,) = (line.split("\t")[0] for line in lines if "LVEF" in line and line.startswith("T"))
    (sex,) = (line.split("\t")[0] for line in lines if line.endswith("\twoman\n"))
    kept = [line for line in lines if sex not in line.replace("\t", " ").split(" ")]
    corrected = [line.replace("value: 48 %", "value: 43 %") if f" {lvef}\t" in line else line for line in kept]
    path.write_text("".join(corrected), encoding="utf-8")
    rows = scored(run)
    assert rows["measurement"]["agreement"]["value"] < 1
    assert rows["demographic"]["wrong"] == 1
    status, out, _ = run("evaluate", "folder", "--errors")
    assert status == 0 and "value of measurement lvef" in out and "wrong demographic sex" in out


def test_corrections_are_never_written_over(run: Run) -> None:
    run(*EXTRACT)
    Path("folder/letter-one.ann").write_text("", encoding="utf-8")
    Path("folder/visual.conf").write_text("[labels]\n", encoding="utf-8")
    status, _, err = run(*EXTRACT)
    assert status == 2 and "is there already: give another --out FOLDER" in err and err.count("\n") == 1
    assert Path("folder/letter-one.ann").read_text(encoding="utf-8") == ""
    assert Path("folder/visual.conf").read_text(encoding="utf-8") == "[labels]\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("letter one.txt", "--format", "brat"), "--format brat: a pair of files for each letter: give --out FOLDER"),
        (("letter one.txt", "--format", "brat", "--out", "no/such"), "--out no/such: cannot be written"),
        (("letter one.txt", "--format", "brat", "--out", "f", "--with-text"), "leave these out"),
        (("--jsonl", "x", "--format", "brat", "--out", "f"), "leave these out"),
        (("letter one.txt", "--as-of", "2026-06-15"), "--as-of: the day of rows of NOTE_NLP"),
    ],
)
def test_a_call_that_cannot_be(run: Run, arguments: tuple[str, ...], message: str) -> None:
    status, out, err = run("extract", *arguments)
    assert (status, out) == (2, "") and message in err and err.count("\n") == 1
