"""What a scan may say instead: the facts of a page that was read uncertainly in, facts that leave it open out.

The document is read again with what its doubtful words may be; a fact that comes out otherwise holds both readings: a
number becomes an interval, a date a span of days, a statement possible. So no answer rests on one of two readings.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from kb.facts import READ_UNCERTAINLY, Coded, Course, Document, Dosing, Fact, Interval, Quantity, Time, Value
from kb.layout import Layout, Piece
from kb.patterns import compiled

READINGS = 2  # how many times a document is read with other words; a third is as good as never the true one
UNREADABLE = 0.5  # confidence below which a number was read wrongly more often than not, on faxes made for measuring
_ANYTHING = "?"
_NOUGHT = compiled(r"[<>=≤≥~ ]*0\d")
_SHORT = 3  # letters of a word that may deny what follows; a longer one is known or is not
_NEAR = 60  # characters before a fact in which it may be denied

_T = TypeVar("_T")


def surely_dated(letter_date: Callable[[str], Time | None], document: Document) -> Document:
    """The document with a date that holds for all that its words may be; None where its number cannot be read."""
    if document.layout is None or document.date is None:
        return document
    day: Time | None = document.date
    for text in _other_texts(document.text, document.layout):
        other = letter_date(text)
        day = day if other is None or day is None or _same_days(day, other) else _time(day, other)
    start = document.text.find(document.date.written)
    poor = (
        piece.confidence < UNREADABLE for piece in document.layout.touched(start, start + len(document.date.written))
    )
    return dataclasses.replace(document, date=None if start >= 0 and any(poor) else day)


def _same_days(one: Time, two: Time) -> bool:
    return (one.earliest, one.latest) == (two.earliest, two.latest)


def doubted(
    document: Document, facts: Sequence[Fact], again: Callable[[Document], Sequence[Fact]]
) -> tuple[list[Fact], list[str]]:
    """The facts with what they may be instead, and warnings; `again` gives the facts of the document reread."""
    layout = document.layout
    if layout is None:
        return list(facts), []
    held = [_without_the_unreadable(fact, document.text, layout) for fact in facts]
    for text in _other_texts(document.text, layout):
        held = _held_against(held, again(dataclasses.replace(document, text=text)), layout)
    ordered = sorted(held, key=lambda fact: (fact.start, fact.end, fact.kind, fact.concept))
    numbered = [
        dataclasses.replace(fact, id=f"f{number}", quote=document.text[fact.start : fact.end])
        for number, fact in enumerate(ordered, 1)
    ]
    return numbered, list(dict.fromkeys(_warnings(numbered, layout)))


def _other_texts(text: str, layout: Layout) -> Iterator[str]:
    """The text with the first of the other readings of each word, then with the second: each as long as the text."""
    for turn in range(READINGS):
        characters = list(text)
        for piece in layout.pieces:
            if turn < len(piece.others) and len(piece.others[turn]) == piece.end - piece.start:
                characters[piece.start : piece.end] = piece.others[turn]
        if (other := "".join(characters)) != text:
            yield other


def _held_against(held: Sequence[Fact], others: Sequence[Fact], layout: Layout) -> list[Fact]:
    """The facts, each with what another reading makes of it, and what only the other reading finds."""
    left = list(others)
    out = []
    for fact in held:
        same = next((other for other in left if _same_place(fact, other)), None)
        if same is None:
            out.append(fact)
            continue
        left.remove(same)
        out.append(fact if _says_the_same(fact, same) else _both(fact, same))
    out += [_only_perhaps(other) for other in left if _rests_on_doubt(other, layout)]
    return out


def _same_place(fact: Fact, other: Fact) -> bool:
    return (
        (fact.kind, fact.concept) == (other.kind, other.concept) and fact.start < other.end and other.start < fact.end
    )


_COMPARED = "assertion experiencer temporality value reference time course dosing attributes".split()


def _says_the_same(fact: Fact, other: Fact) -> bool:
    """Whether another reading of a fact adds nothing: a result in words that it spoils is none of its own."""
    if isinstance(fact.value, Coded) and other.value is None and other.assertion == fact.assertion:
        return True
    return all(getattr(fact, part) == getattr(other, part) for part in _COMPARED)


def _rests_on_doubt(fact: Fact, layout: Layout) -> bool:
    return any(piece.others for piece in layout.touched(fact.start, fact.end))


# --- both readings in one fact ----------------------------------------------------------------------------------------


def _both(fact: Fact, other: Fact) -> Fact:
    """One fact that holds both readings."""
    return dataclasses.replace(
        fact,
        assertion=fact.assertion if _as_sure(fact, other) else "possible",
        experiencer=fact.experiencer if fact.experiencer == other.experiencer else "patient",
        value=_value(fact, other),
        time=_either(fact.time, other.time, _time),
        course=_either(fact.course, other.course, _course),
        dosing=_either(fact.dosing, other.dosing, _dosing),
        attributes={**fact.attributes, READ_UNCERTAINLY: _words(other) if _words(other) != _words(fact) else _ANYTHING},
    )


def _as_sure(fact: Fact, other: Fact) -> bool:
    told = {key: text for key, text in fact.attributes.items() if key != READ_UNCERTAINLY}
    status = (one.dosing.status if one.dosing else None for one in (fact, other))
    return (
        (fact.assertion, fact.experiencer, fact.temporality) == (other.assertion, other.experiencer, other.temporality)
        and told == dict(other.attributes)
        and (not isinstance(fact.value, Coded) or fact.value.code == getattr(other.value, "code", None))
        and len(set(status)) == 1
    )


def _words(fact: Fact) -> str:
    return " ".join(fact.value.written.split()) if fact.value is not None else " ".join(fact.quote.split())


def _value(fact: Fact, other: Fact) -> Value | None:
    one, two = fact.value, other.value
    if one is None:
        return None
    if isinstance(one, Coded):
        return one if isinstance(two, Coded) and one.code == two.code and _as_sure(fact, other) else None
    comparable = fact.reference == other.reference and _as_sure(fact, other)
    if not isinstance(two, Quantity) or one.unit != two.unit or not comparable:
        return None  # not settled, as a number that was not read
    written = one.written if _same_words(one, two) else f"{one.written} or {two.written}"
    return Quantity(_interval(one.interval, two.interval), one.unit, written)


def _same_words(one: Quantity, two: Quantity) -> bool:
    return two.written in one.written.split(" or ")


def _only_perhaps(fact: Fact) -> Fact:
    """A fact that only another reading gives: it raises its question and settles nothing."""
    attributes = {**fact.attributes, READ_UNCERTAINLY: _words(fact)}
    return dataclasses.replace(fact, assertion="possible", value=None, attributes=attributes)


def _interval(one: Interval, two: Interval) -> Interval:
    """The least interval that holds both."""
    lows, highs = (one.low, two.low), (one.high, two.high)
    low = None if None in lows else min(bound for bound in lows if bound is not None)
    high = None if None in highs else max(bound for bound in highs if bound is not None)
    return Interval(
        low,
        high,
        all(each.low_open for each in (one, two) if each.low == low),
        all(each.high_open for each in (one, two) if each.high == high),
    )


def _either(one: _T | None, two: _T | None, joined: Callable[[_T, _T], _T | None]) -> _T | None:
    if one is None or two is None:
        return None if one is None else one if two is None else joined(one, two)
    return one if one == two else joined(one, two)


def _time(one: Time, two: Time) -> Time:
    return Time(_least(one.earliest, two.earliest), _most(one.latest, two.latest), one.written)


def _least(one: date | None, two: date | None) -> date | None:
    return None if one is None or two is None else min(one, two)


def _most(one: date | None, two: date | None) -> date | None:
    return None if one is None or two is None else max(one, two)


def _course(one: Course, two: Course) -> Course:
    """A course from one of two days to one of two; its levels are kept only where both readings give them."""
    return Course(
        _span(one.start, two.start),
        _span(one.end, two.end),
        one.ongoing if one.ongoing == two.ongoing else None,
        one.steps if one.steps == two.steps else (),
    )


def _span(one: Time | None, two: Time | None) -> Time | None:
    return None if one is None or two is None else _time(one, two)


def _dosing(one: Dosing, two: Dosing) -> Dosing:
    if one.unit != two.unit:
        return dataclasses.replace(one, dose=None, per_day=None, per_kg=None)
    return dataclasses.replace(
        one,
        dose=_amount(one.dose, two.dose),
        per_day=_amount(one.per_day, two.per_day),
        per_kg=_amount(one.per_kg, two.per_kg),
        duration_days=_amount(one.duration_days, two.duration_days),
    )


def _amount(one: Interval | None, two: Interval | None) -> Interval | None:
    return None if one is None or two is None else _interval(one, two)


# --- what could not be read -------------------------------------------------------------------------------------------


def _without_the_unreadable(fact: Fact, text: str, layout: Layout) -> Fact:
    """The fact without the numbers, and without the certainty, that rest on what can be anything."""
    told = (fact.value is None and fact.dosing is None) or isinstance(fact.value, Coded)
    if told and not any(piece.confidence < UNREADABLE for piece in _turning(fact, text, layout)):
        return fact
    if (
        not told
        and not any(piece.confidence < UNREADABLE for piece in _numbers(fact, layout))
        and not _lost_point(fact, layout)
    ):
        return fact
    return dataclasses.replace(
        fact,
        assertion="possible" if told else fact.assertion,
        value=None,
        dosing=fact.dosing
        and dataclasses.replace(fact.dosing, dose=None, per_day=None, per_kg=None, duration_days=None),
        attributes={**fact.attributes, READ_UNCERTAINLY: _ANYTHING},
    )


def _lost_point(fact: Fact, layout: Layout) -> bool:
    """Whether a number of a scan begins with a nought, as one does that has lost its point: "09" mg/dL."""
    if not isinstance(fact.value, Quantity) or _NOUGHT.match(fact.value.written) is None:
        return False
    return layout.confidence(fact.start, fact.end) < 1


def _turning(fact: Fact, text: str, layout: Layout) -> Iterator[Piece]:
    """The short words and signs of a fact and of its clause before it, any of which may deny it."""
    start = max(text.rfind(end, 0, fact.start) for end in (". ", "\n", "; "))
    for piece in layout.touched(max(start, fact.start - _NEAR, 0), fact.end):
        if sum(map(str.isalpha, text[piece.start : piece.end])) <= _SHORT:
            yield piece


def _numbers(fact: Fact, layout: Layout) -> Iterator[Piece]:
    """The pieces of a fact that are numbers, and no names with a digit in them."""
    for piece in layout.touched(fact.start, fact.end):
        within = fact.quote[max(piece.start - fact.start, 0) : piece.end - fact.start]
        if 2 * sum(map(str.isdigit, within)) > sum(map(str.isalpha, within)):
            yield piece


def _warnings(facts: Iterable[Fact], layout: Layout) -> Iterator[str]:
    for fact in facts:
        if READ_UNCERTAINLY in fact.attributes:
            page = next((number for number, _ in layout.places(fact.start, fact.end)), 0)
            yield f"page {page + 1}: {fact.label} was read uncertainly: hold it against the page"
