"""Scores, classes, antibodies and drugs that protocols beyond the first ask for: a phrase in, concept and value out."""

from __future__ import annotations

import pytest

from kb.facts import Coded, Quantity
from tests.extraction.reading import facts

READ: list[tuple[str, str, float | str | None]] = [
    ("MG-ADL 8.", "mg-adl", 8),
    ("QMG score 14.", "qmg", 14),
    ("MGFA class IIb.", "mgfa", "iib"),
    ("NYHA class III.", "nyha", "iii"),
    ("EDSS 6.0.", "edss", 6),
    ("T25FW 9.8 seconds.", "timed-25-foot-walk", 9.8),
    ("Nine-hole peg test 45 seconds.", "nine-hole-peg-test", 45),
    ("mRSS 22/51.", "mrss", 22),
    ("MMT-8 112.", "mmt8", 112),
    ("Stiffness index 4.", "stiffness-index", 4),
    ("Renal BILAG A.", "bilag-renal", "a"),
    ("BILAG mucocutaneous B.", "bilag-mucocutaneous", "b"),
    ("FVC 64 % predicted.", "fvc-percent", 64),
    ("DLCO 45%.", "dlco-percent", 45),
    ("CK 1200 U/L.", "ck", 1200),
    ("IgG 6.2 g/L.", "igg", 6.2),
    ("Neutrophils 2.1 x10^9/L.", "neutrophils", 2.1),
    ("AChR antibodies positive.", "anti-achr", "positive"),
    ("MuSK antibodies negative.", "anti-musk", "negative"),
    ("Anti-GAD65 antibodies positive.", "anti-gad65", "positive"),
    ("Glycine receptor antibodies negative.", "anti-glycine-receptor", "negative"),
    ("Anti-Dsg3 ELISA positive.", "anti-dsg3", "positive"),
    ("Anti-MDA5 positive.", "anti-mda5", "positive"),
    ("RNA polymerase III antibodies positive.", "anti-rna-polymerase-3", "positive"),
    ("CSF oligoclonal bands positive.", "oligoclonal-bands", "positive"),
    ("IgG index raised.", "igg-index", "high"),
    ("Primary progressive MS.", "primary-progressive-ms", None),
    ("Secondary progressive multiple sclerosis.", "secondary-progressive-ms", None),
    ("Stiff person syndrome.", "stiff-person-syndrome", None),
    ("Lambert-Eaton syndrome.", "lambert-eaton-syndrome", None),
    ("Mucosal pemphigus vulgaris.", "mucosal-pemphigus", None),
    ("Antisynthetase syndrome.", "antisynthetase-syndrome", None),
    ("Heliotrope rash.", "heliotrope-rash", None),
    ("She takes siponimod.", "siponimod", None),
    ("Mitoxantrone in 2015.", "mitoxantrone", None),
    ("CABG in 2019.", "coronary-bypass", None),
    ("Clinical SLEDAI 6.", "clinical-sledai", 6),
    ("SLEDAI-2K 6.", "sledai-2k", 6),
    ("Systemic sclerosis, 2013 ACR/EULAR score 14.", "acr-eular-2013", 14),
    ("EULAR/ACR score 14.", "eular-acr-2019", 14),
    ("First non-Raynaud symptom in July 2019.", "first-non-raynaud-sign", None),
    ("Puffy fingers since 2022.", "puffy-fingers", None),
    ("Scleroderma renal crisis in 2025.", "scleroderma-renal-crisis", None),
    ("Weakness of hip flexors.", "muscle-weakness", None),
    ("Alzheimer's dementia.", "dementia", None),
]


@pytest.mark.parametrize(("text", "concept", "value"), READ, ids=[text for text, _, _ in READ])
def test_what_is_read(text: str, concept: str, value: float | str | None) -> None:
    found = [fact.value for fact in facts(text) if fact.concept == concept and fact.assertion == "present"]
    assert found
    told = [
        one.interval.low if isinstance(one, Quantity) else one.code if isinstance(one, Coded) else None for one in found
    ]
    assert value in told


def test_full_strength_denies_weakness() -> None:
    for text in ("Muscle power 5/5 throughout.", "Muscle strength is normal."):
        assert ("muscle-weakness", "absent") in {(fact.concept, fact.assertion) for fact in facts(text)}


def test_the_points_of_other_criteria_are_none_of_lupus() -> None:
    for text in ("2013 ACR/EULAR score 14.", "2010 ACR/EULAR score 8.", "Clinical SLEDAI 6."):
        assert not {fact.concept for fact in facts(text)} & {"eular-acr-2019", "sledai-2k"}


@pytest.mark.parametrize("text", ["MGFA was explained.", "He was a grade A student.", "Class II device."])
def test_a_class_needs_its_scale_and_its_word(text: str) -> None:
    assert not [fact for fact in facts(text) if fact.kind == "score" and fact.value is not None]


@pytest.mark.parametrize(
    ("text", "denied"),
    [("NKDA.", True), ("No known allergies.", True), ("NKDA except penicillin.", False), ("No drug allergies.", True)],
)
def test_allergies_are_denied_unless_one_is_excepted(text: str, denied: bool) -> None:
    assert (("allergy", "absent") in {(fact.concept, fact.assertion) for fact in facts(text)}) is denied


def test_a_disease_that_goes_on_to_worsen_is_progressive() -> None:
    for text, course in (
        ("Progressive interstitial lung disease.", "progressive"),
        ("Non-progressive interstitial lung disease.", "stable"),
        ("Interstitial lung disease, stable since 2024, now progressive.", "progressive"),
        ("Interstitial lung disease.", None),
    ):
        found = [fact for fact in facts(text) if fact.concept == "interstitial-lung-disease"]
        assert [fact.attributes.get("course") for fact in found] == [course], text


def test_no_hepatitis_b_is_a_result() -> None:
    assert [fact.value.code for fact in facts("No hepatitis B.") if isinstance(fact.value, Coded)] == ["negative"]
