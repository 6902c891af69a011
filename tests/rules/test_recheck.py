"""The first day on which nothing that fails now still fails, when time alone brings it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kb.facts import Fact, Time
from kb.vocabulary import Vocabulary
from rules.decision import decide
from rules.findings import Finding, Situation
from rules.tests.base import Comparison, Outcome, Test
from tests.rules.probes import criterion, protocol

TODAY = date(2026, 6, 15)


class Window(Test):
    """An event within so many days; still going on where the fact says so."""

    event: str
    days: int

    def finding_id(self) -> str:
        return f"{self.event}.within"

    def find(self, situation: Situation) -> Finding | None:
        facts = situation.about(self.event)
        if not facts or situation.as_of is None:
            return None
        day = facts[0].time.latest if facts[0].time else None
        assert day is not None
        within = float((situation.as_of - day).days <= self.days)
        return Finding(
            self.finding_id(),
            within,
            within,
            "1",
            (facts[0].id,),
            clears_on=day + timedelta(self.days + 1),
            holds_open=facts[0].attributes.get("ongoing") == "yes",
        )

    def holds_when(self) -> Comparison:
        return Comparison("low", ">=", 1)

    def fails_when(self) -> Comparison:
        return Comparison("high", "<", 1)

    def sentence(self, finding: Finding | None, outcome: Outcome) -> str:
        return self.event

    def question(self) -> str:
        return self.event


def event(concept: str, days_ago: int, **attributes: str) -> Fact:
    when = Time.on(TODAY - timedelta(days_ago))
    return Fact(f"f-{concept}", "condition", concept, concept, 0, 0, 1, "x", time=when, attributes=attributes)


def recheck(*facts: Fact, as_of: date | None = TODAY) -> date | None:
    asked = protocol(
        [
            criterion("E8", Window(event="vaccine", days=28), exclusion=True, clears_with_time=True),
            criterion("E5", Window(event="infection", days=7), exclusion=True, clears_with_time=True),
            criterion("E10", Window(event="malignancy", days=36500), exclusion=True),
        ]
    )
    return decide(asked, Situation(facts, as_of, Vocabulary([]))).recheck_on


CASES = [
    ("nothing fails", (), None),
    ("one window", (event("vaccine", 10),), date(2026, 7, 4)),
    ("the later of two", (event("vaccine", 10), event("infection", 1)), date(2026, 7, 4)),
    ("the later of two, other way round", (event("vaccine", 27), event("infection", 0)), date(2026, 6, 23)),
    ("held open", (event("infection", 0, ongoing="yes"),), None),
    ("one of two held open", (event("vaccine", 10), event("infection", 0, ongoing="yes")), None),
    ("something that time does not clear", (event("vaccine", 10), event("malignancy", 900)), None),
]


@pytest.mark.parametrize(("case", "facts", "expected"), CASES)
def test_recheck_date(case: str, facts: tuple[Fact, ...], expected: date | None) -> None:
    assert recheck(*facts) == expected


def test_no_screening_date_no_recheck_date() -> None:
    assert recheck(event("vaccine", 10), as_of=None) is None


def test_the_day_before_it_still_fails_and_on_it_no_longer() -> None:
    first = recheck(event("vaccine", 10))
    assert first is not None
    asked = protocol([criterion("E8", Window(event="vaccine", days=28), exclusion=True, clears_with_time=True)])
    for day, verdict in ((first - timedelta(1), "ineligible"), (first, "potentially_eligible")):
        assert decide(asked, Situation((event("vaccine", 10),), day, Vocabulary([]))).verdict == verdict
