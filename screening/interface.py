"""The JSON of the interface: a screening in, one plain object with exactly its keys out."""

from __future__ import annotations

from typing import Any

from kb.facts import Document, Dossier, Fact
from kb.facts_json import to_json
from rules.decision import Answered
from rules.explanation import deciding_findings, reason
from rules.findings import Finding
from screening import VERSION
from screening.pipeline import Extracted, Screening, newest_day


def screening_json(screening: Screening) -> dict[str, Any]:
    """A screening with everything that its proof names."""
    decision = screening.decision
    return {
        "documents": [_document(document) for document in screening.dossier.documents],
        **_set_aside(screening.dossier),
        "protocol": _protocol(screening),
        "as_of": None if decision.as_of is None else decision.as_of.isoformat(),
        "verdict": decision.verdict,
        "recheck_on": None if decision.recheck_on is None else decision.recheck_on.isoformat(),
        "criteria": [_criterion(answered, screening) for answered in decision.answers],
        "findings": [_finding(finding) for _, finding in sorted(decision.findings.items())],
        "facts": [_fact(fact, screening.dossier) for fact in screening.facts],
        "warnings": list(screening.warnings),
        "questions": [{"criterion": question.criterion, "ask": question.ask} for question in decision.questions],
        "software": {"eligo": VERSION},
    }


def _set_aside(dossier: Dossier) -> dict[str, Any]:
    """The documents that were given and do not count, where there are any."""
    told = [{"name": one.name, "sha256": one.sha256, "why": one.why} for one in dossier.set_aside]
    return {"set_aside": told} if told else {}


def _document(document: Document) -> dict[str, Any]:
    day = newest_day([document])
    return {"name": document.name, "sha256": document.sha256, "date": None if day is None else day.isoformat()}


def _protocol(screening: Screening) -> dict[str, Any]:
    protocol = screening.decision.protocol
    out: dict[str, Any] = {"id": protocol.id, "version": protocol.version, "sha256": protocol.sha256}
    if protocol.coverage == "partial":
        out["coverage"] = protocol.coverage
    if protocol.status == "draft":
        out["status"] = protocol.status
    if screening.decision.cohorts:
        cohorts = screening.decision.cohorts
        out["cohorts"] = [{"id": one.id, "title": one.title, "verdict": cohorts[one.id]} for one in protocol.cohorts]
    return out


def _criterion(answered: Answered, screening: Screening) -> dict[str, Any]:
    criterion = answered.criterion
    facts = evidence_of(answered, screening)
    overruled = {} if answered.overruled is None else {"overruled": answered.overruled}
    return {
        "id": criterion.id,
        "number": criterion.number,
        "kind": criterion.kind,
        "title": criterion.title,
        "answer": answered.answer,
        "silent": answered.silent,
        "raised": answered.raised,
        "reason": reason(answered, screening.decision),
        "facts": [fact.id for fact in facts],
        "evidence": [
            {
                "fact": fact.id,
                "document": fact.document,
                "start": fact.start,
                "end": fact.end,
                "quote": fact.quote,
                **_place(fact, screening.dossier),
            }
            for fact in facts
        ],
        "proof": [{"rule": step.rule, "from": list(step.sources), "result": step.result} for step in answered.steps],
        **overruled,
    }


def _fact(fact: Fact, dossier: Dossier) -> dict[str, Any]:
    return to_json(fact) | _place(fact, dossier)


def _place(fact: Fact, dossier: Dossier) -> dict[str, Any]:
    """The page of a quote and the box of each of its lines, of a document that has pages."""
    layout = dossier.documents[fact.document].layout
    places = [] if layout is None else list(layout.places(fact.start, fact.end))
    if not places:
        return {}
    boxes = [
        {
            "page": page + 1,
            "left": round(box.left, 4),
            "top": round(box.top, 4),
            "right": round(box.right, 4),
            "bottom": round(box.bottom, 4),
        }
        for page, box in places
    ]
    return {"page": boxes[0]["page"], "boxes": boxes}


def evidence_of(answered: Answered, screening: Screening) -> list[Fact]:
    """The facts behind an answer, in the order of its findings, each once."""
    findings = deciding_findings(answered, screening.decision)
    keys = dict.fromkeys(key for finding in findings for key in finding.facts)
    return [screening.facts_by_id[key] for key in keys]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "low": finding.low,
        "high": finding.high,
        "unit": finding.unit,
        "facts": list(finding.facts),
        "calculation": finding.calculation,
    }


def extracted_json(extracted: Extracted, name: str, *, with_text: bool) -> dict[str, Any]:
    """The facts of one dossier; with its documents' text where asked for, to which the offsets belong."""
    told = [
        _document(document) | ({"text": document.text} if with_text else {}) for document in extracted.dossier.documents
    ]
    facts: dict[str, Any] = {
        "facts": [_fact(fact, extracted.dossier) for fact in extracted.facts],
        "warnings": list(extracted.warnings),
    }
    if len(told) > 1 or extracted.dossier.set_aside:
        return {"id": name, "documents": told, **_set_aside(extracted.dossier), **facts}
    text = {"text": told[0].pop("text")} if with_text else {}
    return {"id": name, **{key: value for key, value in told[0].items() if key != "name"}, **facts, **text}
