"""Which result belongs to which name of a list: a list of names in, their results set.

A result stands behind its name or before it; a word is shared by the list ("HBsAg and anti-HBc negative"), numbers are
given out one by one ("AST/ALT 30/25").
"""

from __future__ import annotations

import re
from dataclasses import replace

from extraction.knowledge import cues
from extraction.listed_subjects import listed_verdict
from extraction.named_result import read_result
from extraction.named_tests import Named, is_member, sentence_end
from extraction.numbers import Written, read_number
from extraction.numeric_results import numeric_result
from extraction.reading import Reading
from extraction.reports import report_result
from extraction.respective_results import respective_results
from extraction.result_asides import aside_result, behind_pending
from extraction.result_courses import earlier, further, points_back, spread
from extraction.result_series import is_told_in_series, series
from extraction.result_shares import share_before
from extraction.result_turns import came_back, goes_on, turned
from extraction.result_words import Page
from extraction.results import Result
from extraction.results_before import as_before, number_before, report_led_to, word_before
from extraction.score_points import points_before, points_behind
from extraction.special_results import blood_pressure, feet_and_inches
from extraction.stacked_results import stacked_result
from extraction.visit_rows import values_of_visits
from kb.facts import Coded, Quantity
from kb.patterns import compiled

_ON = compiled(
    r"\s*(?:on|by|at|from|per|via|in)\s+(?:(?:the|that|this|an|a|same|our|her|his|last|recent|latest|repeat)\s+)*",
    re.IGNORECASE,
)
_CLOSES = compiled(
    r"\s*(?:[.,;()\n]|$|(?:and|with|but|now|today|on|by|in|last|this|at|from|yesterday)\b)", re.IGNORECASE
)
_TOGETHER = compiled(r"\b(?:both|all|each)\b", re.IGNORECASE)
_LEADS = compiled(r"[:-]|\b(?:show|reveal|demonstrat|with|and|found)", re.IGNORECASE)
_PANEL_OPENS = compiled(
    r"\s*(?:(?:throughout|again|overall|completely|entirely|twice|recently|to date|so far|in full|as follows|on|in|of|"
    r"dated|at|from|results?|tests?|screening|also|all)\b\s*)*"
    r"(?:[(\[:-]\s*|,?\s*(?:for|including|incl\.?|i\.?e\.?|viz\.?|namely)(?!\w)[\s:]*(?:(?:both|all|the|tests?)\s+)*)+",
    re.IGNORECASE,
)
_JOINT = compiled(r"\s*\)?\s*(?:\([^()\n]{1,30}\)\s*)?(?:,\s*and|/|,|&|and|;)\s*", re.IGNORECASE)


