"""Where a letter comes back to a value told before: the last value of a test in, the newer one out.

"eGFR, which was 60 in autumn, has fallen to 22", "14 at the worst of the flare, now 4", "70 last summer but only 25
now": any words may stand between, as long as those of a turn stand directly at the newer number.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace

from extraction.knowledge import cues
from extraction.numbers import read_number
from extraction.numeric_results import numeric_result
from extraction.result_courses import past_time
from extraction.result_words import Page, alternatives
from extraction.results import Result, is_nucleic_acid
from extraction.score_turns import next_total
from kb.facts import Coded
from kb.patterns import compiled
from kb.units import canonical_unit
from kb.vocabulary import Score, vocabulary


def _words(key: str) -> str:
    return alternatives(cues("measurements")["turns"][key])


@functools.cache
def _leading() -> re.Pattern[str]:
    """ "has since come down to", "is now only", "the latest one was": what stands directly before the newer value."""
    moved = rf"{_words('moved')}(?:\s+(?:back|down|up|again|further))*\s+(?:to|at|by now to)"
    newly = rf"{_words('now')}(?:[\s,:=]+{_words('between')})*"
    return compiled(rf"(?:(?P<moved>{moved})|{newly})[\s:=]+(?:{_words('hedges')}\s+)*(?=[<>≤≥~]?\s?\d)", re.IGNORECASE)


@functools.cache
def _trailing() -> re.Pattern[str]:
    return compiled(rf"\s*(?:points?|pts)?\s*[(,]?\s*(?:{_words('behind')})", re.IGNORECASE)


@functools.cache
def _bare() -> re.Pattern[str]:
    """A number that stands behind nothing but a joint: ", 4 now", "but only 25 today"."""
    return compiled(rf"(?:[,;–-]|{_words('joints')})\s*(?:{_words('hedges')}\s+)*(?=[<>≤≥~]?\s?\d)", re.IGNORECASE)


def turned(page: Page, concept: str, previous: Result, limit: int, drugs: list[int]) -> Result | None:
    """The first newer value behind `previous` up to `limit`; `drugs` are the places of drug names on the way.

    A verb alone ("was reduced to 10") speaks of a drug that stands between, "now" of the test.
    """
    if previous.written is None and not _is_word_of_value(concept, previous):
        return None
    unit = previous.written.unit if previous.written is not None else None
    for at, is_verb in _places(page, previous, limit):
        if is_verb and any(_is_subject(page, drug, at) for drug in drugs if previous.end <= drug < at):
            continue
        written = read_number(page.normal, at, limit, page.comma)
        if written is None or page.time_at(written.start) is not None:
            continue
        is_score = isinstance(vocabulary().terms[concept], Score)
        if is_score and (written.unit is not None or _OF_AGE.search(page.normal, max(0, at - 40), at)):
            continue
        if written.unit is None and not _ends().match(page.normal, written.end):
            continue  # "today 3 swollen joints"
        found = numeric_result(page, concept, written, limit, unit if written.unit is None else None)
        if found is not None:
            return replace(found, is_turn=True)
    return next_total(page, concept, previous, limit)


def _is_word_of_value(concept: str, result: Result) -> bool:
    """Whether a measured test is told in a word that a number can follow: "normal in 2023, now 400"."""
    words = ("normal", "abnormal", "high", "low", *(("negative", "undetected") if is_nucleic_acid(concept) else ()))
    said = isinstance(result.value, Coded) and result.value.code in words
    return said and canonical_unit(concept) is not None


def _is_subject(page: Page, drug: int, at: int) -> bool:
    """Whether a drug on the way may be what "reduced to 10" speaks of, and not just what the value was seen under."""
    under = _UNDER.search(page.normal, max(0, drug - 24), drug) is not None
    told = page.normal[drug:at]
    if under and re.match(r"[\w-]+,?\s+(?:it|this|they)\b", told, re.IGNORECASE):
        return False  # "after rituximab it came down to 38"
    return not under or re.search(r"\d ?m?c?g\b", told) is not None or _OF_DOSES.search(told) is not None


_OF_AGE = compiled(  # "she is now 34", where a score is "at 34" or "34 now"
    r"\b(?:she|he|who|patient|woman|man|girl|boy)(?:'s| is| has just turned| has turned| turned)\s+"
    r"(?:now |today |just |only )*$",
    re.IGNORECASE,
)
_UNDER = compiled(r"\b(?:on|with|under|during|after|from|to|by|while on|whilst on|taking|of) (?:the )?$", re.IGNORECASE)
_OF_DOSES = compiled(r"\b(?:reduced|increased|decreased|tapered|changed|got|down|up|weaned|cut)\b", re.IGNORECASE)


@functools.cache
def _ends() -> re.Pattern[str]:
    return compiled(rf"\s*(?:[.,;:()\[\]\n%]|$|points?\b|pts\b|{_words('behind')}|{_words('ends')})", re.IGNORECASE)


@functools.cache
def _again() -> re.Pattern[str]:
    lead = rf"\s*[,;)]?\s*(?:(?:{_words('joints')}|{_words('auxiliaries')})\s+)+"
    return compiled(rf"{lead}(?:(?P<normal>{_words('normal_again')})|{_words('again')})", re.IGNORECASE)


def came_back(page: Page, last: Result, limit: int) -> Result | None:
    """What a letter says of a value without a newer number: "peaked at 400 and is back to normal", "and settled".

    The last result as overtaken, or the newer one where it is told to be normal.
    """
    if last.written is None:
        return None
    told = _again().match(page.normal, past_time(page, last.end, limit), limit)
    if told is not None and told["normal"] is None:
        return replace(last, is_overtaken=True)
    told = told or _later_again(page, last.end, limit)
    if told is None:
        return None
    start, end = told.span("normal")
    return Result(start, end, Coded("normal", page.text[start:end]), None, end, is_turn=True)


@functools.cache
def _normal_now() -> re.Pattern[str]:
    pointing = rf"(?:(?:{_words('joints')}|{_words('auxiliaries')}|{_words('now')})\s+)"
    return compiled(
        rf"(?:[.,;:)–-]|\b{_words('joints')})\s*{pointing}*(?P<normal>{_words('normal_again')})(?![\w-])"
        rf"(?:\s+(?:{_words('behind')}|again|since|ever since))?",
        re.IGNORECASE,
    )


_IS_NORMAL = compiled(
    r"[.,;:)–-]\s*(?:normal|unremarkable|within (?:the )?normal (?:range|limits)|within (?:the )?range)", re.IGNORECASE
)


def _later_again(page: Page, start: int, limit: int) -> re.Match[str] | None:
    """ "400 under isoniazid in 2023; it is now normal": words, no number, then what points back to the value."""
    for match in _normal_now().finditer(page.normal, start, limit):
        between = page.normal[start : match.start()]
        if not re.search(r"\w", between) and _IS_NORMAL.fullmatch(match.group()):
            return None  # "LVEF 62 %, normal" judges the value itself
        for time in (one for one in page.times if start <= one.start and one.end <= match.start()):
            between = between.replace(page.normal[time.start : time.end], " ", 1)
        closes = re.match(
            r"\s*(?:[.,;:()\n]|$|(?:and|but|with|on|in|at|after|since|again|today|now)\b)", page.normal[match.end() :]
        )
        if re.search(r"\d", between) or len(between) > 90 or closes is None:
            return None
        behind = page.normal[match.end() : limit].strip()
        named = limit < len(page.normal) and page.normal[limit].isalnum() and page.normal[limit - 1] == " "
        if not behind and named and not _opens_sentence(page, limit):
            return None  # the word before the next test's name
        return match
    return None


def _opens_sentence(page: Page, at: int) -> bool:
    return re.search(r"[.;\n]\s*$", page.normal[max(0, at - 4) : at]) is not None


def _places(page: Page, previous: Result, limit: int) -> Iterator[tuple[int, bool]]:
    """Where a newer number may begin, in order, and whether only a verb leads to it."""
    normal, start = page.normal, previous.end
    unit = previous.written.unit if previous.written is not None else None
    found = [(match.end(), match["moved"] is not None) for match in _leading().finditer(normal, start, limit)]
    found += [
        (match.end(), False) for match in _TOLD_OF_IT.finditer(normal, start, limit) if _later(page, start, match)
    ]
    for time in (one for one in page.times if start <= one.start and one.end < limit):
        led = _BY_DATE.search(normal, start, time.start)
        told = _MOVED_TO.match(normal, time.end, limit) if led is not None else None
        if told is not None:
            found.append((told.end(), False))  # "88 at the height of it, by 4 March down to 14"
    for match in _bare().finditer(normal, start, limit):
        number = compiled(r"[<>≤≥~]?\s?[\d.,]*\d\s?%?(?:-\d+%?)?").match(normal, match.end(), limit)
        if number and _trailing().match(normal, number.end(), limit):
            found.append((match.end(), False))
            continue
        written = read_number(page.normal, match.end(), limit, page.comma)
        if written is None or (unit is None and previous.written is not None and written.unit is None):
            continue
        is_like = unit is None or written.unit == unit
        if is_like and past_time(page, written.end, limit) > written.end:
            found.append((match.end(), False))  # "full recovery, 82 umol/L last week"
        elif written.unit is not None and _trailing().match(normal, written.end, limit):
            found.append((match.end(), False))  # ", 34 U/L now"
    return iter(sorted(set(found)))


_BY_DATE = compiled(r"\b(?:by|on|in|at|since)\s+(?:the\s+)?$", re.IGNORECASE)
_MOVED_TO = compiled(
    r"[\s,:]*(?:(?:it|was|had|has|been|come|gone|fallen|risen|is|only|already|back|again|still)\s+)*"
    r"(?:down|up|back)\s+(?:to|at)\s+(?=[<>]?\d)",
    re.IGNORECASE,
)
_TOLD_OF_IT = compiled(
    r"\b(?:it|this|the (?:value|figure|level))\s+(?:was|had been|read|measured|came to|got to|stood at)\s+"
    r"(?:down to |up to )?(?=\d)",
    re.IGNORECASE,
)


def _later(page: Page, start: int, match: re.Match[str]) -> bool:
    """Whether "it was 46" has a date behind it that lies after every one told before it."""
    behind = next((time for time in page.times if match.end() <= time.start < match.end() + 30), None)
    told = [time.time for time in page.times if start - 80 <= time.start < match.start()]
    if behind is None or behind.time is None or behind.time.earliest is None or not told:
        return False
    return all(one is not None and one.latest is not None and one.latest < behind.time.earliest for one in told)


@functools.cache
def _openings() -> re.Pattern[str]:
    led = r"(?:after|with|under|following|despite|off)\s+(?:[\w-]+,?\s+){1,4}?"
    return compiled(rf"\s*(?:{led}(?=(?:it|this|they)\b))?{_words('openings')}", re.IGNORECASE)


def goes_on(sentence: str) -> bool:
    """Whether a sentence opens by pointing back to what was told: "It is now 12", "The latest was 25".

    >>> goes_on("It has come to 7."), goes_on("Hydroxychloroquine goes on.")
    (True, False)
    """
    return _openings().match(sentence) is not None
