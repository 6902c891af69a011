"""The types that cross the rooms: documents and dossiers in, facts out.

A value, a date and a course are intervals: what the letter leaves open stays open.
Everything here is immutable and turns to plain JSON with the keys of the interface, and back (`facts_json`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter
from typing import Literal

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
