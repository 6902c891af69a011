"""How old the patient is at the screening date: age and birth date in, completed years as an interval out.

An age told in an old letter is carried on to the screening date. A patient is 75 until the day of turning 76.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from kb.facts import Interval
from kb.vocabulary import Vocabulary
from rules import derivation
from rules.amounts import because, span_words
from rules.findings import Finding, Situation
from rules.patient import age, age_derived
from rules.tests.base import Bounded, Flaw, Outcome

_OLDEST = 120


class Age(Bounded):
    """`age: at the screening date` with a bound in completed years, or two."""

    age: Literal["at the screening date"]

    @property
    def alters(self) -> Literal["treat", "fixed"]:
        return "fixed"

    def finding_id(self) -> str:
        return "age.at-screening"

    def find(self, situation: Situation) -> Finding | None:
        known = age(situation)
        if known is None:
            return None
        years, facts = known
        low, high = _completed(years)
        contradicted = len(facts) > 1 and low != high
        return Finding(
            self.finding_id(),
            low,
            high,
            "a",
            tuple(fact.id for fact in facts),
            note="the letter gives different ages" if contradicted else None,
            ask=self.question(),
            basis=span_words(low, high, "a"),
            derivation=derivation.completed(age_derived(facts, situation)),
        )

    def flaws(self, terms: Vocabulary) -> Iterator[Flaw]:
        return self.bound_flaws(("a",), (0, _OLDEST))

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        bound = self.asked_words()
        if finding is None:
            return f"The age is not told (asked for: {bound})."
        if outcome == "open":
            return f"Age {finding.basis}: {bound} is not settled{because(finding)}."
        return f"Age {finding.basis} {'is' if outcome == 'holds' else 'is not'} {bound}."

    def question(self) -> str:
        return "How old is the patient, or when was the patient born?"


def _completed(years: Interval) -> tuple[float | None, float | None]:
    """The years as they are counted, in birthdays: "at most 75 years" takes a patient until the 76th.

    >>> _completed(Interval(75, 76, high_open=True))
    (75, 75)
    """
    low = None if years.low is None else math.floor(years.low)
    if years.high is None:
        return low, None
    return low, math.ceil(years.high) - 1 if years.high_open else math.floor(years.high)
