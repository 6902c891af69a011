"""Rules and reference agree on any protocol and any findings; without the rules there is no answer."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.facts import Fact
from kb.vocabulary import Vocabulary
from rules import compiler, reference
from rules.decision import DisagreementError, Judge, decide
from rules.engine import Rulebase, Session
from rules.explanation import deciding_findings, reason
from rules.findings import Finding, Situation
from rules.language import Protocol
from tests.rules.probes import Probe, by_name, criterion, finding, findings, judged, protocol, protocols, three

ROOT = Path(__file__).parents[2]
NOTHING = Situation(facts=(), as_of=None, vocabulary=Vocabulary([]))


@settings(max_examples=150, deadline=None)
@given(protocols(), findings(), st.randoms(use_true_random=False))
def test_rules_and_reference_agree_in_any_order(asked: Protocol, found: list[Finding], order: random.Random) -> None:
    decision = judged(asked, found)
    expected = {one.id: reference.answer(one, by_name(found)) for one in asked.criteria}
    assert {one.criterion.id: one.answer for one in decision.answers} == expected
    shuffled = order.sample(found, len(found))
    assert judged(asked, shuffled).answers == decision.answers


@settings(max_examples=60, deadline=None)
@given(protocols(), findings())
def test_a_proof_is_closed_and_ends_in_the_answer(asked: Protocol, found: list[Finding]) -> None:
    decision = judged(asked, found)
    for one in decision.answers:
        rules = [step.rule for step in one.steps]
        for at, step in enumerate(one.steps):
            assert step.sources
            assert all(source in decision.findings or source in rules[:at] for source in step.sources)
        if one.answer != "unknown":
            assert one.steps[-1].result == one.answer
            assert one.steps[-1].rule.startswith(one.root.id)
            assert deciding_findings(one, decision)
        assert reason(one, decision)


@settings(max_examples=60, deadline=None)
@given(protocols(), findings(), st.sampled_from("abce"))
def test_what_is_no_longer_said_becomes_no_answer(asked: Protocol, found: list[Finding], name: str) -> None:
    """Taking a matter out of the dossier never turns an answer into its opposite."""
    before, after = judged(asked, found), judged(asked, [one for one in found if one.id != name])
    for one, other in zip(before.answers, after.answers, strict=True):
        assert other.answer in (one.answer, "unknown")


@settings(max_examples=40, deadline=None)
@given(protocols())
def test_an_empty_dossier_answers_nothing(asked: Protocol) -> None:
    decision = decide(asked, NOTHING)
    assert {one.answer for one in decision.answers} == {"unknown"}
    assert all(one.silent for one in decision.answers)
    assert decision.verdict != "ineligible"


def test_the_best_cohort_decides_and_the_others_are_set_aside() -> None:
    asked = protocol(
        [
            criterion("S", Probe(probe="a")),
            criterion("A1", Probe(probe="b"), cohorts=("A",)),
            criterion("B1", Probe(probe="c"), cohorts=("B",)),
        ],
        ("A", "B"),
    )
    decision = judged(asked, [finding("a", 1), finding("b", 0), finding("c", 1)])
    assert (decision.verdict, decision.cohorts) == (
        "potentially_eligible",
        {"A": "ineligible", "B": "potentially_eligible"},
    )
    assert [one.criterion.id for one in decision.answers if one.set_aside] == ["A1"]
    assert not any(one.stops for one in decision.answers)
    both = judged(asked, [finding("a", 1), finding("b", 0), finding("c", 0)])
    assert both.verdict == "ineligible"
    assert [one.criterion.id for one in both.answers if one.stops] == ["A1", "B1"]
    assert judged(asked, [finding("a", 0), finding("c", 1)]).verdict == "ineligible"


def test_what_is_only_recommended_decides_nothing() -> None:
    asked = protocol(
        [criterion("I1", Probe(probe="a"), essential=True, recommended=True), criterion("I2", Probe(probe="b"))]
    )
    for found in ([finding("a", 0), finding("b", 1)], [finding("a", 0, 1), finding("b", 1)], [finding("b", 1)]):
        decision = judged(asked, found)
        assert decision.verdict == "potentially_eligible"
        assert not decision.questions


def test_without_the_rules_there_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine replaced by nothing: no node is answered, and the decision is refused."""
    found = by_name([finding("a", 1), finding("b", 0), finding("c", 1)])
    judge = Judge(three())
    assert [one.answer for one in judge.decide_findings(found).answers] == ["pass", "fail", "pass"]
    monkeypatch.setattr(Session, "tell", lambda *_: [])
    planned = compiler.plan(judge.protocol)
    with Rulebase(planned.rules).session() as session:
        proof = compiler.prove(planned, session, found)
    assert {compiler.answer_of(root, proof) for root in planned.roots.values()} == {"unknown"}
    with pytest.raises(Exception, match="0 verdicts"):
        judge.decide_findings(found)


