"""What happened in a hospital stay, told without a day of its own, has the days of the stay."""

from __future__ import annotations

from datetime import date

import pytest

from extraction.conditions import read_conditions
from extraction.events import read_events
from kb.facts import Fact
from tests.extraction.reading import read

LETTER = date(2026, 3, 10)


def _condition(text: str, concept: str) -> Fact:
    return next(fact for fact in read_conditions(read(text, LETTER)) if fact.concept == concept)


@pytest.mark.parametrize(
    ("text", "concept", "first", "last"),
    [
        (
            "Admission 12/01/26 - 27/01/26. Found wandering. MRI normal.\nConclusion: psychosis due to lupus.",
            "lupus-psychosis",
            date(2026, 1, 12),
            date(2026, 1, 27),
        ),
        (
            "She was an inpatient from 20 January to 9 February 2026. The CSF was bland. A stroke was found.",
            "stroke",
            date(2026, 1, 20),
            date(2026, 2, 9),
        ),
        ("Admitted on 2 March 2026. On the ward she had a seizure.", "seizure", date(2026, 3, 2), LETTER),
        ("3 February 2026: collapsed at work. NSTEMI.", "myocardial-infarction", date(2026, 2, 3), date(2026, 2, 3)),
    ],
)
def test_an_event_has_the_days_of_its_stay(text: str, concept: str, first: date, last: date) -> None:
    time = _condition(text, concept).time
    assert time is not None and (time.earliest, time.latest) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "Admission 3-9 February 2026 for arthritis. Previously a seizure.",
        "Admission 3-9 February 2026 for arthritis.\n\nNeurology: seizure.",
        "Admission 3-9 February 2026 for arthritis. Rash in May 2025. Seizure.",
        "She lives by herself. Seizure.",
    ],
)
def test_another_time_or_part_is_not_the_stays(text: str) -> None:
    assert _condition(text, "seizure").time is None


def test_dialysis_of_a_stay_was_in_its_days() -> None:
    text = "Hospitalised from 2 to 20 January 2026. Oliguria on arrival. Dialysis was needed for nine days."
    fact = next(fact for fact in read_events(read(text, LETTER)) if fact.concept == "dialysis")
    assert fact.time is not None and fact.time.latest == date(2026, 1, 20)


@pytest.mark.parametrize("text", ["Dialysis was needed for nine days.", "She required dialysis for three weeks."])
def test_dialysis_told_in_the_past_is_over(text: str) -> None:
    fact = next(fact for fact in read_events(read(text, LETTER)) if fact.concept == "dialysis")
    assert fact.course is not None and fact.course.ongoing is False
