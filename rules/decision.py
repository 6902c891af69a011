"""One dossier against one protocol: the patient's facts go in, every criterion's answer with its proof comes out.

Findings are made once; then the engine and the reference each decide, and a difference is an error, never a verdict.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rules import compiler, reference, verdict
from rules.compiler import Answer, Fired, PlannedNode, Proof
from rules.findings import Finding, Situation
from rules.language import Criterion, Protocol, leaf_tests
from rules.reference import Verdict
from rules.tests.base import Test
from rules.verdict import Question, Ruled

_MOST_CLEARINGS = 100  # windows of one dossier that close one after another; beyond it no date is promised


class DisagreementError(RuntimeError):
    """The rules and the reference evaluator decided differently: no verdict may be given."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A criterion's answer. An unknown one is `raised` (the letter speaks of it) or else silent.

    `set_aside`: it is asked only of cohorts that are out while another is not, so the verdict does not turn on it.
    `overruled` is the rules' own answer where a person's judgement stands in its place.
    """

    criterion: Criterion
    answer: Answer
    raised: bool
    root: PlannedNode
    steps: tuple[Fired, ...]
    set_aside: bool = False
    overruled: Answer | None = None

    @property
    def by_rules(self) -> Answer:
        """What the rules answer, whatever a person has said since."""
        return self.overruled or self.answer

    @property
    def stops(self) -> bool:
        """Whether it stands in the patient's way."""
        return self.answer == "fail" and not self.criterion.recommended and not self.set_aside

    @property
    def silent(self) -> bool:
        return self.answer == "unknown" and not self.raised

    @property
    def waited_for(self) -> bool:
        """Whether the verdict waits for this criterion to be settled."""
        return verdict.waited_for(self.criterion, self.answer, self.raised) and not self.set_aside


@dataclass(frozen=True, slots=True)
class Decision:
    """What the protocol makes of a dossier. `questions` ask for what the verdict waits for.

    `judgements` are a person's answers, which stand in the place of the rules' own, be they the same today or not.
    """

    protocol: Protocol
    as_of: date | None
    verdict: Verdict
    recheck_on: date | None
    answers: tuple[Answered, ...]
    findings: Mapping[str, Finding]
    proof: Proof
    questions: tuple[Question, ...]
    cohorts: Mapping[str, Verdict] = field(default_factory=dict)
    judgements: Mapping[str, Answer] = field(default_factory=dict)


