"""Laboratory values, vital signs, investigations and scores: a Reading in, facts with value, range and time out.

Names joined in a list share a result ("HBsAg and anti-HBc negative", "AST/ALT 30/25"); a result stands behind its
name or before it. Targets and conditions ("if ALT > 3 x ULN") are no results.
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Literal

from extraction.arrival_values import before_later_ones
from extraction.body_sizes import body_sizes
from extraction.carried_antibodies import carried
from extraction.dates_behind_results import second_value
from extraction.denied_tests import denied_test
from extraction.diagnosed_viruses import diagnosed
from extraction.drug_story import of_past_drugs
from extraction.knowledge import cues
from extraction.list_results import panel_result, past_carrier, read_group
from extraction.named_tests import Named, groups_of, is_member, sentence_end
from extraction.near_dates import with_near_dates
from extraction.overtaken import is_overtaken
from extraction.reading import Mention, Reading
from extraction.rest_of_panel import rest_of_panels
from extraction.result_courses import leads_on
from extraction.result_order import ordered_by_occasion
from extraction.result_series import is_told_in_series
from extraction.result_times import time_behind, time_of
from extraction.result_words import Page, alternatives, page_of, pattern_of
from extraction.results import Result
from extraction.results_at_admission import of_admissions
from extraction.special_results import attributes_of
from extraction.tables import read_tables
from extraction.value_lines import read_value_lines
from extraction.wished_results import bracket_opened, is_wished
from kb.facts import Coded, Experiencer, Fact, Interval, Quantity, Temporality, Time
from kb.patterns import compiled
from kb.vocabulary import Lab, vocabulary

_TITLE_WORDS = compiled(r"serology|results?|report|panel|screen|date|dated|microbiology|immunology|and", re.IGNORECASE)
_VITALS_HEAD = compiled(
    r"^\W*(?:vs|vitals?|vital signs|obs|observations|o/e|on examination|exam(?:ination)?)\b", re.IGNORECASE
)
_UNTIL = compiled(
    r"until (?:(?:early|mid|late|last|the|this|end of|beginning of|about|"
    r"around|spring|summer|autumn|winter) ?)*(?:\d|week|month|year|"
    r"spring|summer|autumn|winter|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|then|recently|now)",
    re.IGNORECASE,
)
_LATELY = 21  # days
_AIM_BEHIND = 30  # characters behind a bound in which it is called an aim
_NEAR = 40  # results read last, of which one may stand before the next name
Place = Literal["only", "older", "newest"]
_CLAUSE_START = compiled(  # the sign comes first, so that the search leaps from one to the next
    r"[;:.,\s](?:(?<=[;:.])\s|(?<=\n)|(?<=,)\s+(?:and|but|with|then)\s|(?<=\s)(?:but|however|although|so|and)\s)",
    re.IGNORECASE,
)


def read_measurements(reading: Reading) -> list[Fact]:
    """Every measurement and score of the document, in the order of the text."""
    reading = with_near_dates(reading)
    page = page_of(reading)
    rows = read_tables(reading, page)
    lines = read_value_lines(reading, page, rows.covered)
    facts = [
        fact
        for named, time in (*rows.found, *lines.found)
        for fact in _facts(reading, page, Named(named.mention, named.concept, [named.result]), time)
    ]
    cells = len(facts)
    groups = groups_of(reading, page, [*rows.covered, *lines.covered])
    taken: list[tuple[int, int]] = []
    inherited: Result | None = None
    for position, group in enumerate(groups):
        limit = (
            groups[position + 1][0].mention.start if position + 1 < len(groups) else sentence_end(reading, group[-1])
        )
        limit = min(past_carrier(page, groups, position, limit), sentence_end(reading, group[-1]))
        following = groups[position + 1][0] if position + 1 < len(groups) else None
        read_group(reading, page, group, limit, taken, inherited, following)
        inherited = panel_result(group, groups, position, reading)
        for named in group:
            if named.is_heading or (inherited is not None and named is group[-1]):
                continue
            taken = [*taken[-_NEAR:], *((result.start, result.end) for result in named.results)]
            facts += _facts(reading, page, named, None)
    facts += [fact for named in rest_of_panels(reading, page) for fact in _facts(reading, page, named, None)]
    facts += _sizes(reading, page, facts)
    starts = sorted(fact.start for fact in facts)
    told_in_cells = {(fact.start, fact.end) for fact in facts[:cells]}
    facts = [
        fact if (fact.start, fact.end) in told_in_cells else _settled(reading, starts, fact)
        for fact in of_past_drugs(reading, facts)
    ]
    facts = of_admissions(reading, facts)
    facts = ordered_by_occasion(reading, facts)
    facts.sort(key=lambda fact: (fact.start, fact.end, fact.concept))
    return before_later_ones(reading, facts)


def _settled(reading: Reading, starts: Sequence[int], fact: Fact) -> Fact:
    """A negative result that its own sentence goes on to overtake, without a fact of the newer one, settles nothing."""
    if not isinstance(fact.value, Coded) or fact.value.code not in ("negative", "undetected"):
        return fact
    number = reading.sentence_at(fact.start)
    end = reading.sentences[number].end
    viral = is_told_in_series(fact.concept)
    if viral and any(fact.end <= time.start for time in reading.times_in(end, end + 12)):
        end = reading.sentences[min(number + 1, len(reading.sentences) - 1)].end  # "Negative. 8 June: 640 IU/mL"
    named = [one.start for one in reading.mentions_in(fact.end, end) if viral and one.kind in ("lab", "condition")]
    following = bisect_left(starts, fact.end)
    end = min([end, *named, *starts[following : following + 1]])
    second = second_value(reading, fact.end)
    begin = fact.end if second is None else max(reading.normal.find(sign, second) for sign in ")]") + 1
    if not is_overtaken(reading.normal[begin:end], viral=viral):
        return fact
    return dataclasses.replace(fact, value=Coded("indeterminate", fact.value.written))


def _sizes(reading: Reading, page: Page, facts: list[Fact]) -> Iterator[Fact]:
    """Weights and heights told without their name; one in a sentence about a relative is the relative's."""
    taken = [(fact.start, fact.end) for fact in facts if fact.value is not None]
    for size in body_sizes(page, taken):
        sentence = reading.sentence_at(size.start)
        about = [mention.experiencer for mention in reading.mentions_of(sentence)]
        yield _one(
            reading,
            size.concept,
            size.start,
            size.end,
            value=size.value,
            experiencer=about[0] if about and len(set(about)) == 1 else "patient",
            time=time_of(reading, size.start, size.end),
            attributes={} if size.support is None else {"support": size.support},
        )


