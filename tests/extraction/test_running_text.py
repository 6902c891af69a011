import re
import textwrap
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.letter_date import find_letter_date
from extraction.running_text import running_text
from kb.facts import Fact
from tests.extraction.reading import facts

PARAGRAPH = (
    "She has had lupus since 2016, with nephritis (class IV) proven in 2019. SLEDAI-2K scored by our fellow on "
    "20 February: 14. Hysterectomy in 2023 for adenomyosis. HBsAg neg, anti-HBc neg, anti-HCV -, HIV -. CMV-DNA: not "
    "detected. Holter of 12 March: no arrhythmia. Echocardiogram 14 January 2026: LVEF 55-60 %, no pericardial "
    "effusion; eGFR 28. Prednisolone 60 mg daily from 1 March 2025 to 20 June 2025, co-trimoxazole three times a week."
)


@given(st.integers(46, 118), st.sampled_from(["", "   ", "\t"]), st.sampled_from(["\n", "\r\n", " \n"]))
def test_how_wide_a_page_was_set_changes_no_word(width: int, margin: str, newline: str) -> None:
    wrapped = newline.join(textwrap.wrap(PARAGRAPH, width, subsequent_indent=margin, break_long_words=False))
    assert re.search(r"[^.]\n", running_text(wrapped).text) is None  # what a full stop ends may as well be two lines
    read = facts(wrapped)
    assert list(map(_said, read)) == list(map(_said, facts(PARAGRAPH)))
    for fact in read:
        assert wrapped[fact.start : fact.end] == fact.quote


def _said(fact: Fact) -> tuple[object, ...]:
    return fact.concept, fact.assertion, fact.value, fact.time, fact.dosing


@given(st.text(alphabet="aB1.:\n -\t|,(\r\f", max_size=120))
def test_only_white_space_is_lost_and_every_character_keeps_its_place(text: str) -> None:
    running = running_text(text)
    assert running.text.split() == text.split() or "".join(running.text.split()) == "".join(text.split())
    for at, character in enumerate(running.text):
        start, end = running.in_letter(at, at + 1)
        assert text[start:end] == character or (character == " " and text[start:end] in "\n\r\f\t")


@pytest.mark.parametrize(
    "kept",
    [
        "Hb 9.4 g/dL\nALT 34 U/L",
        "- no rash\n- fever",
        "1. SLE\n2. Nephritis",
        "Allergies: none\nSmoker: no",
        "dialysis - never\ntransplant - never",
        "Test      Result\nALT       34",
        "Prednisolone 10 mg\nMycophenolate 1 g twice daily",
        "Yours sincerely, the rheumatology registrar\n12.05.2026",
        "Dear colleague,\nthank you for seeing her.",
    ],
)
def test_what_is_no_paragraph_keeps_its_lines(kept: str) -> None:
    assert running_text(kept).text == kept


def test_gaps_of_a_justified_line_are_closed_and_columns_are_not() -> None:
    line = "He  was  referred to us in 2023 labelled as lupus  on the strength of a weak ANA ,  but he has myositis."
    assert running_text(line).text == " ".join(line.split())
    row = "ALT      34  U/L      (10-40)"
    assert running_text(row).text == row


def test_a_day_at_the_end_of_a_paragraph_is_not_the_letters() -> None:
    text = (
        "Her disease is active after three courses of induction, with a score of\n18 points in SLEDAI-2K, as was "
        "seen on the ward round in the late morning\nof the day on which she was transferred to us, with the points "
        "counted\n(2026-04-05).\n\n"
        "Attending physician\n2026-04-08"
    )
    dated = find_letter_date(text)
    assert dated is not None and dated.earliest == date(2026, 4, 8)


def test_a_line_that_had_room_for_the_next_word_is_not_joined_for_its_length() -> None:
    long = (
        "Admitted with pain of both wrists, treated at once, and discharged on the third day, all of it without harm."
    )
    listed = "Echo of the same day - LVEF 60 %, no effusion\nHRCT of the chest, clear"
    assert listed in running_text("\n".join([long, listed, *[long] * 3])).text


def test_spaces_that_a_recogniser_strews_are_closed_and_columns_are_not() -> None:
    letter = (
        "Dear  colleague ,\n\nThis  man  of  40 has  had  lupus  since 2011 .\n"
        "Blood  4/3/26      Creatinine  88 umol/l "
        "      AST  33\nECG  normal .   No  cancer .   He  has  never\nneeded  dialysis .  Yours ,\n"
    )
    assert running_text(letter).text.splitlines()[2:] == [
        "This man of 40 has had lupus since 2011 .",
        "Blood 4/3/26      Creatinine 88 umol/l       AST 33",
        "ECG normal . No cancer . He has never needed dialysis . Yours ,",
    ]
    tidy = letter.replace(" .", ".").replace(" ,", ",")
    assert "Creatinine  88" in running_text(tidy).text
