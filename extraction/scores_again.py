"""Totals of a score told without its name: a reading in, score facts out.

"In July the SLEDAI-2K was 2. On 2 March it had climbed to 16"; "she is at 14 (6 March)"; "the other note gives 10";
"arthritis 4, rash 2, total 6": the score is the one named last before, and the day stands beside the total.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

from extraction.knowledge import cues
from extraction.numbers import small_numbers
from extraction.reading import Mention, Reading, TimeExpression
from extraction.result_words import alternatives
from kb.facts import Fact, Interval, Quantity, Time
from kb.patterns import compiled
from kb.vocabulary import Score, vocabulary

_FAR = 200  # characters from the name to the total told without it
_LISTED = 420  # ... to the total below a list of its items
_BESIDE = 45  # characters from a total to its day
_KINDS = {  # of the terms that may not stand between the name and the total
    "moved": ("score", "lab", "drug"),
    "points": ("score", "lab"),
    "stands": ("score", "lab"),
    "owns": ("score", "lab", "drug"),
    "has": ("score", "lab", "drug"),
    "other": ("score", "lab", "drug", "procedure"),
    "total": ("score",),
    "afresh": ("score",),
}
_NO_AMOUNT = r"(?!\d|[.,/%]\d|\s*(?:mg|%|g\b|/|x\b|points? (?:lower|higher|less|more|off|below|above)))"
_CLOSES = (
    r"(?=\s*(?:points?|pts)?\s*(?:[,;.:()\[\]\n–]|$|(?:on|by|today|now|this|as|counted|when|again|only|but|and|so)\b))"
    r"(?!,? (?:and )?\d)"
)
_NAMES_IT = compiled(r"(?!(?:it|this|that)\b)", re.IGNORECASE)  # "the score came to", not "it came to"
_DOSE = compiled(r"\d ?(?:mg|g)\b", re.IGNORECASE)


def _words(key: str) -> str:
    return alternatives(cues("measurements")["scores_again"][key])


@functools.cache
def _in_words() -> dict[str, int]:
    """The totals that letters write in words, up to ninety-nine."""
    no_total = cues("measurements")["scores_again"]["no_total"]
    counted = {word: int(value) for word, value in small_numbers().items() if word not in no_total and " " not in word}
    return {"zero": 0, "nil": 0, "nought": 0, **counted}


@functools.cache
def _total() -> re.Pattern[str]:
    told = alternatives(_in_words())
    number = rf"(?:\d{{1,2}}{_NO_AMOUNT}|{told}{_CLOSES})"
    subjects = rf"(?:the\s+)?{_words('subjects')}(?:\s+(?:of|from|on|dated)\s+[^.;,()\n]{{3,24}}?)?"
    person = rf"(?:(?P<self>{_words('patient')})|she|he)"
    return compiled(
        rf"\b{subjects}\s+(?:{_words('auxiliaries')}\s+)*{_words('verbs')}\s+(?P<moved>{number})(?:\s+points?)?"
        rf"|\b(?:with|at|now|already|there (?:were|are))\s+(?:(?:just|only|still)\s+)*(?P<points>{number})\s+points"
        rf"|\b{person}\s+(?:{_words('auxiliaries')}\s+)*{_words('stands')}\s+at\s+(?P<stands>{number}){_CLOSES}"
        rf"|\b{_words('own')}\s+(?:is|was)\s+(?:(?:only|just|still|back|now|already)\s+)*(?P<owns>{number}){_CLOSES}"
        rf"|\b(?:she|he)\s+(?:(?:only|just|still|barely|now)\s+)*{_words('reaches')}\s+(?:(?:only|just|still)\s+)*"
        rf"(?P<has>{number}){_CLOSES}"
        rf"|\b(?:the|another|an?|our|my|her|his)\s+(?:[\w'’-]+\s+){{1,9}}?{_words('tells')}\s+(?P<other>{number}){_CLOSES}"
        rf"|(?:\b{_words('totals')}|\)\s*=)[\s:=]*(?:(?:score|of|is|was|points)\s+)*(?P<total>{number}){_CLOSES}"
        rf"|\b(?:the|this|our)\s+{_words('sheets')}\s+(?:was|has been|had been)\s+(?P<afresh>{_words('afresh')})",
        re.IGNORECASE,
    )


def read_scores_again(reading: Reading) -> Iterator[Fact]:
    """A fact for each total that goes on about a score named before it, where its day is told beside it.

    One that was taken afresh and is not told spans all that the score may come to.
    """
    for found in _found(reading):
        group = next(name for name in _KINDS if found[name])
        named = _named_before(reading, found, group)
        if named is None:
            continue
        known, time = _day(reading, found, group, named)
        term = vocabulary().terms[named.concept]
        if not known or not isinstance(term, Score):
            continue
        interval = Interval(term.minimum, term.maximum) if group == "afresh" else _points(found[group])
        value = Quantity(interval, "{score}", found[group])
        yield reading.fact("score", named.concept, term.label, found.start(), found.end(), value=value, time=time)


def _found(reading: Reading) -> Iterator[re.Match[str]]:
    """The totals told within reach behind the name of a score."""
    at = 0
    for named in reading.mentions:
        if named.kind != "score":
            continue
        limit = min(len(reading.normal), named.end + _LISTED + _BESIDE)
        for found in _total().finditer(reading.normal, max(at, named.end), limit):
            yield found
            at = found.end()


def _points(written: str) -> Interval:
    number = float(written) if written[0].isdigit() else float(_in_words()[re.sub(r"\s+", "-", written.lower())])
    return Interval(number, number)


def _named_before(reading: Reading, found: re.Match[str], group: str) -> Mention | None:
    """The score named last before a total, no other test since and the person the same."""
    at = found.start()
    far = _LISTED if group == "total" else _FAR
    kinds = _KINDS[group] if group != "moved" or not _NAMES_IT.match(found.group()) else _KINDS["points"]
    told = [one for one in reading.mentions_in(max(0, at - far), at) if one.kind in kinds]
    if not told or not isinstance(vocabulary().terms[told[-1].concept], Score):
        return None
    named = told[-1]
    if named.experiencer != "patient" and not found["self"]:
        return None
    between = reading.normal[named.end : at]
    if group == "total":
        return None if "\n\n" in between or _has_own_value(reading, named, at) else named
    if group == "other" and not _has_own_value(reading, named, at):
        return None
    if group == "has" and not compiled(_words("asked"), re.IGNORECASE).search(
        reading.normal, reading.sentences[named.sentence].start, at
    ):
        return None
    if group == "stands" and any(one.kind == "drug" for one in reading.mentions_in(named.end, at)):
        sentence = reading.sentences[reading.sentence_at(at)]
        if _DOSE.search(reading.normal, sentence.start, at) is None:
            return None  # "on prednisolone; she is at 10"
    return named if reading.sentence_at(at) - reading.sentence_at(named.start) <= 1 else None


def _has_own_value(reading: Reading, named: Mention, before: int) -> bool:
    """Whether a number that is no date stands directly behind or before the score's name."""
    text = reading.normal[max(0, named.start - 30) : named.start]
    behind = reading.normal[named.end : min(before, named.end + 30)]
    for time in reading.times_in(max(0, named.start - 30), min(before, named.end + 40)):
        written = reading.normal[time.start : time.end]
        text, behind = text.replace(written, " "), behind.replace(written, " ")
    number = rf"(?:\d{{1,2}}|{alternatives(_in_words())})"
    return bool(
        re.match(
            rf"[\s:=(,]*(?:(?:of|was|is|at|score|total|now|had been|on|dated)\s+)*[\s:=(]*{number}(?![\w.])",
            behind,
            re.IGNORECASE,
        )
        or re.search(rf"\b{number}(?: points)?(?: on| by| in)?(?: the| her| his)?\s*$", text, re.IGNORECASE)
    )