def _facts(reading: Reading, page: Page, named: Named, time: Time | None) -> Iterator[Fact]:
    mention = named.mention
    results = [
        result
        for result in named.results
        if not (isinstance(result.value, Quantity) and _is_no_result(reading, mention, result))
    ]
    told = [result for result in results if not _is_only_wished(reading, mention, result)]
    if not told:
        if results:
            yield from _merely_named(reading, named)
        elif not named.results:
            yield from _bare(reading, page, named)
        return
    results = told
    times = [time or _time(reading, mention, result) for result in results]
    newest = _newest(times)
    if newest == len(results) - 1 and _is_aside_of_old(reading, results, times):
        newest -= 1
    for number, (result, when) in enumerate(zip(results, times, strict=True)):
        place: Place = "only" if len(results) == 1 else "newest" if number == newest else "older"
        place = "older" if result.is_overtaken else place
        for concept in cues("measurements")["expands"].get(named.concept, [named.concept]):
            yield from _fact(
                reading,
                page,
                _of(named, concept),
                result,
                when if place != "older" else _ordered(reading, when, times, number),
                place,
            )


def _time(reading: Reading, mention: Mention, result: Result) -> Time | None:
    if result.end <= mention.start:  # "Normal ECG in April 2025": the date stands behind the name
        return time_of(reading, result.start, mention.end)
    told = time_behind if result.is_turn else time_of
    return told(reading, result.start, result.end)


def _newest(times: list[Time | None]) -> int:
    """Which value of a course is the newest: by its date where all have one, else the last told."""
    latest = [time.latest if time is not None else None for time in times]
    days = [day for day in latest if day is not None]
    if len(days) < len(times):
        return len(times) - 1
    return max(range(len(times)), key=lambda number: (days[number], number))


def _is_aside_of_old(reading: Reading, results: list[Result], times: list[Time | None]) -> bool:
    """Whether the last value stands with its old date in a bracket behind an undated one: "380 (10/2025: none)"."""
    letter = reading.letter_date.latest if reading.letter_date else None
    if len(results) < 2 or times[-2] is not None or second_value(reading, results[-2].end) is None:
        return False
    told = times[-1].latest if times[-1] is not None else None
    return letter is not None and told is not None and (letter - told).days > _LATELY


