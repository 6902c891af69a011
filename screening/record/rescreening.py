"""Whom to screen again: stored screenings in, those that today's protocol or software may answer otherwise out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rules.language import Protocol
from screening import VERSION
from screening.documents import BadInputError
from screening.protocols import read_protocol
from screening.record.screenings import Record, decided_again, differences, terms_digest, terms_of
from screening.record.tally import newest


@dataclass(frozen=True, slots=True)
class Rescreening:
    """A screening to make again: what has changed since, the verdict that today's rules give on the stored facts, and
    what comes out otherwise. No verdict where the letter was erased."""

    screening: str
    protocol: str
    changed: tuple[str, ...]
    verdict_then: str
    verdict_now: str | None
    differences: tuple[str, ...]


def to_rescreen(records: Iterable[Record]) -> list[Rescreening]:
    """The open ones of those for whom something has changed: who was not excluded, or is no longer.

    Those whose verdict turns come first. Raises EngineError or DisagreementError where no verdict can be trusted.
    """
    found = [one for record in newest(records) for one in _rescreening(record)]
    return sorted(found, key=lambda one: one.verdict_now in (None, one.verdict_then))


def _rescreening(record: Record) -> Iterator[Rescreening]:
    today = _today(record.entry.protocol_id)
    changed = tuple(_changed(record, today))
    if not changed:
        return
    again = None if record.erased else decided_again(record, today)
    now = None if again is None else again.decision.verdict
    if record.entry.verdict == "ineligible" and now in (None, "ineligible"):
        return
    told = () if again is None else tuple(differences(record, again))
    yield Rescreening(record.id, record.entry.protocol_id, changed, record.entry.verdict, now, told)


def _today(name: str) -> Protocol | None:
    """Today's protocol of that id; None where there is none."""
    try:
        return read_protocol(name)
    except BadInputError:
        return None


def _changed(record: Record, today: Protocol | None) -> Iterator[str]:
    if today is None:
        yield "its protocol is not among today's"
    elif today.sha256 != record.entry.protocol:
        version = record.screening["protocol"]["version"]
        yield "protocol" + (f" {version} -> {today.version}" if version != today.version else "'s text")
    if record.entry.software != VERSION:
        yield f"eligo {record.entry.software} -> {VERSION}"
    elif record.content["terms"] != terms_digest(terms_of(record)):
        yield "terms"
