"""Drugs that ended for harm or are excepted from a denial, columns, diseases of relatives, ends still to come."""

from __future__ import annotations

from datetime import date

import pytest

from kb.facts import Fact, Quantity
from tests.extraction.reading import facts

ENDED_FOR_HARM = [
    ("Cyclophosphamide monthly, 4 times; haemorrhagic cystitis, so discontinued.", ["cyclophosphamide"]),
    ("Mycophenolate 1.5 g/d; leukocytes fell to 1.1, discontinued for this reason.", ["mycophenolate"]),
    ("Drugs: HCQ 200 mg ( retinal toxicity , stopped 2023 )\n       azathioprine ( hepatitis , ALT 600 , stopped )",
     ["azathioprine", "hydroxychloroquine"]),
    ("Azathioprine 2019; pancreatitis, stopped. Methotrexate 2020; ALT 400, stopped.",
     ["azathioprine", "methotrexate"]),
    ("Azathioprine 2019. She developed pancreatitis and it was stopped.", ["azathioprine"]),
    ("Azathioprine had to be given up when her amylase rose to 900.", ["azathioprine"]),
    ("Cyclophosphamide no longer possible, haemorrhagic cystitis in 2025.", ["cyclophosphamide"]),
    ("Azathioprine | pancreatitis\nMethotrexate | pneumonitis", ["azathioprine", "methotrexate"]),
    ("She had azathioprine and hydroxychloroquine. The former caused pancreatitis, the latter maculopathy.",
     ["azathioprine", "hydroxychloroquine"]),
    ("She had azathioprine and hydroxychloroquine; the latter caused a rash.", ["hydroxychloroquine"]),
    ("Azathioprine was stopped in 2020, hepatitis excluded.", []),
    ("Azathioprine for lupus hepatitis, stopped in 2020.", []),
    ("Azathioprine 2019; leukocytes were normal, stopped in remission.", []),
    ("Azathioprine 2019; no pancreatitis, stopped for cost.", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "drugs"), ENDED_FOR_HARM)
def test_harm_before_the_word_of_the_end_is_its_reason(text: str, drugs: list[str]) -> None:
    found = {fact.concept for fact in facts(text) if fact.dosing and fact.dosing.reason_stopped == "intolerance"}
    assert {name.removesuffix("-mofetil") for name in found} == set(drugs)


EXCEPTED = [
    ("She has never had any immunosuppressant other than MMF and azathioprine.", True),
    ("Apart from MMF and azathioprine she has never had an immunosuppressant.", True),
    ("She has never had MMF or azathioprine.", False),
    ("She has had nothing other than hydroxychloroquine, never azathioprine.", False),
]


@pytest.mark.parametrize(("text", "taken"), EXCEPTED)
def test_what_is_excepted_from_a_denial_was_taken(text: str, taken: bool) -> None:
    [azathioprine] = [fact for fact in facts(text) if fact.concept == "azathioprine"]
    assert (azathioprine.assertion == "present") is taken


CLOSED = [
    ("No immunosuppressant has ever been given.", True),
    ("Lupus treatment so far: HCQ. Never steroids, never immunosuppressants.", True),
    ("She has had hydroxychloroquine only.", True),
    ("Treatment history in full: hydroxychloroquine, prednisolone up to 10 mg.", True),
    ("Nothing stronger than hydroxychloroquine has ever been prescribed.", True),
    ("Her disease has been controlled on hydroxychloroquine alone throughout.", True),
    ("She has never needed immunosuppressants during pregnancy.", False),
    ("She has never been on immunosuppressants without trouble.", False),
    ("She has not had immunosuppressants for two years.", False),
    ("She has had two flares on hydroxychloroquine alone.", False),
]


@pytest.mark.parametrize(("text", "closed"), CLOSED)
def test_denied_classes_and_words_that_close_a_history(text: str, closed: bool) -> None:
    assert ("treatment-history-closed" in {fact.concept for fact in facts(text)}) is closed


DURATIONS = [
    ("Prednisolone 60 mg daily for one hundred and ten days.", 110, 110),
    ("Prednisolone 60 mg daily for sixteen weeks.", 112, 112),
    ("Prednisolone 60 mg daily for fully three months.", 90, 93),
    ("Prednisolone 60 mg daily for just over three months.", 90, None),
    ("Prednisolone 60 mg daily for almost three months.", 72, 93),
]


@pytest.mark.parametrize(("text", "low", "high"), DURATIONS)
def test_how_long_a_dose_lasted(text: str, low: float, high: float | None) -> None:
    [days] = [fact.dosing.duration_days for fact in facts(text) if fact.dosing]
    assert days is not None and (days.low, days.high) == (low, high)


