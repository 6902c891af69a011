import pytest

from extraction.letter_case import letter_case
from tests.extraction.reading import facts

LETTER = (
    "31-year-old woman with SLE since 2019. Echo 2 May 2026: LVEF 48 %. eGFR 62, SGPT 31, HBsAg negative, HIV neg. "
    "She takes MMF 1 g bd and HCQ 200 mg od. No MI, no CHD, no TB."
)


@pytest.mark.parametrize("written", [LETTER.lower(), LETTER.upper()])
def test_a_letter_in_one_case_tells_the_same(written: str) -> None:
    told = [(fact.concept, fact.assertion, fact.value and str(fact.value).lower()) for fact in facts(LETTER)]
    assert [(fact.concept, fact.assertion, fact.value and str(fact.value).lower()) for fact in facts(written)] == told


def test_small_letters_are_no_abbreviation_where_capitals_are_written() -> None:
    told = facts("She came in a car, was les happy than before and had her toe cut in the uri of the town.")
    assert [fact.concept for fact in told] == ["sex"]


@pytest.mark.parametrize(("text", "case"), [(LETTER, "mixed"), (LETTER.lower(), "lower"), (LETTER.upper(), "upper")])
def test_the_case_of_a_letter(text: str, case: str) -> None:
    assert letter_case(text) == case
