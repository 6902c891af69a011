"""A user's own terms beside the shipped ones: what they add, and what each faulty file is told."""

from __future__ import annotations

import contextvars
from pathlib import Path

import pytest

from kb.own_terms import with_own_terms
from kb.vocabulary import TermsError, shipped, use, vocabulary

OWN = """\
kind: drug
terms:
  - {id: house-antibody, label: House antibody, is_a: [anti-cd20], names: [house antibody], exact: [HAB]}
  - {id: house-biosimilar, label: House biosimilar, is_a: [house-antibody], names: [housimab]}
"""


def written(folder: Path, text: str, name: str = "own.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_own_terms_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    terms = with_own_terms(written(tmp_path, OWN), shipped())
    assert terms.kinds["house-antibody"] == "drug"
    assert terms.is_a("house-biosimilar", "anti-cd20")
    assert "house-biosimilar" in terms.below("anti-cd20")
    assert set(terms.terms) - set(shipped().terms) == {"house-antibody", "house-biosimilar"}


def test_terms_of_several_files_know_each_other(tmp_path: Path) -> None:
    head, *lines = OWN.splitlines(keepends=True)
    written(tmp_path, head + lines[0] + lines[1], "b.yaml")
    terms = with_own_terms(written(tmp_path, head + lines[0] + lines[2], "a.yml"), shipped())
    assert terms.is_a("house-biosimilar", "house-antibody")


def test_terms_in_use_are_those_of_the_context_alone(tmp_path: Path) -> None:
    terms = with_own_terms(written(tmp_path, OWN), shipped())

    def call() -> bool:
        use(terms)
        return "house-antibody" in vocabulary()

    assert contextvars.copy_context().run(call)
    assert "house-antibody" not in vocabulary()


FAULTS = [
    ("an id that is shipped", "drug", "{id: rituximab, label: R}",
     "'rituximab' is the id of a shipped drug: use that one"),
    ("an id of something else", "lab", "{id: age, label: Age}", "'age' already means something else"),
    ("an id given twice", "drug", "{id: a, label: A}\n  - {id: a, label: B}", "'a' is already the id of the term of"),
    ("a shipped spelling", "drug", "{id: a, label: A, names: [Rituximab]}",
     "'Rituximab' of term 'a' is a spelling of the shipped term 'rituximab'"),
    ("a shipped brand", "drug", "{id: a, label: A, brands: [mabthera]}", "the shipped term 'rituximab'"),
    ("a shipped spelling but for its hyphens", "lab", "{id: a, label: A, names: [anti ds-DNA]}",
     "the shipped term 'anti-dsdna'"),
    ("a shipped name as it stands", "condition", "{id: a, label: A, exact: [Lupus Nephritis]}",
     "the shipped term 'lupus-nephritis'"),
    ("a shipped abbreviation in any case", "procedure", "{id: a, label: A, names: [oLt]}",
     "the shipped term 'liver-transplant'"),
    ("one spelling of two", "drug", "{id: a, label: A, names: [hab]}\n  - {id: b, label: B, phrases: ['ha(b|c)']}",
     "the term 'a'"),
    ("a reference to nothing", "drug", "{id: a, label: A, is_a: [potion]}",
     "refers to 'potion', which no terms file has"),
    ("a kind of another kind", "drug", "{id: a, label: A, is_a: [sle]}",
     "is a drug, 'sle' a condition: let 'is_a' name a drug"),
    ("a denial of nothing", "condition", "{id: a, label: A, denial_closes: [b]}", "refers to 'b'"),
    ("a name of one letter", "drug", "{id: a, label: A, names: [q]}", "'q' is too short"),
    ("an abbreviation without letters", "drug", "{id: a, label: A, exact: ['++']}", "'++' has no letter"),
    ("a unit that nobody knows", "lab", "{id: a, label: A, unit: spoons, plausible: [0, 9]}",
     "the unit 'spoons' is not known"),
    ("a dose that nobody reads", "drug", "{id: a, label: A, unit: spoons}", "doses are not read in 'spoons'"),
    ("a value without a range", "lab", "{id: a, label: A, unit: mg/dL}", "add 'plausible: [LOW, HIGH]' in mg/dL"),
    ("an empty range", "lab", "{id: a, label: A, unit: mg/dL, plausible: [9, 1]}", "write the lower value first"),
    ("a score without a range", "score", "{id: a, label: A, minimum: 5, maximum: 5}",
     "'minimum' is not below 'maximum'"),
    ("a key that is none", "drug", "{id: a, label: A, nmaes: [b]}", "term 'a', key 'nmaes': is no key"),
    ("no label", "drug", "{id: a}", "term 'a', key 'label': is missing: add it"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "kind", "entry", "message"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_faulty_term_is_told_in_one_line(tmp_path: Path, what: str, kind: str, entry: str, message: str) -> None:
    file = written(tmp_path, f"kind: {kind}\nterms:\n  - {entry}\n") / "own.yaml"
    with pytest.raises(TermsError) as caught:
        with_own_terms(tmp_path, shipped(), {"age"})
    line = 4 if "\n" in entry else 3
    assert str(caught.value).startswith(f"{file}, line {line}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "own.yaml, line 1: a terms file has 'kind'"),
        (b"- a\n", "own.yaml, line 1: a terms file has 'kind'"),
        (b"kind: drug\nterms:\n  - {id: [}\n", "own.yaml, line 3: not readable as YAML"),
        (b"kind: drug\nterms:\n  - {id: a, note: 2026-02-30}\n", "own.yaml: not readable as YAML"),
        (b"\xff\xfe\x00kind", "own.yaml: cannot be read: make it a readable file in UTF-8"),
    ],
)
def test_a_file_that_is_none_is_told_in_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "own.yaml").write_bytes(content)
    with pytest.raises(TermsError) as caught:
        with_own_terms(tmp_path, shipped())
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_without_terms_is_told(tmp_path: Path) -> None:
    with pytest.raises(TermsError, match=r"holds no terms file: put one there, its name ending in \.yaml"):
        with_own_terms(tmp_path, shipped())
    with pytest.raises(TermsError, match="is no folder"):
        with_own_terms(tmp_path / "nothing", shipped())
