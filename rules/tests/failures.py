"""How many different drugs of a list failed: medication facts in, a count as an interval out.

A drug fails by no response, by a response that was lost, or by intolerance; a protocol says which of them count. A
drug whose end is not explained may have failed; one that was stopped for cost, wish or pregnancy did not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from kb.facts import Fact
from rules import derivation
from rules.agents import Agents, agent_words, agents_id, by_agent, by_id, facts_of
from rules.amounts import AmountText, amount, because
from rules.concepts import Names
from rules.findings import Finding, Situation
from rules.matching import Items, counted, spoken_of
from rules.medication import denied, dosing_of, medications, systemic, taken
from rules.tests.base import Comparison, Outcome, Test
from rules.timeline import days_of

Way = Literal["no response", "lost response", "intolerance"]
_ENDED_OTHERWISE = frozenset({"cost", "wish", "pregnancy", "remission", "completed", "other"})


class Failures(Test):
    """`failures` lists the agents; it holds when `at_least` different ones failed in one of the ways of `by`.

    `for` is how long each must have been taken: one that was taken for less did not fail, one of which it is not told
    leaves it open.
    `closed_by`: statements that close the treatment history. `raised_by` raises the question without an answer.
    """

    failures: Agents
    at_least: Annotated[int, Field(ge=1)]
    by: Annotated[tuple[Way, ...], Field(min_length=1)] = ("no response", "lost response", "intolerance")
    span: AmountText | None = Field(default=None, alias="for", description="how long each must have been taken")
    closed_by: Annotated[tuple[str, ...], Names(("statement",))] = ()
    raised_by: Items = ()

    @property
    def alters(self) -> Literal["treat", "fixed"]:
        return "fixed"

    def finding_id(self) -> str:
        ways = "+".join(way.replace(" ", "-") for way in self.by)
        taken_for = f".{self.span.replace(' ', '-')}" if self.span else ""
        return f"agents-failed.{agents_id(self.failures)}.{ways}{taken_for}"

    def holds_when(self) -> Comparison:
        return Comparison("low", ">=", self.at_least)

    def fails_when(self) -> Comparison:
        return Comparison("high", "<", self.at_least)

    def find(self, situation: Situation) -> Finding | None:
        certain = by_agent(self.failures, self._failed, situation)
        tried = by_agent(self.failures, _tried, situation)
        spared = by_agent(self.failures, self._spared, situation)
        closing = [fact for name in self.closed_by for fact in counted((name,), situation)]
        raising = spoken_of(self.raised_by, situation)
        facts = [*facts_of(tried), *facts_of(certain), *facts_of(spared), *closing, *raising]
        if not facts:
            return None
        low = len(certain)
        safe = [agent for agent in spared if agent not in certain]
        listed = list(tried) if closing and not raising else list(self.failures)
        high = max(low, len([agent for agent in listed if agent not in safe]))
        perhaps = {agent: tried[agent] for agent in tried if agent not in safe}
        never = {agent: spared[agent] for agent in safe}
        closed = closing if not raising else []
        return Finding(
            self.finding_id(),
            low,
            high,
            "{agent}",
            tuple(dict.fromkeys(fact.id for fact in facts)),
            calculation=f"{agent_words(list(certain), 'and')}: {low}" if certain else None,
            note="others may have failed" if low < self.at_least <= high else None,
            ask=self.question(),
            basis=agent_words(list(certain), "and") if certain else "none for certain",
            derivation=derivation.agents(by_id(certain), by_id(perhaps, certain), by_id(never), closed),
        )

    def _failed(self, names: Sequence[str], situation: Situation) -> list[Fact]:
        failed = [fact for fact in _tried(names, situation) if _way(fact) in self.by or _either(fact, self.by)]
        if self.span is None:
            return failed
        return [fact for fact in failed if (days_of(fact, situation).least or 0) >= amount(self.span)[0]]

    def _spared(self, names: Sequence[str], situation: Situation) -> list[Fact]:
        """Never taken, ended for a reason that is no failure, or each time taken for too short a time."""
        tried = _tried(names, situation)
        short = [fact for fact in tried if self._is_short(fact, situation)]
        return [*_spared(names, situation), *(short if len(short) == len(tried) else [])]

    def _is_short(self, fact: Fact, situation: Situation) -> bool:
        most = days_of(fact, situation).greatest
        return self.span is not None and most is not None and most < amount(self.span)[0]

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        ways = " or ".join(self.by)
        after = f" after {self.span}" if self.span else ""
        asked = f"at least {self.at_least} different drugs of the list by {ways}{after}"
        if finding is None:
            return f"No failed treatment is mentioned (asked for: {asked})."
        told = "not settled" if outcome == "open" else "asked for"
        return f"Failed: {finding.basis}; {asked} {told}{because(finding) if outcome == 'open' else ''}."

    def question(self) -> str:
        return f"Which of these failed, and how ({', '.join(self.by)}): {agent_words(self.failures)}?"


def _tried(names: Sequence[str], situation: Situation) -> list[Fact]:
    """Taken, or forbidden by an intolerance."""
    forbidden = [
        fact
        for fact in medications(names, situation)
        if dosing_of(fact).status in ("never", "allergy")
        and dosing_of(fact).reason_stopped in ("intolerance", None)
        and systemic(fact, situation)
        and (dosing_of(fact).status == "allergy" or dosing_of(fact).reason_stopped == "intolerance")
    ]
    certain = [fact for fact in taken(names, situation) if fact.assertion == "present"]
    return [*certain, *(fact for fact in forbidden if fact not in certain)]


def _spared(names: Sequence[str], situation: Situation) -> list[Fact]:
    """Never taken, or ended for a reason that is no failure."""
    ended = [fact for fact in taken(names, situation) if dosing_of(fact).reason_stopped in _ENDED_OTHERWISE]
    return [*ended, *(fact for fact in denied(names, situation) if dosing_of(fact).reason_stopped != "intolerance")]


def _way(fact: Fact) -> Way | None:
    dosing, response = dosing_of(fact), fact.attributes.get("response")
    if dosing.status in ("never", "allergy") or dosing.reason_stopped == "intolerance":
        return "intolerance"
    if response == "lost":
        return "lost response"
    return "no response" if response == "none" else None


def _either(fact: Fact, ways: Sequence[Way]) -> bool:
    """Stopped as not effective, from the start or in the end untold: counts where both count."""
    both = {"no response", "lost response"} <= set(ways)
    return both and dosing_of(fact).reason_stopped == "inefficacy" and fact.attributes.get("response") is None
