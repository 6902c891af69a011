"""Limits of normal that a letter states away from the value: "The upper limit in our laboratory is 17".

A Reading in, its stated limits out, each with the tests it names; then facts in, those without a range of their own
with the limit stated for them out. The limits of another laboratory are told apart and belong to no value.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from extraction.knowledge import cues
from extraction.numbers import Written, read_number
from extraction.reading import Reading
from extraction.result_words import Page, alternatives
from extraction.subjects import sex_of_patient
from extraction.word_places import first_words, has_word
from kb.facts import Fact, Interval, Quantity
from kb.patterns import compiled
from kb.units import convert, units_meant
from kb.vocabulary import Lab, vocabulary

Scope = Literal["last", "both", "all"]
_NAME = "\0"  # stands for each character of the name of a test
_ONE = rf"(?<!{_NAME}){_NAME}++"
_NAMES = rf"{_ONE}(?:\s*(?:,|/|&|\+|and|or|as well as)\s*{_ONE})*"
_BEFORE, _BEHIND = 60, 60  # characters around a limit in which it is told whose it is
_NEAREST = 2  # sentences in which the value of a limit without a name may stand: its own and the one before
_FARTHEST = 3.0  # times that a limit may lie above or below the default one


@dataclass(frozen=True, slots=True)
class StatedLimit:
    """A limit or range of normal at [start, end) of the text, with the words that tell it from `told` to `last`."""

    told: int
    last: int
    start: int
    end: int
    interval: Interval
    unit: str | None
    tests: tuple[str, ...] = ()
    scope: Scope = "last"
    is_foreign: bool = False


def stated_limits(reading: Reading, comma: bool) -> list[StatedLimit]:
    """Every limit of normal that the letter states in words, in the order of the text."""
    if not has_word(reading.normal, _first_words()):
        return []
    masked = _masked(reading)
    found: dict[int, StatedLimit] = {}
    for pattern, read in ((_forward(), _behind_noun), (_backward(), _before_noun), (_judged(), _before_noun)):
        for match in pattern.finditer(masked):
            for limit in read(reading, masked, match, comma):
                found.setdefault(limit.start, limit)
    return [found[start] for start in sorted(found)]


def _known() -> Mapping[str, Any]:
    known: Mapping[str, Any] = cues("measurements")["stated_limits"]
    return known


@functools.cache
def _first_words() -> frozenset[str]:
    return first_words([*_known()["upper"], *_known()["range"], *_known()["judged_words"]])


def _masked(reading: Reading) -> str:
    """The text with the names of tests covered."""
    parts, at = [], 0
    for mention in reading.mentions:
        if mention.kind == "lab" and mention.start >= at:
            parts += [reading.normal[at : mention.start], _NAME * (mention.end - mention.start)]
            at = mention.end
    return "".join([*parts, reading.normal[at:]])


def _fill() -> str:
    return rf"(?:{alternatives(_known()['between'])}|{_NAMES}|[,:(=/-]|\n)"


@functools.cache
def _forward() -> re.Pattern[str]:
    """A word for a limit, with nothing but small words, names of tests and a link between it and its number."""
    nouns = rf"(?:(?P<upper>{alternatives(_known()['upper'])})|(?P<range>{alternatives(_known()['range'])}))"
    return compiled(rf"{nouns}(?P<mid>(?:[ \t]*{_fill()}){{0,16}}+)[ \t]*(?=[<≤]|\d)", re.IGNORECASE)


@functools.cache
def _backward() -> re.Pattern[str]:
    """A number that is called a limit: "takes 31 as the upper limit", "31 being our ULN"."""
    linked = alternatives(_known()["called"])
    led = alternatives(_known()["leads"])
    return compiled(
        rf"(?<![\w.,/-])(?P<number>\d+(?:[.,]\d+)?)(?:[ ]?[^\s\d.,;()]{{1,10}})?[ ](?:{linked})[ ](?:(?:{led})[ ])*"
        rf"(?P<noun>{alternatives([*_known()['upper'], *_known()['limits']])})",
        re.IGNORECASE,
    )


@functools.cache
def _judged() -> re.Pattern[str]:
    """What the laboratory calls raised or normal: "anything above 35 is regarded as raised", "up to 45 is normal"."""
    known = _known()
    all_of, high, low = (alternatives(known["judged"][name]) for name in ("all_of", "above", "up_to"))
    rated, raised, normal = (alternatives(known["judged"][name]) for name in ("rated", "raised", "normal"))
    number = r"(?P<{}>\d+(?:[.,]\d+)?)(?:[ ]?[^\s\d.,;()]{{1,10}})?"
    return compiled(
        rf"(?<![\w])(?:{all_of})[ ](?:(?:{high})[ ]?{number.format('number')}[ ](?:{rated}[ ])+(?P<noun>{raised})"
        rf"|(?:{low})[ ]?{number.format('number2')}[ ](?:{rated}[ ])+(?P<noun2>{normal}))",
        re.IGNORECASE,
    )


def _behind_noun(reading: Reading, masked: str, match: re.Match[str], comma: bool) -> Iterator[StatedLimit]:
    """The limits behind their word: one, or one for each of several names."""
    before, mid = masked[max(0, match.start() - _BEFORE) : match.start()], match["mid"]
    if _word("other_matter").search(before) or _word("found_normal").search(before) or _word("valued").search(mid):
        return
    if _word("compared").search(before) and not _word("of").search(mid):
        return
    sentence = reading.sentences[reading.sentence_at(match.start())].end
    end_of_paragraph = masked.find("\n\n", match.end())
    limit = min(match.end() + 200, end_of_paragraph if end_of_paragraph >= 0 else len(masked))
    bounded = match["range"] is None
    written = _number(reading, match.end(), limit, comma)
    if written is None or not (bounded or _is_bounded(written, mid)):
        return
    around = before[-30:] + mid + masked[written.end : min(sentence, written.end + 40)]
    inside = re.search(_NAME, mid) is not None
    weak = match.group()[: match.start("mid") - match.start()].lower() in _known()["weak"]
    if weak and not (inside or _word("house").search(around)):
        return
    named = _names_in(reading, match.start("mid"), match.end("mid")) or _names_before(reading, masked, match.start())
    told = written.start if _word("result").search(before) else match.start()
    scope = _scope(around)
    foreign = _is_foreign(before + mid, masked[written.end : min(sentence, written.end + _BEHIND)])
    foreign = foreign or _is_of_other_sex(reading, before[-30:] + mid)
    trailing = None if named else _names_behind(reading, masked, written.end)
    first = _limit(told, written, named or (trailing or ((), 0))[0], scope, foreign)
    yield from _fitting_sex(reading, masked, first)
    lists = _word("lists").search(match.group()) is not None or "(" in mid or ":" in mid
    at, by_name = (trailing[1] if trailing else written.end), inside and trailing is None
    if not (trailing or (by_name and lists)):
        return
    for further, names in _further(reading, masked, at, limit, comma, by_name=by_name):
        yield from _fitting_sex(reading, masked, _limit(told, further, names, "last", foreign))


def _before_noun(reading: Reading, masked: str, match: re.Match[str], comma: bool) -> Iterator[StatedLimit]:
    """The limit that stands before the word for it."""
    group = "number" if match["number"] is not None else "number2"
    written = _number(reading, match.start(group), match.end(), comma)
    if written is None:
        return
    sentence = reading.sentences[reading.sentence_at(match.start())]
    before, behind = masked[sentence.start : match.start()], masked[match.end() : sentence.end]
    if _word("other_matter").search(before[-_BEFORE:]):
        return
    names = _names_in(reading, match.end(), min(match.end() + 40, sentence.end)) or _names_in(
        reading, max(sentence.start, match.start() - 30), match.start()
    )
    if re.search(r"\d", masked[max(sentence.start, match.start() - 30) : match.start()]):
        names = _names_in(reading, match.end(), min(match.end() + 40, sentence.end))
    foreign = _is_foreign(before[-_BEFORE:], behind[:_BEHIND])
    limit = _limit(match.start(), written, names, _scope(before[-30:] + behind[:30]), foreign)
    yield from _fitting_sex(reading, masked, replace(limit, last=match.end()))


def _limit(told: int, written: Written, tests: Sequence[str], scope: Scope, foreign: bool) -> StatedLimit:
    low, high = written.interval.low, written.interval.high
    interval = Interval(None, high) if low == high else written.interval
    return StatedLimit(
        told, written.end, written.start, written.end, interval, written.unit, tuple(tests), scope, foreign
    )


def _number(reading: Reading, at: int, limit: int, comma: bool) -> Written | None:
    """A number that may be a limit: not a date, not a count of days or times, nothing denied."""
    written = read_number(reading.normal, at, limit, comma)
    if written is None or written.form != "number" or written.interval.high is None:
        return None
    if any(time.start <= written.start < time.end for time in reading.times_in(max(0, at - 30), written.end)):
        return None
    if re.match(r"\w", reading.normal[written.end : written.end + 1]):
        return None
    return None if _word("counted").match(reading.normal, written.end) else written


def _is_bounded(written: Written, mid: str) -> bool:
    """Whether a range has both ends, or words that say which end the one number is."""
    return written.interval.low != written.interval.high or _word("ends").search(mid) is not None


def _is_of_other_sex(reading: Reading, told: str) -> bool:
    """Whether the limit is told for those of the other sex alone: "in men the upper limit is 41"."""
    women, men = _word("of_women").search(told) is not None, _word("of_men").search(told) is not None
    return women != men and sex_of_patient(reading.normal) == ("m" if women else "f")


@functools.cache
def _word(name: str) -> re.Pattern[str]:
    return compiled(_known()["patterns"][name], re.IGNORECASE)


def _scope(around: str) -> Scope:
    if _word("both").search(around):
        return "both"
    return "all" if _word("all").search(around) else "last"


def _is_foreign(before: str, behind: str) -> bool:
    clause = re.split(r"[.;]\s", before)[-1]
    return _word("foreign").search(clause) is not None or _word("foreign_behind").match(behind) is not None


def _names_in(reading: Reading, start: int, end: int) -> tuple[str, ...]:
    """The tests named in a stretch; a name for several stands for each of them."""
    groups = {**cues("measurements")["expands"], **_known()["groups"]}
    named = (one.concept for one in reading.mentions_in(start, end) if one.kind == "lab" and one.end <= end)
    return tuple(dict.fromkeys(test for concept in named for test in groups.get(concept, (concept,))))


def _names_before(reading: Reading, masked: str, at: int) -> tuple[str, ...]:
    """The tests named directly before the word for a limit: "For ALT our upper limit", "the ALT range"."""
    begin = max(0, at - _BEFORE)
    match = compiled(
        rf"(?P<names>{_NAMES})(?:\s*(?:{alternatives(_known()['between'])}|[,:(]))*\s*$", re.IGNORECASE
    ).search(masked, begin, at)
    return () if match is None else _names_in(reading, match.start("names"), match.end("names"))


def _names_behind(reading: Reading, masked: str, at: int) -> tuple[tuple[str, ...], int] | None:
    """The tests named behind their limit, "33 for ALT", "33 (ALT)", and where their names end."""
    match = compiled(rf"\s*(?:\(|for\s+(?:the\s+)?)(?P<names>{_NAMES})\)?", re.IGNORECASE).match(masked, at)
    return None if match is None else (_names_in(reading, match.start("names"), match.end("names")), match.end())


def _further(
    reading: Reading, masked: str, at: int, limit: int, comma: bool, *, by_name: bool
) -> Iterator[tuple[Written, tuple[str, ...]]]:
    """The other limits of a list, each behind its name (`by_name`) or before it."""
    joint = compiled(rf"\s*(?:[,;/&•*-]|and|\n)*\s*(?:{_NAMES}(?:\s*{_fill()})*+\s*)?(?=[<≤]|\d)", re.IGNORECASE)
    while (match := joint.match(masked, at, limit)) is not None:
        if by_name != (re.search(_NAME, match.group()) is not None):
            return
        written = _number(reading, match.end(), limit, comma)
        if written is None:
            return
        if by_name:
            names, at = _names_in(reading, match.start(), match.end()), written.end
        else:
            behind = _names_behind(reading, masked, written.end)
            if behind is None:
                return
            names, at = behind
        yield written, names


def _fitting_sex(reading: Reading, masked: str, limit: StatedLimit) -> Iterator[StatedLimit]:
    """The limit, as another's where it is told for the other sex: "33 for women, 41 for men"."""
    behind = _word("of_sex").match(masked, limit.end)
    mine = sex_of_patient(reading.normal) if behind is not None else ""
    other = behind is not None and mine and mine != ("f" if behind["women"] else "m")
    yield replace(limit, is_foreign=True) if other else limit
    if behind is None:
        return
    second = compiled(r"[\s,;/]*(?:and|or|versus|vs\.?)?\s*(?=[<≤]?\d)").match(masked, behind.end())
    written = None if second is None else read_number(masked, second.end(), len(masked), False)
    again = None if written is None else _word("of_sex").match(masked, written.end)
    if written is None or again is None or (behind["women"] is None) == (again["women"] is None):
        return
    fits = mine == ("f" if again["women"] else "m")
    told = _limit(limit.told, written, limit.tests, limit.scope, limit.is_foreign or not fits)
    yield told