def _of(named: Named, concept: str) -> Named:
    return named if concept == named.concept else Named(named.mention, concept, named.results)


def _ordered(reading: Reading, when: Time | None, times: list[Time | None], number: int) -> Time | None:
    """A value that a later one of the same course follows is older than it, whatever its own date."""
    if when is not None or number + 1 >= len(times):
        return when
    following = next(
        (time.earliest or time.latest for time in times[number + 1 :] if time is not None and time.latest is not None),
        None,
    )
    letter = reading.letter_date.latest if reading.letter_date else None
    latest = following or letter
    return None if latest is None else Time(None, latest - timedelta(days=1))


def _is_no_result(reading: Reading, mention: Mention, result: Result) -> bool:
    """Whether the number is a target, a threshold or a condition."""
    if mention.assertion == "conditional":
        return True
    if (
        mention.kind == "lab"
        and result.written is not None
        and result.written.unit is None
        and _in_score(reading, reading.normal, mention)
    ):
        return True
    sentence = reading.sentences[mention.sentence]
    start, end = min(mention.start, result.start), max(mention.end, result.start)
    aimed_at = reading.normal[sentence.start : result.end + _AIM_BEHIND]
    if mention.kind == "score" and _is_below(result) and pattern_of("aims").search(aimed_at):
        return True
    before = reading.normal[sentence.start : start]
    clauses = list(_CLAUSE_START.finditer(before))
    opened = bracket_opened(before, 0, len(before))
    clause = before[max(opened, clauses[-1].end() if clauses else 0) :]
    return _tells_no_result(clause) or _tells_no_result(reading.normal[mention.end : end])


def _is_below(result: Result) -> bool:
    """Whether the result is a bound from above alone ("below 4"), as an aim is."""
    return isinstance(result.value, Quantity) and result.value.interval.low is None


def _tells_no_result(clause: str) -> bool:
    """Whether a clause speaks of a target or a condition; "when it was repeated in May" tells what was done."""
    for word in pattern_of("not_results").finditer(clause):
        if _UNTIL.match(clause, word.start()):
            continue  # "normal until January"
        done = pattern_of("conditional_words").fullmatch(word.group()) is not None
        if not (done and pattern_of("told_as_done").search(clause, word.end())):
            return True
    return False


def _is_only_wished(reading: Reading, mention: Mention, result: Result) -> bool:
    return isinstance(result.value, Coded) and not _is_open(result) and is_wished(reading, mention, result)


def _in_score(reading: Reading, normal: str, mention: Mention) -> bool:
    """Whether a name stands in the bracket behind a score, where numbers are the weights of its items."""
    begin = reading.sentences[mention.sentence].start
    opening = normal.rfind("(", begin, mention.start)
    if opening < 0 or ")" in normal[opening : mention.start]:
        return False
    return any(other.kind == "score" for other in reading.mentions_in(max(begin, opening - 40), opening))


def _fact(
    reading: Reading, page: Page, named: Named, result: Result, time: Time | None, place: Place
) -> Iterator[Fact]:
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
        "assertion": "possible" if mention.assertion == "possible" and not _is_open(result) else "present",
    }
    if (
        isinstance(result.value, Quantity)
        and named.concept in ("blood-pressure", "systolic-bp")
        and result.reference is None
    ):
        pair = _pressures(result)
        if pair is not None:
            for side, pressure in zip(("systolic-bp", "diastolic-bp"), pair, strict=True):
                yield _one(reading, side, start, end, value=pressure, **shared)
            return
    concept = (
        "systolic-bp" if named.concept == "blood-pressure" and isinstance(result.value, Quantity) else named.concept
    )
    value = None if result.is_overtaken else _asserted(reading, mention, result)
    if named.concept == "hiv-antibody" and isinstance(value, Coded) and value.code == "undetected":
        concept = "hiv-rna"  # an antibody is not "undetectable", a virus under treatment is
        yield from _merely_named(reading, named, diagnosed(reading, mention, named.concept))
    if isinstance(value, Coded) and value.code in ("normal", "abnormal", "low", "high"):
        concept = cues("measurements")["in_words"].get(concept, concept)
    attributes = attributes_of(page, concept, mention, result, reading.sentences[mention.sentence].end)
    yield _one(reading, concept, start, end, value=value, reference=result.reference, attributes=attributes, **shared)


