"""From answers to the verdict: a count of what fails and what is open goes in, the verdict of the rules comes out.

Also here: the questions that would settle what is open, since they are asked for exactly what the verdict waits for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.compiler import Answer, PlannedNode, Proof
from rules.engine import Condition, EngineError, Rule, Session
from rules.findings import Finding
from rules.language import All, AnyOf, AtLeast, Criterion, Not, Protocol
from rules.reference import Verdict
from rules.tests.base import Test

_SUBJECT = "verdict"
_NONE_FAILS = Condition("failing", "<=", 0.0)


def _criteria_rules(subject: str) -> tuple[Rule, ...]:
    """The rules over the answers, for one subject; a cohort's rules bear its name behind a space."""
    _, space, cohort = subject.partition(" ")
    end = f"{space}{cohort}"
    return (
        Rule(f"verdict.ineligible{end}", subject, (Condition("failing", ">=", 1.0),)),
        Rule(f"verdict.needs-information.essential{end}", subject, (_NONE_FAILS, Condition("essential", ">=", 1.0))),
        Rule(f"verdict.needs-information.raised{end}", subject, (_NONE_FAILS, Condition("raised", ">=", 1.0))),
        Rule(
            f"verdict.potentially-eligible{end}",
            subject,
            (_NONE_FAILS, Condition("essential", "<=", 0.0), Condition("raised", "<=", 0.0)),
        ),
    )


_NONE_PASSES = Condition("passes", "<=", 0.0)
_COHORT_RULES = (
    Rule("verdict.potentially-eligible", _SUBJECT, (Condition("passes", ">=", 1.0),)),
    Rule("verdict.needs-information.raised", _SUBJECT, (_NONE_PASSES, Condition("raised", ">=", 1.0))),
    Rule("verdict.ineligible", _SUBJECT, (_NONE_PASSES, Condition("raised", "<=", 0.0))),
)
_VERDICTS: dict[str, Verdict] = {
    "verdict.ineligible": "ineligible",
    "verdict.needs-information.essential": "needs_information",
    "verdict.needs-information.raised": "needs_information",
    "verdict.potentially-eligible": "potentially_eligible",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask the referrer, and for which criterion."""

    criterion: str
    ask: str


def waited_for(criterion: Criterion, answer: Answer, raised: bool) -> bool:
    """Whether the verdict waits for this criterion to be settled."""
    waits = criterion.essential or (raised and not criterion.settled_at_visit)
    return answer == "unknown" and waits and not criterion.recommended


@dataclass(frozen=True, slots=True)
class Ruled:
    """The verdict of the rules, and that of each cohort where the protocol has them."""

    verdict: Verdict
    cohorts: Mapping[str, Verdict]


def rules_of(protocol: Protocol) -> tuple[Rule, ...]:
    """The rules of the verdict: those of the criteria, for each cohort where there are cohorts, and then those over
    the cohorts."""
    if not protocol.cohorts:
        return _criteria_rules(_SUBJECT)
    own = [rule for cohort in protocol.cohorts for rule in _criteria_rules(f"{_SUBJECT} {cohort.id}")]
    return (*own, *_COHORT_RULES)


def ruled_verdict(session: Session, protocol: Protocol, answers: Mapping[str, Answer], raised: frozenset[str]) -> Ruled:
    """The verdict that the rules give. Raises EngineError where they give none, or two."""
    if not protocol.cohorts:
        return Ruled(_of_criteria(session, _SUBJECT, protocol.criteria, answers, raised), {})
    own = {
        cohort.id: _of_criteria(session, f"{_SUBJECT} {cohort.id}", criteria_of(protocol, cohort.id), answers, raised)
        for cohort in protocol.cohorts
    }
    found = list(own.values())
    tally = {
        "passes": float(found.count("potentially_eligible")),
        "raised": float(found.count("needs_information")),
    }
    return Ruled(_fired(session, _SUBJECT, tally), own)


def criteria_of(protocol: Protocol, cohort: str) -> list[Criterion]:
    """The criteria asked of the cohort's patients: the shared ones and its own."""
    return [one for one in protocol.criteria if not one.cohorts or cohort in one.cohorts]


def _of_criteria(
    session: Session,
    subject: str,
    criteria: Sequence[Criterion],
    answers: Mapping[str, Answer],
    raised: frozenset[str],
) -> Verdict:
    waiting = [one for one in criteria if waited_for(one, answers[one.id], one.id in raised)]
    tally = {
        "failing": float(sum(1 for one in criteria if answers[one.id] == "fail" and not one.recommended)),
        "essential": float(sum(1 for criterion in waiting if criterion.essential)),
        "raised": float(sum(1 for criterion in waiting if not criterion.essential)),
    }
    return _fired(session, subject, tally)


def _fired(session: Session, subject: str, tally: Mapping[str, float]) -> Verdict:
    verdicts = {_VERDICTS[firing.rule.partition(" ")[0]] for firing in session.tell(subject, tally)}
    if len(verdicts) != 1:
        raise EngineError(f"the rules gave {len(verdicts)} verdicts")
    return verdicts.pop()


def questions(
    criterion: Criterion, root: PlannedNode, proof: Proof, findings: Mapping[str, Finding]
) -> tuple[Question, ...]:
    """What would settle an open criterion: of an `any` the part the letter speaks of, of an `all` each open part."""
    asked = dict.fromkeys(text for text, _ in _asks(root, proof, findings))
    return tuple(Question(criterion.id, text) for text in asked)


def _asks(node: PlannedNode, proof: Proof, findings: Mapping[str, Finding]) -> list[tuple[str, bool]]:
    """Questions of the node's open tests, each with whether the letter speaks of the matter."""
    if proof.outcome(node) != "open":
        return []
    if isinstance(node.node, Test):
        finding = findings.get(node.node.key)
        spoken = finding is not None and finding.speaks
        return [((finding.ask if finding is not None else None) or node.node.question(), spoken)]
    parts = [asks for part in node.parts if (asks := _asks(part, proof, findings))]
    match node.node:
        case All() | Not():
            return [ask for asks in parts for ask in asks]
        case AnyOf() | AtLeast():
            spoken_parts = [asks for asks in parts if any(spoken for _, spoken in asks)]
            return (spoken_parts or parts)[0]
    return []
