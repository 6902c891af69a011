"""The certificate of a screening: the screening in, one JSON object out that another program can check.

It carries what the verdict rests on: the facts with their quotes, how each finding follows from them, what the protocol
makes of the findings. What the checking program must take on trust is worked out by that program, and stated.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from kb.facts import Fact, time_json, to_json
from kb.vocabulary import Vocabulary, vocabulary
from rules.decision import Decision, Judge
from rules.findings import Finding
from rules.language import leaf_tests
from screening import VERSION
from screening.documents import BadInputError
from screening.pipeline import Screening, newest_day, situation_from
from screening.verifier import Check, Refused, checksum

FORM = 1
_PLACE = ("id", "kind", "concept", "assertion", "temporality", "document", "start", "end", "quote")
_READ = ("value", "reference", "time", "course")
_DOSING = ("status", "per_day", "per_kg", "reason_stopped", "attributes")


def certificate(screening: Screening, protocol: str) -> dict[str, Any]:
    """The certificate, by the text of the protocol file that the screening was decided by.

    Raises BadInputError where the checking program would not bear it out.
    """
    if any(fact.source == "structured" for fact in screening.facts):
        raise BadInputError(
            "no certificate: it is of a letter's words, and these are entries of a record: give a letter"
        )
    decisions = [screening.decision, *_later(screening)]
    raw = _content(screening, decisions)
    texts = [document.text for document in screening.dossier.documents]
    try:
        raw["terms"] = Check(raw, texts, protocol).terms
        raw["on_trust"] = Check(raw, texts, protocol).trust
    except Refused as error:
        raise BadInputError(f"no certificate: {error} ({error.code}): have a person check that fact or test") from error
    return {**raw, "checksum": checksum(raw)}


def _later(screening: Screening) -> Sequence[Decision]:
    """The screening decided again on the day to look again and on the day before it, where there is such a day."""
    decision, day = screening.decision, screening.decision.recheck_on
    if day is None:
        return ()
    judge = Judge(decision.protocol)
    try:
        later = [situation_from(screening.facts, one, screening.dossier) for one in (day - timedelta(days=1), day)]
        return [judge.decide_findings(judge.find(one), one.as_of) for one in later]
    finally:
        judge.close()


def _content(screening: Screening, decisions: Sequence[Decision]) -> dict[str, Any]:
    decision, protocol = screening.decision, screening.decision.protocol
    failing = {one.criterion.id for one in decision.answers if one.stops}
    days = [_findings(one, None if one is decision else failing) for one in decisions]
    facts = _facts(screening, {key for day in days for finding in day for key in _named(finding.derivation)})
    documents = screening.dossier.documents
    return {
        "version": FORM,
        "software": f"eligo {VERSION}",
        "documents": [{"sha256": one.sha256, "date": time_json(one.date)} for one in documents],
        "protocol": {"id": protocol.id, "version": protocol.version, "sha256": protocol.sha256},
        "as_of": _day(decision),
        "as_of_given": decision.as_of != newest_day(documents),
        "facts": [_fact(fact) for fact in facts],
        "terms": _terms(facts, decision, vocabulary()),
        "days": [
            {"as_of": _day(one), "findings": [_finding(finding, facts) for finding in day]}
            for one, day in zip(decisions, days, strict=True)
        ],
        "criteria": [_criterion(answered, decision) for answered in decision.answers],
        "verdict": decision.verdict,
        "cohorts": dict(decision.cohorts),
        "recheck_on": None if decision.recheck_on is None else decision.recheck_on.isoformat(),
        "on_trust": [],
    }


def _day(decision: Decision) -> str | None:
    return None if decision.as_of is None else decision.as_of.isoformat()


def _findings(decision: Decision, criteria: set[str] | None) -> list[Finding]:
    """The findings of all criteria, or of those given, by id."""
    asked = {
        test.key
        for one in decision.protocol.criteria
        if criteria is None or one.id in criteria
        for test in leaf_tests(one.tree)
    }
    return [finding for key, finding in sorted(decision.findings.items()) if key in asked]


def _named(expression: Any) -> Iterator[str]:
    """All words of an expression, fact ids among them."""
    if isinstance(expression, str):
        yield expression
    elif isinstance(expression, tuple):
        for part in expression:
            yield from _named(part)


def _facts(screening: Screening, named: set[str]) -> list[Fact]:
    """The facts used, with all others of the patient on the same concepts."""
    concepts = {fact.concept for fact in screening.facts if fact.id in named}
    return [
        fact
        for fact in screening.facts
        if fact.id in named
        or (fact.concept in concepts and fact.experiencer == "patient" and fact.temporality != "planned")
    ]


def _fact(fact: Fact) -> dict[str, Any]:
    told = to_json(fact)
    more = {key: told[key] for key in _DOSING if told.get(key) is not None}
    return {key: told[key] for key in (*_PLACE, *_READ)} | more


def _finding(finding: Finding, facts: Sequence[Fact]) -> dict[str, Any]:
    used = set(_named(finding.derivation))
    about = {fact.concept for fact in facts if fact.id in used} - _INPUTS
    return {
        "id": finding.id,
        "low": finding.low,
        "high": finding.high,
        "derivation": json.loads(json.dumps(finding.derivation)),
        "aside": [fact.id for fact in facts if fact.concept in about and fact.id not in used],
    }


_INPUTS = {"age", "birth-date", "sex", "body-weight", "body-height", "creatinine"}


def _criterion(answered: Any, decision: Decision) -> dict[str, Any]:
    tests = list(leaf_tests(answered.criterion.tree))
    return {
        "id": answered.criterion.id,
        "answer": answered.answer,
        "silent": answered.silent,
        "raised": answered.raised,
        "tests": [
            {
                "holds": f"{(when := test.holds_when()).end} {when.operator} {when.bound:g}",
                "finding": test.key if test.key in decision.findings else None,
            }
            for test in tests
        ],
    }


def _terms(facts: Sequence[Fact], decision: Decision, terms: Vocabulary) -> dict[str, list[str]]:
    """For each concept of the facts the concepts of the protocol that it bears on."""
    asked = {
        word
        for one in decision.protocol.criteria
        for test in leaf_tests(one.tree)
        for word in _named(_plain(test.model_dump(by_alias=True)))
        if word in terms
    }
    return {concept: _borne_on(concept, asked, terms) for concept in sorted({fact.concept for fact in facts})}


def _borne_on(concept: str, asked: set[str], terms: Vocabulary) -> list[str]:
    if concept not in terms:
        return []
    closed = terms.closed_by_denial(concept)
    return sorted(name for name in asked if terms.is_a(concept, name) or terms.is_a(name, concept) or name in closed)


def _plain(content: Any) -> Any:
    """Nested containers as tuples, keys among their entries."""
    if isinstance(content, Mapping):
        return tuple(_plain(part) for pair in content.items() for part in pair)
    return tuple(map(_plain, content)) if isinstance(content, list | tuple) else content
