"""A screening as it is stored: the JSON of the interface with what deciding it again needs, and that decision.

What is decided again is the record's own: its facts, its dates and its protocol's text, never today's protocol file.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

from kb.facts import Document, Dossier, Fact, SetAside
from kb.facts_json import from_json, time_from_json, time_json
from kb.layout import Layout, Page
from kb.own_terms import own_json, with_own_json
from kb.vocabulary import TermsError, Vocabulary, shipped, using, vocabulary
from rules.compiler import Answer
from rules.decision import Judge
from rules.language import Protocol, parse_protocol
from rules.protocol_text import ProtocolError
from screening.interface import screening_json
from screening.pipeline import Screening, situation_from
from screening.record.chain import Entry, canonical, digest
from screening.record.connection import StoreError


@dataclass(frozen=True)
class Record:
    """One version of a screening as stored. A letter's text is None where only its hash was kept, or it was erased."""

    entry: Entry
    content: Mapping[str, Any]
    letters: tuple[str | None, ...]
    protocol: str
    where: str
    own_terms: str | None = None

    @property
    def id(self) -> str:
        return self.entry.screening

    @property
    def screening(self) -> Mapping[str, Any]:
        """The JSON of the interface."""
        found: Mapping[str, Any] = self.content["screening"]
        return found

    @property
    def erased(self) -> bool:
        return self.entry.kind == "erasure"


def content_of(screening: Screening, **more: Any) -> str:
    """What is stored of a screening: canonical JSON."""
    return canonical(
        {
            "screening": screening_json(screening),
            "letter_dates": [time_json(document.date) for document in screening.dossier.documents],
            "terms": terms_digest(vocabulary()),
            **more,
        }
    )


@functools.lru_cache(maxsize=2)
def terms_digest(terms: Vocabulary) -> str:
    """The hash of the terms that a screening was made with: they say what falls under a protocol's concepts."""
    return digest(
        canonical({key: [terms.kinds[key], term.model_dump(mode="json")] for key, term in terms.terms.items()})
    )


def parsed(entry: Entry, kept: Mapping[str, str | None], where: str) -> Record:
    """An entry with its texts. Raises StoreError where they are not what its hashes say."""
    if any(text is not None and digest(text) != key for key, text in kept.items()):
        raise StoreError(f"--store {where}: the texts of {entry.screening} were changed: run 'eligo audit verify'")
    content, protocol = kept.get(entry.content), kept.get(entry.protocol)
    own_terms = None if entry.own_terms is None else kept.get(entry.own_terms)
    if content is None or protocol is None or (own_terms is None) != (entry.own_terms is None):
        gone = "was erased: name its newest version" if entry.content in kept else "is gone: run 'eligo audit verify'"
        raise StoreError(f"--store {where}: what version {entry.version} of {entry.screening} says {gone}")
    letters = tuple(kept.get(key) for key in entry.letters.split())
    return Record(entry, json.loads(content), letters, protocol, where, own_terms)


# --- the terms --------------------------------------------------------------------------------------------------------


def own_terms_text() -> str | None:
    """The user's own terms in use, as they are stored; None where there are none."""
    own = own_json(vocabulary(), shipped())
    return canonical({"terms": own}) if own else None


def terms_of(record: Record) -> Vocabulary:
    """The terms to decide a record again with: today's shipped ones with the user's own that are in use now, or else
    that are stored with it. Raises StoreError where these cannot be read any more.
    """
    if vocabulary() is not shipped() or record.own_terms is None:
        return vocabulary()
    try:
        return _with_own(record.own_terms)
    except TermsError as error:
        raise StoreError(f"--store {record.where}: the terms of {record.id}: {error}") from error


@functools.lru_cache(maxsize=4)
def _with_own(text: str) -> Vocabulary:
    return with_own_json(json.loads(text)["terms"], shipped())


# --- deciding again ---------------------------------------------------------------------------------------------------


def facts_of(record: Record) -> tuple[Fact, ...]:
    """The facts as they were stored. Raises StoreError where the letter was erased."""
    if record.erased:
        raise StoreError(f"{record.id}: its letter was erased on request: only answers and findings are left")
    return tuple(from_json(fact) for fact in record.screening["facts"])


def protocol_of(record: Record) -> Protocol:
    """The protocol by its stored text. Raises StoreError where this version of eligo cannot read it."""
    try:
        return parse_protocol(record.protocol, f"the protocol of {record.id}", record.entry.protocol)
    except ProtocolError as error:
        raise StoreError(f"--store {record.where}: {error}") from error


