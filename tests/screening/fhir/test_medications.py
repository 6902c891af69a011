"""Medications of a Bundle: doses worked out from their timing, courses, and what is not taken."""

from __future__ import annotations

from typing import Any

import pytest

from kb.facts import Fact
from tests.screening.fhir.resources import (
    Made,
    bundle,
    coded,
    condition,
    dosage,
    extracted,
    facts,
    prescription,
    quantity,
)

TABLET = {"value": 8, "unit": "tablet", "code": "{tbl}", "system": "http://unitsofmeasure.org"}
MG40 = quantity(40, "mg")

# what is prescribed, of which drug, and the mg a day (or a kg and day)
DOSES: list[tuple[str, str, Made, tuple[float | None, float | None] | None]] = [
    ("once a day", "prednisolone", dosage(MG40), (40, 40)),
    ("twice a day in grams", "mycophenolate mofetil", dosage(quantity(1, "g"), 2), (2000, 2000)),
    ("every 12 hours", "mycophenolate mofetil", dosage(quantity(500, "mg"), 1, 12, "h"), (1000, 1000)),
    ("every other day", "prednisolone", dosage(quantity(20, "mg"), 1, 2), (10, 10)),
    ("weekly", "methotrexate", dosage(quantity(14, "mg"), 1, 1, "wk"), (2, 2)),
    ("monthly is no amount a day", "cyclophosphamide", dosage(quantity(500, "mg"), 1, 1, "mo"), None),
    (
        "once or twice",
        "tramadol",
        {
            **dosage(),
            "timing": {"repeat": {"frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d"}},
            "doseAndRate": [{"doseQuantity": quantity(50, "mg")}],
        },
        (50, 100),
    ),
    ("as needed", "tramadol", dosage(quantity(50, "mg"), 3, asNeededBoolean=True), None),
    ("tablets by their strength", "prednisolone 5 MG Oral Tablet", dosage(TABLET), (40, 40)),
    (
        "a unit by another system's code",
        "prednisolone",
        dosage({"value": 40, "unit": "mg", "system": "http://snomed.info/sct", "code": "258684004"}),
        (40, 40),
    ),
    ("tablets of no strength", "prednisolone", dosage(TABLET), None),
    (
        "by a code of timing",
        "mycophenolate mofetil",
        {
            "timing": {"code": coded("BID", "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation")},
            "doseAndRate": [{"doseQuantity": quantity(1, "g")}],
        },
        (2000, 2000),
    ),
    (
        "by times of the day",
        "mycophenolate mofetil",
        {
            "timing": {"repeat": {"timeOfDay": ["08:00:00", "20:00:00"]}},
            "doseAndRate": [{"doseQuantity": quantity(1, "g")}],
        },
        (2000, 2000),
    ),
    ("in words", "prednisolone", {"text": "40 mg once daily"}, (40, 40)),
    ("in words, by tablets", "prednisolone 5 MG Oral Tablet", {"text": "Take 8 tablets daily"}, (40, 40)),
    ("a unit that is not known", "prednisolone", dosage(quantity(1, "[drp]")), None),
]


@pytest.mark.parametrize(("name", "drug", "told", "expected"), DOSES, ids=[row[0] for row in DOSES])
def test_the_amount_a_day(name: str, drug: str, told: Made, expected: Any) -> None:
    [fact] = facts(prescription(drug, dosageInstruction=[told]))
    assert fact.dosing is not None
    per_day = fact.dosing.per_day
    assert (None if per_day is None else (per_day.low, per_day.high)) == expected


def test_an_amount_a_kilogram_needs_no_weight() -> None:
    [fact] = facts(prescription("hydroxychloroquine", dosageInstruction=[dosage(quantity(5, "mg/kg"))]))
    assert fact.dosing is not None and fact.dosing.per_kg is not None and fact.dosing.per_kg.low == 5


