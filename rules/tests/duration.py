"""How long a disease has lasted: its onset in, the years until the screening date as an interval out.

The onset is where its course is told to begin, or the day of its first sign. A day on which the disease itself was told
of or diagnosed is no earlier than that: the disease has lasted at least since then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from kb.dates import shifted
from kb.facts import Fact, Time
from kb.vocabulary import Vocabulary
from rules import derivation
from rules.amounts import because, day_words, span_words
from rules.concepts import Names
from rules.denials import denials
from rules.derivation import Expression
from rules.findings import Finding, Situation
from rules.matching import Items, counted, matching
from rules.moments import course_of
from rules.tests.base import Bounded, Flaw, Outcome
from rules.wording import capital, labels

_LONGEST = 120


class Duration(Bounded):
    """`duration` of a disease (or of several that are one) with a bound in years, counted from its first sign.

    `signs`: conditions whose beginning is the disease's own; `not_counting` those whose beginning is not. With
    `state: now` one that is over, denied, or ruled out by what is told (`ruled_out_by`) has lasted no time.
    """

    duration: Annotated[tuple[str, ...], Names(("condition",))]
    signs: Annotated[tuple[str, ...], Names(("condition",))] = ()
    not_counting: Annotated[tuple[str, ...], Names(("condition",))] = ()
    state: Literal["now"] | None = None
    ruled_out_by: Items = ()

    def finding_id(self) -> str:
        return f"{'+'.join(self.duration)}.{'years-now' if self.state else 'years'}"

    def flaws(self, terms: Vocabulary) -> Iterator[Flaw]:
        return self.bound_flaws(("a",), (0, _LONGEST))

    def find(self, situation: Situation) -> Finding | None:
        facts = [fact for fact, weight in matching((*self.duration, *self.signs), situation) if weight == "counts"]
        facts = [fact for fact in facts if fact.concept not in self.not_counting]
        if self.state is not None:
            facts, over = [fact for fact in facts if not _is_over(fact)], [fact for fact in facts if _is_over(fact)]
            against = [*over, *self._denied(situation)]
            if against:
                note = "told as so, and as over or not so" if facts else None
                most, used = None if facts else 0.0, [*facts, *against]
                return self._finding(0.0, most, used, derivation.stated(0.0, most, "denied", used), note)
        began = [(fact, when) for fact in facts if (when := _began(fact)) is not None]
        if not facts:
            return None
        if not began or situation.as_of is None:
            note = "since when is not told" if not began else "the screening date is not known"
            return self._finding(None, None, facts, derivation.unsettled("value", facts), note)
        onsets = [pair for pair in began if self._is_onset(pair[0], situation)]
        first = min(onsets or began, key=lambda pair: (pair[1].latest or date.max, pair[0].start))
        longest = _years(first[1].earliest, situation.as_of) if onsets else None
        shortest = _years(first[1].latest, situation.as_of) or 0.0
        why = None if onsets else "only the day of the diagnosis is told"
        how = derivation.stated(shortest, longest, "years since it began", [first[0]])
        return self._finding(shortest, longest, [first[0]], how, why)

    def _is_onset(self, fact: Fact, situation: Situation) -> bool:
        """Whether the day is that of its beginning: of a course that began, or of a first sign."""
        sign = situation.vocabulary.is_one_of(fact.concept, self.signs)
        return sign or course_of(fact).start is not None

    def _denied(self, situation: Situation) -> list[Fact]:
        denied = denials(self.duration, situation, now_suffices=True)
        return [*(denied.covering if denied.complete else ()), *counted(self.ruled_out_by, situation)]

    def _finding(
        self,
        low: float | None,
        high: float | None,
        facts: list[Fact],
        how: Expression,
        note: str | None = None,
    ) -> Finding:
        words = [f"{fact.label} {day_words(_began(fact))}" for fact in facts]
        return Finding(
            self.finding_id(),
            low,
            high,
            "a",
            tuple(dict.fromkeys(fact.id for fact in facts)),
            note=note,
            ask=self.question(),
            basis=f"{span_words(low, high, 'a')} ({', '.join(dict.fromkeys(words))})",
            derivation=how,
        )

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        name = f"duration of {labels(self.duration)}"
        if finding is None:
            return f"{capital(name)}: not mentioned (asked for: {self.asked_words()})."
        if outcome == "open":
            return f"{capital(name)} {finding.basis}: {self.asked_words()} not settled{because(finding)}."
        return f"{capital(name)} {finding.basis} is {self.asked_words(opposite=outcome == 'fails')}."

    def question(self) -> str:
        return f"When did {labels(self.duration)} begin (its first sign)?"


def _is_over(fact: Fact) -> bool:
    course = course_of(fact)
    return fact.temporality == "historical" or course.end is not None or course.ongoing is False


def _began(fact: Fact) -> Time | None:
    start = course_of(fact).start
    return start if start is not None else fact.time


def _years(day: date | None, as_of: date) -> float | None:
    """Years by the calendar: seven are full on the seventh anniversary."""
    if day is None or day >= as_of:
        return None if day is None else 0.0
    whole = as_of.year - day.year - ((as_of.month, as_of.day) < (day.month, day.day))
    last, following = shifted(day, whole, "year"), shifted(day, whole + 1, "year")
    return round(whole + (as_of - last).days / (following - last).days, 4)
