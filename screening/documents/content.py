"""What every reader of a format gives, and which reads what.

Each format has a module whose `read(raw, where, limits)` gives a `Content`, or, for one that holds others, the `Part`s.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from kb.layout import Layout
from screening.documents.errors import BadInputError
from screening.documents.kinds import kind_of
from screening.documents.limits import Limits


@dataclass(frozen=True, slots=True)
class Content:
    """The text of one document, where it stands on the pages, and what its reader should know (`notes`)."""

    text: str
    layout: Layout | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A document inside another, such as an e-mail's attachment: as bytes, or as what was read of it already."""

    name: str
    held: bytes | Content


Read = Content | tuple[Part, ...]
Reader = Callable[[bytes, str, Limits], Read]

# The module that reads each kind. All but plain text are read in a process of their own, for a file can be made so that
# it harms the library that reads it.
_READERS = {
    "text": "screening.documents.text",
    "pdf": "screening.documents.pdf",
    "image": "screening.documents.images",
    "docx": "screening.documents.docx",
    "rtf": "screening.documents.rtf",
    "html": "screening.documents.html",
    "email": "screening.documents.mail",
}
# What the kinds without one are called, and what to do.
_REFUSED = {
    "doc": ("an old Word document", "open it in Word and save it as .docx or PDF"),
    "msg": ("an e-mail in Outlook's own format", "save it as .eml, or save its text and attachments"),
    "locked": ("an Office document with a password", "save it without one and give that"),
    "odt": ("an OpenDocument text", "save it as .docx or PDF"),
    "spreadsheet": ("a spreadsheet", "save the sheet that counts as PDF"),
    "slides": ("a presentation", "save it as PDF"),
    "compressed": ("an archive or compressed file", "unpack it and give the letter"),
    "heic": ("a photograph in a format that is not read", "save it as JPEG"),
    "dicom": ("a DICOM image", "give the report of the examination"),
    "xml": ("an XML document", "export the letter as PDF or text"),
    "unknown": ("a Microsoft Office file of a kind that is not read", "save the letter as .docx or PDF"),
}


def read_content(raw: bytes, where: str, limits: Limits) -> Read:
    """What the bytes hold, by the reader of their kind; `where` stands for them in messages. Raises BadInputError."""
    kind = kind_of(raw)
    if kind in _REFUSED:
        what, instead = _REFUSED[kind]
        raise BadInputError(f"{where}: {what}: {instead}")
    if kind == "text":
        return read_as(kind, raw, where, limits)
    from screening.documents.guard import read_guarded  # late: plain text needs no other process

    return read_guarded(kind, raw, where, limits)


def read_as(kind: str, raw: bytes, where: str, limits: Limits) -> Read:
    """What the reader of that kind makes of the bytes. Raises BadInputError."""
    return reader_of(kind)(raw, where, limits)


def reader_of(kind: str) -> Reader:
    """The function that reads files of that kind."""
    return cast(Reader, importlib.import_module(_READERS[kind]).read)
