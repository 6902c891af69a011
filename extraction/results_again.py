"""Values of a test told again without its name: the facts read so far in, the same with the newer values out.

"ALT was 640 in September. It was 29 U/L on 20 February", "a GFR of 12 in November; with cyclophosphamide it came back
to 58 mL/min": "it" is the one measured test told before, and the later day makes the older value one of the past.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from extraction.knowledge import cues
from extraction.named_result import read_result
from extraction.reading import Reading
from extraction.result_facts import fact_of_test
from extraction.result_times import time_of
from extraction.result_words import Page, alternatives
from extraction.results import Result
from kb.facts import Coded, Fact, Quantity, Time
from kb.patterns import compiled
from kb.units import canonical_unit
from kb.vocabulary import Lab, vocabulary

_REACH = 70  # characters from "it" to its value
_SENTENCES_BACK = 2


def with_values_again(reading: Reading, page: Page, facts: Sequence[Fact]) -> list[Fact]:
    """The facts with those told again, each older value of theirs put before them."""
    found = list(_with_normal_again(reading, facts))
    pointing = compiled(rf"\b{alternatives(cues('measurements')['again']['subjects'])}(?=[\s,:])", re.IGNORECASE)
    for match in pointing.finditer(reading.normal):
        told = _told(reading, page, found, match.end(), match.start())
        if told is None:
            continue
        concept, result, before = told
        time = time_of(reading, result.start, result.end)
        newer = _is_present(reading, match.end(), result.start)
        if time is None and not newer:
            continue  # "it was 31": of which day?
        fact = fact_of_test(reading, concept, result.start, result.end, value=result.value, time=time)
        found = [_ordered(reading, one, fact, newer=newer) if one in before else one for one in found]
        found.append(fact)
    return found


@functools.cache
def _normal_again() -> re.Pattern[str]:
    return compiled(
        rf"\b(?:it|this|the value|the level)\s+(?:(?:has|had|is|was|then|since|soon|completely|fully|been|gone|come|"
        rf"became|turned|went|came)\s+)*{alternatives(cues('measurements')['again']['normal'])}",
        re.IGNORECASE,
    )


def _with_normal_again(reading: Reading, facts: Sequence[Fact]) -> Iterator[Fact]:
    """The facts, a normal value behind the one that "has been normal since"; only a test alone in its sentences."""
    again = list(_normal_again().finditer(reading.normal))
    for fact in facts:
        back = next((one for one in again if _is_of(reading, fact, one)), None)
        if back is None:
            yield fact
            continue
        letter = None if reading.letter_date is None else reading.letter_date.earliest
        before = None if letter is None else Time(None, letter - timedelta(days=1))
        yield replace(fact, temporality="historical", time=fact.time or before)
        start, end = back.span()
        value = Coded("normal", reading.text[start:end])
        yield fact_of_test(reading, fact.concept, start, end, value=value, time=time_of(reading, start, end))


def _is_of(reading: Reading, fact: Fact, again: re.Match[str]) -> bool:
    """Whether a return to normal is that of this value: no other test and no procedure is named from there on."""
    begin = _told_from(reading, reading.sentence_at(again.start()))
    if not begin <= fact.start < again.start() or not _is_measured(fact):
        return False
    between = reading.mentions_in(fact.end, again.start())
    return not any(one.kind in ("lab", "score", "procedure") for one in between)


def _told(
    reading: Reading, page: Page, facts: Sequence[Fact], at: int, start: int
) -> tuple[str, Result, list[Fact]] | None:
    """The one test of the sentence or the one before of which "it" has a value, that value and its older ones."""
    sentence = reading.sentence_at(start)
    if any(one.kind in ("lab", "score") for one in reading.mentions_in(reading.sentences[sentence].start, start)):
        begin = reading.sentences[sentence].start
    else:
        begin = _told_from(reading, sentence)
    limit = min(reading.sentences[sentence].end, at + _REACH)
    before = [one for one in facts if begin <= one.start and one.end <= start and _is_measured(one)]
    read = {}
    for concept in dict.fromkeys(one.concept for one in before):
        result = read_result(page, concept, at, limit)
        if result is not None and isinstance(result.value, Quantity) and result.written is not None:
            read[concept] = result
    if len(read) != 1:
        return None
    concept, result = next(iter(read.items()))
    if any(one.kind in ("lab", "score") for one in reading.mentions_in(at, result.start)):
        return None
    if any(one.start < result.end and result.start < one.end for one in facts) or _is_of_another(page, result):
        return None
    return concept, result, [one for one in before if one.concept == concept]


def _told_from(reading: Reading, sentence: int) -> int:
    """Where the sentence before begins, or the one before that where the first names no test and no number."""
    begin = reading.sentences[sentence].start
    for number in range(sentence - 1, max(-1, sentence - 1 - _SENTENCES_BACK), -1):
        if reading.is_parted(number):
            break
        begin, end = reading.sentences[number].start, reading.sentences[number].end
        tests = any(one.kind in ("lab", "score") for one in reading.mentions_in(begin, end))
        if tests or re.search(r"\d", reading.normal[begin:end]):
            break
    return begin


def _is_measured(fact: Fact) -> bool:
    mine = fact.kind == "measurement" and fact.experiencer == "patient" and fact.assertion == "present"
    return mine and isinstance(fact.value, Quantity) and canonical_unit(fact.concept) is not None and _is_lab(fact)


def _is_lab(fact: Fact) -> bool:
    return isinstance(vocabulary().terms.get(fact.concept), Lab)


def _is_of_another(page: Page, result: Result) -> bool:
    """Whether a value without a unit goes on as something else: "it was 5 to 6 weeks later"."""
    if result.written is None or result.written.unit is not None:
        return False
    behind = page.normal[result.end : result.end + 12]
    return re.match(r"\s*(?:[.,;()]|$|(?:on|in|at|by|and|but|now|today|when|with|yesterday|last)\b)", behind) is None


def _is_present(reading: Reading, start: int, end: int) -> bool:
    words = alternatives(cues("measurements")["again"]["present"])
    return compiled(rf"\b{words}\b", re.IGNORECASE).search(reading.normal, start, end) is not None


def _ordered(reading: Reading, older: Fact, fact: Fact, *, newer: bool) -> Fact:
    """The value told before, as one of the past where the other one is surely newer."""
    letter = None if reading.letter_date is None else reading.letter_date.earliest
    day = fact.time.earliest if fact.time is not None else letter
    if older.time is not None or day is None:
        return older
    days = list(_days_of(reading, older))
    later = bool(days) and all(one < day for one in days)
    return (
        replace(older, temporality="historical", time=Time(None, day - timedelta(days=1))) if newer or later else older
    )


def _days_of(reading: Reading, fact: Fact) -> Iterator[date]:
    """The last day of every time told in the sentence of a value."""
    sentence = reading.sentences[reading.sentence_at(fact.start)]
    for time in reading.times_in(sentence.start, sentence.end):
        if time.role in ("point", "start", "end", "span") and time.time is not None and time.time.latest is not None:
            yield time.time.latest
