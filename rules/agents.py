"""Counting different drugs of a list: medication facts in, the agents with their facts out.

Each entry of a protocol's list is one agent: a class that it names (mycophenolate) holds all that is below it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kb.facts import Fact
from rules.findings import Situation

Selection = Callable[[Sequence[str], Situation], list[Fact]]


def by_agent(agents: Sequence[str], select: Selection, situation: Situation) -> dict[str, list[Fact]]:
    """The facts that `select` finds for each agent of the list; agents without one are left out."""
    found = {agent: select((agent,), situation) for agent in agents}
    return {agent: facts for agent, facts in found.items() if facts}


def facts_of(groups: dict[str, list[Fact]]) -> list[Fact]:
    facts = {fact.id: fact for group in groups.values() for fact in group}
    return sorted(facts.values(), key=lambda fact: (fact.document, fact.start, fact.id))
