"""The patient, procedures and vaccinations of a Bundle in, entries with facts out.

A vaccine whose code is not known is told as some vaccine, so that a question on live ones stays open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kb.codes import table
from kb.facts import Assertion, Coded, Course, Fact, Temporality, Time
from kb.vocabulary import vocabulary
from screening.fhir import times
from screening.fhir.bundles import Bundle
from screening.fhir.coding import Concept, Entry, codings, concept_in, shown, unknown

_ANY_VACCINE = "vaccine"
_PROCEDURES: dict[str, tuple[Assertion, Temporality]] = {
    "completed": ("present", "historical"),
    "in-progress": ("present", "current"),
    "preparation": ("present", "planned"),
    "stopped": ("possible", "historical"),
    "on-hold": ("possible", "historical"),
    "unknown": ("possible", "historical"),
}


def patients(bundle: Bundle) -> Iterator[Entry]:
    """Birth date and sex; a gender that is neither female nor male is shown, and settles no criterion of one sex."""
    for resource in bundle.of("Patient"):
        born, sex = times.day(resource.get("birthDate")), resource.get("gender")
        if born is not None:
            yield Entry(
                f"Date of birth: {born.written}",
                (_demographic("birth-date", "Date of birth", time=born),),
            )
        if sex is not None:
            known = (_demographic("sex", "Sex", value=Coded(sex, sex)),) if sex in ("female", "male") else ()
            yield Entry(f"Sex: {sex}", known)


def _demographic(concept: str, label: str, *, value: Coded | None = None, time: Time | None = None) -> Fact:
    return Fact("", "demographic", concept, label, 0, 0, 0, "", value=value, time=time, source="structured")


def procedures(bundle: Bundle) -> Iterator[Entry]:
    """An entry for every procedure; one that was not done denies nothing of other days."""
    for resource in bundle.of("Procedure"):
        status = resource["status"]
        if status == "entered-in-error":
            continue
        start, end = times.choice(resource, "performed")
        when = times.span(start, end)
        code = resource.get("code")
        concept = concept_in(code, ("procedure",))
        line = f"Procedure: {shown(code, concept)} ({status}, {when.written if when else 'no date'})"
        if concept is None or status not in _PROCEDURES:
            yield Entry(line, unknown=unknown(code) if concept is None else None)
            continue
        assertion, temporality = _PROCEDURES[status]
        lasts = status == "in-progress" or (start is not None and start != end)
        fact = Fact(
            "",
            "procedure",
            concept,
            vocabulary()[concept].label,
            0,
            0,
            0,
            "",
            assertion=assertion,
            temporality=temporality,
            time=None if lasts else when,
            course=Course(start, end, status == "in-progress") if lasts else None,
            source="structured",
        )
        yield Entry(line, (fact,))


def vaccinations(bundle: Bundle, today: date | None) -> Iterator[Entry]:
    """An entry for every vaccination that was given; one that was not denies nothing of other days."""
    for resource in bundle.of("Immunization"):
        status = resource["status"]
        if status == "entered-in-error":
            continue
        when = times.day(resource.get("occurrenceDateTime"))
        told = when.written if when else resource.get("occurrenceString") or "no date"
        code = resource.get("vaccineCode")
        concept = concept_in(code, ("vaccine",))
        line = f"Vaccination: {shown(code, concept)} ({status}, {told})"
        if status != "completed" or _is_no_vaccine(code):
            yield Entry(line)
            continue
        fact = Fact(
            "",
            "vaccination",
            concept or _ANY_VACCINE,
            vocabulary()[concept or _ANY_VACCINE].label,
            0,
            0,
            0,
            "",
            temporality="historical",
            time=when or times.till(times.day(resource.get("recorded")) or (Time.on(today) if today else None)),
            source="structured",
        )
        yield Entry(line, (fact,), unknown=unknown(code) if concept is None else None)


def _is_no_vaccine(told: Concept | None) -> bool:
    """Whether what was given is an immune globulin, a skin test or nothing at all."""
    others = table()["no_vaccine"]
    return any(code in others.get(system or "", ()) for system, code, _ in codings(told))