def _day(reading: Reading, found: re.Match[str], group: str, named: Mention) -> tuple[bool, Time | None]:
    """Whether the day of a total is known, and which it is; None is the letter's own."""
    start, end = found.start(), found.end()
    sentence = reading.sentences[reading.sentence_at(start)]
    first = named.start - _BESIDE if group == "total" else sentence.start
    days = _points_in_time(reading, max(0, first), sentence.end)
    if group == "points":
        days = [day for day in days if day.start >= end - 1]
    inside = [day for day in days if start <= day.start < end] or [
        day for day in days if end <= day.start < end + _BESIDE
    ]
    if group == "other":
        earlier = _points_in_time(reading, reading.sentences[named.sentence].start, start)
        chosen = inside[:1] or earlier[-1:]
    elif len(days) > 1:
        chosen = inside[:1]
    else:
        chosen = days
    if chosen:
        return chosen[0].time is not None, chosen[0].time
    if days or group in ("points", "other", "afresh"):
        return False, None
    if group in ("total", "has") or compiled(_words("now"), re.IGNORECASE).search(
        reading.normal, sentence.start, end + 12
    ):
        return True, None
    if _has_own_value(reading, named, start):
        return False, None
    told = reading.sentences[named.sentence]
    days = _points_in_time(reading, told.start, told.end)
    return len(days) == 1, days[0].time if len(days) == 1 else None


def _points_in_time(reading: Reading, start: int, end: int) -> Sequence[TimeExpression]:
    return [time for time in reading.times_in(start, end) if time.role == "point" and time.time is not None]
