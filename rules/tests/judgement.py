"""What only the investigator can judge: an opinion in the letter raises it, nothing answers it.

Always unknown; an author who gives an opinion, or plans what bears on it, makes it raised.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from rules import derivation
from rules.findings import Finding, Situation
from rules.matching import Items, spoken_of
from rules.tests.base import Outcome, YesNo


class Judgement(YesNo):
    """`judgement` says what is judged, `raised_by` the statements that raise it."""

    outcomes: ClassVar[frozenset[Outcome]] = frozenset({"open"})

    judgement: str
    raised_by: Items

    @property
    def alters(self) -> Literal["treat", "fixed"]:
        return "fixed"

    def finding_id(self) -> str:
        return f"judgement.{self.judgement.replace(' ', '-')}"

    def find(self, situation: Situation) -> Finding | None:
        facts = spoken_of(self.raised_by, situation)
        if not facts:
            return None
        return Finding(
            self.finding_id(),
            None,
            None,
            "",
            tuple(fact.id for fact in facts),
            note="a judgement of the investigator",
            ask=self.question(),
            basis=", ".join(dict.fromkeys(fact.quote for fact in facts)),
            derivation=derivation.unsettled("value", facts),
        )

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        if finding is None:
            return f"For the investigator to judge: {self.judgement}."
        return f"For the investigator to judge: {self.judgement}; the letter says: {finding.basis}."

    def question(self) -> str:
        return f"Investigator's judgement: {self.judgement}?"
