"""Values behind an aside: the end of a test's name in, the number that its clause comes to out.

"The SLEDAI-2K, scored by the registrar on 28 April, was 14", "which your nurse did on Monday, is 8", "done today = 12":
who took the value, when and where stands between, nothing else with a number, no other test, drug or disease.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.numbers import read_number
from extraction.numeric_results import numeric_result
from extraction.reading import Reading
from extraction.result_words import Page, alternatives, code_of, code_pattern, courtesy
from extraction.results import Result
from kb.facts import Coded, Interval, Quantity
from kb.patterns import compiled
from kb.vocabulary import Score, vocabulary

_REACH = 130
_SHORT_DATE = compiled(r"(?<![\w/])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\w/])")
_BRACKET = compiled(r"[(\[][^()\[\]\n]{0,60}[)\]]")
_SENTENCE_ENDS = compiled(r"(?<!i\.e)(?<!e\.g)[.;]\s|\n\s*\n")
_WEAK_END = compiled(
    r"\s*(?:points?|pts)?\s*(?:[.,;:()\]\n]|$|(?:too|as well|on|in|at|by|for|with|and|but|today|now|this|last|from|"
    r"both|each|all|every|again|throughout)\b)",
    re.IGNORECASE,
)


def _words(key: str) -> str:
    return alternatives(cues("measurements")["asides"][key])


@functools.cache
def _opening() -> re.Pattern[str]:
    return compiled(rf"[\s,()–-]*{_words('openings')}", re.IGNORECASE)


@functools.cache
def _other_matter() -> re.Pattern[str]:
    return compiled(_words("not_between"), re.IGNORECASE)


@functools.cache
def _link() -> re.Pattern[str]:
    return compiled(rf"(?:[:=]|{_words('links')})\s*(?:{_words('hedges')}\s*)*$", re.IGNORECASE)


@functools.cache
def _verb() -> re.Pattern[str]:
    """A colon or a verb: of the links those that can follow any words, since prepositions belong to these."""
    return compiled(rf"(?:[:=]|{_words('verbs')})\s*(?:{_words('hedges')}\s*)*$", re.IGNORECASE)


@functools.cache
def _number() -> re.Pattern[str]:
    listed = alternatives([*cues("measurements")["number_words"], *cues("measurements")["tens"]])
    return compiled(rf"(?<![\w.,/-])(?:(?:[<>≤≥~]\s?)?\d|{listed})", re.IGNORECASE)


@functools.cache
def _nothing() -> re.Pattern[str]:
    return compiled(
        r"[\s:=]*(?:(?:is|was|has|been|had|stays|stayed|remains|remained|still|of|at|score|today|now|currently|"
        r"down to|equals?|equal to|equalling)\s+)*(?P<nil>nil|zero)\b"
        r"(?!\s+(?:recorded|available|known|documented|done|on file))",
        re.IGNORECASE,
    )


def aside_result(reading: Reading, page: Page, concept: str, start: int, limit: int) -> Result | None:
    """The value behind the aside that follows a name which ends at `start`; None where anything else is told."""
    is_score = isinstance(vocabulary().terms[concept], Score)
    limit = min(limit, start + _REACH)
    nil = _nothing().match(page.normal, start, limit) if is_score else None
    if nil is not None:
        first, last = nil.span("nil")
        return Result(first, last, Quantity(Interval(0.0, 0.0), "{score}", page.text[first:last]), None, last)
    blank = _without_times(page, start, limit)
    if _opening().match(page.normal, start, limit) is None and courtesy().match(page.normal, start, limit) is None:
        return _told_in_a_word(reading, page, concept, start, blank, _verb())
    for match in _number().finditer(blank):
        between = blank[: match.start()]
        link = _link().search(between)
        if _SENTENCE_ENDS.search(between) or _other_matter().search(between):
            return None
        if any(not _is_adjunct(page, one.start) for one in reading.mentions_in(start, start + match.start())):
            return None
        written = read_number(page.normal, start + match.start(), limit, page.comma)
        if written is None or (link is None and not is_score and written.unit is None):
            return None
        if not _WEAK_END.match(page.normal, written.end):
            return None
        return numeric_result(page, concept, written, limit)
    return _told_in_a_word(reading, page, concept, start, blank, _link())


def _told_in_a_word(
    reading: Reading, page: Page, concept: str, start: int, blank: str, link: re.Pattern[str]
) -> Result | None:
    """ "CMV PCR, sent because of fever: not detected": what a test for a germ or a pregnancy came to, behind a verb."""
    if getattr(vocabulary().terms[concept], "panel", None) not in ("virology", "pregnancy"):
        return None
    for match in code_pattern().finditer(page.normal, start, start + len(blank)):
        between = blank[: match.start() - start]
        if _SENTENCE_ENDS.search(between):
            return None
        if code_of(match.group()) not in ("positive", "negative", "undetected") or link.search(between) is None:
            continue
        if "immun" in match.group().lower():
            return None  # "hepatitis B: non-immune" speaks of its vaccination
        if _other_matter().search(between) or not _WEAK_END.match(page.normal, match.end()):
            return None
        if any(not _is_adjunct(page, one.start) for one in reading.mentions_in(start, match.start())):
            return None
        return Result(*match.span(), Coded(code_of(match.group()), page.text[slice(*match.span())]), None, match.end())
    return None


def behind_pending(reading: Reading, page: Page, concept: str, start: int, result: Result, limit: int) -> Result:
    """The value that stands behind "sent in view of leucopenia", where the test's result was said to be awaited."""
    if not isinstance(result.value, Coded) or result.value.code != "pending":
        return result
    return aside_result(reading, page, concept, start, limit) or result


def _without_times(page: Page, start: int, limit: int) -> str:
    """The text of a stretch with the dates and brackets in it blanked, each character in its place."""
    text = page.normal[start:limit]
    for time in (one for one in page.times if start <= one.start and one.end <= limit):
        first, last = time.start - start, time.end - start
        text = text[:first] + " " * (last - first) + text[last:]
    for pattern in (_SHORT_DATE, _BRACKET, courtesy()):
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return text


def _is_adjunct(page: Page, at: int) -> bool:
    """Whether a drug or a disease only says under what the value was taken: "this time, after rituximab, 4"."""
    return (
        re.search(
            r"\b(?:after|on|under|before|despite|since|for|of|in|with|to|given|by|and|or|suspected|new|persistent|"
            r"unexplained) (?:the |her |his )?$",
            page.normal[max(0, at - 16) : at],
        )
        is not None
    )
