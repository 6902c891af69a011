"""What the letter states in so many words (consent, fitness, activity): statements in, yes, no or open out.

A coded statement is yes for the codes of `says`, no for those of `denied_by_saying`. The newest word counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from kb.facts import Coded, Fact
from rules import derivation
from rules.amounts import because
from rules.concepts import Names
from rules.derivation import Expression, Role
from rules.findings import Finding, Situation
from rules.matching import Items, counted, spoken_of
from rules.moments import Dated, newest, reading_day
from rules.tests.base import Outcome, YesNo
from rules.windows import WindowText, window
from rules.wording import capital, label


class Statement(YesNo):
    """A statement present is yes, absent no; `says` and `says_not` list codes where it carries one.

    `shown_by` is what stands for a yes where nothing is stated (a score), `within` how old that may be.
    """

    windows = (("within", "good for longer"),)

    statement: Annotated[str, Names(("statement",))]
    says: tuple[str, ...] = ()
    says_not: tuple[str, ...] = ()
    shown_by: Items = ()
    within: WindowText | None = None
    raised_by: Items = ()
    wording: str | None = Field(default=None, description="what is stated, for sentences and questions")

    def finding_id(self) -> str:
        return ".".join([f"statement.{self.statement}", *self.says])

    def find(self, situation: Situation) -> Finding | None:
        facts = [fact for fact in situation.about(self.statement) if fact.assertion != "conditional"]
        latest = newest([Dated(self._answer(fact), fact, reading_day(fact, situation)) for fact in facts])
        if latest:
            lows, highs = [one.value[0] for one in latest], [one.value[1] for one in latest]
            how = derivation.newest([(fact, derivation.vote(fact, _role(self._answer(fact)))) for fact in facts])
            return self._finding(min(lows), max(highs), [one.fact for one in latest], how)
        shown = [fact for fact in counted(self.shown_by, situation) if self._is_new(fact, situation)]
        if shown:
            return self._finding(1, 1, shown, derivation.stated(1, 1, "what shows it", shown))
        raising = spoken_of((*self.raised_by, *self.shown_by), situation)
        if not raising:
            return None
        how = derivation.unsettled("answer", raising)
        return self._finding(0, 1, raising, how, "told without what would settle it")

    def _is_new(self, fact: Fact, situation: Situation) -> bool:
        day = reading_day(fact, situation)
        return self.within is None or window(self.within).place(day, situation.as_of) == "inside"

    def _answer(self, fact: Fact) -> tuple[int, int]:
        if fact.assertion == "possible":
            return 0, 1
        if not self.says:
            return (0, 0) if fact.assertion == "absent" else (1, 1)
        code = fact.value.code if isinstance(fact.value, Coded) else None
        if fact.temporality == "historical" or fact.assertion == "absent":
            return 0, 1
        return (1, 1) if code in self.says else (0, 0) if code in self.says_not else (0, 1)

    def _finding(self, low: int, high: int, facts: Sequence[Fact], how: Expression, note: str | None = None) -> Finding:
        contradicted = "the letter does not say it clearly, or in two ways" if low != high else None
        return Finding(
            self.finding_id(),
            low,
            high,
            "",
            tuple(fact.id for fact in facts),
            note=note or contradicted,
            ask=None if low == high else self.question(),
            basis=", ".join(dict.fromkeys(fact.quote for fact in facts)),
            derivation=how,
        )

    @property
    def _name(self) -> str:
        return self.wording or label(self.statement)

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        name = capital(self._name)
        if finding is None:
            return f"{name}: not stated."
        told = {"holds": "stated", "fails": "stated not to be so", "open": "not settled"}[outcome]
        return f"{name}: {told} (“{finding.basis}”){because(finding) if outcome == 'open' else ''}."

    def question(self) -> str:
        return f"Is this so: {self._name}?"


def _role(answer: tuple[int, int]) -> Role:
    return "open" if answer[0] != answer[1] else "yes" if answer[0] else "no"
