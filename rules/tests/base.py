"""What every kind of test has: a finding to ask for, two comparisons, a sentence.

Those that hold a number against a threshold share one bound (`at_least`, `at_most`, `above` or `below`); a file may
give two ("18 to 75 years"), which the language reads as `all` of one test a bound.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, model_validator

from kb.vocabulary import Vocabulary
from rules.amounts import AmountText, amount, span_words
from rules.findings import Finding, Situation

Operator = Literal["<", "<=", ">", ">="]
Outcome = Literal["holds", "fails", "open"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
WindowEffect = Literal["holds for more", "holds for fewer", "good for longer"]
WORDING = {"ask", "wording"}  # keys of a test that only say in which words it is asked


@dataclass(frozen=True, slots=True)
class Comparison:
    """One end of a finding's interval against a bound: `low >= 55`."""

    end: Literal["low", "high"]
    operator: Operator
    bound: float


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with a test: the key it lies at, what is wrong, how to put it right."""

    key: str
    what: str
    remedy: str


class Test(BaseModel, ABC):
    """One comparison of a finding with a bound. Subclasses add their keys and are registered by their first key."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    __test__ = False  # not a test case of pytest
    outcomes: ClassVar[frozenset[Outcome]] = frozenset(OUTCOMES)  # what can come of it at all
    windows: ClassVar[tuple[tuple[str, WindowEffect], ...]] = ()  # its keys that are windows: what a longer one does

    @property
    def alters(self) -> Literal["treat", "fixed"]:
        """Whether what it asks for can come to be otherwise (a value, a treatment), or is fixed (age, history)."""
        return "treat"

    @abstractmethod
    def finding_id(self) -> str:
        """The id of the finding asked for; two tests with the same id share one finding."""

    @cached_property
    def key(self) -> str:
        """The `finding_id`, worked out once."""
        return self.finding_id()

    @property
    def about(self) -> tuple[str, ...]:
        """What it asks about: the value, or values, of its first key."""
        first = next(name for name in type(self).__annotations__ if name in type(self).model_fields)
        asked = getattr(self, first)
        return (asked,) if isinstance(asked, str) else tuple(asked)

    @cached_property
    def in_full(self) -> str:
        """All that it asks, in one line: tests of the same line are the same test."""
        return f"{type(self).__name__} {self.model_dump_json()}"

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

    def quantity(self) -> str:
        """What the finding is a value of: two tests of one quantity read the same patient's number."""
        return self.finding_id()

    def flaws(self, terms: Vocabulary) -> Iterator[Flaw]:
        """What is wrong with the test beyond its form: a unit that does not fit, a bound that no patient has."""
        return iter(())

    @abstractmethod
    def question(self) -> str:
        """What to ask the referrer where the test is open."""


BOUNDS = ("at_least", "at_most", "above", "below")
OPPOSITE = {"at least": "below", "at most": "above", "above": "at most", "below": "at least"}


_FOR_CERTAIN, _NOT_AT_ALL = Comparison("low", ">=", 1), Comparison("high", "<", 1)


class YesNo(Test):
    """A question whose finding is 1 for yes, 0 for no and both where it is open."""

    def holds_when(self) -> Comparison:
        return _FOR_CERTAIN

    def fails_when(self) -> Comparison:
        return _NOT_AT_ALL


class Bounded(Test):
    """A number against one bound, written with its unit."""

    at_least: AmountText | None = None
    at_most: AmountText | None = None
    above: AmountText | None = None
    below: AmountText | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Bounded:
        if sum(getattr(self, key) is not None for key in BOUNDS) != 1:
            raise ValueError("give one of 'at_least', 'at_most', 'above' and 'below'")
        return self

    @cached_property
    def bound_key(self) -> str:
        return next(key for key in BOUNDS if getattr(self, key) is not None)

    @cached_property
    def bound_words(self) -> tuple[str, str]:
        """The comparison in words, and the bound as the file writes it."""
        return self.bound_key.replace("_", " "), getattr(self, self.bound_key)

    @cached_property
    def bound(self) -> tuple[float, str]:
        """The bound's number and its unit."""
        return amount(self.bound_words[1])

    @cached_property
    def upwards(self) -> bool:
        """Whether greater numbers hold."""
        return self.bound_key in ("at_least", "above")

    def asked_words(self, *, opposite: bool = False) -> str:
        """The bound in plain words: "at least 55 %"."""
        words = self.bound_words[0]
        value, unit = self.bound
        return f"{OPPOSITE[words] if opposite else words} {span_words(value, value, unit)}"

    def holds_when(self) -> Comparison:
        end = "low" if self.upwards else "high"
        operators = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<"}
        return Comparison(end, operators[self.bound_key], self.bound[0])  # type: ignore[arg-type]

    def fails_when(self) -> Comparison:
        end = "high" if self.upwards else "low"
        operators = {"at_least": "<", "above": "<=", "at_most": ">", "below": ">="}
        return Comparison(end, operators[self.bound_key], self.bound[0])  # type: ignore[arg-type]

    def bound_flaws(self, units: tuple[str, ...], plausible: tuple[float, float] | None) -> Iterator[Flaw]:
        """A unit that is none of `units`, or a number of the first of them beyond what is plausible."""
        number, unit = self.bound
        if units and unit not in units:
            yield Flaw(self.bound_key, f"the unit '{unit}' does not fit", f"write the bound in {' or '.join(units)}")
        elif plausible is not None and unit == units[0] and not plausible[0] <= number <= plausible[1]:
            low, high = plausible
            yield Flaw(
                self.bound_key, f"{number:g} {unit} is no value a patient has", f"{low:g} to {high:g} is plausible"
            )
