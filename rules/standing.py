"""Whether what one document of several tells as going on still stands: a fact and its dossier in, its standing out.

"On prednisolone" in a letter of March is overtaken by a letter of June that stops it or tells it again, and is in doubt
beside one of June whose drugs do not hold it. A letter that stands alone is never in doubt.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from kb.dates import surely_before
from kb.facts import Fact, Time
from rules.findings import Situation
from rules.moments import course_of, letter_day
from rules.windows import window

_LONG_AGO = window("12 months")  # as the protocols ask of negative results
Standing = Literal["stands", "perhaps", "overtaken"]


def standing(fact: Fact, situation: Situation) -> Standing:
    """`overtaken` where a newer document has a word on the matter; `perhaps` where the fact's document has no date, or,
    of a drug, where a newer one tells what is taken without naming it.
    """
    if len(situation.letter_dates) < 2:
        return "stands"
    if any(newer_words(fact, situation)):
        return "overtaken"
    day = letter_day(fact, situation)
    if day is None:
        return "perhaps"
    return "perhaps" if fact.kind == "medication" and _newer_list(day, situation) else "stands"


def newer_words(fact: Fact, situation: Situation) -> Iterator[Fact]:
    """What surely newer documents say of the matter today: told as present, as ended or as not so."""
    day = letter_day(fact, situation)
    if day is None or len(situation.letter_dates) < 2:
        return
    for other in situation.facts:
        if (other.experiencer, other.kind) != ("patient", fact.kind) or other.temporality == "planned":
            continue
        if _is_newer(other, day, situation) and _speaks_of_today(other) and _on_one_matter(fact, other, situation):
            yield other


def told_long_ago(fact: Fact, situation: Situation) -> bool:
    """Whether, of several documents, one that is old, or may be, tells it: what it denies ever may have come since."""
    if len(situation.letter_dates) < 2 or situation.as_of is None:
        return False
    return _LONG_AGO.place(letter_day(fact, situation), situation.as_of) != "inside"


def last_day(fact: Fact, situation: Situation) -> Time | None:
    """The last day on which it surely went on, to the last on which it may have: its document's, or, where a newer one
    tells the end, up to that.
    """
    day = letter_day(fact, situation)
    if day is None:
        return None
    ends = [end for one in newer_words(fact, situation) if (end := _end_by(one, situation)) is not None]
    return day if not ends or day.latest is None else Time(day.earliest, max(day.latest, *ends))


def _end_by(word: Fact, situation: Situation) -> date | None:
    """The last day that a newer word leaves for what it ends; None where it tells it as going on."""
    end = course_of(word).end
    if end is not None:
        return end.latest
    if word.assertion == "absent" and word.time is not None and word.time.earliest is not None:
        return word.time.earliest
    today = letter_day(word, situation)
    return None if _goes_on(word) or today is None else today.latest


def _goes_on(fact: Fact) -> bool:
    return fact.assertion == "present" and fact.temporality == "current" and not _is_over(fact)


def _is_over(fact: Fact) -> bool:
    course = course_of(fact)
    return course.end is not None or course.ongoing is False


def _speaks_of_today(fact: Fact) -> bool:
    if fact.assertion in ("possible", "conditional"):
        return False
    stopped = fact.dosing is not None and fact.dosing.reason_stopped is not None
    told_now = fact.temporality == "current" and (fact.time is None or fact.kind == "medication")
    return fact.assertion == "absent" or _is_over(fact) or stopped or told_now


def in_newer_document(fact: Fact, other: Fact, situation: Situation) -> bool:
    """Whether the fact is told in a document that is surely newer than the other's."""
    day = letter_day(other, situation)
    return day is not None and _is_newer(fact, day, situation)


def is_behind(fact: Fact, other: Fact, situation: Situation) -> bool:
    """Whether the fact stands behind the other in one document, or in a surely newer one."""
    if fact.document == other.document:
        return fact.start >= other.start
    return in_newer_document(fact, other, situation)


def _is_newer(other: Fact, day: Time, situation: Situation) -> bool:
    theirs = letter_day(other, situation)
    return theirs is not None and surely_before(day, theirs)


def _on_one_matter(fact: Fact, other: Fact, situation: Situation) -> bool:
    """The same concept, or one above it that ended; of drugs also one below it. A denial speaks of all it closes."""
    terms = situation.vocabulary
    if fact.concept == other.concept:
        return True
    if fact.concept not in terms or other.concept not in terms:
        return False
    if other.assertion == "absent":
        return terms.is_a(fact.concept, other.concept) or fact.concept in terms.closed_by_denial(other.concept)
    if fact.kind == "medication" and terms.is_a(other.concept, fact.concept):
        return True
    return terms.is_a(fact.concept, other.concept) and (fact.kind == "medication" or not _goes_on(other))


def _newer_list(day: Time, situation: Situation) -> bool:
    """Whether a surely newer document tells what drugs are taken today."""
    return any(
        one.kind == "medication" and one.experiencer == "patient" and _goes_on(one) and _is_newer(one, day, situation)
        for one in situation.facts
    )
