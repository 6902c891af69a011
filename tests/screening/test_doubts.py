"""Words of a scan that were read uncertainly: no answer rests on one of two readings, and the report says so."""

from __future__ import annotations

import functools
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.facts import Document, Fact, Quantity, Time
from kb.layout import Box, Layout, Page, Piece
from screening.documents import Letter
from screening.pipeline import Pipeline, Screening
from screening.protocols import DEFAULT, read_protocol
from screening.text import report

LETTER = """Date: 1 June 2026
Re: woman of 34, 60 kg
SLE since 2018, EULAR/ACR 2019 criteria met. SLEDAI-2K 12 today.
Prednisolone 60 mg daily from 1 January 2026 to 20 May 2026. Hydroxychloroquine 200 mg bd.
SpO2 95% on air. LVEF 58%. ALT 31. eGFR 68. HBsAg (-), HBcAb (+). HIV (-). No history of cancer.
Yellow fever vaccine on 15 March 2026. HBV-DNA 3.2x10^3 IU/ml (normal < 20).
"""


@functools.cache
def pipeline() -> Pipeline:
    return Pipeline([read_protocol(DEFAULT)])


def scanned(word: str, others: tuple[str, ...] = (), confidence: float = 0.6, text: str = LETTER) -> Screening:
    """The letter as a scan, one word of which was read uncertainly."""
    at = text.index(word)
    piece = Piece(at, at + len(word), 0, Box(0, 0, 1, 1), confidence, others)
    layout = Layout((Page(595, 842),), (piece,))
    document = Document("scan", text, "0", Time.on(date(2026, 6, 1), "1 June 2026"), layout)
    return pipeline().screen([Letter(document)])[0]


def answer(screening: Screening, criterion: str) -> str:
    answered = next(one for one in screening.decision.answers if one.criterion.id == criterion)
    return "raised" if answered.raised else answered.answer


def fact(screening: Screening, concept: str) -> Fact:
    return next(one for one in screening.facts if one.concept == concept)


@pytest.mark.parametrize(
    ("word", "others", "criterion", "surely", "doubted"),
    [
        ("58%", ("53%",), "I4a", "pass", "raised"),  # a number on either side of its bound
        ("58%", ("68%",), "I4a", "pass", "pass"),  # one that passes with every reading
        ("95%", ("85%",), "I4h", "pass", "raised"),
        ("68", ("28",), "I4c", "pass", "raised"),
        ("12", ("2 ",), "I3", "pass", "raised"),
        ("March", ("May  ",), "E8", "pass", "raised"),  # a day in and out of its window
        ("No", ("Mo",), "E10", "pass", "raised"),  # a denial that may be none
        ("(-). No", ("(+). No",), "E7c", "pass", "raised"),  # a sign
    ],
)
def test_an_answer_holds_for_every_reading_or_is_raised(
    word: str, others: tuple[str, ...], criterion: str, surely: str, doubted: str
) -> None:
    assert answer(scanned(word), criterion) == surely
    screening = scanned(word, others)
    assert answer(screening, criterion) == doubted
    assert any("was read uncertainly" in warning for warning in screening.warnings)


@pytest.mark.parametrize(
    ("word", "criterion"), [("58%", "I4a"), ("95%", "I4h"), ("68", "I4c"), ("No", "E10"), ("3.2x10^3", "E7a")]
)
def test_what_cannot_be_read_settles_nothing(word: str, criterion: str) -> None:
    assert answer(scanned(word, confidence=0.3), criterion) == "raised"


def test_a_number_that_has_lost_its_point_settles_nothing() -> None:
    text = LETTER.replace("eGFR 68", "creatinine 0.9 mg/dL")
    assert answer(scanned("0.9", text=text), "I4c") == "pass"
    assert answer(scanned("09", text=text.replace("0.9", "09")), "I4c") in ("raised", "unknown")


def test_both_readings_are_in_the_fact_and_in_the_report() -> None:
    screening = scanned("58%", ("53%",))
    found = fact(screening, "lvef")
    assert isinstance(found.value, Quantity)
    assert (found.value.interval.low, found.value.interval.high, found.value.written) == (53, 58, "58% or 53%")
    assert '(read uncertainly: or "53%"?)' in "".join(line.text for line in report(screening))


def test_a_doubtful_date_of_the_letter_is_a_span() -> None:
    text = LETTER.replace("1 June 2026", "15/06/2026", 1)
    at = text.index("15/06/2026")
    piece = Piece(at, at + 10, 0, Box(0, 0, 1, 1), 0.6, ("15/05/2026",))
    document = Document("scan", text, "0", Time.on(date(2026, 6, 15), "15/06/2026"), Layout((Page(1, 1),), (piece,)))
    extracted = pipeline().extract([Letter(document)])
    day = extracted.dossier.documents[0].date
    assert day is not None and (day.earliest, day.latest) == (date(2026, 5, 15), date(2026, 6, 15))


def test_what_only_another_reading_finds_is_raised() -> None:
    screening = scanned("LVFF", ("LVEF",), text=LETTER.replace("LVEF", "LVFF"))
    assert fact(screening, "lvef").assertion == "possible" and answer(screening, "I4a") == "raised"


def test_a_letter_without_pages_is_as_it_was() -> None:
    document = Document("text", LETTER, "0", Time.on(date(2026, 6, 1), "1 June 2026"))
    plain = pipeline().extract([Letter(document)])
    sure = Layout((Page(1, 1),), (Piece(0, len(LETTER), 0, Box(0, 0, 1, 1)),))
    paged = pipeline().extract([Letter(Document("text", LETTER, "0", document.date, sure))])
    assert (plain.facts, plain.warnings) == (paged.facts, paged.warnings)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_doubt_never_settles_what_was_open_nor_turns_an_answer(data: st.DataObject) -> None:
    numbers = [word.strip(",.()") for word in LETTER.split() if word.strip(",.()%").isdigit()]
    word = data.draw(st.sampled_from(numbers))
    other = "".join(data.draw(st.sampled_from("0123456789")) if char.isdigit() else char for char in word)
    sure, doubtful = scanned(word), scanned(word, (other,))
    for before, after in zip(sure.decision.answers, doubtful.decision.answers, strict=True):
        assert after.answer in (before.answer, "unknown")
    assert all(LETTER[one.start : one.end] == one.quote for one in doubtful.facts)
