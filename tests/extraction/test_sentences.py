import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.normalise import normalise
from extraction.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(normalise(text))]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("She is well. eGFR is 60.", ["She is well.", "eGFR is 60."]),
        ("Dr. Example saw her. No rash.", ["Dr. Example saw her.", "No rash."]),
        (
            "Prednisolone 10 mg o.d. and HCQ 200 mg b.d. for now.",
            ["Prednisolone 10 mg o.d. and HCQ 200 mg b.d. for now."],
        ),
        ("36 y.o. F with SLE. Stable.", ["36 y.o. F with SLE.", "Stable."]),
        ("Creatinine 1.2 mg/dL. ALT 45.5 U/L.", ["Creatinine 1.2 mg/dL.", "ALT 45.5 U/L."]),
        ("No fever; rash present.", ["No fever;", "rash present."]),
        ("1. SLE\n2. Nephritis", ["1. SLE", "2. Nephritis"]),
        ("- no rash\n* fever\n• cough", ["- no rash", "* fever", "• cough"]),
        ("ALT  34  U/L\nAST  30  U/L", ["ALT  34  U/L", "AST  30  U/L"]),
        ("Test | Result\nALT | 34", ["Test | Result", "ALT | 34"]),
        ("Allergies: none\nSmoker: no", ["Allergies: none", "Smoker: no"]),
        ("ALLERGIES: , None., MEDICATIONS: , Zyrtec.", ["ALLERGIES: , None.", ", MEDICATIONS: , Zyrtec."]),
        ("ASSESSMENT:,Stable disease.Plan is unchanged.", ["ASSESSMENT:,Stable disease.", "Plan is unchanged."]),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@given(st.text(alphabet="aB1.;:\n -\t|,(", max_size=80))
def test_sentences_are_in_order_and_lose_only_white_space(text: str) -> None:
    spans = sentence_spans(normalise(text))
    assert spans == sorted(spans)
    kept = "".join(normalise(text)[start:end] for start, end in spans)
    assert [c for c in kept if not c.isspace()] == [c for c in normalise(text) if not c.isspace()]