def read_group(
    reading: Reading,
    page: Page,
    group: list[Named],
    limit: int,
    taken: list[tuple[int, int]],
    inherited: Result | None,
    following: Named | None,
) -> None:
    """Sets the results of a list of names; nothing at or after `limit` is read, nor what is taken."""
    last = group[-1]
    share = share_before(reading, page, group[0])
    if share is not None:
        group[0].concept, group[0].results = share[0], [share[1]]
        if len(group) > 1:
            read_group(reading, page, group[1:], limit, taken, inherited, following)
        return
    pressure = blood_pressure(page, group[0].concept, last.mention.end, limit) if len(group) > 1 else None
    if pressure is not None and _shared_numbers(page, group, pressure, limit):
        return
    if respective_results(reading, page, group, limit):
        return
    visits = values_of_visits(page, last.concept, last.mention.end, limit) if len(group) == 1 else []
    if visits:
        last.results = visits
        return
    after = _after(page, last, limit, sentence_end(reading, last))
    if after is not None and len(group) == 1:
        after = behind_pending(reading, page, last.concept, last.mention.end, after, limit)
    before = word_before(reading, page, group[0], taken)
    if after is None and before is None and len(group) == 1:
        before = report_led_to(reading, page, last, taken)
    if after is not None and _belongs_to_next(page, after, limit):
        led = following is not None and _LEADS.search(page.normal[last.mention.end : after.start]) is not None
        if before is not None or (
            led and following is not None and _after(page, following, sentence_end(reading, following)) is None
        ):
            after = None
    if after is not None and _shared_numbers(page, group, after, limit):
        return
    if (after is None or isinstance(after.value, Coded)) and len(group) > 1:
        # "glucose and HbA1c were 299 mg/dL and 8.2 %": the first number is none for the last name
        first = _after(page, Named(last.mention, group[0].concept, []), limit, sentence_end(reading, last))
        if first is not None and _shared_numbers(page, group, first, limit):
            return
    together = after is not None and _TOGETHER.search(page.normal[last.mention.end : after.start + 5]) is not None
    if after is not None:
        last.results = [
            *earlier(page, last.concept, after, limit),
            *_course(reading, page, last, after, limit, following),
        ]
    for named in group if after is None else group[:-1]:
        shared = last.results if after is not None and (together or isinstance(after.value, Coded)) else []
        if before is not None and (not shared or named is group[0]):
            shared = [before]
            if after is None and named is last:
                shared = [before, *_newer_than_word(reading, page, last, before, limit, following)]
        if shared:
            named.results = list(shared)
    if after is None and before is None and inherited is not None:
        for named in group:
            named.results = [inherited]
    if not any(named.results for named in group):
        _carried(page, last, last.mention.end, limit)
        if len(last.results) == 1 and len(group) == 1:
            last.results = _course(reading, page, last, last.results[0], limit, following)
    graded = len(group) == 1 and len(last.results) == 1 and last.concept in cues("measurements")["told_in_words_first"]
    if graded and isinstance(last.results[0].value, Coded):
        _carried(page, last, last.results[0].end, limit)  # "left ventricular function is reduced at 45%"
    if not any(named.results for named in group):
        same = as_before(reading, page, group[0], taken)
        for named in group if same is not None else []:
            named.results = [same] if same is not None else []
    if not any(named.results for named in group):
        aside = aside_result(reading, page, last.concept, last.mention.end, limit)
        if aside is not None and len(group) == 1:
            last.results = _course(reading, page, last, aside, limit, following)
        elif aside is not None and isinstance(aside.value, Coded):
            for named in group:
                named.results = [aside]
    if not last.results and len(group) == 1:
        below = stacked_result(reading, page, last)
        last.results = [] if below is None else [below]
    if not any(named.results for named in group):
        number_before(reading, page, group[0], taken)
        points_before(reading, page, group[0])
    if not group[0].results:
        points_behind(reading, page, group[0])
    if not any(named.results for named in group):
        for named in group:
            verdict = listed_verdict(reading, page, named, named.concept)
            named.results = [] if verdict is None else [verdict]


def _course(
    reading: Reading, page: Page, last: Named, first: Result, limit: int, following: Named | None
) -> list[Result]:
    """The first value with those that a chain or a turn of the letter adds to it."""
    end = _course_end(reading, last, limit, following)
    results = further(page, last.concept, first, end)
    drugs = [mention.start for mention in reading.mentions_in(first.end, end) if mention.kind == "drug"]
    while len(results) < 12:
        newer = turned(page, last.concept, results[-1], end, drugs)
        if newer is None:
            break
        results += further(page, last.concept, newer, end)
    if len(results) == 1 and spread(page, last.concept, first, end) is not first:
        return [spread(page, last.concept, first, end)]
    if len(results) == 1 and is_told_in_series(last.concept):
        return series(reading, page, last.concept, first, None if following is None else following.mention)
    back = came_back(page, results[-1], end)
    if back is None:
        return results
    return [*results[:-1], back] if back.is_overtaken else [*results, back]


def _newer_than_word(
    reading: Reading, page: Page, last: Named, before: Result, limit: int, following: Named | None
) -> list[Result]:
    """ "Normal ALT in 2024; today it is 410": the number that overtakes the word before the name."""
    end = _course_end(reading, last, limit, following)
    first = replace(before, start=last.mention.start, end=last.mention.end)
    newer = turned(page, last.concept, first, end, [])
    if newer is None and is_told_in_series(last.concept):
        told = series(reading, page, last.concept, first, None if following is None else following.mention)
        return [one for one in told if one is not first]
    return [] if newer is None else [newer]


def _course_end(reading: Reading, last: Named, limit: int, following: Named | None) -> int:
    """Where the values of one test can end: a semicolon, or a sentence that opens with "it", goes on with them."""
    number = reading.sentence_at(last.mention.end - 1)
    end = sentence_end(reading, last)
    if limit < end or number + 1 >= len(reading.sentences):
        return limit
    behind = reading.sentences[number + 1]
    goes = goes_on(reading.normal[behind.start : behind.end]) or _is_dated(reading, end, bare=False)
    if reading.normal[end - 1 : end] != ";" and not goes:
        return limit
    last_end = behind.end
    while (
        reading.normal[last_end - 1 : last_end] == ";"
        and number + 2 < len(reading.sentences)
        and _is_dated(reading, last_end)
    ):
        number += 1
        last_end = reading.sentences[number + 1].end
    return min(last_end, following.mention.start) if following is not None else last_end


