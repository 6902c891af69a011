"""How long a dose was held: the drug facts of a class in, the longest run of days at or above a level out.

Every fact becomes segments of days at an amount; what is certain and what is possible are two timelines. A run is the
days at the level, gaps of a few days bridged but not counted; a pulse counts its own days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kb.calculators.prednisone import amounts, prednisone_equivalent, prednisone_equivalent_per_kg
from kb.facts import Course, Fact, Interval, Step, Time
from rules import derivation
from rules.amounts import number, span_words
from rules.derivation import Expression
from rules.findings import Situation
from rules.medication import dosing_of, weights_of
from rules.moments import course_of, letter_day
from rules.standing import in_newer_document

_LONGEST_BY_VEIN = 10  # days of a course by vein that is given over and above the tablets


@dataclass(frozen=True, slots=True)
class Segment:
    """Some days at one amount: its level per kg (None: not known), its bounds as intervals, its least and most days."""

    fact: Fact
    level: Interval | None
    words: str
    start: Time | None
    end: Time | None
    days: Interval | None
    open_ended: bool = False
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """The longest run: days for certain, days at most, the arithmetic, and what was missing."""

    least: float
    most: float | None
    calculation: str | None
    missing: str | None
    held: tuple[tuple[Expression, date | None, date | None, float | None], ...] = ()
    possible: tuple[tuple[Fact, Expression | None, float | None], ...] = ()


def longest_run(
    facts: Sequence[Fact], level: float, bridge: int, weights: Mapping[str, Interval], situation: Situation
) -> Run:
    """The longest run of days at `level` mg/kg/day of prednisone or more; `weights` in kg by the fact's id."""
    segments = [segment for fact in facts for segment in segments_of(fact, weights.get(fact.id), situation)]
    segments = [_replaced(segment, segments, level, situation) for segment in segments]
    certain = [one for one in segments if one.level is not None and one.level.least is not None]
    certain = [one for one in certain if one.level and (one.level.least or 0) >= level]
    certain = [_following(one, certain) for one in certain]
    possible = [one for one in segments if _may_reach(one, level)]
    least, best, dated = _longest(certain, bridge)
    unbounded = any(_most_days(one) is None for one in possible)
    most = None if unbounded else max(sum(_most_days(one) or 0.0 for one in possible), least)
    missing = None
    if any(one.level is None for one in segments):
        missing = "weight" if not weights and any(_has_dose(one) for one in segments) else "dose"
    held = tuple(_held(one, situation, dated=dated) for one in best)
    perhaps = tuple((one.fact, _derived(one, situation), _most_days(one)) for one in possible)
    return Run(least, most, _told(best, least), missing, held, perhaps)


def _following(segment: Segment, others: Sequence[Segment]) -> Segment:
    """One dose high enough goes over into another: on which day of the month told for both does not matter."""
    start = segment.start
    if start is None or start.earliest is None or start.earliest == start.latest:
        return segment
    if any(one is not segment and one.end == start and _certain_span(one) is not None for one in others):
        return replace(segment, start=Time(start.earliest, start.earliest, start.written))
    return segment


def _held(
    segment: Segment, situation: Situation, *, dated: bool
) -> tuple[Expression, date | None, date | None, float | None]:
    """A part of the longest run: its level, and its certain days or else how many there are."""
    level, span = _derived(segment, situation), _certain_span(segment)
    assert level is not None
    if dated and span is not None:
        return level, *span, None
    return level, None, None, 0.0 if segment.days is None else segment.days.least or 0.0


def _derived(segment: Segment, situation: Situation) -> Expression | None:
    """How the level of a segment comes about; None where it is not known."""
    if segment.level is None:
        return None
    fact, step = segment.fact, segment.step
    told = dosing_of(fact) if step is None else course_of(fact).steps[step]
    amount = derivation.dose(fact, "per_day" if told.per_kg is None else "per_kg", step)
    level = derivation.equivalent(amount, amounts().get(fact.concept))
    if told.per_kg is not None:
        return level
    return derivation.quotient(level, derivation.hull([derivation.value(one) for one in weights_of(fact, situation)]))


def segments_of(fact: Fact, weight: Interval | None, situation: Situation) -> list[Segment]:
    """The days of a fact at each of its amounts: one segment, or one for each step of a taper."""
    dosing, course = dosing_of(fact), course_of(fact)
    if course.steps:
        return _steps(fact, course, weight, situation)
    level, words = _level(fact, dosing.per_day, dosing.per_kg, weight)
    days = dosing.duration_days
    if dosing.pulse:
        start = course.start or fact.time
        return [Segment(fact, level, words, start, _after(start, days), days or Interval.exactly(1))]
    start, end, open_ended = _bounds(fact, course, days, situation)
    return [Segment(fact, level, words, start, end, days, open_ended)]


