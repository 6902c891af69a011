"""Units as clinicians write them, into the canonical unit: a table to read, pint as oracle, and what stays open."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.facts import Interval
from kb.units import codes_of, convert, find_unit, letter_system, power_of_ten, to_canonical, units, units_meant
from kb.vocabulary import Lab, vocabulary

WRITTEN = [
    # concept, value, unit as written, value in the canonical unit
    ("creatinine", 85, "umol/l", 85),
    ("creatinine", 85, "µmol/L", 85),
    ("creatinine", 85, "mcmol/L", 85),
    ("creatinine", 1.2, "mg/dl", 106.08),
    ("creatinine", 1.2, "mg%", 106.08),
    ("creatinine", 1.2, "mg / 100 ml", 106.08),
    ("creatinine", 1.2, "mg", 106.08),
    ("bilirubin-total", 1.2, "mg/dL", 20.52),
    ("haemoglobin", 10.2, "g/dL", 102),
    ("haemoglobin", 10.2, "gm%", 102),
    ("haemoglobin", 102, "g/l", 102),
    ("platelets", 98, "x10^9/L", 98),
    ("platelets", 98, "10e9/l", 98),
    ("platelets", 98, "x 10*9/L", 98),
    ("platelets", 98, "x10⁹/L", 98),
    ("platelets", 98, "K/uL", 98),
    ("platelets", 98, "G/L", 98),
    ("platelets", 98, "10^3/µL", 98),
    ("platelets", 98000, "/cumm", 98),
    ("platelets", 98000, "cells/mm3", 98),
    ("platelets", 1.2, "lakh", 120),
    ("platelets", 1.2, "lakhs/cumm", 120),
    ("wbc", 4500, "/mm3", 4.5),
    ("rbc", 4.5, "million/uL", 4.5),
    ("urine-protein-24h", 2.1, "g/24h", 2.1),
    ("urine-protein-24h", 2100, "mg/24 hrs", 2.1),
    ("urine-protein-24h", 2.1, "g/day", 2.1),
    ("urine-protein-24h", 2.1, "g", 2.1),
    ("upcr", 113.12, "mg/mmol", 1.0),
    ("upcr", 1200, "mg/g", 1.2),
    ("upcr", 1.2, "mg/mg creat", 1.2),
    ("egfr", 60, "ml/min/1.73m2", 60),
    ("egfr", 60, "mL/min/1.73 m²", 60),
    ("egfr", 60, "ml/min", 60),
    ("c3", 45, "mg/dL", 0.45),
    ("crp", 1.2, "mg/dL", 12),
    ("ast", 1.0, "µkat/L", 60),
    ("alt", 45, "IU/L", 45),
    ("hba1c", 6.5, "%", 47.5),
    ("body-temperature", 100.4, "F", 38.0),
    ("body-weight", 110, "lbs", 49.9),
    ("body-height", 1.62, "m", 162),
    ("glucose", 90, "mg/dL", 5.0),
    ("urea", 40, "mg/dL", 6.66),
    ("bun", 20, "mg/dL", 7.14),
    ("calcium", 9.6, "mg/dL", 2.40),
    ("d-dimer", 0.5, "mg/L", 500),
    ("hbv-dna", 200, "IU/mL", 200),
    ("free-t4", 1.2, "ng/dL", 15.4),
    ("vitamin-d", 20, "ng/mL", 49.9),
]


@pytest.mark.parametrize(("concept", "value", "unit", "expected"), WRITTEN)
def test_a_written_unit_is_converted(concept: str, value: float, unit: str, expected: float) -> None:
    got = to_canonical(concept, Interval.exactly(value), unit)
    assert got is not None and got.low == got.high
    assert got.low == pytest.approx(expected, rel=0.005)


UNWRITTEN = [
    # concept, value, what it is taken for (low, high)
    ("creatinine", 1.2, (106.1, 106.1)),
    ("creatinine", 85, (85, 85)),
    ("haemoglobin", 10.2, (102, 102)),
    ("haemoglobin", 102, (102, 102)),
    ("platelets", 250000, (250, 250)),
    ("wbc", 4500, (4.5, 4.5)),
    ("c3", 62, (0.62, 0.62)),
    ("c4", 6, (0.06, 0.06)),
    ("albumin", 3.1, (31, 31)),
    ("lvef", 0.6, (60, 60)),
    ("body-height", 1.6, (160, 160)),
    ("bilirubin-total", 0.8, (13.7, 13.7)),
    # both units fit and nothing decides: the answer covers both
    ("bilirubin-total", 3, (3, 51.3)),
    ("creatinine", 20, (20, 1768)),
]


@pytest.mark.parametrize(("concept", "value", "expected"), UNWRITTEN)
def test_without_a_unit_plausibility_decides(concept: str, value: float, expected: tuple[float, float]) -> None:
    got = to_canonical(concept, Interval.exactly(value), None)
    assert got is not None
    assert got.low == pytest.approx(expected[0], rel=0.005)
    assert got.high == pytest.approx(expected[1], rel=0.005)


def test_the_range_or_the_rest_of_the_letter_decides_what_plausibility_cannot() -> None:
    three = Interval.exactly(3)
    assert units_meant("bilirubin-total", three, None) == ("umol/L", "mg/dL")
    assert units_meant("bilirubin-total", three, None, system="si") == ("umol/L",)
    assert units_meant("bilirubin-total", three, None, system="conventional") == ("mg/dL",)
    assert units_meant("bilirubin-total", three, None, reference=Interval(0, 1.2)) == ("mg/dL",)
    assert units_meant("bilirubin-total", three, None, reference=Interval(0, 21)) == ("umol/L",)


@pytest.mark.parametrize(
    ("concept", "value", "unit"),
    [
        ("creatinine", 85, "kg"),
        ("creatinine", 500, "mg/dL"),
        ("calcium", 500, "mg"),
        ("lvef", 400, "%"),
        ("spo2", 2, "l/min"),
        ("haemoglobin", 12, "weeks"),
        ("ana", 5, "g/L"),
        ("ecg", 80, "/min"),
        ("no-such-lab", 1, None),
    ],
)
def test_what_cannot_be_a_value_is_none(concept: str, value: float, unit: str | None) -> None:
    assert to_canonical(concept, Interval.exactly(value), unit) is None


def test_an_open_bound_stays_open() -> None:
    assert to_canonical("crp", Interval(None, 5, high_open=True), "mg/L") == Interval(None, 5, high_open=True)
    assert to_canonical("c3", Interval(20, 50), "mg/dL") == Interval(0.2, 0.5)


def test_copies_of_a_virus_are_international_units_only_loosely() -> None:
    got = to_canonical("hbv-dna", Interval.exactly(1000), "copies/mL")
    assert got is not None and got.low is not None and got.high is not None
    assert got.low <= 1000 / 5.82 and got.high >= 1000


def test_power_of_ten_has_a_limit() -> None:
    assert power_of_ten(Interval.exactly(3)) == Interval.exactly(1000)
    assert power_of_ten(Interval.exactly(400)) is None


@pytest.mark.parametrize(
    ("text", "start", "unit"),
    [
        ("85 µmol/L (60-110)", 3, "µmol/L"),
        ("60 ml/min/1.73m2, stable", 3, "ml/min/1.73m2"),
        ("3 x10^9/L", 2, "x10^9/L"),
        ("45 kgs", 3, "kgs"),
        ("45 kilometres", 3, None),
        ("60% today", 2, "%"),
        ("5 in air", 2, None),
    ],
)
def test_a_unit_is_found_whole_or_not_at_all(text: str, start: int, unit: str | None) -> None:
    end = find_unit(text, start)
    assert (None if end is None else text[start:end]) == unit


def test_a_letter_tells_how_it_counts() -> None:
    assert letter_system("creatinine 1.1 mg/dL") == "conventional"
    assert letter_system("creatinine 90 umol/L, glucose 5 mmol/L") == "si"
    assert letter_system("creatinine 90 umol/L, glucose 95 mg/dL") is None


PINT = {
    "mmol/L": "mmol/L", "umol/L": "umol/L", "nmol/L": "nmol/L", "g/dL": "g/dL", "mg/dL": "mg/dL", "mg/L": "mg/L",
    "ug/L": "ug/L", "ng/L": "ng/L", "ug/dL": "ug/dL", "ng/dL": "ng/dL", "10*9/L": "1e9 / L", "/uL": "1 / uL",
    "10*12/L": "1e12 / L", "kPa": "kPa", "mm[Hg]": "mmHg", "[lb_av]": "lb", "[ft_i]": "ft", "[in_i]": "inch",
    "ms": "ms", "mg/d": "mg/day", "g/d": "g/day", "cm": "cm", "m": "m", "kg": "kg", "s": "s",
    "mg/mL": "mg/mL", "mg/g": "mg/g",
}  # fmt: skip


def test_factors_agree_with_pint() -> None:
    pint = pytest.importorskip("pint")
    registry = pint.UnitRegistry()
    known = [unit for unit in units().values() if unit.ucum in PINT]
    checked = 0
    for first in known:
        for second in known:
            if first.dimension == second.dimension:
                oracle = (registry(PINT[first.ucum]) / registry(PINT[second.ucum])).to("").magnitude
                assert first.factor / second.factor == pytest.approx(oracle, rel=1e-4), (first.ucum, second.ucum)
                checked += 1
    assert checked > 60


LABS = [term for term in vocabulary().of_kind("lab") if isinstance(term, Lab) and term.unit is not None]


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_every_canonical_unit_is_known_and_its_own(lab: Lab) -> None:
    assert lab.unit in units()
    assert convert(lab.id, Interval.exactly(2.0), lab.unit) == Interval.exactly(2.0)


@given(st.sampled_from(LABS), st.floats(0, 1), st.sampled_from(sorted(units())))
def test_a_definite_value_is_always_plausible(lab: Lab, share: float, code: str) -> None:
    low, high = lab.plausible or (0.0, 1e9)
    value = Interval.exactly(low + share * (high - low))
    for unit in (None, code, lab.unit):
        got = to_canonical(lab.id, value, unit)
        if got is not None and lab.plausible and got.low is not None and got.high is not None:
            assert low * 0.999 - 1e-9 <= got.low <= got.high <= high * 1.001 + 1e-9
            assert math.isfinite(got.low)


def test_a_spelling_with_two_meanings_lists_both() -> None:
    assert codes_of("g/l") == ("g/L", "10*9/L")
    assert codes_of("no unit at all") == ()
