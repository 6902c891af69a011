"""Which drugs a patient really took, systemically: medication facts in, those that count for a class out.

Ointments, drops, inhalers and joint injections are not systemic; one planned, declined or only an allergy is not taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb.facts import Dosing, Fact, Interval, Quantity
from kb.vocabulary import Drug
from rules.findings import Situation
from rules.patient import body
from rules.standing import in_newer_document, standing, told_long_ago
from rules.windows import Window

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
    """The body weights that may hold for a dose: those told beside it; else, where its letter tells one, those that may
    be of that letter's day; else all that are told.
    """
    known = body("body-weight", "kg", situation)
    facts = known[1] if known is not None else []
    same = [one for one in facts if one.document == fact.document]
    beside = [one for one in same if fact.start - _BESIDE <= one.start <= fact.end + _BESIDE]
    if beside or not same:
        return beside or facts
    return [one for one in facts if not _of_another_day(one, fact, situation)]


def _of_another_day(one: Fact, other: Fact, situation: Situation) -> bool:
    return in_newer_document(one, other, situation) or in_newer_document(other, one, situation)


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


def denied(
    concepts: Sequence[str], situation: Situation, span: Window | None = None, *, now: bool = False
) -> list[Fact]:
    """What denies every one of the concepts, ever, in a window or `now`: by its own name, or by a class above it.

    A denial of some time ("none in the last two weeks") answers for no longer one; that a class is not taken says
    nothing of what was taken before.
    """
    found = [_denying(concept, situation, span, now=now) for concept in concepts]
    return [fact for facts in found for fact in facts] if all(found) else []


def _denying(concept: str, situation: Situation, span: Window | None, *, now: bool) -> list[Fact]:
    terms = situation.vocabulary
    above = (
        fact
        for fact in situation.denied
        if fact.kind == "medication"
        and fact.concept != concept
        and {concept, fact.concept} <= terms.terms.keys()
        and terms.is_a(concept, fact.concept)
        and (now or fact.temporality == "historical" or _since(fact) is not None)
    )
    named = (fact for fact in refused((concept,), situation) if fact.concept == concept)
    against = [fact for fact in (*named, *above) if _covers(fact, span, situation)]
    if span is None and not now:
        return [fact for fact in against if not told_long_ago(fact, situation)]
    return [fact for fact in against if standing(fact, situation) == "stands"]


def _covers(fact: Fact, span: Window | None, situation: Situation) -> bool:
    """Whether the denial reaches back over the window; an undated one does."""
    since = _since(fact)
    if since is None or span is None:
        return True
    return situation.as_of is not None and since <= span.start(situation.as_of)


def _since(fact: Fact) -> date | None:
    """From when on the drug is denied, where that is told."""
    start = fact.time or (fact.course.start if fact.course is not None else None)
    return None if start is None else start.earliest


def ended(fact: Fact) -> bool:
    """Whether the drug is told to have been stopped, and nothing of its being taken again."""
    stopped = fact.course is not None and fact.course.end is not None
    return (
        fact.assertion == "present"
        and not told_as_taken(fact)
        and (stopped or dosing_of(fact).reason_stopped is not None)
    )


def going_on(fact: Fact, situation: Situation) -> bool:
    """Whether the drug is taken at present, as far as no newer document of the dossier has another word on it."""
    return told_as_taken(fact) and standing(fact, situation) != "overtaken"


def in_doubt(fact: Fact, situation: Situation) -> bool:
    """Whether only an older document, or one without a date, says that it is taken."""
    return standing(fact, situation) == "perhaps"


def told_as_taken(fact: Fact) -> bool:
    stopped = fact.course is not None and (fact.course.end is not None or fact.course.ongoing is False)
    return (
        fact.assertion == "present"
        and dosing_of(fact).status == "current"
        and fact.temporality == "current"
        and not stopped
        and dosing_of(fact).reason_stopped is None
    )
