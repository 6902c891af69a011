"""Sentences beside the criteria of the shipped protocols: each alone in a letter, with what a coordinator makes of it.

They were written from the criteria's text alone. `raised` and `silent` are the two kinds of unknown; where several
answers will do they stand side by side.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.documents import letter_from_text
from screening.interface import screening_json
from screening.pipeline import Pipeline
from screening.protocols import read_protocol

_TABLES = sorted((Path(__file__).parent / "sentences").glob("*.txt"))


@pytest.mark.parametrize("table", _TABLES, ids=[table.stem for table in _TABLES])
def test_a_sentence_is_answered_as_a_coordinator_would(table: Path) -> None:
    pipeline = Pipeline([read_protocol(table.stem)])
    lines = [line for line in table.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    wrong = []
    for line in lines:
        criterion, expected, sentence = line.split(" ", 2)
        answer = _answer(pipeline, criterion, sentence)
        if answer not in expected.split("/"):
            wrong.append(f"{criterion} is {answer}, not {expected}: {sentence}")
    assert lines
    assert not wrong, "\n".join(wrong)


def _answer(pipeline: Pipeline, criterion: str, sentence: str) -> str:
    letter = letter_from_text(f"15 June 2026\n\nDear colleague,\n\n{sentence}\n", "letter", "letter")
    criteria = screening_json(pipeline.screen([letter])[0])["criteria"]
    found = next(one for one in criteria if one["id"] == criterion)
    known: str = found["answer"]
    return known if known != "unknown" else "raised" if found["raised"] else "silent"
