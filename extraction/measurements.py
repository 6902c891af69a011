"""Laboratory values, vital signs, investigations and scores: a Reading in, facts with value, range and time out.

Names joined in a list share a result ("HBsAg and anti-HBc negative", "AST/ALT 30/25"); a result stands behind its
name or before it. Of several results of one name the newest is the present one.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from extraction.aimed_values import is_not_measured
from extraction.bare_tests import facts_of_bare_name
from extraction.body_sizes import body_sizes
from extraction.dates_behind_results import second_value
from extraction.drug_story import of_past_drugs
from extraction.knowledge import cues
from extraction.list_results import panel_result, past_carrier, read_group
from extraction.load_rows import read_load_rows
from extraction.named_tests import Named, groups_of, sentence_end, tests_of
from extraction.near_dates import with_near_dates
from extraction.overtaken import is_overtaken
from extraction.overtaken_values import with_overtaken_values
from extraction.reading import Mention, Reading
from extraction.rest_of_panel import rest_of_panels
from extraction.result_dates import not_ahead
from extraction.result_facts import Place, fact_of_test, facts_of_name, facts_of_result, is_open
from extraction.result_series import is_told_in_series
from extraction.result_times import time_behind, time_of
from extraction.result_words import Page, alternatives, page_of
from extraction.results import Result
from extraction.results_again import with_values_again
from extraction.results_of_occasions import put_in_time
from extraction.scores_again import with_scores_again
from extraction.stated_limits import stated_limits, with_stated_limits
from extraction.tables import read_tables
from extraction.urine_told import urine_told
from extraction.value_lines import read_value_lines
from extraction.wished_results import is_wished
from kb.facts import Coded, Fact, Quantity, Time
from kb.patterns import compiled

_CHANGES = compiled(
    r"[\s,]*(?:points?|pts)?[\s,]*(?:(?:and )?then )?(?:(?:back )?(?:down |up ))?(?:to|-+>|=>|→)\s*"
    r"(?:only |just |about )?",
    re.IGNORECASE,
)
_VERB = 40  # characters before the first value of a course in which its verb stands
_BESIDE = 20  # ... in which a day of its own may stand
_LATELY = 21  # days
_IS, _WAS = (
    compiled(r"\b(?:is|now|currently|today)\b", re.IGNORECASE),
    compiled(r"\b(?:was|had been)\s*$", re.IGNORECASE),
)
_FALSE = 10  # characters before a result in which it is called false
_NEAR = 40  # results read last, of which one may stand before the next name


def read_measurements(reading: Reading) -> list[Fact]:
    """Every measurement and score of the document, in the order of the text."""
    reading = with_near_dates(reading)
    page = page_of(reading)
    limits = stated_limits(reading, page.comma)
    page = dataclasses.replace(page, limits=tuple((limit.told, limit.last) for limit in limits))
    rows = read_tables(reading, page)
    lines = read_value_lines(reading, page, rows.covered)
    facts = [
        fact
        for named, time in (*rows.found, *lines.found)
        for fact in _facts(reading, page, Named(named.mention, named.concept, [named.result]), time)
    ]
    cells = len(facts)
    tests = list(tests_of(reading, page))
    loads = read_load_rows(page, tests, [*rows.covered, *lines.covered])
    for told, time in loads.found:
        facts += _facts(reading, page, Named(told.mention, told.concept, [told.result]), time)
    groups = groups_of(reading, page, tests, [*rows.covered, *lines.covered, *loads.covered])
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
    facts = with_values_again(reading, page, put_in_time(reading, facts))
    facts = with_overtaken_values(reading, with_stated_limits(reading, page, limits, facts))
    facts = with_scores_again(reading, facts)
    facts = [dataclasses.replace(fact, time=not_ahead(reading, fact.time)) for fact in facts]
    return sorted(facts, key=lambda fact: (fact.start, fact.end, fact.concept))


def _settled(reading: Reading, starts: Sequence[int], fact: Fact) -> Fact:
    """A negative result that its own sentence goes on to overtake, without a fact of the newer one, settles nothing."""
    if not isinstance(fact.value, Coded):
        return fact
    taken_back = cues("measurements")["taken_back"]
    if fact.value.code == "positive" and fact.concept in taken_back["concepts"]:
        told = reading.normal[max(0, fact.start - _FALSE) : fact.end]
        false = compiled(taken_back["words"]).search(told) is not None
        return dataclasses.replace(fact, value=Coded("indeterminate", fact.value.written)) if false else fact
    if fact.value.code not in ("negative", "undetected"):
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
    behind = reading.normal[begin:end]
    if not is_overtaken(behind.replace(";", ",") if viral else behind, viral=viral):
        return fact
    return dataclasses.replace(fact, value=Coded("indeterminate", fact.value.written))


def _sizes(reading: Reading, page: Page, facts: list[Fact]) -> Iterator[Fact]:
    """Weights and heights told without their name; one in a sentence about a relative is the relative's."""
    taken = [(fact.start, fact.end) for fact in facts if fact.value is not None]
    for size in (*body_sizes(page, taken), *urine_told(reading, page, taken)):
        sentence = reading.sentence_at(size.start)
        about = [mention.experiencer for mention in reading.mentions_of(sentence)]
        yield fact_of_test(
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
        if not (isinstance(result.value, Quantity) and is_not_measured(reading, mention, result))
    ]
    told = [result for result in results if not _is_only_wished(reading, mention, result)]
    if not told:
        if results:
            yield from facts_of_name(reading, named)
        elif not named.results:
            yield from facts_of_bare_name(reading, page, named)
        return
    results = told
    times = [time or _time(reading, mention, result) for result in results]
    newest = _newest(times)
    if newest == len(results) - 1 and (
        _is_aside_of_old(reading, results, times) or _turns_back(reading, mention, results, times)
    ):
        newest -= 1
    times = _before_the_next(reading, results, times)
    for number, (result, when) in enumerate(zip(results, times, strict=True)):
        place: Place = "only" if len(results) == 1 else "newest" if number == newest else "older"
        place = "older" if result.is_overtaken else place
        for concept in cues("measurements")["expands"].get(named.concept, [named.concept]):
            yield from facts_of_result(
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


def _turns_back(reading: Reading, mention: Mention, results: list[Result], times: list[Time | None]) -> bool:
    """ "ALT is 300 U/L. In May 2025 it was 30": a value of the past told behind the present one, with its old date."""
    if len(results) != 2 or times[0] is not None or times[1] is None or mention.end > results[0].start:
        return False
    letter = reading.letter_date.latest if reading.letter_date else None
    old = letter is not None and times[1].latest is not None and (letter - times[1].latest).days > _LATELY
    first, second = (
        reading.normal[mention.end : results[0].start],
        reading.normal[results[0].end : results[1].start],
    )
    return old and _IS.search(first) is not None and _WAS.search(second) is not None


def _of(named: Named, concept: str) -> Named:
    return named if concept == named.concept else Named(named.mention, concept, named.results)


def _before_the_next(reading: Reading, results: list[Result], times: list[Time | None]) -> list[Time | None]:
    """ "Fell from 10 to 5 on 3 March": the day is that of the last value, the one before it has none of its own."""
    told = list(times)
    for number, (first, second) in enumerate(pairwise(results)):
        between = reading.normal[first.end : second.start] if first.end <= second.start else ""
        joint = _CHANGES.fullmatch(between) if times[number] == times[number + 1] else None
        before = reading.normal[max(0, first.start - _VERB) : first.start]
        if joint is not None and (">" in between or "→" in between or _moved().search(before)):
            told[number] = None
        if second.is_turn and times[number] == times[number + 1]:
            beside = reading.times_in(max(0, first.start - _BESIDE), max(first.end, second.start))
            told[number] = times[number] if beside else None
    return told


@functools.cache
def _moved() -> re.Pattern[str]:
    known = cues("measurements")
    return compiled(alternatives([*known["turns"]["moved"], *known["course"]["verbs"]]), re.IGNORECASE)


def _ordered(reading: Reading, when: Time | None, times: list[Time | None], number: int) -> Time | None:
    """A value that a later one of the same course follows is older than it, whatever its own date."""
    if number + 1 >= len(times):
        return when
    if when is not None:
        shared = when.earliest if when in times[number + 1 :] else None
        return when if shared is None else Time(None, shared - timedelta(days=1))
    following = next(
        (time.earliest or time.latest for time in times[number + 1 :] if time is not None and time.latest is not None),
        None,
    )
    letter = reading.letter_date.latest if reading.letter_date else None
    latest = following or letter
    return None if latest is None else Time(None, latest - timedelta(days=1))


def _is_only_wished(reading: Reading, mention: Mention, result: Result) -> bool:
    return isinstance(result.value, Coded) and not is_open(result) and is_wished(reading, mention, result)
