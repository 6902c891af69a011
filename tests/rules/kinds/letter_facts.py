"""Facts as a letter of 15 June 2026 would give them, and the answer of one criterion: pass, fail, raised, silent.

Small builders, so that a table of cases reads like the letter: told("sle"), denied("malignancy"), number("lvef", 48).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import kb
from kb.facts import Coded, Course, Dosing, Fact, Interval, Quantity, Time
from kb.vocabulary import Lab, Term, vocabulary
from rules.findings import Finding, Situation
from rules.language import Protocol, leaf_tests, load_protocol
from rules.reference import answer

LETTER = date(2026, 6, 15)
_ids = itertools.count(1)
_KINDS = {"drug": "medication", "lab": "measurement", "vaccine": "vaccination"}


@functools.cache
def protocol() -> Protocol:
    return load_protocol(Path(kb.__file__).parent / "protocols" / "NCT06934447" / "protocol.yaml")


def fact(concept: str, kind: str | None = None, **more: Any) -> Fact:
    terms = vocabulary()
    known = terms.kinds.get(concept, "statement")
    term: Term | None = terms[concept] if concept in terms else None
    index = next(_ids)
    return Fact(
        id=f"f{index}",
        kind=kind or _KINDS.get(known, known),  # type: ignore[arg-type]
        concept=concept,
        label=term.label if term else concept,
        document=0,
        start=index * 10,
        end=index * 10 + 5,
        quote=f"<{concept}>",
        **more,
    )


def day(text: str | None) -> Time | None:
    """ "2026-03-01", a month "2026-03", a year "2026", or two days with ".." between."""
    if text is None:
        return None
    if ".." in text:
        first, last = (day(part) for part in text.split(".."))
        return Time(first.earliest if first else None, last.latest if last else None)
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return Time.on(date(*parts))
    if len(parts) == 1:
        return Time(date(parts[0], 1, 1), date(parts[0], 12, 31))
    following = date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1)
    return Time(date(parts[0], parts[1], 1), date.fromordinal(following.toordinal() - 1))


def told(concept: str, on: str | None = None, **more: Any) -> Fact:
    """A condition, procedure, vaccination or statement; keywords that a fact does not have are its attributes."""
    return fact(concept, time=more.pop("time", None) or day(on), **_with_attributes(more))


def _with_attributes(more: dict[str, Any]) -> dict[str, Any]:
    known = set(Fact.__dataclass_fields__)
    # a course told in a word ("stable") is an attribute, the course of a treatment is a field
    fields = {name: more.pop(name) for name in list(more) if name in known and not isinstance(more[name], str)}
    fields |= {name: more.pop(name) for name in ("kind", "assertion", "experiencer", "temporality") if name in more}
    return {**fields, "attributes": {name: str(value) for name, value in more.items()}}


def denied(concept: str, span: str | None = None, **more: Any) -> Fact:
    return told(concept, span, assertion="absent", **more)


def number(concept: str, low: float, high: float | None = None, on: str | None = None, **more: Any) -> Fact:
    term = vocabulary()[concept] if concept in vocabulary() else None
    unit = more.pop("unit", None) or (term.unit if isinstance(term, Lab) and term.unit else "{score}")
    interval = more.pop("interval", None) or Interval(low, low if high is None else high)
    when = more.pop("time", None) or day(on)
    return fact(concept, value=Quantity(interval, unit, ""), time=when, **_with_attributes(more))


def coded(concept: str, code: str, on: str | None = None, **more: Any) -> Fact:
    return fact(concept, value=Coded(code, code), time=day(on), **_with_attributes(more))


def years(age: float) -> Fact:
    return fact("age", "demographic", value=Quantity(Interval.exactly(age), "a", ""))


def sex(code: str) -> Fact:
    return fact("sex", "demographic", value=Coded(code, code))


def course(start: str | None = None, end: str | None = None, ongoing: bool | None = None) -> Course:
    return Course(day(start), day(end), ongoing)


def drug(
    concept: str,
    status: str = "current",
    *,
    mg: float | None = None,
    per_kg: float | None = None,
    start: str | None = None,
    end: str | None = None,
    days: float | None = None,
    **more: Any,
) -> Fact:
    dosing = Dosing(
        status=status,  # type: ignore[arg-type]
        per_day=None if mg is None else Interval.exactly(mg),
        per_kg=None if per_kg is None else Interval.exactly(per_kg),
        duration_days=None if days is None else Interval.exactly(days),
        route=more.pop("route", None),
        reason_stopped=more.pop("reason", None),
        pulse=more.pop("pulse", False),
    )
    given = course(start, end, True if status == "current" and end is None else None)
    temporality = more.pop("temporality", "historical" if status == "past" else "current")
    return fact(concept, "medication", dosing=dosing, course=given, temporality=temporality, **_with_attributes(more))


def situation(facts: Sequence[Fact], as_of: date | None = LETTER, letter: date | None = LETTER) -> Situation:
    return Situation(tuple(facts), as_of, vocabulary(), (None if letter is None else Time.on(letter),))


def findings(criterion_id: str, case: Situation) -> dict[str, Finding]:
    criterion = next(one for one in protocol().criteria if one.id == criterion_id)
    found = ((test, test.find(case)) for test in leaf_tests(criterion.tree))
    return {test.finding_id(): finding for test, finding in found if finding is not None}


def answered(
    criterion_id: str, facts: Sequence[Fact], as_of: date | None = LETTER, letter: date | None = LETTER
) -> str:
    """pass, fail, raised or silent."""
    found = findings(criterion_id, situation(facts, as_of, letter))
    criterion = next(one for one in protocol().criteria if one.id == criterion_id)
    result = answer(criterion, found)
    if result != "unknown":
        return result
    return "raised" if any(finding.speaks for finding in found.values()) else "silent"
