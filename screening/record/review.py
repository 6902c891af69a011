"""A person's correction: overrides of facts and answers in, a new version of the screening out, the old one kept.

Facts are corrected and the rules run again; an answer is the person's from then on, with the rules' own beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, get_args

from kb.facts import Fact
from kb.facts_json import to_json
from kb.vocabulary import using
from rules.compiler import Answer
from screening.documents import BadInputError
from screening.pipeline import Screening
from screening.record.chain import Entry
from screening.record.corrections import corrected
from screening.record.reasons import feedback, reason
from screening.record.screenings import Record, content_of, decided, facts_of, own_terms_text, terms_of
from screening.record.store import Draft, Store, moment

BY_RULES = "rules"  # instead of an answer: the rules' own again


@dataclass(frozen=True)
class Overrides:
    """What a reviewer changes, as written on the command line, and why.

    `corrections` are such as `f12.value=58`, `struck` the ids of facts, `answers` such as `I4a=pass`.
    """

    corrections: Sequence[str] = ()
    struck: Sequence[str] = ()
    answers: Sequence[str] = ()
    reason: str = ""
    comment: str = ""

    @property
    def kinds(self) -> set[str]:
        """What is overridden: facts, answers or both."""
        given = {"fact": bool(self.corrections or self.struck), "answer": bool(self.answers)}
        return {kind for kind, there in given.items() if there}


@dataclass(frozen=True)
class Reviewed:
    """A review that was stored: the record before, the entry, and what is decided now."""

    before: Record
    entry: Entry
    after: Screening
    overrides: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def review(store: Store, name: str, overrides: Overrides, by: str, at: datetime | None = None) -> Reviewed:
    """Stores the next version of a screening. Raises BadInputError for what cannot be overridden so."""
    record = store.screening(name)
    with using(terms_of(record)):
        return _reviewed(store, record, overrides, by, at)


def _reviewed(store: Store, record: Record, overrides: Overrides, by: str, at: datetime | None) -> Reviewed:
    why = reason(overrides.reason, overrides.kinds)
    now = at or datetime.now(UTC)
    version = record.entry.version + 1
    old = {fact.id: fact for fact in facts_of(record)}
    new = _corrected(old, overrides)
    answers = {one["id"]: one["answer"] for one in record.screening["criteria"]}
    asked = _answers(overrides.answers, answers)
    judgements = {**record.content.get("judgements", {}), **asked}
    judgements = {key: answer for key, answer in judgements.items() if answer != BY_RULES}
    screening = decided(record, tuple(new.values()), judgements=judgements)

    def told(what: str) -> dict[str, Any]:
        card = feedback(why, overrides.comment, moment(now), f"{record.entry.hash} {what}")
        return {"version": version, "by": by, "feedback": card}

    changed = [key for key in old if new.get(key) != old[key]]
    added = [
        *({"fact": key, "before": to_json(old[key]), "after": _json(new.get(key)), **told(key)} for key in changed),
        *({"criterion": key, "before": answers[key], "after": asked[key], **told(key)} for key in asked),
    ]
    if not added:
        raise BadInputError(f"review {record.id}: nothing is otherwise than it is stored: nothing was stored")
    content = content_of(
        screening,
        judgements=judgements,
        overrides=[*record.content.get("overrides", []), *added],
        machine=record.content.get("machine") or {"verdict": record.entry.verdict, "answers": answers},
    )
    entry = _stored(store, record, screening, content, by, now)
    return Reviewed(record, entry, screening, added)


def _stored(store: Store, record: Record, screening: Screening, content: str, by: str, now: datetime) -> Entry:
    draft = Draft(
        kind="review",
        by=by,
        protocol_id=record.entry.protocol_id,
        as_of=record.entry.as_of,
        verdict=screening.decision.verdict,
        content=content,
        protocol=record.protocol,
        letters_as=record.entry.letters_as,
        own_terms=own_terms_text(),
        corrects=record.entry,
    )
    return store.add([draft], now)[0]


def _json(fact: Fact | None) -> dict[str, Any] | None:
    return None if fact is None else to_json(fact)


def _corrected(old: Mapping[str, Fact], overrides: Overrides) -> dict[str, Fact]:
    """The facts as the reviewer has them."""
    new = dict(old)
    for written in overrides.corrections:
        place, equals, value = written.partition("=")
        key, dot, name = place.partition(".")
        if not equals or not dot:
            raise BadInputError(f"--set {written}: write FACT.FIELD=VALUE, such as f12.assertion=absent")
        fact = new[_known(key, new, f"--set {written}")]
        new[key] = corrected(fact, name.strip(), value.strip())
    for key in overrides.struck:
        del new[_known(key, new, f"--strike {key}")]
    return new


def _known(key: str, facts: Mapping[str, Fact], where: str) -> str:
    if key not in facts:
        raise BadInputError(f"{where}: no fact {key} in this screening: 'eligo review ID' lists them")
    return key


def _answers(written: Sequence[str], answers: Mapping[str, str]) -> dict[str, str]:
    """The answers by criterion."""
    found: dict[str, str] = {}
    choices = (*get_args(Answer), BY_RULES)
    names = {key.lower(): key for key in answers}
    for one in written:
        name, _, answer = one.partition("=")
        if name.lower() not in names:
            raise BadInputError(f"--answer {one}: no criterion {name} in this screening: write one such as I4a=pass")
        if answer not in choices:
            raise BadInputError(f"--answer {one}: write one of {', '.join(choices)} after the criterion")
        found[names[name.lower()]] = answer
    return found
