"""Passages as clinicians write them, the deciding words in passing: each in a short letter, with its answer.

The table `passages.txt` has transplants, cells and pregnancies told in phrases, refusals in shorthand, doses of a trial
on several days, viral loads without the virus's name; `organs.txt` hearts, kidneys, livers and lungs, values in tables,
values told again of the test before, multiples of the norm; `stories.txt` what a list and a story tell twice;
`grafts-and-viruses.txt` transplants told by their organ, donor or care, rows of viral loads, drugs of other diseases.
`exclusions.txt` what excludes, told in shorthand, first or over several sentences.
`classification-and-history.txt` items of the classification and histories of treatment. Each has near misses of all of
them; behind a star stands a letter that does not say that she has SLE.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screening.documents import letter_from_text
from screening.interface import screening_json
from screening.pipeline import Pipeline
from screening.protocols import read_protocol

_OPENING = "10 March 2026\n\nDear colleague,\n\n"
_HEAD = f"{_OPENING}This 34-year-old woman has SLE. "


def _rows(table: str) -> Iterator[tuple[str, str, str]]:
    for line in Path(__file__).with_name(table).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            criterion, answer, passage = line.split(" ", 2)
            yield criterion, answer, passage


_TABLES = sorted(path.name for path in Path(__file__).parent.glob("*.txt"))
_CRITERIA = sorted({(table, row[0]) for table in _TABLES for row in _rows(table)})


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline([read_protocol("NCT06934447")])


def _answer(pipeline: Pipeline, text: str, criterion: str) -> str:
    screening = pipeline.screen([letter_from_text(text, "letter", "letter")])[0]
    (found,) = [entry for entry in screening_json(screening)["criteria"] if entry["id"] == criterion]
    return str(found["answer"]) if found["answer"] != "unknown" else "raised" if found["raised"] else "silent"


@pytest.mark.parametrize(("table", "criterion"), _CRITERIA)
def test_passages_give_their_answers(pipeline: Pipeline, table: str, criterion: str) -> None:
    wrong = []
    for _, expected, passage in (row for row in _rows(table) if row[0] == criterion):
        letter = _OPENING + passage[2:] if passage.startswith("* ") else _HEAD + passage
        answer = _answer(pipeline, letter.replace("~", "\n") + "\n", criterion)
        if answer != expected:
            wrong.append(f"{criterion} is {answer}, not {expected}: {passage}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("criterion", "answer", "letter"),
    [
        ("I1", "fail", "3 Feb 2026\n\nRe: girl, geb. 02.05.2021, SLE with haemolytic anaemia."),
        ("I1", "fail", "3 Feb 2026\n\nConcerning a boy, né le 10.03.2021, SLE."),
        ("I1", "fail", "3 Feb 2026\n\nFemale child, born 2022-08-19, SLE."),
        ("I1", "fail", "3 Feb 2026\n\nSLE in a 3 yrs 4/12 girl."),
        ("I1", "silent", "3 Feb 2026\n\nA woman with SLE. Her child, born 2022-08-19, is well."),
        ("I7a", "pass", "3 Feb 2026\n\nPatientin, geb. 22.02.1970, SLE. She is well."),
        (
            "E5",
            "fail",
            "Dear team,\n\nSLE, woman, 28, cystitis, cefixime until Monday.\n\nSigned: SpR, Tue 10 Mar 2026",
        ),
        (
            "I2a",
            "fail",
            "3 Feb 2026\n\nHe has discoid lupus. Systemic lupus has been looked for, last in May, and excluded.",
        ),
        ("E3b", "fail", "Date of clinic: 1/10/2025 (first of October)\n\nMan of 49, SLE, heart attack on 12 May 2025."),
    ],
)
def test_letters_give_their_answers(pipeline: Pipeline, criterion: str, answer: str, letter: str) -> None:
    assert _answer(pipeline, letter + "\n", criterion) == answer


@pytest.mark.parametrize(
    ("day", "passage"),
    [
        (
            "2026-03-17",
            "E. coli grew from urine and blood; ceftriaxone from 1 March, the last dose on 9 March.",
        ),
        (
            "2026-03-16",
            "Acute pyelonephritis. Ceftriaxone 1 March, changed to meropenem 1 g TDS on 2 March as per sensitivity. "
            "Meropenem was completed on 8 March.",
        ),
        (None, "Cellulitis, still spreading, on flucloxacillin."),
        ("2026-05-10", "AKI requiring dialysis with recovery. First haemodialysis 13/12/2025, last session 9/2/2026."),
    ],
)
def test_a_window_clears_with_the_treatment_told(pipeline: Pipeline, day: str | None, passage: str) -> None:
    screening = pipeline.screen([letter_from_text(f"{_HEAD}{passage}\n", "letter", "letter")])[0]
    assert screening_json(screening)["recheck_on"] == day
