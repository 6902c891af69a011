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
from extraction.reports import report_before, report_result
from extraction.respective_results import respective_results
from extraction.result_asides import aside_result, behind_pending
from extraction.result_courses import earlier, further, points_back, spread
from extraction.result_series import is_told_in_series, series
from extraction.result_shares import share_before
from extraction.result_turns import came_back, goes_on, turned
from extraction.result_words import Page, code_of, code_pattern, pattern_of
from extraction.results import Result
from extraction.special_results import blood_pressure, feet_and_inches
from extraction.stacked_results import stacked_result
from kb.facts import Coded, Quantity
from kb.patterns import compiled

_ON = compiled(
    r"\s*(?:on|by|at|from|per|via|in)\s+(?:(?:the|that|this|an|a|same|our|her|his|last|recent|latest|repeat)\s+)*",
    re.IGNORECASE,
)
_CLOSES = compiled(r"\s*(?:[.,;()\n]|$|(?:and|with|but|now|today|on|by|in)\b)", re.IGNORECASE)
_TOGETHER = compiled(r"\b(?:both|all|each)\b", re.IGNORECASE)
_LEADS = compiled(r"[:-]|\b(?:show|reveal|demonstrat|with|and|found)", re.IGNORECASE)
_PANEL_OPENS = compiled(
    r"\s*(?:(?:throughout|again|overall|completely|entirely|twice|recently|to date|so far|in full|as follows|on|in|of|"
    r"dated|at|from|results?|tests?|screening|also|all)\b\s*)*"
    r"(?:[(\[:-]\s*|,?\s*(?:for|including|incl\.?|i\.?e\.?|viz\.?|namely)(?!\w)[\s:]*(?:(?:both|all|the|tests?)\s+)*)+",
    re.IGNORECASE,
)
_JOINT = compiled(r"\s*\)?\s*(?:\([^()\n]{1,30}\)\s*)?(?:,\s*and|/|,|&|and|;)\s*", re.IGNORECASE)
_POINTS_ON = compiled(
    r"(?:(?:(?:scores?|scored|scoring|rates?|rated|puts?|makes?|assess(?:es|ed)?|graded?)\s+"
    r"(?:(?:her|him|it|the patient|this|activity|disease|them)\s+)?"
    r"|(?:score|total|value|sum|activity|figure) of |totals |totalling |activity[:=]?\s+)"
    r"(?:at |a |of |is |was )*(?P<number>\d{1,3})(?: points?)?"
    r"|(?:total(?: of)? )?(?P<points>\d{1,3}) (?:points?|pts)"
    r"|(?P<bare>(?<![\d.,/-])\d{1,3})(?= (?:by|on|according)\b))\s*"
    r"(?:on|by|under|using|per|in|for|according to|with|of)?\s*(?:the |her |his )?[(\[]?$",
    re.IGNORECASE,
)
_POINTS_BEHIND = compiled(
    r"[^.;\n\d]{0,45}?"
    r"(?:(?:total |point )?scores?[ :=]*(?:of |is |was |at )?|(?=\d{1,2} ?(?:points?|pts)\b))"
    r"(?P<number>\d{1,2})(?![\d.,/%])",
    re.IGNORECASE,
)


def read_group(
    reading: Reading,
    page: Page,
    group: list[Named],
    limit: int,
    taken: list[tuple[int, int]],
    inherited: Result | None,
    following: Named | None,
) -> None:
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
    after = _after(page, last, limit, sentence_end(reading, last))
    if after is not None and len(group) == 1:
        after = behind_pending(reading, page, last.concept, last.mention.end, after, limit)
    before = _before(reading, page, group[0], taken)
    if after is None and before is None and len(group) == 1:
        before = _led_to(reading, page, last, taken)
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
        _carried(page, last, limit)
    if not any(named.results for named in group):
        same = _as_before(reading, page, group[0], taken)
        for named in group if same is not None else []:
            named.results = [same] if same is not None else []
    if not any(named.results for named in group) and len(group) == 1:
        aside = aside_result(reading, page, last.concept, last.mention.end, limit)
        last.results = [] if aside is None else _course(reading, page, last, aside, limit, following)
    if not last.results and len(group) == 1:
        below = stacked_result(reading, page, last)
        last.results = [] if below is None else [below]
    if not any(named.results for named in group):
        _number_before(reading, page, group[0], taken)
        _points_before(reading, page, group[0])
    if not group[0].results:
        _points_behind(reading, page, group[0])
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


_AS_WERE = compiled(
    r"[\s,;(–-]*(?:as|so|and so|likewise|just as|similarly|"
    r"the same (?:goes|is true|holds) for|ditto(?: for)?|same for|also)\s*"
    r"(?:were|was|are|is|did|for)?\s*(?:the |her |his |her own )?",
    re.IGNORECASE,
)


def _as_before(reading: Reading, page: Page, named: Named, taken: list[tuple[int, int]]) -> Result | None:
    """ "HBsAg was negative, as were hepatitis C antibody and HIV": the result told just before."""
    begin = reading.sentences[named.mention.sentence].start
    earlier = [span for span in taken if begin <= span[0] and span[1] <= named.mention.start]
    if not earlier or not _AS_WERE.fullmatch(page.normal[earlier[-1][1] : named.mention.start]):
        return None
    start, end = earlier[-1]
    code = code_pattern().fullmatch(page.normal, start, end)
    if code is None or code_of(code.group()) not in ("negative", "positive", "normal", "undetected"):
        return None
    return Result(start, end, Coded(code_of(code.group()), page.text[start:end]), None, end)


