"""Answers in rows of names, in dated columns and in turned-round denials, in sentences as letters have them."""

from datetime import date

import pytest

from extraction.extractor import Extractor
from kb.facts import Document, Time

LETTER = date(2026, 3, 10)

TOLD = [
    ("Dialysis / cancer: no / yes", {"dialysis": "absent", "malignancy": "present"}),
    ("Nor has she ever had cancer.", {"malignancy": "absent"}),
    ("No malignancy herself, though there is breast cancer in an aunt.", {"malignancy": "absent"}),
    ("Live vaccines were not given in the past six months.", {"live-vaccine": "absent"}),
    ("Nothing live in the last three months.", {"live-vaccine": "absent"}),
    ("Cardiac MRI ruled out myocarditis.", {"myocarditis": "absent"}),
    ("CAR-T was not applied before.", {"car-t": "absent"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


@pytest.mark.parametrize(("sentence", "told"), TOLD)
def test_answers_are_told_of_the_patient(extractor: Extractor, sentence: str, told: dict[str, str]) -> None:
    facts, _ = extractor.extract(Document("letter", sentence, "", Time.on(LETTER)))
    found = {fact.concept: fact.assertion for fact in facts if fact.experiencer == "patient"}
    assert {concept: found.get(concept) for concept in told} == told


def test_a_dated_column_has_its_own_day(extractor: Extractor) -> None:
    table = "| Test | Oct 2025 | Feb 2026 |\n| LVEF | 65 % | 60 % |\n| Pericardial effusion | none | moderate |"
    facts, _ = extractor.extract(Document("letter", table, "", Time.on(LETTER)))
    found = [
        (fact.assertion, fact.time.latest.month if fact.time and fact.time.latest else None)
        for fact in facts
        if fact.concept == "pericardial-effusion"
    ]
    assert found == [("absent", 10), ("present", 2)]
