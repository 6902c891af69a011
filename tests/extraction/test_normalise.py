from hypothesis import given
from hypothesis import strategies as st

from extraction.normalise import normalise


@given(st.text())
def test_length_is_kept(text: str) -> None:
    assert len(normalise(text)) == len(text)


@given(st.text())
def test_a_normalised_text_stays_as_it_is(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_the_characters_of_word_processors_become_plain() -> None:
    assert normalise("60\u219240\u00a0mg \u2013 3\u00d7ULN, \u201cfine\u201d") == '60→40 mg - 3xULN, "fine"'


def test_full_width_forms_become_narrow() -> None:
    assert normalise("ＡＬＴ：３４（Ｕ／Ｌ）") == "ALT:34(U/L)"


def test_a_carriage_return_ends_a_line_once() -> None:
    assert normalise("a\r\nb\rc") == "a \nb\nc"


def test_a_laboratory_code_in_brackets_is_blank_and_a_dose_is_not() -> None:
    assert normalise("sodium (XE2qu) 140, platelets (42P..) 200") == "sodium         140, platelets         200"
    for kept in ("(50mcg)", "(HbA1c)", "(XELOX)", "(12.25)", "(1980.)", "(20 mg)", "(12345)"):
        assert normalise(kept) == kept
