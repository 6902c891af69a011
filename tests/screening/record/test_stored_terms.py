"""A user's own terms are stored with what was screened by them: without their folder it is decided again as it was."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kb.own_terms import own_json, with_own_json, with_own_terms
from kb.vocabulary import TermsError, shipped, vocabulary
from screening.record.chain import digest
from screening.record.store import opened
from tests.screening.record.letters import Run

TERMS = """\
kind: drug
terms:
  - id: house-antibody
    label: House antibody
    is_a: [anti-cd20]
    phrases: ["house (antibody|mab)"]
    exact: [HAB]
"""
PROTOCOL = """\
id: HOUSE
version: "1"
title: a trial of the house
criteria:
  - id: E1
    number: Exclusion 1
    title: House antibody within 12 weeks
    quote: "House antibody within 12 weeks"
    excludes: {exposure: house-antibody, within: 12 weeks before screening}
  - id: E2
    number: Exclusion 2
    title: B cell depletion within 12 weeks
    quote: "B cell depletion within 12 weeks"
    excludes: {exposure: anti-cd20, within: 12 weeks before screening}
"""
LETTER = "Date: 15 June 2026\n\nThis 31 year old woman has lupus. House mab was given on 1 June 2026.\n"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a letter, a protocol and a folder of terms without which neither says anything."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ELIGO_USER", "reader")
    for name in ("ELIGO_TERMS", "ELIGO_PROTOCOLS", "ELIGO_STORE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "house.yaml").write_text(TERMS, encoding="utf-8")
    (tmp_path / "house.yaml").write_text(PROTOCOL, encoding="utf-8")
    (tmp_path / "a.txt").write_text(LETTER, encoding="utf-8")
    return tmp_path


@pytest.fixture
def screened(run: Run, house: Path, store: str) -> str:
    """A store with the letter's screening; the terms' folder is gone."""
    given = ("--protocol", "house.yaml", "--terms", "terms", "--store", store)
    assert run("screen", "a.txt", *given)[0] == 0
    shutil.rmtree(house / "terms")
    return store


def test_it_is_decided_again_without_the_folder(run: Run, screened: str) -> None:
    status, out, err = run("explain", "s1", "--store", screened)
    assert (status, err) == (0, "")
    assert "the same answers" in out and "E1  Exclusion 1  House antibody within 12 weeks: fail" in out
    assert "House antibody" in run("whatif", "s1", "--store", screened)[1]
    assert vocabulary() is shipped()


def test_the_terms_are_in_the_chain(run: Run, screened: str) -> None:
    record = opened(screened).screening("s1")
    assert record.own_terms is not None and record.entry.own_terms == digest(record.own_terms)
    shown = json.loads(run("audit", "show", "s1", "--store", screened)[1])
    [term] = shown["own_terms"]
    assert (term["kind"], term["id"], term["exact"]) == ("drug", "house-antibody", ["HAB"])
    assert run("audit", "verify", "--store", screened)[0] == 0


def test_a_review_keeps_them(run: Run, screened: str) -> None:
    call = ("review", "s1", "--answer", "E1=pass", "--reason", "investigator-judgement", "--store", screened)
    assert run(*call)[0] == 0
    entries = opened(screened).entries()
    assert entries[1].own_terms == entries[0].own_terms
    assert "a person's judgement" in run("explain", "s1", "E1", "--store", screened)[1]


def test_a_certificate_can_be_made_of_it(run: Run, screened: str, house: Path) -> None:
    assert run("certify", "s1", "--store", screened, "--out", "c.json")[::2] == (0, "")
    status, out, _ = run("verify", "c.json", "--letter", "a.txt", "--protocol-file", "house.yaml")
    assert status == 0 and "house-antibody bears on anti-cd20" in out


def test_they_outlive_the_letter(run: Run, screened: str) -> None:
    assert run("audit", "erase", "s1", "--store", screened)[0] == 0
    record = opened(screened).screening("s1")
    assert record.own_terms is not None and record.entry.own_terms == digest(record.own_terms)
    assert run("audit", "verify", "--store", screened)[0] == 0


def test_whom_to_screen_again_is_told_by_their_own_terms(run: Run, screened: str) -> None:
    status, out, err = run("log", "--rescreen", "--store", screened)
    assert (status, err) == (0, "") and "terms" not in out


def test_without_own_terms_nothing_is_stored_of_them(run: Run, house: Path, store: str) -> None:
    assert run("screen", "a.txt", "--store", store)[0] == 0
    assert opened(store).entries()[0].own_terms is None


def test_terms_told_as_data_are_the_same_terms(house: Path) -> None:
    own = with_own_terms(Path("terms"), shipped())
    told = json.loads(json.dumps(own_json(own, shipped())))
    again = with_own_json(told, shipped())
    assert again.terms == own.terms and again.kinds == own.kinds
    assert again["house-antibody"].names == ("house antibody", "house mab")
    assert own_json(shipped(), shipped()) == []


def test_stored_terms_go_before_shipped_ones_of_today(house: Path) -> None:
    told = [{"kind": "drug", "id": "rituximab", "label": "Another", "is_a": ["anti-cd20"]}]
    assert with_own_json(told, shipped())["rituximab"].label == "Another"


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "planet", "id": "x", "label": "X"},
        {"kind": "drug", "id": "x"},
        {"kind": "drug", "id": "x", "label": "X", "is_a": ["no-term"]},
    ],
)
def test_terms_that_cannot_be_read_any_more_are_told(told: dict[str, object]) -> None:
    with pytest.raises(TermsError):
        with_own_json([told], shipped())