def newest_egfr(found: list[Fact]) -> float | None:
    """The value of the column that no other one is sure to be newer than."""
    values = [fact for fact in found if fact.concept == "egfr" and isinstance(fact.value, Quantity)]
    latest = [fact for fact in values if fact.time is None or fact.time.latest == date(2026, 6, 15)] or values
    newest = max(latest, key=lambda fact: fact.time.earliest or date.min if fact.time else date.max)
    return newest.value.interval.low if isinstance(newest.value, Quantity) else None


HEADS = [
    "Test | 12/25 | 03/26",
    "Test | 03/26 | 12/25",
    "Test | Dec 25 | Mar 26",
    "Test | Mar | May",
    "Test | 5/1 | 3/3",
    "Test | Previous | Current",
    "Test | Result | Previous",
    "Test | Baseline | Month 3",
    "Test | Visit 1 | Visit 2",
    "Test | Admission | Discharge",
]


@pytest.mark.parametrize("head", HEADS)
def test_the_newer_column_counts(head: str) -> None:
    newer_first = head in ("Test | 03/26 | 12/25", "Test | Result | Previous")
    row = "eGFR | 26 | 48" if newer_first else "eGFR | 48 | 26"
    assert newest_egfr(facts(f"The haematology bloods, seen 25/05/2026.\n\nResults\n{head}\n{row}\n")) == 26


OWNERS = [
    ("Breast cancer: mother.", "breast-cancer", "present", "family"),
    ("Breast cancer: in her mother, at 61.", "breast-cancer", "present", "family"),
    ("Congenital heart disease: in her brother, not in her.", "congenital-heart-disease", "absent", "patient"),
    ("Breast cancer: mastectomy in 2015.", "breast-cancer", "present", "patient"),
    ("Melanoma: brother noticed it, excised in 2019.", "melanoma", "present", "patient"),
    ("Kidney transplant in 2019 (donor: mother).", "kidney-transplant", "present", "patient"),
]


@pytest.mark.parametrize(("text", "concept", "assertion", "experiencer"), OWNERS)
def test_whose_it_is_behind_a_colon(text: str, concept: str, assertion: str, experiencer: str) -> None:
    [told] = {(fact.assertion, fact.experiencer) for fact in facts(text) if fact.concept == concept}
    assert told == (assertion, experiencer)


def test_an_end_still_to_come_leaves_the_drug_going_on() -> None:
    [drug] = [fact for fact in facts("Septic arthritis, flucloxacillin due to end on 25 June.") if fact.dosing]
    assert drug.dosing is not None and drug.dosing.status == "current"
    assert drug.course is not None and drug.course.ongoing


def test_a_denial_is_not_of_the_day_of_the_echo_before_it() -> None:
    [denied] = [fact for fact in facts("Echo 3 March 2026: EF 60%, no malignancy.") if fact.concept == "malignancy"]
    assert denied.assertion == "absent" and denied.time is None


@pytest.mark.parametrize(
    ("text", "times_uln"),
    [
        ("AST 30, ALT 44, bilirubin 12.", True),
        ("AST 30, ALT 44, bilirubin 4.", False),
        ("AST 130, ALT 144, bilirubin 12.", False),
        ("AST 30, ALT 44, bilirubin 12. She is jaundiced.", False),
    ],
)
def test_a_bilirubin_beside_normal_transaminases_is_in_micromoles(text: str, times_uln: bool) -> None:
    [value] = [fact.value for fact in facts(text) if fact.concept == "bilirubin-total"]
    assert isinstance(value, Quantity) and (value.interval.low == value.interval.high) is times_uln


@pytest.mark.parametrize(
    ("text", "temporality"),
    [
        ("Woman of 34. Chickenpox as a child.", "historical"),
        ("Woman of 34. Chickenpox at the age of six.", "historical"),
        ("Girl of 6. Chickenpox at the age of six.", "current"),
    ],
)
def test_what_a_grown_up_had_as_a_child_is_past(text: str, temporality: str) -> None:
    [told] = [fact for fact in facts(text) if fact.concept == "chickenpox"]
    assert told.temporality == temporality


def test_lines_of_a_prescription_stand_apart() -> None:
    found = facts("Tab tacrolimus 2 mg BD for 8 months with no response\nTab prednisolone 50 mg OD till 20-01-2026")
    [prednisolone] = [fact for fact in found if fact.concept == "prednisolone"]
    assert prednisolone.assertion == "present"
