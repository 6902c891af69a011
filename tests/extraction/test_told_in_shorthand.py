"""Values line by line, months with short years, wide forms, days held against, in the shorthand of busy clinics."""

from __future__ import annotations

from datetime import date

import pytest

from kb.facts import Fact, Quantity
from tests.extraction.reading import facts

LINES = [
    ("creat / eGFR   08/01/26  148 / 38\n              11/02/26  71 / 33\n              03/03/26  18 / 24", "egfr", 24),
    ("eGFR:\n- Jan 2026 38\n- Feb 2026 33\n- Mar 2026 24", "egfr", 24),
    ("eGFR   01/26   38\n       02/26   33\n       03/26   24", "egfr", 24),
    ("eGFR 38 on 08/01/26\n     33 on 11/02/26\n     24 on 03/03/26", "egfr", 24),
    ("eGFR: 01/2026 41 ml/min, 02/2026 33 ml/min\n      03/2026 19 ml/min", "egfr", 19),
    ("LVEF  2023  61 %\n      05/2025  52 %\n      02/2026  44 %", "lvef", 44),
    ("SLEDAI-2K: 14 (Nov 25)\n           10 (Jan 26)\n           4 (Mar 26)", "sledai-2k", 4),
    ("AST / ALT 13/01/26 40 / 38\n          21/03/26 212 / 305", "alt", 305),
]  # fmt: skip


@pytest.mark.parametrize(("text", "concept", "newest"), LINES)
def test_the_last_of_the_lines_below_a_name_is_the_newest(text: str, concept: str, newest: float) -> None:
    found = [fact for fact in facts(text) if fact.concept == concept]
    latest = max(found, key=lambda fact: (fact.time and fact.time.latest) or date.min)
    assert isinstance(latest.value, Quantity) and latest.value.interval.low == newest
    assert len({fact.time for fact in found}) == len(found) > 1


def _one(text: str, concept: str) -> Fact:
    return next(fact for fact in facts(text) if fact.concept == concept)


MONTHS = [
    ("Seen 25/02/2026. Dental abscess 11/25, amoxicillin, done.", "abscess", date(2025, 11, 1)),
    ("Seen 25/02/2026. NSTEMI 12/25, stent.", "myocardial-infarction", date(2025, 12, 1)),
    ("Seen 25/02/2026. Biopsy class IV, AI 11/24, lupus nephritis.", "lupus-nephritis", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "concept", "first"), MONTHS)
def test_a_month_has_a_year_of_two_digits(text: str, concept: str, first: date | None) -> None:
    time = _one(text, concept).time
    assert (time.earliest if time else None) == first


ANSWERS = [
    ("CANCER  NO          TRANSPLANT  NO", "malignancy", "absent"),
    ("CANCER  YES          TRANSPLANT  NO", "malignancy", "present"),
    ("TRIALS  current NO / last 6 months NO", "study", "absent"),
    ("Other trials (now / last 3 months): no / no", "study", "absent"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "concept", "assertion"), ANSWERS)
def test_a_wide_form_is_answered(text: str, concept: str, assertion: str) -> None:
    assert _one(f"\n{text}\n", concept).assertion == assertion


HELD_AGAINST = ["LBBB, old cf. 2024.", "LBBB, unchanged compared with 2023.", "complete LBBB (as 2022)."]


@pytest.mark.parametrize("words", HELD_AGAINST)
def test_a_day_that_a_finding_is_held_against_is_not_its_own(words: str) -> None:
    time = _one(f"ECG 2 March 2026: SR, {words}", "lbbb").time
    assert time is not None and time.earliest == date(2026, 3, 2)


GERMS = [
    ("MSU grew E. coli, ceftriaxone until 6 March.", ["germ-grown"]),
    ("E. coli in blood + urine.", ["germ-grown"]),
    ("Urinary infection (E. coli in urine), treated.", ["urinary-tract-infection"]),
    ("Allergic to asparaginase (E. coli).", []),
    ("MRSA screen negative, E. coli not grown in urine.", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), GERMS)
def test_a_germ_tells_of_an_infection_beside_its_culture(text: str, told: list[str]) -> None:
    found = [fact.concept for fact in facts(text) if fact.kind == "condition" and fact.assertion == "present"]
    assert [concept for concept in found if concept in ("germ-grown", "urinary-tract-infection")] == told


CLOSED = [
    ("Rx Hx in full: HCQ 400 mg since 2022, pred 10 mg.", True),
    ("HCQ and low-dose pred, and that is it.", True),
    ("HCQ + pred. No other agent ever tried.", True),
    ("Those two are the only systemic drugs she has ever been given: HCQ, pred.", True),
    ("HCQ and pred, and that is it for now.", False),
    ("HCQ, AZA, MMF. Nothing else helped.", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "closed"), CLOSED)
def test_shorthand_closes_a_history(text: str, closed: bool) -> None:
    assert any(fact.concept == "treatment-history-closed" for fact in facts(text)) is closed


def test_rows_that_open_with_two_days_are_courses() -> None:
    rows = "| 02/09/25 | 20/12/25 | pred 45 mg OD | weaned |\n| 2019 | now | HCQ 200 mg | cont. |"
    course = _one(rows, "prednisolone").course
    assert course is not None and course.start is not None and course.end is not None
    assert (course.start.earliest, course.end.latest) == (date(2025, 9, 2), date(2025, 12, 20))
    assert _one(rows, "hydroxychloroquine").course.ongoing  # type: ignore[union-attr]


def test_a_sign_of_the_arrival_is_older_than_the_next_one() -> None:
    first, last = [
        fact for fact in facts("SpO2 78 % at triage. At discharge SpO2 95 % on air.") if fact.concept == "spo2"
    ]
    assert (first.temporality, last.temporality) == ("historical", "current")
    assert _one("SpO2 84 % on arrival.", "spo2").temporality == "current"


def test_a_treatment_lately_is_over_at_no_day_told() -> None:
    drug = _one("The GP treated a urine infection lately with trimethoprim, she cannot say when.", "trimethoprim")
    assert drug.dosing is not None and drug.dosing.status == "past"


def test_lupus_is_denied_where_its_label_is_withdrawn_or_its_question_answered() -> None:
    for text in ('"Lupus" label removed by rheum; has RA.', "Referred with ?SLE. Conclusion: no lupus; fibromyalgia."):
        assert {fact.assertion for fact in facts(text) if fact.concept == "sle"} == {"absent"}
