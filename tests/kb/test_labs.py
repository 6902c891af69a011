"""The terms of laboratory values and scores: complete for the protocol, sound in units and ranges."""

from __future__ import annotations

import re

import pytest

from kb.facts import Interval
from kb.units import units
from kb.vocabulary import Lab, Score, vocabulary

PROTOCOL = """
body-weight body-height body-temperature systolic-bp diastolic-bp heart-rate spo2 lvef lv-function echocardiogram
ecg holter egfr creatinine creatinine-clearance urea renal-function ast alt bilirubin-total liver-function alp ggt
albumin ldh ck crp esr chest-ct chest-xray chest-imaging lung-function fvc-percent dlco-percent hbsag anti-hbc
anti-hbc-igm anti-hbs hbv-dna hepatitis-b-serology anti-hcv hcv-rna hepatitis-c-serology hiv-antibody syphilis-test
treponemal-test nontreponemal-test cmv-dna cmv-igg cmv-igm ebv-dna infection-screen pregnancy-test
pregnancy-test-blood pregnancy-test-urine ana anti-dsdna anti-sm anti-ro anti-la anti-rnp lupus-anticoagulant
anticardiolipin anti-beta2-glycoprotein direct-coombs c3 c4 complement wbc neutrophils lymphocytes platelets
haemoglobin urine-protein-24h upcr uacr urine-protein-dipstick urine-rbc urine-wbc urine-casts igg iga igm inr
ferritin hba1c glucose sodium potassium calcium troponin bnp nt-probnp d-dimer procalcitonin tacrolimus-level
ciclosporin-level hydroxychloroquine-level sledai-2k eular-acr-2019 selena-sledai bilag pga ecog karnofsky das28
""".split()

SPELLINGS = {
    "ast": ["AST", "SGOT", "aspartate aminotransferase"],
    "alt": ["ALT", "SGPT", "alanine transaminase"],
    "bilirubin-total": ["TBIL", "total bilirubin", "T. bili"],
    "haemoglobin": ["Hb", "Hgb", "hemoglobin"],
    "lvef": ["LVEF", "ejection fraction", "EF"],
    "anti-hbc": ["HBcAb", "anti-HBc", "hepatitis B core antibody"],
    "hbv-dna": ["HBV-DNA", "HBV DNA", "hepatitis B viral load"],
    "platelets": ["PLT", "plt", "platelet count"],
    "creatinine": ["Scr", "Cr", "creat", "serum creatinine"],
    "anti-dsdna": ["anti-dsDNA", "dsDNA"],
    "sledai-2k": ["SLEDAI-2K", "SLEDAI"],
}

labs = [term for term in vocabulary().of_kind("lab") if isinstance(term, Lab)]
scores = [term for term in vocabulary().of_kind("score") if isinstance(term, Score)]


@pytest.mark.parametrize("concept", PROTOCOL)
def test_every_concept_of_the_protocol_is_there(concept: str) -> None:
    assert vocabulary().kinds.get(concept) in ("lab", "score")


@pytest.mark.parametrize(("concept", "spelling"), [(c, s) for c, spellings in SPELLINGS.items() for s in spellings])
def test_common_spellings(concept: str, spelling: str) -> None:
    term = vocabulary()[concept]
    assert spelling in term.exact or spelling.lower() in {name.lower() for name in term.spellings}


@pytest.mark.parametrize(
    ("special", "general"),
    [
        ("chest-ct", "chest-imaging"),
        ("chest-xray", "chest-imaging"),
        ("treponemal-test", "syphilis-test"),
        ("nontreponemal-test", "syphilis-test"),
    ],
)
def test_hierarchy(special: str, general: str) -> None:
    assert vocabulary().is_a(special, general)


@pytest.mark.parametrize("lab", labs, ids=lambda lab: lab.id)
def test_a_lab_is_sound(lab: Lab) -> None:
    assert lab.names or lab.exact
    if lab.unit is not None:
        assert lab.unit in units()
        if lab.unit != "{fraction}":
            assert lab.plausible is not None and 0 <= lab.plausible[0] < lab.plausible[1]
    if lab.molar_mass is not None:
        assert lab.unit is not None and units()[lab.unit].dimension in ("substance", "mass")
    for reference in lab.references:
        assert reference.source
        assert lab.plausible is not None
        bounds = [bound for bound in (reference.low, reference.high) if bound is not None]
        assert bounds and all(lab.plausible[0] <= bound <= lab.plausible[1] for bound in bounds)
        Interval(reference.low, reference.high)
    if "LOINC" in lab.codes:
        assert re.fullmatch(r"\d{2,5}-\d", lab.codes["LOINC"])


@pytest.mark.parametrize("score", scores, ids=lambda score: score.id)
def test_a_score_is_sound(score: Score) -> None:
    assert score.minimum < score.maximum


def test_default_upper_limits_are_the_specification_s() -> None:
    expected = {"ast": 40, "alt": 40, "bilirubin-total": 21}
    for concept, high in expected.items():
        term = vocabulary()[concept]
        assert isinstance(term, Lab) and [reference.high for reference in term.references] == [high]


def test_no_spelling_belongs_to_two_concepts() -> None:
    owners: dict[str, str] = {}
    for term in (*labs, *scores):
        for spelling in term.spellings:
            assert owners.setdefault(spelling.lower(), term.id) == term.id, spelling
        for spelling in term.exact:
            assert owners.setdefault("exact " + spelling, term.id) == term.id, spelling


def test_words_of_running_text_are_no_names() -> None:
    names = {spelling.lower() for term in (*labs, *scores) for spelling in term.spellings}
    assert not names & {"got", "trust", "la", "sap", "ca", "na", "k", "pt", "trap", "lymph", "iron", "test", "a", "in"}