def documents_of(record: Record) -> tuple[Document, ...]:
    """The documents as they were read; the text is empty where it was not kept."""
    told = zip(record.screening["documents"], record.content["letter_dates"], record.letters, strict=True)
    return tuple(
        Document(one["name"], text or "", one["sha256"], time_from_json(when), _layout(record, index))
        for index, (one, when, text) in enumerate(told)
    )


def _layout(record: Record, document: int) -> Layout | None:
    """That a document was read from pages, where a fact stands on one: the pages themselves are not stored."""
    last = max((one.get("page", 0) for one in record.screening["facts"] if one["document"] == document), default=0)
    return Layout((Page(0, 0),) * last, ()) if last else None


def decided_again(record: Record, protocol: Protocol | None = None) -> Screening:
    """The screening decided anew from what was stored, under its own protocol or another.

    Raises StoreError where the letter was erased, EngineError or DisagreementError where no verdict can be trusted.
    """
    return decided(record, facts_of(record), protocol=protocol, judgements=record.content.get("judgements", {}))


def decided(
    record: Record, facts: tuple[Fact, ...], *, protocol: Protocol | None = None, judgements: Mapping[str, Answer]
) -> Screening:
    """As `decided_again`, from these facts and with these answers of a person's."""
    aside = tuple(SetAside(**one) for one in record.screening.get("set_aside", ()))
    dossier = Dossier(documents_of(record), aside)
    as_of = record.screening["as_of"]
    day = None if as_of is None else date.fromisoformat(as_of)
    with using(terms_of(record)), closing(Judge(protocol or protocol_of(record), judgements)) as judge:
        decision = judge.decide(situation_from(facts, day, dossier))
    return Screening(dossier, facts, tuple(record.screening["warnings"]), decision)


def differences(record: Record, again: Screening) -> list[str]:
    """What comes out otherwise now than was stored, a line each: the criteria whose answer is another, the verdict."""
    before = {one["id"]: one["answer"] for one in record.screening["criteria"]}
    now = {one.criterion.id: one.answer for one in again.decision.answers}
    lines = [
        f"{key}: {now.get(key, 'not asked')}, was {answer}" for key, answer in before.items() if now.get(key) != answer
    ]
    lines += [f"{key}: {answer}, was not asked" for key, answer in now.items() if key not in before]
    verdict = again.decision.verdict
    return lines + ([f"verdict: {verdict}, was {record.entry.verdict}"] if verdict != record.entry.verdict else [])


def override_line(override: Mapping[str, Any]) -> str:
    """What a person has overridden, and why."""
    told = override["feedback"]["overrideReason"]
    comment = f", “{told['userComment']}”" if "userComment" in told else ""
    why = f"({told['reason']['code']}{comment}; {override['by']}, {override['feedback']['outcomeTimestamp']})"
    if "criterion" in override:
        return f"{override['criterion']}: {override['after']} instead of {override['before']} {why}"
    if override["after"] is None:
        return f"{override['fact']} {override['before']['label']}: struck {why}"
    before, after = override["before"], override["after"]
    fields = after["attributes"]["corrected"].split()
    changes = [f"{one} {shown(before, one)} -> {shown(after, one)}" for one in fields]
    return f"{override['fact']} {before['label']}: {', '.join(changes)} {why}"


def shown(fact: Mapping[str, Any], field: str) -> str:
    """A field of a fact's JSON in a few characters."""
    value = ((fact["course"] or {}) if field in ("start", "end", "ongoing") else fact).get(field)
    if isinstance(value, dict):
        ends = (value.get("low"), value.get("high"))
        return str(value.get("written") or "..".join("" if end is None else str(end) for end in ends))
    return "none" if value is None else str(value)


def provenance(record: Record, again: Screening) -> list[str]:
    """Where a stored screening comes from, who has overridden what, and whether deciding it again gives the same."""
    entry = record.entry
    lines = [f"{entry.screening}.{entry.version}, {entry.kind} of {entry.at} by {entry.by}, eligo {entry.software}"]
    lines += [override_line(one) for one in record.content.get("overrides", [])]
    changed = differences(record, again)
    if not changed:
        return [*lines, "Decided again from the stored facts and protocol: the same answers."]
    why = ", under other terms" if record.content["terms"] != terms_digest(terms_of(record)) else ""
    return [*lines, f"Decided again{why} it comes out otherwise (what follows is decided now):", *changed]
