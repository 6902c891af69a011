"""The limits of normal of a measurement: a fact in, the letter's own limit or else the default of the terms out.

A default depends on the sex; where it is not told, that of women and of men are both taken.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.facts import Fact, Interval
from kb.vocabulary import Lab
from rules import derivation
from rules.derivation import Expression
from rules.findings import Situation
from rules.patient import sex

ULN, LLN = "{ULN}", "{LLN}"  # multiples of the upper and of the lower limit of normal


def limits_of(fact: Fact, unit: str, situation: Situation) -> tuple[list[float], str]:
    """The limit of normal that the unit is a multiple of, of both sexes where it is not told; and where it is from."""
    name = "upper" if unit == ULN else "lower"
    if fact.reference is not None:
        told = fact.reference.greatest if unit == ULN else fact.reference.least
        if told:
            return [told], f"the letter's own {name} limit"
    term = situation.vocabulary.terms.get(fact.concept)
    ranges = term.references if isinstance(term, Lab) else ()
    known = sex(situation)[0]
    found = [(one.sex, one.high if unit == ULN else one.low) for one in ranges]
    fitting = [limit for of, limit in found if limit and of in (None, known)][:1]
    either = sorted({limit for _, limit in found if limit}) if known is None else []
    words = f"default {name} limit of normal"
    return (fitting, words) if fitting or not either else (either, f"{words} of women or men")


def limit_told(fact: Fact, unit: str, limits: Sequence[float]) -> Expression:
    """How the limit is known: told beside the value, or one of the default limits."""
    side: derivation.Side = "high" if unit == ULN else "low"
    own = None if fact.reference is None else fact.reference.greatest if unit == ULN else fact.reference.least
    if own:
        return derivation.reference(fact, side)
    return derivation.stated(min(limits), max(limits), f"the {side} limit of normal of {fact.concept}", ())


def usual_range(concept: str, unit: str, situation: Situation) -> Interval | None:
    """What "normal" says in numbers: the default reference range over both sexes, or one side of its own limit."""
    if unit in (ULN, LLN):
        return Interval(None, 1.0) if unit == ULN else Interval(1.0, None)
    term = situation.vocabulary.terms.get(concept)
    ranges = term.references if isinstance(term, Lab) and term.unit == unit else ()
    lows, highs = [one.low for one in ranges], [one.high for one in ranges]
    low = min((low for low in lows if low is not None), default=None) if None not in lows else None
    high = max((high for high in highs if high is not None), default=None) if None not in highs else None
    return None if low is None and high is None else Interval(low, high)
