"""What protocols besides the first ask of a letter's sentences: a sentence in, the statement that it makes out."""

from __future__ import annotations

import pytest

from tests.extraction.test_statements import statements

SAID = [
    ("She is treatment-naive.", ("treatment-naive", None, "present")),
    ("He has never received any treatment for it.", ("treatment-naive", None, "present")),
    ("She fulfils the 2013 ACR/EULAR criteria.", ("classification-of-disease", "systemic-sclerosis", "present")),
    ("Meets the 2017 EULAR/ACR criteria for myositis.", ("classification-of-disease", "myositis", "present")),
    ("MS by the McDonald criteria.", ("classification-of-disease", "multiple-sclerosis", "present")),
    ("Vaccinations are up to date.", ("vaccinations-up-to-date", None, "present")),
    ("She is up to date with her immunisations.", ("vaccinations-up-to-date", None, "present")),
    ("All recommended vaccinations have been given.", ("vaccinations-up-to-date", None, "present")),
    ("Vaccinations are not up to date.", ("vaccinations-up-to-date", None, "absent")),
    ("She declines all vaccinations.", ("vaccinations-up-to-date", None, "absent")),
    ("She is not vaccinated against COVID-19.", ("vaccinations-up-to-date", None, "possible")),
    ("On a stable dose since March.", ("stable-treatment", None, "present")),
    ("Her gait has gradually worsened.", ("disability-progression", None, "present")),
    ("No progression of disability.", ("disability-progression", None, "absent")),
]


@pytest.mark.parametrize(("text", "statement"), SAID, ids=[text for text, _ in SAID])
def test_what_is_said(text: str, statement: tuple[str, str | None, str]) -> None:
    assert statement in statements(text)


@pytest.mark.parametrize("text", ["The treatment was started.", "She has not been given a date."])
def test_what_is_not_said(text: str) -> None:
    assert not {concept for concept, _, _ in statements(text)} & {"treatment-naive"}


def test_the_criteria_of_another_disease_are_not_those_of_lupus() -> None:
    for text in ("She fulfils the 2013 ACR/EULAR criteria.", "Meets the 2017 EULAR/ACR criteria for myositis."):
        assert "classification-2019" not in {concept for concept, _, _ in statements(text)}
    assert ("classification-2019", None, "present") in statements("He fulfils the 2019 EULAR/ACR criteria.")
