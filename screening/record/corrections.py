"""A fact as a reviewer corrects it: `f12.value=58` and the like in, the corrected fact out.

What may be corrected is what extraction may have misread; the letter's words and their place stay.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any, get_args

from kb import facts
from kb.facts import Coded, Course, Dosing, Fact, Interval, Quantity, Time
from kb.notation import interval_of, time_of
from kb.vocabulary import Lab, vocabulary
from screening.documents import BadInputError

_CODE = re.compile(r"[a-z_]+")


def corrected(fact: Fact, field: str, written: str) -> Fact:
    """The fact with one field as the reviewer writes it. Raises BadInputError.

    >>> fact = Fact("f1", "condition", "malignancy", "Malignancy", 0, 0, 6, "cancer")
    >>> corrected(fact, "assertion", "absent").assertion
    'absent'
    """
    change = _FIELDS.get(field)
    where = f"--set {fact.id}.{field}={written}"
    if change is None:
        raise BadInputError(f"{where}: no such field: correct one of {', '.join(_FIELDS)}")
    try:
        changed = change(fact, written)
    except ValueError as error:
        raise BadInputError(f"{where}: {error}") from error
    marks = dict.fromkeys([*fact.attributes.get("corrected", "").split(), field])
    return dataclasses.replace(changed, attributes={**fact.attributes, "corrected": " ".join(marks)})


def _one_of(field: str, words: tuple[str, ...]) -> Callable[[Fact, str], Fact]:
    def change(fact: Fact, written: str) -> Fact:
        return dataclasses.replace(fact, **{field: _known(written, words)})

    return change


def _known(written: str, words: tuple[str, ...]) -> Any:
    if written not in words:
        raise ValueError(f"write one of {', '.join(words)}")
    return written


def _concept(fact: Fact, written: str) -> Fact:
    if written not in vocabulary():
        raise ValueError("no such term: write the id of one, such as lvef")
    return dataclasses.replace(fact, concept=written, label=vocabulary()[written].label)


def _value(fact: Fact, written: str) -> Fact:
    """A number or an interval in the fact's own unit, or a qualitative result."""
    if _CODE.fullmatch(written):
        return dataclasses.replace(fact, value=Coded(written, written))
    return dataclasses.replace(fact, value=Quantity(_interval(written), _unit(fact), written))


def _unit(fact: Fact) -> str:
    if isinstance(fact.value, Quantity):
        return fact.value.unit
    term = vocabulary()[fact.concept] if fact.concept in vocabulary() else None
    if isinstance(term, Lab) and term.unit:
        return term.unit
    raise ValueError("this fact has no unit in which a number could be given")


def _amount(field: str) -> Callable[[Fact, str], Fact]:
    def change(fact: Fact, written: str) -> Fact:
        return _dosed(fact, **{field: _interval(written)})

    return change


def _status(fact: Fact, written: str) -> Fact:
    return _dosed(fact, status=_known(written, get_args(facts.MedicationStatus)))


def _dosed(fact: Fact, **changes: Any) -> Fact:
    if fact.kind != "medication":
        raise ValueError("only a medication has this")
    return dataclasses.replace(fact, dosing=dataclasses.replace(fact.dosing or Dosing(), **changes))


def _time(fact: Fact, written: str) -> Fact:
    return dataclasses.replace(fact, time=_days(written))


def _course(field: str) -> Callable[[Fact, str], Fact]:
    def change(fact: Fact, written: str) -> Fact:
        told = written == "yes" if field == "ongoing" else _days(written)
        if field == "ongoing":
            _known(written, ("yes", "no"))
        return dataclasses.replace(fact, course=dataclasses.replace(fact.course or Course(), **{field: told}))  # type: ignore[arg-type]

    return change


def _interval(written: str) -> Interval:
    interval = interval_of(written)
    if interval.low is None and interval.high is None:
        raise ValueError("write a bound at one end at least")
    return interval


def _days(written: str) -> Time | None:
    """A day, or the first and the last that it may be; None for "none"."""
    return None if written == "none" else time_of(written)


_FIELDS: dict[str, Callable[[Fact, str], Fact]] = {
    "assertion": _one_of("assertion", get_args(facts.Assertion)),
    "experiencer": _one_of("experiencer", get_args(facts.Experiencer)),
    "temporality": _one_of("temporality", get_args(facts.Temporality)),
    "concept": _concept,
    "value": _value,
    "time": _time,
    "start": _course("start"),
    "end": _course("end"),
    "ongoing": _course("ongoing"),
    "status": _status,
    "per_day": _amount("per_day"),
    "per_kg": _amount("per_kg"),
}
