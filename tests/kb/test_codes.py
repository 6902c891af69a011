"""Codes of other systems: each names one term of its kind; a unit by its code means what it says."""

from __future__ import annotations

import contextvars
from pathlib import Path

import pytest
import yaml

import kb.units
from kb.codes import codes_of, concept_of, named, system_of, table, uri_of
from kb.facts import Interval
from kb.own_terms import with_own_terms
from kb.units import in_unit, units
from kb.vocabulary import Vaccine, shipped, use, vocabulary

KINDS = {
    "loinc": {"lab", "score"},
    "rxnorm": {"drug"},
    "snomed": {"condition"},
    "icd10": {"condition"},
    "cvx": {"vaccine"},
}


@pytest.mark.parametrize(("system", "kinds"), KINDS.items(), ids=list(KINDS))
def test_every_code_names_a_term_of_its_kind(system: str, kinds: set[str]) -> None:
    for concept, codes in table()[system].items():
        assert vocabulary().kinds[concept] in kinds, concept
        assert codes, concept
        for code in codes:
            assert concept_of(system, str(code)) == concept, code


@pytest.mark.parametrize("system", KINDS)
def test_no_code_is_given_to_two_terms(system: str) -> None:
    codes = [str(code) for listed in table()[system].values() for code in listed]
    assert len(codes) == len(set(codes))


def test_the_codes_that_the_terms_hold_stand_first() -> None:
    for term in vocabulary().of_kind("lab"):
        if "LOINC" in term.codes:
            assert codes_of(term.id, "loinc")[0] == term.codes["LOINC"]


def test_loinc_codes_have_their_check_digit() -> None:
    for codes in table()["loinc"].values():
        for code in codes:
            body, digit = str(code).split("-")
            assert _luhn(body) == int(digit), code


def _luhn(digits: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10


# CDC's list of vaccines, by what its descriptions say
LIVE = {"03": True, "21": True, "37": True, "111": True, "174": True, "56": True, "02": True}
LIVE |= {"187": False, "10": False, "140": False, "101": False, "208": False, "115": False, "52": False}


@pytest.mark.parametrize(("code", "live"), LIVE.items())
def test_a_vaccine_is_live_or_not_by_its_code(code: str, live: bool) -> None:
    concept = concept_of("cvx", code)
    assert concept is not None
    term = vocabulary()[concept]
    assert isinstance(term, Vaccine) and term.live is live
    assert vocabulary().is_a(concept, "live-vaccine") is live


ICD = [
    ("M32.10", "sle"),
    ("M32.14", "lupus-nephritis"),
    ("M32.0", "drug-induced-lupus"),
    ("C50.911", "breast-cancer"),
    ("E11.9", "type-2-diabetes"),
    ("C34.90", "malignancy"),
    ("M19.90", "osteoarthritis"),
    ("Q21.1", None),  # two heart defects share it
    ("Z99.9", None),
]


@pytest.mark.parametrize(("code", "concept"), ICD)
def test_an_icd_code_is_what_stands_above_it(code: str, concept: str | None) -> None:
    assert concept_of("icd10", code) == concept


def test_systems_have_one_name_and_an_address() -> None:
    assert all(system_of(uri_of(system)) == system for system in table()["systems"])
    assert set(table()["names"]) == set(table()["systems"])


def test_a_name_counts_only_as_a_whole() -> None:
    assert named("Systemic Lupus Erythematosus", ["condition"]) == "sle"
    assert named("no systemic lupus erythematosus", ["condition"]) is None
    assert named("prednisolone", ["condition"]) is None


UNITS = [
    # concept, value, UCUM code, value in the canonical unit
    ("creatinine", 1.2, "mg/dL", 106.0820368),
    ("platelets", 98, "10*3/uL", 98),
    ("platelets", 98000, "/uL", 98),
    ("platelets", 98, "K/uL", None),  # K is the kelvin
    ("platelets", 98, "g/L", None),  # a letter's "G/L" is a count, UCUM's g/L a mass
    ("neutrophils", 2.1, "10*9/L", 2.1),
    ("neutrophils", 2100, "{cells}/uL", 2.1),
    ("crp", 5, "ug/mL", 5),
    ("upcr", 1.2, "mg/mg{creat}", 1.2),
    ("urine-protein-24h", 1.2, "g/(24.h)", 1.2),
    ("tsh", 2.1, "u[IU]/mL", 2.1),
    ("inr", 1.1, "1", 1.1),
    ("inr", 1.1, "{ratio}", 1.1),
    ("hiv-rna", 3.2, "{Log_copies}/mL", None),  # a logarithm is no amount
    ("lvef", 0.48, "L/L", 48),
    ("lvef", 480, "%", None),  # no patient has that
    ("creatinine", 85, "kg", None),
    ("creatinine", 85, "nonsense", None),
]


@pytest.mark.parametrize(("concept", "value", "code", "expected"), UNITS)
def test_a_unit_code_means_what_it_says(concept: str, value: float, code: str, expected: float | None) -> None:
    found = in_unit(concept, Interval.exactly(value), code)
    assert (found and found.low) == (expected if expected is None else pytest.approx(expected))


def test_other_ways_to_write_a_unit_lead_to_one_that_is_known() -> None:
    same = yaml.safe_load((Path(kb.units.__file__).parent / "units.yaml").read_text())["same"]
    assert set(same.values()) <= set(units())
    assert not set(same) & set(units())


def test_terms_of_the_users_own_hold_codes_too(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "kind: drug\nterms:\n  - {id: study-drug, label: Study drug, names: [xyzumab], codes: {RxNorm: '9999999'}}\n"
    )
    call = contextvars.copy_context()
    call.run(use, with_own_terms(tmp_path, shipped()))
    assert call.run(concept_of, "rxnorm", "9999999") == "study-drug"
    assert concept_of("rxnorm", "9999999") is None
