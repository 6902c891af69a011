"""Medications and allergies of a Bundle in, entries with medication facts out: what is taken, was, or must not be.

A prescription counts as taken from the day on which it was written, or from before it. What is only proposed is not
taken, and what a record leaves open stays open; that a drug was not taken once denies nothing of other days.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from kb.codes import table
from kb.facts import Assertion, Course, Dosing, Fact, Interval, MedicationStatus, Step, Temporality, Time
from kb.vocabulary import vocabulary
from screening.fhir import times
from screening.fhir.bundles import Bundle, Resource
from screening.fhir.coding import Entry, codings, concept_in, shown, unknown
from screening.fhir.doses import Level, levels_of, words_of

Taken = Literal["current", "past", "planned", "open"]
_STATEMENT: dict[str, Taken] = {
    "active": "current",
    "completed": "past",
    "stopped": "past",
    "intended": "planned",
    "on-hold": "open",
    "unknown": "open",
}
_REQUEST: dict[str, Taken] = {
    "active": "current",
    "completed": "past",
    "stopped": "past",
    "draft": "planned",
    "on-hold": "open",
    "unknown": "open",
}
_ADMINISTRATION: dict[str, Taken] = {
    "in-progress": "current",
    "completed": "past",
    "stopped": "past",
    "on-hold": "open",
    "unknown": "open",
}
_NOT_YET = ("proposal", "plan", "option")  # intents that authorise nothing
_STRENGTH = re.compile(r"(\d+(?:\.\d+)?) ?(mg|mcg|g)\b(?! ?/)", re.IGNORECASE)
_RELEASE = re.compile(r"^\d+ ?(?:hr|hour) ", re.IGNORECASE)
_FORM = re.compile(
    r"\s\d.*$|\s\[.*$|\s(?:oral|injectable|intravenous|tablets?|capsules?|injection)\b.*$", re.IGNORECASE
)
_OTHER_ROUTES = ("ophthalmic", "topical", "inhaled", "nasal", "otic", "rectal", "vaginal", "intra-articular")


def medications(bundle: Bundle, today: date | None) -> Iterator[Entry]:
    """An entry for every statement, prescription and administration. `today` is the Bundle's own day."""
    for resource in bundle.of("MedicationStatement"):
        taken = _STATEMENT.get(resource["status"])
        yield from _entries(bundle, resource, taken, resource.get("dosage", ()), _spell(resource, "effective"), today)
    for resource in bundle.of("MedicationRequest"):
        taken = _REQUEST.get(resource["status"])
        if resource.get("intent") in _NOT_YET and taken is not None:
            taken = "planned"
        if resource.get("doNotPerform"):
            taken = None
        dosages = resource.get("dosageInstruction", ())
        yield from _entries(bundle, resource, taken, dosages, _of_request(resource), today)
    for resource in bundle.of("MedicationAdministration"):
        taken = _ADMINISTRATION.get(resource["status"])
        dosages = [resource["dosage"]] if "dosage" in resource else []
        yield from _entries(bundle, resource, taken, dosages, _spell(resource, "effective"), today)


def _spell(resource: Resource, name: str) -> tuple[Time | None, Time | None]:
    """When it was begun and ended. A statement's single day is one on which it was so, and no beginning."""
    start, end = times.choice(resource, name)
    if resource["resourceType"] == "MedicationStatement" and f"{name}DateTime" in resource:
        going_on = _STATEMENT.get(resource["status"]) == "current"
        return times.till(start), None if going_on else end
    return start, end


def _of_request(resource: Resource) -> tuple[Time | None, Time | None]:
    """A prescription may renew an older one: it was begun by the day it was written, or before."""
    bounds = [one.get("timing", {}).get("repeat", {}).get("boundsPeriod") for one in _instructions(resource)]
    start, end = times.period(bounds[0] if len(bounds) == 1 else None)
    authored = times.day(resource.get("authoredOn"))
    if start is None and authored is not None:
        start = Time(None, authored.latest, f"prescribed {authored.written}")
    return start, end


