"""What a letter denies: concepts in, the facts that deny them all out, and whether they do so for the time asked.

"No heart disease" denies what the terms' closure of heart disease lists, no more. A denial of one of two concepts
denies neither question; a denial of last fortnight does not answer for the last month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kb.facts import Fact
from rules.findings import Situation
from rules.moments import letter_day
from rules.standing import told_long_ago
from rules.windows import ScreeningDay, Window

_HAPPENS = frozenset({"condition", "procedure", "vaccination", "study"})


@dataclass(frozen=True, slots=True)
class Denial:
    """The facts that deny some of what is asked, those that do so over the whole time, and whether these suffice."""

    facts: tuple[Fact, ...]
    covering: tuple[Fact, ...]
    complete: bool


def denials(
    concepts: Sequence[str],
    situation: Situation,
    *,
    also_by: Sequence[str] = (),
    not_by: Sequence[str] = (),
    span: Window | None = None,
    now_suffices: bool = False,
) -> Denial:
    """What denies `concepts`, or one of `also_by`, over the window (None: ever); never a denial of one of `not_by`.

    `now_suffices`: a denial of the present day alone answers (infections, whose presence is what counts).
    """
    facts = denying(concepts, situation, also_by=also_by, not_by=not_by)
    covering = tuple(fact for fact in facts if covers(fact, span, situation, now_suffices=now_suffices))
    return Denial(facts, covering, suffices(covering, concepts, situation, also_by=also_by))


def denying(
    concepts: Sequence[str], situation: Situation, *, also_by: Sequence[str] = (), not_by: Sequence[str] = ()
) -> tuple[Fact, ...]:
    """The patient's facts that deny some of `concepts`, or one of `also_by`, at any time."""
    if not situation.denied:
        return ()
    asked = {*concepts, *also_by}
    return tuple(
        fact
        for fact in situation.denied
        if fact.kind in _HAPPENS
        and fact.concept not in not_by
        and not situation.vocabulary.closed_by_denial(fact.concept).isdisjoint(asked)
    )


def suffices(
    facts: Sequence[Fact], concepts: Sequence[str], situation: Situation, *, also_by: Sequence[str] = ()
) -> bool:
    """Whether the denials together name every one of `concepts`, or one of `also_by`."""
    if not facts:
        return False
    closed = {concept for fact in facts for concept in situation.vocabulary.closed_by_denial(fact.concept)}
    return bool(closed & set(also_by)) or (bool(concepts) and set(concepts) <= closed)


def covers(fact: Fact, span: Window | None, situation: Situation, *, now_suffices: bool = False) -> bool:
    """Whether the denial reaches over the window (None: over the whole past)."""
    when = None if _as_undated(fact, situation) else fact.time
    if span is None:
        return (when is None or when.earliest is None) and not told_long_ago(fact, situation)
    if when is not None and when.earliest is None and when.latest is None:
        return False  # a span whose days cannot be told
    if situation.as_of is None:
        return when is None and isinstance(letter_day(fact, situation), ScreeningDay)
    reaches = _reaches(fact, situation, situation.nothing_new_since or situation.as_of)
    if when is None or now_suffices:
        return reaches
    return reaches and (when.earliest is None or when.earliest <= span.start(situation.as_of))


def _as_undated(fact: Fact, situation: Situation) -> bool:
    """Whether the only day told is the letter's own: a history taken that day. Of a study it means "at present"."""
    today, when = letter_day(fact, situation), fact.time
    if today is None or when is None or when.latest is None or fact.kind not in ("condition", "procedure"):
        return False
    return (when.earliest, when.latest) == (today.earliest, today.latest)


def _reaches(fact: Fact, situation: Situation, as_of: date) -> bool:
    """Whether the denial still speaks of the screening date."""
    if fact.time is not None and fact.time.latest is not None:
        return fact.time.latest >= as_of
    today = letter_day(fact, situation)  # none, of a letter without a date among others
    return today is not None and (today.latest is None or today.latest >= as_of)
