"""A screening as FHIR R4: a Bundle of the type collection, which "imposes no processing obligations" on who gets it.

A ResearchSubject is at the most a `candidate`, who "can be considered for inclusion": `eligible`, who "has met the
eligibility criteria", is for people to say. Ids follow from the hashes of letters and protocol, and no clock is read.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from kb.facts import Coded, Document, Fact
from rules.decision import Answered
from rules.explanation import reason
from screening import VERSION
from screening.fhir.requirements import requirements
from screening.interface import evidence_of
from screening.pipeline import Screening

Made = dict[str, Any]
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:eligo")
_URI = "urn:ietf:rfc:3986"
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_ACCRUAL = {"enrolling": "active", "recruiting": "active", "completed": "completed", "withdrawn": "withdrawn"}


def result_bundle(screening: Screening) -> Made:
    """The Bundle of a screening: patient, letters, study, the subject's status, an answer a criterion, provenance."""
    decision, protocol = screening.decision, screening.decision.protocol
    hashes = "|".join(document.sha256 for document in screening.dossier.documents)
    run = f"{hashes}|{protocol.sha256}|{decision.as_of}|{VERSION}"
    patient = _Entry("Patient", hashes, **_patient(screening))
    letters = [
        _Entry("DocumentReference", f"{hashes}|{number}", **_document(document, patient))
        for number, document in enumerate(screening.dossier.documents)
    ]
    study = _Entry("ResearchStudy", protocol.id, **_study(screening))
    subject = _Entry(
        "ResearchSubject",
        run,
        status="ineligible" if decision.verdict == "ineligible" else "candidate",
        study=study.reference,
        individual=patient.reference,
    )
    whole = _Entry("GuidanceResponse", run, **_whole(screening, patient))
    answers = [
        _Entry("GuidanceResponse", f"{run}|{one.criterion.id}", **_answer(one, screening, patient, letters))
        for one in decision.answers
    ]
    device = _Entry("Device", VERSION, deviceName=[{"name": "eligo", "type": "user-friendly-name"}])
    device.resource["version"] = [{"value": VERSION}]
    made = [subject, whole, *answers]
    provenance = _Entry("Provenance", run, **_provenance(screening, made, letters, device))
    entries = [patient, *letters, study, *made, device, provenance]
    return {
        "resourceType": "Bundle",
        "id": str(uuid.uuid5(_SPACE, f"Bundle|{run}")),
        "type": "collection",
        "entry": [{"fullUrl": one.url, "resource": one.resource} for one in entries],
    }


class _Entry:
    """A resource with the id and address that follow from what it is made of."""

    def __init__(self, kind: str, made_of: str, **content: Any) -> None:
        name = str(uuid.uuid5(_SPACE, f"{kind}|{made_of}"))
        self.url = f"urn:uuid:{name}"
        self.resource: Made = {"resourceType": kind, "id": name, **content}

    @property
    def reference(self) -> Made:
        return {"reference": self.url}


def _named(sha256: str) -> Made:
    """Something by its hash, as RFC 6920 names it."""
    digest = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")
    return {"system": _URI, "value": f"ni:///sha-256;{digest}"}


def _patient(screening: Screening) -> Made:
    """Sex and birth date where the letters tell one of each; no name, which nothing here needs."""
    out: Made = {}
    own = [fact for fact in screening.facts if fact.experiencer == "patient" and fact.assertion == "present"]
    sexes = {fact.value.code for fact in own if fact.concept == "sex" and isinstance(fact.value, Coded)}
    births = {fact.time for fact in own if fact.concept == "birth-date" and fact.time is not None}
    days = {(one.earliest, one.latest) for one in births}
    if len(sexes) == 1:
        out["gender"] = next(iter(sexes))
    if len(days) == 1 and len(set(day := next(iter(days)))) == 1 and day[0] is not None:
        out["birthDate"] = day[0].isoformat()
    return out


def _document(document: Document, patient: _Entry) -> Made:
    out: Made = {
        "masterIdentifier": _named(document.sha256),
        "status": "current",
        "subject": patient.reference,
        "content": [{"attachment": {"title": document.name}}],
    }
    when = document.date
    if when is not None and when.earliest is not None and when.latest is not None:
        out["context"] = {"period": {"start": when.earliest.isoformat(), "end": when.latest.isoformat()}}
    return out


