"""The report of a screening, from facts given by hand: what a nurse reads in the first ten seconds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kb.facts import Coded, Document, Fact, Interval, Quantity, Time
from rules.language import Protocol, parse_protocol
from screening.documents import Letter
from screening.interface import screening_json
from screening.pipeline import Pipeline, Screening
from screening.text import VERDICTS, WIDTH, in_context, plain, report

PROTOCOL = """\
id: MINI
version: "1"
title: a small protocol
criteria:
  - {id: I1, number: Inclusion 1, title: Age 5 years or over, quote: Age, essential: true,
     requires: {age: at the screening date, at_least: 5 a}}
  - {id: I4a, number: Inclusion 4, title: LVEF at least 55 %, quote: LVEF,
     requires: {measurement: lvef, at_least: 55 %, within: 6 months before screening}}
  - {id: E8, number: Exclusion 8, title: Live vaccine within 4 weeks, quote: live, clears_with_time: true,
     excludes: {vaccination: live-vaccine, within: 28 days before screening}}
  - {id: E10, number: Exclusion 10, title: "Malignancy, previous or concurrent", quote: cancer,
     excludes: {condition: malignancy}}
"""
TODAY = date(2026, 6, 15)


@pytest.fixture(scope="module")
def mini() -> Protocol:
    return parse_protocol(PROTOCOL, "mini.yaml")


TEXT = "Echo on 30 May:\nLVEF\n\x1b[31m48% today. " + "All the rest of it is as it was before. " * 9


def fact(kind: Any, concept: str, **more: Any) -> Fact:
    quote = more.pop("quote", "rest of it")
    start = TEXT.index(quote)
    return Fact("", kind, concept, concept, 0, start, start + len(quote), quote, **more)


def exactly(value: float, unit: str) -> Quantity:
    return Quantity(Interval.exactly(value), unit, f"{value:g} {unit}")


AGE = fact("demographic", "age", value=exactly(31, "a"))
FEMALE = fact("demographic", "sex", value=Coded("female", "F"))
LVEF = fact("measurement", "lvef", value=exactly(60, "%"), time=Time.on(date(2026, 5, 30)))
LOW = fact("measurement", "lvef", value=exactly(48, "%"), time=Time.on(date(2026, 5, 30)), quote="48%")
OLD = fact("measurement", "lvef", value=exactly(60, "%"), time=Time.on(date(2024, 5, 30)))
VACCINE = fact("vaccination", "yellow-fever-vaccine", time=Time.on(date(2026, 6, 1)))
CANCER = fact("condition", "malignancy", assertion="possible")


def screened(protocol: Protocol, *facts: Fact, day: date | None = TODAY, as_of: date | None = None) -> Screening:
    letter = Letter(Document("a.txt", TEXT, "0" * 64, None if day is None else Time.on(day)))
    pipeline = Pipeline([protocol], lambda document, index: (list(facts), []))
    return pipeline.screen([letter], as_of)[0]


def lines(protocol: Protocol, *facts: Fact, **more: Any) -> list[str]:
    return plain(report(screened(protocol, *facts, **more))).splitlines()


def test_what_stops_the_patient_with_its_words(mini: Protocol) -> None:
    out = lines(mini, AGE, FEMALE, LOW)
    assert out[0].split() == "INELIGIBLE for MINI, a small protocol a.txt".split()
    assert out[2] == "Next: do not invite; tell the referrer what stops the patient."
    at = out.index("Stops the patient")
    assert out[at + 1] == "  Inclusion 4  LVEF at least 55 %"
    assert "48 %" in out[at + 2]
    assert "on 30 May 2026" in out[at + 2]
    assert out[at + 3].strip() == '"Echo on 30 May: LVEF [31m48% today."'


def test_what_time_alone_clears_has_its_date(mini: Protocol) -> None:
    assert lines(mini, AGE, LVEF, VACCINE)[2].startswith("Next: screen again on 30 June 2026")
    assert screening_json(screened(mini, AGE, LVEF, VACCINE))["recheck_on"] == "2026-06-30"
    assert screening_json(screened(mini, AGE, LOW, VACCINE))["recheck_on"] is None


def test_what_must_be_settled_is_asked(mini: Protocol) -> None:
    out = lines(mini, AGE, OLD, CANCER)
    assert out[0].startswith("NEEDS INFORMATION")
    assert out[2] == "Next: ask the referrer 2 things (each marked ask), then screen again."
    assert "Must be settled" in out
    assert sum("ask: " in line for line in out) == 2
    assert [one["criterion"] for one in screening_json(screened(mini, AGE, OLD, CANCER))["questions"]] == ["I4a", "E10"]


def test_what_is_silent_is_folded_into_a_line(mini: Protocol) -> None:
    out = lines(mini, AGE, FEMALE, LVEF)
    assert out[0].startswith("POTENTIALLY ELIGIBLE")
    assert out[2] == "Next: invite to the screening visit."
    assert "To confirm at the visit (2): Live vaccine within 4 weeks; Malignancy, previous or concurrent." in out
    assert "Passes (2): Age 5 years or over; LVEF at least 55 %." in out


def test_a_long_list_is_folded_into_two_lines_and_counted(mini: Protocol) -> None:
    many = tuple(
        mini.criteria[2].model_copy(update={"id": f"E{n}", "title": f"Something number {n}"}) for n in range(30)
    )
    out = lines(mini.model_copy(update={"criteria": many}))
    at = next(at for at, line in enumerate(out) if line.startswith("To confirm at the visit (30): "))
    assert out[at + 1].endswith(" more.")
    assert out[at + 2] == ""
    listed = " ".join(out[at : at + 2])
    assert listed.count("Something") + int(listed.split()[-2]) == 30


WHO = [
    ((AGE, FEMALE), "woman of 31"),
    ((AGE, fact("demographic", "sex", value=Coded("male", "M"))), "man of 31"),
    ((fact("demographic", "age", value=exactly(9, "a")), FEMALE), "girl of 9"),
    ((fact("demographic", "age", value=exactly(9, "a")),), "child of 9, sex not stated"),
    ((FEMALE,), "woman, age not stated"),
    ((), "patient, age and sex not stated"),
    ((fact("demographic", "birth-date", time=Time.on(date(1995, 6, 16))), FEMALE), "woman of 30"),
    ((fact("demographic", "age", value=exactly(60, "a"), experiencer="family"), FEMALE), "woman, age not stated"),
]


@pytest.mark.parametrize(("facts", "who"), WHO, ids=[row[1] for row in WHO])
def test_who_the_patient_is(mini: Protocol, facts: tuple[Fact, ...], who: str) -> None:
    assert lines(mini, *facts)[1] == f"{who}, letter of 15 June 2026, screened as of that day"


WHEN = [
    (TODAY, None, "letter of 15 June 2026, screened as of that day"),
    (TODAY, date(2026, 7, 1), "letter of 15 June 2026, screened as of 1 July 2026 (16 days old then)"),
    (TODAY, date(2026, 6, 1), "letter of 15 June 2026, screened as of 1 June 2026 (written after it)"),
    (None, None, "letter without a date, no screening date"),
    (None, TODAY, "letter without a date, screened as of 15 June 2026"),
]


@pytest.mark.parametrize(("day", "as_of", "when"), WHEN, ids=[row[2] for row in WHEN])
def test_when_it_was_written_and_is_screened(mini: Protocol, day: date | None, as_of: date | None, when: str) -> None:
    assert lines(mini, AGE, FEMALE, day=day, as_of=as_of)[1] == f"woman of 31, {when}"


WARNED = [
    (None, None, "no date: what is dated cannot be held against a window"),
    (TODAY, date(2026, 6, 1), "before the letter's own"),
]


@pytest.mark.parametrize(("day", "as_of", "words"), WARNED)
def test_a_date_that_is_missing_or_odd_is_a_warning(
    mini: Protocol, day: date | None, as_of: date | None, words: str
) -> None:
    assert any(line.startswith("Warning: ") and words in line for line in lines(mini, AGE, day=day, as_of=as_of))


def test_a_letter_dated_by_its_month_has_no_screening_date(mini: Protocol) -> None:
    month = Time(date(2026, 6, 1), date(2026, 6, 30), "June 2026")
    pipeline = Pipeline([mini], lambda document, index: ([AGE], []))
    screening = pipeline.screen([Letter(Document("a.txt", "", "", month))])[0]
    assert screening.decision.as_of is None
    assert "letter dated June 2026, no screening date" in plain(report(screening))


def test_the_notes_of_a_document_are_warnings(mini: Protocol) -> None:
    pipeline = Pipeline([mini], lambda document, index: ([AGE], ["two people are described"]))
    letter = Letter(Document("a.txt", "", "", Time.on(TODAY)), ("not UTF-8: read as cp1252",))
    assert pipeline.screen([letter])[0].warnings == ("not UTF-8: read as cp1252", "two people are described")


def test_the_newest_of_a_dossiers_documents_gives_the_date(mini: Protocol) -> None:
    letters = [Letter(Document(f"{n}.txt", f"Letter {n}.", "", Time.on(date(2026, n, 1)))) for n in (3, 6, 1)]
    screening = Pipeline([mini], lambda document, index: ([AGE], [])).screen(letters)[0]
    assert screening.decision.as_of == date(2026, 6, 1)
    assert [one.id for one in screening.facts] == ["f1", "f2", "f3"]


def test_no_line_is_too_long_and_none_has_what_a_terminal_obeys(mini: Protocol) -> None:
    long = fact("measurement", "lvef", value=exactly(48, "%"), quote=TEXT[20:])
    for line in lines(mini, AGE, long, day=None):
        assert len(line) <= WIDTH
        assert line.isprintable()


CONTEXTS = [
    ("She is well. LVEF 48% in May. No rash.", "48%", "LVEF 48% in May."),
    ("Echo in May: LVEF 48%, no effusion; ECG normal", "48%", "Echo in May: LVEF 48%"),
    ("ALT     173   U/L\nAST      35   U/L\nBili     12", "35", "AST 35 U/L"),
    ("LVEF 48%", "LVEF 48%", "LVEF 48%"),
    ("Echo: fine\nLVEF: 48 %\nECG: normal", "48 %", "LVEF: 48 %"),
    ("- LVEF 48%\n- ECG normal", "ECG normal", "- ECG normal"),
    ("word " * 40 + "LVEF 48%" + " word" * 40, "LVEF 48%", "… " + "word " * 7 + "LVEF 48%" + " word" * 7 + " …"),
    ("a dose of 1.5 mg was given", "1.5 mg", "a dose of 1.5 mg was given"),
]


@pytest.mark.parametrize(("text", "quote", "expected"), CONTEXTS, ids=[row[2][:30] for row in CONTEXTS])
def test_a_quote_is_shown_in_its_sentence(text: str, quote: str, expected: str) -> None:
    start = text.index(quote)
    assert in_context(text, start, start + len(quote)) == expected


def test_every_verdict_has_its_word() -> None:
    assert set(VERDICTS) == {"ineligible", "needs_information", "potentially_eligible"}
