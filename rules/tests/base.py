"""What every kind of test has: a finding to ask for, two comparisons, a sentence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict

from rules.findings import Finding, Situation

Operator = Literal["<", "<=", ">", ">="]
Outcome = Literal["holds", "fails", "open"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One end of a finding's interval against a bound: `low >= 55`."""

    end: Literal["low", "high"]
    operator: Operator
    bound: float


class Test(BaseModel, ABC):
    """One comparison of a finding with a bound. Subclasses add their keys and are registered by their first key."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    __test__ = False  # not a test case of pytest
    outcomes: ClassVar[frozenset[Outcome]] = frozenset(OUTCOMES)  # what can come of it at all

    @abstractmethod
    def finding_id(self) -> str:
        """The id of the finding asked for; two tests with the same id share one finding."""

    @abstractmethod
    def find(self, situation: Situation) -> Finding | None:
        """The finding, or None where the dossier is silent on the question."""

    @abstractmethod
    def holds_when(self) -> Comparison:
        """The comparison that makes the test hold for certain."""

    @abstractmethod
    def fails_when(self) -> Comparison:
        """The comparison that makes the test fail for certain."""

    @abstractmethod
    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        """What came out and why, from the test's own operands."""

    @abstractmethod
    def question(self) -> str:
        """What to ask the referrer where the test is open."""
