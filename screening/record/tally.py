"""What has become of those screened: stored screenings in, CONSORT's numbers of each protocol and near misses out.

A letter counts once under a protocol, with its newest screening, and with a reviewer's answers where there are any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules import verdict
from rules.language import Criterion, Protocol
from screening.record.near_misses import Distance, distances
from screening.record.screenings import Record, protocol_of


@dataclass(frozen=True, slots=True)
class Count:
    """How many a criterion concerns, and how many of those no other criterion does."""

    criterion: Criterion
    count: int
    alone: int


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A screening that one criterion alone stops, by how much, and the day, if any, on which time alone clears it.

    `days` are those from the screening date to that day.
    """

    screening: str
    criterion: Criterion
    distances: tuple[Distance, ...]
    clears_on: str | None
    days: int | None

    @property
    def words(self) -> str:
        """By how much, in words."""
        parts = [one.words for one in self.distances]
        if self.clears_on:
            days = "1 day" if self.days == 1 else f"{self.days} days"
            parts.append(f"time clears it on {self.clears_on}, {days} after the screening date")
        return "; ".join(parts) or "a matter of yes or no"


@dataclass(frozen=True, slots=True)
class Tally:
    """CONSORT's numbers for one protocol: `screened` is the sum of `excluded`, `waiting` and `candidates`."""

    protocol: Protocol
    screened: int
    excluded: int
    excluded_by: tuple[Count, ...]
    waiting: int
    waiting_for: tuple[Count, ...]
    candidates: int
    near_misses: tuple[NearMiss, ...]


def newest(records: Iterable[Record]) -> list[Record]:
    """Of each letter, or the letters of one dossier, the newest screening under each protocol, in the store's order."""
    found: dict[tuple[object, ...], Record] = {}
    for record in sorted(records, key=lambda one: int(one.id[1:])):
        letters = tuple(document["sha256"] for document in record.screening["documents"])
        found[letters, record.entry.protocol_id] = record
    return sorted(found.values(), key=lambda one: int(one.id[1:]))


def tallies(records: Sequence[Record]) -> list[Tally]:
    """The numbers of each protocol, in the order in which protocols came into the store."""
    groups: dict[str, list[Record]] = {}
    for record in newest(records):
        groups.setdefault(record.entry.protocol_id, []).append(record)
    return [_tally(group) for group in groups.values()]


def _tally(records: Sequence[Record]) -> Tally:
    read: dict[str, Protocol] = {}
    for record in records:
        read.setdefault(record.entry.protocol, protocol_of(record))
    protocols = [read[record.entry.protocol] for record in records]
    verdicts = Counter(record.entry.verdict for record in records)
    stopped = {record.id: _stops(record, asked) for record, asked in zip(records, protocols, strict=True)}
    waited = {record.id: _waits(record, asked) for record, asked in zip(records, protocols, strict=True)}
    misses = [miss for record in records for miss in _near_miss(record, stopped[record.id])]
    return Tally(
        protocol=protocols[-1],
        screened=len(records),
        excluded=verdicts["ineligible"],
        excluded_by=_counts(protocols[-1], stopped.values()),
        waiting=verdicts["needs_information"],
        waiting_for=_counts(protocols[-1], waited.values()),
        candidates=verdicts["potentially_eligible"],
        near_misses=tuple(sorted(misses, key=_nearness)),
    )


def _counts(protocol: Protocol, groups: Iterable[Sequence[Criterion]]) -> tuple[Count, ...]:
    """Criterion by criterion in the protocol's order; one that today's version no longer has comes last."""
    groups = list(groups)
    count = Counter(one.id for group in groups for one in group)
    alone = Counter(group[0].id for group in groups if len(group) == 1)
    known = {one.id: one for group in groups for one in group}
    order = [one.id for one in protocol.criteria]
    ids = sorted(count, key=lambda key: (order.index(key) if key in order else len(order), key))
    return tuple(Count(known[key], count[key], alone[key]) for key in ids)


def _stops(record: Record, protocol: Protocol) -> list[Criterion]:
    """The criteria that exclude."""
    if record.entry.verdict != "ineligible":
        return []
    answers = _answers(record)
    return [one for one in protocol.criteria if answers[one.id]["answer"] == "fail" and not one.recommended]


def _waits(record: Record, protocol: Protocol) -> list[Criterion]:
    """The criteria that the verdict waits for."""
    if record.entry.verdict != "needs_information":
        return []
    answers = _answers(record)
    out = {one["id"] for one in record.screening["protocol"].get("cohorts", ()) if one["verdict"] == "ineligible"}
    return [
        one
        for one in protocol.criteria
        if verdict.waited_for(one, answers[one.id]["answer"], answers[one.id]["raised"])
        and not (one.cohorts and out.issuperset(one.cohorts))
    ]


def _answers(record: Record) -> Mapping[str, Mapping[str, Any]]:
    return {one["id"]: one for one in record.screening["criteria"]}


def _near_miss(record: Record, stops: Sequence[Criterion]) -> Iterator[NearMiss]:
    if len(stops) == 1:
        clears, as_of = record.screening["recheck_on"], record.entry.as_of
        days = (date.fromisoformat(clears) - date.fromisoformat(as_of)).days if clears and as_of else None
        yield NearMiss(record.id, stops[0], tuple(distances(stops[0], record.screening)), clears, days)


def _nearness(miss: NearMiss) -> tuple[bool, float, bool, int, int]:
    """The nearest first: by the share of the bound, then by days, then those of yes or no."""
    share = miss.distances[0].share if miss.distances else None
    return share is None, share or 0.0, miss.days is None, miss.days or 0, int(miss.screening[1:])
