from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.date_orders import date_order
from extraction.durations import days_of
from extraction.timing import find_times
from kb.facts import Time
from tests.extraction.reading import LETTER_DATE

LETTER = Time.on(LETTER_DATE)


def found(text: str, order: str = "day first") -> list[tuple[str, str, str, str]]:
    return [
        (
            text[time.start : time.end],
            time.role,
            str(time.time and time.time.earliest),
            str(time.time and time.time.latest),
        )
        for time in find_times(text, LETTER, order)  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(
    ("text", "role", "earliest", "latest"),
    [
        ("15/06/2026", "point", "2026-06-15", "2026-06-15"),
        ("2026-06-15", "point", "2026-06-15", "2026-06-15"),
        ("15.6.26", "point", "2026-06-15", "2026-06-15"),
        ("15th of June 2026", "point", "2026-06-15", "2026-06-15"),
        ("June 15, 2026", "point", "2026-06-15", "2026-06-15"),
        ("15JUN2026", "point", "2026-06-15", "2026-06-15"),
        ("2026年6月15日", "point", "2026-06-15", "2026-06-15"),
        ("March 2026", "point", "2026-03-01", "2026-03-31"),
        ("03/2026", "point", "2026-03-01", "2026-03-31"),
        ("in March", "point", "2026-03-01", "2026-03-31"),
        ("in November", "point", "2025-11-01", "2025-11-30"),
        ("on 2 March", "point", "2026-03-02", "2026-03-02"),
        ("in 2019", "point", "2019-01-01", "2019-12-31"),
        ("early 2020", "point", "2020-01-01", "2020-07-01"),
        ("summer 2024", "point", "2024-06-01", "2024-09-30"),
        ("since March 2026", "start", "2026-03-01", "2026-03-31"),
        ("until 3/5/2026", "end", "2026-05-03", "2026-05-03"),
        ("from 10 Jan 2026 to 2 May 2026", "span", "2026-01-10", "2026-05-02"),
        ("2015-2019", "span", "2015-01-01", "2019-12-31"),
        ("January, February, March and April 2025", "span", "2025-01-01", "2025-04-30"),
        ("January to March 2025", "span", "2025-01-01", "2025-03-31"),
        ("12-21 March 2026", "span", "2026-03-12", "2026-03-21"),
        ("3 to 10 June", "span", "2026-06-03", "2026-06-10"),
        ("methylprednisolone 1 g x3 13-15/01", "span", "2026-01-13", "2026-01-15"),
        ("dialysed 13, 15 and 17/11/25", "span", "2025-11-13", "2025-11-17"),
        ("750 mg 16/01 and no more", "point", "2026-01-16", "2026-01-16"),
        ("2026-02-28 to 03-06", "span", "2026-02-28", "2026-03-06"),
        ("14/03/2026-20/03/2026", "span", "2026-03-14", "2026-03-20"),
        ("2023-4", "span", "2023-01-01", "2024-12-31"),
        ("in June 2026", "point", "2026-06-01", "2026-06-15"),
        ("in 2026", "point", "2026-01-01", "2026-06-15"),
        ("3 days ago", "point", "2026-06-12", "2026-06-12"),
        ("3/52 ago", "point", "2026-05-22", "2026-05-28"),
        ("a result 5 days old", "point", "2026-06-10", "2026-06-10"),
        ("yesterday", "point", "2026-06-14", "2026-06-14"),
        ("last month", "point", "2026-05-01", "2026-05-31"),
        ("in the last 3 months", "lookback", "2026-03-15", "2026-06-15"),
        ("in the past year", "lookback", "2025-06-15", "2026-06-15"),
        ("over the last month", "lookback", "2026-05-15", "2026-06-15"),
        ("recently", "lookback", "2026-04-16", "2026-06-15"),
        ("since 2 weeks", "start", "2026-05-29", "2026-06-04"),
    ],
)
def test_times_are_intervals_of_days(text: str, role: str, earliest: str, latest: str) -> None:
    assert [time[1:] for time in found(text)] == [(role, earliest, latest)]


@pytest.mark.parametrize("text", ["5 mg", "10-20 mg", "BP 120/80", "C3 0.5", "may consider", "2000 mg", "power 4/5"])
def test_numbers_are_not_dates(text: str) -> None:
    assert found(text) == []


def test_a_date_in_two_readings_is_both() -> None:
    assert found("03/04/2026", "not known") == [("03/04/2026", "point", "2026-03-04", "2026-04-03")]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("seen 25/03/2026, then 03/04/2026", "day first"),
        ("seen 03/25/2026, then 03/04/2026", "month first"),
        ("haematology, 03/04/2026", "day first"),
        ("hematology, 03/04/2026", "month first"),
        ("03/04/2026", "not known"),
    ],
)
def test_the_letter_tells_the_order_of_its_dates(text: str, order: str) -> None:
    assert date_order(text) == order


def test_a_day_behind_a_named_year_may_lie_in_either() -> None:
    (_, _, earliest, latest) = found("In 2024 she was admitted, on 3 March she had a seizure")[-1]
    assert (earliest, latest) == ("2024-03-03", "2026-03-03")


@pytest.mark.parametrize(
    ("text", "low", "high"), [("6/52", 42, 42), ("two weeks", 14, 14), ("3 months", 90, 93), ("10 days", 10, 10)]
)
def test_durations_are_days(text: str, low: float, high: float) -> None:
    days = days_of(text)
    assert days is not None
    assert (days.low, days.high) == (low, high)


@given(
    st.dates(date(1990, 1, 1), LETTER_DATE),
    st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%d.%m.%Y", "%B %d, %Y", "%d-%b-%Y"]),
)
def test_a_date_reads_back_in_every_form(day: date, form: str) -> None:
    assert [time[2:] for time in found(f"on {day.strftime(form)} she")] == [(str(day), str(day))]


@given(st.text(alphabet="0123456789/-. abcdefmonthsjuly", max_size=60))
def test_expressions_are_in_order_and_do_not_overlap(text: str) -> None:
    spans = [(time.start, time.end) for time in find_times(text, LETTER, "not known")]
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_without_a_letter_date_relative_times_stay_open() -> None:
    (ago,) = find_times("3 weeks ago", None, "day first")
    assert ago.time is not None and ago.time.earliest is None and ago.time.latest is None


@pytest.mark.parametrize("text", ["cellulitis in the last week of April", "in the last month of her pregnancy"])
def test_the_last_week_of_something_is_not_the_week_before_the_letter(text: str) -> None:
    assert not [time for time in find_times(text, LETTER, "not known") if time.role == "lookback"]
