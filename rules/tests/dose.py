"""The daily amount of a class of drugs at present: medication facts in, the amount as an interval out.

Systemic drugs that go on are counted, different ones added; a bound per kg needs the weight. "Not taking" is zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from kb.calculators.prednisone import amounts, prednisone_equivalent
from kb.facts import Fact, Interval
from kb.vocabulary import Vocabulary
from rules import derivation
from rules.amounts import because, span_words
from rules.concepts import Names
from rules.derivation import Expression
from rules.findings import Finding, Situation
from rules.matching import Items, counted, spoken_of
from rules.medication import dosing_of, going_on, in_doubt, kilograms, refused, taken, weights_of
from rules.patient import hull
from rules.standing import standing
from rules.tests.base import Bounded, Flaw, Outcome
from rules.wording import capital, label

PER_DAY, PER_KG = "mg/day", "mg/kg/day"


class Dose(Bounded):
    """`dose` of a class, with a bound in mg/day or mg/kg/day; `equivalent_to` the drug in which it is counted.

    `none_when`: what says in other words that none is taken. `raised_by` raises the question without an answer.
    """

    dose: Annotated[str, Names(("drug",))]
    equivalent_to: Literal["prednisone"] | None = None
    none_when: Items = ()
    raised_by: Items = ()

    def finding_id(self) -> str:
        return f"{self.dose}.daily-dose.{self.bound[1].replace('/', '-per-')}"

    def flaws(self, terms: Vocabulary) -> Iterator[Flaw]:
        return self.bound_flaws((PER_KG, PER_DAY), None)

    def find(self, situation: Situation) -> Finding | None:
        facts = [fact for fact in taken((self.dose,), situation) if going_on(fact, situation)]
        if not facts:
            return self._without(situation)
        if any(in_doubt(fact, situation) for fact in facts):
            how = derivation.unsettled("value", facts)
            return self._finding(None, None, facts, how, "only an older document tells what is taken")
        groups: dict[str, list[Fact]] = {}
        for fact in facts:
            groups.setdefault(fact.concept, []).append(fact)
        amounts = [self._amount(group, situation) for group in groups.values()]
        weights = [one for fact in facts for one in weights_of(fact, situation)] if self.bound[1] == PER_KG else []
        if any(amount is None for amount in amounts):
            note = (
                "the dose is not told" if weights or self.bound[1] == PER_DAY else "the dose or the weight is not told"
            )
            used = [*facts, *weights]
            return self._finding(None, None, used, derivation.unsettled("value", used), note)
        known = [amount for amount in amounts if amount is not None]
        low = _sum([amount.least for amount in known])
        how = derivation.total(
            derivation.hull([self._derived(fact, situation) for fact in group]) for group in groups.values()
        )
        return self._finding(low, _sum([amount.greatest for amount in known]), [*facts, *weights], how)

    def _without(self, situation: Situation) -> Finding | None:
        none = [*refused((self.dose,), situation), *counted(self.none_when, situation)]
        none = [fact for fact in none if fact.kind != "medication" or fact.concept == self.dose]
        none = [fact for fact in none if standing(fact, situation) == "stands"]
        if none:
            return self._finding(0, 0, none, derivation.stated(0, 0, "none taken", none))
        named = [*taken((self.dose,), situation), *spoken_of(self.raised_by, situation)]
        how = derivation.unsettled("value", named)
        return self._finding(None, None, named, how, "what is taken at present is not told") if named else None

    def _amount(self, facts: Sequence[Fact], situation: Situation) -> Interval | None:
        """The amounts told of one drug, as one interval; None where one of them is not told."""
        levels = [self._level(fact, situation) for fact in facts]
        known = [level for level in levels if level is not None]
        return hull(known) if known and len(known) == len(levels) else None

    def _level(self, fact: Fact, situation: Situation) -> Interval | None:
        dosing, weights = dosing_of(fact), weights_of(fact, situation)
        weight = hull([kilograms(one) for one in weights]) if weights else None
        per_day, per_kg = self._counted(fact, dosing.per_day), self._counted(fact, dosing.per_kg)
        if self.bound[1] == PER_KG:
            return per_kg if per_kg is not None else _divided(per_day, weight)
        return per_day if per_day is not None else _multiplied(per_kg, weight)

    def _derived(self, fact: Fact, situation: Situation) -> Expression:
        """How `_level` comes about."""
        weights = [derivation.value(one) for one in weights_of(fact, situation)]
        own, per_kg = dosing_of(fact), self.bound[1] == PER_KG
        told = own.per_kg is not None if per_kg else own.per_day is None
        amount = derivation.dose(fact, "per_kg" if told else "per_day")
        if self.equivalent_to is not None:
            amount = derivation.equivalent(amount, amounts().get(fact.concept))
        if told == per_kg:
            return amount
        combine = derivation.quotient if per_kg else derivation.product
        return combine(amount, derivation.hull(weights))

    def _counted(self, fact: Fact, amount: Interval | None) -> Interval | None:
        if amount is None or self.equivalent_to is None:
            return amount
        return prednisone_equivalent(fact.concept, amount)

    def _finding(
        self,
        low: float | None,
        high: float | None,
        facts: Sequence[Fact],
        how: Expression,
        note: str | None = None,
    ) -> Finding:
        told = span_words(low, high, self.bound[1])
        return Finding(
            self.finding_id(),
            low,
            high,
            self.bound[1],
            tuple(dict.fromkeys(fact.id for fact in facts)),
            note=note,
            ask=self.question(),
            basis=f"{told} ({', '.join(dict.fromkeys(fact.label for fact in facts))})",
            derivation=how,
        )

    @property
    def _name(self) -> str:
        equal = f", {self.equivalent_to} equivalent" if self.equivalent_to else ""
        return f"{label(self.dose)} at present{equal}"

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        name = capital(self._name)
        if finding is None:
            return f"{name}: not mentioned (asked for: {self.asked_words()})."
        if outcome == "open":
            return f"{name} {finding.basis}: {self.asked_words()} not settled{because(finding)}."
        return f"{name} {finding.basis} is {self.asked_words(opposite=outcome == 'fails')}."

    def question(self) -> str:
        weight = " and body weight" if self.bound[1] == PER_KG else ""
        return f"What is the present daily dose of {label(self.dose)}{weight}?"


def _sum(ends: Sequence[float | None]) -> float | None:
    return None if None in ends else sum(end for end in ends if end is not None)


def _divided(amount: Interval | None, weight: Interval | None) -> Interval | None:
    if amount is None or weight is None or not weight.least or weight.greatest is None:
        return None
    return Interval(
        None if amount.least is None else round(amount.least / weight.greatest, 9),
        None if amount.greatest is None else round(amount.greatest / weight.least, 9),
    )


def _multiplied(amount: Interval | None, weight: Interval | None) -> Interval | None:
    if amount is None or weight is None or weight.least is None or weight.greatest is None:
        return None
    return Interval(
        None if amount.least is None else amount.least * weight.least,
        None if amount.greatest is None else amount.greatest * weight.greatest,
    )