def _instructions(resource: Resource) -> list[Mapping[str, Any]]:
    return list(resource.get("dosageInstruction", ()))


def _entries(
    bundle: Bundle,
    resource: Resource,
    taken: Taken | None,
    dosages: Any,
    spell: tuple[Time | None, Time | None],
    today: date | None,
) -> Iterator[Entry]:
    if resource["status"] in ("entered-in-error", "cancelled"):
        return
    drug = _drug(bundle, resource)
    concepts = _concepts(drug)
    name = shown(drug, concepts[0] if len(concepts) == 1 else None)
    told = [resource["status"], "not to be given" if resource.get("doNotPerform") else None, _when(spell)]
    called = " ".join(filter(None, (name, words_of(dosages))))
    line = f"{_WORDS[resource['resourceType']]}: {called} ({', '.join(filter(None, told))})"
    if not concepts:
        yield Entry(line, unknown=unknown(drug))
        return
    route = _form_route(name)
    facts = []
    for concept in concepts if taken is not None else ():
        levels = []
        if len(concepts) == 1:  # the amounts of a combination are not those of its parts
            levels = levels_of(dosages, _strength(bundle, resource, name), daily=_is_daily(concept))
        fact = _fact(concept, resource, taken or "open", levels, spell, route, today)
        facts.append(dataclasses.replace(fact, attributes=_purpose(bundle, resource)))
    yield Entry(line, tuple(facts))


def _when(spell: tuple[Time | None, Time | None]) -> str:
    start, end = spell
    if start is not None and start == end:
        return start.written or "no date"
    told = [f"{word} {one.written}" for word, one in (("from", start), ("to", end)) if one and one.written]
    return ", ".join(told).replace("from prescribed", "prescribed") or "no date"


_WORDS = {
    "MedicationStatement": "Medication",
    "MedicationRequest": "Prescription",
    "MedicationAdministration": "Administration",
}


def _drug(bundle: Bundle, resource: Resource) -> Mapping[str, Any]:
    """The drug as a concept: told in place, or by a Medication with its ingredients."""
    if "medicationCodeableConcept" in resource:
        concept: Mapping[str, Any] = resource["medicationCodeableConcept"]
        return concept
    reference = resource.get("medicationReference", {})
    found = bundle.resolve(reference, resource) or {}
    code: Mapping[str, Any] = found.get("code") or {"text": str(reference.get("display", ""))}
    if concept_in(code, ("drug",)) is None and len(found.get("ingredient", ())) == 1:
        inside: Mapping[str, Any] = found["ingredient"][0].get("itemCodeableConcept") or code
        return inside if concept_in(inside, ("drug",)) else code
    return code


def _concepts(drug: Mapping[str, Any]) -> tuple[str, ...]:
    """The drugs that a name stands for: one, or each of a combination all of whose parts are known."""
    direct = concept_in(drug, ("drug",))
    if direct is not None:
        return (direct,)
    for name in (*(display for _, _, display in codings(drug)), str(drug.get("text", ""))):
        parts = [_RELEASE.sub("", part.strip()) for part in name.split(" / ")]
        found = [concept_in({"text": _FORM.sub("", part)}, ("drug",)) for part in parts]
        if name and all(found):
            return tuple(dict.fromkeys(one for one in found if one))
    return ()


def _strength(bundle: Bundle, resource: Resource, name: str) -> Interval | None:
    """The mg of one tablet, where one strength is told."""
    found = bundle.resolve(resource.get("medicationReference"), resource) or {}
    told = [one["strength"] for one in found.get("ingredient", ()) if "strength" in one]
    units = {"mg": 1.0, "g": 1000.0, "mcg": 0.001, "ug": 0.001}
    if len(told) == 1 and told[0].get("denominator", {}).get("value", 1) == 1:
        upper = told[0].get("numerator", {})
        unit = str(upper.get("code") or upper.get("unit") or "")
        return Interval.exactly(float(upper["value"]) * units[unit]) if unit in units and "value" in upper else None
    written = _STRENGTH.findall(name)
    if len(written) != 1:
        return None
    return Interval.exactly(float(written[0][0]) * units[written[0][1].lower()])