def _newer_than_word(
    reading: Reading, page: Page, last: Named, before: Result, limit: int, following: Named | None
) -> list[Result]:
    """ "Normal ALT in 2024; today it is 410": the number that overtakes the word before the name."""
    end = _course_end(reading, last, limit, following)
    newer = turned(page, last.concept, replace(before, start=last.mention.start, end=last.mention.end), end, [])
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


def _carried(page: Page, last: Named, limit: int) -> None:
    """ "Repeat echo on 12 February 62%": a percentage behind an investigation is that of the value read from it."""
    concept = cues("measurements")["carriers"].get(last.concept)
    found = None if concept is None else read_result(page, concept, last.mention.end, limit)
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


def _before(reading: Reading, page: Page, named: Named, taken: list[tuple[int, int]]) -> Result | None:
    """A result word directly before the name, or before the list that the name opens."""
    begin = reading.sentences[named.mention.sentence].start
    start = max([begin, *(end for _, end in taken if end <= named.mention.start), named.mention.start - 60])
    panel_taken = [span for span in taken if span[1] <= named.mention.start and begin <= span[0]]
    text = page.normal[start : named.mention.start]
    best: re.Match[str] | None = None
    for match in code_pattern().finditer(text):
        if code_of(match.group()) in cues("measurements")["before_name"] and _leads_on(text[match.end() :]):
            best = None if _is_of_name_before(reading, start + match.start(), text[match.end() :]) else match
            break
    if (
        best is None
        or text[: best.start()].endswith("-")
        or re.fullmatch(r"[+\-()\[\] ]+", best.group())
        or (panel_taken and best.group() in ("up", "down"))
    ):
        return None
    at = start + best.start()
    return Result(
        at,
        start + best.end(),
        Coded(code_of(best.group()), page.text[at : start + best.end()]),
        None,
        start + best.end(),
    )


def _is_of_name_before(reading: Reading, at: int, rest: str) -> bool:
    """ "With HBsAg positive the HBV DNA stood at 22,600": a word straight behind another test's name is that one's."""
    another = any(one.kind == "lab" and at - one.end <= 1 for one in reading.mentions_in(max(0, at - 60), at))
    return another and re.match(r"\s+(?:the|her|his|a)\b", rest, re.IGNORECASE) is not None


def _led_to(reading: Reading, page: Page, named: Named, taken: list[tuple[int, int]]) -> Result | None:
    """A report in the words before its name, from the sentence's start or the last result."""
    begin = reading.sentences[named.mention.sentence].start
    begin = max([begin, *(end for _, end in taken if end <= named.mention.start)])
    return report_before(page, named.concept, begin, named.mention.start, named.mention.end)


def _leads_on(rest: str) -> bool:
    """Whether only small words and brackets stand between a result word and a name."""
    left = pattern_of("before_fillers").sub(" ", rest)
    return not left.strip(" :([-\n")


def _number_before(reading: Reading, page: Page, named: Named, taken: list[tuple[int, int]]) -> None:
    """ "60% ejection fraction", "2.1 g of protein": a number with its unit directly before a name."""
    begin = reading.sentences[named.mention.sentence].start
    start = max([begin, *(end for _, end in taken if end <= named.mention.start), named.mention.start - 30])
    for match in compiled(r"(?<![\w.,/-])[<>≤≥]?\s?\d").finditer(page.normal[start : named.mention.start]):
        written = read_number(page.normal, start + match.start(), named.mention.start, page.comma)
        if written is None or written.unit is None:
            continue
        between = page.normal[written.end : named.mention.start]
        if re.fullmatch(r"\s*(?:of |lv |left ventricular |an? |the )?", between, re.IGNORECASE):
            result = numeric_result(page, named.concept, written, named.mention.start)
            if result is not None:
                named.results = [result]
                return


def _points_behind(reading: Reading, page: Page, named: Named) -> None:
    """ "EULAR/ACR positive, 24 points", "by the EULAR/ACR rules (21 points)": words, then points, in one clause."""
    end = min(sentence_end(reading, named), named.mention.end + 60)
    match = None if named.mention.kind != "score" else _POINTS_BEHIND.match(page.normal, named.mention.end, end)
    written = None if match is None else read_number(page.normal, match.start("number"), end, page.comma)
    if written is not None and not any(
        mention.kind in ("lab", "score") for mention in reading.mentions_in(named.mention.end, written.start)
    ):
        result = numeric_result(page, named.concept, written, end)
        named.results = [result] if result is not None else []


def _points_before(reading: Reading, page: Page, named: Named) -> None:
    """ "scores 21 on EULAR/ACR 2019", "12 points by SLEDAI-2K"."""
    if named.mention.kind != "score" or named.results:
        return
    start = max(reading.sentences[named.mention.sentence].start, named.mention.start - 40)
    match = _POINTS_ON.search(page.normal[start : named.mention.start])
    written = (
        None
        if match is None
        else read_number(
            page.normal,
            start + max(match.start(group) for group in ("number", "points", "bare")),
            named.mention.start,
            page.comma,
        )
    )
    result = None if written is None else numeric_result(page, named.concept, written, named.mention.start)
    if result is not None:
        named.results = [result]


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
