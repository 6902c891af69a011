"""What holds for the cases of every shipped protocol: order does not matter, other people's facts never count, and a
missing screening date opens answers but turns none round."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from kb.facts import Fact, Time
from kb.vocabulary import vocabulary
from rules.cases import EVERY, Case, load_cases, situation_of
from rules.findings import Finding, Situation
from rules.language import Criterion, Protocol, leaf_tests, load_protocol
from rules.reference import answer
from rules.tests.base import OUTCOMES
from screening.protocol_testing import read_words

FOLDERS = sorted(path.parent for path in (Path(__file__).parents[2] / "kb" / "protocols").glob("*/cases.yaml"))


@pytest.fixture(scope="module", params=FOLDERS, ids=[folder.name for folder in FOLDERS])
def shipped(request: pytest.FixtureRequest) -> tuple[Protocol, tuple[Case, ...]]:
    protocol = load_protocol(request.param / "protocol.yaml")
    return protocol, load_cases(request.param / "cases.yaml", protocol, vocabulary(), read_words)


def answers(protocol: Protocol, case: Case, facts: Sequence[Fact], as_of: date | None) -> dict[str, tuple[str, bool]]:
    """The answer to each criterion that the case names, and whether the letter speaks of it."""
    letter = None if case.letter is None or as_of is None else Time.on(case.letter)
    situation = Situation(tuple(facts), as_of, vocabulary(), (letter,))
    named = [one for one in protocol.criteria if one.id in case.expect]
    return {one.id: _answer(one, situation) for one in named}


def _answer(criterion: Criterion, situation: Situation) -> tuple[str, bool]:
    found = ((test, test.find(situation)) for test in leaf_tests(criterion.tree))
    findings = {test.finding_id(): finding for test, finding in found if finding is not None}
    return answer(criterion, findings), any(one.speaks for one in findings.values())


def test_the_order_of_the_facts_does_not_matter(shipped: tuple[Protocol, tuple[Case, ...]]) -> None:
    protocol, cases = shipped
    for case in cases:
        forth = answers(protocol, case, case.facts, case.as_of)
        assert answers(protocol, case, case.facts[::-1], case.as_of) == forth, case.name


def test_what_is_told_of_others_never_counts(shipped: tuple[Protocol, tuple[Case, ...]]) -> None:
    protocol, cases = shipped
    for case in cases:
        others = [dataclasses.replace(fact, experiencer="family") for fact in case.facts]
        found = answers(protocol, case, others, case.as_of)
        assert set(found.values()) <= {("unknown", False)}, case.name


def test_a_missing_screening_date_opens_answers_but_turns_none_round(
    shipped: tuple[Protocol, tuple[Case, ...]],
) -> None:
    protocol, cases = shipped
    for case in cases:
        known = answers(protocol, case, case.facts, case.as_of)
        for key, (found, _) in answers(protocol, case, case.facts, None).items():
            assert found in (known[key][0], "unknown"), f"{case.name}: {key}"


def test_every_protocol_has_a_letter_that_says_nothing(shipped: tuple[Protocol, tuple[Case, ...]]) -> None:
    _, cases = shipped
    assert any(not case.facts and case.expect.get(EVERY) == "silent" for case in cases)


def test_every_test_speaks_and_keeps_silent(shipped: tuple[Protocol, tuple[Case, ...]]) -> None:
    protocol, _ = shipped
    nothing = Situation((), date(2026, 6, 15), vocabulary())
    for criterion in protocol.criteria:
        for test in leaf_tests(criterion.tree):
            assert test.find(nothing) is None, f"{criterion.id}: {test.finding_id()}"
            settled = Finding(test.finding_id(), 1.0, 1.0, "", (), basis="so told", note="a reason")
            told = {test.sentence(settled, outcome) for outcome in OUTCOMES} | {test.sentence(None, "open")}
            assert len(told) >= 2 and all(words.endswith((".", "?")) for words in told), f"{criterion.id}: {told}"
            assert test.question().endswith("?"), f"{criterion.id}: {test.question()}"


def test_every_answer_names_facts_and_every_open_finding_a_question(
    shipped: tuple[Protocol, tuple[Case, ...]],
) -> None:
    protocol, cases = shipped
    criteria = {one.id: one for one in protocol.criteria}
    for case in cases:
        situation = situation_of(case, vocabulary())
        known = {fact.id for fact in case.facts}
        for key in case.expect.keys() & criteria.keys():
            for test in leaf_tests(criteria[key].tree):
                found = test.find(situation)
                if found is not None:
                    assert found.facts and set(found.facts) <= known, f"{case.name}: {test.finding_id()}"
                    assert found.low == found.high or found.ask, f"{case.name}: {test.finding_id()}"
