"""Is it the same patient: documents of somebody else are set aside; where nobody can tell who is meant, none counts.

The people here are letters of the alphabet and the Does and Roes of every example.
"""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.identity import Identity
from screening.dossiers import DossierError
from screening.same_patient import differences, group
from tests.screening.dossiers.screened import answers, dated, screened

JUNE, MAY = "15 June 2026", "4 May 2026"
FIRST = "Patient: A. B.   DOB: 12/03/1990   Sex: F"

# the heading of one document, that of another, in what they differ
PAIRS = [
    # the birth date
    ("DOB: 12/03/1990", "DOB: 12/03/1990", ()),
    ("DOB: 12/03/1990", "DOB: 12 March 1990", ()),
    ("DOB: 12/03/1990", "DOB: 03/12/1990", ()),  # day and month the other way round
    ("DOB: 13/03/1990", "DOB: 03/13/1990", ()),
    ("DOB: 12/03/1990", "Born 1990", ()),
    ("DOB: 12/03/1990", "DOB: 13/03/1990", ("birth date",)),
    ("DOB: 12/03/1990", "DOB: 12/03/1991", ("birth date",)),
    ("DOB: 12/03/1990", "A letter that does not say.", ()),
    # the name
    ("Name: A. B.", "Name: A. B.", ()),
    ("Name: A. B.", "Name: C. D.", ("name",)),
    ("Name: Jane Doe", "Name: DOE, Jane", ()),
    ("Name: Jane Doe", "Name: J. Doe", ()),
    ("Name: Jane Doe", "Name: J. D.", ()),
    ("Name: Jane Doe", "Name: Jane Mary Doe", ()),
    ("Name: Jane Carter", "Name: Jane Cartar", ()),  # a letter misread
    ("Name: Jane Carterwright", "Name: CARTERWRI JANE", ()),  # a print that cuts names off
    ("Name: Jane Doe", "Name: Jane Roe", ("name",)),
    ("Name: Jane Doe", "Name: Jane Roe (née Doe)", ()),
    ("Name: Jane Doe   DOB: 12/03/1990", "Name: Jane Roe   DOB: 12/03/1990", ()),  # a new family name
    ("Name: Jane Doe   DOB: 12/03/1990", "Name: Mary Doe   DOB: 12/03/1990", ("name",)),  # a twin
    ("Name: Jane Doe", "Patient: 34-year-old woman", ()),
    ("Name: Jane Doe", "Name: ***", ()),
    ("Name: Xiao Ming Roe", "Name: Roe Xiaoming", ()),
    # the sex
    ("Sex: F", "Sex: M", ("sex",)),
    ("Mrs Jane Doe is a 34-year-old woman.", "This 34-year-old man", ("sex",)),
    ("Sex: F", "The patient is well.", ()),
    # numbers
    ("NHS No: 943 476 5919", "NHS No: 9434765919", ()),
    ("NHS No: 943 476 5919", "NHS No: 943 476 5870", ("national number",)),
    ("MRN: 0042171", "MRN: 42171", ()),
    ("MRN: 42171", "MRN: 53282", ("record number",)),
    ("MRN: 42171   DOB: 12/03/1990", "MRN: 53282   DOB: 12/03/1990", ()),  # another hospital
    ("MRN: 42171   Name: A. B.", "MRN: 53282   Name: A. B.", ("record number",)),
    ("MRN: 42171", "Patient ID: 88123", ()),
    # ages
    ("This 34-year-old patient", "This 34-year-old patient", ()),
    ("This 34-year-old patient", "This 58-year-old patient", ("age",)),
    ("DOB: 12/03/1990", "This 58-year-old patient", ("age",)),
    ("DOB: 12/03/1990", "This 36-year-old patient", ()),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "expected"), PAIRS)
def test_what_tells_two_patients_apart(one: str, other: str, expected: tuple[str, ...]) -> None:
    documents = {"a": dated(JUNE, "LVEF 60%.", one), "b": dated(MAY, "SpO2 98%.", other)}
    if not expected:
        assert not screened(documents).dossier.set_aside
        return
    with pytest.raises(DossierError, match=f"by {' and '.join(expected)},"):
        screened(documents)


def test_the_document_of_another_patient_is_set_aside_and_does_not_count() -> None:
    documents = {
        "letter": dated(JUNE, "SLE. LVEF 60%.", FIRST),
        "labs": dated(MAY, "AST 30 U/L.", "DOB 12 March 1990"),
        "other": dated(JUNE, "LVEF 30%. Breast cancer.", "Patient: A. B.   DOB: 25/07/1961"),
    }
    found = screened(documents)
    assert [document.name for document in found.dossier.documents] == ["labs", "letter"]
    assert [one.name for one in found.dossier.set_aside] == ["other"]
    assert (
        "other: set aside, it tells another birth date than the other documents: is it the same patient?"
        in found.warnings
    )
    assert (answers(found)["I4a"], answers(found)["E10"]) == ("pass", "unknown")


