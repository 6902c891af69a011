"""Whether a drug was taken, or how long at a dose: medication facts in, yes or no, or days as an interval, out.

Systemic and really taken only. A dose per kg needs the weight; the letter's silence on earlier courses leaves the
upper end open unless its words close the treatment history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, model_validator

from kb.facts import Fact
from rules import derivation
from rules.amounts import AmountText, amount, day_words, number, span_words
from rules.concepts import Names
from rules.derivation import Expression
from rules.findings import Finding, Situation
from rules.matching import Attributes, Items, counted, spoken_of, weigh
from rules.medication import denied, ended, going_on, in_doubt, kilograms, medications, taken, weights_of
from rules.patient import hull
from rules.placing import place_of
from rules.standing import standing
from rules.tests.base import Comparison, Outcome, Test
from rules.timeline import Run, longest_run
from rules.windows import Window, WindowText, window
from rules.wording import capital, labels


class Exposure(Test):
    """`exposure` to a drug or a class, ever, `state: now` or `within` a window; with `at_least` and `for`, at a dose.

    `having` narrows by attributes (what it is given for); `bridging` is the longest gap that does not end a run.
    `closed_by`: statements that close the treatment history. `ruled_out_by`: what answers no in other words.
    `raised_by` raises the question without an answer.
    """

    windows = (("within", "holds for more"),)

    exposure: Annotated[str | tuple[str, ...], Names(("drug",))]
    at_least: AmountText | None = None
    equivalent_to: Literal["prednisone"] | None = None
    span: AmountText | None = Field(default=None, alias="for")
    within: WindowText | None = None
    bridging: AmountText = "0 days"
    state: Literal["now"] | None = None
    having: Attributes = Field(default_factory=dict)
    closed_by: Annotated[tuple[str, ...], Names(("statement",))] = ()
    ruled_out_by: Items = ()
    raised_by: Items = ()

    @model_validator(mode="after")
    def _dose_with_span(self) -> Exposure:
        if (self.at_least is None) != (self.span is None):
            raise ValueError("'at_least' and 'for' belong together")
        if self.at_least is not None and amount(self.at_least)[1] != "mg/kg/day":
            raise ValueError("a level is given in mg/kg/day")
        if sum(one is not None for one in (self.within, self.state, self.at_least)) > 1:
            raise ValueError("give one of 'within', 'state' and 'at_least'")
        return self

    def concepts(self) -> tuple[str, ...]:
        return (self.exposure,) if isinstance(self.exposure, str) else self.exposure

    def finding_id(self) -> str:
        name = "+".join([*self.concepts(), *self.having])
        if self.at_least is not None:
            return f"{name}.longest-run.{number(amount(self.at_least)[0])}-mg-per-kg"
        if self.within is not None:
            return f"{name}.within-{window(self.within).words.replace(' ', '-')}"
        return f"{name}.{'now' if self.state else 'ever'}"

    def _taken(self, situation: Situation) -> list[Fact]:
        """The facts of taking it; of one that may not be meant only perhaps."""
        weighed = [(fact, weigh(fact, self.having)) for fact in taken(self.concepts(), situation)]
        return [
            fact if weight == "counts" else replace(fact, assertion="possible")
            for fact, weight in weighed
            if weight != "does not count"
        ]

    def holds_when(self) -> Comparison:
        return Comparison("low", ">=", amount(self.span)[0] if self.span else 1)

    def fails_when(self) -> Comparison:
        return Comparison("high", "<", amount(self.span)[0] if self.span else 1)

    def find(self, situation: Situation) -> Finding | None:
        closing = [fact for name in self.closed_by for fact in counted((name,), situation)]
        if self.at_least is not None:
            return self._days(closing, situation)
        if self.within is not None:
            return self._in_window(window(self.within), closing, situation)
        return self._yes_or_no(closing, situation)

    def _days(self, closing: Sequence[Fact], situation: Situation) -> Finding | None:
        facts = self._taken(situation)
        if not facts:
            return self._never(closing, situation)
        certain = [fact for fact in facts if fact.assertion == "present"]
        run = self._run(certain, situation)
        whole = self._run(facts, situation)
        most = whole.most if closing else None
        how = derivation.run(run.held, whole.possible, closing)
        used = run.calculation is not None and "÷" in run.calculation
        needed = [weight for fact in certain for weight in weights_of(fact, situation)] if used else []
        note = None
        if run.least < amount(self.span or "")[0]:
            note = f"the {run.missing} is not told" if run.missing else _short_of(run)
        return self._finding(run.least, most, [*facts, *needed, *closing], how, run.calculation, note)

    def _run(self, facts: Sequence[Fact], situation: Situation) -> Run:
        level, bridge = amount(self.at_least or "")[0], int(amount(self.bridging)[0])
        told = {fact.id: weights_of(fact, situation) for fact in facts}
        weights = {key: hull([kilograms(one) for one in found]) for key, found in told.items() if found}
        return longest_run(facts, level, bridge, weights, situation)

    def _yes_or_no(self, closing: Sequence[Fact], situation: Situation) -> Finding | None:
        facts = self._taken(situation)
        if self.state:
            facts = [fact for fact in facts if going_on(fact, situation)]
            certain = [fact for fact in facts if not in_doubt(fact, situation)]
        else:
            certain = [fact for fact in facts if fact.assertion == "present"]
        if certain:
            how = derivation.votes(derivation.each("yes", certain))
            return self._finding(1, 1, certain, how)
        if facts:
            how = derivation.votes(derivation.each("open", facts))
            return self._finding(0, 1, facts, how, note="not told clearly")
        return self._never(closing, situation)

    def _in_window(self, span: Window, closing: Sequence[Fact], situation: Situation) -> Finding | None:
        """Whether some day of taking it lies in the window; one told without its days may be in it."""
        facts = self._taken(situation)
        places = [(fact, place_of(fact, span, situation, lasting=True)) for fact in facts]
        inside = [(fact, place) for fact, place in places if place[0] == "inside" and fact.assertion == "present"]
        if inside:
            lasts_on = any(ongoing for _, (_, _, ongoing) in inside)
            days = [last.latest for _, (_, last, _) in inside if last is not None and last.latest is not None]
            clears = span.clears(max(days)) if days and not lasts_on else None
            how = derivation.votes(derivation.each("yes", [fact for fact, _ in inside]))
            found = self._finding(1, 1, [fact for fact, _ in inside], how)
            return replace(found, clears_on=clears, holds_open=lasts_on)
        unsure = [fact for fact, place in places if place[0] != "outside"]
        opened, past = derivation.each("open", unsure), derivation.each("no", facts)
        if unsure:
            return self._finding(
                0,
                1,
                unsure,
                derivation.votes(opened),
                note=f"when it was last taken{', or for what,' if self.having else ''} is not told clearly",
            )
        return self._finding(0, 0, facts, derivation.votes(past)) if facts else self._never(closing, situation)

    def _never(self, closing: Sequence[Fact], situation: Situation) -> Finding | None:
        span = None if self.within is None else window(self.within)
        against = [
            *denied(self.concepts(), situation, span, now=self.state is not None),
            *self._stopped(situation),
            *counted(self.ruled_out_by, situation),
            *closing,
        ]
        if against:
            return self._finding(0, 0, against, derivation.votes(derivation.each("against", against)))
        told = self._named(situation) if not self.state else []
        raising = [*told, *spoken_of(self.raised_by, situation)]
        if not raising:
            return None
        how = derivation.unsettled("count", raising)
        return self._finding(0, None, raising, how, note="named without being taken for certain")

    def _named(self, situation: Situation) -> list[Fact]:
        """Every mention of the drug that may be meant."""
        told = medications(self.concepts(), situation)
        return [fact for fact in told if weigh(fact, self.having) != "does not count"]

    def _stopped(self, situation: Situation) -> list[Fact]:
        """What ended it, where it is asked for now: a class is not over because one of it is."""
        if self.state is None:
            return []
        named = [fact for fact in taken(self.concepts(), situation) if fact.concept in self.concepts()]
        named = [fact for fact in named if ended(fact) or standing(fact, situation) != "overtaken"]
        told = {fact.concept for fact in named} == set(self.concepts())
        return named if told and all(ended(fact) for fact in named) else []

    def _finding(
        self,
        low: float,
        high: float | None,
        facts: Sequence[Fact],
        how: Expression,
        calculation: str | None = None,
        note: str | None = None,
    ) -> Finding:
        told = [
            f"{fact.label} {day_words(fact.course.start)}" if fact.course and fact.course.start else fact.label
            for fact in facts
        ]
        untold = low == 0 and high is None
        days = None if untold else f"{span_words(low, high, 'd')} in one run"
        return Finding(
            self.finding_id(),
            low,
            high,
            "d" if self.span else "",
            tuple(dict.fromkeys(fact.id for fact in facts)),
            calculation=calculation,
            note=note,
            ask=self.question() if note or low != high else None,
            basis=days if self.span else ", ".join(dict.fromkeys(told)),
            derivation=how,
        )

    def _name(self) -> str:
        name = labels(self.concepts())
        if self.at_least is None:
            return f"{name} within {self.within}" if self.within else f"{name} now" if self.state else name
        equal = f" {self.equivalent_to} equivalent" if self.equivalent_to else ""
        return f"{name} at {self.at_least}{equal} or more for {self.span} in one run"

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        name = capital(self._name())
        if finding is None:
            return f"{name}: not mentioned."
        told = {"holds": "yes", "fails": "no", "open": "not settled"}[outcome]
        parts = [finding.calculation or finding.basis, finding.note if outcome == "open" else None]
        shown = "; ".join(part for part in parts if part)
        return f"{name}: {told}{f' ({shown})' if shown else ''}."

    def question(self) -> str:
        if self.at_least is None:
            asked = "being taken now" if self.state else "when last taken" if self.within else "ever taken"
            return f"{capital(labels(self.concepts()))}: {asked}?"
        return (
            f"{capital(labels(self.concepts()))}: doses with their dates (how long at {self.at_least}), and the weight?"
        )


def _short_of(run: Run) -> str:
    return "no run that is long enough is told" if run.least else "how long at this dose is not told"
