"""Where what is told lies relative to a window: a fact and a window in, inside, outside or open with its last day out.

What lasts is placed by where it ends; one that goes on lies where the letter does. What an older one of several
documents tells as going on may have gone on since, unless a newer one has a word on it.
"""

from __future__ import annotations

from kb.facts import Fact, Time
from rules.findings import Situation
from rules.moments import course_of, letter_day
from rules.standing import last_day, standing
from rules.windows import Place, Window


def place_of(fact: Fact, span: Window, situation: Situation, *, lasting: bool) -> tuple[Place, Time | None, bool]:
    """Where the fact lies relative to the window, its last day as far as told, and whether it still goes on."""
    course = course_of(fact)
    as_of = situation.as_of
    untimed = fact.time is None and course.start is None and course.end is None and course.ongoing is None
    present = fact.temporality == "current" and course.end is None and course.ongoing is not False
    if course.ongoing or (lasting and present and (untimed or (course.start is not None and fact.time is None))):
        return going_on_in(span, fact, situation)
    if course.end is not None:
        return span.place(course.end, as_of), course.end, False
    if fact.time is not None:
        return span.place(fact.time, as_of), fact.time, False
    if course.start is None:
        return "open", None, False
    # it began then and its end is not told: certain only where even the beginning lies inside
    place = span.place(course.start, as_of)
    return ("inside" if place == "inside" else "open"), course.start, False


def going_on_in(span: Window, fact: Fact, situation: Situation) -> tuple[Place, Time | None, bool]:
    """Where what the fact's document tells as going on lies: as `place_of`."""
    as_of, today = situation.as_of, letter_day(fact, situation)
    place = span.place(today, as_of)
    if len(situation.letter_dates) < 2:
        return place, today, True
    if standing(fact, situation) != "overtaken":
        return ("inside" if place == "inside" else "open"), today, True
    last = last_day(fact, situation)
    return (place if place == "inside" else span.place(last, as_of)), last, False
