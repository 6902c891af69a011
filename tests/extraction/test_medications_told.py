"""What a drug is for, when a course ended, how long a dose was held, and what closes a treatment history."""

from __future__ import annotations

from datetime import date

import pytest

from extraction.statements import read_statements
from kb.facts import Document, Time
from tests.extraction.test_medications import extractor, one, read

LETTER = date(2026, 6, 15)

INDICATIONS = [
    ("Crohn's disease treated with infliximab.", "infliximab", "crohn-disease"),
    ("Ulcerative colitis, on vedolizumab and prednisolone 10 mg.", "prednisolone", "ulcerative-colitis"),
    ("Severe asthma, on daily prednisolone for it for ten years.", "prednisolone", "asthma"),
    ("Rheumatoid arthritis controlled with methotrexate and prednisolone.", "methotrexate", "rheumatoid-arthritis"),
    ("Ulcerative colitis - azathioprine 150 mg daily.", "azathioprine", "ulcerative-colitis"),
    ("Myasthenia gravis, for which she takes prednisolone 20 mg.", "prednisolone", "myasthenia-gravis"),
    ("Sarcoidosis (on methotrexate).", "methotrexate", "sarcoidosis"),
    ("Steroid-dependent asthma.", "glucocorticoid", "asthma"),
    ("Infliximab every 8 weeks (Crohn's disease).", "infliximab", "crohn-disease"),
    ("For her asthma she takes prednisolone 10 mg every day.", "prednisolone", "asthma"),
    ("SLE and asthma, on prednisolone 10 mg.", "prednisolone", None),
    ("Lupus with inflammatory bowel disease, on azathioprine.", "azathioprine", None),
    ("Leukopenia on azathioprine.", "azathioprine", None),
    ("Prednisolone 10 mg, Septrin for PJP.", "prednisolone", None),
    ("Prednisolone 5 mg, and for her psoriasis a steroid cream.", "prednisolone", None),
]


@pytest.mark.parametrize(("text", "drug", "indication"), INDICATIONS)
def test_what_a_drug_is_for(text: str, drug: str, indication: str | None) -> None:
    assert one(text, drug).attributes.get("indication") == indication


ENDS = [
    ("Three days of nitrofurantoin for cystitis which ended on 2 June, and there is no infection now.", "2026-06-02"),
    ("Antibiotics ended on 5 June and she has no infection now.", "2026-06-05"),
    ("Treated with co-amoxiclav; last tablet taken on 10 May.", "2026-05-10"),
    ("Cellulitis, flucloxacillin. The course was completed on 9 June 2026.", "2026-06-09"),
]


@pytest.mark.parametrize(("text", "end"), ENDS)
def test_when_a_course_ended(text: str, end: str) -> None:
    fact = read(text)[0]
    assert fact.dosing is not None and fact.dosing.status == "past"
    assert fact.course is not None and fact.course.end is not None and str(fact.course.end.latest) == end


def test_a_course_that_has_run_out_is_over_and_one_still_to_end_goes_on() -> None:
    assert one("Amoxicillin 500 mg tds from 1 June for 7 days.", "amoxicillin").temporality == "historical"
    assert one("On amoxicillin until 18 June.", "amoxicillin").temporality == "current"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Prednisolone 1 mg/kg for fifteen weeks before it was tapered.", 105),
        ("Prednisone 50 mg daily was given for 15 weeks earlier in the course.", 105),
        ("Prednisolone 1 mg/kg daily and stayed on that for fourteen weeks before any taper.", 98),
    ],
)
def test_how_long_a_dose_was_held(text: str, days: float) -> None:
    dosing = read(text)[0].dosing
    assert dosing is not None and dosing.duration_days is not None and dosing.duration_days.low == days


def test_a_pulse_never_had_and_a_dose_never_passed_are_not_of_the_dose() -> None:
    dosing = read("Prednisone 40 mg daily x 4 months, never had IV pulses.")[0].dosing
    assert dosing is not None and (dosing.status, dosing.pulse, dosing.route) == ("past", False, None)
    dosing = read("Prednisone 10 mg daily, never above 20 mg.")[0].dosing
    assert dosing is not None and dosing.per_day is not None and dosing.per_day.high == 10


