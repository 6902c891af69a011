"""The newest number of a measurement against a bound: results in, an interval in the bound's unit out.

A multiple of the upper limit of normal takes the letter's own range, else the default of the terms, and says which.
A result older than the protocol allows, or pending, is spoken of but settles nothing.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from kb.dates import surely_before
from kb.facts import Coded, Fact, Interval, Quantity
from kb.vocabulary import Lab, Vocabulary
from rules import derivation
from rules.amounts import because, day_words, number, span_words
from rules.calculations import CALCULATIONS, Computed
from rules.concepts import Names
from rules.derivation import Expression
from rules.findings import Finding, Situation
from rules.limits_of_normal import LLN, ULN, limit_told, limits_of, usual_range
from rules.matching import Attributes, Items, concept_of, is_silent_on, spoken_of, weigh
from rules.moments import Dated, course_of, newest, reading_day
from rules.patient import hull
from rules.tests.base import Bounded, Flaw, Outcome
from rules.windows import SpanText, WindowText, later_by, window
from rules.wording import capital, label, labels

_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class Measurement(Bounded):
    """`measurement` with `at_least`, `at_most`, `above` or `below` a bound; `within` is how old the result may be.

    `normal_when`: stated normal without a number, these meet the bound. `computed_by`: worked out where no newer value
    is stated. `stated_as`: words (low) that meet the bound without a number, `not_when` words (negative) that do not.
    `newest: false`: one value or word that meets the bound, of whatever day, settles it; others leave it open.
    `no_better_than`: facts so marked (on oxygen) give an upper limit only. `free_of`: support (a
    transfusion) told in `free_for` before the result, or without its day, takes away the end that speaks for the
    patient. `raised_by` only raises it, as do the panels of `normal_when` and the examinations of
    `awaited_with` whose result is still to come.
    """

    windows = (("within", "good for longer"),)

    measurement: Annotated[str, Names(("lab",))]
    within: WindowText | None = None
    normal_when: Annotated[tuple[str, ...], Names(("lab",))] = ()
    computed_by: Literal["egfr", "cockcroft-gault"] | None = None
    stated_as: tuple[str, ...] = ()
    not_when: tuple[str, ...] = ()
    newest: bool = Field(default=True, description="only the newest value counts")
    no_better_than: Attributes = Field(default_factory=dict)
    free_of: Items = ()
    free_for: SpanText = "0 days"
    raised_by: Items = ()
    awaited_with: Annotated[tuple[str, ...], Names(("lab",))] = ()

    def finding_id(self) -> str:
        parts = [self.measurement, "newest" if self.newest else "any"]
        parts += [f"within-{window(self.within).words.replace(' ', '-')}"] if self.within else []
        parts += [f"{self.free_for.replace(' ', '-')}-unsupported"] if self.free_of else []
        parts += [self.bound[1].strip("{}").lower()] if self.bound[1] in (ULN, LLN) else []
        return ".".join(parts)

    def quantity(self) -> str:
        return f"{self.measurement}.{self.bound[1]}"

    def flaws(self, terms: Vocabulary) -> Iterator[Flaw]:
        term = terms.terms.get(self.measurement)
        if not isinstance(term, Lab):
            return iter(())
        if term.unit is None:
            return iter([Flaw("measurement", "has no number", "ask for it with 'result' or 'report'")])
        return self.bound_flaws((term.unit, ULN, LLN, "{titer}"), term.plausible)

    @cached_property
    def named(self) -> frozenset[str]:
        """Every concept without a fact on which nothing is found, but for what is computed."""
        raising = map(concept_of, self.raised_by)
        return frozenset((self.measurement, *self.normal_when, *self.awaited_with, *raising))

    def find(self, situation: Situation) -> Finding | None:
        if not self.computed_by and is_silent_on(self.named, situation):
            return None
        facts = [fact for fact in situation.about(self.measurement) if fact.assertion in ("present", "possible")]
        values = self._values(facts, situation)
        if not self.newest:
            return self._reached(facts, values, situation)
        fresh = newest([one for one in values if self._place(one, situation) != "outside"])
        statements = self._statements(facts, situation)
        if any(_turned_normal(one, fresh) for one in statements):
            fresh = []
        worse = [
            one for one in statements if one.value != "normal" and _newer(one, fresh) and not self._comments(one, fresh)
        ]
        if fresh and all(self._place(one, situation) == "inside" for one in fresh):
            better = [
                one
                for one in statements
                if one.value == "normal" and _newer(one, fresh) and one.fact.attributes.get("covers") != "rest"
            ]
            return self._numbers(fresh, values, worse, better)
        words = newest(statements)
        met = [one for one in words if one.value in self.stated_as and self._place(one, situation) == "inside"]
        if not fresh and met and len(met) == len(words):
            return self._met(met, self.stated_as[0])
        missed = [one for one in words if one.value in self.not_when and self._place(one, situation) == "inside"]
        if not fresh and missed and len(missed) == len(words):
            return self._met(missed, missed[0].value, meets=False)
        normal = [one for one in words if self._place(one, situation) == "inside"]
        if not fresh and normal and all(one.value == "normal" for one in normal) and not self.stated_as:
            usual = usual_range(self.measurement, self.bound[1], situation)
            if usual is not None:
                stating = [one.fact for one in normal]
                how = derivation.stated(usual.low, usual.high, "normal", stating)
                return self._finding(usual.low, usual.high, stating, how, basis=_stated(normal, "normal"))
        return self._open(facts, values, statements, situation)

    def _reached(
        self, facts: Sequence[Fact], values: Sequence[Dated[Computed]], situation: Situation
    ) -> Finding | None:
        """The newest of the values that meet the bound, else of the words that do."""
        reached = newest([one for one in values if self._meets(one.value.value)])
        if reached:
            return self._numbers(reached, reached, (), ())
        words = newest([one for one in self._statements(facts, situation) if one.value in self.stated_as])
        return self._met(words, self.stated_as[0]) if words else self._open(facts, values, (), situation)

    def _values(self, facts: Sequence[Fact], situation: Situation) -> list[Dated[Computed]]:
        """The stated values, and the computed ones that are newer than any stated."""
        read = [(self._read(fact, situation), fact) for fact in facts]
        stated = [Dated(value, fact, reading_day(fact, situation)) for value, fact in read if value is not None]
        plain = [one for one in stated if weigh(one.fact, self.no_better_than) != "counts"]
        if self.no_better_than and plain:
            stated = [one for one in stated if one in plain or _newer(one, plain)]
        extra = CALCULATIONS[self.computed_by](situation) if self.computed_by else []
        fresh = [one for one in stated if self._place(one, situation) != "outside"]
        return stated + [one for one in extra if one.value.value is not None and _newer(one, fresh)]

    def _read(self, fact: Fact, situation: Situation) -> Computed | None:
        if not isinstance(fact.value, Quantity):
            return None
        interval, calculation, how = fact.value.interval, "", derivation.value(fact)
        unit = self.bound[1]
        if unit in (ULN, LLN) and fact.value.unit != unit:
            limits, source = limits_of(fact, unit, situation)
            if not limits:
                return None
            low = None if interval.least is None else round(interval.least / max(limits), 9)
            high = None if interval.greatest is None else round(interval.greatest / min(limits), 9)
            interval = Interval(low, high)
            told = span_words(fact.value.interval.least, fact.value.interval.greatest, fact.value.unit)
            calculation = f"{told} ÷ {' or '.join(number(limit) for limit in limits)}, {source}"
            how = derivation.quotient(how, limit_told(fact, unit, limits))
        elif fact.value.unit != unit:
            return None
        if self.no_better_than and weigh(fact, self.no_better_than) == "counts":
            interval, how = Interval(None, interval.greatest), derivation.only("high", how, [fact])
        support = self._support(fact, situation)
        if support:
            interval = Interval(None, interval.greatest) if self.upwards else Interval(interval.least, None)
            how = derivation.only("high" if self.upwards else "low", how, support)
            return Computed(interval, calculation, (fact, *support), derivation=how)
        return Computed(interval, calculation, (fact,), derivation=how)

    def _support(self, fact: Fact, situation: Situation) -> list[Fact]:
        """What held the value up: support that may lie in the days before the result."""
        day = reading_day(fact, situation)
        if not self.free_of:
            return []
        if day is None or day.latest is None:  # the days of result and support cannot be held against each other
            return spoken_of(self.free_of, situation)
        found = []
        for one in spoken_of(self.free_of, situation):
            last = one.time or course_of(one).end or course_of(one).start
            after = last is not None and day.latest is not None and surely_before(day, last)
            before = (
                last is not None
                and last.latest is not None
                and later_by(last.latest, self.free_for) < (day.earliest or day.latest)
            )
            going_on = course_of(one).ongoing is True
            if going_on or not (after or before):
                found.append(one)
        return found

    def _statements(self, facts: Sequence[Fact], situation: Situation) -> list[Dated[str]]:
        """What is stated in a word instead of a number: normal, abnormal, high, low."""
        told = [*facts, *(fact for concept in self.normal_when for fact in situation.about(concept))]
        return [
            Dated(fact.value.code, fact, reading_day(fact, situation))
            for fact in told
            if isinstance(fact.value, Coded)
            and fact.assertion == "present"
            and fact.value.code not in ("pending", "not_done")
        ]

    def _awaited(self, situation: Situation) -> list[Fact]:
        """The panels and examinations the value would come with, whose result is still to come."""
        together = (fact for concept in (*self.normal_when, *self.awaited_with) for fact in situation.about(concept))
        return [fact for fact in together if isinstance(fact.value, Coded) and fact.value.code == "pending"]

    def _place(self, one: Dated[Computed] | Dated[str], situation: Situation) -> str:
        return "inside" if self.within is None else window(self.within).place(one.when, situation.as_of)

    def _comments(self, word: Dated[str], fresh: Sequence[Dated[Computed]]) -> bool:
        """Whether an undated word ("transaminases rising") says no more than the numbers beyond normal beside it."""
        if word.fact.time is not None or self.bound[1] != ULN:
            return False
        values = [one.value.value for one in fresh if one.fact.document == word.fact.document]
        return len(values) == len(fresh) and all(
            value is not None and value.least is not None and value.least > 1 for value in values
        )

    def _numbers(
        self,
        fresh: Sequence[Dated[Computed]],
        told: Sequence[Dated[Computed]],
        worse: Sequence[Dated[str]],
        better: Sequence[Dated[str]],
    ) -> Finding:
        """The newest numbers; a later word that they are abnormal takes away the end that speaks for the patient.

        A later word that they are normal takes away the other end: whether it holds for just this value is not sure.
        """
        values = [one.value.value for one in fresh if one.value.value is not None]
        whole = hull(values)
        how = derivation.newest([(one.fact, one.value.derivation) for one in told if one.value.derivation])
        if worse or better:
            only_high = self.upwards == bool(worse)
            whole = Interval(None, whole.greatest) if only_high else Interval(whole.least, None)
            how = derivation.only("high" if only_high else "low", how, [one.fact for one in worse or better])
        differ = len({(value.least, value.greatest) for value in values}) > 1
        basis = " and ".join(
            dict.fromkeys(f"{_span(one.value.value, self.bound[1])} {day_words(one.when)}" for one in fresh)
        )
        only_limit = (self.no_better_than or self.free_of) and whole.low is None and whole.high is not None
        return self._finding(
            whole.least,
            whole.greatest,
            [*(fact for one in fresh for fact in one.value.facts), *(one.fact for one in (*worse, *better))],
            how,
            calculation="; ".join(dict.fromkeys(one.value.calculation for one in fresh if one.value.calculation))
            or None,
            note=_note(worse=bool(worse), better=bool(better), only_limit=bool(only_limit), differ=differ),
            basis=basis,
        )

    def _meets(self, value: Interval | None) -> bool:
        """Whether the whole of the value lies on the bound's side."""
        asked = self.holds_when()
        end = None if value is None else value.least if asked.end == "low" else value.greatest
        return end is not None and _COMPARE[asked.operator](end, asked.bound)

    def _met(self, told: Sequence[Dated[str]], word: str, *, meets: bool = True) -> Finding:
        """A word that stands for a number which meets the bound, or (`meets` false) just does not."""
        bound, unit = self.bound
        bound = 1.0 if unit == ULN and meets else bound
        upwards = self.upwards == meets
        if meets == bool(self.above or self.below):
            bound = math.nextafter(bound, math.inf if upwards else -math.inf)
        low, high = (bound, None) if upwards else (None, bound)
        stating = [one.fact for one in told]
        how = derivation.stated(low, high, word if meets else f"not {word}", stating)
        return self._finding(low, high, stating, how, basis=_stated(told, word))

    def _open(
        self,
        facts: Sequence[Fact],
        values: Sequence[Dated[Computed]],
        statements: Sequence[Dated[str]],
        situation: Situation,
    ) -> Finding | None:
        raising = [*spoken_of(self.raised_by, situation), *self._awaited(situation)]
        extra = CALCULATIONS[self.computed_by](situation) if self.computed_by else []
        used = [*facts, *(one.fact for one in statements), *raising, *(one.fact for one in extra)]
        if not used:
            return None
        note = self._why_open(values, statements, extra, situation)
        last = newest(values)
        of_each = {one.fact.document: one for one in last[::-1]}  # one of each document
        told = (f"{_span(one.value.value, self.bound[1])} {day_words(one.when)}" for one in of_each.values())
        basis = " and ".join(dict.fromkeys(told)) or None
        how = derivation.unsettled("value", used)
        return self._finding(None, None, used, how, note=note, basis=basis)

    def _why_open(
        self,
        values: Sequence[Dated[Computed]],
        statements: Sequence[Dated[str]],
        extra: Sequence[Dated[Computed]],
        situation: Situation,
    ) -> str:
        if not self.newest and values:
            return "no value that meets the bound is told"
        if self.within and situation.as_of is None and (values or statements):
            return "the screening date is not known"
        if values and all(self._place(one, situation) == "outside" for one in values):
            return f"older than {window(self.within or '').words}"
        if values:
            return "its date may lie on either side of the window, or a later word contradicts it"
        if self._awaited(situation):
            return "the result is awaited"
        missing = [one.value.missing for one in extra if one.value.missing]
        if missing:
            return f"cannot be computed without the {missing[0]}"
        return "no number given"

    def _finding(
        self,
        low: float | None,
        high: float | None,
        facts: Sequence[Fact],
        how: Expression,
        *,
        calculation: str | None = None,
        note: str | None = None,
        basis: str | None = None,
    ) -> Finding:
        return Finding(
            self.finding_id(),
            low,
            high,
            self.bound[1],
            tuple(dict.fromkeys(fact.id for fact in facts)),
            calculation=calculation,
            note=note,
            ask=self.question(),
            basis=basis,
            derivation=how,
        )

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        bound = self.asked_words()
        name = capital(label(self.measurement))
        if finding is None:
            return f"{name} is not mentioned (asked for: {bound})."
        told = finding.basis or "no value"
        if outcome == "open":
            return f"{name} {bound} not settled: {told}{because(finding)}."
        if finding.calculation:
            told = f"{told} [{finding.calculation}]"
        other = self.asked_words(opposite=True)
        return f"{name} {told} is {bound if outcome == 'holds' else other}."

    def question(self) -> str:
        recent = f" of the last {window(self.within).words}" if self.within else ""
        return f"What is the {label(self.measurement)}{recent}, and of which day?"


def _stated(told: Sequence[Dated[str]], word: str) -> str:
    return f"{labels(list(dict.fromkeys(one.fact.concept for one in told)), 'and')} stated to be {word}"


def _note(*, worse: bool, better: bool, only_limit: bool, differ: bool) -> str | None:
    if worse or better:
        return f"a later word calls it {'abnormal' if worse else 'normal'}, without a number"
    return "reached only with support" if only_limit else "different values of the same time" if differ else None


def _newer(one: Dated[Computed] | Dated[str], others: Sequence[Dated[Computed]]) -> bool:
    """Whether it is certainly newer than all the others."""
    return all(
        one.when is not None and other.when is not None and surely_before(other.when, one.when) for other in others
    )


def _turned_normal(word: Dated[str], fresh: Sequence[Dated[Computed]]) -> bool:
    """Whether a letter goes on from these values to tell that they are normal again: "400; it is now normal"."""
    return (
        word.value == "normal"
        and bool(fresh)
        and all((one.fact.document, one.fact.start) == (word.fact.document, word.fact.start) for one in fresh)
        and _newer(word, fresh)
    )


def _span(value: Interval | None, unit: str) -> str:
    return "no value" if value is None else span_words(value.least, value.greatest, unit)
