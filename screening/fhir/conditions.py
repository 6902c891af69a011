"""Conditions and allergies of a Bundle in, entries with facts out: what the patient has, had, may have or has not.

A refuted condition denies only the day on which it was recorded; one in remission or inactive is not told to be over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kb.facts import Assertion, Course, Dosing, Fact, Temporality, Time
from kb.vocabulary import vocabulary
from screening.fhir import times
from screening.fhir.bundles import Bundle, Resource
from screening.fhir.coding import Entry, code_of, concept_in, plain, shown, unknown

_ACTIVE = ("active", "recurrence", "relapse")
_SUSPECTED = ("unconfirmed", "provisional", "differential")
_SEVERITY = ("mild", "moderate", "severe")


def conditions(bundle: Bundle, born: Time | None, today: date | None) -> Iterator[Entry]:
    """An entry for every condition. `born` turns ages into days; `today` is the Bundle's own day."""
    for resource in bundle.of("Condition"):
        verified = code_of(resource.get("verificationStatus"))
        if verified == "entered-in-error":
            continue
        begun = _when(resource, "onset", born)
        ended = _when(resource, "abatement", born)
        clinical = code_of(resource.get("clinicalStatus"))
        told = [clinical, verified if verified != "confirmed" else None]
        told += [f"{word} {when.written}" for word, when in (("from", begun), ("to", ended)) if when and when.written]
        code = resource.get("code")
        concept = concept_in(code, ("condition",))
        line = f"Condition: {shown(code, concept)} ({', '.join(filter(None, told)) or 'no date'})"
        if concept is None:
            yield Entry(line, unknown=unknown(code))
        elif verified == "refuted":
            day = times.day(resource.get("recordedDate"))
            yield Entry(line, () if day is None else (_fact(concept, resource, assertion="absent", time=day),))
        else:
            assertion: Assertion = "possible" if verified in _SUSPECTED else "present"
            course, temporality = _course(clinical, begun, ended, today)
            yield Entry(line, (_fact(concept, resource, assertion=assertion, course=course, temporality=temporality),))


def _when(resource: Resource, name: str, born: Time | None) -> Time | None:
    """When it began or ended: a day, a span, or an age of the patient."""
    told = times.span(*times.choice(resource, name))
    return told or times.at_age(born, resource.get(f"{name}Age"))


def _course(
    clinical: str | None, begun: Time | None, ended: Time | None, today: date | None
) -> tuple[Course, Temporality]:
    """Active goes on; resolved is over, by its end if that is told; of the rest only what is told is known."""
    over = ended is not None and ended.latest is not None and (today is None or ended.latest <= today)
    if clinical in _ACTIVE and not over:
        return Course(begun, None, True), "current"
    if clinical == "resolved" or over:
        return Course(begun, ended, False), "historical"
    return Course(begun, ended), "historical" if clinical == "inactive" else "current"


def _fact(
    concept: str,
    resource: Resource,
    *,
    assertion: Assertion,
    time: Time | None = None,
    course: Course | None = None,
    temporality: Temporality = "current",
) -> Fact:
    severity = shown(resource.get("severity")).lower().split(" ")[0]
    return Fact(
        "",
        "condition",
        concept,
        vocabulary()[concept].label,
        0,
        0,
        0,
        "",
        assertion=assertion,
        temporality=temporality,
        time=time,
        course=course,
        attributes={"severity": severity} if severity in _SEVERITY else {},
        source="structured",
    )


def allergies(bundle: Bundle) -> Iterator[Entry]:
    """An entry for every allergy or intolerance; one to a drug is a fact."""
    for resource in bundle.of("AllergyIntolerance"):
        verified = code_of(resource.get("verificationStatus"))
        if verified in ("refuted", "entered-in-error"):
            continue
        to = resource.get("code")
        reactions = [shown(one) for told in resource.get("reaction", ()) for one in told.get("manifestation", ())]
        concept = concept_in(to, ("drug",))
        line = f"Allergy: {shown(to, concept)}" + (f" ({plain(', '.join(reactions))})" if reactions else "")
        if concept is None:
            of_drugs = "medication" in resource.get("category", ("medication",))
            yield Entry(line, unknown=unknown(to) if of_drugs else None)
            continue
        settled = verified in ("confirmed", None) and code_of(resource.get("clinicalStatus")) in ("active", None)
        fact = Fact(
            "",
            "medication",
            concept,
            vocabulary()[concept].label,
            0,
            0,
            0,
            "",
            assertion="present" if settled else "possible",
            dosing=Dosing(status="allergy", reason_stopped="intolerance"),
            attributes={"reason_detail": reactions[0].lower()} if reactions else {},
            source="structured",
        )
        yield Entry(line, (fact,))
