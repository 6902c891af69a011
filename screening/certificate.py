"""The certificate of a screening: the screening in, one JSON object out that another program can check.

It carries what the verdict rests on: the facts with their quotes, how each finding follows from them, what the protocol
makes of the findings. What the checking program must take on trust is worked out by that program, and stated.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from itertools import islice
from typing import Any

from kb.facts import Fact
from kb.facts_json import time_json, to_json
from kb.vocabulary import Vocabulary, vocabulary
from rules.decision import Answered, Decision, Judge
from rules.derivation import Expression
from rules.findings import Finding
from rules.language import Criterion, leaf_tests
from rules.tests.base import BOUNDS, Test
from screening import VERSION
from screening.documents import BadInputError
from screening.pipeline import Screening, newest_day, situation_from
from screening.verifier import FORM, Check, Refused, checksum, question, read_yaml

_PLACE = ("kind", "concept", "assertion", "temporality", "document", "start", "end", "quote")
_READ = ("value", "reference", "time", "course", "status", "per_day", "per_kg", "reason_stopped", "attributes")


def certificate(screening: Screening, protocol: str, stored: dict[str, Any] | None = None) -> dict[str, Any]:
    """The certificate, by the text of the protocol file that the screening was decided by.

    `stored` is of a stored one its `record` and its `persons`, what a person has overridden. Raises BadInputError where
    the checking program would not bear the certificate out.
    """
    if any(fact.source == "structured" for fact in screening.facts):
        raise BadInputError(
            "no certificate: it is of a letter's words, and these are entries of a record: give a letter"
        )
    decisions = [screening.decision, *_later(screening)]
    texts = [document.text for document in screening.dossier.documents]
    try:
        raw = _content(screening, decisions, read_yaml(protocol)) | (stored or {})
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
    with closing(Judge(decision.protocol, decision.judgements)) as judge:
        later = [situation_from(screening.facts, one, screening.dossier) for one in (day - timedelta(days=1), day)]
        return [judge.decide_findings(judge.find(one), one.as_of) for one in later]


def _content(screening: Screening, decisions: Sequence[Decision], protocol: Mapping[str, Any]) -> dict[str, Any]:
    decision = screening.decision
    failing = {one.criterion.id for one in decision.answers if one.stops}
    days = [_findings(one, protocol, None if one is decision else failing) for one in decisions]
    facts = _facts(screening, {key for day in days for _, how in day.values() for key in _named(how)})
    documents = screening.dossier.documents
    return {
        "version": FORM,
        "software": f"eligo {VERSION}",
        "documents": [{"sha256": one.sha256, "date": time_json(one.date)} for one in documents],
        "protocol": {
            "id": decision.protocol.id,
            "version": decision.protocol.version,
            "sha256": decision.protocol.sha256,
        },
        "as_of": _day(decision),
        "as_of_given": decision.as_of != newest_day(documents),
        "facts": {fact.id: _fact(fact) for fact in facts},
        "terms": _terms(facts, decision, vocabulary()),
        "days": [
            {"as_of": _day(one), "findings": {path: _finding(*found) for path, found in day.items()}}
            for one, day in zip(decisions, days, strict=True)
        ],
        "criteria": [
            _criterion(answered, asked) for answered, asked in zip(decision.answers, protocol["criteria"], strict=True)
        ],
        "verdict": decision.verdict,
        "cohorts": dict(decision.cohorts),
        "recheck_on": None if decision.recheck_on is None else decision.recheck_on.isoformat(),
        "record": None,
        "persons": [],
        "on_trust": [],
    }


def _day(decision: Decision) -> str | None:
    return None if decision.as_of is None else decision.as_of.isoformat()


def _findings(
    decision: Decision, protocol: Mapping[str, Any], criteria: set[str] | None
) -> dict[str, tuple[Finding, Expression]]:
    """The findings of all criteria, or of those given, with their derivations, by the first test of each question."""
    homes: dict[str, str] = {}
    found: dict[str, tuple[Finding, Expression]] = {}
    for one, raw in zip(decision.protocol.criteria, protocol["criteria"], strict=True):
        if criteria is not None and one.id not in criteria:
            continue
        for path, asked, tests in _tests(one, raw):
            home = homes.setdefault(question(asked)[1], path)
            finding = decision.findings.get(tests[0].key)
            if finding is not None and home not in found:
                assert finding.derivation is not None
                found[home] = finding, finding.derivation
    return found


def _tests(criterion: Criterion, raw: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], list[Test]]]:
    """The tests of the protocol file with their places in the criterion's tree; of one with two bounds both."""
    tests, asked, applies = leaf_tests(criterion.tree), raw.get("requires") or raw["excludes"], raw.get("applies_to")
    if applies:
        asked = {"any": [{"not": applies}, asked]} if "requires" in raw else {"all": [applies, asked]}
    for path, test in _leaves(asked, criterion.id):
        yield path, test, list(islice(tests, max(1, sum(key in BOUNDS for key in test))))


def _leaves(asked: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    keys = list(asked)
    parts = next((asked[key] for key in ("all", "any", "of", "not") if key in asked), None)
    if keys[0] in ("all", "any", "not") or "of" in keys:
        for number, part in enumerate(parts if isinstance(parts, list) else [parts], 1):
            yield from _leaves(part, f"{path}.{number}")
    else:
        yield path, asked


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
    """The fact without what it does not tell; of a value the words are those of the quote."""
    told = to_json(fact)
    if told["value"] is not None:
        told["value"] = {key: part for key, part in told["value"].items() if key != "written"}
    return {key: told[key] for key in _PLACE} | {key: _told(told[key]) for key in _READ if told.get(key)}


def _told(content: Any) -> Any:
    """A part of a fact without the keys that tell nothing, but for the open ends of an interval."""
    if not isinstance(content, dict):
        return [_told(one) for one in content] if isinstance(content, list) else content
    ends = {"low", "high", "earliest", "latest"}
    return {key: _told(part) for key, part in content.items() if key in ends or part not in (None, [], {})}


def _finding(finding: Finding, derivation: Expression) -> dict[str, Any]:
    return {"low": finding.low, "high": finding.high, "derivation": json.loads(json.dumps(derivation))}


def _criterion(answered: Answered, raw: dict[str, Any]) -> dict[str, Any]:
    tests = _tests(answered.criterion, raw)
    told = {
        "id": answered.criterion.id,
        "answer": answered.answer,
        "silent": answered.silent,
        "raised": answered.raised,
        "tests": {path: ", ".join(_comparison(one) for one in asking) for path, _, asking in tests},
    }
    return told if answered.overruled is None else told | {"overruled": answered.overruled}


def _comparison(test: Test) -> str:
    when = test.holds_when()
    return f"{when.end} {when.operator} {when.bound:g}"


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
