"""A person's judgement in the place of the rules' answer: the verdict turns on it, the rules' own stays beside it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.compiler import Answer
from rules.decision import Decision, Judge
from rules.explanation import reason, render
from tests.rules.probes import Probe, by_name, criterion, finding, protocol

ASKED = protocol([criterion("A", Probe(probe="a"), essential=True), criterion("B", Probe(probe="b"), exclusion=True)])
FOUND = by_name([finding("a", 1), finding("b", 1)])  # A passes, B fails
_answers = st.sampled_from(["pass", "fail", "unknown"])


def judged(**answers: Answer) -> Decision:
    judge = Judge(ASKED, answers)
    try:
        return judge.decide_findings(FOUND, date(2026, 6, 15))
    finally:
        judge.close()


def test_the_verdict_turns_on_the_persons_answer() -> None:
    assert judged().verdict == "ineligible"
    assert judged(B="pass").verdict == "potentially_eligible"
    assert judged(A="fail", B="pass").verdict == "ineligible"
    assert judged(A="unknown", B="pass").verdict == "needs_information"


def test_the_answer_of_the_rules_stays_beside_it() -> None:
    a, b = judged(B="pass").answers
    assert (b.answer, b.overruled, b.by_rules, b.stops) == ("pass", "fail", "fail", False)
    assert (a.answer, a.overruled, a.by_rules) == ("pass", None, "pass")
    assert [step.result for step in b.steps][-1:] == ["fail"], "the proof is that of the rules"


def test_an_explanation_says_whose_answer_it_is() -> None:
    decision = judged(B="pass")
    b = decision.answers[1]
    assert reason(b, decision) == "A person's judgement; by the rules: fail. b holds."
    assert render(b, decision, {})[0].endswith(": pass (a person's judgement; by the rules: fail)")


@given(_answers, _answers)
def test_both_evaluators_agree_on_the_verdict_of_judged_answers(a: Answer, b: Answer) -> None:
    assert [one.answer for one in judged(A=a, B=b).answers] == [a, b]


@pytest.mark.parametrize("answer", ["pass", "fail", "unknown"])
def test_a_judgement_that_agrees_overrules_nothing(answer: Answer) -> None:
    first = judged(A=answer).answers[0]
    assert first.overruled == (None if answer == "pass" else "pass")
