"""What a file holds, told by its first bytes and never by its name, and what every reader of a format gives.

Each format has a module whose `read(raw, where, limits)` gives a `Content`, or, for one that holds others, the `Part`s.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from kb.layout import Layout
from screening.documents.errors import BadInputError
from screening.documents.limits import Limits


@dataclass(frozen=True, slots=True)
class Content:
    """The text of one document, where it stands on the pages, and what its reader should know (`notes`)."""

    text: str
    layout: Layout | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A document inside another, such as an e-mail's attachment."""

    name: str
    raw: bytes


Reader = Callable[[bytes, str, Limits], Content | tuple[Part, ...]]

# The module that reads each kind; of the kinds without one, what they are called and what to do.
_READERS = {"text": "screening.documents.text"}
_REFUSED = {
    "pdf": ("a PDF, not text", "save it as plain text and give that"),
    "zip": ("a Word document or an archive, not text", "save it as plain text and give that"),
    "ole": ("an old Word document, not text", "save it as plain text and give that"),
    "rtf": ("an RTF document, not text", "save it as plain text and give that"),
    "image": ("an image, not text", "save it as plain text and give that"),
    "compressed": ("a compressed file, not text", "save it as plain text and give that"),
}
_MAGIC = (
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"II*\x00", "image"),
    (b"\x1f\x8b", "compressed"),
)


def kind_of(raw: bytes) -> str:
    """The kind of a file by its content; what is nothing else is text.

    >>> kind_of(b"%PDF-1.7"), kind_of(b"Dear colleague")
    ('pdf', 'text')
    """
    return next((kind for magic, kind in _MAGIC if raw.startswith(magic)), "text")


def read_content(raw: bytes, where: str, limits: Limits) -> Content | tuple[Part, ...]:
    """What the bytes hold, by the reader of their kind; `where` stands for them in messages. Raises BadInputError."""
    kind = kind_of(raw)
    if kind in _REFUSED:
        what, instead = _REFUSED[kind]
        raise BadInputError(f"{where}: {what}: {instead}")
    return cast(Reader, importlib.import_module(_READERS[kind]).read)(raw, where, limits)
