"""Laws that hold for every letter: shown on the letters that are shipped to develop on."""

from __future__ import annotations

import functools
import json
import random
from pathlib import Path
from typing import Any

import pytest

from kb.facts import Document
from kb.vocabulary import vocabulary
from rules.decision import Decision, Judge
from rules.findings import Situation
from screening.documents import Letter, read_letters
from screening.interface import screening_json
from screening.pipeline import Pipeline, Screening
from screening.protocols import read_protocol

LETTERS = sorted((Path(__file__).parents[2] / "corpus" / "letters" / "develop").glob("*.txt"))


@functools.cache
def pipeline() -> Pipeline:
    return Pipeline([read_protocol("NCT06934447")])


@functools.cache
def judge() -> Judge:
    return Judge(read_protocol("NCT06934447"))


def _answers(decision: Decision) -> dict[str, tuple[str, bool]]:
    return {one.criterion.id: (one.answer, one.raised) for one in decision.answers}


@functools.cache
def screened(path: Path) -> tuple[Screening, dict[str, Any]]:
    (screening,) = pipeline().screen(read_letters(str(path)))
    return screening, screening_json(screening)


@pytest.fixture(params=LETTERS, ids=lambda path: path.stem)
def letter(request: pytest.FixtureRequest) -> tuple[Screening, dict[str, Any]]:
    return screened(request.param)


def test_every_quote_stands_at_its_place(letter: tuple[Screening, dict[str, Any]]) -> None:
    screening, found = letter
    (document,) = screening.dossier.documents
    assert found["facts"]
    for fact in found["facts"]:
        assert document.text[fact["start"] : fact["end"]] == fact["quote"] != ""


def test_every_definite_answer_quotes_what_decides_it(letter: tuple[Screening, dict[str, Any]]) -> None:
    for criterion in letter[1]["criteria"]:
        if criterion["answer"] != "unknown":
            assert criterion["evidence"], criterion["id"]
            assert criterion["proof"][-1]["result"] == criterion["answer"]


def test_an_unknown_is_either_silent_or_raised(letter: tuple[Screening, dict[str, Any]]) -> None:
    for criterion in letter[1]["criteria"]:
        assert (criterion["silent"] + criterion["raised"]) == (criterion["answer"] == "unknown"), criterion["id"]


def test_the_verdict_follows_from_the_answers(letter: tuple[Screening, dict[str, Any]]) -> None:
    found = letter[1]
    failing = [criterion["id"] for criterion in found["criteria"] if criterion["answer"] == "fail"]
    assert (found["verdict"] == "ineligible") == bool(failing)


def test_the_order_of_the_facts_does_not_matter(letter: tuple[Screening, dict[str, Any]]) -> None:
    screening, _ = letter
    (document,) = screening.dossier.documents
    day = document.date.latest if document.date else None
    facts = list(screening.facts)
    random.Random(len(facts)).shuffle(facts)
    again = judge().decide(Situation(tuple(facts), day, vocabulary(), (document.date,)))
    assert _answers(again) == _answers(screening.decision)


@pytest.mark.parametrize(
    "text",
    [
        "Dear colleague,\nThank you for your letter, which arrived last week.\nYours sincerely",
        "The weather has been fine and the clinic is on the second floor of the new building.",
    ],
)
def test_a_letter_that_says_nothing_answers_nothing(text: str) -> None:
    (screening,) = pipeline().screen([Letter(Document("letter", text, ""), ())])
    found = screening_json(screening)
    assert found["verdict"] == "needs_information"
    assert {criterion["answer"] for criterion in found["criteria"]} == {"unknown"}
    assert all(criterion["silent"] for criterion in found["criteria"])


def test_the_same_letter_gives_the_same_bytes() -> None:
    once = json.dumps(screened(LETTERS[0])[1])
    (again,) = pipeline().screen(read_letters(str(LETTERS[0])))
    assert json.dumps(screening_json(again)) == once