class Judge:
    """A protocol compiled once, for many dossiers.

    `judgements` are a person's answers on one dossier, which stand in the place of the rules' own.
    """

    def __init__(self, protocol: Protocol, judgements: Mapping[str, Answer] | None = None) -> None:
        self.protocol = protocol
        self._judgements = judgements or {}
        self._plan = compiler.plan(protocol)
        self._rulebase = compiler.build(self._plan, verdict.rules_of(protocol))
        self._asked = {one.id: frozenset(test.key for test in leaf_tests(one.tree)) for one in protocol.criteria}
        tests = (test for criterion in protocol.criteria for test in leaf_tests(criterion.tree))
        self._tests = dict(sorted({test.key: test for test in tests}.items()))

    def close(self) -> None:
        """Frees the engine's memory."""
        self._rulebase.close()

    def find(self, situation: Situation) -> dict[str, Finding]:
        """Every finding that the protocol asks for and the dossier speaks of, by id."""
        found = {key: self._found(test, situation) for key, test in self._tests.items()}
        return {key: finding for key, finding in found.items() if finding is not None}

    def _found(self, test: Test, situation: Situation) -> Finding | None:
        """The finding, made once for all the protocols that ask the same of a dossier."""
        asked = test.in_full
        if asked not in situation.found:
            situation.found[asked] = test.find(situation)
        return situation.found[asked]

    def decide(self, situation: Situation) -> Decision:
        """Raises EngineError or DisagreementError where the decision cannot be trusted."""
        decision = self.decide_findings(self.find(situation), situation.as_of)
        if decision.verdict == "ineligible" and situation.as_of is not None:
            return dataclasses.replace(decision, recheck_on=self._recheck(decision, situation))
        return decision

    def decide_findings(self, findings: Mapping[str, Finding], as_of: date | None = None) -> Decision:
        """As `decide`, from findings that are already made; without a date to check again."""
        with self._rulebase.session() as session:
            proof = compiler.prove(self._plan, session, findings)
            by_rules = {key: compiler.answer_of(root, proof) for key, root in self._plan.roots.items()}
            answers = self._judged(by_rules)
            raised = self._raised(answers, findings)
            ruled = verdict.ruled_verdict(session, self.protocol, answers, raised)
        self._compare(by_rules, raised, ruled.verdict, findings)
        answered = tuple(
            Answered(
                one,
                answers[one.id],
                one.id in raised,
                root,
                compiler.steps_of(root, proof),
                _set_aside(one, ruled),
                by_rules[one.id] if answers[one.id] != by_rules[one.id] else None,
            )
            for one, root in zip(self.protocol.criteria, self._plan.roots.values(), strict=True)
        )
        asked = tuple(
            question
            for one in answered
            if one.waited_for
            for question in verdict.questions(one.criterion, one.root, proof, findings)
        )
        return Decision(
            self.protocol,
            as_of,
            ruled.verdict,
            None,
            answered,
            findings,
            proof,
            asked,
            ruled.cohorts,
            self._judgements,
        )

    def _judged(self, answers: Mapping[str, Answer]) -> dict[str, Answer]:
        """The answers with a person's in the place of the rules' own."""
        return {key: self._judgements.get(key, answer) for key, answer in answers.items()}

    def _raised(self, answers: Mapping[str, Answer], findings: Mapping[str, Finding]) -> frozenset[str]:
        """The unknown criteria of which the letter speaks: some finding of theirs exists for that reason."""
        spoken = {key for key, finding in findings.items() if finding.speaks}
        return frozenset(
            one.id
            for one in self.protocol.criteria
            if answers[one.id] == "unknown" and not spoken.isdisjoint(self._asked[one.id])
        )

    def _compare(
        self, answers: Mapping[str, Answer], raised: frozenset[str], ruled: Verdict, findings: Mapping[str, Finding]
    ) -> None:
        expected = {one.id: reference.answer(one, findings) for one in self.protocol.criteria}
        different = [key for key, answer in answers.items() if expected[key] != answer]
        if different:
            raise DisagreementError(f"rules and reference differ on {', '.join(different)}: no verdict is given")
        if reference.verdict(self.protocol, self._judged(expected), raised) != ruled:
            raise DisagreementError("rules and reference differ on the verdict: none is given")

    def _recheck(self, decision: Decision, situation: Situation) -> date | None:
        """The first day on which none of the failing criteria fails, if time alone brings it; decided again there."""
        failing = {one.criterion.id for one in decision.answers if one.stops}
        if not all(one.criterion.clears_with_time for one in decision.answers if one.criterion.id in failing):
            return None
        if not failing.isdisjoint(self._judgements):  # no window closes on what a person has judged
            return None
        for _ in range(_MOST_CLEARINGS):
            day = _next_clearing(decision, failing)
            if day is None:
                return None
            moved = dataclasses.replace(situation, as_of=day)
            decision = self.decide_findings(self.find(moved), day)
            if not any(one.answer == "fail" for one in decision.answers if one.criterion.id in failing):
                return day
        return None


def _set_aside(criterion: Criterion, ruled: Ruled) -> bool:
    """Whether every cohort that the criterion is asked of is out, while another cohort is not."""
    own = [ruled.cohorts[cohort] for cohort in criterion.cohorts]
    return bool(own) and ruled.verdict != "ineligible" and all(one == "ineligible" for one in own)


def _next_clearing(decision: Decision, failing: set[str]) -> date | None:
    """The next day on which a window closes of those that make the criteria fail; None where one is held open."""
    days = set()
    for one in decision.answers:
        if one.criterion.id not in failing or one.answer != "fail":
            continue
        findings = [decision.findings[key] for step in one.steps for key in step.sources if key in decision.findings]
        if any(finding.holds_open for finding in findings):
            return None
        days |= {finding.clears_on for finding in findings if finding.clears_on is not None}
    return min((day for day in days if decision.as_of is None or day > decision.as_of), default=None)


def decide(protocol: Protocol, situation: Situation) -> Decision:
    """Decides one dossier; for many, keep a `Judge`. Raises EngineError or DisagreementError."""
    judge = Judge(protocol)
    try:
        return judge.decide(situation)
    finally:
        judge.close()
