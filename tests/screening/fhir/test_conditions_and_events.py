"""Conditions, procedures, vaccinations and the patient: what a status says, and what it leaves open."""

from __future__ import annotations

from typing import Any

import pytest

from kb.facts import Coded
from screening.pipeline import Screening
from tests.screening.fhir.resources import Made, bundle, coded, condition, extracted, facts, patient, screened

# clinical status, verification, then: assertion, temporality, whether it goes on
STATES = [
    ("active", "confirmed", "present", "current", True),
    ("recurrence", "confirmed", "present", "current", True),
    ("active", "provisional", "possible", "current", True),
    ("active", "unconfirmed", "possible", "current", True),
    ("active", "differential", "possible", "current", True),
    ("resolved", "confirmed", "present", "historical", False),
    ("remission", "confirmed", "present", "current", None),
    ("inactive", "confirmed", "present", "historical", None),
    (None, None, "present", "current", None),
]


@pytest.mark.parametrize(("clinical", "verified", "assertion", "temporality", "ongoing"), STATES)
def test_what_a_status_says(
    clinical: str | None, verified: str | None, assertion: str, temporality: str, ongoing: bool | None
) -> None:
    [fact] = facts(condition("Systemic lupus erythematosus (disorder)", clinical, verified))
    assert fact.concept == "sle" and fact.course is not None
    assert (fact.assertion, fact.temporality, fact.course.ongoing) == (assertion, temporality, ongoing)


def test_entered_in_error_is_nothing_at_all() -> None:
    assert facts(condition("Hepatitis B", None, "entered-in-error"), patient())[0].concept == "birth-date"


def test_a_refuted_one_is_denied_for_its_day_and_not_for_ever() -> None:
    [fact] = facts(condition("Breast cancer", None, "refuted", recordedDate="2026-05-03"))
    assert fact.assertion == "absent" and fact.time is not None and str(fact.time.earliest) == "2026-05-03"
    assert facts(condition("Breast cancer", None, "refuted")) == ()


def answers(screening: Screening) -> dict[str, str]:
    return {one.criterion.id: one.answer for one in screening.decision.answers}


def test_a_refuted_cancer_does_not_pass_for_a_history_without_cancer() -> None:
    cancer = [one for one in screened(bundle(patient())).decision.protocol.criteria if "alignan" in one.title]
    assert cancer
    raw = bundle(patient(), condition("Breast cancer", None, "refuted", recordedDate="2026-05-03"))
    assert {answers(screened(raw))[one.id] for one in cancer} == {"unknown"}
    present = bundle(patient(), condition("Breast cancer", "active", onsetDateTime="2025"))
    assert "fail" in {answers(screened(present))[one.id] for one in cancer}


TIMES: list[tuple[str, Made, Any, Any]] = [
    ("a year", {"onsetDateTime": "2015"}, ("2015-01-01", "2015-12-31"), None),
    ("a span", {"onsetPeriod": {"start": "2015-02", "end": "2015-03"}}, ("2015-02-01", "2015-03-31"), None),
    (
        "an age",
        {"onsetAge": {"value": 20, "unit": "years", "code": "a", "system": "http://unitsofmeasure.org"}},
        ("2012-03-03", "2013-03-03"),
        None,
    ),
    (
        "an end",
        {"onsetDateTime": "2015", "abatementDateTime": "2020-06-01"},
        ("2015-01-01", "2015-12-31"),
        ("2020-06-01", "2020-06-01"),
    ),
    ("words", {"onsetString": "in childhood"}, None, None),
]


@pytest.mark.parametrize(("name", "told", "start", "end"), TIMES, ids=[row[0] for row in TIMES])
def test_when_it_began_and_ended(name: str, told: Made, start: Any, end: Any) -> None:
    fact = facts(patient(), condition("Pneumonia", "resolved", **told))[-1]
    assert fact.course is not None
    days = [
        None if when is None else (str(when.earliest), str(when.latest))
        for when in (fact.course.start, fact.course.end)
    ]
    assert days == [start, end]


def test_a_severity_is_kept() -> None:
    [fact] = facts(
        condition(
            "Pneumonia", severity=coded("24484000", "http://snomed.info/sct", display="Severe (severity modifier)")
        )
    )
    assert fact.attributes == {"severity": "severe"}


UNKNOWN = [
    ("suspected lupus nephritis", "a name is only taken as a whole"),
    ("family history of breast cancer", "of another person"),
    ("prednisolone", "a drug is no condition"),
]


