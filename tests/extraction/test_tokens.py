import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from extraction.normalise import normalise
from extraction.sentences import sentence_spans
from extraction.tokens import tokenise

VOCAB = spacy.blank("en").vocab


def words(text: str) -> list[str]:
    normal = normalise(text)
    doc, _, _ = tokenise(normal, [start for start, _ in sentence_spans(normal)], VOCAB)
    return [token.text for token in doc]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("60→40→20 mg", ["60", "→", "40", "→", "20", "mg"]),
        ("0.5g", ["0.5", "g"]),
        ("3xULN", ["3", "x", "ULN"]),
        ("62,5", ["62,5"]),
        ("anti-dsDNA", ["anti", "-", "dsDNA"]),
        ("C3 CD19 SLEDAI-2K", ["C3", "CD19", "SLEDAI", "-", "2", "K"]),
        ("- a\n- b", ["-", "a", "\n", "-", "b"]),
    ],
)
def test_how_words_come_apart(text: str, tokens: list[str]) -> None:
    assert words(text) == tokens


@given(st.text(max_size=60))
def test_every_token_has_its_place_in_the_text(text: str) -> None:
    normal = normalise(text)
    doc, spans, _ = tokenise(normal, [start for start, _ in sentence_spans(normal)], VOCAB)
    assert [normal[start:end] for start, end in spans] == [token.text for token in doc]
    assert spans == sorted(spans)
