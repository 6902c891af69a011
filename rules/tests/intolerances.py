"""How many different drugs of a list toxicity, allergy or contraindication ended or forbade: facts in, a count out.

Stopped for cost, wish, pregnancy or lack of effect is not intolerance; nor is a side effect of a drug that goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from kb.facts import Fact
from rules import derivation
from rules.agents import Agent, agent_words, by_agent, by_id, facts_of, names_of
from rules.amounts import because
from rules.concepts import Names
from rules.denials import denials
from rules.findings import Finding, Situation
from rules.matching import Attributes, Items, counted, spoken_of
from rules.medication import dosing_of, going_on, medications, systemic
from rules.tests.base import Comparison, Outcome, Test
from rules.wording import labels

INTOLERANCE = "intolerance"
_NARROW = 2  # drugs of the list in a class that still says which drug was meant


class Intolerances(Test):
    """`intolerances` lists the agents; it holds when `at_least` different ones were not tolerated.

    `having` narrows by attributes of the intolerance: one without them, or of which they are not told, leaves it open.
    `closed_by`: statements that close the question, `denied_as` the conditions whose denial does.
    """

    intolerances: Annotated[tuple[str, ...], Field(min_length=1), Names(("drug",))]
    at_least: Annotated[int, Field(ge=1)]
    closed_by: Annotated[tuple[str, ...], Names(("statement",))] = ()
    having: Attributes = Field(default_factory=dict)
    denied_as: Annotated[tuple[str, ...], Names(("condition",))] = ()
    raised_by: Items = ()

    @property
    def alters(self) -> Literal["treat", "fixed"]:
        return "fixed"

    def finding_id(self) -> str:
        narrowed = "".join(f".{name}" for name in self.having)
        return f"agents-not-tolerated.{'+'.join(self.intolerances)}{narrowed}"

    def holds_when(self) -> Comparison:
        return Comparison("low", ">=", self.at_least)

    def fails_when(self) -> Comparison:
        return Comparison("high", "<", self.at_least)

    def find(self, situation: Situation) -> Finding | None:
        told = by_agent(self.intolerances, _not_tolerated, situation)
        taken_now = by_agent(self.intolerances, _going_on, situation)
        certain: dict[Agent, list[Fact]] = {
            agent: facts
            for agent, facts in told.items()
            if agent not in taken_now and any(self._is_certain(fact) for fact in facts)
        }
        certain |= {fact.concept: [fact] for fact in self._classes(situation) if not _holds_any(fact, told, situation)}
        told |= {agent: facts for agent, facts in certain.items() if agent not in told}
        closing = [fact for name in self.closed_by for fact in counted((name,), situation)]
        closing += self._denying(situation)
        raising = spoken_of(self.raised_by, situation)
        facts = [*facts_of(told), *closing, *raising]
        if not facts:
            return None
        low = len(certain)
        closed = closing if not raising else []
        high = len(told) if closed else len(self.intolerances)
        return Finding(
            self.finding_id(),
            low,
            high,
            "{agent}",
            tuple(dict.fromkeys(fact.id for fact in facts)),
            note=self._why_open(told) if low < self.at_least <= high else None,
            ask=self.question(),
            basis=agent_words(list(certain), "and") if certain else "none for certain",
            derivation=derivation.agents(by_id(certain), by_id(told, certain), {}, closed),
        )

    def _is_certain(self, fact: Fact) -> bool:
        told = fact.assertion == "present" or dosing_of(fact).status == "never"
        return told and all(rule.weigh(fact.attributes.get(name)) == "counts" for name, rule in self.having.items())

    def _denying(self, situation: Situation) -> list[Fact]:
        denied = denials(self.denied_as, situation) if self.denied_as else None
        return list(denied.covering) if denied is not None and denied.complete else []

    def _classes(self, situation: Situation) -> list[Fact]:
        """Facts that name a narrow class of the list ("calcineurin inhibitors"): one of its drugs at the least."""
        found = []
        for fact in situation.facts:
            if fact.kind != "medication" or fact.experiencer != "patient" or fact.temporality == "planned":
                continue
            below = [agent for agent in self.intolerances if _is_above(fact.concept, agent, situation)]
            narrow = 1 <= len(below) <= _NARROW and not any(by_agent(below, _going_on, situation))
            if narrow and _ended_or_forbidden(fact) and self._is_certain(fact) and systemic(fact, situation):
                found.append(fact)
        return found

    def _why_open(self, told: Mapping[Agent, Sequence[Fact]]) -> str:
        if self.having and told:
            return f"whether the reaction to {agent_words(list(told), 'and')} was such a one is not told"
        return "fewer than asked for are named"

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        asked = f"at least {self.at_least} different standard drugs"
        if finding is None:
            return f"No intolerance is mentioned (asked for: {asked})."
        told = {"holds": "were asked for", "fails": "were asked for", "open": "not settled"}[outcome]
        return f"Not tolerated: {finding.basis}; {asked} {told}{because(finding) if outcome == 'open' else ''}."

    def question(self) -> str:
        return (
            f"Which were stopped or ruled out for toxicity, allergy or contraindication: {labels(self.intolerances)}?"
        )


def _not_tolerated(agents: Sequence[str], situation: Situation) -> list[Fact]:
    return [fact for fact in medications(agents, situation) if systemic(fact, situation) and _ended_or_forbidden(fact)]


def _is_above(concept: str, agent: str, situation: Situation) -> bool:
    return concept != agent and concept in situation.vocabulary and situation.vocabulary.is_a(agent, concept)


def _holds_any(fact: Fact, told: Mapping[Agent, Sequence[Fact]], situation: Situation) -> bool:
    """Whether a drug of the class is counted by its own name."""
    return any(_is_above(fact.concept, name, situation) for agent in told for name in names_of(agent))


def _ended_or_forbidden(fact: Fact) -> bool:
    """A drug that was forbidden was never taken: its fact is absent, its reason stands."""
    dosing = dosing_of(fact)
    if dosing.status == "never":
        return dosing.reason_stopped == INTOLERANCE
    if fact.assertion not in ("present", "possible"):
        return False
    return dosing.status == "allergy" or (dosing.status == "past" and dosing.reason_stopped == INTOLERANCE)


def _going_on(agents: Sequence[str], situation: Situation) -> list[Fact]:
    return [fact for fact in medications(agents, situation) if going_on(fact, situation) and systemic(fact, situation)]