def _form_route(name: str) -> str | None:
    """The route that a product's own name tells, where it does not act on the whole body."""
    from extraction.dosing import parse_dose  # late: loads the language library

    route = parse_dose(name.lower()).route
    return route if route in _OTHER_ROUTES else None


def _is_daily(concept: str) -> bool:
    from extraction.knowledge import cues

    return vocabulary().is_one_of(concept, cues("medications")["daily_when_untold"])


def _is_pulse(concept: str, level: Level) -> bool:
    from extraction.knowledge import cues

    rule = cues("medications")["pulse"]
    known = level.dose is not None and level.unit == "mg" and (level.dose.low or 0) >= float(rule["at_least_mg"])
    return known and vocabulary().is_a(concept, rule["drugs"]) and level.route in ("iv", None)


def _fact(
    concept: str,
    resource: Resource,
    taken: Taken,
    levels: list[Level],
    spell: tuple[Time | None, Time | None],
    route: str | None,
    today: date | None,
) -> Fact:
    level = levels[0] if levels else Level()
    start, end = spell
    over = end is not None and end.latest is not None and today is not None and end.latest < today
    if taken == "current" and over:
        taken = "past"
    pulse = _is_pulse(concept, level)
    status: MedicationStatus = "current" if taken == "open" else taken
    assertion: Assertion = "possible" if taken == "open" else "present"
    temporality: Temporality = "historical" if taken == "past" else "planned" if taken == "planned" else "current"
    ongoing = {"current": True, "past": False}.get(taken)
    steps = tuple(Step(one.per_day, one.days, one.start, one.per_kg) for one in levels) if len(levels) > 1 else ()
    alone = resource["resourceType"] == "MedicationAdministration" and start == end
    days = level.days or (Interval.exactly(1) if alone else None)
    return Fact(
        "",
        "medication",
        concept,
        vocabulary()[concept].label,
        0,
        0,
        0,
        "",
        assertion=assertion,
        temporality=temporality,
        course=Course(start, None if ongoing else end, ongoing, steps),
        dosing=Dosing(
            status=status,
            dose=level.dose,
            per_day=level.dose if pulse and level.per_day is None else level.per_day,
            per_kg=level.per_kg,
            unit=level.unit,
            route=route or level.route,
            frequency=level.frequency,
            duration_days=days,
            reason_stopped=_reason(resource) if taken == "past" else None,
            pulse=pulse,
        ),
        source="structured",
    )


def _purpose(bundle: Bundle, resource: Resource) -> dict[str, str]:
    """What it is given for: a condition, and whether to treat or to prevent it."""
    from extraction.knowledge import cues

    told = [*resource.get("reasonCode", ())]
    reasons = (bundle.resolve(one, resource) or {} for one in resource.get("reasonReference", ()))
    told += [one["code"] for one in reasons if one.get("resourceType") == "Condition" and "code" in one]
    found: dict[str, str] = {}
    for concept in told:
        for purpose, words in cues("medications")["purposes"].items():
            if shown(concept).lower() in words:
                found.setdefault("purpose", purpose)
        if meant := concept_in(concept, ("condition", "procedure")):
            found.setdefault("indication", meant)
    return found


def _reason(resource: Resource) -> str | None:
    """Why it was stopped, by its code or by words that letters use; None where it is not told."""
    from extraction.knowledge import cues

    told = resource.get("statusReason", ())
    words: Mapping[str, list[str]] = cues("medications")["reasons"]
    known = table()["stopped"]
    for concept in told if isinstance(told, list) else [told]:
        for system, code, _ in codings(concept):
            for reason in ("intolerance", "inefficacy"):
                if code in known.get(system or "codes", {}).get(reason, ()):
                    return reason
        for reason, spelt in words.items():
            if shown(concept).lower() in spelt:
                return reason
    return None