def with_stated_limits(
    reading: Reading, page: Page, stated: Sequence[StatedLimit], facts: Sequence[Fact]
) -> list[Fact]:
    """The facts, with the limit that the letter states for them where they have no range of their own."""
    limits = [limit for limit in stated if not limit.is_foreign]
    if not limits:
        return list(facts)
    given: dict[int, Interval] = {}
    numbers = [one for one in facts if isinstance(one.value, Quantity) and one.experiencer == "patient"]
    for limit in limits:
        for fact in _of_limit(reading, numbers, limit, page):
            interval = _in_unit_of(fact, limit, page)
            if interval is not None and fact.reference is None:
                given.setdefault(id(fact), interval)
    return [replace(fact, reference=given[id(fact)]) if id(fact) in given else fact for fact in facts]


def _of_limit(reading: Reading, facts: Sequence[Fact], limit: StatedLimit, page: Page) -> list[Fact]:
    """The values that a limit is of: those of the tests it names, else those told before it."""
    if limit.tests:
        return [fact for fact in facts if fact.concept in limit.tests]
    number = reading.sentence_at(limit.told)
    begin = reading.sentences[max(0, number - _NEAREST + 1)].start
    near = [fact for fact in facts if begin <= fact.start < limit.told and fact.end <= limit.start]
    near = [fact for fact in near if _in_unit_of(fact, limit, page) is not None]
    if not near or limit.scope == "all":
        return near
    last = max(near, key=lambda fact: fact.end)
    if limit.scope == "both":
        others = [fact.concept for fact in sorted(near, key=lambda fact: -fact.end) if fact.concept != last.concept]
        return [fact for fact in near if fact.concept in (last.concept, *others[:1])]
    return [fact for fact in near if fact.start < last.end and fact.end > last.start]


def _in_unit_of(fact: Fact, limit: StatedLimit, page: Page) -> Interval | None:
    """The limit in the unit of the fact; None where it can be no limit of that test."""
    term = vocabulary().terms.get(fact.concept)
    if not isinstance(term, Lab) or not isinstance(fact.value, Quantity) or fact.value.unit != term.unit:
        return None
    unit = limit.unit
    if unit is None:
        written = read_number(fact.value.written, 0, len(fact.value.written), page.comma)
        unit = None if written is None else written.unit
    codes = units_meant(fact.concept, limit.interval, unit, system=page.system)
    if unit is None and len(codes) > 1:
        codes = tuple(code for code in codes if _is_usual(term, convert(fact.concept, limit.interval, code)))
    interval = convert(fact.concept, limit.interval, codes[0]) if len(codes) == 1 else None
    return interval if interval is not None and _is_usual(term, interval) else None


def _is_usual(term: Lab, interval: Interval | None) -> bool:
    """Whether a limit lies near the default one, where the terms have one."""
    highs = [one.high for one in term.references if one.high is not None]
    if interval is None or interval.high is None:
        return False
    return not highs or min(highs) / _FARTHEST <= interval.high <= max(highs) * _FARTHEST