def test_the_letter_itself_is_set_aside_where_the_others_agree() -> None:
    documents = {
        "letter": dated(JUNE, "LVEF 60%.", FIRST),
        "labs": dated(MAY, "AST 30 U/L.", "DOB: 25/07/1961"),
        "echo": dated(MAY, "LVEF 30%.", "DOB: 25/07/1961"),
    }
    found = screened(documents)
    assert [one.name for one in found.dossier.set_aside] == ["letter"]
    assert answers(found)["I4a"] == "fail"


@pytest.mark.parametrize("count", [1, 2])
def test_of_two_groups_of_equal_size_none_is_trusted(count: int) -> None:
    documents = {f"a{n}": dated(JUNE, f"SpO2 9{n}%.", FIRST) for n in range(count)}
    documents |= {f"b{n}": dated(MAY, f"LVEF 6{n}%.", "Patient: C. D.   DOB: 25/07/1961") for n in range(count)}
    documents["untold"] = dated(MAY, "Echocardiogram.")
    with pytest.raises(DossierError, match="none is trusted: screen each patient's documents by themselves") as raised:
        screened(documents)
    assert all(name in str(raised.value) for name in documents)


def test_no_identity_is_ever_shown() -> None:
    head = "Name: Jane Zebrawood   DOB: 12/03/1990   MRN: 4217199"
    documents = {
        "a": dated(JUNE, "LVEF 60%.", head),
        "b": dated(MAY, "SpO2 98%.", head),
        "c": dated(MAY, "AST 30 U/L.", "Name: Mary Firwood   DOB: 25/07/1961   MRN: 9917124"),
    }
    told = " ".join(screened(documents).warnings)
    assert "c: set aside" in told
    documents.pop("b")
    with pytest.raises(DossierError) as raised:
        screened(documents)
    for secret in ("Zebrawood", "Firwood", "1990", "1961", "42171", "99171"):
        assert secret not in told + str(raised.value)


def test_a_duplicate_counts_once() -> None:
    text = dated(JUNE, "LVEF 60%.", FIRST)
    found = screened({"a": text, "b": text.replace("\n", "\n\n"), "c": dated(MAY, "SpO2 98%.")})
    assert [document.name for document in found.dossier.documents] == ["c", "a"]
    assert "b: set aside, it has the same text as a and counts once" in found.warnings
    assert [fact.concept for fact in found.facts].count("lvef") == 1


def test_duplicates_do_not_make_a_majority() -> None:
    stranger = dated(MAY, "LVEF 30%.", "Patient: C. D.   DOB: 25/07/1961")
    with pytest.raises(DossierError):
        screened({"a": dated(JUNE, "LVEF 60%.", FIRST), "b": stranger, "c": f"{stranger}\n"})


# --- groups -----------------------------------------------------------------------------------------------------------

DAYS = st.sampled_from([date(1990, 3, 12), date(1961, 7, 25), date(2004, 1, 30)])
IDENTITIES = st.builds(
    Identity,
    names=st.sampled_from([(), (("a", "b"),), (("c", "d"),), (("jane", "doe"),), (("jane", "roe"),)]),
    births=st.one_of(st.just(()), DAYS.map(lambda day: ((day, day),))),
    sex=st.sampled_from([None, "female", "male"]),
    local=st.sampled_from([None, {"record number": frozenset({"42171"})}, {"record number": frozenset({"53282"})}]),
)


@given(IDENTITIES, IDENTITIES)
def test_a_difference_is_mutual(one: Identity, other: Identity) -> None:
    assert differences(one, other) == differences(other, one)
    assert not differences(one, one)


@given(st.lists(IDENTITIES, min_size=1, max_size=6))
def test_no_two_that_are_kept_differ_in_any_order(identities: list[Identity]) -> None:
    found = group(identities)
    for one, other in itertools.combinations(found.kept, 2):
        assert not differences(identities[one], identities[other])
    assert all(found.differing[at] for at in range(len(identities)) if at not in found.kept)
    turned = group(identities[::-1])
    assert sorted(len(identities) - 1 - at for at in turned.kept) == list(found.kept)


@given(st.lists(IDENTITIES, min_size=1, max_size=5))
def test_what_tells_nothing_is_never_set_aside(identities: list[Identity]) -> None:
    found = group([*identities, Identity()])
    assert not found.kept or len(identities) in found.kept
