"""Passages as clinicians write them, the deciding words in passing: each in a short letter, with its answer.

The table is `passages.txt`: transplants, cells and pregnancies told in phrases, refusals in shorthand, doses of a trial
on several days, viral loads without the virus's name, and near misses of all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screening.documents import letter_from_text
from screening.interface import screening_json
from screening.pipeline import Pipeline
from screening.protocols import read_protocol

_HEAD = "10 March 2026\n\nDear colleague,\n\nThis 34-year-old woman has SLE. "


def _rows() -> Iterator[tuple[str, str, str]]:
    for line in Path(__file__).with_name("passages.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            criterion, answer, passage = line.split(" ", 2)
            yield criterion, answer, passage


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline([read_protocol("NCT06934447")])


@pytest.mark.parametrize("criterion", sorted({row[0] for row in _rows()}))
def test_passages_give_their_answers(pipeline: Pipeline, criterion: str) -> None:
    wrong = []
    for _, expected, passage in (row for row in _rows() if row[0] == criterion):
        text = passage.replace("~", "\n")
        screening = pipeline.screen([letter_from_text(f"{_HEAD}{text}\n", "letter", "letter")])[0]
        (found,) = [entry for entry in screening_json(screening)["criteria"] if entry["id"] == criterion]
        answer = found["answer"] if found["answer"] != "unknown" else "raised" if found["raised"] else "silent"
        if answer != expected:
            wrong.append(f"{criterion} is {answer}, not {expected}: {passage}")
    assert not wrong, "\n".join(wrong)
