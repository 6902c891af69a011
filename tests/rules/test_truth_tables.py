"""Kleene's tables in full, for the rules and for the reference, and what an answer and a verdict make of them."""

from __future__ import annotations

import itertools

import pytest

from rules import reference
from rules.decision import Judge
from rules.language import All, AnyOf, AtLeast, Node
from rules.tests.base import Operator
from tests.rules.probes import Probe, by_name, criterion, finding, negated, protocol

P, F, U = "pass", "fail", "unknown"
VALUES = {P: (1.0, 1.0), F: (0.0, 0.0), U: (0.0, 1.0)}
A, B, C = Probe(probe="a"), Probe(probe="b"), Probe(probe="c")

ALL = {(P, P): P, (P, U): U, (P, F): F, (U, P): U, (U, U): U, (U, F): F, (F, P): F, (F, U): F, (F, F): F}
ANY = {(P, P): P, (P, U): P, (P, F): P, (U, P): P, (U, U): U, (U, F): U, (F, P): P, (F, U): U, (F, F): F}
NOT = {(P,): F, (U,): U, (F,): P}
TWO_OF_THREE = {
    values: P if values.count(P) >= 2 else F if values.count(F) >= 2 else U
    for values in itertools.product((P, U, F), repeat=3)
}


def answers(tree: Node, values: tuple[str, ...], *, exclusion: bool = False) -> tuple[str, str]:
    """What the engine and the reference say, an open part being contradicted; and again with it silent."""
    found = by_name(finding(name, *VALUES[value]) for name, value in zip("abc", values, strict=False))
    spoken = {key: one for key, one in found.items() if VALUES[U] != (one.low, one.high)}
    judge = Judge(protocol([criterion("X", tree, exclusion=exclusion)]))
    try:
        decided = judge.decide_findings(found).answers[0].answer
        assert judge.decide_findings(spoken).answers[0].answer == decided
    finally:
        judge.close()
    return decided, reference.answer(judge.protocol.criteria[0], found)


@pytest.mark.parametrize(("values", "expected"), ALL.items())
def test_all(values: tuple[str, ...], expected: str) -> None:
    assert answers(All(all=(A, B)), values) == (expected, expected)


@pytest.mark.parametrize(("values", "expected"), ANY.items())
def test_any(values: tuple[str, ...], expected: str) -> None:
    assert answers(AnyOf(any=(A, B)), values) == (expected, expected)


@pytest.mark.parametrize(("values", "expected"), NOT.items())
def test_not(values: tuple[str, ...], expected: str) -> None:
    assert answers(negated(A), values) == (expected, expected)


@pytest.mark.parametrize(("values", "expected"), TWO_OF_THREE.items())
def test_at_least_two_of_three(values: tuple[str, ...], expected: str) -> None:
    assert answers(AtLeast(at_least=2, of=(A, B, C)), values) == (expected, expected)


@pytest.mark.parametrize(("value", "expected"), {P: F, U: U, F: P}.items())
def test_an_exclusion_passes_when_it_is_shown_absent(value: str, expected: str) -> None:
    assert answers(A, (value,), exclusion=True) == (expected, expected)


@pytest.mark.parametrize("exclusion", [False, True])
@pytest.mark.parametrize(("applies", "answer"), [(F, P), (P, U), (U, U)])
def test_whom_a_criterion_does_not_concern_passes_it(applies: str, answer: str, exclusion: bool) -> None:
    judge = Judge(protocol([criterion("X", A, exclusion=exclusion, applies_to=B)]))
    decision = judge.decide_findings(by_name([finding("b", *VALUES[applies], speaks=False)]))
    assert decision.answers[0].answer == answer
    assert not decision.answers[0].raised
    judge.close()


@pytest.mark.parametrize(
    ("low", "high", "operator", "bound", "expected"),
    [
        (55, 60, ">=", 55, P),
        (55, 60, ">=", 58, U),
        (48, 48, ">=", 55, F),
        (55, 55, ">", 55, F),
        (90.00000000000001, None, ">", 90, P),
        (None, 0.5, "<", 1, P),
        (None, None, ">=", 5, U),
        (5e-324, 1, ">", 0, P),
        (1e20, 1e20, "<=", 3, F),
    ],
)
def test_a_test_is_definite_only_for_the_whole_interval(
    low: float | None, high: float | None, operator: Operator, bound: float, expected: str
) -> None:
    test = Probe(probe="a", operator=operator, bound=bound)
    judge = Judge(protocol([criterion("X", test)]))
    assert judge.decide_findings(by_name([finding("a", low, high)])).answers[0].answer == expected
    judge.close()


VERDICTS = [
    # essential, another, settled at the visit -> the verdict ("raised": the letter speaks of it; None: silent)
    (P, P, P, "potentially_eligible"),
    (P, None, None, "potentially_eligible"),
    (P, P, "raised", "potentially_eligible"),
    (P, "raised", P, "needs_information"),
    (None, P, P, "needs_information"),
    ("raised", P, P, "needs_information"),
    (F, "raised", None, "ineligible"),
    (P, F, P, "ineligible"),
    (P, P, F, "ineligible"),
]


@pytest.mark.parametrize(("essential", "other", "settled", "expected"), VERDICTS)
def test_verdict(essential: str | None, other: str | None, settled: str | None, expected: str) -> None:
    asked = protocol(
        [
            criterion("E", A, essential=True),
            criterion("O", B),
            criterion("S", C, settled_at_visit=True),
        ]
    )
    values = {"a": essential, "b": other, "c": settled}
    found = by_name(
        finding(key, *VALUES[U if value == "raised" else value]) for key, value in values.items() if value is not None
    )
    judge = Judge(asked)
    decision = judge.decide_findings(found)
    judge.close()
    assert decision.verdict == expected
    assert [one.criterion.id for one in decision.answers if one.raised] == [
        one for one, value in zip("EOS", values.values(), strict=True) if value == "raised"
    ]
