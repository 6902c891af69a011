"""What the whole dossier says on one question: an interval with the facts and the arithmetic behind it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import attrgetter

from kb.facts import Fact, Time
from kb.vocabulary import Vocabulary
from rules.derivation import Expression


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question as an interval of numbers; None is unbounded on that side.

    A yes-or-no question is [1, 1] for yes, [0, 0] for no, [0, 1] for possible or contradicted. A finding that is
    spoken of but not settled (stale, pending, without the weight it needs) is unbounded, and its `note` says why.
    `ask` is the question that would settle it. `speaks` is false where the finding tells only to whom a criterion
    applies (age, sex) and so does not make an unknown answer raised. `clears_on` is the first day on which a
    window that is now met has passed; `holds_open` says that what fills the window is still going on. `basis` is what
    the deciding facts say, in a few words ("48 % on 2026-05-30"), for the sentence of the test. `derivation` is how low
    and high follow from facts, for who works them out again.
    """

    id: str
    low: float | None
    high: float | None
    unit: str
    facts: tuple[str, ...]
    calculation: str | None = None
    note: str | None = None
    ask: str | None = None
    speaks: bool = True
    clears_on: date | None = None
    holds_open: bool = False
    basis: str | None = None
    derivation: Expression | None = None


_place = attrgetter("document", "start")


@dataclass(frozen=True)
class Situation:
    """All that a finding may be made from: the patient's facts, the screening date (None: not known), the terms.

    `nothing_new_since`: from this day to the screening date nothing new is supposed to have happened, so that what is
    denied up to it is denied up to the screening date.
    """

    facts: tuple[Fact, ...]
    as_of: date | None
    vocabulary: Vocabulary
    letter_dates: tuple[Time | None, ...] = ()
    nothing_new_since: date | None = None

    @cached_property
    def found(self) -> dict[str, Finding | None]:
        """Findings made of this situation so far, by what was asked in full."""
        return {}

    @cached_property
    def _told(self) -> tuple[dict[str, list[Fact]], dict[str, list[Fact]]]:
        """The patient's own facts by their concept and by every more general one, in order: not planned, and planned.

        Made once: the tests of a protocol ask about hundreds of concepts, and a letter speaks of few.
        """
        found: tuple[dict[str, list[Fact]], dict[str, list[Fact]]] = ({}, {})
        own = (fact for fact in self.facts if fact.experiencer == "patient")
        for fact in sorted(own, key=lambda fact: (fact.document, fact.start, fact.end, fact.id)):
            known = fact.concept in self.vocabulary
            for concept in self.vocabulary.ancestors(fact.concept) if known else (fact.concept,):
                found[fact.temporality == "planned"].setdefault(concept, []).append(fact)
        return found

    def about(self, concept: str) -> list[Fact]:
        """The patient's own facts on a concept or anything below it, planned ones left out, in the text's order."""
        return self._told[False].get(concept, [])

    def planned(self, concept: str) -> list[Fact]:
        """The patient's own facts on a concept or anything below it that tell a plan, in the text's order."""
        return self._told[True].get(concept, [])

    @cached_property
    def _placed(self) -> list[Fact]:
        return sorted(self.facts, key=_place)

    def beginning_in(self, document: int, start: int, end: int) -> list[Fact]:
        """Everyone's facts that begin in the characters [start, end) of a document."""
        first = bisect_left(self._placed, (document, start), key=_place)
        return self._placed[first : bisect_left(self._placed, (document, end), key=_place)]

    @cached_property
    def spoken_of(self) -> frozenset[str]:
        """Every concept that a fact of the patient's, planned or not, tells of, or that a denial among them closes."""
        own = {fact.concept for fact in self.facts if fact.experiencer == "patient" and fact.assertion == "absent"}
        closed = map(self.vocabulary.closed_by_denial, own)
        return frozenset().union(*self._told, *closed)

    @cached_property
    def denied(self) -> tuple[Fact, ...]:
        """The patient's facts that deny something, planned ones left out."""
        own = (fact for fact in self.facts if fact.experiencer == "patient" and fact.temporality != "planned")
        return tuple(fact for fact in own if fact.assertion == "absent")
