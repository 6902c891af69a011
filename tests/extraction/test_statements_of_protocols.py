"""What protocols besides the first ask of a letter's sentences: a sentence in, the statement that it makes out."""

from __future__ import annotations

import pytest

from tests.extraction.test_statements import statements

SAID = [
    ("She is treatment-naive.", ("treatment-naive", None, "present")),
    ("He has never received any treatment for it.", ("treatment-naive", None, "present")),
]


@pytest.mark.parametrize(("text", "statement"), SAID, ids=[text for text, _ in SAID])
def test_what_is_said(text: str, statement: tuple[str, str | None, str]) -> None:
    assert statement in statements(text)


@pytest.mark.parametrize("text", ["The treatment was started.", "She has not been given a date."])
def test_what_is_not_said(text: str) -> None:
    assert not {concept for concept, _, _ in statements(text)} & {"treatment-naive"}
