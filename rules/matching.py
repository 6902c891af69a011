"""Which facts a test means: concepts and conditions on their attributes in, facts with their weight out.

"pericardial effusion with size moderate or large" counts a fact whose size is so, does not count one whose size is
said to be another, and leaves one whose size is not told, or told in a word that is not listed, open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kb.facts import Coded, Fact, Quantity
from rules.concepts import ANYTHING, Names
from rules.findings import Situation

Weight = Literal["counts", "does not count", "open"]
_MORE: dict[Weight, int] = {"does not count": 0, "open": 1, "counts": 2}


class Attribute(BaseModel):
    """What an attribute must say to count (`is`), what makes the fact not count (`is_not`), and what if it is untold.

    `at_least` compares a number. A word in neither list is `otherwise`: open unless said.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    accepted: Annotated[tuple[str, ...], Field(alias="is")] = ()
    refused: Annotated[tuple[str, ...], Field(alias="is_not")] = ()
    at_least: float | None = None
    untold: Weight = "open"
    otherwise: Weight = "open"

    def weigh(self, value: str | None) -> Weight:
        """How a fact with this attribute value counts.

        >>> Attribute.model_validate({"is": ["large"], "is_not": ["small"]}).weigh("small")
        'does not count'
        """
        if value is None:
            return self.untold
        if self.at_least is not None:
            return _compare(value, self.at_least)
        if value in self.accepted:
            return "counts"
        return "does not count" if value in self.refused else self.otherwise


def _compare(value: str, bound: float) -> Weight:
    try:
        return "counts" if float(value) >= bound else "does not count"
    except ValueError:
        return "open"


Attributes = dict[str, Attribute]
Item = str | Annotated[dict[str, Attributes], Field(min_length=1, max_length=1)]
Items = Annotated[tuple[Item, ...], Names()]


def concept_of(item: Item) -> str:
    return item if isinstance(item, str) else next(iter(item))


def attributes_of(item: Item) -> Mapping[str, Attribute]:
    return {} if isinstance(item, str) else next(iter(item.values()))


def weigh(fact: Fact, attributes: Mapping[str, Attribute]) -> Weight:
    """The fact's weight under all conditions; one that is only possible is open at best.

    A result can be asked for as the attribute `result`: its code, or its number for `at_least`.
    """
    weights = {rule.weigh(_told(fact, name)) for name, rule in attributes.items()}
    if "does not count" in weights:
        return "does not count"
    return "open" if "open" in weights or fact.assertion == "possible" else "counts"


def _told(fact: Fact, name: str) -> str | None:
    if name == "result" and isinstance(fact.value, Quantity):
        return None if fact.value.interval.low is None else str(fact.value.interval.low)
    if name == "result":
        return fact.value.code if isinstance(fact.value, Coded) else None
    if name == "course":  # a course told in a word ("stable")
        return fact.attributes.get("course")
    return fact.attributes.get(name)


def matching(items: Sequence[Item], situation: Situation) -> list[tuple[Fact, Weight]]:
    """The patient's facts on the items that are told as so or perhaps so, each with its weight, in the text's order.

    The first item that names a fact weighs it; of one that is listed several times the entry that says most.
    """
    found: dict[str, tuple[Fact, Weight]] = {}
    asked_by: dict[str, str] = {}
    for item in items:
        for fact in _about(concept_of(item), situation):
            if fact.assertion in ("present", "possible"):
                weight = weigh(fact, attributes_of(item))
                by = asked_by.setdefault(fact.id, concept_of(item))
                if fact.id not in found or (by == concept_of(item) and _MORE[weight] > _MORE[found[fact.id][1]]):
                    found[fact.id] = fact, weight
    if len(found) < 2:
        return list(found.values())
    return sorted(found.values(), key=lambda pair: (pair[0].document, pair[0].start, pair[0].id))


def is_silent_on(concepts: Set[str], situation: Situation) -> bool:
    """Whether no fact of the patient's tells of any of the concepts, or closes one by denial."""
    return ANYTHING not in concepts and situation.spoken_of.isdisjoint(concepts)


def _about(concept: str, situation: Situation) -> list[Fact]:
    if concept != ANYTHING:
        return situation.about(concept)
    return [fact for fact in situation.facts if fact.experiencer == "patient" and fact.temporality != "planned"]


def spoken_of(items: Sequence[Item], situation: Situation) -> list[Fact]:
    """The facts on the items that count or may count."""
    return [fact for fact, weight in matching(items, situation) if weight != "does not count"]


def counted(items: Sequence[Item], situation: Situation) -> list[Fact]:
    """The facts on the items that count."""
    return [fact for fact, weight in matching(items, situation) if weight == "counts"]
