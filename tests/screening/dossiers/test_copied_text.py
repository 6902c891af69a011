"""Text that is carried forward from note to note counts once, and looks no newer than it is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.copied_text import Words, copies
from tests.screening.dossiers.screened import answers, dated, screened

OLD, BETWEEN, NEW = "10 March 2025", "20 January 2026", "15 June 2026"
ECHO = (
    "Echocardiogram: LVEF {}%, no pericardial effusion, normal right ventricle, estimated pulmonary pressure 22 mmHg."
)
BLOODS = "Bloods: haemoglobin 112, platelets 210, creatinine 66 umol/L, AST 20 U/L, ALT 22 U/L, bilirubin 8 umol/L."

# criterion, what is shown, what the old note says, what the new one adds to it, the answer, what it is without the old
TABLE = [
    ("I4a", "an old result carried forward is old", ECHO.format(60), "She is well.", "raised", "pass"),
    ("I4a", "an old bad result does too", ECHO.format(48), "She is well.", "raised", "fail"),
    ("I4d", "a line of bloods", BLOODS, "She is well.", "raised", "pass"),
    ("I4a", "a new result stands", ECHO.format(60), "LVEF 48% today.", "fail", "raised"),
    ("I4a", "dated in its own words it is as old as that", "Echo of 3 May 2026 in the other hospital, sent by fax "
     "and read out on the round: LVEF 60%.", "She is well.", "pass", "pass"),
    ("I4a", "too short to be a copy", "LVEF 60%.", "She is well.", "pass", "pass"),
    ("E5", "a denial carried forward says nothing of today", "On examination she looks well, the chest is clear, the "
     "joints are quiet and there are no signs of infection.", "SLE.", "raised", "pass"),
    ("E5", "a treatment carried forward may be over", "She came to the ward with cough and fever and is on intravenous "
     "ceftriaxone for pneumonia of the left lower lobe.", "SLE.", "raised", "fail"),
    ("E3b", "two weeks before the old note", "She was admitted to the coronary care unit with chest pain and had a "
     "myocardial infarction two weeks ago, treated by stent.", "SLE.", "pass", "fail"),
    ("E3b", "a day of its own", "She was admitted to the coronary care unit with chest pain and had a myocardial "
     "infarction on 2 March 2026, treated by stent.", "SLE.", "fail", "fail"),
    ("E10", "ever is ever", "Past history, taken from the records of the other hospital: hypertension, migraine and "
     "breast cancer treated by surgery.", "SLE.", "fail", "fail"),
    ("E2a", "dialysis carried forward may be over", "As her kidneys have failed she is on haemodialysis three times "
     "a week by a fistula of the left arm.", "SLE.", "raised", "fail"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "what", "old", "added", "answer", "alone"), TABLE, ids=[f"{row[0]} {row[1]}" for row in TABLE]
)
def test_what_is_copied_is_as_old_as_its_first_document(
    criterion: str, what: str, old: str, added: str, answer: str, alone: str
) -> None:
    new = dated(NEW, f"{old}\n\n{added}")
    assert answers(screened({"new": new}))[criterion] == alone
    assert answers(screened({"old": dated(OLD, old), "new": new}))[criterion] == answer, what


def test_an_old_value_that_is_carried_forward_does_not_hide_a_newer_one() -> None:
    for old, between, answer in ((60, 48, "fail"), (48, 60, "pass")):
        documents = {
            "old": dated(OLD, ECHO.format(old)),
            "echo": dated(BETWEEN, f"LVEF {between}%."),
            "new": dated(NEW, ECHO.format(old)),
        }
        assert answers(screened(documents))["I4a"] == answer


def test_a_drug_list_that_is_carried_forward_does_not_lengthen_a_course() -> None:
    drugs = (
        "SLE, weight 60 kg. Current medication: prednisolone 60 mg daily since 1 January 2026, hydroxychloroquine 400"
        " mg daily, mycophenolate 2 g daily, azathioprine until 2020. SLEDAI-2K 12."
    )
    documents = {"old": dated("10 February 2026", drugs), "new": dated(NEW, f"{drugs}\nShe is well.")}
    assert answers(screened({"new": documents["new"]}))["I2b"] == "pass"
    assert answers(screened(documents))["I2b"] == "raised"


def test_copies_are_told_and_each_fact_is_there_once() -> None:
    found = screened({"old": dated(OLD, ECHO.format(60)), "new": dated(NEW, ECHO.format(60))})
    assert any(text.startswith("new: repeats text of old") for text in found.warnings)
    assert [fact.document for fact in found.facts if fact.concept == "lvef"] == [0]


def test_a_letterhead_is_no_copy_to_tell_of() -> None:
    head = "Patient: A. B.   DOB: 12/03/1990   Sex: F   Ward 12, Department of Rheumatology, third floor, east wing"
    found = screened({"old": dated(OLD, "SLE.", head), "new": dated(NEW, "LVEF 60%.", head)})
    assert not found.warnings
    assert answers(found)["I1"] == "pass"


def test_the_same_paragraph_in_three_notes_is_as_old_as_the_first() -> None:
    documents = {day: dated(day, f"{ECHO.format(60)}\nVisit of the {day}.") for day in (OLD, BETWEEN, NEW)}
    assert answers(screened(documents))["I4a"] == "raised"


# --- the stretches ----------------------------------------------------------------------------------------------------

SENTENCE = "The echocardiogram of the left ventricle was normal and showed no effusion at all."
VOCABULARY = "lupus heart kidney 12 34 normal the of with.\n; no".split(" ")
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=40).map(" ".join)


def copied(text: str, earlier: str) -> list[str]:
    return [text[one.start : one.end].strip() for one in copies(Words.of(text), Words.of(earlier))]


@pytest.mark.parametrize(
    ("text", "earlier", "expected"),
    [
        (SENTENCE, SENTENCE, [SENTENCE]),
        (SENTENCE.replace("left ", "left\n   "), SENTENCE, [SENTENCE.replace("left ", "left\n   ")]),
        (f"New today. {SENTENCE} Well.", f"Then: {SENTENCE}", [SENTENCE]),
        (f"Unlike before, {SENTENCE}", SENTENCE, []),  # the sentence is not the whole of what was said
        ("LVEF 60%. No effusion.", "LVEF 60%. No effusion.", []),  # so few words are written twice by chance
        ("ALT 22, AST 25, bilirubin 8, creatinine 88.", "ALT 22, AST 25, bilirubin 8, creatinine 88.", None),
    ],
)
def test_stretches_are_whole_sentences(text: str, earlier: str, expected: list[str] | None) -> None:
    assert copied(text, earlier) == ([text] if expected is None else expected)


@given(WORDS, WORDS)
def test_each_word_of_a_stretch_stands_in_the_earlier_text(text: str, earlier: str) -> None:
    one, other = Words.of(text), Words.of(earlier)
    at = dict(zip(one.starts, one.words, strict=True))
    there = dict(zip(other.starts, other.words, strict=True))
    found = copies(one, other)
    for copy in found:
        assert all(at[start] == there[place] for start, place in copy.places.items())
        assert all(copy.start <= start < copy.end for start in copy.places)
    assert all(first.end <= second.start for first, second in pairwise(found))


@given(WORDS)
def test_a_text_that_is_long_enough_is_all_a_copy_of_itself(text: str) -> None:
    words = Words.of(text)
    worth = len(words.words) + sum(word[0].isdigit() for word in words.words)
    found = copies(words, words)
    assert bool(found) == (len(words.words) >= 8 and worth >= 12)
    assert sum(len(copy.places) for copy in found) in (0, len(words.words))
