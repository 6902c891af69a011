from datetime import date

import pytest

from extraction.normalise import normalise
from extraction.timing import find_times
from kb.facts import Time
from tests.extraction.reading import facts

LETTER = Time.on(date(2026, 3, 10))  # a Tuesday


def day(written: str) -> date:
    return date.fromisoformat(written)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("seen yesterday evening", "2026-03-09", "2026-03-09"),
        ("finished last Tuesday", "2026-03-03", "2026-03-03"),
        ("Thursday's bloods", "2026-03-05", "2026-03-05"),
        ("finished on Thursday last", "2026-03-05", "2026-03-05"),
        ("finished a week last Tuesday", "2026-02-24", "2026-02-24"),
        ("finished a week ago last Friday", "2026-02-27", "2026-02-27"),
        ("given on the 3rd inst.", "2026-03-03", "2026-03-03"),
        ("given on the 3rd of this month", "2026-03-03", "2026-03-03"),
        ("given on the 20th ult.", "2026-02-20", "2026-02-20"),
        ("given on the 20th of last month", "2026-02-20", "2026-02-20"),
        ("stopped on the 27th", "2026-02-27", "2026-02-27"),
        ("In July of last year", "2025-07-01", "2025-07-31"),
        ("in February of this year", "2026-02-01", "2026-02-28"),
        ("last year, in February", "2025-02-01", "2025-02-28"),
        ("5 November last year", "2025-11-05", "2025-11-05"),
        ("in the last week of February", "2026-02-22", "2026-02-28"),
        ("the first week of February 2025", "2025-02-01", "2025-02-07"),
        ("at the end of last month", "2026-02-14", "2026-02-28"),
        ("late last year", "2025-07-02", "2025-12-31"),
        ("the month before last", "2026-01-01", "2026-01-31"),
        ("the year before last", "2024-01-01", "2024-12-31"),
        ("exactly 28 days ago", "2026-02-10", "2026-02-10"),
        ("two weeks ago today", "2026-02-24", "2026-02-24"),
        ("at Christmas", "2025-12-22", "2025-12-29"),
        ("February 20-27", "2026-02-20", "2026-02-27"),
        ("20/2-2/3/2026", "2026-02-20", "2026-03-02"),
        ("20.02.-02.03.2026", "2026-02-20", "2026-03-02"),
        ("20.-27.02.2026", "2026-02-20", "2026-02-27"),
        ("the 24th, 25th and 26th of February 2026", "2026-02-24", "2026-02-26"),
        ("in the six months before this letter", "2025-09-10", "2026-03-10"),
        ("in the month before this referral", "2026-02-10", "2026-03-10"),
        ("in the preceding quarter", "2025-12-10", "2026-03-10"),
        ("on the l4.02.2O26", "2026-02-14", "2026-02-14"),
        ("on 14-II-2026", "2026-02-14", "2026-02-14"),
        ("finished on the fourteenth of February", "2026-02-14", "2026-02-14"),
        ("on February the fourteenth, twenty twenty-five", "2025-02-14", "2025-02-14"),
        ("on the twenty-first of May two thousand and nineteen", "2019-05-21", "2019-05-21"),
        ("one hundred and ten days ago", "2025-11-20", "2025-11-20"),
        ("twenty-one days ago", "2026-02-17", "2026-02-17"),
        ("on 2026-Feb-14", "2026-02-14", "2026-02-14"),
    ],
)
def test_a_time_without_a_calendar_date(text: str, earliest: str, latest: str) -> None:

    found = [one.time for one in find_times(normalise(text), LETTER, "day first")]
    assert [(time.earliest, time.latest) for time in found if time] == [(day(earliest), day(latest))]


@pytest.mark.parametrize(
    "text",
    [
        "methotrexate every week on Monday",
        "she will be seen on Friday",
        "weight on the 3rd centile",
        "on the 3rd day of treatment",
        "seen on Friday week",
        "methotrexate on Mondays",
        "we first may have to stop it",
    ],
)
def test_what_is_planned_or_no_day_at_all_is_no_time(text: str) -> None:
    assert not [one for one in find_times(text, LETTER, "day first") if one.role == "point"]


def test_a_day_behind_a_named_date_follows_it() -> None:
    found = find_times("ceftriaxone from 12 January, stopped on the 27th", LETTER, "day first")
    assert found[-1].time is not None and found[-1].time.earliest == date(2026, 1, 27)


@pytest.mark.parametrize(
    ("text", "concept", "earliest"),
    [
        ("Virology is from April 2025: HBsAg neg, HBcAb neg.", "hbsag", "2025-04-01"),
        ("HBsAg and anti-HBc negative from December 2024.", "anti-hbc", "2024-12-01"),
        ("SLEDAI-2K 12 in the first week of November.", "sledai-2k", "2025-11-01"),
        ("From 2025 on she held at 12.5 mg; so it is: SLEDAI-2K was 10 on 15th February.", "sledai-2k", "2026-02-15"),
        ("Last echo from August 2025: LVEF 60%.", "lvef", "2025-08-01"),
    ],
)
def test_a_result_has_the_day_told_of_it(text: str, concept: str, earliest: str) -> None:
    found = [fact for fact in facts(text, LETTER.latest) if fact.concept == concept]
    assert [fact.time.earliest for fact in found if fact.time] == [day(earliest)]


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("Her little boy had his MMR last Tuesday.", "family"),
        ("Her toddler was given MMR on 2 March.", "family"),
        ("She was given MMR on 2 March.", "patient"),
        ("The boy was given MMR on 2 March.", "patient"),
    ],
)
def test_what_a_child_of_hers_had_is_the_child_s(text: str, whose: str) -> None:
    assert [fact.experiencer for fact in facts(text) if fact.concept == "mmr-vaccine"] == [whose]


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("By 8 December she could not stand. She was admitted on the 10th", "2025-12-10", "2025-12-10"),
        ("In January she was ill, and left us on the 25th", "2026-01-25", "2026-01-25"),
        ("her January admission (19th to 30th, for psychosis)", "2026-01-19", "2026-01-30"),
        ("adm 26/1 with vasculitis", "2026-01-26", "2026-01-26"),
        ("cyclophosphamide #1 31/1", "2026-01-31", "2026-01-31"),
        ("one infusion was given on 16.02.", "2026-02-16", "2026-02-16"),
        ("2025-12-10 letter; intubated 12-15", "2025-12-15", "2025-12-15"),
    ],
)
def test_days_in_shorthand_and_of_a_month_named_before(text: str, earliest: str, latest: str) -> None:
    found = find_times(normalise(f"{text} and so on."), LETTER, "day first")[-1]
    assert found.time is not None
    assert (found.time.earliest, found.time.latest) == (day(earliest), day(latest))


@pytest.mark.parametrize("text", ["adm 5/7 for pain", "pulses 3/7", "INR of 2.03.", "She is on 7.5. HCQ", "aged 12-17"])
def test_numbers_that_are_no_days(text: str) -> None:
    assert not find_times(normalise(f"{text} and so on."), LETTER, "day first")
