"""The same protocol decided a second time: tree and findings in, every criterion's answer and the verdict out.

Plain recursion, sharing no code with the compiler and the engine, so that a fault in either shows as a difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from rules.findings import Finding
from rules.language import All, AnyOf, AtLeast, Criterion, Node, Not, Protocol
from rules.tests.base import Comparison, Outcome

Answer = Literal["pass", "fail", "unknown"]
Verdict = Literal["ineligible", "needs_information", "potentially_eligible"]


def outcome(node: Node, findings: Mapping[str, Finding]) -> Outcome:
    """Whether the tree holds, in Kleene's three-valued logic."""
    match node:
        case All():
            return _every([outcome(part, findings) for part in node.all])
        case AnyOf():
            return _flip(_every([_flip(outcome(part, findings)) for part in node.any]))
        case AtLeast():
            return _enough([outcome(part, findings) for part in node.of], node.at_least)
        case Not():
            return _flip(outcome(node.part, findings))
        case _:
            finding = findings.get(node.key)
            if finding is None:
                return "open"
            if _met(finding, node.holds_when()):
                return "holds"
            return "fails" if _met(finding, node.fails_when()) else "open"


def _every(outcomes: list[Outcome]) -> Outcome:
    if "fails" in outcomes:
        return "fails"
    return "open" if "open" in outcomes else "holds"


def _enough(outcomes: list[Outcome], needed: int) -> Outcome:
    certain = sum(1 for one in outcomes if one == "holds")
    possible = certain + sum(1 for one in outcomes if one == "open")
    if certain >= needed:
        return "holds"
    return "fails" if possible < needed else "open"


def _flip(one: Outcome) -> Outcome:
    if one == "open":
        return "open"
    return "fails" if one == "holds" else "holds"


def _met(finding: Finding, comparison: Comparison) -> bool:
    number = finding.low if comparison.end == "low" else finding.high
    if number is None:
        return False
    if comparison.operator == "<":
        return number < comparison.bound
    if comparison.operator == "<=":
        return number <= comparison.bound
    if comparison.operator == ">":
        return number > comparison.bound
    return number >= comparison.bound


def answer(criterion: Criterion, findings: Mapping[str, Finding]) -> Answer:
    """An inclusion passes when its tree holds, an exclusion when it fails."""
    found = outcome(criterion.tree, findings)
    if found == "open":
        return "unknown"
    return "pass" if (found == "holds") == (criterion.requires is not None) else "fail"


def verdict(protocol: Protocol, answers: Mapping[str, Answer], raised: frozenset[str]) -> Verdict:
    """The verdict from the answers and the ids of the criteria that are unknown and raised: of the best cohort."""
    groups: list[str | None] = [cohort.id for cohort in protocol.cohorts] or [None]
    found = [_of_group(protocol, group, answers, raised) for group in groups]
    order: tuple[Verdict, ...] = ("potentially_eligible", "needs_information", "ineligible")
    return next(one for one in order if one in found)


def _of_group(protocol: Protocol, group: str | None, answers: Mapping[str, Answer], raised: frozenset[str]) -> Verdict:
    mine = [one for one in protocol.criteria if not one.recommended and (not one.cohorts or group in one.cohorts)]
    if any(answers[one.id] == "fail" for one in mine):
        return "ineligible"
    for criterion in mine:
        if answers[criterion.id] != "unknown":
            continue
        if criterion.essential or (criterion.id in raised and not criterion.settled_at_visit):
            return "needs_information"
    return "potentially_eligible"
