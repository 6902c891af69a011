"""The types that cross the rooms: documents and dossiers in, facts out.

A value, a date and a course are intervals: what the letter leaves open stays open.
Everything here is immutable and turns to plain JSON with the keys of the interface (`to_json`), and back (`from_json`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter
from typing import Any, Literal

from kb.layout import Layout

Kind = Literal[
    "medication",
    "measurement",
    "condition",
    "procedure",
    "vaccination",
    "score",
    "demographic",
    "study",
    "statement",
    "mention",
]
Assertion = Literal["present", "absent", "possible", "conditional"]
Experiencer = Literal["patient", "family", "other"]
Temporality = Literal["current", "historical", "planned"]
MedicationStatus = Literal["current", "past", "planned", "never", "allergy"]
Source = Literal["text", "structured"]


# The attribute of a fact whose words were read uncertainly, from a scan: what they may be instead, "?" for anything.
READ_UNCERTAINLY = "read_uncertainly"


@dataclass(frozen=True, slots=True)
class Document:
    """One text of a patient. `date` is the letter's own date, an interval, or None where it has none.

    `layout` says where its words stand on the pages, for what was read from pages.
    """

    name: str
    text: str
    sha256: str
    date: Time | None = None
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A document that was given and does not count, and why."""

    name: str
    sha256: str
    why: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """The documents of one patient that are screened together; `set_aside` are others that were given with them."""

    documents: tuple[Document, ...]
    set_aside: tuple[SetAside, ...] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers from `low` to `high`; None is unbounded on that side; an open end excludes its bound.

    >>> Interval(55, 60).least, Interval(None, 0.5, high_open=True).greatest < 0.5
    (55, True)
    """

    low: float | None
    high: float | None
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"an interval runs from low to high, not from {self.low} to {self.high}")

    @classmethod
    def exactly(cls, value: float) -> Interval:
        return cls(value, value)

    @property
    def least(self) -> float | None:
        """The least number in the interval (an open bound is stepped over by one float)."""
        if self.low is None or not self.low_open:
            return self.low
        return math.nextafter(self.low, math.inf)

    @property
    def greatest(self) -> float | None:
        """The greatest number in the interval (an open bound is stepped over by one float)."""
        if self.high is None or not self.high_open:
            return self.high
        return math.nextafter(self.high, -math.inf)

    def scaled(self, factor: float) -> Interval:
        """Every number times a positive factor."""
        low = None if self.low is None else self.low * factor
        high = None if self.high is None else self.high * factor
        return Interval(low, high, self.low_open, self.high_open)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number read: the interval in the concept's canonical UCUM `unit`, and the letter's own words.

    A multiple of the upper limit of normal has the unit `{ULN}`; a titre 1:80 is 80 with unit `{titer}`.
    """

    interval: Interval
    unit: str
    written: str


@dataclass(frozen=True, slots=True)
class Coded:
    """A qualitative result: positive, negative, normal, abnormal, undetected, low, high, pending, not_done."""

    code: str
    written: str


Value = Quantity | Coded


@dataclass(frozen=True, slots=True)
class Time:
    """Some day from `earliest` to `latest`, both inclusive; None is unbounded on that side."""

    earliest: date | None
    latest: date | None
    written: str = ""

    @classmethod
    def on(cls, day: date, written: str = "") -> Time:
        return cls(day, day, written)


