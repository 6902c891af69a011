"""How many different drugs of a list were taken: medication facts in, a count as an interval out.

Generics, brands and biosimilars are one agent; what is not on the list counts nothing. Unless the letter's words close
the treatment history, or deny an agent, each one unmentioned may have been taken.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rules import derivation
from rules.agents import Agents, agent_words, agents_id, by_agent, by_id, facts_of
from rules.amounts import because, span_words
from rules.concepts import Names
from rules.findings import Finding, Situation
from rules.matching import counted
from rules.medication import denied, medications, taken
from rules.tests.base import Comparison, Outcome, Test


class Exposures(Test):
    """`exposures` lists the agents, a list within it one agent; it holds when `at_least` different ones were taken."""

    exposures: Agents
    at_least: Annotated[int, Field(ge=1)]
    closed_by: Annotated[tuple[str, ...], Names(("statement",))] = ()

    def finding_id(self) -> str:
        return f"agents-taken.{agents_id(self.exposures)}"

    def holds_when(self) -> Comparison:
        return Comparison("low", ">=", self.at_least)

    def fails_when(self) -> Comparison:
        return Comparison("high", "<", self.at_least)

    def find(self, situation: Situation) -> Finding | None:
        told = by_agent(self.exposures, taken, situation)
        certain = {agent: facts for agent, facts in told.items() if any(one.assertion == "present" for one in facts)}
        never = {
            agent: facts for agent, facts in by_agent(self.exposures, denied, situation).items() if agent not in told
        }
        mentioned = by_agent(self.exposures, medications, situation)
        closing = [fact for name in self.closed_by for fact in counted((name,), situation)]
        facts = list({fact.id: fact for fact in (*facts_of(mentioned), *facts_of(never), *closing)}.values())
        if not facts:
            return None
        low = len(certain)
        high = len(told) if closing else len(self.exposures) - len(never)
        return Finding(
            self.finding_id(),
            low,
            high,
            "{agent}",
            tuple(dict.fromkeys(fact.id for fact in facts)),
            calculation=f"{agent_words(list(certain), 'and')}: {low}" if certain else None,
            note="others may have been given" if low < self.at_least <= high else None,
            ask=self.question(),
            basis=agent_words(list(certain), "and") if certain else "none of the list",
            derivation=derivation.agents(by_id(certain), by_id(told, certain), by_id(never), closing),
        )

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        asked = f"at least {self.at_least} different drugs of the list"
        if finding is None:
            return f"None of the list is mentioned (asked for: {asked})."
        count = "" if finding.low == 0 else f" ({span_words(finding.low, finding.low, '').strip()})"
        told = {"holds": "were asked for", "fails": "were asked for", "open": "not settled"}[outcome]
        return f"Taken: {finding.basis}{count}; {asked} {told}{because(finding) if outcome == 'open' else ''}."

    def question(self) -> str:
        return f"Which of these has the patient ever taken: {agent_words(self.exposures)}?"
