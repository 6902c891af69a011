"""What stands behind a drug's name and is no dose of it: levels, salts, tests; amounts for each square metre.

Lines of letters in, the dose or the result that the reader must find out.
"""

from __future__ import annotations

import pytest

from kb.facts import Fact
from tests.extraction.reading import facts


def _drugs(text: str) -> list[Fact]:
    return [fact for fact in facts(text + "\n") if fact.kind == "medication"]


def _concepts(text: str) -> set[str]:
    return {fact.concept for fact in facts(text + "\n")}


@pytest.mark.parametrize(
    "text",
    [
        "prednisolone 345 nmol/L",
        "hydroxychloroquine 850 ng/mL",
        "methotrexate 0.05 umol/L",
        "tacrolimus 7.2 ng/mL",
        "ciclosporin 150 ng/ml",
        "valproate 430 µmol/L",
    ],
)
def test_a_level_is_no_dose(text: str) -> None:
    for fact in _drugs(text):
        assert fact.dosing is None or (fact.dosing.dose is None and fact.dosing.per_day is None)


@pytest.mark.parametrize(
    "text", ["vitamin D3 33.7 ng/mL", "1,25 OH vitamin D3 33.7 ng/mL (18-64)", "folic acid 12 ng/mL"]
)
def test_a_measured_vitamin_is_no_drug(text: str) -> None:
    assert _drugs(text) == []


def test_nanograms_may_be_a_dose() -> None:
    (fact,) = _drugs("alfacalcidol 250 ng daily")
    assert fact.dosing is not None and fact.dosing.dose is not None


@pytest.mark.parametrize(
    ("text", "per_day", "test"),
    [
        ("losartan potassium 50 mg daily", 50, "potassium"),
        ("fosinopril sodium tablets (10 mg daily, p.o.)", 10, "sodium"),
        ("warfarin sodium 3 mg od", 3, "sodium"),
        ("rosuvastatin calcium 10 mg daily", 10, "calcium"),
        ("diclofenac sodium 50 mg bd", 100, "sodium"),
        ("esomeprazole magnesium 20 mg od", 20, "magnesium"),
    ],
)
def test_a_salt_is_a_part_of_the_name(text: str, per_day: float, test: str) -> None:
    (fact,) = _drugs(text)
    assert fact.dosing is not None and fact.dosing.per_day is not None
    assert fact.dosing.per_day.low == per_day and test not in _concepts(text)


@pytest.mark.parametrize(
    "text", ["On losartan, potassium 5.6 mmol/L", "losartan potassium 5.6", "losartan. Potassium 5.6"]
)
def test_a_potassium_beside_a_drug_is_a_result(text: str) -> None:
    assert "potassium" in _concepts(text)


@pytest.mark.parametrize(
    ("text", "dose", "per_day"),
    [
        ("heparin 5000 U/d", 5000, 5000),
        ("insulin glargine 10 U at night", 10, 10),
        ("streptomycin (750,000 U/d, intramuscular injection)", 750000, 750000),
    ],
)
def test_units_by_their_letter(text: str, dose: float, per_day: float) -> None:
    (fact,) = _drugs(text)
    assert fact.dosing is not None and fact.dosing.dose is not None and fact.dosing.per_day is not None
    assert (fact.dosing.dose.low, fact.dosing.per_day.low) == (dose, per_day)


@pytest.mark.parametrize(
    "unit",
    ["mg/m2", "mg/m²", "mg/m^2", "mg per m2", "mg/sqm", "mg per sq m", "mg per sq. m", "mg per square metre",
     "mg per square meter", "mg per square meter of body surface area", "mg per square metre BSA"],
)  # fmt: skip
def test_an_amount_for_each_square_metre_is_no_daily_dose(unit: str) -> None:
    (fact,) = _drugs(f"prednisone 40 {unit} per day")
    assert fact.dosing is not None and fact.dosing.per_day is None


@pytest.mark.parametrize(
    "text",
    [
        "low-dose dexamethasone suppression test normal",
        "1 mg overnight dexamethasone suppression test",
        "insulin tolerance test: peak cortisol 447 nmol/L",
        "99mTc-octreotide (99mTc-OCT) scintigraphy was negative",
    ],
)
def test_a_drug_that_a_test_is_made_with_is_not_taken(text: str) -> None:
    assert _drugs(text) == []
