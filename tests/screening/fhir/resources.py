"""Small resources and Bundles for tests: a few keys in, FHIR R4 as JSON out. No one in them has a name."""

from __future__ import annotations

import json
from typing import Any

from kb.facts import Fact
from screening.documents import Letter, letters_from_bytes
from screening.pipeline import Extracted, Pipeline, Screening
from screening.protocols import read_protocol

Made = dict[str, Any]
UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
DAY = "2026-06-15"
_SAYS_NOTHING = {
    "resourceType": "Procedure",
    "status": "not-done",
    "subject": {"reference": "Patient/p"},
    "code": {"text": "Physiotherapy"},
}


def bundle(*resources: Made, **more: Any) -> bytes:
    """A collection of resources, put together on 15 June 2026 unless it is said otherwise."""
    own = {"resourceType": "Bundle", "type": "collection", "timestamp": f"{DAY}T09:00:00Z", **more}
    own = {key: value for key, value in own.items() if value is not None}
    return json.dumps({**own, "entry": [{"resource": one} for one in resources]}).encode()


def patient(**more: Any) -> Made:
    return {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1992-03-03", **more}


def coded(code: str, system: str = LOINC, **more: Any) -> Made:
    return {"coding": [{"system": system, "code": code, **more}]}


def quantity(value: float, unit: str, **more: Any) -> Made:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit, **more}


def observation(code: str | Made, value: float | None = None, unit: str = "1", **more: Any) -> Made:
    own: Made = {"resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-06-01"}
    own["code"] = coded(code) if isinstance(code, str) else code
    if value is not None:
        own["valueQuantity"] = quantity(value, unit)
    return {key: told for key, told in {**own, **more}.items() if told is not None}


def condition(text: str, clinical: str | None = "active", verified: str | None = "confirmed", **more: Any) -> Made:
    own: Made = {"resourceType": "Condition", "subject": {"reference": "Patient/p"}, "code": {"text": text}}
    told = {"clinicalStatus": ("clinical", clinical), "verificationStatus": ("ver-status", verified)}
    for key, (system, code) in told.items():
        if code is not None:
            own[key] = coded(code, f"http://terminology.hl7.org/CodeSystem/condition-{system}")
    return {**own, **more}


def prescription(text: str, **more: Any) -> Made:
    own: Made = {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "authoredOn": "2026-05-01"}
    own |= {"subject": {"reference": "Patient/p"}, "medicationCodeableConcept": {"text": text}}
    return {key: told for key, told in {**own, **more}.items() if told is not None}


def dosage(amount: Made | None = None, times: int = 1, every: float = 1, unit: str = "d", **more: Any) -> Made:
    own: Made = {"timing": {"repeat": {"frequency": times, "period": every, "periodUnit": unit}}}
    return {**own, **({"doseAndRate": [{"doseQuantity": amount}]} if amount else {}), **more}


def letters(raw: bytes) -> tuple[Letter, ...]:
    return letters_from_bytes(raw, "bundle.json", "bundle.json")


def extracted(raw: bytes) -> Extracted:
    return Pipeline([]).extract(letters(raw))


def facts(*resources: Made, **more: Any) -> tuple[Fact, ...]:
    """The facts of a Bundle of these resources, and of one that says nothing, for a Bundle is never empty."""
    return extracted(bundle(*resources, _SAYS_NOTHING, **more)).facts


def screened(raw: bytes, protocol: str = "NCT06934447") -> Screening:
    return Pipeline([read_protocol(protocol)]).screen(letters(raw))[0]