def _study(screening: Screening) -> Made:
    protocol = screening.decision.protocol
    registered = protocol.id.startswith("NCT")
    out: Made = {
        "identifier": [
            {"system": "https://clinicaltrials.gov" if registered else "urn:eligo:protocol", "value": protocol.id}
        ],
        "title": protocol.title,
        **_status(_ACCRUAL.get(protocol.recruitment or "")),
    }
    if protocol.disease:
        out["condition"] = [{"text": protocol.disease}]
    if protocol.sponsor:
        out["sponsor"] = {"display": protocol.sponsor}
    return out


def _status(known: str | None) -> Made:
    return {"status": known} if known else {"_status": _absent("unknown")}


def _absent(why: str) -> Made:
    return {"extension": [{"url": _ABSENT, "valueCode": why}]}


def _whole(screening: Screening, patient: _Entry) -> Made:
    """The verdict with its day, the day to look again, and what the reader should know."""
    decision = screening.decision
    told = [{"name": "verdict", "valueCode": decision.verdict.replace("_", "-")}]
    told += [{"name": "as-of", "valueDate": decision.as_of.isoformat()}] if decision.as_of else []
    told += [{"name": "recheck-on", "valueDate": decision.recheck_on.isoformat()}] if decision.recheck_on else []
    told += [{"name": "warning", "valueString": text} for text in screening.warnings]
    waiting = any(one.waited_for for one in decision.answers)
    return _response(
        "protocol",
        decision.protocol.id,
        f"{decision.protocol.title}, version {decision.protocol.version}",
        "data-required" if waiting else "success",
        patient,
        told,
    )


def _answer(answered: Answered, screening: Screening, patient: _Entry, letters: Sequence[_Entry]) -> Made:
    """One criterion: what was answered and why, on what words, and what would settle it where it is open."""
    criterion, decision = answered.criterion, screening.decision
    told: list[Made] = [{"name": "answer", "valueCode": answered.answer}]
    if answered.overruled is not None:
        told.append({"name": "overruled", "valueCode": answered.overruled})
    if answered.answer == "unknown":
        told.append({"name": "spoken-of", "valueBoolean": answered.raised})
    told += [_evidence(fact, letters) for fact in evidence_of(answered, screening)]
    status = "success" if answered.answer != "unknown" else "data-required" if answered.waited_for else "data-requested"
    called = f"{criterion.number}: {criterion.title}"
    out = _response(f"protocol:{decision.protocol.id}", criterion.id, called, status, patient, told)
    asked = [one.ask for one in decision.questions if one.criterion == criterion.id]
    out["note"] = [{"text": text} for text in (reason(answered, decision), *asked)]
    if answered.answer == "unknown" and (wanted := requirements(answered, decision)):
        out["dataRequirement"] = wanted
    return out


def _response(system: str, code: str, text: str, status: str, patient: _Entry, told: Sequence[Made]) -> Made:
    return {
        "contained": [{"resourceType": "Parameters", "id": "answer", "parameter": list(told)}],
        "moduleCodeableConcept": {"coding": [{"system": f"urn:eligo:{system}", "code": code}], "text": text},
        "status": status,
        "subject": patient.reference,
        "outputParameters": {"reference": "#answer"},
    }


def _evidence(fact: Fact, letters: Sequence[_Entry]) -> Made:
    return {
        "name": "evidence",
        "part": [
            {"name": "document", "valueReference": letters[fact.document].reference},
            {"name": "start", "valueUnsignedInt": fact.start},
            {"name": "end", "valueUnsignedInt": fact.end},
            {"name": "quote", "valueString": fact.quote},
            {"name": "source", "valueCode": fact.source},
        ],
    }


def _provenance(screening: Screening, made: Sequence[_Entry], letters: Sequence[_Entry], device: _Entry) -> Made:
    """By which software, from which letters and which protocol; when is not known, for no clock is read."""
    protocol = screening.decision.protocol
    sources: Iterator[Made] = (one.reference for one in letters)
    written = {"identifier": _named(protocol.sha256), "display": f"protocol {protocol.id}, version {protocol.version}"}
    return {
        "target": [one.reference for one in made],
        "_recorded": _absent("not-applicable"),
        "agent": [
            {
                "type": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                            "code": "assembler",
                        }
                    ]
                },
                "who": device.reference,
            }
        ],
        "entity": [{"role": "source", "what": what} for what in (*sources, written)],
    }
