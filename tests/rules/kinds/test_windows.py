"""Calendar windows: their first day, where a date that may be an interval lies, and the day that clears them."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.dates import shifted, years_between
from kb.facts import Time
from rules.windows import window
from tests.rules.kinds.letter_facts import course, drug, fact, findings, number, situation, told
from tests.rules.kinds.letter_facts import day as on

STARTS = [
    ("6 months before screening", "2026-06-15", "2025-12-15"),
    ("6 months before screening", "2026-08-31", "2026-02-28"),
    ("3 months before infusion", "2024-05-31", "2024-02-29"),
    ("1 month before enrolment", "2026-03-31", "2026-02-28"),
    ("12 months before screening", "2024-02-29", "2023-02-28"),
    ("4 weeks before screening", "2026-06-15", "2026-05-18"),
    ("60 days before screening", "2026-06-15", "2026-04-16"),
]
PLACES = [
    ("2025-12-15", "inside"),
    ("2025-12-14", "outside"),
    ("2025-12", "open"),
    ("2025-11", "outside"),
    ("2026", "open"),
    ("2026-01", "inside"),
    ("2026-06-16", "open"),
    (None, "open"),
]
days = st.dates(date(2000, 1, 1), date(2060, 1, 1))
spans = st.sampled_from([words for words, _, _ in STARTS])


@pytest.mark.parametrize(("words", "today", "start"), STARTS)
def test_first_day(words: str, today: str, start: str) -> None:
    assert window(words).start(date.fromisoformat(today)) == date.fromisoformat(start)


@pytest.mark.parametrize(("when", "place"), PLACES)
def test_place(when: str | None, place: str) -> None:
    assert window("6 months before screening").place(on(when), date(2026, 6, 15)) == place


@given(words=spans, last=days)
def test_clears_on_the_first_day_that_is_out(words: str, last: date) -> None:
    span, cleared = window(words), window(words).clears(last)
    assert span.place(Time.on(last), cleared) == "outside"
    assert span.place(Time.on(last), cleared - timedelta(days=1)) == "inside"


@given(day=days, months=st.integers(1, 60))
def test_months_back_keep_the_day_or_the_end_of_the_month(day: date, months: int) -> None:
    back = shifted(day, -months, "month")
    assert back.day == day.day or (back + timedelta(days=1)).day == 1


def test_birthday_of_a_leap_day() -> None:
    assert (
        years_between(date(2020, 2, 29), date(2025, 2, 28)),
        years_between(date(2020, 2, 29), date(2025, 3, 1)),
    ) == (4, 5)


CLEARING = [
    ("E3b", [told("myocardial-infarction", "2026-03-10")], "2026-09-11", False),
    ("E8", [told("mmr-vaccine", "2026-06-01")], "2026-06-30", False),
    ("E1", [told("npsle", "2026-06-01", intervention="yes")], "2026-08-01", False),
    ("E2a", [told("haemodialysis", course=course("2026-01", "2026-05-31", False))], "2026-09-01", False),
    ("E2a", [told("haemodialysis", course=course("2026-01", ongoing=True))], None, True),
    ("E5", [drug("ceftriaxone", "past", end="2026-06-12", purpose="treatment")], "2026-06-20", False),
    ("E5", [drug("ceftriaxone", purpose="treatment")], None, True),
]


@pytest.mark.parametrize(("criterion", "facts", "clears", "held"), CLEARING)
def test_a_met_window_says_when_it_clears(criterion: str, facts: list, clears: str | None, held: bool) -> None:  # type: ignore[type-arg]
    finding = next(iter(findings(criterion, situation(facts)).values()))
    assert finding.clears_on == (None if clears is None else date.fromisoformat(clears))
    assert finding.holds_open is held


RUNS = [
    ("one course", [drug("prednisolone", "past", mg=40, start="2026-01-10", end="2026-05-02")], 112),
    ("too low", [drug("prednisolone", "past", mg=30, start="2026-01-10", end="2026-05-02")], 0),
    ("methylprednisolone 32 mg is prednisone 40", [
        drug("methylprednisolone", "past", mg=32, start="2026-01-10", end="2026-05-02")], 112),
    ("a gap of 7 days is bridged, not counted", [
        drug("prednisolone", "past", mg=40, start="2026-01-01", end="2026-02-01"),
        drug("prednisolone", "past", mg=40, start="2026-02-08", end="2026-03-01")], 52),
    ("a gap of 8 days ends the run", [
        drug("prednisolone", "past", mg=40, start="2026-01-01", end="2026-02-01"),
        drug("prednisolone", "past", mg=40, start="2026-02-09", end="2026-03-01")], 31),
    ("a month may mean its last day", [drug("prednisolone", "past", mg=40, start="2026-01", end="2026-05-02")], 91),
    ("a pulse counts its own days", [
        drug("methylprednisolone", "past", mg=1000, start="2026-01-10", days=3, pulse=True)], 3),
    ("for 12 weeks, undated", [drug("prednisolone", "past", mg=40, days=84)], 84),
    ("still goes on", [drug("prednisolone", mg=40, start="2026-04-16")], 60),
    ("a lower dose now, since when untold", [
        drug("prednisolone", mg=40, start="2026-01-10"), drug("prednisolone", mg=10)], 0),
    ("a lower dose since May", [
        drug("prednisolone", mg=40, start="2026-01-10"), drug("prednisolone", mg=10, start="2026-05-02")], 112),
]  # fmt: skip


@pytest.mark.parametrize(("letter", "facts", "least"), RUNS, ids=[run[0] for run in RUNS])
def test_longest_run_at_one_mg_per_kg(letter: str, facts: list, least: int) -> None:  # type: ignore[type-arg]
    found = findings("I2b", situation([number("body-weight", 38), *facts]))["glucocorticoid.longest-run.1-mg-per-kg"]
    assert found.low == least
    assert found.high is None


def test_the_weight_told_beside_the_dose_counts() -> None:
    dose = dataclasses.replace(drug("prednisolone", "past", mg=60, days=100), start=1000, end=1040)
    then = dataclasses.replace(number("body-weight", 55), start=1050, end=1055)
    now = dataclasses.replace(number("body-weight", 80), start=10, end=15)
    assert findings("I2b", situation([dose, then, now]))["glucocorticoid.longest-run.1-mg-per-kg"].low == 100
    assert findings("I2b", situation([dose, now]))["glucocorticoid.longest-run.1-mg-per-kg"].low == 0


def test_the_arithmetic_of_a_run_is_shown() -> None:
    facts = [number("body-weight", 38), RUNS[0][1][0]]
    shown = findings("I2b", situation(facts))["glucocorticoid.longest-run.1-mg-per-kg"].calculation
    assert shown == "prednisolone 40 mg/day ÷ 38 kg = 1.05 mg/kg/day, 2026-01-10 to 2026-05-02: 112 days"


def test_a_closed_history_gives_the_run_an_upper_end() -> None:
    facts = [fact("treatment-history-closed"), number("body-weight", 38), RUNS[0][1][0]]
    found = findings("I2b", situation(facts))["glucocorticoid.longest-run.1-mg-per-kg"]
    assert (found.low, found.high) == (112, 112)