def test_a_taper_is_read_in_its_order() -> None:
    steps = [
        dosage(
            quantity(mg, "mg"),
            sequence=number,
            timing={"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "boundsDuration": quantity(14, "d")}},
        )
        for number, mg in ((2, 20), (1, 40))
    ]
    [fact] = facts(prescription("prednisolone", dosageInstruction=steps))
    assert fact.course is not None
    assert [step.per_day and step.per_day.low for step in fact.course.steps] == [40, 20]
    assert [step.days and step.days.low for step in fact.course.steps] == [14, 14]


def test_dosages_of_one_sequence_number_are_taken_together() -> None:
    parts = [dosage(quantity(mg, "mg"), sequence=1) for mg in (30, 10)]
    [fact] = facts(prescription("prednisolone", dosageInstruction=parts))
    assert fact.dosing is not None and fact.dosing.per_day is not None and fact.dosing.per_day.low == 40


def test_dosages_of_which_that_is_not_said_leave_the_amount_open() -> None:
    [fact] = facts(prescription("prednisolone", dosageInstruction=[dosage(quantity(mg, "mg")) for mg in (30, 10)]))
    assert fact.dosing is not None and fact.dosing.per_day is None


def statement(status: str, **more: Any) -> Made:
    return {
        "resourceType": "MedicationStatement",
        "status": status,
        "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": coded("1256", "http://www.nlm.nih.gov/research/umls/rxnorm"),
        **more,
    }


# status, then: status of the fact, assertion, whether it goes on
STATES = [
    ("active", "current", "present", True),
    ("completed", "past", "present", False),
    ("stopped", "past", "present", False),
    ("intended", "planned", "present", None),
    ("on-hold", "current", "possible", None),
    ("unknown", "current", "possible", None),
]


@pytest.mark.parametrize(("status", "expected", "assertion", "ongoing"), STATES)
def test_what_a_status_says(status: str, expected: str, assertion: str, ongoing: bool | None) -> None:
    [fact] = facts(statement(status))
    assert fact.concept == "azathioprine" and fact.dosing is not None and fact.course is not None
    assert (fact.dosing.status, fact.assertion, fact.course.ongoing) == (expected, assertion, ongoing)


@pytest.mark.parametrize("status", ["not-taken", "entered-in-error"])
def test_what_was_not_taken_denies_nothing(status: str) -> None:
    assert facts(statement(status)) == ()


def test_orders_that_ask_for_nothing_to_be_taken_are_not_taken() -> None:
    assert facts(prescription("azathioprine", doNotPerform=True)) == ()
    assert facts(prescription("azathioprine", status="cancelled")) == ()
    [planned] = facts(prescription("azathioprine", intent="proposal"))
    assert planned.temporality == "planned"


def test_a_prescription_may_renew_an_older_one() -> None:
    [fact] = facts(prescription("azathioprine"))
    assert fact.course is not None and fact.course.start is not None
    assert fact.course.start.earliest is None and str(fact.course.start.latest) == "2026-05-01"


def test_one_whose_end_has_come_is_over() -> None:
    [fact] = facts(statement("active", effectivePeriod={"start": "2025-01-01", "end": "2025-06-30"}))
    assert fact.dosing is not None and fact.dosing.status == "past"
    assert fact.course is not None and str(fact.course.end and fact.course.end.latest) == "2025-06-30"


def reasons(**concept: Any) -> Fact:
    return facts(statement("stopped", statusReason=[concept]))[0]


def test_why_it_was_stopped() -> None:
    by_code = reasons(**coded("395009001", "http://snomed.info/sct"))
    by_word = reasons(text="hepatotoxicity")
    ineffective = reasons(**coded("395007004", "http://snomed.info/sct"))
    told = [
        fact.dosing and fact.dosing.reason_stopped
        for fact in (by_code, by_word, ineffective, reasons(text="moved away"))
    ]
    assert told == ["intolerance", "intolerance", "inefficacy", None]


def test_what_it_is_given_for() -> None:
    asthma = {**condition("Asthma"), "id": "c"}
    by_word = facts(statement("active", reasonCode=[{"text": "Asthma"}]))[0]
    by_reference = facts(statement("active", reasonReference=[{"reference": "Condition/c"}]), asthma)[0]
    assert by_word.attributes == by_reference.attributes == {"indication": "asthma"}
    [prevented] = facts(statement("active", reasonCode=[{"text": "Prophylaxis"}]))
    assert prevented.attributes == {"purpose": "prophylaxis"}


def test_a_drug_is_told_by_its_medication_wherever_that_stands() -> None:
    medication = {"resourceType": "Medication", "id": "m", "code": {"text": "Azathioprine 50 MG Oral Tablet"}}
    apart = {**prescription("x"), "medicationReference": {"reference": "Medication/m"}}
    inside = {**prescription("x"), "contained": [medication], "medicationReference": {"reference": "#m"}}
    for one in (apart, inside):
        del one["medicationCodeableConcept"]
    assert facts(apart, medication)[0].concept == facts(inside)[0].concept == "azathioprine"


def test_a_combination_is_each_of_its_drugs_without_an_amount() -> None:
    found = facts(
        prescription("azathioprine 50 MG / prednisolone 5 MG Oral Tablet", dosageInstruction=[dosage(TABLET)])
    )
    assert [fact.concept for fact in found] == ["azathioprine", "prednisolone"]
    assert all(fact.dosing is not None and fact.dosing.per_day is None for fact in found)


def test_eye_drops_are_not_systemic() -> None:
    [fact] = facts(prescription("dexamethasone 1 MG/ML Ophthalmic Suspension"))
    assert fact.dosing is not None and fact.dosing.route == "ophthalmic"


def test_a_pulse_is_known_by_its_amount_and_route() -> None:
    given_once = {
        "resourceType": "MedicationAdministration",
        "status": "completed",
        "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": {"text": "methylprednisolone"},
        "effectiveDateTime": "2026-05-02",
        "dosage": {"dose": quantity(1, "g"), "route": {"text": "Intravenous route"}},
    }
    [fact] = facts(given_once)
    assert fact.dosing is not None and fact.dosing.pulse and fact.dosing.duration_days is not None
    assert fact.dosing.duration_days.high == 1 and fact.dosing.route == "iv"


def test_a_name_that_says_more_than_a_drug_is_not_understood() -> None:
    found = extracted(bundle(prescription("allergic to azathioprine")))
    assert found.facts == () and "prescription without a code" in found.warnings[0]


def allergy(text: str, **more: Any) -> Made:
    return {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/p"}, "code": {"text": text}, **more}


def test_an_allergy_forbids_a_drug() -> None:
    [fact] = facts(allergy("azathioprine", reaction=[{"manifestation": [{"text": "Rash"}]}]))
    assert fact.dosing is not None and (fact.dosing.status, fact.dosing.reason_stopped) == ("allergy", "intolerance")
    assert fact.attributes == {"reason_detail": "rash"}


def test_an_allergy_that_was_refuted_is_none_and_a_suspected_one_is_open() -> None:
    def verified(code: str) -> Made:
        return coded(code, "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification")

    assert facts(allergy("azathioprine", verificationStatus=verified("refuted"))) == ()
    [fact] = facts(allergy("azathioprine", verificationStatus=verified("unconfirmed")))
    assert fact.assertion == "possible"


def test_an_allergy_to_no_drug_is_shown_without_a_warning() -> None:
    found = extracted(bundle(allergy("Peanut", category=["food"])))
    assert found.facts == () and found.warnings == () and "Allergy: Peanut" in found.dossier.documents[0].text
