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


LETTER = date(2026, 3, 10)

# concept, text, and of each of its values: told as of now or of the past, the first and the last day that it may be
TOLD_OF_AN_OCCASION: list[tuple[str, str, list[tuple[str, date | None, date | None]]]] = [
    # an arrival has the one day that the letter gives it, or any day up to the letter's where another value has a day
    ("creatinine", "Admitted 20 February 2026. She presented with oliguria and a creatinine of 240 umol/L.",
     [("current", date(2026, 2, 20), date(2026, 2, 20))]),
    ("spo2", "Date of admission: 20 February 2026.\n\nCOURSE\nSpO2 78 % at triage. CXR clear.",
     [("current", date(2026, 2, 20), date(2026, 2, 20))]),
    ("creatinine", "She was admitted with oliguria, creatinine 240 umol/L. Creatinine was 110 umol/L on 5 March.",
     [("current", None, LETTER), ("current", date(2026, 3, 5), date(2026, 3, 5))]),
    ("creatinine", "She was admitted with oliguria, creatinine 240 umol/L. Creatinine was 240 umol/L on 5 March.",
     [("current", date(2026, 3, 5), date(2026, 3, 5))] * 2),
    # the first value of an arrival is of its day, a peak of the stay is of none of its days
    ("spo2", "Admitted 20 February 2026. Initial SpO2 at triage 78 %.",
     [("current", date(2026, 2, 20), date(2026, 2, 20))]),
    ("creatinine", "Admitted 20 February 2026. Peak creatinine of the admission 400 umol/L.",
     [("current", None, None)]),
    # what is only planned, or what the time is counted from, is no arrival, and a story may have gone on from it
    ("creatinine", "Elective admission for biopsy follows, creatinine 110 umol/L. Creatinine 90 umol/L on 3 February.",
     [("current", None, None), ("current", date(2026, 2, 3), date(2026, 2, 3))]),
    ("creatinine", "Since admission creatinine 110 umol/L. Creatinine 240 umol/L on 3 February 2026.",
     [("current", None, None), ("current", date(2026, 2, 3), date(2026, 2, 3))]),
    ("creatinine", "On admission drowsy, improved with fluids, creatinine 110 umol/L. Creatinine 240 on 3 February.",
     [("current", None, None), ("current", date(2026, 2, 3), date(2026, 2, 3))]),
    # of an earlier occasion: older than what is told of a later one, wherever that stands
    ("creatinine", "Creatinine 240 umol/L in the ED. Discharge creatinine 110 umol/L.",
     [("historical", None, None), ("current", None, None)]),
    ("creatinine", "Discharge creatinine 110 umol/L. She came in with oedema, creatinine 240 umol/L.",
     [("current", None, None), ("historical", None, None)]),
    # but no older than a repeat that was told before the story came to it
    ("creatinine", "Repeat creatinine 90 umol/L. Now she was brought in drowsy, creatinine 240 umol/L.",
     [("current", None, None), ("current", None, None)]),
    # a vital sign of an arrival is older than the next one behind it, a laboratory value need not be
    ("spo2", "On arrival BP 90/50, pulse 120, respiratory rate 32, temperature 39.4 and SpO2 78 %. Exam: SpO2 95 %.",
     [("historical", None, None), ("current", None, None)]),
    ("spo2", "Initial SpO2 in the ED 78 %. SpO2 95 % on air.", [("historical", None, None), ("current", None, None)]),
    ("spo2", "SpO2 95 % on air. SpO2 at triage 78 %.", [("current", None, None), ("current", None, None)]),
    ("creatinine", "Creatinine 240 umol/L at triage. Creatinine 110 umol/L.",
     [("current", None, None), ("current", None, None)]),
]  # fmt: skip


@pytest.mark.parametrize(("concept", "text", "expected"), TOLD_OF_AN_OCCASION)
def test_a_value_told_of_an_occasion_is_put_in_its_time(
    concept: str, text: str, expected: list[tuple[str, date | None, date | None]]
) -> None:
    found = [fact for fact in read_measurements(read(HEAD + text + "\n", LETTER)) if fact.concept == concept]
    days = [(fact.time.earliest, fact.time.latest) if fact.time else (None, None) for fact in found]
    assert [(fact.temporality, *day) for fact, day in zip(found, days, strict=True)] == expected
