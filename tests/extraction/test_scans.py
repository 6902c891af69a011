import pytest

from extraction.normalise import normalise
from tests.extraction.reading import facts


@pytest.mark.parametrize(
    ("scanned", "meant"),
    [
        ("37-year-o1d man", "37-year-old man"),
        ("criteria fulfi1led, j0int", "criteria fulfilled, joint"),
        ("90 mg dai1y in Ju1y", "90 mg daily in July"),
        ("l5 mg, 1O mg", "15 mg, 10 mg"),
        ("she d0es n0t take it, n0ne f0r HlV", "she does not take it, none for hiv"),
        ("saturation 9l %\nplatelets   l8\nHb      ll9", "saturation 91 %\nplatelets   18\nHb      119"),
    ],
)
def test_characters_read_wrongly_inside_words_and_numbers(scanned: str, meant: str) -> None:
    assert normalise(scanned).lower() == meant.lower()


@pytest.mark.parametrize("text", ["C3d q12h HbA1c p53 CD19 B12 T1w FK506 q1h IL1b CA125 l4/l5 T1N0M0"])
def test_names_with_digits_stay(text: str) -> None:
    assert normalise(text) == text


def test_a_drug_with_a_letter_spoilt_is_found() -> None:
    assert [fact.concept for fact in facts("IV cyclophospharnide six pulses") if fact.kind == "medication"] == [
        "cyclophosphamide"
    ]
