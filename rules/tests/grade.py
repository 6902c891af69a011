"""A class of an ordered scale (MGFA, NYHA, a BILAG letter): stated classes in, their rank as an interval out.

The terms give each class its rank; subclasses share one (IIa and IIb are II). The newest stated class counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import model_validator

from kb.facts import Coded, Fact, Interval, Quantity
from kb.vocabulary import Score, Vocabulary, vocabulary
from rules import derivation
from rules.amounts import because, day_words
from rules.concepts import Names
from rules.denials import denials
from rules.derivation import Expression
from rules.findings import Finding, Situation
from rules.matching import Items, spoken_of
from rules.moments import Dated, newest, reading_day
from rules.patient import hull
from rules.tests.base import Comparison, Flaw, Outcome, Test
from rules.windows import WindowText, window
from rules.wording import label


class Grade(Test):
    """`grade` with `at_least` or `at_most` a class of its scale, or both; `within` is how old a stated one may be.

    `denied_as`: the diseases that it grades; where they are denied it is below every class.
    """

    windows = (("within", "good for longer"),)

    grade: Annotated[str, Names(("score",))]
    at_least: str | None = None
    at_most: str | None = None
    within: WindowText | None = None
    denied_as: Annotated[tuple[str, ...], Names(("condition",))] = ()
    raised_by: Items = ()

    @model_validator(mode="after")
    def _one_class(self) -> Grade:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give one of 'at_least' and 'at_most'")
        return self

    @property
    def _asked(self) -> str:
        return f"class {self.at_least} or above" if self.at_least else f"class {self.at_most} or below"

    def finding_id(self) -> str:
        span = f".within-{window(self.within).words.replace(' ', '-')}" if self.within else ""
        return f"{self.grade}.class{span}"

    def quantity(self) -> str:
        return f"{self.grade}.class"

    def flaws(self, terms: Vocabulary) -> Iterator[Flaw]:
        term = terms.terms.get(self.grade)
        word = (self.at_least or self.at_most or "").lower()
        if isinstance(term, Score) and word not in term.levels:
            key = "at_least" if self.at_least else "at_most"
            yield Flaw(key, f"'{word}' is no class of {term.label}", f"one of {', '.join(term.levels) or 'none'}")

    def find(self, situation: Situation) -> Finding | None:
        facts = [fact for fact in situation.about(self.grade) if fact.assertion in ("present", "possible")]
        ranks = [(fact, _rank(fact)) for fact in facts if fact.assertion == "present"]
        stated = [Dated(rank, fact, reading_day(fact, situation)) for fact, rank in ranks if rank is not None]
        latest = newest(stated)
        if latest and all(self._place(one, situation) == "inside" for one in latest):
            whole = hull([one.value for one in latest])
            words = [f"“{one.fact.quote}” {day_words(one.when)}" for one in latest]
            how = derivation.newest([(one.fact, _told(one.fact, one.value)) for one in stated])
            return self._finding(whole.least, whole.greatest, [one.fact for one in latest], words, how)
        denied = denials(self.denied_as, situation, now_suffices=True) if self.denied_as and not facts else None
        if denied is not None and denied.complete:
            none = [f"{fact.label} denied" for fact in denied.covering]
            how = derivation.stated(0.0, 0.0, "denied", denied.covering)
            return self._finding(0.0, 0.0, list(denied.covering), none, how)
        named = [*facts, *spoken_of(self.raised_by, situation)]
        if not named:
            return None
        note = "not certainly new enough" if latest else "named without its class"
        how = derivation.unsettled("value", named)
        return self._finding(None, None, named, [fact.quote for fact in named], how, note)

    def _place(self, one: Dated[Interval], situation: Situation) -> str:
        return "inside" if self.within is None else window(self.within).place(one.when, situation.as_of)

    def _finding(
        self,
        low: float | None,
        high: float | None,
        facts: list[Fact],
        words: list[str],
        how: Expression,
        note: str | None = None,
    ) -> Finding:
        return Finding(
            self.finding_id(),
            low,
            high,
            "{class}",
            tuple(dict.fromkeys(fact.id for fact in facts)),
            note=note,
            ask=self.question(),
            basis=", ".join(dict.fromkeys(words)),
            derivation=how,
        )

    def holds_when(self) -> Comparison:
        return Comparison("low", ">=", self._bound) if self.at_least else Comparison("high", "<=", self._bound)

    def fails_when(self) -> Comparison:
        return Comparison("high", "<", self._bound) if self.at_least else Comparison("low", ">", self._bound)

    @property
    def _bound(self) -> float:
        term = vocabulary().terms.get(self.grade)
        levels = term.levels if isinstance(term, Score) else {}
        word = (self.at_least or self.at_most or "").lower()
        if word not in levels:
            raise ValueError(f"'{word}' is no class of {self.grade}: one of {', '.join(levels) or 'none'}")
        return levels[word]

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        name = label(self.grade)
        if finding is None:
            return f"{name} is not mentioned (asked for: {self._asked})."
        told = {"holds": "is", "fails": "is not", "open": "leaves open"}[outcome]
        return f"{name} {finding.basis} {told} {self._asked}{because(finding) if outcome == 'open' else ''}."

    def question(self) -> str:
        recent = f" of the last {window(self.within).words}" if self.within else ""
        return f"What is the {label(self.grade)}{recent}, and of which day?"


def _rank(fact: Fact) -> Interval | None:
    """The rank of the stated class: its number, or that of its word in the terms."""
    if isinstance(fact.value, Quantity):
        return fact.value.interval
    term = vocabulary().terms.get(fact.concept)
    levels = term.levels if isinstance(term, Score) else {}
    rank = levels.get(fact.value.code.lower()) if isinstance(fact.value, Coded) else None
    return None if rank is None else Interval.exactly(rank)


def _told(fact: Fact, rank: Interval) -> Expression:
    if isinstance(fact.value, Coded) and rank.low is not None:
        return derivation.constant(rank.low, f"rank of {fact.value.code} in {fact.concept}")
    return derivation.value(fact)
