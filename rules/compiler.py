"""From the tree to rules: a protocol goes in, two rules a node and the plan to fire them level by level come out.

A test becomes two rules over its finding (`low >= 55` holds, `high < 55` fails). A connective becomes two rules over a
tally of its parts that Python counts once they are answered. Where nothing fires, the node is open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rules.engine import Condition, EngineError, Rule, Rulebase, Session
from rules.findings import Finding
from rules.language import All, AnyOf, AtLeast, Criterion, Node, Not, Protocol, children
from rules.tests.base import Comparison, Outcome, Test

Answer = Literal["pass", "fail", "unknown"]
_DEFINITE: tuple[Outcome, Outcome] = ("holds", "fails")


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """A node of the protocol with the id that its rules bear. `positive`: that it holds speaks for a pass."""

    id: str
    node: Node
    parts: tuple[PlannedNode, ...]
    height: int
    positive: bool
    below: tuple[PlannedNode, ...]  # all of them, parts after their whole

    def rule_id(self, outcome: Outcome) -> str:
        return f"{self.id}.{outcome}"

    def result(self, outcome: Outcome) -> Answer:
        """What the outcome speaks for, of the criterion."""
        if outcome == "open":
            return "unknown"
        return "pass" if (outcome == "holds") == self.positive else "fail"


@dataclass(frozen=True, slots=True)
class Plan:
    """The criteria's trees in the protocol's order, all rules and whose they are, and the connectives, lowest first."""

    roots: Mapping[str, PlannedNode]
    rules: tuple[Rule, ...]
    owners: Mapping[str, tuple[PlannedNode, Outcome]]
    connectives: tuple[PlannedNode, ...]


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired, what it fired from (a finding, or rules that fired), and what it speaks for."""

    rule: str
    sources: tuple[str, ...]
    result: Answer