def days_of(fact: Fact, situation: Situation) -> Interval:
    """How many days the drug was taken in this course: as told, or from its first day to its last."""
    days = dosing_of(fact).duration_days
    if days is not None:
        return days
    start, end, _ = _bounds(fact, course_of(fact), None, situation)
    if start is None or end is None:
        return Interval(None, None)
    return Interval(_days_between(start.latest, end.earliest), _days_between(start.earliest, end.latest))


def _days_between(first: date | None, last: date | None) -> float | None:
    return None if first is None or last is None else float(max(0, (last - first).days))


def _bounds(
    fact: Fact, course: Course, days: Interval | None, situation: Situation
) -> tuple[Time | None, Time | None, bool]:
    """Start and end, each from the other and the duration where only one is told; of a course that goes on, today."""
    start, end = course.start, course.end
    if start is None and end is None and fact.time is not None and days is not None:
        start = fact.time
    if end is None and days is not None and start is not None:
        return start, _after(start, days), False
    if start is None and days is not None and end is not None:
        return _before(end, days), end, False
    if end is not None:
        return start, end, False
    current = dosing_of(fact).status == "current" and course.ongoing is not False
    if current and days is not None:  # "for the last four months"
        today = letter_day(fact, situation)
        return (None if today is None else _before(today, days)), today, False
    return start, (_last_day(fact, situation) if current else None), current


def _steps(fact: Fact, course: Course, weight: Interval | None, situation: Situation) -> list[Segment]:
    """A taper: each step begins where the one before ends; the last goes on to the course's end."""
    segments = []
    clock = course.start
    for index, step in enumerate(course.steps):
        start = step.start or clock
        following = course.steps[index + 1].start if index + 1 < len(course.steps) else None
        last = index == len(course.steps) - 1
        end = following or _after(start, step.days) or (_last_end(fact, course, situation) if last else None)
        level, words = _level(fact, step.per_day, step.per_kg, weight)
        segments.append(Segment(fact, level, words, start, end, step.days, step=index))
        clock = end
    return segments


def _last_end(fact: Fact, course: Course, situation: Situation) -> Time | None:
    if course.end is not None:
        return course.end
    return _last_day(fact, situation) if dosing_of(fact).status == "current" else None


def _last_day(fact: Fact, situation: Situation) -> Time | None:
    """The last day of what goes on: its letter's; one of several letters leaves open how long it went on since."""
    day = letter_day(fact, situation)
    if len(situation.letter_dates) < 2 or day is None or day.latest is None:
        return day
    as_of = situation.as_of
    return Time(day.earliest, None if as_of is None else max(day.latest, as_of))


def _level(
    fact: Fact, per_day: Interval | None, per_kg: Interval | None, weight: Interval | None
) -> tuple[Interval | None, str]:
    """The prednisone equivalent per kg and day, with its arithmetic; None where dose, weight or equivalence lacks."""
    drug = fact.label.lower()
    if per_kg is not None:
        level = prednisone_equivalent_per_kg(fact.concept, per_kg)
        told = f"{drug} {span_words(per_kg.least, per_kg.greatest, 'mg/kg/day')}"
        return level, told if level in (None, per_kg) else f"{told} = {_per_kg(level)}"
    if per_day is None:
        return None, drug
    told = f"{drug} {span_words(per_day.least, per_day.greatest, 'mg/day')}"
    equivalent = _equivalent(fact.concept, per_day)
    if equivalent is None or weight is None or not weight.least or weight.greatest is None:
        return None, told
    if equivalent != per_day:
        told += f" = prednisone {span_words(equivalent.least, equivalent.greatest, 'mg/day')}"
    level = Interval(
        None if equivalent.least is None else round(equivalent.least / weight.greatest, 9),
        None if equivalent.greatest is None else round(equivalent.greatest / weight.least, 9),
    )
    return level, f"{told} ÷ {span_words(weight.least, weight.greatest, 'kg')} = {_per_kg(level)}"


def _equivalent(concept: str, amount: Interval) -> Interval | None:
    return prednisone_equivalent(concept, amount)


def _per_kg(level: Interval | None) -> str:
    return "" if level is None else span_words(level.least, level.greatest, "mg/kg/day")


def _has_dose(segment: Segment) -> bool:
    steps = any(step.per_day is not None for step in _all_steps(segment.fact))
    return steps or dosing_of(segment.fact).per_day is not None


def _all_steps(fact: Fact) -> tuple[Step, ...]:
    return course_of(fact).steps


def _may_reach(segment: Segment, level: float) -> bool:
    if segment.level is None:
        return True
    return segment.level.greatest is None or segment.level.greatest >= level


