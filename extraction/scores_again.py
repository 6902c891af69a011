"""Totals of a score told without its name: the facts read so far in, the same with those totals out.

"In July the SLEDAI-2K was 2. On 2 March it had climbed to 16"; "the clinic form has a bare 4"; "and mine gives 10";
"arthritis 4, rash 2, total 6": the score is the one named last before, and the day stands beside the total.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

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
    "sheet": ("score", "lab", "drug"),
    "mine": ("score", "lab", "drug"),
    "made": ("score", "lab", "drug"),
    "by": ("score", "lab", "drug"),
    "left": ("score", "drug"),
    "total": ("score",),
    "afresh": ("score",),
}
_NO_AMOUNT = r"(?!\d|[.,/%]\d|\s*(?:mg|%|g\b|/|x\b|points? (?:lower|higher|less|more|off|below|above)))"
_CLOSES = (
    r"(?=\s*(?:points?|pts)?\s*(?:[,;.:()\[\]\n–]|$|(?:on|at|by|today|now|this|as|counted|when|again|only|but|and|so)\b))"
    r"(?!,? (?:and )?\d)"
)
_PEERS = ("mine", "made", "by")  # what another hand made of the same score
_IN_LINE = r"(?=\s+(?:in|at|as|for|under) (?:the|its|all|both|every|total|sum)\b)"
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
    scored = rf"(?:{_words('patient')}|she|he)\s+(?:{_words('auxiliaries')}\s+)*{_words('reaches')}"
    hedges = rf"(?:{_words('hedges')}\s+)*"
    other = rf"(?!(?:[\w'’/-]+\s+){{0,4}}?{_words('others')})"
    paper = rf"(?:the|this|our|my|her|his|\w+['’]s)\s+{other}(?:[\w'’/-]+\s+){{0,6}}?{_words('papers')}"
    return compiled(
        rf"\b{subjects}\s+(?:{_words('auxiliaries')}\s+)*{_words('verbs')}\s+(?P<moved>{number})(?:\s+points?)?"
        rf"|\b(?:with|at|now|already|there (?:were|are)|{scored})\s+{hedges}(?P<points>{number})\s+points"
        rf"|\b{person}\s+(?:{_words('auxiliaries')}\s+)*{_words('stands')}\s+at\s+(?P<stands>{number}){_CLOSES}"
        rf"|\b{_words('own')}\s+(?:is|was)\s+(?:(?:only|just|still|back|now|already)\s+)*(?P<owns>{number}){_CLOSES}"
        rf"|\b(?:she|he)\s+(?:(?:only|just|still|barely|now)\s+)*{_words('reaches')}\s+{hedges}(?P<has>{number}){_CLOSES}"
        rf"|\b{paper}(?:\s+[\w'’/-]+){{0,7}}?\s+{_words('holds')}\s+{hedges}(?P<sheet>{number})(?:{_CLOSES}|{_IN_LINE})"
        rf"|\b(?:the|another|an?|our|my|her|his)\s+(?:[\w'’-]+\s+){{1,9}}?{_words('tells')}\s+(?P<other>{number}){_CLOSES}"
        rf"|\b{_words('mine')}(?:\s+{_words('same')})*(?:\s+(?:{_words('tells')}|is|was|at)|,)?\s+{hedges}"
        rf"(?P<mine>{number}){_CLOSES}"
        rf"|\b(?:and|but|while|whereas|[,;])\s+(?:(?:the|my|our|her|his)\s+)?{_words('observers')}\s+{_words('counts')}\s+"
        rf"(?:(?:it|at|as|to)\s+)*{hedges}(?P<made>{number}){_CLOSES}"
        rf"|[,;]\s*(?:(?:and|but)\s+)?(?P<by>{number})(?:\s+points)?\s+by\s+(?:(?:the|my|our)\s+)?{_words('observers')}"
        rf"|\b(?:only|just|merely|no more than)\s+(?:the\s+)?(?P<left>\d{{1,2}}|{told})\s+"
        rf"(?:{_words('of_points')}\s+){{0,3}}"
        rf"(?:(?:were|are|was|had been|have been)\s+left|remain(?:ed|s)?)\b"
        rf"|(?:\b{_words('totals')}|\)\s*=)[\s:=]*(?:(?:score|of|is|was|points)\s+)*(?P<total>{number}){_CLOSES}"
        rf"|\b(?:the|this|our)\s+{_words('sheets')}\s+(?:was|has been|had been)\s+(?P<afresh>{_words('afresh')})",
        re.IGNORECASE,
    )


def with_scores_again(reading: Reading, facts: Sequence[Fact]) -> list[Fact]:
    """The facts with one for each total that goes on about a score named before it and has its day beside it.

    A value told of the past before such a total is put before it. A total that was taken afresh and is not told spans
    all that the score may come to.
    """
    found = list(facts)
    for match in _found(reading):
        group = next(name for name in _KINDS if match[name])
        named = _named_before(reading, match, group)
        term = None if named is None else vocabulary().terms[named.concept]
        if named is None or not isinstance(term, Score):
            continue
        told = [one for one in found if _is_told(reading, one, named.concept, match.start())]
        if group in _PEERS:
            known, time = bool(told), told[-1].time if told else None
        else:
            known, time = _day(reading, match, group, named)
        if not known:
            continue
        if group == "afresh" and any(one.start >= named.end and one.time == time for one in told):
            continue  # its total is told beside
        interval = Interval(term.minimum, term.maximum) if group == "afresh" else _points(match[group])
        fact = _fact(reading, term, match.span(), Quantity(interval, "{score}", match[group]), time)
        if group not in (*_PEERS, "afresh"):
            of_stay = group in ("sheet", "other")
            found = [_put_before(reading, one, fact, of_stay=of_stay) if one in told else one for one in found]
        found.append(fact)
    return [*found, *_rows(reading, found)]


def _fact(reading: Reading, term: Score, span: tuple[int, int], value: Quantity, time: Time | None) -> Fact:
    return reading.fact("score", term.id, term.label, *span, value=value, time=time)


def _is_told(reading: Reading, fact: Fact, concept: str, before: int) -> bool:
    """Whether a fact is a value of the score from the sentence of a place or the one before."""
    near = fact.concept == concept and fact.end <= before and isinstance(fact.value, Quantity)
    return near and reading.sentence_at(before) - reading.sentence_at(fact.start) <= 1


def _put_before(reading: Reading, older: Fact, newer: Fact, *, of_stay: bool) -> Fact:
    """A value without a day, told of the past, as one from before the newer total.

    One that a paper overtakes is older where it is told `of_stay`, of a ward or a flare, else of an unknown day.
    """
    letter = None if reading.letter_date is None else reading.letter_date.earliest
    day = newer.time.earliest if newer.time is not None else letter
    told = reading.sentences[reading.sentence_at(older.start)].start, newer.start
    past = compiled(_words("past"), re.IGNORECASE).search(reading.normal, *told)
    stay = compiled(_words("stays"), re.IGNORECASE).search(reading.normal, *told)
    if day is None or not (past or stay) or (older.time is not None and not _is_of_newer(reading, older, newer)):
        return older
    if of_stay and stay is None:
        return replace(older, time=Time(None, letter))
    return replace(older, temporality="historical", time=Time(None, day - timedelta(days=1)))


def _is_of_newer(reading: Reading, older: Fact, newer: Fact) -> bool:
    """Whether the day of a value is that of the newer total, told in a clause behind the value."""
    days = [day for day in _points_in_time(reading, older.end, newer.end) if day.time == older.time == newer.time]
    return bool(days) and re.search(r"[,;:.]", reading.normal[older.end : days[0].start]) is not None


def _rows(reading: Reading, facts: Sequence[Fact]) -> Iterator[Fact]:
    """ "We aimed at a SLEDAI below 4 and got 6 in May, 12 on 3 March": totals with their days, the name without one."""
    for named in reading.mentions:
        term = vocabulary().terms.get(named.concept) if named.kind == "score" else None
        if not isinstance(term, Score) or named.experiencer != "patient":
            continue
        end = reading.sentences[named.sentence].end
        if any(one.concept == term.id and one.value is not None and named.start <= one.end <= end for one in facts):
            continue
        row = _row(reading, named, end)
        for match, time in row if len(row) > 1 else []:
            value = Quantity(_points(match["number"]), "{score}", match["number"])
            yield _fact(reading, term, match.span("number"), value, time.time)


def _row(reading: Reading, named: Mention, end: int) -> list[tuple[re.Match[str], TimeExpression]]:
    """The first run of totals behind a name that have each its day behind it."""
    row: list[tuple[re.Match[str], TimeExpression]] = []
    for time in _points_in_time(reading, named.end, end):
        begin = row[-1][1].end if row else named.end
        match = _dated_total().search(reading.normal, begin, time.start)
        if match is not None and (not row or _JOINT.fullmatch(reading.normal, begin, match.start())):
            row.append((match, time))
        elif row:
            break
    others = reading.mentions_in(named.end, row[0][0].start()) if row else []
    return [] if any(one.kind in ("lab", "score") for one in others) else row


_JOINT = compiled(r"[\s,;)]*(?:(?:and|then|but|now|finally|at last|even)\s+)*", re.IGNORECASE)


@functools.cache
def _dated_total() -> re.Pattern[str]:
    number = rf"\d{{1,2}}|{alternatives(_in_words())}"
    return compiled(
        rf"(?<![\w.,/-])(?P<number>{number})(?:\s*(?:points?|pts))?\s*"
        r"(?:(?:(?:on|in|at|by|as of|last)\s+)?(?:the\s+)?|\(\s*)\Z",
        re.IGNORECASE,
    )


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
    if group == "points" and _is_of_other_score(reading, named, found.end()):
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


def _is_of_other_score(reading: Reading, named: Mention, end: int) -> bool:
    """ "She has 3 points on the BILAG": a score named behind the points."""
    behind = reading.mentions_in(end, min(end + 24, reading.sentences[reading.sentence_at(end - 1)].end))
    return any(one.kind == "score" and one.concept != named.concept for one in behind)


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
    beside = _BESIDE + 15 if group == "left" else _BESIDE
    inside = [day for day in days if start <= day.start < end] or [
        day for day in days if end <= day.start < end + beside
    ]
    if group in ("other", "sheet"):
        earlier = _points_in_time(reading, reading.sentences[named.sentence].start, start)
        chosen = inside[:1] or earlier[-1:]
    elif len(days) > 1:
        chosen = inside[:1]
    else:
        chosen = days
    if chosen:
        return chosen[0].time is not None, chosen[0].time
    if group == "sheet":
        return True, None  # told in the present of a paper that shows it
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
    return [
        time
        for time in reading.times_in(start, end)
        if time.time is not None
        and (
            time.role == "point"
            or reading.normal[max(0, time.start - 9) : time.start].rstrip().lower().endswith(("as of", "as at"))
        )
    ]
