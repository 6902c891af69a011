"""brat's stand-off lines: what goes out comes in again as far as they hold it, and what does not fit is told."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.standoff import StandoffError, facts_of, standoff
from kb.facts import Coded, Course, Dosing, Fact, Interval, Quantity, Step, Time
from kb.notation import time_of, time_text, value_of, value_text
from kb.vocabulary import vocabulary

TEXT = "Echo: LVEF\n\n   48 %. No cancer.\nMother: lupus. Prednisolone 40 mg since May."


def fact(quote: str, kind: str, concept: str, **more: Any) -> Fact:
    start = TEXT.index(quote)
    label = vocabulary()[concept].label
    return Fact("f1", kind, concept, label, 0, start, start + len(quote), quote, **more)  # type: ignore[arg-type]


LVEF = fact(
    "LVEF\n\n   48 %",
    "measurement",
    "lvef",
    value=Quantity(Interval.exactly(48), "%", "48 %"),
    time=Time.on(date(2026, 5, 30)),
)
CANCER = fact("cancer", "condition", "malignancy", assertion="absent", temporality="historical")
LUPUS = fact("lupus", "condition", "sle", experiencer="family")
STEROID = fact(
    "Prednisolone 40 mg",
    "medication",
    "prednisolone",
    course=Course(Time(date(2026, 5, 1), date(2026, 5, 31)), ongoing=True),
    dosing=Dosing("current", per_day=Interval.exactly(40)),
)


def test_facts_as_an_annotator_sees_them() -> None:
    lines = standoff(TEXT, [LVEF, CANCER, LUPUS, STEROID]).splitlines()
    codes = [line for line in lines if line.startswith("N")]
    assert [line for line in lines if line not in codes] == [
        "T1\tMeasurement 6 10;15 19\tLVEF 48 %",
        "T2\tCondition 24 30\tcancer",
        "T3\tCondition 40 45\tlupus",
        "T4\tMedication 47 65\tPrednisolone 40 mg",
        "A1\tMeasurement_concept T1 lvef",
        "A2\tCondition_concept T2 malignancy",
        "A3\tAssertion T2 absent",
        "A4\tTemporality T2 historical",
        "A5\tCondition_concept T3 sle",
        "A6\tExperiencer T3 family",
        "A7\tMedication_concept T4 prednisolone",
        "A8\tStatus T4 current",
        "A9\tOngoing T4 yes",
        "#1\tAnnotatorNotes T1\tvalue: 48 %; time: 2026-05-30",
        "#2\tAnnotatorNotes T4\tstart: 2026-05-01..2026-05-31; per_day: 40",
    ]
    assert "N2\tReference T2 DOID:162\tMalignancy" in codes or any("T2 DOID:" in line for line in codes)
    assert all(re.fullmatch(r"N\d+\tReference T\d+ [A-Z0-9]+:\S+\t.+", line) for line in codes)


# --- out and in again -------------------------------------------------------------------------------------------------


def held(fact: Fact) -> Fact:
    """What the lines hold of a fact: not its section, reference, taper and attributes, nor the letter's own words for a
    value or a time, and of a dose the status and the daily amounts.
    """
    course, dosing = fact.course or Course(), fact.dosing
    kept = Course(bare(course.start), bare(course.end), course.ongoing)
    return Fact(
        fact.id, fact.kind, fact.concept, fact.label, fact.document, fact.start, fact.end, fact.quote,
        fact.assertion, fact.experiencer, fact.temporality,
        value=None if fact.value is None else value_of(value_text(fact.value)),
        time=bare(fact.time),
        course=None if kept == Course() else kept,
        dosing=None if dosing is None else Dosing(dosing.status, per_day=dosing.per_day, per_kg=dosing.per_kg),
    )  # fmt: skip


def bare(time: Time | None) -> Time | None:
    return None if time is None else time_of(time_text(time))


days = st.dates(date(1950, 1, 1), date(2030, 12, 31))
numbers = st.floats(-1e6, 1e6).map(lambda number: round(number, 4) + 0.0)


@st.composite
def times(draw: st.DrawFn) -> Time:
    first, last = sorted((draw(days), draw(days)))
    return Time(draw(st.sampled_from((first, None))), draw(st.sampled_from((last, None))), draw(st.text(max_size=9)))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(numbers), draw(numbers)))
    if draw(st.booleans()):
        return Interval.exactly(low)
    bounded, open_low, open_high = (
        draw(st.sampled_from(("both", "low", "high"))),
        draw(st.booleans()),
        draw(st.booleans()),
    )
    if bounded == "low":
        return Interval(low, None, low_open=open_low)
    if bounded == "high":
        return Interval(None, high, high_open=open_high)
    return Interval(low, high, open_low, open_high)


codes = st.sampled_from(("positive", "negative", "not_done")).map(lambda code: Coded(code, code))
values = codes | st.builds(Quantity, intervals(), st.sampled_from(("%", "{ULN}")), st.text(max_size=9))
courses = st.builds(
    Course,
    st.none() | times(),
    st.none() | times(),
    st.sampled_from((None, True, False)),
    st.just(()) | st.just((Step(Interval.exactly(5)),)),
)
dosings = st.builds(
    Dosing,
    st.sampled_from(("current", "past", "planned", "never", "allergy")),
    per_day=st.none() | intervals(),
    per_kg=st.none() | intervals(),
    route=st.sampled_from((None, "oral")),
)
BREAKS = "\n\r\x0b\x0c\x1c\x85\u2028 \t"


@st.composite
def letters(draw: st.DrawFn) -> tuple[str, list[Fact]]:
    """A text of words with line ends of every kind between them, and facts that begin and end at words."""
    words = draw(st.lists(st.text("aé漢7%;:#-", min_size=1, max_size=6), min_size=1, max_size=12))
    text, starts = "", []
    for word in words:
        text += draw(st.text(BREAKS, min_size=1, max_size=3))
        starts.append((len(text), len(text) + len(word)))
        text += word
    facts = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        first, last = sorted((draw(st.sampled_from(starts)), draw(st.sampled_from(starts))))
        kind, concept = draw(
            st.sampled_from((("measurement", "lvef"), ("condition", "sle"), ("medication", "methotrexate")))
        )
        start, end = first[0], last[1]
        facts.append(
            Fact(
                f"f{number}", kind, concept, vocabulary()[concept].label, 0, start, end, text[start:end],  # type: ignore[arg-type]
                assertion=draw(st.sampled_from(("present", "absent", "possible", "conditional"))),
                experiencer=draw(st.sampled_from(("patient", "family", "other"))),
                temporality=draw(st.sampled_from(("current", "historical", "planned"))),
                section=draw(st.sampled_from((None, "history"))),
                value=draw(st.none() | (values if kind == "measurement" else codes)),
                time=draw(st.none() | times()),
                course=draw(st.none() | courses),
                dosing=draw(st.none() | dosings) if kind == "medication" else None,
            )
        )  # fmt: skip
    return text, facts


@given(letters())
def test_what_goes_out_comes_in_again(letter: tuple[str, list[Fact]]) -> None:
    text, facts = letter
    lines = standoff(text, facts)
    assert list(facts_of(text, lines)) == [held(fact) for fact in facts]
    assert lines.splitlines() == lines.split("\n")[:-1], "a line end of any kind within a line would end it in brat"


@given(letters())
def test_no_annotation_holds_a_line_end(letter: tuple[str, list[Fact]]) -> None:
    text, facts = letter
    for line in standoff(text, facts).splitlines():
        if line.startswith("T"):
            for place in line.split("\t")[1].split(" ", 1)[1].split(";"):
                start, end = map(int, place.split())
                assert len(text[start:end].splitlines()) == 1 and text[start:end] == text[start:end].strip()


# --- what annotators write --------------------------------------------------------------------------------------------

T1 = "T1\tCondition 24 30\tcancer\n"
LVEF_LINES = "T1\tMeasurement 6 10\tLVEF\nA1\tMeasurement_concept T1 lvef\n#1\tAnnotatorNotes T1\tvalue: 48 %\n"
A1 = "A1\tCondition_concept T1 malignancy\n"


def test_words_apart_are_one_fact_from_the_first_to_the_last() -> None:
    (found,) = facts_of(TEXT, "T1\tCondition 21 23;24 30\tNo cancer\n" + A1)
    assert (found.start, found.end, found.quote) == (21, 30, "No cancer")


def test_what_is_for_people_and_what_is_brats_own_is_left_aside() -> None:
    lines = T1 + A1 + "#1\tAnnotatorNotes T1\ttime: 2026-05-30; remark: is it? value: no\n#2\tAnnotationError T1\tx\n"
    (found,) = facts_of(TEXT, lines + "N1\tReference T1 ICD10CM:C80.1\tcancer\n\n")
    assert found.time == time_of("2026-05-30") and found.value is None


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("cancer\n", "line 1: not a line of stand-off"),
        ("T1\tCondition 24\tcancer\n", "line 1: write a type and where it stands"),
        ("T1\tProtein 24 30\tcancer\n", "line 1: no type of fact: write one of Medication,"),
        ("T1\tCondition 24 300\tcancer\n", "line 1: does not lie in its text"),
        ("T1\tCondition 24 30\ttumour\n", "line 1: its words are not those at its place"),
        (T1 + T1, "line 2: T1 is there twice"),
        (T1, "line 1: has no concept: choose its Condition_concept"),
        (T1 + "A1\tMeasurement_concept T1 lvef\n", "line 1: has no concept: choose its Condition_concept"),
        (T1 + "A1\tCondition_concept T1 Cancer!\n", "line 2: no concept"),
        (T1 + A1 + "A2\tNegation T1\n", "line 3: write an attribute"),
        (T1 + A1 + "A2\tNegation T1 yes\n", "line 3: no attribute of a fact"),
        (T1 + A1 + "A2\tAssertion T1 denied\n", "line 3: Assertion is one of present, absent,"),
        (T1 + A1 + "A2\tAssertion T2 absent\n", "line 3: of T2, which is not there"),
        (T1 + A1 + "A2\tAssertion T1 absent\nA3\tAssertion T1 possible\n", "line 4: T1 has two different values"),
        (T1 + A1 + "A2\tStatus T1 past\n", "line 1: only a medication has a status"),
        (T1 + A1 + "R1\tCauses Arg1:T1 Arg2:T1\n", "line 3: a relation or an event"),
        (T1 + A1 + "#1\tAnnotatorNotes T1\tvlaue: 3 %\n", "line 3: a note tells value:, time:"),
        (
            T1 + A1 + "#1\tAnnotatorNotes T1\tvalue: 3 to 5 %\n",
            "line 3: value: write a number or an interval and its unit",
        ),
        (T1 + A1 + "#1\tAnnotatorNotes T1\tvalue:\n", "line 3: value: write a number"),
        (LVEF_LINES.replace("48 %", "0.48 g/L"), "line 1: a value of lvef is in %: convert it"),
        (T1 + A1 + "#1\tAnnotatorNotes T1\tvalue: 5..3 %\n", "line 3: value: an interval runs from low to high"),
        (T1 + A1 + "#1\tAnnotatorNotes T1\ttime: May\n", "line 3: time: write a day"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(lines: str, message: str) -> None:
    with pytest.raises(StandoffError, match=re.escape(message)) as refused:
        facts_of(TEXT, lines)
    assert "\n" not in str(refused.value) and "cancer" not in str(refused.value)