def test_a_difference_is_an_error_and_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Judge(three())
    monkeypatch.setattr(reference, "_every", lambda outcomes: "holds")
    with pytest.raises(DisagreementError, match="I1"):
        judge.decide_findings(by_name([finding("a", 0)]))


def test_a_different_verdict_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Judge(three())
    monkeypatch.setattr(reference, "verdict", lambda *_: "potentially_eligible")
    with pytest.raises(DisagreementError, match="verdict"):
        judge.decide_findings({})


def test_the_proof_names_the_rules_that_fired() -> None:
    decision = judged(three(), [finding("a", 1), finding("b", 0), finding("c", 1)])
    steps = {
        one.criterion.id: [(step.rule, step.sources, step.result) for step in one.steps] for one in decision.answers
    }
    assert steps["I1"] == [
        ("I1.all.any.c.holds", ("c",), "pass"),
        ("I1.all.any.holds", ("I1.all.any.c.holds",), "pass"),
        ("I1.all.a.holds", ("a",), "pass"),
        ("I1.all.holds", ("I1.all.a.holds", "I1.all.any.holds"), "pass"),
    ]
    assert steps["E1"][-1] == (
        "E1.at-least-2.holds",
        ("E1.at-least-2.a.holds", "E1.at-least-2.c.holds"),
        "fail",
    )
    assert steps["E2"] == [("E2.not.a.holds", ("a",), "pass"), ("E2.not.fails", ("E2.not.a.holds",), "pass")]


def test_a_finding_is_made_once_for_the_tests_that_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    original = Probe.find

    def counted(self: Probe, situation: Situation) -> Finding | None:
        calls.append(self.probe)
        return original(self, situation)

    monkeypatch.setattr(Probe, "find", counted)
    fresh = Situation(facts=(), as_of=None, vocabulary=Vocabulary([]))
    for _ in range(2):  # nor is it made again for another protocol that asks the same
        decide(three(), fresh)
    assert sorted(calls) == ["a", "b", "c"]


def test_facts_reach_the_answer() -> None:
    fact = Fact("f1", "condition", "a", "A", 0, 0, 1, "a")
    decision = decide(protocol([criterion("X", Probe(probe="a"))]), Situation((fact,), None, Vocabulary([])))
    assert decision.answers[0].answer == "pass"
    assert deciding_findings(decision.answers[0], decision)[0].facts == ("f1",)


_SCRIPT = """
import json
from probes import finding, judged, three
from rules.explanation import render
decision = judged(three(), [finding("c", 1), finding("a", 0, 1), finding("b", 0)])
print(json.dumps([[one.answer, one.raised, [repr(step) for step in one.steps], render(one, decision, {})]
    for one in decision.answers] + [decision.verdict, repr(decision.questions)]))
"""


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    outputs = set()
    for seed in ("0", "1", "4711"):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(Path(__file__).parent))),
        }
        run = subprocess.run(
            [sys.executable, "-c", _SCRIPT], capture_output=True, check=True, env=environment, cwd=ROOT
        )
        outputs.add(run.stdout)
    assert len(outputs) == 1
    assert len(json.loads(outputs.pop())) == 5
