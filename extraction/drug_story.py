"""Values that a letter tells as the reason why a drug was stopped: facts in, the same with these put into the past.

"Methotrexate 2019-2020: ALT went up to 640, stopped" is no result of today where the letter has another one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from extraction.reading import Reading
from extraction.result_words import pattern_of
from kb.facts import Fact, Quantity, Time


def of_past_drugs(reading: Reading, facts: list[Fact]) -> list[Fact]:
    """All facts; an undated value in the story of a stopped drug is historical if the letter gives a further one."""
    told = {number for number, fact in enumerate(facts) if _is_told_of_drug(reading, fact)}
    others = {
        fact.concept
        for number, fact in enumerate(facts)
        if number not in told and isinstance(fact.value, Quantity) and fact.temporality == "current"
    }
    return [
        _past(reading, fact) if number in told and fact.concept in others else fact for number, fact in enumerate(facts)
    ]


def _is_told_of_drug(reading: Reading, fact: Fact) -> bool:
    """Whether a value stands undated in a sentence on a drug that was stopped."""
    if fact.kind != "measurement" or not isinstance(fact.value, Quantity) or fact.time is not None:
        return False
    sentence = reading.sentences[reading.sentence_at(fact.start)]
    if not any(mention.kind == "drug" for mention in reading.mentions_in(sentence.start, sentence.end)):
        return False
    return pattern_of("drug_stopped").search(reading.normal[sentence.start : sentence.end]) is not None


def _past(reading: Reading, fact: Fact) -> Fact:
    latest = reading.letter_date.latest if reading.letter_date is not None else None
    time = None if latest is None else Time(None, latest - timedelta(days=1))
    return replace(fact, temporality="historical", time=time)