def test_a_list_without_bullets_has_a_sentence_for_each_line() -> None:
    text = "belimumab 200 mg weekly, no benefit\nprednisone 60 mg daily\nmethotrexate 15 mg weekly"
    assert [fact.dosing and fact.dosing.status for fact in read(text)] == ["past", "current", "current"]


@pytest.mark.parametrize(
    "text",
    [
        "Allergies: hydroxychloroquine - rash; azathioprine - fever.",
        "Hydroxychloroquine 2012 to 2015. Stopped: maculopathy.\nAzathioprine, three weeks in 2016. Stopped: rash.",
    ],
)
def test_harms_told_in_clauses_of_their_own(text: str) -> None:
    assert [fact.dosing and fact.dosing.reason_stopped for fact in read(text)] == ["intolerance", "intolerance"]


CLOSED = [
    "She has never had any treatment other than hydroxychloroquine.",
    "Her only treatment so far has been hydroxychloroquine.",
    "Apart from hydroxychloroquine she has never been given anything for her lupus.",
    "Hydroxychloroquine and prednisolone are all she has ever had.",
    "She has had hydroxychloroquine and nothing else.",
    "Lupus treatment to date: hydroxychloroquine only.",
    "Complete treatment history:\nhydroxychloroquine 400 mg daily",
    "The only treatments he has ever had are hydroxychloroquine and clobetasol cream, both tolerated.",
]
LEFT_OPEN = [
    "She had only a transient response to mycophenolate.",
    "Received only three infusions of cyclophosphamide.",
    "The only drug that helped was prednisolone.",
    "Her only treatment during pregnancy was hydroxychloroquine.",
    "In 2019 she received only hydroxychloroquine, later mycophenolate.",
    "At present she has no treatment other than hydroxychloroquine.",
    "The only immunosuppressant never given was rituximab.",
    "Apart from penicillin she has never reacted to any drug.",
    "A full drug history was not available.",
    "Since the start of 2025 she has been treated with hydroxychloroquine only.",
]


@pytest.mark.parametrize(
    ("text", "closed"), [*((text, True) for text in CLOSED), *((text, False) for text in LEFT_OPEN)]
)
def test_what_closes_a_treatment_history(text: str, closed: bool) -> None:
    reading = extractor().read(Document("letter", text, "", Time.on(LETTER)))
    assert ("treatment-history-closed" in {fact.concept for fact in read_statements(reading)}) is closed


@pytest.mark.parametrize(
    ("text", "drug", "reason"),
    [
        ("Inadequate response to mycophenolate and to cyclophosphamide.", "cyclophosphamide", "inefficacy"),
        ("Intolerant to azathioprine and to methotrexate.", "methotrexate", "intolerance"),
        ("Prednisolone without adequate response.", "prednisolone", "inefficacy"),
        ("NKDA except penicillin.", "penicillin", "intolerance"),
        ("No known drug allergies apart from cyclophosphamide.", "cyclophosphamide", "intolerance"),
        ("No history of severe reactions to cyclophosphamide.", "cyclophosphamide", None),
    ],
)
def test_why_it_ended_though_the_words_stand_apart(text: str, drug: str, reason: str | None) -> None:
    dosing = one(text, drug).dosing
    assert dosing is not None
    assert dosing.reason_stopped == reason
    assert dosing.status != "never"


def test_a_reaction_told_to_be_severe() -> None:
    severe = one("Severe allergic reaction to cyclophosphamide.", "cyclophosphamide")
    assert severe.attributes["reason_severity"] == "severe"
    assert "reason_severity" not in one("Allergic reaction to cyclophosphamide.", "cyclophosphamide").attributes


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Allergies: penicillin. Prednisolone 20 mg daily.", "current"),
        ("Allergies: penicillin, prednisolone 20 mg (rash)", "allergy"),
        ("Allergies: penicillin; prednisolone", "allergy"),
    ],
)
def test_a_dose_without_a_reaction_ends_a_list_of_allergies(text: str, status: str) -> None:
    dosing = one(text, "prednisolone").dosing
    assert dosing is not None and dosing.status == status
