"""The documents that a Bundle carries: attachments, conclusions and narratives in, letters out; nothing is fetched.

A text without a date of its own takes the day that its entry gives. What cannot be read leaves the others unharmed.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kb.facts import Time
from screening.documents.errors import BadInputError
from screening.documents.letters import Letter
from screening.fhir import times
from screening.fhir.bundles import Bundle, Resource

Read = Callable[[bytes, str], tuple[Letter, ...]]
_SAYS_MORE = ("additional", "extensions")  # of the narratives; R4's others are made from the entries, or empty
_OUT = ("entered-in-error", "superseded", "cancelled")


@dataclass(frozen=True, slots=True)
class Attached:
    """A document of a Bundle: its name in it, its bytes or why there are none, and the day of its entry."""

    name: str
    raw: bytes | None
    why: str = ""
    date: Time | None = None


def letters(bundle: Bundle, read: Read) -> tuple[list[Letter], list[str]]:
    """The letters of all documents, each read by its content, and a note for each that is none."""
    found: list[Letter] = []
    notes: list[str] = []
    for one in _attached(bundle):
        if one.raw is None:
            notes.append(f"{one.name}: {one.why}")
            continue
        try:
            found += [_dated(letter, one.date) for letter in read(one.raw, one.name)]
        except BadInputError as error:
            notes.append(str(error))
    return found, notes


def _dated(letter: Letter, day: Time | None) -> Letter:
    if letter.document.date is not None or day is None:
        return letter
    document = dataclasses.replace(letter.document, date=day)
    return dataclasses.replace(letter, document=document, notes=(*letter.notes, "dated by its entry in the Bundle"))


def _attached(bundle: Bundle) -> Iterator[Attached]:
    for name, resource in _named(bundle, "DocumentReference"):
        if resource.get("status") in _OUT or resource.get("docStatus") in _OUT:
            yield Attached(name, None, "not read: superseded or entered in error")
            continue
        for number, content in enumerate(resource["content"], 1):
            more = f"-{number}" if len(resource["content"]) > 1 else ""
            yield _of(bundle, resource, content["attachment"], f"{name}{more}", _day(resource, content["attachment"]))
    for name, resource in _named(bundle, "DiagnosticReport"):
        if resource.get("status") in _OUT:
            continue
        when = times.span(*times.choice(resource, "effective")) or times.day(resource.get("issued"))
        if resource.get("conclusion"):
            yield Attached(f"{name}-conclusion", resource["conclusion"].encode(), date=_exact(when))
        for number, attachment in enumerate(resource.get("presentedForm", ()), 1):
            yield _of(bundle, resource, attachment, f"{name}-{number}", _exact(when))
    for name, resource in _named(bundle, "Composition"):
        if resource.get("status") not in _OUT:
            when = _exact(times.day(resource.get("date")))
            for number, section in enumerate(_sections(resource.get("section", ())), 1):
                raw = f"<html><body>{section['text']['div']}</body></html>".encode()
                yield Attached(f"{name}-section-{number}", raw, date=when)


def _named(bundle: Bundle, kind: str) -> Iterator[tuple[str, Resource]]:
    for number, resource in enumerate(bundle.of(kind), 1):
        yield f"{kind}-{number}", resource


def _sections(sections: Any) -> Iterator[Mapping[str, Any]]:
    """Every section whose narrative says more than its entries, those inside others too."""
    for section in sections:
        if section.get("text", {}).get("status") in _SAYS_MORE:
            yield section
        yield from _sections(section.get("section", ()))


def _of(bundle: Bundle, inside: Resource, attachment: Mapping[str, Any], name: str, day: Time | None) -> Attached:
    data = attachment.get("data")
    if data is None and attachment.get("url"):
        binary = bundle.resolve({"reference": attachment["url"]}, inside)
        if binary is None or "data" not in binary:
            return Attached(name, None, "only a link, and nothing is fetched: put the document itself into the Bundle")
        data = binary["data"]
    if data is None:
        return Attached(name, None, "empty: put the document itself into the Bundle")
    try:
        return Attached(name, base64.b64decode("".join(str(data).split()), validate=True), date=day)
    except (binascii.Error, ValueError):
        return Attached(name, None, "damaged: its data is not Base64")


def _day(resource: Resource, attachment: Mapping[str, Any]) -> Time | None:
    """The day that a document is of: that of the visit it tells of, else that on which it was made."""
    visit = times.span(*times.period(resource.get("context", {}).get("period")))
    return _exact(visit) or _exact(times.day(attachment.get("creation")))


def _exact(when: Time | None) -> Time | None:
    return when if when is not None and when.earliest is not None and when.earliest == when.latest else None
