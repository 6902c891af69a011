"""A reading of a short text as the extractor makes it, for the tests of this folder."""

from __future__ import annotations

import functools
from datetime import date

from extraction.extractor import Extractor
from extraction.reading import Reading
from kb.facts import Document, Fact, Time

LETTER_DATE = date(2026, 6, 15)


@functools.cache
def extractor() -> Extractor:
    return Extractor()


def document(text: str, dated: date | None = LETTER_DATE) -> Document:
    return Document("letter", text, "", None if dated is None else Time.on(dated))


def read(text: str, dated: date | None = LETTER_DATE) -> Reading:
    return extractor().read(document(text, dated))


def facts(text: str, dated: date | None = LETTER_DATE) -> list[Fact]:
    return extractor().extract(document(text, dated))[0]
