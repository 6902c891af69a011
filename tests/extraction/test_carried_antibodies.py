"""Antibodies told as a feature of the disease: a sentence in, what it says of each antibody out."""

from __future__ import annotations

import pytest

from kb.facts import Coded
from tests.extraction.reading import facts


def told(text: str) -> dict[str, str | None]:
    found = [fact for fact in facts(text) if fact.concept.startswith(("anti-", "ana"))]
    return {fact.concept: fact.value.code if isinstance(fact.value, Coded) else None for fact in found}


@pytest.mark.parametrize(
    ("text", "antibodies"),
    [
        ("Dermatomyositis with anti-Mi-2 antibodies.", {"anti-mi2": "positive"}),
        ("Anti-HMGCR-positive necrotising myopathy.", {"anti-hmgcr": "positive"}),
        ("Anti-SRP-associated myopathy.", {"anti-srp": "positive"}),
        ("Antisynthetase syndrome (anti-PL-12).", {"anti-pl12": "positive"}),
        ("Antisynthetase syndrome (anti-Jo-1 and anti-Ro52).", {"anti-jo1": "positive", "anti-ro52": "positive"}),
        ("Sjögren's syndrome with anti-Ro and anti-La antibodies.", {"anti-ro": "positive", "anti-la": "positive"}),
        ("She carries anti-MDA5 antibodies.", {"anti-mda5": "positive"}),
        ("Antisynthetase syndrome, PL-7 positive.", {"anti-pl7": "positive"}),
    ],
)
def test_an_antibody_that_names_the_disease_is_there(text: str, antibodies: dict[str, str]) -> None:
    assert told(text) == antibodies


@pytest.mark.parametrize(
    "text",
    [
        "Anti-Jo-1 antibodies were requested.",
        "I have sent bloods with anti-Jo-1 and CK.",
        "Dermatomyositis with anti-Mi-2 testing pending.",
        "Dermatomyositis with anti-Mi-2 negative.",
        "Repeat anti-dsDNA with ANA.",
        "Lupus with anti-dsDNA awaited.",
        "Possible dermatomyositis with anti-Mi-2.",
        "Antibody panel (anti-Mi-2).",
    ],
)
def test_one_that_is_looked_for_is_not(text: str) -> None:
    assert "positive" not in told(text).values()
