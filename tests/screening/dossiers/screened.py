"""Small dossiers in the words of letters, and what the shipped protocol makes of them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date

from screening.documents import letter_from_text
from screening.pipeline import Pipeline, Screening
from screening.protocols import read_protocol

Documents = Mapping[str, str]


@functools.cache
def pipeline() -> Pipeline:
    return Pipeline([read_protocol("NCT06934447")])


def screened(documents: Documents, as_of: date | None = None) -> Screening:
    """The documents, by name, screened as one patient's."""
    return _screened(tuple(documents.items()), as_of)


@functools.lru_cache(maxsize=64)  # several tests ask about the same dossiers
def _screened(documents: tuple[tuple[str, str], ...], as_of: date | None) -> Screening:
    return pipeline().screen([letter_from_text(text, name, name) for name, text in documents], as_of)[0]


def answers(screening: Screening) -> dict[str, str]:
    """Each criterion's answer; "raised" for an unknown of which the documents speak."""
    return {one.criterion.id: "raised" if one.raised else one.answer for one in screening.decision.answers}


def dated(day: str, text: str, patient: str = "") -> str:
    """A letter of that day."""
    return f"City Hospital\nDate: {day}\n{patient}\n\nDear colleague,\n\n{text}\n"
