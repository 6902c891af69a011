"""Results told of lists, shares before their cells, other fluids, and names that are part of something else."""

from __future__ import annotations

import pytest

from extraction.conditions import read_conditions
from extraction.demographics import read_demographics
from extraction.measurements import read_measurements
from extraction.medications import read_medications
from kb.facts import Coded, Quantity
from tests.extraction.reading import read

RESULTS: dict[str, dict[str, float | str | None]] = {
    # text: what is read of each test; None where it is named and nothing is told of it
    "Renal function, CA-125 and bile acids were all within normal levels.": {"renal-function": "normal"},
    "Urinalysis, muscle enzymes, and CRP were normal.": {"urinalysis": "normal", "crp": "normal"},
    "WBC and differential count were completely normal.": {"wbc": "normal"},
    "She had an ECG, and her bloods were normal.": {"ecg": None},
    "ECG showed a pause, bloods and urine were normal.": {"ecg": None},
    "WBC 0.7, with 2% neutrophils, 94% lymphocytes and 4% monocytes.": {
        "wbc": 0.7,
        "neutrophil-share": 2,
        "lymphocyte-share": 94,
        "monocyte-share": 4,
    },
    "WBC 5.6 (neutrophils 60% lymphocytes 30%)": {"wbc": 5.6, "neutrophil-share": 60, "lymphocyte-share": 30},
    "BP, pulse and respiratory rate were 120/80 mm Hg, 70/min and 16/min, respectively.": {
        "systolic-bp": 120,
        "diastolic-bp": 80,
        "heart-rate": 70,
        "respiratory-rate": 16,
    },
    "Sodium and potassium, 138 mmol/L (low) and 4.1 mmol/L, respectively": {"sodium": 138, "potassium": 4.1},
    "Cerebrospinal fluid showed 5 cells; WBC 12.": {"wbc": 12},
    "CSF: WBC 5/uL, glucose 3.1 mmol/L.": {},
    "Pleural fluid LDH 500 U/L, serum LDH 210 U/L.": {"ldh": 210},
    "RVSP 45 mm Hg.": {"pulmonary-artery-pressure": 45},
    "APTT was prolonged (53.5 s).": {"aptt": 53.5},
    "QTc was found to be prolonged (512 ms).": {"qtc": 512},
    "The platelet count at EOT was 92 x 10^9/L.": {"platelets": 92},
    "The abnormal height velocity of 0.9 cm/year was noted.": {},
    "MPO-, PR3- and lysozyme-ANCA were detected.": {"anti-mpo": None, "anti-pr3": None, "anca": "positive"},
    "Folic acid levels were normal.": {"folate": "normal"},
    "Markers were negative for viral hepatitis, Coombs test and sarcoidosis.": {"direct-coombs": "negative"},
}


@pytest.mark.parametrize("text", RESULTS)
def test_each_test_has_its_own_result(text: str) -> None:
    told: dict[str, float | str | None] = {}
    for fact in read_measurements(read(text)):
        value = fact.value
        told[fact.concept] = value.interval.low if isinstance(value, Quantity) else value.code if value else None
    assert told == RESULTS[text]


ABSENT = {
    "Markers were negative for acute or chronic viral hepatitis.": {"hepatitis": "absent"},
    "Type 2 diabetes not on insulin, fibromyalgia, depression.": {
        "type-2-diabetes": "present",
        "fibromyalgia": "present",
        "depression": "present",
    },
    "She has non-nephrotic proteinuria.": {"proteinuria": "present"},
    "The risks were explained to the patient, including bleeding and infection.": {
        "bleeding": "conditional",
        "infection": "conditional",
    },
    "The liver screen with hepatitis viral serology was sent.": {},
}


@pytest.mark.parametrize("text", ABSENT)
def test_only_what_is_said_of_a_condition_counts(text: str) -> None:
    assert {fact.concept: fact.assertion for fact in read_conditions(read(text))} == ABSENT[text]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Allergies:\nThe patient denied any allergy to codeine.", "planned"),
        ("Allergies:\nNo known allergy except to codeine.", "allergy"),
        ("She is now on tapering doses of prednisolone.", "current"),
    ],
)
def test_a_denied_allergy_is_none(text: str, status: str) -> None:
    assert [fact.dosing.status for fact in read_medications(read(text)) if fact.dosing] == [status]


def test_what_is_no_treatment_is_no_medication() -> None:
    assert not read_medications(read("Folic acid levels were normal; endogenous insulin production is low."))


def test_milliseconds_are_no_title() -> None:
    assert not [fact for fact in read_demographics(read("The QTc was 470 ms.")) if isinstance(fact.value, Coded)]
