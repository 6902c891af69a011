"""Which fact of a screening is which gold fact: the facts of one letter in, pairs and their agreement out.

Two facts are the same when they are of one kind, their spans overlap, and their concepts are equal or one is a
special case of the other. Each gold fact takes one fact of the screening at most, the best concept and overlap first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from corpus.gold import Ends, GoldCode, GoldFact, GoldNumber, Letter
from kb.vocabulary import vocabulary

# Two numbers agree within this share of the greater: letters round, and factors between units are published rounded.
TOLERANCE = 0.005
AGE_UNIT = "a"

FactJson = Mapping[str, Any]


@dataclass(frozen=True)
class Match:
    """The facts of one letter, sorted out.

    `pairs` joins gold facts with facts of the screening, `missed` are gold facts without one. Of the rest, a fact is
    `wrong` when it stands where a gold fact of its kind stands and names a concept that no gold fact of the letter has
    (a long quote may hold two drugs). Elsewhere it is `unlabelled`: the labels hold what the protocol needs, not every
    word of the letter, so such a fact may well be right. Where the labels are complete it is `wrong`, and none is
    unlabelled.
    """

    pairs: tuple[tuple[GoldFact, FactJson], ...]
    missed: tuple[GoldFact, ...]
    wrong: tuple[FactJson, ...]
    unlabelled: tuple[FactJson, ...]


def match(letter: Letter, facts: Sequence[FactJson]) -> Match:
    """Sorts the facts of a letter's screening (the interface's `facts`) against its gold facts."""
    candidates = sorted(
        (-_closeness(gold, fact), -overlap(span, fact), row, column)
        for row, (gold, span) in enumerate(zip(letter.gold.facts, letter.spans, strict=True))
        for column, fact in enumerate(facts)
        if overlap(span, fact) > 0 and _closeness(gold, fact) > 0
    )
    taken: dict[int, int] = {}
    used: set[int] = set()
    for _, _, row, column in candidates:
        if row not in taken and column not in used:
            taken[row] = column
            used.add(column)
    rest = [fact for column, fact in enumerate(facts) if column not in used]
    on_gold = [fact for fact in rest if _stands_on_gold(letter, fact)]
    wrong = [fact for fact in on_gold if not any(_closeness(gold, fact) for gold in letter.gold.facts)]
    return Match(
        pairs=tuple((letter.gold.facts[row], facts[column]) for row, column in sorted(taken.items())),
        missed=tuple(gold for row, gold in enumerate(letter.gold.facts) if row not in taken),
        wrong=tuple(rest if letter.complete else wrong),
        unlabelled=() if letter.complete else tuple(fact for fact in rest if fact not in on_gold),
    )


def overlap(span: tuple[int, int], fact: FactJson) -> int:
    """How many characters a span and a fact share.

    >>> overlap((3, 8), {"start": 6, "end": 20})
    2
    """
    return max(0, min(span[1], int(fact["end"])) - max(span[0], int(fact["start"])))


def agreement(gold: GoldFact, fact: FactJson, *, complete: bool = False) -> dict[str, bool]:
    """For each part that the gold fact labels, whether the matched fact agrees.

    Unlabelled means present and the patient's own; the rest is compared only where the labels give it, or, where they
    are complete, where the fact gives it.
    """
    parts = {"assertion": gold.assertion == fact["assertion"], "experiencer": gold.experiencer == fact["experiencer"]}
    if "temporality" in gold.model_fields_set:
        parts["temporality"] = gold.temporality == fact["temporality"]
    if gold.value is not None or (complete and fact.get("value")):
        parts["value"] = _same_value(gold.value, fact.get("value"))
    if gold.time is not None or (complete and _times(fact) != [None] * 3):
        parts["time"] = gold.time is not None and _same_time(gold.time, fact)
    if gold.status is not None or (complete and fact.get("status")):
        parts["status"] = gold.status == fact.get("status")
    for key, amount in (("per_day", gold.per_day), ("per_kg", gold.per_kg)):
        if amount is not None or (complete and fact.get(key)):
            parts[key] = amount is not None and _spans(fact.get(key), amount)
    return parts


def _closeness(gold: GoldFact, fact: FactJson) -> int:
    """2 for the same concept, 1 where one is a special case of the other, else 0 (also for another kind of fact)."""
    if fact["kind"] != gold.kind:
        return 0
    concept = str(fact["concept"])
    if concept == gold.concept:
        return 2
    terms = vocabulary()
    return int(terms.is_a(concept, gold.concept) or terms.is_a(gold.concept, concept))


def _stands_on_gold(letter: Letter, fact: FactJson) -> bool:
    return any(
        gold.kind == fact["kind"] and overlap(span, fact) > 0
        for gold, span in zip(letter.gold.facts, letter.spans, strict=True)
    )


def _same_value(gold: GoldNumber | GoldCode | None, value: Mapping[str, Any] | None) -> bool:
    if gold is None or value is None:
        return False
    if isinstance(gold, GoldCode):
        return gold.code == value.get("code")
    if "low" not in value or gold.unit != value.get("unit"):
        return False
    # An age in completed years, "31", lies anywhere from 31 to just under 32.
    last = value["high"] - 1 if value.get("high_open") and gold.unit == AGE_UNIT else value["high"]
    return _near(gold.low, value["low"]) and _near(gold.high, last)


def _near(gold: float | None, other: float | None) -> bool:
    if gold is None or other is None:
        return gold is other
    return abs(gold - other) <= TOLERANCE * max(abs(gold), abs(other))


def _spans(interval: Mapping[str, Any] | None, amount: float | Ends) -> bool:
    if interval is None:
        return False
    low, high = amount if isinstance(amount, tuple) else (amount, amount)
    return _near(low, interval["low"]) and _near(high, interval["high"])


def _same_time(gold: tuple[date | None, date | None], fact: FactJson) -> bool:
    """Whether the fact's own time is the gold interval, or its course runs from its beginning to its end."""
    wanted = tuple(None if day is None else day.isoformat() for day in gold)
    time, start, end = _times(fact)
    if time is not None and (time["earliest"], time["latest"]) == wanted:
        return True
    return (
        None if start is None else start["earliest"],
        None if end is None else end["latest"],
    ) == wanted and (start is not None or end is not None)


def _times(fact: FactJson) -> list[Mapping[str, Any] | None]:
    """A fact's own time, and the beginning and end of its course."""
    course = fact.get("course") or {}
    return [fact.get("time"), course.get("start"), course.get("end")]
