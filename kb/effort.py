"""How hard it is for a referrer to get what is missing: a concept in, from a look at the notes to a biopsy out.

The classes and their weights are `kb/effort.yaml`, for a clinician to read and correct.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kb.vocabulary import Lab, Vocabulary


@dataclass(frozen=True, slots=True)
class Effort:
    """One class: `weight` is what a thing of it costs against what it settles; `title` heads a list of such things."""

    id: str
    weight: int
    title: str


@functools.cache
def efforts() -> dict[str, Effort]:
    """The classes by id, the easiest first."""
    return {one["id"]: Effort(**one) for one in _content()["efforts"]}


@functools.cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "effort.yaml").read_text(encoding="utf-8"))
    return content


def effort_of(concept: str, terms: Vocabulary) -> Effort:
    """The class of a concept; what the terms do not know is asked of the record."""
    known = _content()
    if concept in known["concepts"]:
        return efforts()[known["concepts"][concept]]
    if concept in terms and any(terms.is_a(concept, one) for one in known["tissue"] if one in terms):
        return efforts()["biopsy"]
    term = terms.terms.get(concept)
    if isinstance(term, Lab) and term.panel in known["panels"]:
        return efforts()[known["panels"][term.panel]]
    return efforts()[known["kinds"].get(terms.kinds.get(concept, ""), "record")]
