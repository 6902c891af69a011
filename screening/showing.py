"""A protocol for its reader: the typed tree in, lines with every criterion, its quote and its reading out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rules.language import All, AnyOf, AtLeast, Criterion, Node, Not, Protocol, children
from rules.tests.base import Test

_WIDTH = 100


def protocol_lines(protocol: Protocol) -> Iterator[str]:
    """Everything that a protocol asks, in its order."""
    yield f"{protocol.id}  {protocol.title}"
    for label, value in (
        ("version", protocol.version),
        ("product", protocol.product),
        ("disease", protocol.disease),
        ("sponsor", protocol.sponsor),
        ("recruitment", protocol.recruitment),
        ("status", _status(protocol)),
        ("source text of", protocol.snapshot and protocol.snapshot.isoformat()),
        ("coverage", protocol.coverage + (f": {protocol.coverage_note}" if protocol.coverage_note else "")),
    ):
        if value:
            yield from _wrapped(f"{label}: ", value)
    for cohort in protocol.cohorts:
        yield f"  cohort {cohort.id}: {cohort.title}"
    for criterion in protocol.criteria:
        yield ""
        yield from _criterion(criterion)


def _status(protocol: Protocol) -> str:
    """Who wrote the encoding, who approved it, from when it holds."""
    parts = [
        protocol.status,
        f"by {protocol.author}" if protocol.author else "",
        f"reviewed by {protocol.reviewer}" if protocol.reviewer else "",
        f"effective {protocol.effective.isoformat()}" if protocol.effective else "",
    ]
    return ", ".join(part for part in parts if part)


def _criterion(criterion: Criterion) -> Iterator[str]:
    yield f"{criterion.id}  {criterion.number}  {criterion.title}"
    yield from _wrapped("registry: ", f'"{" ".join(criterion.quote.split())}"')
    if criterion.reading:
        yield from _wrapped("read as: ", criterion.reading)
    if criterion.ambiguity:
        yield from _wrapped("may be read as: ", " / ".join(criterion.ambiguity.readings))
        confirmed = criterion.ambiguity.confirmed_by
        yield from _wrapped(
            "taken: ",
            f"{criterion.ambiguity.taken} ({f'confirmed by {confirmed}' if confirmed else 'not confirmed yet'})",
        )
    if criterion.cohorts:
        yield from _wrapped("asked of: ", ", ".join(criterion.cohorts))
    if criterion.recommended:
        yield "  recommended only: shown, but decides nothing"
    if criterion.repeats:
        yield f"  repeats: {criterion.repeats}"
    yield from _wrapped("where the letter is silent: ", criterion.silence)
    yield f"  {'requires' if criterion.kind == 'inclusion' else 'excludes'}"
    yield from _tree(criterion.tree, 2)


def _wrapped(label: str, text: str) -> list[str]:
    body = " ".join(text.split())
    return textwrap.wrap(body, _WIDTH, initial_indent=f"  {label}", subsequent_indent="    ")


def _tree(node: Node, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if isinstance(node, Test):
        keys = node.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        yield from textwrap.wrap(
            ", ".join(f"{key.replace('_', ' ')} {_value(value)}" for key, value in keys.items()),
            _WIDTH,
            initial_indent=f"{indent}- ",
            subsequent_indent=f"{indent}  ",
        )
        return
    yield f"{indent}- {_connective(node)}"
    for child in children(node):
        yield from _tree(child, depth + 1)


def _connective(node: Node) -> str:
    match node:
        case All():
            return "all of"
        case AnyOf():
            return "any of"
        case AtLeast():
            return f"at least {node.at_least} of"
        case Not():
            return "not"
        case _:
            return ""


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {_value(inner)}" for key, inner in value.items())
    return str(value)
