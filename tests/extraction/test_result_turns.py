"""Courses of values told in prose: each text with the value of today and the one that it has left behind."""

from __future__ import annotations

import pytest

from extraction.measurements import read_measurements
from extraction.result_turns import goes_on
from kb.facts import Coded, Quantity
from tests.extraction.reading import read

COURSES = {
    # text: concept, newest value, the older ones
    "eGFR, which was 60 in autumn, has fallen to 22.": ("egfr", 22, [60]),
    "Her eGFR (70 last summer) has deteriorated to 25.": ("egfr", 25, [70]),
    "eGFR was 70 last summer; this has since dropped to 25.": ("egfr", 25, [70]),
    "eGFR 70 last summer but only 25 now.": ("egfr", 25, [70]),
    "eGFR dropped from 60 to 22 over the winter.": ("egfr", 22, [60]),
    "SLEDAI-2K 14 at the worst of the flare, now 4.": ("sledai-2k", 4, [14]),
    "SLEDAI of 16 before rituximab, 4 now.": ("sledai-2k", 4, [16]),
    "Her SLEDAI used to be 16 and has settled at 4.": ("sledai-2k", 4, [16]),
    "Her SLEDAI was 14 in the summer. It has come to 7.": ("sledai-2k", 7, [14]),
    "Her SLEDAI-2K has crept up from 6 in the summer to 12 now.": ("sledai-2k", 12, [6]),
    "Saturations fell to 88% during the pneumonia in 2024 and are now 97%.": ("spo2", 97, [88]),
    "LVEF 45% during the myocarditis in 2023; repeat echo on 12 February 2026 62%.": ("lvef", 62, [45]),
    "Bilirubin, raised to 60 umol/L in 2024 with the haemolysis, is now 14.": ("bilirubin-total", 14, [60]),
}


@pytest.mark.parametrize("text", COURSES)
def test_the_value_a_letter_comes_back_to_is_the_newest(text: str) -> None:
    concept, newest, older = COURSES[text]
    told = [fact for fact in read_measurements(read(text)) if isinstance(fact.value, Quantity)]
    assert {fact.concept for fact in told} == {concept}
    values = [fact.value.interval.low for fact in told if isinstance(fact.value, Quantity)]
    assert values == [*older, newest]
    letter = read(text).letter_date
    assert letter is not None and letter.latest is not None
    *past, last = [fact.time for fact in told]
    for time in past:
        assert time is not None and time.latest is not None
        assert last is None or (last.earliest is not None and time.latest < last.earliest)


@pytest.mark.parametrize(
    "text",
    [
        "SLEDAI-2K was 10 on 12 September 2025. Today 3 swollen MCP joints and a malar rash.",
        "SLEDAI 12 in May, and prednisolone was reduced to 10 mg.",
        "SLEDAI was 12 and hydroxychloroquine was cut down to 200.",
        "SLEDAI 12, now 34 weeks pregnant.",
    ],
)
def test_a_number_of_something_else_is_no_newer_value(text: str) -> None:
    told = [fact for fact in read_measurements(read(text)) if isinstance(fact.value, Quantity)]
    assert len([fact for fact in told if fact.concept == "sledai-2k"]) == 1


def test_a_value_told_to_have_gone_again_is_no_value_of_today() -> None:
    peak, normal = read_measurements(read("AST peaked at 400 in December and is back to normal."))
    assert peak.temporality == "historical"
    assert isinstance(normal.value, Coded) and normal.value.code == "normal"
    assert [fact.value for fact in read_measurements(read("eGFR 24 in December, since improving."))] == [None]


def test_a_sentence_goes_on_with_the_same_test_only_where_it_points_back() -> None:
    assert goes_on("The latest was 25.") and not goes_on("Haemoglobin was 25.")
    told = read_measurements(read("Her SLEDAI was 14 in the summer. Prednisolone has come to 7."))
    assert len(told) == 1


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("EF in the low sixties.", 60, 70), ("eGFR sixty-two.", 62, 62), ("SpO2: ninety-eight percent", 98, 98)],
)
def test_numbers_in_words(text: str, low: float, high: float) -> None:
    value = read_measurements(read(text))[0].value
    assert isinstance(value, Quantity) and (value.interval.low, value.interval.high) == (low, high)


def test_a_bracket_that_opens_with_a_date_dates_what_it_holds() -> None:
    text = "Creatinine on 22.05.2026: 158 umol/l, eGFR 37 (19.02.2026: 612 umol/l, eGFR 7)."
    times = [
        fact.time.earliest.isoformat() for fact in read_measurements(read(text)) if fact.time and fact.time.earliest
    ]
    assert times[-1] == "2026-02-19"


def test_a_saturation_without_its_name_needs_the_air_it_was_held_by() -> None:
    (told,) = [fact for fact in read_measurements(read("CT thorax clear. 97% on room air.")) if fact.concept == "spo2"]
    assert told.attributes == {"support": "room-air"}
    assert not [fact for fact in read_measurements(read("FEV1 is 97% of predicted.")) if fact.concept == "spo2"]