@dataclass(slots=True)
class Proof:
    """The outcome of every node that the engine answered, and the rules that fired."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    fired: dict[str, Fired] = field(default_factory=dict)

    def outcome(self, planned: PlannedNode) -> Outcome:
        return self.outcomes.get(planned.id, "open")


# --- compiling --------------------------------------------------------------------------------------------------------


def plan(protocol: Protocol) -> Plan:
    """The nodes named and the rules written. Raises EngineError where a bound is not a finite number."""
    roots = {criterion.id: _root(criterion) for criterion in protocol.criteria}
    nodes = [node for root in roots.values() for node in walk(root)]
    return Plan(
        roots,
        tuple(rule for node in nodes for rule in _rules(node)),
        {node.rule_id(outcome): (node, outcome) for node in nodes for outcome in _DEFINITE},
        tuple(sorted((node for node in nodes if node.parts), key=lambda node: node.height)),
    )


def _root(criterion: Criterion) -> PlannedNode:
    name = f"{criterion.id}.{_name(criterion.tree)}"
    return _planned(criterion.tree, name, criterion.kind == "inclusion")


def _planned(node: Node, name: str, positive: bool) -> PlannedNode:
    inner = not positive if isinstance(node, Not) else positive
    taken: dict[str, int] = {}
    parts = []
    for child in children(node):
        own = _name(child)
        taken[own] = taken.get(own, 0) + 1
        suffix = "" if taken[own] == 1 else f"-{taken[own]}"
        parts.append(_planned(child, f"{name}.{own}{suffix}", inner))
    height = 1 + max(part.height for part in parts) if parts else 0
    below = tuple(inner for part in parts for inner in walk(part))
    return PlannedNode(name, node, tuple(parts), height, positive, below)


def _name(node: Node) -> str:
    match node:
        case All():
            return "all"
        case AnyOf():
            return "any"
        case AtLeast():
            return f"at-least-{node.at_least}"
        case Not():
            return "not"
        case _:
            return re.sub(r"[^a-z0-9-]+", "-", node.finding_id().split(".")[0].lower()).strip("-") or "test"


def walk(planned: PlannedNode) -> tuple[PlannedNode, ...]:
    """The node and all below it, parts after their whole."""
    return (planned, *planned.below)


def _rules(planned: PlannedNode) -> tuple[Rule, Rule]:
    node = planned.node
    if isinstance(node, Test):
        subject = _finding_subject(node.finding_id())
        holds, fails = _condition(node.holds_when()), _condition(node.fails_when())
    else:
        subject = _tally_subject(planned)
        holds, fails = _tally_conditions(node, len(planned.parts))
    return (
        Rule(planned.rule_id("holds"), subject, (holds,)),
        Rule(planned.rule_id("fails"), subject, (fails,)),
    )


def _finding_subject(finding_id: str) -> str:
    return f"finding {finding_id}"


def _tally_subject(planned: PlannedNode) -> str:
    return f"tally {planned.id}"


def _condition(comparison: Comparison) -> Condition:
    return Condition(comparison.end, comparison.operator, float(comparison.bound))


def _tally_conditions(node: Node, count: int) -> tuple[Condition, Condition]:
    """When enough parts hold, and when too few are left: at least k of n holds at k, fails at n - k + 1."""
    match node:
        case Not():
            return Condition("fails", ">=", 1.0), Condition("passes", ">=", 1.0)
        case AnyOf():
            needed = 1
        case AtLeast():
            needed = node.at_least
        case _:
            needed = count
    return Condition("passes", ">=", float(needed)), Condition("fails", ">=", float(count - needed + 1))


# --- firing -----------------------------------------------------------------------------------------------------------


def prove(planned: Plan, session: Session, findings: Mapping[str, Finding]) -> Proof:
    """Tells the session the findings, then level by level the tallies; the proof of what its rules answered.

    Raises EngineError where a node is answered both ways.
    """
    proof = Proof()
    for finding in findings.values():
        ends = {"low": finding.low, "high": finding.high}
        for firing in session.tell(_finding_subject(finding.id), ends):
            _enter(proof, *planned.owners[firing.rule], (finding.id,))
    for node in planned.connectives:
        outcomes = [proof.outcome(part) for part in node.parts]
        tally = {"passes": float(outcomes.count("holds")), "fails": float(outcomes.count("fails"))}
        if not any(tally.values()):
            continue  # every rule over a tally asks for at least one
        for firing in session.tell(_tally_subject(node), tally):
            _, outcome = planned.owners[firing.rule]
            _enter(proof, node, outcome, _supports(proof, node, outcome))
    return proof


def _enter(proof: Proof, node: PlannedNode, outcome: Outcome, sources: tuple[str, ...]) -> None:
    if node.id in proof.outcomes:
        raise EngineError(f"'{node.id}' was answered twice: its comparisons contradict each other")
    proof.outcomes[node.id] = outcome
    rule = node.rule_id(outcome)
    proof.fired[rule] = Fired(rule, sources, node.result(outcome))


def _supports(proof: Proof, node: PlannedNode, outcome: Outcome) -> tuple[str, ...]:
    """The rules of the parts that made the tally: those of the same outcome, of the other one under `not`."""
    wanted: Outcome = outcome if not isinstance(node.node, Not) else ("fails" if outcome == "holds" else "holds")
    return tuple(part.rule_id(wanted) for part in node.parts if proof.outcome(part) == wanted)


def answer_of(root: PlannedNode, proof: Proof) -> Answer:
    """A criterion's answer: what the fired rule of its root speaks for; nothing fired is unknown."""
    fired = proof.fired.get(root.rule_id(proof.outcome(root)))
    return "unknown" if fired is None else fired.result


def steps_of(root: PlannedNode, proof: Proof) -> tuple[Fired, ...]:
    """The rules that led to the criterion's answer, sources first; of an unknown one, all that fired."""
    mine = [node for node in reversed(walk(root)) if node.id in proof.outcomes]
    fired = [proof.fired[node.rule_id(proof.outcomes[node.id])] for node in mine]
    if root.id not in proof.outcomes:
        return tuple(fired)
    wanted = {root.rule_id(proof.outcomes[root.id])}
    for step in reversed(fired):
        if step.rule in wanted:
            wanted |= set(step.sources)
    return tuple(step for step in fired if step.rule in wanted)


def build(planned: Plan, extra: tuple[Rule, ...] = ()) -> Rulebase:
    """The rules in the engine, with any others that share its session."""
    return Rulebase((*planned.rules, *extra))
