"""Whether the patient is one whom a criterion concerns: sex, age and exempting conditions in, yes, no or open out.

Childbearing, say: women of an age range without hysterectomy. It never makes an unanswered criterion raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kb.facts import Fact
from rules import derivation
from rules.amounts import because
from rules.derivation import Expression, Role
from rules.findings import Finding, Situation
from rules.matching import Items, matching
from rules.patient import age, age_derived, sex
from rules.tests.base import Outcome, YesNo


class Population(YesNo):
    """`population` is its name; the patient belongs to it by sex and age unless one of `unless` is told."""

    population: str
    sex: Literal["female", "male"] | None = None
    from_age: int | None = None
    to_age: int | None = None
    unless: Items = ()

    @property
    def alters(self) -> Literal["treat", "fixed"]:
        return "fixed"

    def finding_id(self) -> str:
        return f"population.{self.population.replace(' ', '-')}"

    def find(self, situation: Situation) -> Finding | None:
        parts = [part for part in (self._sex(situation), self._age(situation)) if part is not None]
        exempt = self._exempt(situation)
        if exempt is not None:
            parts.append(exempt)
        if not parts:
            return None
        lows, highs = [low for low, _, _ in parts], [high for _, high, _ in parts]
        complete = len(parts) - (exempt is not None) == (self.sex is not None) + self._has_ages
        low, high = (min(lows) if complete else 0), min(highs)
        how = self._derived(parts, exempt, situation, complete=complete)
        facts = [fact for _, top, used in parts if high > 0 or top == 0 for fact in used]
        return Finding(
            self.finding_id(),
            low,
            high,
            "",
            tuple(dict.fromkeys(fact.id for fact in facts)),
            note=None if low == high else "sex, age or what exempts is not told clearly",
            ask=None if low == high else self.question(),
            speaks=False,
            basis=", ".join(dict.fromkeys(fact.quote for fact in facts)) or None,
            derivation=how,
        )

    def _derived(
        self,
        parts: Sequence[tuple[int, int, list[Fact]]],
        exempt: tuple[int, int, list[Fact]] | None,
        situation: Situation,
        *,
        complete: bool,
    ) -> Expression:
        years = age(situation) if self._has_ages else None
        found = []
        for part in parts:
            if part is exempt:
                role: Role = "yes" if part[1] == 0 else "open"
                found.append(derivation.negation(derivation.votes(derivation.each(role, part[2]))))
            elif years is not None and part[2] == years[1]:
                found.append(derivation.in_range(age_derived(part[2], situation)))
            else:
                role = "open" if part[0] != part[1] else "yes" if part[0] else "no"
                found.append(derivation.votes(derivation.each(role, part[2])))
        untold = [] if complete else [derivation.unsettled("answer", ())]
        return derivation.every([*found, *untold])

    @property
    def _has_ages(self) -> bool:
        return self.from_age is not None or self.to_age is not None

    def _sex(self, situation: Situation) -> tuple[int, int, list[Fact]] | None:
        if self.sex is None:
            return None
        known, facts = sex(situation)
        if not facts:
            return None
        if known is None:
            return 0, 1, facts
        return (1, 1, facts) if known == self.sex else (0, 0, facts)

    def _age(self, situation: Situation) -> tuple[int, int, list[Fact]] | None:
        known = age(situation) if self._has_ages else None
        if known is None:
            return None
        years, facts = known
        low, high = years.least, years.greatest
        least = float("-inf") if low is None else low
        most = float("inf") if high is None else high
        # someone of 54 is so until the next birthday
        start, end = self.from_age or 0, float("inf") if self.to_age is None else self.to_age + 1
        if most < start or least >= end:
            return 0, 0, facts
        return int(least >= start and most < end), 1, facts

    def _exempt(self, situation: Situation) -> tuple[int, int, list[Fact]] | None:
        found = [(fact, weight) for fact, weight in matching(self.unless, situation) if weight != "does not count"]
        if not found:
            return None
        certain = [fact for fact, weight in found if weight == "counts"]
        return (0, 0, certain) if certain else (0, 1, [fact for fact, _ in found])

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        if finding is None or outcome == "open":
            return f"Whether this concerns the patient ({self.population}) is not settled{because(finding)}."
        basis = f" ({finding.basis})" if finding.basis else ""
        return f"This {'concerns' if outcome == 'holds' else 'does not concern'} the patient: {self.population}{basis}."

    def question(self) -> str:
        return f"Does the patient belong to: {self.population} (sex, age, what exempts)?"
