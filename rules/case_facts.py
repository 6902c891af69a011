"""What a case gives, in a coordinator's words: lines such as `lvef: 54 %` in, the facts of a letter that says so out.

The first key of a line is the concept, its value what is told of it; `dated`, `from` and `until` place it in time,
every other key is an attribute. A line that cannot be read is a CaseError with the words to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, get_args

from kb.dates import shifted
from kb.facts import (
    Assertion,
    Coded,
    Course,
    Dosing,
    Experiencer,
    Fact,
    Interval,
    Kind,
    MedicationStatus,
    Quantity,
    Temporality,
    Time,
    Value,
)
from kb.patterns import compiled
from kb.vocabulary import Lab, Vocabulary
from rules.amounts import amount

_KINDS: dict[str, Kind] = {
    "drug": "medication",
    "lab": "measurement",
    "vaccine": "vaccination",
    "condition": "condition",
    "procedure": "procedure",
    "score": "score",
}
DEMOGRAPHICS = ("age", "sex", "birth-date")
_STUDIES = ("study", "interventional-study", "observational-study")
_PRESENCE: dict[str, tuple[Assertion, Temporality]] = {
    "present": ("present", "current"),
    "past": ("present", "historical"),
    "absent": ("absent", "current"),
    "never": ("absent", "historical"),
    "possible": ("possible", "current"),
    "planned": ("present", "planned"),
    "perhaps planned": ("possible", "planned"),
    "conditional": ("conditional", "current"),
}
_APART = 10  # characters from one line of a case to the next, so that all are told in one breath
_FAR = 400  # and where `elsewhere` says that another part of the letter tells it
_NUMBER = compiled(r"^(?:(over|at least|below|at most) )?(-?\d+(?:\.\d+)?)(?: to (-?\d+(?:\.\d+)?))? ?(.*)$")


class CaseError(ValueError):
    """A line of a case that cannot be read: says what to write instead."""


def read_facts(lines: Sequence[Mapping[str, Any]], terms: Vocabulary) -> tuple[Fact, ...]:
    """The facts of a case, in the order of its lines. Raises CaseError."""
    facts: list[Fact] = []
    place = 0
    for index, line in enumerate(lines, 1):
        place += _FAR if "elsewhere" in line else _APART
        facts.append(_fact(line, index, place, terms))
    return tuple(facts)


def _fact(line: Mapping[str, Any], index: int, place: int, terms: Vocabulary) -> Fact:
    if not isinstance(line, Mapping) or not line:
        raise CaseError("is written as 'concept: what is told', such as 'lvef: 54 %'")
    rest = {str(key): _text(value) for key, value in line.items()}
    concept = next(iter(rest))
    told = rest.pop(concept)
    rest.pop("elsewhere", None)
    kind = _kind(concept, terms)
    quote = f"<{concept}>"
    common: dict[str, Any] = {
        "id": f"f{index}",
        "kind": kind,
        "concept": concept,
        "label": terms[concept].label if concept in terms else concept.replace("-", " "),
        "document": 0,
        "start": place,
        "end": place + 5,
        "quote": quote,
        "experiencer": _experiencer(rest.pop("of", "patient")),
    }
    if kind == "medication" and told not in ("absent", "conditional"):
        common |= _medication(told, rest)
    else:
        common |= _presence_or_value(concept, kind, told, rest, terms)
        common["course"] = _course(rest)
    time = day(rest.pop("dated")) if "dated" in rest else None
    return Fact(**{"time": time, **common, "attributes": rest})


def _text(value: Any) -> str:
    """A YAML value as it was written: yes and no are words here."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip()


def _kind(concept: str, terms: Vocabulary) -> Kind:
    if concept in DEMOGRAPHICS:
        return "demographic"
    if concept in _STUDIES:
        return "study"
    return _KINDS[terms.kinds[concept]] if concept in terms else "statement"


def _experiencer(word: str) -> Experiencer:
    known = get_args(Experiencer)
    if word not in known:
        raise CaseError(f"of: '{word}': one of {', '.join(known)}")
    found: Experiencer = word  # type: ignore[assignment]
    return found


def _presence_or_value(concept: str, kind: Kind, told: str, rest: dict[str, str], terms: Vocabulary) -> dict[str, Any]:
    if concept == "birth-date":
        return {"time": day(told)}
    if told in _PRESENCE and kind not in ("measurement", "score", "demographic"):
        assertion, temporality = _PRESENCE[told]
        return {"assertion": assertion, "temporality": temporality}
    if kind not in ("measurement", "score", "demographic", "statement"):
        raise CaseError(f"{concept}: '{told}': one of {', '.join(_PRESENCE)}")
    when: Temporality = "current"
    for word in ("past", "planned"):
        if told.startswith(f"{word} "):
            told, when = told.removeprefix(f"{word} "), "historical" if word == "past" else "planned"
    out: dict[str, Any] = {"temporality": when}
    for word in ("possible", "conditional"):
        if told.startswith(f"{word} "):
            told, out["assertion"] = told.removeprefix(f"{word} "), word
    if "range" in rest:
        out["reference"] = _range(concept, rest.pop("range"))
    value = _value(concept, told, terms)
    return {**out, "value": value}


