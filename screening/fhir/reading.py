"""A Bundle in, letters out: one that shows its coded entries line by line with their facts, then its documents.

What was not understood is listed by its codes. The Bundle's own day is when it was put together; without one, its
document's; the clock is never consulted.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from kb.facts import Document, Fact, Time
from screening.documents.errors import BadInputError
from screening.documents.letters import Letter
from screening.documents.limits import Limits
from screening.fhir import attachments, times
from screening.fhir.bundles import MODIFIED, OTHERS, Bundle, read_bundle
from screening.fhir.coding import Entry, plain
from screening.fhir.conditions import allergies, conditions
from screening.fhir.events import patients, procedures, vaccinations
from screening.fhir.medications import medications
from screening.fhir.observations import observations

_MOST_LISTED = 10


def letters_of_bundle(
    raw: bytes, name: str, where: str, limits: Limits, read: Callable[[bytes, str, str], tuple[Letter, ...]]
) -> tuple[Letter, ...]:
    """The letters of a Bundle's bytes: its entries, then its documents. `read` reads a document inside it by its
    bytes, name and place. Raises BadInputError.
    """
    bundle = read_bundle(raw, where, limits)
    when = _own_day(bundle)
    today = None if when is None else when.earliest
    born = next((times.day(one.get("birthDate")) for one in bundle.of("Patient")), None)
    groups = (
        ("The patient", patients(bundle)),
        ("Medications, each with its dosage and status", [*medications(bundle, today), *allergies(bundle)]),
        ("Conditions, each with its status and dates", conditions(bundle, born, today)),
        ("Procedures and vaccinations, each with its status", [*procedures(bundle), *vaccinations(bundle, today)]),
        ("Observations, each with its value and date", observations(bundle)),
    )
    entries = [(title, list(found)) for title, found in groups]
    text, facts = _rendered(entries)
    documents, notes = attachments.letters(bundle, lambda inner, part: read(inner, f"{name}/{part}", f"{where}/{part}"))
    if not any(found for _, found in entries) and not documents:
        raise BadInputError(f"{where}: a Bundle with nothing in it that is read: {_only(bundle)}")
    if len(documents) > limits.documents:
        raise BadInputError(
            f"{where}: holds more than {limits.documents} documents: give those of one patient that count"
        )
    warned = [*_not_understood(one for _, found in entries for one in found), *_left(bundle), *notes]
    if when is None:
        warned.append("the Bundle does not say of which day it is: what it tells without a date is of no certain day")
    document = Document(name, text, hashlib.sha256(raw).hexdigest(), when)
    return (Letter(document, tuple(warned), tuple(facts)), *documents)


def _own_day(bundle: Bundle) -> Time | None:
    """The day on which the Bundle was put together, else that of the document that it is."""
    told = [bundle.own.get("timestamp"), *(one.get("date") for one in bundle.of("Composition"))]
    days = [day for one in told if (day := times.day(one)) is not None and day.earliest == day.latest]
    return days[0] if days else None


def _rendered(groups: Sequence[tuple[str, Sequence[Entry]]]) -> tuple[str, list[Fact]]:
    """The text with a line for each entry, and the facts in their places."""
    lines: list[str] = []
    facts: list[Fact] = []
    at = 0
    for title, entries in groups:
        for line, told in (*([(title, ())] if entries else ()), *((plain(one.line), one.facts) for one in entries)):
            lines.append(line)
            facts += [dataclasses.replace(fact, start=at, end=at + len(line), quote=line) for fact in told]
            at += len(line) + 1
        if entries:
            lines.append("")
            at += 1
    numbered = [dataclasses.replace(fact, id=f"f{number}") for number, fact in enumerate(facts, 1)]
    return "\n".join(lines), numbered


def _not_understood(entries: Iterable[Entry]) -> Iterator[str]:
    unknown: Counter[str] = Counter()
    unfit: Counter[str] = Counter()
    for entry in entries:
        kind = entry.line.split(":", 1)[0].lower()
        if entry.unknown is not None:
            unknown[f"{kind} {entry.unknown}"] += 1
        if entry.unfit is not None:
            unfit[f"{kind} {entry.unfit}"] += 1
    if unknown:
        yield f"not understood, so not used: {_listed(unknown)}"
    if unfit:
        yield f"a value or unit that does not fit, so not used: {_listed(unfit)}"


def _listed(counts: Counter[str]) -> str:
    """The most frequent with their numbers, then how many more."""
    told = [f"{what} ({count})" if count > 1 else what for what, count in counts.most_common(_MOST_LISTED)]
    more = len(counts) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")


def _left(bundle: Bundle) -> Iterator[str]:
    """What of the Bundle is not read, and what its reader should know besides."""
    for what, count in bundle.left.items():
        if what in (MODIFIED, OTHERS):
            yield f"{what}, left out: {count}"
    others = Counter({what: count for what, count in bundle.left.items() if what not in (MODIFIED, OTHERS)})
    if others:
        yield f"kinds of entries that are not read: {_listed(others)}"
    if bundle.notes:
        yield f"notes in free text beside coded entries are not read: {bundle.notes}"
    if bundle.goes_on:
        yield "this is one page of several: what stands on the next is not known"
    if any(one.get("deceasedBoolean") or one.get("deceasedDateTime") for one in bundle.of("Patient")):
        yield "the patient is recorded as having died"


def _only(bundle: Bundle) -> str:
    told = [word for word, _ in Counter(bundle.left).most_common(3)]
    return f"it holds {', '.join(told)}" if told else "it is empty"
