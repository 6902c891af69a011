"""Bytes or text in, letters out: documents with offsets and a date, in English."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from kb.facts import Document, Fact
from screening.documents.content import Content, Part, read_content
from screening.documents.errors import BadInputError
from screening.documents.limits import Limits, limits_in_use
from screening.documents.symbols import legible
from screening.fhir.content import looks_like_fhir
from screening.language import foreign_language


@dataclass(frozen=True, slots=True)
class Letter:
    """A document as read, with what its reader should know (`notes`).

    `facts` are those of a document that shows the entries of a record, where they are known without reading its text.
    """

    document: Document
    notes: tuple[str, ...] = ()
    facts: tuple[Fact, ...] | None = None


def letters_from_bytes(
    raw: bytes, name: str, where: str, limits: Limits | None = None, depth: int = 0
) -> tuple[Letter, ...]:
    """The letters that bytes hold: one, or, for an e-mail, its text and each attachment. `where` stands for them in
    messages; `depth` says how many documents they lie in. Raises BadInputError.
    """
    limits = limits or limits_in_use()
    if len(raw) > limits.file_bytes:
        raise BadInputError(
            f"{where}: more than {limits.file_megabytes} MB, which no letter is: give one letter a file"
        )
    if looks_like_fhir(raw):
        return _letters_of_bundle(raw, name, where, limits, depth)
    read = read_content(raw, where, limits)
    if isinstance(read, Content):
        return (_letter(read, name, where, hashlib.sha256(raw).hexdigest()),)
    if len(read) > limits.documents:
        raise BadInputError(
            f"{where}: holds more than {limits.documents} documents: give those of one patient that count"
        )
    if depth >= limits.depth:
        raise BadInputError(f"{where}: holds documents in documents in documents: give each by itself")
    return _letters_of_parts(read, name, where, limits, depth)


def _letters_of_bundle(raw: bytes, name: str, where: str, limits: Limits, depth: int) -> tuple[Letter, ...]:
    from screening.fhir.reading import letters_of_bundle  # late: it makes letters, and few files are FHIR

    if depth >= limits.depth:
        raise BadInputError(f"{where}: holds documents in documents in documents: give each by itself")

    def read(held: bytes, name: str, where: str) -> tuple[Letter, ...]:
        return letters_from_bytes(held, name, where, limits, depth + 1)

    return letters_of_bundle(raw, name, where, limits, read)


def _letters_of_parts(parts: Sequence[Part], name: str, where: str, limits: Limits, depth: int) -> tuple[Letter, ...]:
    """The letters of all parts that can be read; the first tells of the others. Raises BadInputError if none can."""
    letters: list[Letter] = []
    unread: list[str] = []
    for part in parts:
        inside = (f"{name}/{part.name}", f"{where}/{part.name}")
        try:
            if isinstance(part.held, Content):
                letters.append(_letter(part.held, *inside, text_digest(part.held.text)))
            else:
                letters += letters_from_bytes(part.held, *inside, limits, depth + 1)
        except BadInputError as error:
            unread.append(str(error))
    if not letters:
        raise BadInputError(unread[0] if unread else f"{where}: empty: give a file with the letter's text")
    notes = (*letters[0].notes, *(f"not read: {reason.removeprefix(f'{where}/')}" for reason in unread))
    return (dataclasses.replace(letters[0], notes=notes), *letters[1:])


def letter_from_text(text: str, name: str, where: str) -> Letter:
    """A letter of text. Raises BadInputError for one that is empty or in another language."""
    return _letter(Content(text), name, where, text_digest(text))


def text_digest(text: str) -> str:
    """The SHA-256 of a text that is no file's, as UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _letter(content: Content, name: str, where: str, sha256: str) -> Letter:
    from extraction.letter_date import find_letter_date  # late, so that --help needs no language library

    text = legible(content.text)
    if not text.strip():
        raise BadInputError(f"{where}: empty: give a file with the letter's text")
    other = foreign_language(text)
    if other is not None:
        raise BadInputError(f"{where}: in {other}, and only English letters are read: give an English translation")
    return Letter(Document(name, text, sha256, find_letter_date(text), content.layout), content.notes)
