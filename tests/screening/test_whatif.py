"""`eligo whatif` and `eligo questions` as their users see them: words, plain objects, a reply that can be sent."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from docx import Document

from kb.effort import effort_of, efforts
from kb.vocabulary import vocabulary
from screening import cli

LETTER = """\
15 June 2026

Dear colleague,

This 31-year-old woman has SLE meeting the 2019 EULAR/ACR criteria. SLEDAI-2K 12 on 1 June 2026. Weight 60 kg.
Prednisolone 1 mg/kg/day for 4 months in 2025, hydroxychloroquine, mycophenolate and cyclophosphamide failed.
Echo done in May, report awaited. HBcAb positive. Zebrawood.
"""


@pytest.fixture
def letter(tmp_path: Path) -> str:
    path = tmp_path / "letter.txt"
    path.write_text(LETTER, encoding="utf-8")
    return str(path)


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.run(arguments) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_whatif_for_people(capsys: pytest.CaptureFixture[str], letter: str) -> None:
    out = _run(capsys, "whatif", letter, "--days", "120")
    assert "What would change it" in out
    assert "test   I4a" in out
    assert "x ineligible" in out
    assert "2026-09-02  needs information: waits for I3" in " ".join(out.split()) or "2026-09-02" in out


def test_whatif_for_programs(capsys: pytest.CaptureFixture[str], letter: str) -> None:
    found = json.loads(_run(capsys, "whatif", letter, "--format", "json"))
    assert found["verdict"] == "needs_information"
    assert found["calendar"][0]["from"] == "2026-06-15"
    ways = {(change["way"], *change["criteria"]) for one in found["sets"] for change in one["changes"]}
    assert ("test", "I4a") in ways
    assert all(one["verdict"] == "potentially_eligible" for one in found["sets"])


def test_questions_are_ranked_by_what_they_settle_against_their_effort(
    capsys: pytest.CaptureFixture[str], letter: str
) -> None:
    found = json.loads(_run(capsys, "questions", letter, "--format", "json"))["missing"]
    worth = [len(one["settles"]) / efforts()[one["effort"]].weight for one in found]
    assert worth == sorted(worth, reverse=True)
    (dna,) = [one for one in found if "hepatitis B virus DNA" in one["ask"]]
    assert dna["effort"] == "blood"
    assert dna["settles"] == [{"protocol": "NCT06934447", "criterion": "E7a"}]


def test_the_reply_asks_for_exactly_what_is_missing(
    capsys: pytest.CaptureFixture[str], letter: str, tmp_path: Path
) -> None:
    asked = [one["ask"] for one in json.loads(_run(capsys, "questions", letter, "--format", "json"))["missing"]]
    target = tmp_path / "reply.txt"
    _run(capsys, "questions", letter, "--reply", str(target))
    text = target.read_text(encoding="utf-8")
    assert "your referral letter of 15 June 2026" in text
    assert "Zebrawood" not in text
    told = " ".join(text.split())
    assert all(ask in told for ask in asked)
    assert told.count("- ") == len(asked)


def test_the_reply_as_a_word_document_says_the_same(
    capsys: pytest.CaptureFixture[str], letter: str, tmp_path: Path
) -> None:
    word, plain = tmp_path / "reply.docx", tmp_path / "reply.txt"
    _run(capsys, "questions", letter, "--reply", str(word))
    _run(capsys, "questions", letter, "--reply", str(plain))
    paragraphs = [one.text for one in Document(io.BytesIO(word.read_bytes())).paragraphs]
    told = " ".join(plain.read_text(encoding="utf-8").split()).replace("- ", "")
    assert " ".join(paragraphs) == told


def test_questions_over_all_protocols_leave_out_those_out_of_reach(
    capsys: pytest.CaptureFixture[str], letter: str
) -> None:
    found = json.loads(_run(capsys, "questions", letter, "--protocol", "all", "--format", "json"))["missing"]
    protocols = {one["protocol"] for entry in found for one in entry["settles"]}
    assert "NCT06934447" in protocols
    assert protocols.isdisjoint({"NCT06451159", "NCT06588491", "NCT06792344"})  # sclerosis, stiff person, scleroderma


@pytest.mark.parametrize(
    ("concept", "effort"),
    [
        ("hbv-dna", "blood"),
        ("lvef", "imaging"),
        ("spo2", "bedside"),
        ("sledai-2k", "clinic"),
        ("malignancy", "record"),
        ("renal-biopsy", "biopsy"),
        ("no such thing", "record"),
    ],
)
def test_the_effort_of_a_concept(concept: str, effort: str) -> None:
    assert effort_of(concept, vocabulary()).id == effort
