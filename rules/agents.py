"""Counting different drugs of a list: medication facts in, the agents with their facts out.

Each entry of a protocol's list is one agent: a class that it names (mycophenolate) holds all that is below it, and a
list within the list (methotrexate or azathioprine) counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from kb.facts import Fact
from rules.concepts import Names
from rules.findings import Situation
from rules.wording import labels

Selection = Callable[[Sequence[str], Situation], list[Fact]]
Agent = str | tuple[str, ...]
Agents = Annotated[tuple[Agent, ...], Field(min_length=1), Names(("drug",))]


def names_of(agent: Agent) -> tuple[str, ...]:
    """The concepts that count as the agent."""
    return (agent,) if isinstance(agent, str) else agent


def by_agent(agents: Sequence[Agent], select: Selection, situation: Situation) -> dict[Agent, list[Fact]]:
    """The facts that `select` finds for each agent of the list; agents without one are left out."""
    found = {agent: select(names_of(agent), situation) for agent in agents}
    return {agent: facts for agent, facts in found.items() if facts}


def facts_of(groups: dict[Agent, list[Fact]]) -> list[Fact]:
    facts = {fact.id: fact for group in groups.values() for fact in group}
    return sorted(facts.values(), key=lambda fact: (fact.document, fact.start, fact.id))


def by_id(groups: Mapping[Agent, Sequence[Fact]], apart_from: Collection[Agent] = ()) -> dict[str, Sequence[Fact]]:
    """The groups by the agents' names in one string, some left out."""
    return {"/".join(names_of(agent)): facts for agent, facts in groups.items() if agent not in apart_from}


def agents_id(agents: Sequence[Agent]) -> str:
    """The list as a part of a finding's id."""
    return "+".join("/".join(names_of(agent)) for agent in agents)


def agent_words(agents: Sequence[Agent], joiner: str = "or") -> str:
    """The list as an enumeration."""
    words = [labels(names_of(agent), "or") for agent in agents]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joiner} {words[-1]}"
