"""The dates that results take from an occasion, a row's end or the words behind their name; print-outs; titles.

Sentences of letters in, the date or the value that the reader must find out.
"""

from __future__ import annotations

from datetime import date

import pytest

from extraction.conditions import read_conditions
from extraction.measurements import read_measurements
from kb.facts import Coded, Fact, Quantity
from tests.extraction.reading import read

HEAD = "Dear colleague,\n\n"


def _one(text: str, concept: str) -> Fact:
    return next(
        fact for fact in read_measurements(read(HEAD + text + "\n", date(2026, 3, 10))) if fact.concept == concept
    )


@pytest.mark.parametrize(
    ("concept", "text", "year"),
    [
        ("hiv-antibody", "HIV was negative at the transplant work-up in May 2018 and I cannot find a newer one.", 2018),
        ("hiv-antibody", "HIV was negative at her antenatal booking in June 2022.", 2022),
        ("hiv-antibody", "HIV negative when she was pregnant in 2021.", 2021),
        ("hiv-antibody", "The last HIV test, negative, dates from 2020.", 2020),
        ("hiv-antibody", "HIV negative, tested for blood donation in 2019.", 2019),
        ("lvef", "EF 60 % when last looked at, in May 2025.", 2025),
        ("ecg", "Normal ECG in April 2025.", 2025),
        ("chest-xray", "Clear chest X-ray in 2024.", 2024),
        ("sledai-2k", "SLEDAI was 18 when she was diagnosed in 2019.", 2019),
        ("alt", "ALT 18 U/L, bilirubin 7 µmol/L in May 2025.", 2025),
    ],
)
def test_a_result_has_the_date_of_its_occasion(concept: str, text: str, year: int) -> None:
    time = _one(text, concept).time
    assert time is not None and time.latest is not None and time.latest.year == year


@pytest.mark.parametrize(
    ("concept", "text"),
    [
        ("hcv-rna", "Anti-HCV positive; HCV-RNA not detected (treated 2019)."),
        ("anti-hcv", "anti-HCV negative\n30 July 2025: anti-HIV negative"),
    ],
)
def test_another_date_behind_is_not_the_results(concept: str, text: str) -> None:
    assert _one(text, concept).time is None


def test_a_drug_with_its_year_heads_no_results() -> None:
    results = "Creat 66 umol/L, eGFR >90.\n"
    told = _one(f"Rx so far\n2016  HCQ, still on it\n2019  AZA, stopped\n\nToday well.\n{results}", "creatinine")
    headed = _one(f"Drawn on 3 May 2025\n\n{results}", "creatinine")
    assert told.time is None and headed.time is not None


@pytest.mark.parametrize(
    "row",
    [
        "CMV DNA (plasma PCR)       DETECTED, 640      IU/mL       not detected",
        "CMV DNA   640   IU/mL   not detected",
        "CMV DNA   not detected   640 IU/mL",
    ],
)
def test_the_column_of_what_is_normal_is_no_result(row: str) -> None:
    value = _one(row, "cmv-dna").value
    assert isinstance(value, Quantity) and value.interval.low == 640


@pytest.mark.parametrize("row", ["CMV DNA   not detected   IU/mL", "CMV DNA   not detected   IU/mL   not detected"])
def test_a_result_may_stand_before_the_column_of_its_unit(row: str) -> None:
    value = _one(row, "cmv-dna").value
    assert isinstance(value, Coded) and value.code == "undetected"


@pytest.mark.parametrize(
    ("concept", "text"),
    [
        ("ast", "EF 62%, eGFR 95, AST + ALT normal"),
        ("ecg", "ECG 7 Feb: normal for age."),
        ("chest-ct", "Chest CT: previous inflammation absorbed, no abnormality of both lungs."),
        ("liver-function", "Liver tests of the same day were normal."),
    ],
)
def test_a_normal_report_is_normal_in_other_words(concept: str, text: str) -> None:
    value = _one(text, concept).value
    assert isinstance(value, Coded) and value.code == "normal"


def test_days_come_first_in_a_letter_dated_so() -> None:
    time = _one("10 March 2026\n\nOxygen saturation 95% (06/03/2026).", "spo2").time
    assert time is not None and time.earliest == date(2026, 3, 6)


def test_a_title_in_capitals_is_no_infection() -> None:
    text = HEAD + "5) INFECTION / VACCINE\nNo active infection.\n"
    facts = [fact for fact in read_conditions(read(text, date(2026, 3, 10))) if fact.concept == "infection"]
    assert [fact.assertion for fact in facts] == ["absent"]


def test_a_finding_in_a_dated_column_leaves_the_table_whole() -> None:
    text = """Note date: 05/20/2026

   TEST              10/18/2025          05/13/2026
   LVEF              45%                 58%
   Pericardium       moderate effusion   no effusion
   ALT (0-35)        168                 30
"""
    facts = [fact for fact in read_measurements(read(text, date(2026, 5, 20))) if fact.concept == "alt"]
    days = {fact.value.written: fact.time.earliest for fact in facts if isinstance(fact.value, Quantity) and fact.time}
    assert days == {"168": date(2025, 10, 18), "30": date(2026, 5, 13)}