@dataclass(frozen=True, slots=True)
class Step:
    """One level of a taper: the daily amount in mg, or per kg where so told, for how many days and from when."""

    per_day: Interval | None
    days: Interval | None = None
    start: Time | None = None
    per_kg: Interval | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """Something that lasts: when it began, when it ended, whether it still goes on (None: not told)."""

    start: Time | None = None
    end: Time | None = None
    ongoing: bool | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Dosing:
    """How a drug was given. Amounts are mg (or the drug's own unit in `unit`).

    `per_day` is the daily amount, `per_kg` the daily amount per kg of body weight where the letter gives it so,
    `dose` one administration, `frequency` as written, `duration_days` the length of the course at this dose.
    `pulse` marks an intravenous pulse: `per_day` on each of `duration_days` days, never averaged.
    """

    status: MedicationStatus = "current"
    dose: Interval | None = None
    per_day: Interval | None = None
    per_kg: Interval | None = None
    unit: str = "mg"
    route: str | None = None
    frequency: str | None = None
    duration_days: Interval | None = None
    reason_stopped: str | None = None
    pulse: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One mention in a document: `text[start:end] == quote`.

    `attributes` holds what a kind of fact needs besides (severity, size, grade, stage, target, specimen,
    support, intervention ...): short lower-case words of the annotation guide.
    For an absent fact, `time` is the span over which the matter is denied, and temporality `historical`
    says that it is denied ever. `source` is `structured` where it was a coded entry of a record and not words of a
    text; the quote is then the line in which that entry is shown.
    """

    id: str
    kind: Kind
    concept: str
    label: str
    document: int
    start: int
    end: int
    quote: str
    assertion: Assertion = "present"
    experiencer: Experiencer = "patient"
    temporality: Temporality = "current"
    section: str | None = None
    value: Value | None = None
    reference: Interval | None = None
    time: Time | None = None
    course: Course | None = None
    dosing: Dosing | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    source: Source = "text"


_ALL_BUT_ID = attrgetter(*(part.name for part in fields(Fact) if part.name != "id"))


def numbered(facts: Iterable[Fact]) -> list[Fact]:
    """The facts with the ids f1, f2 ... in their order."""
    return [Fact(f"f{number}", *_ALL_BUT_ID(fact)) for number, fact in enumerate(facts, 1)]


def to_json(fact: Fact) -> dict[str, Any]:
    """A fact with the keys of the interface; dates as ISO strings, an absent part as null.

    >>> fact = Fact("f1", "condition", "malignancy", "Malignancy", 0, 0, 6, "cancer", assertion="absent")
    >>> to_json(fact)["assertion"], to_json(fact)["value"]
    ('absent', None)
    """
    out: dict[str, Any] = {
        "id": fact.id,
        "kind": fact.kind,
        "concept": fact.concept,
        "label": fact.label,
        "assertion": fact.assertion,
        "experiencer": fact.experiencer,
        "temporality": fact.temporality,
        "section": fact.section,
        "value": _value(fact.value),
        "reference": None if fact.reference is None else _interval(fact.reference),
        "time": time_json(fact.time),
        "course": None if fact.course is None else _course(fact.course),
        "document": fact.document,
        "start": fact.start,
        "end": fact.end,
        "quote": fact.quote,
    }
    if fact.dosing is not None:
        out |= _dosing(fact.dosing)
    if fact.attributes:
        out["attributes"] = dict(sorted(fact.attributes.items()))
    if fact.source != "text":
        out["source"] = fact.source
    return out


def time_json(time: Time | None) -> dict[str, Any] | None:
    if time is None:
        return None
    return {
        "earliest": None if time.earliest is None else time.earliest.isoformat(),
        "latest": None if time.latest is None else time.latest.isoformat(),
        "written": time.written,
    }


def _interval(interval: Interval) -> dict[str, Any]:
    out: dict[str, Any] = {"low": interval.low, "high": interval.high}
    if interval.low_open:
        out["low_open"] = True
    if interval.high_open:
        out["high_open"] = True
    return out


def _value(value: Value | None) -> dict[str, Any] | None:
    if value is None:
        return None
    if isinstance(value, Coded):
        return {"code": value.code, "written": value.written}
    return {**_interval(value.interval), "unit": value.unit, "written": value.written}


def _course(course: Course) -> dict[str, Any]:
    return {
        "start": time_json(course.start),
        "end": time_json(course.end),
        "ongoing": course.ongoing,
        "steps": [
            {
                "per_day": None if step.per_day is None else _interval(step.per_day),
                "days": None if step.days is None else _interval(step.days),
                "start": time_json(step.start),
            }
            | ({} if step.per_kg is None else {"per_kg": _interval(step.per_kg)})
            for step in course.steps
        ],
    }


def _dosing(dosing: Dosing) -> dict[str, Any]:
    def interval(value: Interval | None) -> dict[str, Any] | None:
        return None if value is None else _interval(value)

    return {
        "status": dosing.status,
        "dose": interval(dosing.dose),
        "per_day": interval(dosing.per_day),
        "per_kg": interval(dosing.per_kg),
        "dose_unit": dosing.unit,
        "route": dosing.route,
        "frequency": dosing.frequency,
        "duration_days": interval(dosing.duration_days),
        "reason_stopped": dosing.reason_stopped,
        "pulse": dosing.pulse,
    }


def from_json(stored: Mapping[str, Any]) -> Fact:
    """The fact that `to_json` wrote. Raises KeyError, TypeError or ValueError for what it never writes.

    >>> fact = Fact("f1", "measurement", "lvef", "LVEF", 0, 0, 8, "LVEF 48%", value=Coded("low", "low"))
    >>> from_json(to_json(fact)) == fact
    True
    """
    return Fact(
        **{key: stored[key] for key in _PLAIN},
        value=_value_from(stored["value"]),
        reference=_interval_from(stored["reference"]),
        time=time_from_json(stored["time"]),
        course=_course_from(stored["course"]),
        dosing=_dosing_from(stored) if "status" in stored else None,
        attributes=dict(stored.get("attributes", {})),
        source=stored.get("source", "text"),
    )


# What is the same in a fact and in its JSON.
_PLAIN = "id kind concept label assertion experiencer temporality section document start end quote".split()


def time_from_json(stored: Mapping[str, Any] | None) -> Time | None:
    if stored is None:
        return None

    def day(text: str | None) -> date | None:
        return None if text is None else date.fromisoformat(text)

    return Time(day(stored["earliest"]), day(stored["latest"]), stored["written"])


def _interval_from(stored: Mapping[str, Any] | None) -> Interval | None:
    if stored is None:
        return None
    return Interval(stored["low"], stored["high"], stored.get("low_open", False), stored.get("high_open", False))


def _value_from(stored: Mapping[str, Any] | None) -> Value | None:
    if stored is None:
        return None
    if "code" in stored:
        return Coded(stored["code"], stored["written"])
    interval = _interval_from(stored)
    assert interval is not None
    return Quantity(interval, stored["unit"], stored["written"])


def _course_from(stored: Mapping[str, Any] | None) -> Course | None:
    if stored is None:
        return None
    return Course(
        start=time_from_json(stored["start"]),
        end=time_from_json(stored["end"]),
        ongoing=stored["ongoing"],
        steps=tuple(
            Step(
                per_day=_interval_from(step["per_day"]),
                days=_interval_from(step["days"]),
                start=time_from_json(step["start"]),
                per_kg=_interval_from(step.get("per_kg")),
            )
            for step in stored["steps"]
        ),
    )


def _dosing_from(stored: Mapping[str, Any]) -> Dosing:
    return Dosing(
        status=stored["status"],
        dose=_interval_from(stored["dose"]),
        per_day=_interval_from(stored["per_day"]),
        per_kg=_interval_from(stored["per_kg"]),
        unit=stored["dose_unit"],
        route=stored["route"],
        frequency=stored["frequency"],
        duration_days=_interval_from(stored["duration_days"]),
        reason_stopped=stored["reason_stopped"],
        pulse=stored["pulse"],
    )
