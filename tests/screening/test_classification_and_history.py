"""Classification and treatment history in the words of referral letters: what meets, misses or leaves open I2a and I2b.

Each sentence stands in a short letter of its own; one behind a star in a letter that does not say that she has SLE.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.documents import letter_from_text
from screening.interface import screening_json
from screening.pipeline import Pipeline
from screening.protocols import read_protocol

_HEAD = "10 March 2026\n\nDear colleague,\n\n"
_SLE = "This 34-year-old woman has SLE. "

_TABLE = Path(__file__).with_name("classification_and_history.txt")
_ROWS = [line.split(maxsplit=2) for line in _TABLE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline([read_protocol("NCT06934447")])


@pytest.mark.parametrize(("criterion", "answer", "sentence"), _ROWS)
def test_classification_and_history(pipeline: Pipeline, criterion: str, answer: str, sentence: str) -> None:
    told = sentence.removeprefix("* ") if sentence.startswith("* ") else _SLE + sentence
    text = _HEAD + told.replace("\\n", "\n") + "\n"
    screening = pipeline.screen([letter_from_text(text, "letter", "letter")])[0]
    (found,) = [entry for entry in screening_json(screening)["criteria"] if entry["id"] == criterion]
    assert (found["answer"] if found["answer"] != "unknown" else "raised" if found["raised"] else "silent") == answer
