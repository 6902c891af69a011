"""The JSON Schema of a protocol's file: the kinds of test and, where wanted, the terms in, a schema out.

An editor that reads it completes keys and concepts and checks them while someone types; the check sees more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kb.vocabulary import Vocabulary
from rules.concepts import ANYTHING, MARK
from rules.language import Protocol
from rules.tests import KINDS
from rules.tests.base import BOUNDS, Bounded

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEMPLATE = "#/$defs/{model}"


def protocol_schema(terms: Vocabulary | None = None, statements: Iterable[str] = ()) -> dict[str, Any]:
    """The schema; with `terms` every key that names a concept lists those that fit it."""
    schema = Protocol.model_json_schema(by_alias=True, ref_template=_TEMPLATE)
    definitions: dict[str, Any] = schema.pop("$defs")
    for key, kind in KINDS.items():
        own = kind.model_json_schema(by_alias=True, ref_template=_TEMPLATE)
        definitions.update(own.pop("$defs", {}))
        own["required"] = list(dict.fromkeys([key, *own.get("required", [])]))
        if issubclass(kind, Bounded):
            own["anyOf"] = [{"required": [bound]} for bound in BOUNDS]
        definitions[kind.__name__] = own
    definitions["Test"] = {"anyOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in KINDS.values()]}
    schema["properties"].pop("sha256")
    whole = {"$schema": DIALECT, "$id": "protocol.schema.json", **schema, "$defs": dict(sorted(definitions.items()))}
    concepts = {} if terms is None else _concepts(terms, statements)
    completed: dict[str, Any] = _completed(whole, concepts)
    completed["$defs"].update({f"concept-{kind}": {"enum": sorted(names)} for kind, names in concepts.items()})
    return completed


def _concepts(terms: Vocabulary, statements: Iterable[str]) -> dict[str, set[str]]:
    """The ids of each kind of term; `any` are all of them."""
    found: dict[str, set[str]] = {"statement": set(statements)}
    for key, kind in terms.kinds.items():
        found.setdefault(kind, set()).add(key)
    found["any"] = {ANYTHING, *(key for keys in found.values() for key in keys)}
    return found


def _completed(schema: Any, concepts: dict[str, set[str]]) -> Any:
    """The schema with each marked key's strings bound to the concepts that it may name."""
    if isinstance(schema, list):
        return [_completed(one, concepts) for one in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: _completed(value, concepts) for key, value in schema.items() if key != MARK}
    if MARK not in schema or not concepts:
        return out
    allowed = [{"$ref": f"#/$defs/concept-{kind}"} for kind in (schema[MARK] or ["any"])]
    return _bound(out, allowed[0] if len(allowed) == 1 else {"anyOf": allowed})


def _bound(schema: Any, allowed: dict[str, Any]) -> Any:
    """Strings, and the keys of mappings, are one of the allowed."""
    if isinstance(schema, list):
        return [_bound(one, allowed) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "string":
        return {**schema, **allowed}
    out = {key: _bound(value, allowed) if key in ("anyOf", "items") else value for key, value in schema.items()}
    if schema.get("type") == "object":
        out["propertyNames"] = allowed
    return out
