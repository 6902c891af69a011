"""The drug terms: what the protocol names is there, with its brands, classes and looked-up codes."""

from __future__ import annotations

import re

import pytest

from kb.vocabulary import Drug, vocabulary

AGENTS = [
    "hydroxychloroquine",
    "cyclophosphamide",
    "mycophenolate-mofetil",
    "mycophenolic-acid",
    "azathioprine",
    "methotrexate",
    "ciclosporin",
    "tacrolimus",
    "sirolimus",
    "leflunomide",
    "telitacicept",
    "belimumab",
    "rituximab",
]


def drugs() -> dict[str, Drug]:
    return {term.id: term for term in vocabulary().of_kind("drug") if isinstance(term, Drug)}


def spelled() -> dict[str, str]:
    return {name.lower(): drug.id for drug in drugs().values() for name in (*drug.spellings, *drug.exact)}


@pytest.mark.parametrize("agent", AGENTS)
def test_every_agent_of_the_protocol_has_names_and_misspellings(agent: str) -> None:
    drug = drugs()[agent]
    assert drug.names and drug.brands and drug.misspellings


@pytest.mark.parametrize(
    ("name", "drug"),
    [
        ("Reditux", "rituximab"),
        ("Ruxience", "rituximab"),
        ("Myfortic", "mycophenolic-acid"),
        ("CellCept", "mycophenolate-mofetil"),
        ("Folitrax", "methotrexate"),
        ("Pangraf", "tacrolimus"),
        ("Wysolone", "prednisolone"),
        ("Deltasone", "prednisone"),
        ("Solu-Medrol", "methylprednisolone"),
        ("cyclosporine", "ciclosporin"),
        ("Benlysta", "belimumab"),
        ("RC18", "telitacicept"),
        ("HCQ", "hydroxychloroquine"),
        ("frusemide", "furosemide"),
        ("norepinephrine", "noradrenaline"),
    ],
)
def test_brands_biosimilars_and_abbreviations(name: str, drug: str) -> None:
    assert spelled()[name.lower()] == drug


@pytest.mark.parametrize(
    ("drug", "general"),
    [
        ("mycophenolate-mofetil", "mycophenolate"),
        ("mycophenolic-acid", "mycophenolate"),
        ("prednisolone", "glucocorticoid"),
        ("deflazacort", "glucocorticoid"),
        ("rituximab", "anti-cd20"),
        ("belimumab", "biologic"),
        ("tacrolimus", "calcineurin-inhibitor"),
        ("noradrenaline", "vasopressor"),
        ("isoniazid", "antibiotic"),
        ("apixaban", "anticoagulant"),
    ],
)
def test_classes(drug: str, general: str) -> None:
    assert vocabulary().is_a(drug, general)


@pytest.mark.parametrize(
    "drug", ["clobetasol", "prednisolone-eye-drops", "fluticasone", "fludrocortisone", "budesonide"]
)
def test_local_steroids_are_not_systemic_glucocorticoids(drug: str) -> None:
    assert not vocabulary().is_a(drug, "glucocorticoid")


def test_no_spelling_names_two_drugs() -> None:
    seen: dict[str, str] = {}
    for drug in drugs().values():
        for name in drug.spellings:
            assert seen.setdefault(name.lower(), drug.id) == drug.id, name


def test_codes_have_the_form_of_their_system_and_are_not_shared() -> None:
    known: dict[str, str] = {}
    for drug in drugs().values():
        for system, code in drug.codes.items():
            assert re.fullmatch({"drugbank": r"DB\d{5}", "unii": r"[A-Z0-9]{10}"}[system], code), drug.id
            assert known.setdefault(code, drug.id) == drug.id


def test_abbreviations_that_are_words_match_only_as_written() -> None:
    for drug in drugs().values():
        for name in drug.spellings:
            assert len(name) > 2, f"{drug.id}: '{name}' is too short to match in any case"
