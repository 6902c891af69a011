"""The shipped protocols hold together: they read, cover their registry's text, compile, and answer nothing unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.vocabulary import vocabulary
from rules.cases import load_cases, run_cases
from rules.coverage import coverage
from rules.decision import decide
from rules.findings import Situation
from rules.language import Protocol, leaf_tests, load_protocol
from rules.registry import uncovered_sentences, unfounded_quotes
from screening.protocol_testing import read_words

FOLDERS = sorted(path.parent for path in (Path(__file__).parents[2] / "kb" / "protocols").glob("*/protocol.yaml"))


@pytest.fixture(scope="module", params=FOLDERS, ids=[folder.name for folder in FOLDERS])
def shipped(request: pytest.FixtureRequest) -> tuple[Path, Protocol]:
    return request.param, load_protocol(request.param / "protocol.yaml")


def test_there_is_a_protocol() -> None:
    assert "NCT06934447" in [folder.name for folder in FOLDERS]


def test_its_folder_bears_its_id(shipped: tuple[Path, Protocol]) -> None:
    folder, protocol = shipped
    assert folder.name == protocol.id


def test_every_sentence_of_the_registry_is_covered_in_its_own_words(shipped: tuple[Path, Protocol]) -> None:
    folder, protocol = shipped
    registry = (folder / "registry.txt").read_text(encoding="utf-8")
    assert uncovered_sentences(protocol, registry) == []
    assert unfounded_quotes(protocol, registry) == []


def test_an_empty_dossier_answers_nothing(shipped: tuple[Path, Protocol]) -> None:
    decision = decide(shipped[1], Situation((), None, vocabulary()))
    assert [one.criterion.id for one in decision.answers if not one.silent] == []
    assert decision.verdict != "ineligible"


def test_tests_that_share_a_finding_make_the_same_one(shipped: tuple[Path, Protocol]) -> None:
    """One finding is made for all tests of its id, so what two of them ask for may differ in the bounds only."""
    bounds = {"at_least", "at_most", "above", "below"}
    asked: dict[str, set[str]] = {}
    for criterion in shipped[1].criteria:
        for test in leaf_tests(criterion.tree):
            keys = test.model_dump(mode="json", exclude=bounds)
            asked.setdefault(test.finding_id(), set()).add(repr(keys))
    assert {key: sorted(kinds) for key, kinds in asked.items() if len(kinds) > 1} == {}


def test_its_cases_hold_and_reach_its_answers(shipped: tuple[Path, Protocol]) -> None:
    folder, protocol = shipped
    terms = vocabulary()
    outcomes = run_cases(load_cases(folder / "cases.yaml", protocol, terms, read_words), protocol, terms)
    assert [(one.case.name, one.differences) for one in outcomes if one.differences] == []
    reached = coverage(protocol, outcomes)
    assert reached.share >= (1 if protocol.default else 0.9), [one for one in reached.each() if one.missing]