@pytest.mark.parametrize(("text", "why"), UNKNOWN)
def test_what_is_not_understood_is_said_without_its_words(text: str, why: str) -> None:
    found = extracted(bundle(condition(text)))
    assert found.facts == () and found.warnings == ("not understood, so not used: condition without a code",), why


def test_a_code_says_more_than_what_a_record_calls_it() -> None:
    mother = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "Z80.3"}], "text": "Breast cancer"}
    assert facts({**condition("x"), "code": mother}) == ()


def test_a_code_that_is_no_code_is_not_repeated() -> None:
    odd = {"coding": [{"system": "http://snomed.info/sct", "code": "born in Q7"}]}
    [warning] = extracted(bundle({**condition("x"), "code": odd})).warnings
    assert "SNOMED CT code" in warning and "Q7" not in warning


def test_codes_that_disagree_are_not_understood() -> None:
    both = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code} for code in ("M32.10", "E11.9")]}
    found = extracted(bundle({**condition("x"), "code": both}))
    assert found.facts == () and "ICD-10 M32.10 or ICD-10 E11.9" in found.warnings[0]


def test_of_codes_that_agree_the_closest_counts() -> None:
    both = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code} for code in ("M32.10", "M32.14")]}
    concept = facts({**condition("x"), "code": both})
    assert [fact.concept for fact in concept] in (["lupus-nephritis"], [])  # as the terms relate them


def test_the_patient_is_described_without_a_name() -> None:
    named = patient(name=[{"family": "Doe"}])
    found = extracted(bundle(named))
    told = {fact.concept: fact for fact in found.facts}
    assert str(told["birth-date"].time and told["birth-date"].time.earliest) == "1992-03-03"
    assert told["sex"].value == Coded("female", "female")
    assert "Doe" not in found.dossier.documents[0].text


def test_a_gender_that_is_neither_settles_no_sex() -> None:
    assert [fact.concept for fact in facts(patient(gender="other"))] == ["birth-date"]


def procedure(text: str, status: str = "completed", **more: Any) -> Made:
    return {
        "resourceType": "Procedure",
        "status": status,
        "subject": {"reference": "Patient/p"},
        "code": {"text": text},
        **more,
    }


PROCEDURES = [
    ("completed", "present", "historical"),
    ("in-progress", "present", "current"),
    ("preparation", "present", "planned"),
    ("stopped", "possible", "historical"),
]


@pytest.mark.parametrize(("status", "assertion", "temporality"), PROCEDURES)
def test_procedures(status: str, assertion: str, temporality: str) -> None:
    [fact] = facts(procedure("Renal biopsy", status, performedDateTime="2024-03-03"))
    assert (fact.concept, fact.assertion, fact.temporality) == ("renal-biopsy", assertion, temporality)


def test_what_was_not_done_denies_nothing() -> None:
    assert facts(procedure("Splenectomy", "not-done")) == ()


def vaccination(code: str, day: str | None = "2026-06-01", status: str = "completed") -> Made:
    when = {"occurrenceDateTime": day} if day else {"occurrenceString": "in childhood"}
    return {
        "resourceType": "Immunization",
        "status": status,
        "patient": {"reference": "Patient/p"},
        "vaccineCode": coded(code, "http://hl7.org/fhir/sid/cvx"),
        **when,
    }


def live(raw: bytes) -> str:
    return answers(screened(raw))["E8"]


def test_a_live_vaccine_lately_stops_the_patient_and_others_do_not() -> None:
    assert live(bundle(patient(), vaccination("37"))) == "fail"
    assert live(bundle(patient(), vaccination("37", "2026-01-05"))) == "pass"
    assert live(bundle(patient(), vaccination("187"))) == "unknown"
    assert live(bundle(patient(), vaccination("37", status="not-done"))) == "unknown"
    assert live(bundle(patient(), vaccination("37", None))) == "unknown"


def test_an_immune_globulin_is_no_vaccine() -> None:
    assert facts(vaccination("87")) == facts(vaccination("998")) == ()


def test_a_vaccine_that_is_not_known_raises_the_question() -> None:
    screening = screened(bundle(patient(), vaccination("99999")))
    [asked] = [one for one in screening.decision.answers if one.criterion.id == "E8"]
    assert asked.answer == "unknown" and asked.raised
    assert any("CVX 99999" in warning for warning in screening.warnings)
