"""A kind of test that reads a finding given by name: trees and findings for the tests, without any letter."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from rules.decision import Decision, Judge
from rules.findings import Finding, Situation
from rules.language import All, AnyOf, AtLeast, Cohort, Criterion, Node, Not, Protocol
from rules.tests.base import Comparison, Operator, Outcome, Test

OPPOSITE: dict[Operator, Operator] = {">=": "<", ">": "<=", "<=": ">", "<": ">="}


class Probe(Test):
    """`probe: a, is: ">=", bound: 1`."""

    probe: str
    operator: Operator = ">="
    bound: float = 1.0

    def finding_id(self) -> str:
        return self.probe

    def find(self, situation: Situation) -> Finding | None:
        """Out of a situation a probe makes its finding from the first fact of its name."""
        facts = situation.about(self.probe)
        return finding(self.probe, 1, facts=(facts[0].id,)) if facts else None

    def holds_when(self) -> Comparison:
        return Comparison("low" if self.operator in (">=", ">") else "high", self.operator, self.bound)

    def fails_when(self) -> Comparison:
        return Comparison("high" if self.operator in (">=", ">") else "low", OPPOSITE[self.operator], self.bound)

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        return f"{self.probe} {outcome}"

    def question(self) -> str:
        return f"{self.probe}?"


def finding(name: str, low: float | None, high: float | str | None = "same", **more: object) -> Finding:
    top = low if high == "same" else high
    return Finding(**{"id": name, "low": low, "high": top, "unit": "1", "facts": (), **more})  # type: ignore[arg-type]


def negated(node: Node) -> Not:
    return Not.model_validate({"not": node})


def criterion(name: str, tree: Node, *, exclusion: bool = False, **more: object) -> Criterion:
    side = {"excludes": tree} if exclusion else {"requires": tree}
    return Criterion.model_validate(
        {"id": name, "number": f"Number {name}", "title": name, "quote": f"quote of {name}", **side, **more}
    )


def protocol(criteria: Iterable[Criterion], cohorts: Iterable[str] = ()) -> Protocol:
    groups = tuple(Cohort(id=name, title=f"cohort {name}") for name in cohorts)
    return Protocol(id="P", version="1", title="a trial", cohorts=groups, criteria=tuple(criteria))


def by_name(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {one.id: one for one in findings}


def three() -> Protocol:
    """A protocol with every connective."""
    a, b, c = Probe(probe="a"), Probe(probe="b"), Probe(probe="c")
    return protocol(
        [
            criterion("I1", All(all=(a, AnyOf(any=(b, c)))), essential=True),
            criterion("E1", AtLeast(at_least=2, of=(a, b, c)), exclusion=True),
            criterion("E2", negated(a), exclusion=True),
        ]
    )


def judged(asked: Protocol, found: list[Finding]) -> Decision:
    """What a protocol makes of findings."""
    judge = Judge(asked)
    try:
        return judge.decide_findings(by_name(found))
    finally:
        judge.close()


# --- random protocols and findings ------------------------------------------------------------------------------------

NAMES = ("a", "b", "c", "d.newest", "e")
BOUNDS = (-2.0, 0.0, 0.5, 1.0, 55.0, 1234567.25)
NUMBERS = st.one_of(
    st.none(),
    st.sampled_from(BOUNDS),
    st.sampled_from((54.99999999999999, 55.00000000000001, 5e-324, -5e-324, 1e-9, 1e17, -1e300)),
    st.floats(-60, 60),
)
PROBES = st.builds(
    Probe, probe=st.sampled_from(NAMES), operator=st.sampled_from(sorted(OPPOSITE)), bound=st.sampled_from(BOUNDS)
)


def _connectives(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    lists = st.lists(inner, min_size=1, max_size=4).map(tuple)
    counted = lists.flatmap(
        lambda parts: st.integers(1, len(parts)).map(lambda least: AtLeast(at_least=least, of=parts))
    )
    return st.one_of(
        lists.map(lambda parts: All(all=parts)),
        lists.map(lambda parts: AnyOf(any=parts)),
        counted,
        inner.map(negated),
    )


TREES: st.SearchStrategy[Node] = st.recursive(PROBES, _connectives, max_leaves=8)


@st.composite
def protocols(draw: st.DrawFn) -> Protocol:
    flags = ("settled_at_visit", "essential", "clears_with_time", "recommended")
    cohorts = draw(st.sampled_from(((), ("A", "B"))))
    criteria = [
        criterion(
            f"C{index}",
            draw(TREES),
            exclusion=draw(st.booleans()),
            applies_to=draw(st.none() | PROBES),
            cohorts=tuple(name for name in cohorts if draw(st.booleans())),
            **{flag: draw(st.booleans()) for flag in flags},
        )
        for index in range(draw(st.integers(1, 4)))
    ]
    return protocol(criteria, cohorts)


@st.composite
def findings(draw: st.DrawFn) -> list[Finding]:
    """Some of the names' findings, in any order."""
    found = []
    for name in draw(st.permutations(NAMES)):
        if draw(st.booleans()):
            one, other = draw(NUMBERS), draw(NUMBERS)
            if one is not None and other is not None and one > other:
                one, other = other, one
            found.append(finding(name, one, other, speaks=draw(st.booleans())))
    return found
