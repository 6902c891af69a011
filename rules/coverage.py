"""What the cases of a protocol reach: their outcomes in, which answers of each criterion and test they show out.

Only what a case claims counts: a criterion that it does not name is not shown by it, nor are that criterion's tests.
What a part can never come to (a judgement neither holds nor fails) is not asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rules.cases import Outcome, expected_of
from rules.compiler import PlannedNode, walk
from rules.decision import Answered
from rules.language import All, AnyOf, AtLeast, Node, Not, Protocol
from rules.tests.base import OUTCOMES, Test
from rules.tests.base import Outcome as TestOutcome

ANSWERS = ("pass", "fail", "unknown")


@dataclass(frozen=True, slots=True)
class Reach:
    """A criterion, or a test in it, with what can come of it and what the cases showed; `words` name a test."""

    id: str
    words: str
    possible: tuple[str, ...]
    shown: frozenset[str]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(one for one in self.possible if one not in self.shown)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The criteria in the protocol's order, each with its tests."""

    criteria: tuple[tuple[Reach, tuple[Reach, ...]], ...]

    def each(self) -> Iterator[Reach]:
        for criterion, tests in self.criteria:
            yield criterion
            yield from tests

    @property
    def asked(self) -> int:
        return sum(len(one.possible) for one in self.each())

    @property
    def reached(self) -> int:
        return sum(len(one.possible) - len(one.missing) for one in self.each())

    @property
    def share(self) -> float:
        """What was reached of what was asked for, from 0 to 1."""
        return self.reached / self.asked if self.asked else 1.0


def coverage(protocol: Protocol, outcomes: Iterable[Outcome]) -> Coverage:
    """What the outcomes show of every criterion and test of the protocol."""
    shown: dict[str, set[str]] = {}
    roots: dict[str, PlannedNode] = {}
    for outcome in outcomes:
        for one in outcome.decision.answers:
            roots.setdefault(one.criterion.id, one.root)
            if expected_of(outcome.case, one.criterion.id) is not None:
                _note(one, outcome, shown)
    return Coverage(
        tuple(
            _reach(criterion.id, roots.get(criterion.id), criterion.tree, criterion.kind == "inclusion", shown)
            for criterion in protocol.criteria
        )
    )


def _note(one: Answered, outcome: Outcome, shown: dict[str, set[str]]) -> None:
    shown.setdefault(one.criterion.id, set()).add(one.answer)
    for node in walk(one.root):
        if isinstance(node.node, Test):
            shown.setdefault(node.id, set()).add(outcome.decision.proof.outcome(node))


def _reach(
    key: str, root: PlannedNode | None, tree: Node, inclusion: bool, shown: Mapping[str, set[str]]
) -> tuple[Reach, tuple[Reach, ...]]:
    speaks = {"holds": "pass" if inclusion else "fail", "fails": "fail" if inclusion else "pass", "open": "unknown"}
    can = {speaks[outcome] for outcome in reachable(tree)}
    whole = Reach(key, "", tuple(one for one in ANSWERS if one in can), frozenset(shown.get(key, ())))
    tests = tuple(
        Reach(node.id, node.node.finding_id(), _possible(node.node), frozenset(shown.get(node.id, ())))
        for node in (walk(root) if root is not None else ())
        if isinstance(node.node, Test)
    )
    return whole, tests


def _possible(test: Test) -> tuple[str, ...]:
    return tuple(one for one in OUTCOMES if one in test.outcomes)


def reachable(node: Node) -> frozenset[TestOutcome]:
    """What a tree can come to, its tests taken as free of each other."""
    match node:
        case All():
            return _counted([reachable(part) for part in node.all], len(node.all))
        case AnyOf():
            return _counted([reachable(part) for part in node.any], 1)
        case AtLeast():
            return _counted([reachable(part) for part in node.of], node.at_least)
        case Not():
            flipped: dict[TestOutcome, TestOutcome] = {"holds": "fails", "fails": "holds", "open": "open"}
            return frozenset(flipped[one] for one in reachable(node.part))
        case _:
            return node.outcomes


def _counted(parts: list[frozenset[TestOutcome]], needed: int) -> frozenset[TestOutcome]:
    """At least `needed` of the parts: what their counts of certain and of possible ones allow."""
    counts = {(0, 0)}  # (certain, still possible)
    step: dict[TestOutcome, tuple[int, int]] = {"holds": (1, 1), "open": (0, 1), "fails": (0, 0)}
    for part in parts:
        counts = {(low + step[one][0], high + step[one][1]) for low, high in counts for one in part}
    return frozenset(_of_counts(low, high, needed) for low, high in counts)


def _of_counts(low: int, high: int, needed: int) -> TestOutcome:
    return "holds" if low >= needed else "fails" if high < needed else "open"
