"""The terms of conditions, procedures and vaccines: what is a kind of what, and what a denial closes."""

from __future__ import annotations

import pytest

from kb.vocabulary import Vaccine, vocabulary


@pytest.mark.parametrize(
    ("denied", "closed", "left_open"),
    [
        (
            "heart-disease",
            ["congenital-heart-disease", "myocardial-infarction", "severe-arrhythmia", "myocarditis", "arrhythmia"],
            ["pericardial-effusion", "haemodynamic-instability", "hypertension"],
        ),
        ("transplant", ["organ-transplant", "stem-cell-transplant", "gvhd", "kidney-transplant"], []),
        ("organ-transplant", ["kidney-transplant", "liver-transplant"], ["stem-cell-transplant", "gvhd", "transplant"]),
        ("stem-cell-transplant", ["allogeneic-stem-cell-transplant", "gvhd"], ["organ-transplant", "transplant"]),
        ("malignancy", ["breast-cancer", "lymphoma", "melanoma", "basal-cell-carcinoma"], ["cin-3", "benign-tumour"]),
        ("tumour", ["malignancy", "breast-cancer"], []),
        ("infection", ["pneumonia", "sepsis", "urinary-tract-infection"], ["hepatitis-b", "hiv-infection", "fever"]),
        ("npsle", ["lupus-cerebritis", "lupus-psychosis"], ["seizure", "headache"]),
        ("seizure", [], ["npsle", "lupus-nephritis"]),
        ("dialysis", ["renal-replacement-therapy", "haemodialysis", "crrt"], []),
        ("hepatitis", ["hepatitis-b", "hepatitis-c"], []),
        ("vaccine", ["live-vaccine", "mmr-vaccine"], []),
        ("covid-19-vaccine", [], ["live-vaccine", "vaccine"]),
        ("fever", [], ["infection"]),
    ],
)
def test_what_a_denial_closes(denied: str, closed: list[str], left_open: list[str]) -> None:
    answered = vocabulary().closed_by_denial(denied)
    assert set(closed) <= answered
    assert not set(left_open) & answered


@pytest.mark.parametrize(
    ("general", "special", "not_special"),
    [
        ("malignancy", ["breast-carcinoma-in-situ", "leukaemia", "basal-cell-carcinoma", "thyroid-cancer"],
         ["cin-1", "cin-2", "cin-3", "bowen-disease", "lipoma", "uterine-fibroids", "mgus"]),
        ("sle", ["lupus-nephritis", "npsle", "lupus-cerebritis"], ["discoid-lupus", "drug-induced-lupus", "uctd"]),
        ("severe-arrhythmia", ["ventricular-tachycardia", "ventricular-fibrillation", "third-degree-av-block"],
         ["atrial-fibrillation", "first-degree-av-block", "sinus-tachycardia"]),
        ("acute-cutaneous-lupus", ["malar-rash"], ["discoid-lupus"]),
        ("npsle", ["lupus-cerebritis"], ["seizure", "psychosis", "stroke"]),
        ("organ-transplant", ["kidney-transplant", "heart-transplant"], ["stem-cell-transplant", "corneal-transplant"]),
        ("renal-replacement-therapy", ["haemodialysis", "peritoneal-dialysis", "crrt", "kidney-transplant"], []),
        ("live-vaccine", ["mmr-vaccine", "varicella-vaccine", "zoster-vaccine-live", "yellow-fever-vaccine",
                          "polio-vaccine-oral", "bcg-vaccine", "influenza-vaccine-live", "typhoid-vaccine-oral",
                          "cholera-vaccine-oral", "rotavirus-vaccine", "dengue-vaccine", "smallpox-vaccine",
                          "japanese-encephalitis-vaccine-live", "hepatitis-a-vaccine-live", "chikungunya-vaccine-live"],
         ["zoster-vaccine-recombinant", "covid-19-vaccine", "influenza-vaccine", "pneumococcal-vaccine"]),
    ],
)  # fmt: skip
def test_what_is_a_kind_of_what(general: str, special: list[str], not_special: list[str]) -> None:
    terms = vocabulary()
    assert [term for term in special if not terms.is_a(term, general)] == []
    assert [term for term in not_special if terms.is_a(term, general)] == []


def test_a_vaccine_says_it_is_live_just_when_it_is_a_live_vaccine() -> None:
    terms = vocabulary()
    for term in terms.of_kind("vaccine"):
        assert (isinstance(term, Vaccine) and term.live is True) == terms.is_a(term.id, "live-vaccine"), term.id


@pytest.mark.parametrize("kind", ["condition", "procedure", "vaccine"])
def test_no_spelling_belongs_to_two_terms_of_a_kind(kind: str) -> None:
    owners: dict[str, str] = {}
    for term in vocabulary().of_kind(kind):
        for spelling in term.spellings:
            assert owners.setdefault(spelling.lower(), term.id) == term.id, spelling


def test_hundreds_of_conditions_are_known_and_coded() -> None:
    conditions = list(vocabulary().of_kind("condition"))
    assert len(conditions) > 400
    assert sum("doid" in term.codes for term in conditions) > 150
    assert all(term.codes["doid"].startswith("DOID:") for term in conditions if "doid" in term.codes)