def _is_dated(reading: Reading, end: int, *, bare: bool = True) -> bool:
    """Whether a further date and its value follow: "Oct 6; Jan 8", or not `bare` "88 in May. On 3 June it was 12"."""
    return any(
        reading.normal[end : time.start].strip().lower() in ("", "on", "in", "by")
        and (
            points_back(reading.normal, time.end)
            or (bare and re.match(r"[ :=]*\d", reading.normal[time.end : time.end + 4]))
        )
        for time in reading.times_in(end, end + 24)
    )


def _after(page: Page, named: Named, limit: int, end: int = 0) -> Result | None:
    special = blood_pressure(page, named.concept, named.mention.end, limit) or feet_and_inches(
        page, named.concept, named.mention.end, limit
    )
    return (
        special
        or read_result(page, named.concept, named.mention.end, limit)
        or report_result(page, named.concept, named.mention.end, max(limit, end))
    )


def _belongs_to_next(page: Page, after: Result, limit: int) -> bool:
    """ "low C3 normal C4": the word before the next name is that one's."""
    between = page.normal[after.end : limit]
    return isinstance(after.value, Coded) and not between.strip() and after.end < limit and "\n" not in between


def past_carrier(page: Page, groups: list[list[Named]], position: int, limit: int) -> int:
    """ "LVEF on echo of 14 March was 63%": the investigation that a value is read from does not end the search."""
    if position + 1 >= len(groups):
        return limit
    following = groups[position + 1][0].mention
    between = page.normal[groups[position][-1].mention.end : following.start]
    carried = cues("measurements")["carriers"].get(following.concept)
    if carried != groups[position][-1].concept or not _ON.fullmatch(between):
        return limit
    return groups[position + 2][0].mention.start if position + 2 < len(groups) else len(page.normal)


def _carried(page: Page, last: Named, at: int, limit: int) -> None:
    """ "Repeat echo on 12 February 62%": a percentage behind an investigation is that of the value read from it."""
    concept = cues("measurements")["carriers"].get(last.concept)
    found = None if concept is None else read_result(page, concept, at, limit)
    if found is None or found.written is None or found.written.unit != "%":
        return
    if _CLOSES.match(page.normal, found.end):
        last.concept, last.results = concept, [found]


def panel_result(group: list[Named], groups: list[list[Named]], position: int, reading: Reading) -> Result | None:
    """The result of a screen that its members in the bracket behind it share: "virology negative (HBV, HCV, HIV)"."""
    if (
        position + 1 >= len(groups)
        or group[-1].mention.concept not in cues("measurements")["panels"]
        or not group[-1].results
    ):
        return None
    result, following = group[-1].results[0], groups[position + 1][0].mention
    if following.sentence != group[-1].mention.sentence or not isinstance(result.value, Coded):
        return None
    if not is_member(group[-1].concept, groups[position + 1][0].concept):
        return None
    between = reading.normal[result.end : following.start]
    for time in reading.times_in(result.end, following.start):
        between = between.replace(reading.normal[time.start : time.end], " ", 1)
    return result if _PANEL_OPENS.fullmatch(between) else None


def _shared_numbers(page: Page, group: list[Named], first: Result, limit: int) -> bool:
    """ "AST/ALT 30/25", "C3 and C4 0.4 and 0.05", "BP and pulse were 120/80 and 70/min": as many numbers as names."""
    if len(group) < 2 or not isinstance(first.value, Quantity):
        return False
    written: list[Written] = [] if first.written is None else [first.written]
    at = first.end
    for _ in group[1:]:
        joint = _JOINT.match(page.normal, at, limit)
        following = None if joint is None else read_number(page.normal, joint.end(), limit, page.comma, ranges=False)
        if following is None or page.time_at(following.start) is not None:
            return False
        written.append(following)
        at = following.end
    unit = written[-1].unit if written[-1].unit and not written[0].unit else None
    pair = [] if first.written is not None else [first]
    results = pair + [
        numeric_result(page, named.concept, number, limit, unit)
        for named, number in zip(group[len(pair) :], written, strict=True)
    ]
    if any(result is None for result in results):
        return False
    kept = [result for result in results if result is not None]
    back = came_back(page, kept[-1], limit)
    for named, result in zip(group, kept, strict=True):
        newer = [] if back is None else [replace(result, is_overtaken=True) if back.is_overtaken else back]
        named.results = newer if newer and newer[0].is_overtaken else [result, *newer]
    return True
