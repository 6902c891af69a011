"""Whether a score or measurement rose over time and stayed so: dated values in, the sustained rise as an interval out.

The rise is from an earlier value of the window to the least of all later ones, if these span the time asked for. The
letter may leave values out, so the rise has no upper end unless progression is denied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from kb.facts import Fact, Interval, Quantity
from kb.vocabulary import Vocabulary
from rules import derivation
from rules.amounts import because, number
from rules.concepts import Names
from rules.derivation import Expression
from rules.findings import Finding, Situation
from rules.matching import Items, spoken_of
from rules.moments import Dated, reading_day
from rules.tests.base import Bounded, Flaw, Outcome
from rules.windows import SpanText, WindowText, lasts, window
from rules.wording import capital, label

Direction = Literal["rise", "fall"]


class Change(Bounded):
    """`change` of a score or measurement: a `direction`, a bound in its unit or in %, `within` a window, `sustained`.

    `denied_as`: that of which the denial says that there was no such change. `raised_by` raises the question without an
    answer.
    """

    windows = (("within", "holds for more"),)

    change: Annotated[str, Names(("score", "lab"))]
    direction: Direction = "rise"
    within: WindowText
    sustained: SpanText = Field(default="0 days", description="how long the later values last, in days or months")
    denied_as: Annotated[tuple[str, ...], Names()] = ()
    raised_by: Items = ()

    def finding_id(self) -> str:
        span = window(self.within).words.replace(" ", "-")
        relative = "percent" if self._relative else "points"
        return f"{self.change}.{self.direction}.{relative}.within-{span}.for-{self.sustained.replace(' ', '-')}"

    @property
    def _relative(self) -> bool:
        return self.bound[1] == "%"

    def flaws(self, terms: Vocabulary) -> Iterator[Flaw]:
        unit = getattr(terms.terms.get(self.change), "unit", None) or "{score}"
        return self.bound_flaws((unit, "%"), None)

    def find(self, situation: Situation) -> Finding | None:
        values = self._values(situation)
        denied = [fact for name in self.denied_as for fact in situation.about(name) if fact.assertion == "absent"]
        rise, used = self._sustained(values)
        if rise is not None and not denied:
            return self._finding(rise, None, used, derivation.stated(rise, None, "sustained change", used))
        if denied:
            low, high = min(0.0, rise or 0.0), rise if rise is not None else 0.0
            facts = [*denied, *used]
            return self._finding(low, high, facts, derivation.stated(low, high, "denied", facts))
        named = [*(one.fact for one in values), *spoken_of(self.raised_by, situation)]
        if not named:
            return None
        how = derivation.unsettled("value", named)
        return self._finding(None, None, named, how, "no two dated values show it, far enough apart")

    def _values(self, situation: Situation) -> list[Dated[Interval]]:
        """The dated values of the window, oldest first."""
        span = window(self.within)
        dated = [
            Dated(fact.value.interval, fact, reading_day(fact, situation))
            for fact in situation.about(self.change)
            if isinstance(fact.value, Quantity) and fact.assertion == "present"
        ]
        inside = [one for one in dated if span.place(one.when, situation.as_of) == "inside" and _day(one) is not None]
        return sorted(inside, key=lambda one: (_day(one) or date.min, one.fact.start))

    def _sustained(self, values: Sequence[Dated[Interval]]) -> tuple[float | None, list[Fact]]:
        """The greatest certain change from a value to all that follow it, these spanning the time asked for."""
        best: tuple[float | None, list[Fact]] = (None, [])
        for index, base in enumerate(values):
            for first in range(index + 1, len(values)):
                later = values[first:]
                if not lasts(_day(later[0]), _day(later[-1]), self.sustained):
                    continue
                found = [self._difference(base.value, one.value) for one in later]
                known = [one for one in found if one is not None]
                if len(known) == len(found) and (best[0] is None or min(known) > best[0]):
                    best = (min(known), [base.fact, *(one.fact for one in later)])
        return best

    def _difference(self, base: Interval, later: Interval) -> float | None:
        """The least by which the later value exceeds the base (or falls short of it), in the bound's unit."""
        high, low = (base.greatest, later.least) if self.direction == "rise" else (later.greatest, base.least)
        if high is None or low is None:
            return None
        if not self._relative:
            return round(low - high, 6)
        reference = base.greatest if self.direction == "rise" else base.least
        return round(100 * (low - high) / reference, 6) if reference else None

    def _finding(
        self,
        low: float | None,
        high: float | None,
        facts: Sequence[Fact],
        how: Expression,
        note: str | None = None,
    ) -> Finding:
        words = [f"{fact.label} {fact.value.written or number(fact.value.interval.low or 0)}" if isinstance(
            fact.value, Quantity) else fact.quote for fact in facts]  # fmt: skip
        return Finding(
            self.finding_id(),
            low,
            high,
            self.bound[1],
            tuple(dict.fromkeys(fact.id for fact in facts)),
            note=note,
            ask=self.question(),
            basis=", ".join(dict.fromkeys(words)),
            derivation=how,
        )

    @property
    def _name(self) -> str:
        lasting = f", lasting {self.sustained}" if not self.sustained.startswith("0 ") else ""
        return f"{self.direction} of {label(self.change)} {self.asked_words()} within {self.within}{lasting}"

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        if finding is None:
            return f"{capital(self._name)}: not mentioned."
        told = {"holds": "shown", "fails": "not so", "open": "not settled"}[outcome]
        return f"{capital(self._name)}: {told} ({finding.basis}){because(finding) if outcome == 'open' else ''}."

    def question(self) -> str:
        return (
            f"What were the values of {label(self.change)} in the last {window(self.within).words}, with their dates?"
        )


def _day(one: Dated[Interval]) -> date | None:
    """The day, where it is known to the month at least."""
    return None if one.when is None or one.when.earliest is None else one.when.earliest
