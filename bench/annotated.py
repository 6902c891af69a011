"""Annotated case reports: a folder of texts with brat annotations and joined pairs in, one Report each out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import rows_of


@dataclass(frozen=True, slots=True)
class Entity:
    """A labelled mention; one of several pieces runs from the first to the last of them."""

    kind: str
    start: int
    end: int
    text: str

    def overlaps(self, start: int, end: int) -> bool:
        """Whether it shares a character with a span."""
        return self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class Pair:
    """Two mentions that belong together: a drug and its dose, a test and its value."""

    name: Entity
    value: Entity


@dataclass(frozen=True, slots=True)
class Report:
    """One case report with its labels; `negated` are the mentions labelled as negative without doubt."""

    id: str
    text: str
    entities: tuple[Entity, ...]
    doses: tuple[Pair, ...]
    labs: tuple[Pair, ...]
    negated: tuple[Entity, ...]

    def of_kind(self, kind: str) -> list[Entity]:
        """Its mentions of a kind, in the order of the text."""
        return sorted((one for one in self.entities if one.kind == kind), key=lambda one: one.start)


def read_reports(folder: Path) -> Iterator[Report]:
    """The reports of a folder in the order of their pairs file."""
    for row in rows_of(folder / "pairs.jsonl"):
        name = str(row["id"])
        text = (folder / f"{name}.txt").read_bytes().decode("utf-8")
        entities = tuple(_entities((folder / f"{name}.ann").read_text(encoding="utf-8")))
        yield Report(name, text, entities, _pairs(row["drug_dose"]), _pairs(row["lab"]), tuple(_negated(row)))


def _entities(annotations: str) -> Iterator[Entity]:
    for line in annotations.split("\n"):
        if line.startswith("T"):
            _, place, text = line.split("\t", 2)
            kind, offsets = place.split(" ", 1)
            yield Entity(kind, *_span(offsets), text)


def _span(offsets: str) -> tuple[int, int]:
    """The hull of brat's offsets.

    >>> _span("474 481;490 503")
    (474, 503)
    """
    numbers = [int(number) for number in re.findall(r"\d+", offsets)]
    return min(numbers), max(numbers)


def _pairs(listed: Any) -> tuple[Pair, ...]:
    return tuple(
        Pair(Entity("name", *_span(name_at), name), Entity("value", *_span(value_at), value))
        for name, value, name_at, value_at in listed
    )


def _negated(row: dict[str, Any]) -> Iterator[Entity]:
    for kind, text, offsets, polarity in row["negated"]:
        if polarity == "NEG":
            yield Entity(kind, *_span(offsets), text)
