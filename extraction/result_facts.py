"""One result of one test as a fact: its name, value, time and place in a course in, measurement or score facts out.

A blood pressure makes two facts; the words around say whether the value is of now or of the past, whose it is, and
whether a denial turns it. A name without result is a fact too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from extraction.diagnosed_viruses import diagnosed
from extraction.knowledge import cues
from extraction.named_tests import Named
from extraction.reading import Mention, Reading
from extraction.result_courses import leads_on
from extraction.result_times import time_of
from extraction.result_words import Page, pattern_of
from extraction.results import Result
from extraction.special_results import attributes_of
from kb.facts import Coded, Experiencer, Fact, Interval, Quantity, Temporality, Time
from kb.patterns import compiled
from kb.vocabulary import Lab, vocabulary

_VITALS_HEAD = compiled(
    r"^\W*(?:vs|vitals?|vital signs|obs|observations|o/e|on examination|exam(?:ination)?)\b", re.IGNORECASE
)
Place = Literal["only", "older", "newest"]


def facts_of_result(
    reading: Reading, page: Page, named: Named, result: Result, time: Time | None, place: Place
) -> Iterator[Fact]:
    """The facts of a result: two of a blood pressure, else one of the test, and one of what only its name says."""
    mention = named.mention
    start, end = min(mention.start, result.start), max(mention.end, result.end)
    if (
        "(" in reading.normal[start:end]
        and ")" not in reading.normal[start:end]
        and reading.normal[end : end + 1] == ")"
    ):
        end += 1
    temporality = _temporality(reading, page, mention, result, place)
    shared: dict[str, Any] = {
        "experiencer": _experiencer(reading, mention),
        "temporality": temporality,
        "time": time,
        "assertion": "possible" if mention.assertion == "possible" and not is_open(result) else "present",
    }
    if (
        isinstance(result.value, Quantity)
        and named.concept in ("blood-pressure", "systolic-bp")
        and result.reference is None
    ):
        pair = _pressures(result)
        if pair is not None:
            for side, pressure in zip(("systolic-bp", "diastolic-bp"), pair, strict=True):
                yield fact_of_test(reading, side, start, end, value=pressure, **shared)
            return
    concept = (
        "systolic-bp" if named.concept == "blood-pressure" and isinstance(result.value, Quantity) else named.concept
    )
    value = None if result.is_overtaken else _asserted(reading, mention, result)
    if named.concept == "hiv-antibody" and isinstance(value, Coded) and value.code == "undetected":
        concept = "hiv-rna"  # an antibody is not "undetectable", a virus under treatment is
        yield from facts_of_name(reading, named, diagnosed(reading, mention, named.concept))
    if isinstance(value, Coded) and re.search(cues("measurements")["told_of_antibody"], value.written, re.IGNORECASE):
        concept = cues("measurements")["antibody_of"].get(concept, concept)
    if isinstance(value, Coded) and value.code in ("normal", "abnormal", "low", "high"):
        concept = cues("measurements")["in_words"].get(concept, concept)
    attributes = attributes_of(page, concept, mention, result, reading.sentences[mention.sentence].end)
    yield fact_of_test(
        reading, concept, start, end, value=value, reference=result.reference, attributes=attributes, **shared
    )


def is_open(result: Result) -> bool:
    """Whether no result is told yet, or none was found."""
    return isinstance(result.value, Coded) and result.value.code in ("pending", "not_done")


def _temporality(reading: Reading, page: Page, mention: Mention, result: Result, place: Place) -> Temporality:
    if place == "newest":
        return "current"
    if place == "older" or _in_the_past(page, mention, result):
        return "historical"
    if mention.temporality == "historical" and result.start >= mention.end:
        sentence = reading.sentences[mention.sentence]
        told = reading.normal[sentence.start : result.start]
        if not pattern_of("past_words").search(told) and pattern_of("past_words").search(
            reading.normal[result.end : sentence.end]
        ):
            return "current"
    if result.start > mention.end and pattern_of("now_words").search(page.normal[mention.end : result.start]):
        return "current"
    return "current" if _is_present_sign(reading, mention) else mention.temporality


def _is_present_sign(reading: Reading, mention: Mention) -> bool:
    """A vital sign below the heading of a past history is of today unless its sentence says otherwise."""
    term = vocabulary().terms[mention.concept]
    sentence = reading.sentences[mention.sentence]
    told = reading.normal[sentence.start : sentence.end]
    return (
        isinstance(term, Lab)
        and term.panel == "vitals"
        and pattern_of("past_words").search(told) is None
        and re.search(r"\b(?:19|20)\d\d\b|\b(?:was|were|had)\b", told) is None
    )


def _experiencer(reading: Reading, mention: Mention) -> Experiencer:
    """Whose result it is: a vital sign that opens its line is the patient's, whatever family the line above told of."""
    term = vocabulary().terms[mention.concept]
    line = reading.normal.rfind("\n", 0, mention.start) + 1
    before = _VITALS_HEAD.sub("", reading.normal[line : mention.start])
    told = [one for one in reading.mentions_in(line, mention.start) if one.kind != "lab"]
    opens = not compiled(r"\w").search(before) or (before != reading.normal[line : mention.start] and not told)
    return "patient" if opens and isinstance(term, Lab) and term.panel == "vitals" else mention.experiencer


