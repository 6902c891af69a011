"""Values that a letter tells as the reason why a drug was stopped: facts in, the same with these put into the past.

"Methotrexate 2019-2020: ALT went up to 640, stopped" is no result of today.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from extraction.reading import Reading
from extraction.result_words import pattern_of
from kb.facts import Fact, Quantity, Time
from kb.patterns import compiled

_BEFORE = compiled(
    r"\s*(?:points?|pts)?[\s,(]*(?:before|prior to|until|at the (?:start|beginning) of|"
    r"when (?:we|she|he) (?:began|started)|"
    r"pre-?)\s*(?:(?:the|her|his|we|she|he|gave|had|got|starting|started|beginning|began|first|start of|"
    r"introduction of|"
    r"addition of|adding|giving)\s+)*",
    re.IGNORECASE,
)

_IS_NOW = compiled(r"\b(?:is|are|now|currently|today|remains|at present|still)\b", re.IGNORECASE)


def of_past_drugs(reading: Reading, facts: list[Fact]) -> list[Fact]:
    """All facts; an undated value in the story of a stopped drug is historical if the letter gives a further one."""
    told = {number for number, fact in enumerate(facts) if _is_told_of_drug(reading, fact)}
    others = {
        fact.concept
        for number, fact in enumerate(facts)
        if number not in told and isinstance(fact.value, Quantity) and fact.temporality == "current"
    }
    return [
        _dated(reading, fact)
        if number in told and fact.concept not in others
        else _past(reading, fact)
        if number in told or _is_before_drug(reading, fact)
        else fact
        for number, fact in enumerate(facts)
    ]


def _dated(reading: Reading, fact: Fact) -> Fact:
    """The value at the one time of its sentence, when the drug was stopped: "stopped in 2024 when it hit 510"."""
    sentence = reading.sentences[reading.sentence_at(fact.start)]
    told = {one.time for one in reading.times_in(sentence.start, sentence.end) if one.role in ("point", "end", "span")}
    if len(told) != 1 or _IS_NOW.search(reading.normal, sentence.start, sentence.end) or not _is_reason(reading, fact):
        return fact
    return replace(fact, time=told.pop())


def _is_reason(reading: Reading, fact: Fact) -> bool:
    """Whether words of a reason lead to a value, or it is the only test of its sentence."""
    sentence = reading.sentences[reading.sentence_at(fact.start)]
    tests = [one for one in reading.mentions_in(sentence.start, sentence.end) if one.kind in ("lab", "score")]
    return len(tests) == 1 or _REASON.search(reading.normal, sentence.start, fact.start) is not None


_REASON = compiled(
    r"\b(?:because(?: of)?|for|with|when|as|after|owing to|due to|on account of|since|in view of|over)\s+"
    r"(?:(?:an?|the|her|his|its)\s+)?$",
    re.IGNORECASE,
)


def _is_before_drug(reading: Reading, fact: Fact) -> bool:
    """ "A SLEDAI of 15 before belimumab": a score without a day that was taken before a drug came."""
    if fact.kind != "score" or not isinstance(fact.value, Quantity) or fact.time is not None:
        return False
    before = _BEFORE.match(reading.normal, fact.end)
    return before is not None and any(
        one.kind == "drug" and one.start == before.end() and one.temporality != "planned"
        for one in reading.mentions_in(before.end(), before.end() + 1)
    )


def _is_told_of_drug(reading: Reading, fact: Fact) -> bool:
    """Whether a value stands undated in a sentence, or one behind it in the line, on a drug that was stopped."""
    if fact.kind != "measurement" or not isinstance(fact.value, Quantity) or fact.time is not None:
        return False
    sentence = reading.sentences[reading.sentence_at(fact.start)]
    if not any(mention.kind == "drug" for mention in reading.mentions_in(_story(reading, fact), sentence.end)):
        return False
    if pattern_of("drug_stopped").search(reading.normal[sentence.start : sentence.end]) is not None:
        return True
    return _is_of_long_past_drug(reading, fact, sentence.start)


def _is_of_long_past_drug(reading: Reading, fact: Fact, start: int) -> bool:
    """ "Methotrexate 2014: toxic hepatitis, ALT 900": the time nearest before the value is a drug's, and long over."""
    today = reading.letter_date.earliest if reading.letter_date else None
    times = [one for one in reading.times_in(start, fact.start) if one.role != "duration"]
    if today is None or not times or _IS_NOW.search(reading.normal, times[-1].end, fact.end + _NEAR):
        return False
    last = times[-1]
    over = last.end_time or last.time
    if last.role not in ("point", "end", "span") or over is None or over.latest is None:
        return False
    drugs = [one for one in reading.mentions_in(start, last.start) if one.kind == "drug"]
    near = bool(drugs) and _ITS_TIME.fullmatch(reading.normal, drugs[-1].end, last.start) is not None
    return near and today - over.latest > _LONG


_NEAR = 16  # characters behind the value
_ITS_TIME = compiled(
    r"(?:(?!\b(?:start|beg[au]n|since))[^.;:,\n]){0,30}[(:,]?\s*(?:\b(?:in|from|until|till|during|up to)\s+)?",
    re.IGNORECASE,
)
_LONG = timedelta(days=183)


def _story(reading: Reading, fact: Fact) -> int:
    """Where the story begins in which a value stands: with its sentence, or the one before it in the line."""
    number = reading.sentence_at(fact.start)
    start, above = reading.sentences[number].start, reading.sentences[max(number - 1, 0)].start
    return start if "\n" in reading.normal[above:start].strip() else above


def _past(reading: Reading, fact: Fact) -> Fact:
    """The value as one of the time of the story: not after the last date in it, nor on the letter's own day."""
    end = reading.sentences[reading.sentence_at(fact.start)].end
    told = [one.time.latest for one in reading.times_in(_story(reading, fact), end) if one.time and one.time.latest]
    letter = (
        [reading.letter_date.latest - timedelta(days=1)] if reading.letter_date and reading.letter_date.latest else []
    )
    latest = min([max(told), *letter]) if told else next(iter(letter), None)
    return replace(fact, temporality="historical", time=None if latest is None else Time(None, latest))
