"""The grammar of dose instructions: words in, numbers out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.dosing import parse_dose
from extraction.durations import days_of

# words, daily amount in mg
DAILY = [
    ("10 mg od", 10),
    ("500 mg b.d.", 1000),
    ("500mg BD", 1000),
    ("1 g q12h", 2000),
    ("250 mg q8h", 750),
    ("200 mg twice a day", 400),
    ("5 mg every morning", 5),
    ("5 mg nocte", 5),
    ("20 mg alternate days", 10),
    ("20 mg every other day", 10),
    ("15 mg weekly", 15 / 7),
    ("480 mg three times a week", 480 * 3 / 7),
    ("2 g/day in divided doses", 2000),
    ("two 5 mg tablets daily", 10),
    ("2 x 500 mg bd", 2000),
    ("500mg x2 bd", 2000),
    ("1 tab (200 mg) bd", 400),
    ("2 tablets (400 mg) daily", 400),
    ("10 mg 1-0-1", 20),
    ("1000-0-500 mg", 1500),
    ("20 mg mane and 10 mg nocte", 30),
    ("5mg tablets 6 daily", 30),
    ("1,5 g per day", 1500),
    ("400 mcg bd", 0.8),
    ("3x500 mg daily", 1500),
]

# instructions that count tablets: words, tablets a day
COUNTED = [
    ("two to be taken three times a day", 6),
    ("one to be given every morning", 1),
    ("take 2 paracetamol four times a day", 8),
    ("take 1/2 a tablet daily", 0.5),
    ("half 1/2 a tablet on monday wednesday friday", 0.5 * 3 / 7),
    ("take 1 talbet twcie dialy", 2),
    ("2 capsuls in the mornig and 1 at nihgt", 3),
    ("one tablet in the morning and half a tablet at night", 1.5),
]


@pytest.mark.parametrize(("words", "per_day"), COUNTED)
def test_daily_count(words: str, per_day: float) -> None:
    step = parse_dose(words).steps[-1]
    assert step.per_day is not None and step.per_day.high == pytest.approx(per_day)


def test_what_is_taken_when_needed_is_not_daily() -> None:
    assert parse_dose("5 mg as needed", assume_daily=True).steps[0].per_day is None
    assert parse_dose("5 mg", assume_daily=True).steps[0].per_day is not None


@pytest.mark.parametrize(("words", "per_day"), DAILY)
def test_daily_amount(words: str, per_day: float) -> None:
    amount = parse_dose(words).steps[0].per_day
    assert amount is not None
    assert amount.low == amount.high == pytest.approx(per_day)


@pytest.mark.parametrize(
    ("words", "levels"),
    [
        ("60→40→20 mg", [60, 40, 20]),
        ("60-40-20 mg", [60, 40, 20]),
        ("60 mg, reduced to 30 mg", [60, 30]),
        ("tapered from 60 mg to 7.5 mg", [60, 7.5]),
        ("40 mg for 4 weeks then 30 mg", [40, 30]),
        ("30 mg weaned to 5 mg", [30, 5]),
        ("60 mg reducing by 10 mg every 2 weeks to 10 mg", [60, 50, 40, 30, 20, 10]),
        ("60mg x 2/52, 50 mg x 2/52, 40mg x 2/52", [60, 50, 40]),
    ],
)
def test_tapers(words: str, levels: list[float]) -> None:
    steps = parse_dose(words).steps
    assert [step.dose.low if step.dose else None for step in steps] == levels


@pytest.mark.parametrize(
    ("words", "least", "most"),
    [
        ("60 mg daily for 12 weeks", 84, 84),
        ("60 mg daily for 3 months", 90, 93),
        ("60 mg od x 6/52", 42, 42),
        ("60 mg od x 6/12", 180, 186),
        ("1 g daily x 3 days", 3, 3),
        ("60 mg daily for more than 3 months", 90, None),
        ("500 mg D1-D3", 3, 3),
    ],
)
def test_duration_in_days(words: str, least: float, most: float | None) -> None:
    days = parse_dose(words).steps[0].duration_days
    assert days is not None
    assert (days.low, days.high) == (least, most)


@pytest.mark.parametrize("words", ["1 mg/kg/day", "1 mg/kg daily", "1 mg/kg/d", "60 mg/day (1 mg/kg)", "1 mg/(kg.d)"])
def test_per_kg(words: str) -> None:
    per_kg = parse_dose(words).steps[0].per_kg
    assert per_kg is not None and per_kg.low == per_kg.high == 1


def test_an_amount_for_the_body_surface_or_month_is_no_daily_amount() -> None:
    for words in ("750 mg/m2 monthly", "10 mg/kg monthly", "500 mg every 2 weeks x 6"):
        step = parse_dose(words).steps[0]
        assert step.dose is not None and step.per_day is None and step.per_kg is None


@pytest.mark.parametrize(
    "words", ["level 6 ng/mL", "creatinine 90 umol/L", "weight 60 kg", "12 mg/dL", "UPCR 50 mg/mmol"]
)
def test_results_are_no_doses(words: str) -> None:
    assert all(step.dose is None for step in parse_dose(words).steps)


def test_a_dose_without_how_often_is_daily_only_where_that_is_known() -> None:
    assert parse_dose("60 mg").steps[0].per_day is None
    assert parse_dose("60 mg", assume_daily=True).steps[0].per_day is not None


def test_a_number_without_unit_counts_only_behind_a_name() -> None:
    assert parse_dose("10 od", bare_from=0).steps[0].per_day is not None
    assert parse_dose("10 od").steps[0].unit != "mg"


TIMES = {"od": 1, "bd": 2, "tds": 3, "qds": 4, "q12h": 2, "twice daily": 2, "three times a day": 3, "6 hourly": 4}


@given(
    amount=st.sampled_from([0.5, 1, 2.5, 5, 12.5, 20, 60, 250, 1000]),
    often=st.sampled_from(sorted(TIMES)),
    weeks=st.integers(1, 40),
    route=st.sampled_from(["", "po ", "orally "]),
    space=st.sampled_from(["", " "]),
)
def test_a_written_instruction_parses_to_its_numbers(
    amount: float, often: str, weeks: int, route: str, space: str
) -> None:
    step = parse_dose(f"{amount:g}{space}mg {route}{often} for {weeks} weeks").steps[0]
    assert step.dose is not None and step.dose.low == amount
    assert step.per_day is not None and step.per_day.low == pytest.approx(amount * TIMES[often])
    assert step.duration_days is not None and step.duration_days.low == weeks * 7


@given(st.text(alphabet="0123456789 mgxkd/-→.,()bdtse½", max_size=60))
def test_nothing_written_breaks_the_grammar(words: str) -> None:
    instruction = parse_dose(words, assume_daily=True, bare_from=0)
    assert 0 <= instruction.start <= len(words) and 0 <= instruction.end <= len(words)


@pytest.mark.parametrize("months", range(2, 13))
def test_months_are_the_same_days_as_in_dates(months: int) -> None:
    assert parse_dose(f"60 mg daily for {months} months").steps[0].duration_days == days_of(f"{months} months")