def _value(concept: str, told: str, terms: Vocabulary) -> Value | None:
    if told == "named":
        return None
    match = _NUMBER.match(told)
    if match is None:
        return Coded(told, told)
    unit = amount(f"1 {match[4]}")[1] if match[4] else (_unit(concept, terms) or "")
    if unit not in (_unit(concept, terms), "{ULN}", "{LLN}", "{titer}"):
        raise CaseError(f"{concept}: '{told}': write the number in {_unit(concept, terms) or 'words'}")
    return Quantity(_interval(match), unit, told)


def _interval(match: re.Match[str]) -> Interval:
    low = float(match[2])
    if match[1] in ("over", "at least"):
        return Interval(low, None, low_open=match[1] == "over")
    if match[1] in ("below", "at most"):
        return Interval(None, low, high_open=match[1] == "below")
    return Interval(low, float(match[3] or low))


def _unit(concept: str, terms: Vocabulary) -> str | None:
    if concept == "age":
        return "a"
    term = terms.terms.get(concept)
    return term.unit if isinstance(term, Lab) else "{score}"


def _range(concept: str, written: str) -> Interval:
    match = _NUMBER.match(written)
    if match is None:
        raise CaseError(f"{concept}, range: '{written}': write it as 'at most 50' or '10 to 50'")
    return _interval(match)


def _medication(told: str, rest: dict[str, str]) -> dict[str, Any]:
    perhaps = told.startswith("possible ")
    status = told.removeprefix("possible ")
    if status not in get_args(MedicationStatus):
        raise CaseError(f"a drug is one of {', '.join(get_args(MedicationStatus))}, not '{told}'")
    course = _course(rest)
    if course is None and status == "current":
        course = Course(ongoing=True)
    elif course is not None and status == "current" and course.end is None and course.ongoing is None:
        course = Course(course.start, None, True)
    assertion: Assertion = "possible" if perhaps else "absent" if status == "never" else "present"
    temporality = {"past": "historical", "never": "historical", "planned": "planned"}.get(status, "current")
    return {"assertion": assertion, "temporality": temporality, "course": course, "dosing": _dosing(status, rest)}


def _dosing(status: str, rest: dict[str, str]) -> Dosing:
    per_day = per_kg = None
    if "dose" in rest:
        match = _NUMBER.match(rest.pop("dose"))
        if match is None or match[4] not in ("mg/day", "mg/kg/day"):
            raise CaseError("dose: write it as '40 mg/day' or '1 mg/kg/day'")
        if match[4] == "mg/day":
            per_day = _interval(match)
        else:
            per_kg = _interval(match)
    days = rest.pop("for", None)
    return Dosing(
        status=status,  # type: ignore[arg-type]
        per_day=per_day,
        per_kg=per_kg,
        duration_days=None if days is None else Interval.exactly(_days(days)),
        route=rest.pop("route", None),
        frequency=rest.pop("frequency", None),
        reason_stopped=rest.pop("stopped for", None),
        pulse=rest.pop("pulse", "no") == "yes",
    )


def _days(written: str) -> float:
    match = re.match(r"^(\d+) days?$", written)
    if match is None:
        raise CaseError(f"for: '{written}': write it in days, as '90 days'")
    return float(match[1])


def _course(rest: dict[str, str]) -> Course | None:
    """`from`, `until` and `goes on`; none where the line has none of them."""
    told = {key: rest.pop(key) for key in ("from", "until", "goes on") if key in rest}
    if not told:
        return None
    start, end = (day(told[key]) if key in told else None for key in ("from", "until"))
    ongoing = told["goes on"] == "yes" if "goes on" in told else False if end is not None else None
    return Course(start, end, ongoing)


def day(written: str) -> Time:
    """A day, a month, a year, two of them with ".." between, or "some day". Raises CaseError.

    >>> day("2026-02").latest
    datetime.date(2026, 2, 28)
    """
    if written == "some day":
        return Time(None, None, written)
    first, _, last = written.partition("..")
    try:
        begin = _first(first) if first else None
        end = _last(last or first) if last or not written.endswith("..") else None
    except ValueError as error:
        raise CaseError(f"'{written}': write a day as 2026-06-15, 2026-06 or 2026, or two with '..' between") from error
    return Time(begin, end, written)


def _first(written: str) -> date:
    parts = [int(part) for part in written.split("-")]
    return date(*[*parts, 1, 1][:3])


def _last(written: str) -> date:
    unit: Literal["year", "month", "day"] = ("year", "month", "day")[written.count("-")]
    return shifted(shifted(_first(written), 1, unit), -1, "day")
