"""Facts of text that was carried forward from an older document: the facts of a dossier in, each counted once out.

What the copy says without a date is as old as the first document that says it: a result, a denial or a statement counts
there alone. What it tells as going on may have been true when it was copied or not: a condition is of some day since
the first document, a drug is only perhaps still taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kb.dates import surely_before
from kb.facts import Course, Document, Fact, Time
from screening.copied_text import Copy, Words, copies

_LASTS = frozenset({"condition", "procedure", "vaccination", "study", "medication"})


@dataclass(frozen=True, slots=True)
class Carried:
    """The facts that count, and for each document (by its place) the one that most of what it repeats is from."""

    facts: list[list[Fact]]
    origins: Mapping[int, int]


def counted_once(documents: Sequence[Document], facts: Sequence[Sequence[Fact]]) -> Carried:
    """The facts of each document without those that an older one has in the same words; `documents` oldest first."""
    if len(documents) == 1:
        return Carried([list(facts[0])], {})
    words = [Words.of(document.text) for document in documents]
    kept: list[list[Fact]] = []
    origins: dict[int, int] = {}
    for at, document in enumerate(documents):
        left = list(facts[at])
        repeated: dict[int, int] = {}
        for before in range(at) if left else ():
            for copy in copies(words[at], words[before]):
                judged = [_judged(fact, copy, documents[before], document, facts[before]) for fact in left]
                repeated[before] = repeated.get(before, 0) + _repeated(left, judged)
                left = [fact for fact in judged if fact is not None]
        if any(repeated.values()):
            origins[at] = max(repeated, key=lambda before: (repeated[before], -before))
        kept.append(left)
    return Carried(kept, origins)


def _repeated(facts: Sequence[Fact], judged: Sequence[Fact | None]) -> int:
    """How many facts are copies, but for those of a letterhead, which says who the patient is."""
    pairs = zip(facts, judged, strict=True)
    return sum(after is not fact for fact, after in pairs if fact.kind != "demographic")


def _judged(fact: Fact, copy: Copy, first: Document, document: Document, others: Sequence[Fact]) -> Fact | None:
    """The fact as it counts: itself where it is none of the copy's, or told with a date of its own; None where the
    first document has said it.
    """
    original = _original(fact, copy, others)
    if original is None or fact.attributes.get("copied"):
        return fact
    same = _content(fact) == _content(original)
    if not same:
        return None if _is_relative(fact, original) else fact
    if not _goes_on(fact) or not _is_later(first.date, document.date):
        return None
    copied = {**fact.attributes, "copied": "yes"}
    if fact.kind == "medication":
        return replace(fact, assertion="possible", attributes=copied)
    since = Time(
        None if first.date is None else first.date.earliest, None if document.date is None else document.date.latest
    )
    return replace(fact, time=since, course=None, attributes=copied)


def _original(fact: Fact, copy: Copy, others: Sequence[Fact]) -> Fact | None:
    """The first document's fact at the place from which this one is copied."""
    if fact.start < copy.start or fact.end > copy.end:
        return None
    place = copy.places.get(fact.start)
    if place is None:
        return None
    found = [one for one in others if (one.start, one.kind, one.concept) == (place, fact.kind, fact.concept)]
    return next((one for one in found if _content(one) == _content(fact)), found[0] if found else None)


def _content(fact: Fact) -> Fact:
    """What a fact says, without where."""
    return replace(fact, id="", document=0, start=0, end=0, quote="", section=None)


def _is_relative(fact: Fact, original: Fact) -> bool:
    """Whether only the day differs, and that is told in the same words: "three weeks ago"."""
    when, then = fact.time, original.time
    times_aside = replace(_content(fact), time=None, course=None) == replace(_content(original), time=None, course=None)
    if not times_aside:
        return False
    return _written(when, fact.course) == _written(then, original.course)


def _written(when: Time | None, course: Course | None) -> tuple[str, ...]:
    told = (when, course.start if course else None, course.end if course else None)
    return tuple("" if one is None else " ".join(one.written.split()) for one in told)


def _goes_on(fact: Fact) -> bool:
    """Whether it tells, without a date, of something that lasts."""
    course = fact.course or Course()
    over = course.end is not None or course.ongoing is False
    told_now = fact.temporality == "current" and fact.assertion in ("present", "possible")
    dated = fact.time is not None and fact.kind != "medication"
    return fact.kind in _LASTS and told_now and not over and not dated


def _is_later(first: Time | None, day: Time | None) -> bool:
    """Whether the second document is surely the newer one."""
    return first is not None and day is not None and surely_before(first, day)