def _is_open(result: Result) -> bool:
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


def _one(reading: Reading, concept: str, start: int, end: int, **more: Any) -> Fact:
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


def _is_title(reading: Reading, mention: Mention) -> bool:
    """Whether a name is all that its line holds, but for a date: "VIROLOGY (05/06/26)" over rows of results."""
    begin = reading.normal.rfind("\n", 0, mention.start) + 1
    end = reading.normal.find("\n", mention.end)
    rest = reading.normal[begin : mention.start] + reading.normal[mention.end : end if end >= 0 else None]
    return end >= 0 and re.search(r"[a-z]{4}", re.sub(_TITLE_WORDS, "", rest), re.IGNORECASE) is None


def _heads_members(reading: Reading, named: Named) -> bool:
    """ "Virology 03/2026: HBsAg neg, HCV neg": a panel with its date, and its members behind a colon."""
    mention = named.mention
    end = reading.sentences[mention.sentence].end
    following = next((one for one in reading.mentions_in(mention.end, end) if one.kind == "lab"), None)
    if following is None or not is_member(named.concept, following.concept):
        return False
    between = reading.normal[mention.end : following.start]
    for time in reversed(reading.times_in(mention.end, following.start)):
        between = between[: time.start - mention.end] + between[time.end - mention.end :]
    return (
        compiled(r"[\s(]*(?:\([^()]*\)|from|of|on|dated)?[\s)]*:[\s-]*", re.IGNORECASE).fullmatch(between) is not None
    )


def _bare(reading: Reading, page: Page, named: Named) -> Iterator[Fact]:
    """A test that is named without a result: to be asked for; "no ANCA" is negative, "no recent ECG" was not done."""
    mention = named.mention
    words = page.text[mention.start : mention.end]
    if (
        (words in cues("measurements")["needs_result"] and mention.assertion != "absent")
        or (len(words) < int(cues("measurements")["bare_needs_length"]) and not words.isupper())
        or (len(words) < 3 and words not in cues("measurements")["bare_short"])
    ):
        return
    if (
        named.concept in cues("measurements")["bare_not"]
        or mention.kind == "condition"
        or mention.assertion == "conditional"
    ):
        return
    is_panel = named.concept in cues("measurements")["panels"]
    is_listed = reading.section_at(mention.start) in cues("measurements")["diagnosed_viruses"]["sections"]
    if is_panel and mention.assertion != "absent" and not is_listed and _is_title(reading, mention):
        return
    if is_panel and mention.assertion != "absent" and _heads_members(reading, named):
        return
    value = _by_name(reading, mention) or carried(reading, mention) or diagnosed(reading, mention, named.concept)
    start = mention.start
    if mention.assertion == "absent" and mention.cue is not None and mention.cue[0] < mention.start:
        start = mention.cue[0]
        value = value or denied_test(reading, mention, named.concept)
    yield from _merely_named(reading, named, value, start)


def _by_name(reading: Reading, mention: Mention) -> Coded | None:
    """ "CMV viraemia": a name that holds its result, where it is neither looked for nor feared."""
    known = cues("measurements")
    words = reading.normal[mention.start : mention.end]
    if mention.assertion != "present" or mention.temporality == "planned":
        return None
    if not words.lower().endswith(tuple(known["named_positive"])):
        return None
    before = reading.normal[max(0, mention.start - 40) : mention.start]
    behind = reading.normal[mention.end : mention.end + 30]
    if re.search(rf"{alternatives(known['named_positive_not_before'])}\s*(?:[\w-]+\s+)?$", before, re.IGNORECASE):
        return None
    if re.match(rf"\s*{alternatives(known['named_positive_not_behind'])}", behind, re.IGNORECASE):
        return None
    return Coded("positive", reading.text[mention.start : mention.end])


def _merely_named(
    reading: Reading, named: Named, value: Coded | None = None, start: int | None = None
) -> Iterator[Fact]:
    """A test that is named, with what its name or a denial of it says."""
    mention = named.mention
    for concept in cues("measurements")["expands"].get(named.concept, [named.concept]):
        yield _one(
            reading,
            concept,
            mention.start if start is None else start,
            mention.end,
            value=value,
            experiencer=mention.experiencer,
            temporality=mention.temporality,
            time=time_of(reading, mention.start, mention.end),
        )
