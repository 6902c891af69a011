"""What one fact says on whether something happened, and what denials leave of it: facts in, votes and their words out.

A denial of an earlier day, or by a more general name than that of what is told, contradicts no vote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kb.dates import surely_before
from kb.facts import Fact, Time
from rules.amounts import day_words
from rules.derivation import Role
from rules.findings import Situation
from rules.matching import Attribute
from rules.moments import reading_day

Answer = Literal["yes", "no", "open", "open in time"]
ROLES: dict[Answer, Role] = {"yes": "yes", "no": "no", "open": "open", "open in time": "open"}


@dataclass(frozen=True, slots=True)
class Vote:
    """What one fact says: `principal` if it is of the concepts asked for, `unclear` if it may or may not be."""

    fact: Fact
    answer: Answer
    why: str = ""
    principal: bool = True
    unclear: bool = False
    clears_on: date | None = None
    holds_open: bool = False


def contradicted(yes: Sequence[Vote], against: Sequence[Fact], situation: Situation) -> bool:
    """Whether no yes stands: each is denied on no earlier day, by its own name or by one no more general."""
    return bool(against) and all(any(_refutes(fact, vote, situation) for fact in against) for vote in yes)


def _refutes(denial: Fact, vote: Vote, situation: Situation) -> bool:
    told, day = reading_day(vote.fact, situation), reading_day(denial, situation)
    if told is not None and day is not None and surely_before(day, told):
        return False
    general = denial.concept != vote.fact.concept and situation.vocabulary.is_a(vote.fact.concept, denial.concept)
    return not (vote.principal and general)


def is_left(told: Fact, against: Sequence[Fact]) -> bool:
    """Whether the letter tells that it is over but not since when, which "not on it" of today leaves as it is."""
    course = told.course
    if course is None or course.ongoing is not False or course.end is not None or told.time is not None:
        return False
    return all(fact.assertion == "absent" and fact.time is None and fact.temporality == "current" for fact in against)


def described(fact: Fact, when: Time | None = None) -> str:
    """The fact in a few words: its label, what is told of it, its day."""
    day = when if when is not None else fact.time
    told = [value for name, value in sorted(fact.attributes.items()) if name in ("size", "severity", "grade", "target")]
    words = f"{fact.label} ({', '.join(told)})" if told else fact.label
    return f"{words} {day_words(day)}" if day is not None else words


def denied_words(fact: Fact) -> str:
    """The fact in a few words where it speaks against: its label, and that it is denied."""
    return f"{fact.label} {'denied' if fact.assertion == 'absent' else 'told'}"


def untold(fact: Fact, name: str, rule: Attribute) -> bool:
    """Whether the letter does not tell the attribute that is asked for."""
    return rule.weigh(fact.attributes.get(name)) == "open"
