"""What holds for all terms of all files together."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from kb.vocabulary import Drug, Term, TermsError, Vocabulary, read_terms, vocabulary


def test_no_spelling_belongs_to_two_terms() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for term in vocabulary().terms.values():
        for spelling in term.spellings:
            owners[spelling.lower()].add(term.id)
    exact: dict[str, set[str]] = defaultdict(set)
    for term in vocabulary().terms.values():
        for spelling in term.exact:
            exact[spelling].add(term.id)
    shared = {spelling: ids for spelling, ids in [*owners.items(), *exact.items()] if len(ids) > 1}
    assert shared == {}


def test_every_term_can_be_found_or_is_a_class_of_others() -> None:
    terms = vocabulary()
    unreachable = [
        key for key, term in terms.terms.items() if not term.spellings and not term.exact and terms.below(key) == {key}
    ]
    assert unreachable == []


@pytest.mark.parametrize(
    ("special", "general"),
    [
        ("prednisolone", "glucocorticoid"),
        ("mycophenolate-mofetil", "mycophenolate"),
        ("mycophenolic-acid", "mycophenolate"),
        ("lupus-nephritis", "sle"),
        ("haemodialysis", "renal-replacement-therapy"),
        ("breast-cancer", "malignancy"),
        ("chest-ct", "chest-imaging"),
        ("mmr-vaccine", "live-vaccine"),
    ],
)
def test_what_is_a_kind_of_what(special: str, general: str) -> None:
    assert vocabulary().is_a(special, general)


def test_every_code_has_the_form_of_its_system() -> None:
    forms = {
        "drugbank": lambda code: code.startswith("DB") and code[2:].isdigit() and len(code) == 7,
        "unii": lambda code: len(code) == 10 and code.isalnum(),
        "doid": lambda code: code.startswith("DOID:") and code[5:].isdigit(),
        "loinc": lambda code: code.replace("-", "").isdigit(),
        "rxnorm": str.isdigit,
    }
    wrong = [
        (term.id, system, code)
        for term in vocabulary().terms.values()
        for system, code in term.codes.items()
        if system in forms and not forms[system](code)
    ]
    assert wrong == []


def test_two_terms_with_one_id_are_refused() -> None:
    with pytest.raises(TermsError, match="two terms have the id 'a'"):
        Vocabulary([("drug", Drug(id="a", label="A")), ("drug", Drug(id="a", label="B"))])


def test_a_reference_to_nothing_is_refused() -> None:
    with pytest.raises(TermsError, match="refers to 'b'"):
        Vocabulary([("drug", Drug(id="a", label="A", is_a=("b",)))])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("kind: drug\nterms:\n  - {id: a}", "term 'a', key 'label'"),
        ("kind: drug\nterms:\n  - {id: a, label: A, nmaes: [b]}", "term 'a', key 'nmaes'"),
        ("kind: potion\nterms: []", "'kind'"),
        ("kind: [", "not readable as YAML"),
        ("kind: drug\nterms:\n  - {id: a, label: A}\n  - {id: b}", "line 4: term 'b'"),
        ("kind: drug\nterms:\n  - {id: a, label: A, names: [b], names: [c]}", "line 3: a key is given twice"),
        ("kind: drug\nterms:\n  - {id: a, label: A, phrases: 5}", "'phrases' is a list of names"),
        ("kind: drug\nterms:\n  - five", "term ''five''"),
    ],
)
def test_a_faulty_terms_file_is_told_with_its_place(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "drugs.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TermsError, match=r"drugs\.yaml") as caught:
        read_terms(path)
    assert message in str(caught.value)


def test_a_loop_of_kinds_ends() -> None:
    a, b = Term(id="a", label="A", is_a=("b",)), Term(id="b", label="B", is_a=("a",))
    terms = Vocabulary([("condition", a), ("condition", b)])
    assert "b" in terms.ancestors("a")
