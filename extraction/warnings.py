"""What a reader should know of a letter before trusting its facts: a Reading and its facts in, sentences out."""

from __future__ import annotations

from extraction.normalise import scan_errors
from extraction.reading import Reading
from kb.facts import Fact, Quantity

_ERRORS_OF_A_SCAN = 3


def warnings(reading: Reading, facts: list[Fact]) -> list[str]:
    """Warnings without a word of the letter's text, so that they may be shown anywhere."""
    return [*_other_people(facts), *_scan(reading), *_ages(facts)]


def _other_people(facts: list[Fact]) -> list[str]:
    family = sum(fact.experiencer == "family" for fact in facts)
    others = sum(fact.experiencer == "other" for fact in facts)
    found = []
    if family:
        found.append(f"relatives are described: {_count(family)} of theirs set aside")
    if others:
        found.append(f"another person is described: {_count(others)} of theirs set aside")
    return found


def _count(number: int) -> str:
    return "1 fact" if number == 1 else f"{number} facts"


def _scan(reading: Reading) -> list[str]:
    if reading.normal == reading.text or scan_errors(reading.text) < _ERRORS_OF_A_SCAN:
        return []
    return ["the text looks like a scan read by machine: hold the numbers against the original"]


def _ages(facts: list[Fact]) -> list[str]:
    """Two ages of the patient that cannot both be true today may be two people."""
    ages = [
        fact.value.interval
        for fact in facts
        if fact.concept == "age"
        and fact.experiencer == "patient"
        and fact.temporality == "current"
        and isinstance(fact.value, Quantity)
    ]
    lows = [age.low for age in ages if age.low is not None]
    highs = [age.high for age in ages if age.high is not None]
    if lows and highs and max(lows) >= min(highs):
        return ["two ages are given for the patient: is a second person described?"]
    return []
