"""What a test may ask beyond its plain form: facts of a letter of 15 June 2026 in, what comes of the test out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from kb.facts import Time
from kb.vocabulary import vocabulary
from rules.case_facts import read_facts
from rules.findings import Situation
from rules.language import parse_node
from rules.scoring import met
from rules.tests.base import Test

TODAY = date(2026, 6, 15)
LISTED = {"failures": ["mycophenolate", "belimumab"], "at_least": 2, "for": "90 days"}
MYOSITIS = {"result": "myositis-specific-antibody", "reads": "positive", "positive": "ever", "negative_by_name": True}
SEVERE = {
    "intolerances": ["fludarabine"],
    "at_least": 1,
    "having": {"reason_severity": {"is": ["severe"]}},
    "denied_as": ["allergy"],
}
FOR_EPILEPSY = {"exposure": "anticonvulsant", "having": {"indication": {"is": ["epilepsy"], "is_not": ["migraine"]}}}
ANY_TITRE = {"measurement": "ana", "at_least": "80 titre", "newest": False}
ABOVE = {"measurement": "anti-dsdna", "above": "1 x ULN", "stated_as": ["positive"], "not_when": ["negative"]}
YEARS = {"duration": ["systemic-sclerosis"], "signs": ["puffy-fingers"], "at_most": "7 years"}
CLINICAL = {"score": "sledai-2k", "at_least": "8 points", "computed_from": "sledai-2k"}
TO_75 = {"age": "at the screening date", "at_most": "75 years"}


def outcome(test: Mapping[str, Any], *told: Mapping[str, Any]) -> str:
    terms = vocabulary()
    node = parse_node(test)
    assert isinstance(node, Test)
    finding = node.find(Situation(read_facts(told, terms), TODAY, terms, (Time.on(TODAY),)))
    if finding is None:
        return "silent"
    found = "holds" if met(node.holds_when(), finding) else "fails" if met(node.fails_when(), finding) else "open"
    assert node.sentence(finding, found)  # type: ignore[arg-type]
    return found


def failed(drug: str, days: int | None) -> dict[str, Any]:
    return {drug: "past", "stopped for": "inefficacy"} | ({} if days is None else {"for": f"{days} days"})


@pytest.mark.parametrize(
    ("test", "told", "expected"),
    [
        (LISTED, [failed("mycophenolate", 90), failed("belimumab", 90)], "holds"),
        (LISTED, [failed("mycophenolate", 90), failed("belimumab", 89)], "fails"),
        (LISTED, [failed("mycophenolate", 90), failed("belimumab", None)], "open"),
        (LISTED, [failed("mycophenolate", 90), failed("belimumab", 30), failed("belimumab", 200)], "holds"),
        (MYOSITIS, [{"anti-jo1": "negative"}], "open"),
        (MYOSITIS, [{"myositis-specific-antibody": "negative"}], "fails"),
        (MYOSITIS, [{"anti-jo1": "negative"}, {"anti-mi2": "positive"}], "holds"),
        (SEVERE, [{"fludarabine": "allergy", "reason_severity": "severe"}], "holds"),
        (SEVERE, [{"fludarabine": "allergy"}], "open"),
        (SEVERE, [{"allergy": "absent"}], "fails"),
        (FOR_EPILEPSY, [{"valproate": "current", "indication": "epilepsy"}], "holds"),
        (FOR_EPILEPSY, [{"valproate": "current"}], "open"),
        (FOR_EPILEPSY, [{"valproate": "current", "indication": "migraine"}], "silent"),
        (ANY_TITRE, [{"ana": "640 titre", "dated": "2015"}, {"ana": "40 titre"}], "holds"),
        (ANY_TITRE, [{"ana": "40 titre"}], "open"),
        (ABOVE, [{"anti-dsdna": "positive"}], "holds"),
        (ABOVE, [{"anti-dsdna": "negative"}], "fails"),
        (ABOVE, [{"anti-dsdna": "1 x ULN"}], "fails"),
        (YEARS, [{"puffy-fingers": "present", "from": "2019-06-15"}], "holds"),
        (YEARS, [{"puffy-fingers": "present", "from": "2019-06-14"}], "fails"),
        (YEARS, [{"systemic-sclerosis": "present", "dated": "2024"}], "open"),
        (YEARS, [{"systemic-sclerosis": "present", "dated": "2015"}], "fails"),
        (CLINICAL, [{"clinical-sledai": "8 points"}], "holds"),
        (CLINICAL, [{"clinical-sledai": "7 points"}], "open"),
        (CLINICAL, [{"clinical-sledai": "3 points"}], "fails"),
        (CLINICAL, [{"clinical-sledai": "9 points"}, {"sledai-2k": "7 points"}], "fails"),
        (CLINICAL | {"without": ["alopecia"]}, [{"sledai-2k": "9 points"}, {"alopecia": "present"}], "fails"),
        (CLINICAL | {"without": ["fever"]}, [{"sledai-2k": "8 points"}, {"lupus-headache": "present"}], "holds"),
        (TO_75, [{"age": "75.9 years"}], "holds"),
        (TO_75, [{"birth-date": "1950-06-16"}], "holds"),
        (TO_75, [{"birth-date": "1950-06-15"}], "fails"),
        (TO_75, [{"birth-date": "1951"}], "holds"),
    ],
)
def test_what_comes_of_it(test: Mapping[str, Any], told: list[Mapping[str, Any]], expected: str) -> None:
    assert outcome(test, *told) == expected


def test_of_a_concept_listed_twice_the_entry_that_says_most_counts() -> None:
    either = [
        {"copd": {"severity": {"is": ["severe"], "untold": "does not count", "otherwise": "does not count"}}},
        {"copd": {"course": {"is": ["progressive"], "untold": "does not count", "otherwise": "does not count"}}},
    ]
    test = {"judgement": "severe or progressive disease", "raised_by": either}
    assert outcome(test, {"copd": "present", "course": "progressive"}) == "open"
    assert outcome(test, {"copd": "present", "severity": "mild"}) == "silent"