def _replaced(segment: Segment, others: Sequence[Segment], level: float, situation: Situation) -> Segment:
    """A course told to go on ends, at the latest, where a lower dose of another fact is told to begin.

    What a newer document tells without its beginning had not begun by the day of the older one.
    """
    if not segment.open_ended or not _may_reach(segment, level):
        return segment
    lower = [one for one in others if one.fact is not segment.fact and not _surely_reaches(one, level)]
    lower = [one for one in lower if not dosing_of(one.fact).pulse and not _over_before(one, segment, situation)]
    lower = [one for one in lower if not _comes_on_top(one, segment)]
    lower = [one for one in lower if _begins(one) or not in_newer_document(one.fact, segment.fact, situation)]
    if not lower:
        return segment
    starts = [one.start for one in lower]
    first = min((when.earliest for when in starts if when is not None and when.earliest is not None), default=None)
    unknown = any(when is None or when.earliest is None for when in starts)
    began = None if segment.start is None else segment.start.latest
    earliest = began if unknown or first is None else max(first, began) if began is not None else first
    end = segment.end or Time(None, None)
    if earliest is not None and end.earliest is not None:
        earliest = min(earliest, end.earliest)
    return replace(segment, end=Time(earliest, end.latest))


def _comes_on_top(one: Segment, other: Segment) -> bool:
    """Some days by vein without their dose ("methylprednisolone for five days"), in the midst of tablets that go on."""
    greatest = None if one.days is None else one.days.greatest
    short = greatest is not None and greatest <= _LONGEST_BY_VEIN
    began = None if other.start is None else other.start.latest
    first = None if one.start is None else one.start.earliest
    later = began is not None and first is not None and first > began
    by_vein = dosing_of(one.fact).route == "iv" and dosing_of(other.fact).route != "iv"
    return one.level is None and by_vein and short and later


def _begins(segment: Segment) -> bool:
    return segment.start is not None and segment.start.earliest is not None


def _surely_reaches(segment: Segment, level: float) -> bool:
    return segment.level is not None and segment.level.least is not None and segment.level.least >= level


def _over_before(one: Segment, other: Segment, situation: Situation) -> bool:
    """Whether `one` was certainly over when `other` began: of an older document, told before that day."""
    if one.end is None or one.end.latest is None or other.start is None or other.start.earliest is None:
        return False
    if one.open_ended and in_newer_document(other.fact, one.fact, situation):
        return one.end.earliest is not None and one.end.earliest <= other.start.earliest
    return not one.open_ended and one.end.latest <= other.start.earliest


def _after(start: Time | None, days: Interval | None) -> Time | None:
    if start is None or days is None:
        return None
    return Time(_moved(start.earliest, days.least), _moved(start.latest, days.greatest))


def _before(end: Time, days: Interval) -> Time:
    greatest, least = days.greatest, days.least
    return Time(
        _moved(end.earliest, None if greatest is None else -greatest),
        _moved(end.latest, None if least is None else -least),
    )


def _moved(day: date | None, days: float | None) -> date | None:
    if day is None or days is None:
        return None
    try:
        return day + timedelta(days=round(days))
    except OverflowError:
        return None


def _certain_span(segment: Segment) -> tuple[date, date] | None:
    """The days that surely lie in the segment: from its latest start to its earliest end."""
    if segment.start is None or segment.end is None or segment.start.latest is None or segment.end.earliest is None:
        return None
    return (segment.start.latest, segment.end.earliest) if segment.start.latest < segment.end.earliest else None


def _longest(segments: Sequence[Segment], bridge: int) -> tuple[float, list[Segment], bool]:
    """The longest certain run with its segments, and whether these are dated; else they stand for their durations."""
    best: tuple[float, list[Segment], bool] = (0.0, [], False)
    for held in _of_one_fact(segments):
        least = sum(one.days.least or 0.0 for one in held if one.days is not None)
        if least > best[0]:
            best = (least, held, False)
    spans = [(span, one) for one in segments if (span := _certain_span(one)) is not None]
    spans.sort(key=lambda pair: (pair[0], pair[1].fact.start))
    for index, (span, one) in enumerate(spans):
        days, end, used = (span[1] - span[0]).days, span[1], [one]
        for (start, stop), following in spans[index + 1 :]:
            if (start - end).days > bridge:
                break
            days += max(0, (stop - max(start, end)).days)
            end, used = max(end, stop), [*used, following]
        if days > best[0]:
            best = (float(days), used, True)
    return best


def _of_one_fact(segments: Sequence[Segment]) -> list[list[Segment]]:
    """The segments grouped by fact: the steps of one taper follow each other."""
    groups: dict[str, list[Segment]] = {}
    for one in segments:
        groups.setdefault(one.fact.id, []).append(one)
    return list(groups.values())


def _most_days(segment: Segment) -> float | None:
    if segment.days is not None:
        return segment.days.greatest
    if segment.start is None or segment.end is None:
        return None
    if segment.start.earliest is None or segment.end.latest is None:
        return None
    return float(max(0, (segment.end.latest - segment.start.earliest).days))


def _told(segments: Sequence[Segment], days: float) -> str | None:
    if not segments:
        return None
    words = "; ".join(dict.fromkeys(one.words for one in segments))
    spans = [span for one in segments if (span := _certain_span(one)) is not None]
    when = f", {min(start for start, _ in spans)} to {max(end for _, end in spans)}" if spans else ""
    return f"{words}{when}: {number(days)} days"
