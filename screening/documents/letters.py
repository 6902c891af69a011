"""Bytes or text in, letters out: documents with offsets and a date, in English."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from kb.facts import Document
from screening.documents.content import Content, read_content
from screening.documents.errors import BadInputError
from screening.documents.limits import LIMITS, Limits
from screening.language import foreign_language


@dataclass(frozen=True, slots=True)
class Letter:
    """A document as read, with what its reader should know (`notes`)."""

    document: Document
    notes: tuple[str, ...] = ()


def letters_from_bytes(raw: bytes, name: str, where: str, limits: Limits = LIMITS) -> tuple[Letter, ...]:
    """The letters that bytes hold: one, or, for an e-mail, its text and each attachment. `where` stands for them in
    messages. Raises BadInputError.
    """
    if len(raw) > limits.file_bytes:
        raise BadInputError(
            f"{where}: more than {limits.file_bytes // 2**20} MB, which no letter is: give one letter a file"
        )
    content = read_content(raw, where, limits)
    if isinstance(content, Content):
        return (_letter(content, name, where, hashlib.sha256(raw).hexdigest()),)
    if len(content) > limits.parts:
        raise BadInputError(f"{where}: holds more than {limits.parts} documents: give those of one patient that count")
    return tuple(
        letter
        for part in content
        for letter in letters_from_bytes(part.raw, f"{name}/{part.name}", f"{where}/{part.name}", limits)
    )


def letter_from_text(text: str, name: str, where: str) -> Letter:
    """A letter of text. Raises BadInputError for one that is empty or in another language."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return _letter(Content(text), name, where, digest)


def _letter(content: Content, name: str, where: str, sha256: str) -> Letter:
    from extraction.letter_date import find_letter_date  # late, so that --help needs no language library

    text = content.text
    if not text.strip():
        raise BadInputError(f"{where}: empty: give a file with the letter's text")
    other = foreign_language(text)
    if other is not None:
        raise BadInputError(f"{where}: in {other}, and only English letters are read: give an English translation")
    return Letter(Document(name, text, sha256, find_letter_date(text), content.layout), content.notes)
