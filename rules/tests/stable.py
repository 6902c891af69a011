"""Whether treatment was left as it is for a time: medication facts in, yes, no or open out.

A drug that was begun, changed or stopped inside the window is a change; one whose start at the present dose lies before
it is none. A statement that the doses are stable answers where no change is told, if it says for how long.
"""

from __future__ import annotations

from typing import Annotated, Literal

from kb.facts import Fact, Time
from rules import derivation
from rules.amounts import because, day_words
from rules.concepts import Names
from rules.derivation import Expression
from rules.findings import Finding, Situation
from rules.matching import Items, counted
from rules.medication import going_on, in_doubt, taken
from rules.moments import course_of
from rules.tests.base import Outcome, YesNo
from rules.windows import WindowText, window
from rules.wording import capital, labels

Sign = Literal["unchanged", "changed", "open"]


class Stable(YesNo):
    """`stable` drugs or classes had no change of dose `unchanged_within` a window, `apart_from` some of them.

    `stated_by`: what says so in words.
    """

    windows = (("unchanged_within", "holds for fewer"),)

    stable: Annotated[str | tuple[str, ...], Names(("drug",))]
    unchanged_within: WindowText
    apart_from: Annotated[tuple[str, ...], Names(("drug",))] = ()
    stated_by: Items = ()

    def concepts(self) -> tuple[str, ...]:
        return (self.stable,) if isinstance(self.stable, str) else self.stable

    def finding_id(self) -> str:
        span = window(self.unchanged_within).words.replace(" ", "-")
        return f"{'+'.join(self.concepts())}.unchanged-within-{span}"

    def find(self, situation: Situation) -> Finding | None:
        told = [(fact, self._sign(fact, situation)) for fact in taken(self.concepts(), situation)]
        told = [(fact, sign) for fact, sign in told if not self._apart(fact, situation)]
        signs = [(fact, sign) for fact, sign in told if sign is not None]
        saying = counted(self.stated_by, situation)
        stated = [fact for fact in saying if self._is_long_enough(fact, situation)]
        changed = [fact for fact, sign in signs if sign == "changed"]
        if changed:
            how = [*derivation.each("no", changed), *derivation.each("open", stated)]
            return self._finding(0, 1 if stated else 0, [*changed, *stated], derivation.votes(how))
        unsure = [fact for fact, sign in signs if sign == "open"]
        if (unsure or saying) and not stated:
            known = [] if unsure else [fact for fact, _ in signs]
            if not known:
                opened = derivation.votes(derivation.each("open", [*unsure, *saying]))
                return self._finding(0, 1, [*unsure, *saying], opened, "since when the dose is so is not told")
        facts = [*(fact for fact, _ in signs), *stated]
        return self._finding(1, 1, facts, derivation.votes(derivation.each("yes", facts))) if facts else None

    def _is_long_enough(self, fact: Fact, situation: Situation) -> bool:
        """Whether what says that nothing was changed reaches back over the window."""
        return self._since(course_of(fact).start, situation) == "unchanged"

    def _apart(self, fact: Fact, situation: Situation) -> bool:
        return situation.vocabulary.is_one_of(fact.concept, self.apart_from)

    def _sign(self, fact: Fact, situation: Situation) -> Sign | None:
        """What the fact says of the window; None where it is over before it."""
        if fact.assertion != "present" or in_doubt(fact, situation):
            return "open"
        course = course_of(fact)
        if not going_on(fact, situation):
            last = course.end or fact.time
            if last is None:
                return None  # a drug of the past that nothing places is of the history, not of late
            sign = self._since(last, situation)
            return None if sign == "unchanged" else sign
        starts: list[Time | None] = [step.start for step in course.steps if step.start is not None]
        return self._since((starts or [course.start])[-1], situation)

    def _since(self, change: Time | None, situation: Situation) -> Sign:
        """What a change of that day is to the window: one on its first day leaves all of it without a change."""
        if change is None or situation.as_of is None:
            return "open"
        first = window(self.unchanged_within).start(situation.as_of)
        if change.latest is not None and change.latest <= first:
            return "unchanged"
        return "changed" if change.earliest is not None and change.earliest > first else "open"

    def _finding(self, low: int, high: int, facts: list[Fact], how: Expression, note: str | None = None) -> Finding:
        words = [_told(fact) for fact in facts]
        contradicted = "a change is told, and that there was none" if low != high and note is None else None
        return Finding(
            self.finding_id(),
            low,
            high,
            "",
            tuple(dict.fromkeys(fact.id for fact in facts)),
            note=note or contradicted,
            ask=self.question() if low != high else None,
            basis=", ".join(dict.fromkeys(words)),
            derivation=how,
        )

    @property
    def _name(self) -> str:
        return f"{labels(self.concepts())} unchanged within {self.unchanged_within}"

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        name = capital(self._name)
        if finding is None:
            return f"{name}: not mentioned."
        told = {"holds": "yes", "fails": "no", "open": "not settled"}[outcome]
        return f"{name}: {told} ({finding.basis}){because(finding) if outcome == 'open' else ''}."

    def question(self) -> str:
        return f"Since when are the doses of {labels(self.concepts())} as they are now?"


def _told(fact: Fact) -> str:
    course = course_of(fact)
    if course.end is not None:
        return f"{fact.label} until {day_words(course.end).removeprefix('on ')}"
    return f"{fact.label} since {day_words(course.start).removeprefix('on ')}" if course.start else fact.label
