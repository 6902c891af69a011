"""Which keys of a test name concepts: a mark on the field goes in, the concepts that a test names come out by key.

The check of a protocol and the published schema both read the mark, so that a new kind of test is checked, and
completed in an editor, from the declaration of its fields alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic_core import CoreSchema

MARK = "x-concepts"
ANYTHING = "anything"  # stands for every concept where the attributes alone decide


@dataclass(frozen=True, slots=True)
class Names:
    """The key's values (or, of a mapping, its keys) are concepts of these kinds of term; of none: of any kind."""

    kinds: tuple[str, ...] = ()

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(core_schema), MARK: list(self.kinds)}


def named_concepts(test: BaseModel) -> Iterator[tuple[str, Names, str]]:
    """(key as the file writes it, its mark, concept) for every concept that the test names."""
    for name, field in type(test).model_fields.items():
        for mark in field.metadata:
            if isinstance(mark, Names):
                for concept in _within(getattr(test, name)):
                    yield field.alias or name, mark, concept


def _within(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            if isinstance(inner, tuple):
                yield from _within(inner)
    elif isinstance(value, tuple):
        for one in value:
            yield from _within(one)
