"""Which drugs a patient really took, systemically: medication facts in, those that count for a class out.

Ointments, drops, inhalers and joint injections are not systemic; one planned, declined or only an allergy is not taken.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.facts import Dosing, Fact, Interval, Quantity
from kb.vocabulary import Drug
from rules.findings import Situation
from rules.patient import body

_BESIDE = 40  # characters between a dose and the weight told with it
_SYSTEMIC = frozenset(
    {"oral", "iv", "im", "sc", "intravenous", "intramuscular", "subcutaneous", "enteral", "nasogastric"}
)


def dosing_of(fact: Fact) -> Dosing:
    return fact.dosing if fact.dosing is not None else Dosing()


def systemic(fact: Fact, situation: Situation) -> bool:
    """Whether the drug acts on the whole body; a route not told is the drug's usual one, else systemic."""
    route = dosing_of(fact).route
    if route is None and fact.concept in situation.vocabulary:
        term = situation.vocabulary[fact.concept]
        route = term.route if isinstance(term, Drug) else None
    return route is None or route in _SYSTEMIC


def weights_of(fact: Fact, situation: Situation) -> list[Fact]:
    """The body weights that may hold for a dose: those told beside it, else all that the letters tell."""
    known = body("body-weight", "kg", situation)
    facts = known[1] if known is not None else []
    same = [one for one in facts if one.document == fact.document]
    beside = [one for one in same if fact.start - _BESIDE <= one.start <= fact.end + _BESIDE]
    return beside or facts


def kilograms(weight: Fact) -> Interval:
    """The value of a weight that `weights_of` gives."""
    return weight.value.interval if isinstance(weight.value, Quantity) else Interval(None, None)


def medications(concepts: Sequence[str], situation: Situation) -> list[Fact]:
    """The patient's medication facts on the drugs or classes, planned ones left out, in the order of the text."""
    found = {fact.id: fact for concept in concepts for fact in situation.about(concept) if fact.kind == "medication"}
    return sorted(found.values(), key=lambda fact: (fact.document, fact.start, fact.id))


def taken(concepts: Sequence[str], situation: Situation) -> list[Fact]:
    """Those that were or are really taken, systemically; a possible one among them keeps its assertion."""
    return [
        fact
        for fact in medications(concepts, situation)
        if fact.assertion in ("present", "possible")
        and dosing_of(fact).status in ("current", "past")
        and systemic(fact, situation)
    ]


def refused(concepts: Sequence[str], situation: Situation) -> list[Fact]:
    """Those told as never taken, or as not taken."""
    return [
        fact
        for fact in medications(concepts, situation)
        if fact.assertion == "absent" or dosing_of(fact).status == "never"
    ]


def going_on(fact: Fact) -> bool:
    """Whether the drug is taken at present."""
    stopped = fact.course is not None and (fact.course.end is not None or fact.course.ongoing is False)
    return (
        fact.assertion == "present"
        and dosing_of(fact).status == "current"
        and fact.temporality == "current"
        and not stopped
        and dosing_of(fact).reason_stopped is None
    )
