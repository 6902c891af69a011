"""Values worked out where the letter gives none: the patient's facts in, dated values with their arithmetic out.

A protocol names the calculation (`computed_by: egfr`); its formula and inputs are those the calculator declares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kb.calculators import cockcroft_gault, egfr
from kb.facts import Fact, Interval, Quantity
from rules import derivation
from rules.amounts import number, span_words
from rules.derivation import Expression
from rules.findings import Situation
from rules.moments import Dated, reading_day
from rules.patient import age, age_derived, body, sex

ADULT_FROM = 18


@dataclass(frozen=True, slots=True)
class Computed:
    """A value with its arithmetic and all facts that went into it; `missing` instead when an input is not told."""

    value: Interval | None
    calculation: str
    facts: tuple[Fact, ...]
    missing: str | None = None
    derivation: Expression | None = None


Calculation = Callable[[Situation], list[Dated[Computed]]]


def computed_egfr(situation: Situation) -> list[Dated[Computed]]:
    """One value for every serum creatinine: CKD-EPI 2021 from 18 years, bedside Schwartz 2009 below."""
    return [Dated(_egfr(one.fact, one.value, situation), one.fact, one.when) for one in _creatinines(situation)]


def _creatinines(situation: Situation) -> list[Dated[Interval]]:
    """Every serum creatinine that is told as a number above 0."""
    concept, unit = "creatinine", "umol/L"
    return [
        Dated(fact.value.interval, fact, reading_day(fact, situation))
        for fact in situation.about(concept)
        if fact.assertion == "present"
        and isinstance(fact.value, Quantity)
        and fact.value.unit == unit
        and (fact.value.interval.greatest is None or fact.value.interval.greatest > 0)
    ]


def _egfr(fact: Fact, creatinine: Interval, situation: Situation) -> Computed:
    years = age(situation)
    if years is None:
        return Computed(None, "", (fact,), "age")
    low, high = years[0].least, years[0].greatest
    if low is not None and low >= ADULT_FROM:
        return _adult(fact, creatinine, years, situation)
    if high is not None and high < ADULT_FROM:
        return _child(fact, creatinine, years[1], situation)
    return Computed(None, "", (fact, *years[1]), "exact age")


def _adult(fact: Fact, creatinine: Interval, years: tuple[Interval, list[Fact]], situation: Situation) -> Computed:
    known, sexes = sex(situation)
    if known is None:
        return Computed(None, "", (fact, *years[1]), "sex")
    value = egfr.ckd_epi_2021(creatinine, years[0], known)
    told = span_words(years[0].least, years[0].greatest, "a")
    return Computed(
        value,
        f"CKD-EPI 2021, {_umol(creatinine)}, {told}, {known}: {_rate(value)}",
        (fact, *years[1], *sexes),
        derivation=derivation.ckd_epi(derivation.value(fact), age_derived(years[1], situation), sexes),
    )


def _child(fact: Fact, creatinine: Interval, ages: list[Fact], situation: Situation) -> Computed:
    height = body("body-height", "cm", situation)
    if height is None:
        return Computed(None, "", (fact, *ages), "height")
    value = egfr.schwartz_2009(creatinine, height[0])
    words = (
        f"bedside Schwartz 2009, {_umol(creatinine)}, height {span_words(height[0].least, height[0].greatest, 'cm')}"
    )
    how = derivation.stated(value.least, value.greatest, "bedside Schwartz 2009", (fact, *ages, *height[1]))
    return Computed(value, f"{words}: {_rate(value)}", (fact, *ages, *height[1]), derivation=how)


def _umol(creatinine: Interval) -> str:
    return f"creatinine {span_words(creatinine.least, creatinine.greatest, 'umol/L')}"


def _rate(value: Interval) -> str:
    low, high = (None if end is None else round(end, 1) for end in (value.least, value.greatest))
    if low is not None and low == high:
        return f"eGFR {number(low)} mL/min/1.73 m²"
    return f"eGFR {span_words(low, high, egfr.UNIT)}"


def computed_clearance(situation: Situation) -> list[Dated[Computed]]:
    """One value for every serum creatinine of an adult, by Cockcroft and Gault with the weight told."""
    return [Dated(_clearance(one.fact, one.value, situation), one.fact, one.when) for one in _creatinines(situation)]


def _clearance(fact: Fact, creatinine: Interval, situation: Situation) -> Computed:
    years, weight = age(situation), body("body-weight", "kg", situation)
    if years is None or weight is None:
        return Computed(None, "", (fact,), "age" if years is None else "weight")
    if years[0].least is None or years[0].least < ADULT_FROM:
        return Computed(None, "", (fact, *years[1]), "exact age")
    known, sexes = sex(situation)
    if known is None:
        return Computed(None, "", (fact, *years[1], *weight[1]), "sex")
    value = cockcroft_gault.cockcroft_gault(creatinine, years[0], weight[0], known)
    told = span_words(years[0].least, years[0].greatest, "a")
    kilograms = span_words(weight[0].least, weight[0].greatest, "kg")
    low, high = (None if end is None else round(end, 1) for end in (value.least, value.greatest))
    words = f"Cockcroft-Gault, {_umol(creatinine)}, {told}, {kilograms}, {known}: {span_words(low, high, 'mL/min')}"
    facts = (fact, *years[1], *weight[1], *sexes)
    how = derivation.stated(value.least, value.greatest, "Cockcroft and Gault", facts)
    return Computed(value, words, facts, derivation=how)


CALCULATIONS: Mapping[str, Calculation] = {"egfr": computed_egfr, "cockcroft-gault": computed_clearance}
