"""How old the patient is at the screening date: age and birth date in, years as an interval out.

An age told in an old letter is carried on to the screening date.
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from rules.amounts import AmountText, amount, because, span_words
from rules.findings import Finding, Situation
from rules.patient import age
from rules.tests.base import Comparison, Outcome, Test


class Age(Test):
    """`age: at the screening date` with `at_least` or `at_most` in years."""

    age: Literal["at the screening date"]
    at_least: AmountText | None = None
    at_most: AmountText | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Age:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give one of 'at_least' and 'at_most'")
        return self

    def finding_id(self) -> str:
        return "age.at-screening"

    def find(self, situation: Situation) -> Finding | None:
        known = age(situation)
        if known is None:
            return None
        years, facts = known
        low, high = years.least, years.greatest
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
        )

    def holds_when(self) -> Comparison:
        if self.at_least is not None:
            return Comparison("low", ">=", amount(self.at_least)[0])
        return Comparison("high", "<=", amount(self._bound)[0])

    def fails_when(self) -> Comparison:
        if self.at_least is not None:
            return Comparison("high", "<", amount(self.at_least)[0])
        return Comparison("low", ">", amount(self._bound)[0])

    @property
    def _bound(self) -> str:
        return self.at_least or self.at_most or ""

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        bound = f"{'at least' if self.at_least else 'at most'} {self._bound}"
        if finding is None:
            return f"The age is not told (asked for: {bound})."
        if outcome == "open":
            return f"Age {finding.basis}: {bound} is not settled{because(finding)}."
        return f"Age {finding.basis} {'is' if outcome == 'holds' else 'is not'} {bound}."

    def question(self) -> str:
        return "How old is the patient, or when was the patient born?"