def fact_of_test(reading: Reading, concept: str, start: int, end: int, **more: Any) -> Fact:
    """A fact at [start, end) of the text: a score's or a measurement's, by the concept."""
    term = vocabulary().terms[concept]
    return reading.fact("measurement" if isinstance(term, Lab) else "score", concept, term.label, start, end, **more)


def _pressures(result: Result) -> tuple[Quantity, Quantity] | None:
    match = re.search(r"(\d{2,3})(?: ?- ?(\d{2,3}))? ?(?:/|over) ?(\d{2,3})(?: ?- ?(\d{2,3}))?", result.value.written)
    if match is None:
        return None
    systolic = Interval(float(match[1]), max(float(match[1]), float(match[2] or match[1])))
    diastolic = Interval(float(match[3]), max(float(match[3]), float(match[4] or match[3])))
    written = result.value.written
    return Quantity(systolic, "mm[Hg]", written), Quantity(diastolic, "mm[Hg]", written)


def _in_the_past(page: Page, mention: Mention, result: Result) -> bool:
    between = page.normal[mention.end : result.start] if mention.end < result.start else ""
    return (
        pattern_of("past_words").search(between) is not None
        and pattern_of("now_words").search(between) is None
        and not re.search(r"from", between, re.IGNORECASE)
    ) or (
        compiled(r"\bfrom\s*$", re.IGNORECASE).search(between) is not None
        and leads_on(page.normal[result.end : result.end + 14])
    )


_OR = compiled(r"\b(?:or|nor)\b", re.IGNORECASE)


def _opens_an_item(normal: str, mention: Mention, result: Result) -> bool:
    """Whether a result word opens an item of its own behind a denied one: "no haemolysis, elevated creatinine".

    A list that goes on with "or" is denied as a whole: "no fever, raised CRP or leukocytosis".
    """
    if mention.cue is None or not mention.cue[1] <= result.start <= mention.start:
        return False
    between = normal[mention.cue[1] : result.start]
    behind = re.split(r"[;.\n]", normal[mention.end : mention.end + 60])[0]
    return compiled(r"[,;]").search(between) is not None and not (_OR.search(between) or _OR.search(behind))


def _asserted(reading: Reading, mention: Mention, result: Result) -> Quantity | Coded:
    """ "no raised ALT" is normal, "no longer positive" negative: a negation outside the result's own words turns it."""
    value = result.value
    if mention.assertion != "absent" or not isinstance(value, Coded) or mention.cue is None:
        return value
    if _opens_an_item(reading.normal, mention, result):
        return value
    outside = mention.cue[1] <= result.start or mention.cue[0] >= result.end
    if outside and mention.cue[0] < mention.end and value.code in ("positive", "high", "low", "abnormal"):
        return Coded(cues("measurements")["opposite"][value.code], value.written)
    return value


def facts_of_name(
    reading: Reading, named: Named, value: Coded | None = None, start: int | None = None
) -> Iterator[Fact]:
    """A test that is named, with what its name or a denial of it says."""
    mention = named.mention
    for concept in cues("measurements")["expands"].get(named.concept, [named.concept]):
        yield fact_of_test(
            reading,
            concept,
            mention.start if start is None else start,
            mention.end,
            value=value,
            experiencer=mention.experiencer,
            temporality=mention.temporality,
            time=time_of(reading, mention.start, mention.end),
        )
