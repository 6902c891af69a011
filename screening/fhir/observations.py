"""Observations: laboratory values, vital signs and scores of a Bundle in, entries with measurement facts out.

A result that is not final settles nothing; one entered in error is left out. A part of a result (the systolic
pressure) is an entry of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kb.codes import table
from kb.facts import Coded, Fact, Time, Value
from kb.vocabulary import vocabulary
from screening.fhir import times
from screening.fhir.bundles import Bundle, Resource
from screening.fhir.coding import Entry, codings, concept_in, shown, unknown
from screening.fhir.values import interval_of, range_of, reference_of, values_of, written

_LEFT_OUT = ("entered-in-error", "cancelled")
_SETTLED = ("final", "amended", "corrected")
_NOT_DONE = "not-performed"


def observations(bundle: Bundle) -> Iterator[Entry]:
    """An entry for every result, and for every part of one."""
    for resource in bundle.of("Observation"):
        if resource.get("status") not in _LEFT_OUT:
            specimen = bundle.resolve(resource.get("specimen"), resource) or {}
            of = f"{resource.get('specimen', {}).get('display', '')} {shown(specimen.get('type'))}".lower()
            yield from _entries(resource, other_fluid=any(word in of for word in table()["other_fluids"]))


def _entries(resource: Resource, *, other_fluid: bool) -> Iterator[Entry]:
    when = _time(resource)
    parts = resource.get("component", ())
    if not parts or _has_value(resource):
        yield _entry(resource, resource, when, _support(parts), other_fluid=other_fluid)
    for part in parts:
        if not _is_oxygen(part):
            yield _entry(part, resource, when, None, other_fluid=other_fluid)


def _has_value(told: Mapping[str, Any]) -> bool:
    return any(key.startswith("value") for key in told) or bool(told.get("interpretation"))


def _time(resource: Resource) -> Time:
    """When it was so; of a result without its day only that it was no later than it was given out."""
    return times.span(*times.choice(resource, "effective")) or times.till(times.day(resource.get("issued")))


def _entry(told: Mapping[str, Any], whole: Resource, when: Time, support: str | None, *, other_fluid: bool) -> Entry:
    concept = concept_in(told.get("code"), ("lab", "score"))
    if other_fluid and not any(system == "loinc" for system, _, _ in codings(told.get("code"))):
        concept = None
    values, words, understood = ([], _words(told), False) if concept is None else values_of(concept, told)
    missing = _missing(told, whole)
    settled = whole.get("status") in _SETTLED
    open_status = "" if settled else f", {whole['status']}"
    parts = [f"Observation: {shown(told.get('code'), concept)}", missing.written if missing else words, range_of(told)]
    line = f"{' '.join(filter(None, parts))} ({when.written or 'no date'}{open_status})"
    if concept is None:
        return Entry(line, unknown=unknown(told.get("code")))
    if missing is not None:
        values = [missing]
    elif not settled:
        values = [Coded("pending", words or "no result yet")]
    facts = tuple(_fact(concept, value, told, whole, when, support) for value in values)
    return Entry(line, facts, unfit=None if understood else unknown(told.get("code")))


def _words(told: Mapping[str, Any]) -> str:
    """The value of what is not understood, so far as it is shown."""
    return written(told["valueQuantity"]) if "valueQuantity" in told else ""


def _fact(
    concept: str, value: Value, told: Mapping[str, Any], whole: Resource, when: Time, support: str | None
) -> Fact:
    is_open = isinstance(value, Coded) and value.code == "indeterminate"
    return Fact(
        "",
        "score" if vocabulary().kinds[concept] == "score" else "measurement",
        concept,
        vocabulary()[concept].label,
        0,
        0,
        0,
        "",
        assertion="possible" if is_open else "present",
        experiencer="other" if whole.get("focus") else "patient",
        value=value,
        reference=reference_of(concept, told),
        time=when,
        attributes={} if support is None else {"support": support},
        source="structured",
    )


def _missing(told: Mapping[str, Any], whole: Resource) -> Coded | None:
    """A result that was not obtained; one only not known says nothing, and is no value either."""
    if _has_value(told):
        return None
    reason = told.get("dataAbsentReason") or (whole.get("dataAbsentReason") if not _has_value(whole) else None)
    codes = [code for _, code, _ in codings(reason)]
    return Coded("not_done", "not done") if _NOT_DONE in codes else None


def _is_oxygen(part: Mapping[str, Any]) -> bool:
    return any(code in table()["oxygen"]["loinc"] for system, code, _ in codings(part.get("code")) if system == "loinc")


def _support(parts: Any) -> str | None:
    """Whether oxygen was given with it."""
    for part in filter(_is_oxygen, parts):
        flow = interval_of(part.get("valueQuantity", {}))
        if flow is not None:
            return "room-air" if flow.high == 0 else "oxygen"
    return None
