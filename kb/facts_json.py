"""Facts as plain JSON with the keys of the interface: a Fact in, a dictionary out, and back.

Dates are ISO strings, an interval its two ends, and an absent part null.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kb.facts import Coded, Course, Dosing, Fact, Interval, Quantity, Step, Time, Value


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
    """A time with its two days, or null."""
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
    """The time that `time_json` wrote."""
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
