"""BILAG by its systems: a sentence in, the class of each system out."""

from __future__ import annotations

import pytest

from kb.facts import Coded
from tests.extraction.reading import facts


def grades(text: str) -> dict[str, str]:
    return {
        fact.concept.removeprefix("bilag-"): fact.value.code
        for fact in facts(text)
        if fact.concept.startswith("bilag-") and isinstance(fact.value, Coded)
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("BILAG A renal.", {"renal": "a"}),
        ("BILAG renal A.", {"renal": "a"}),
        ("BILAG: renal B, haematological C, others D or E.", {"renal": "b", "haematological": "c"}),
        ("BILAG-2004: A in the renal domain, B in the mucocutaneous domain.", {"renal": "a", "mucocutaneous": "b"}),
        ("BILAG-2004 cardiorespiratory A.", {"cardiorespiratory": "a"}),
        ("BILAG (renal domain: A, musculoskeletal: B).", {"renal": "a", "musculoskeletal": "b"}),
        ("One BILAG A.", {}),
        ("No BILAG A scores.", {}),
        ("BILAG 12. A renal biopsy is planned.", {}),
    ],
)
def test_each_system_has_its_class(text: str, found: dict[str, str]) -> None:
    assert grades(text) == found
