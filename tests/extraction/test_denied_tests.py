"""A denial before a test's name: of the virus or antibody itself, of the test, or of something else of that name."""

from __future__ import annotations

import pytest

from tests.extraction.reading import facts

NEGATIVE = """
No HIV.|hiv-antibody
There is no evidence of hepatitis B or C.|hepatitis-b-serology
No history of TB, hepatitis B or HIV.|hiv-antibody
She does not have HIV.|hiv-antibody
No serological markers of hepatitis B or HIV were found.|hiv-antibody
No ANCA.|anca
"""
NOT_DONE = """
No HIV test has been done.|hiv-antibody
No HIV serology found in the notes.|hiv-antibody
No HIV serology so far.|hiv-antibody
We have no HIV result.|hiv-antibody
No recent HIV test.|hiv-antibody
No HBsAg has been sent yet.|hbsag
No ANCA testing has been done.|anca
"""
OPEN = """
She takes no HIV medication.|hiv-antibody
She is not on HIV treatment at present.|hiv-antibody
She does not adhere to her HIV treatment.|hiv-antibody
He is not under the HIV clinic.|hiv-antibody
No clinic letter about her HIV.|hiv-antibody
No HIV risk factors.|hiv-antibody
No hepatitis B contacts.|hepatitis-b-serology
No hepatitis C treatment so far.|hepatitis-c-serology
No syphilis treatment yet.|syphilis-test
No hepatitis C follow-up.|hepatitis-c-serology
Hepatitis B: non-immune.|hepatitis-b-serology
"""


def codes(sentence: str, concept: str) -> set[str | None]:
    found = [fact for fact in facts(sentence) if fact.kind == "measurement" and fact.concept == concept]
    return {getattr(fact.value, "code", None) for fact in found}


def rows(table: str) -> list[tuple[str, ...]]:
    return [tuple(line.split("|")) for line in table.strip().splitlines()]


@pytest.mark.parametrize(("sentence", "concept"), rows(NEGATIVE))
def test_what_is_not_there_is_negative(sentence: str, concept: str) -> None:
    assert codes(sentence, concept) == {"negative"}


@pytest.mark.parametrize(("sentence", "concept"), rows(NOT_DONE))
def test_a_test_that_there_is_none_of_was_not_done(sentence: str, concept: str) -> None:
    assert "negative" not in codes(sentence, concept)
    assert codes(sentence, concept) & {"not_done", None}


@pytest.mark.parametrize(("sentence", "concept"), rows(OPEN))
def test_what_is_denied_of_something_else_is_no_result(sentence: str, concept: str) -> None:
    assert codes(sentence, concept) <= {None}


def test_no_sign_of_reactivation_leaves_the_virus_open() -> None:
    assert not any(fact.concept == "hepatitis-b-serology" for fact in facts("No hepatitis B reactivation."))


DIAGNOSED = """
The patient reports being diagnosed with HIV in 1994.
Human immunodeficiency virus, stable on treatment.
PMH: asthma, HIV.
She stopped her HIV drugs last year.
He also has hepatitis C and HIV.
"""
NOT_DIAGNOSED = """
Check HIV and RPR.
He was screened for HIV.
There is concern about HIV.
History of HIV testing in 2020.
She works with HIV patients.
Rule out HIV.
"""


@pytest.mark.parametrize("sentence", DIAGNOSED.strip().splitlines())
def test_a_virus_named_as_a_diagnosis_was_found(sentence: str) -> None:
    assert codes(sentence, "hiv-antibody") == {"positive"}


@pytest.mark.parametrize("sentence", NOT_DIAGNOSED.strip().splitlines())
def test_a_virus_asked_for_or_feared_was_not(sentence: str) -> None:
    assert "positive" not in codes(sentence, "hiv-antibody")


def test_a_diagnosis_on_a_line_of_its_own_is_no_title() -> None:
    assert codes("PMH\n1. Hepatitis C\n2. HIV\n", "hepatitis-c-serology") == {None}


@pytest.mark.parametrize(
    ("sentence", "concept", "denied"),
    [
        ("No central nervous system infection.", "infection", False),
        ("No bacterial infection.", "infection", False),
        ("No urinary infection.", "infection", False),
        ("No evidence of active infection.", "infection", True),
        ("No brain tumour.", "malignancy", False),
        ("No colorectal malignancy.", "malignancy", False),
        ("No history of malignancy.", "malignancy", True),
        ("Possibilities include trauma and cancer.", "malignancy", False),
        ("No liver disease.", "hepatitis", False),
    ],
)
def test_a_denial_of_one_sort_is_none_of_the_whole(sentence: str, concept: str, denied: bool) -> None:
    assert any(fact.concept == concept and fact.assertion == "absent" for fact in facts(sentence)) is denied
