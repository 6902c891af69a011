"""A Word document: its bytes in, its text out with tables as rows.

What was deleted, or struck through, hidden text and comments are no part of the letter. Pictures, macros and what
lies elsewhere are neither opened nor fetched.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from lxml import etree

from screening.documents.blocks import joined
from screening.documents.content import Content
from screening.documents.docx_blocks import Reader, blocks_in
from screening.documents.errors import BadInputError
from screening.documents.limits import Limits

_MEGA = 2**20
_MOST_PARTS = 10_000
_NOTES = (RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES)


def read(raw: bytes, where: str, limits: Limits) -> Content:
    """The text of the document: headers, body, notes, footers. Raises BadInputError."""
    _check_size(raw, where, limits)
    try:
        document: Any = docx.Document(io.BytesIO(raw))
        body = document.element.body
    except (
        OpcError,
        KeyError,
        ValueError,
        AttributeError,
        zipfile.BadZipFile,
        zlib.error,
        etree.LxmlError,
        OSError,
    ) as error:
        raise BadInputError(f"{where}: a damaged Word document: save it again") from error
    reader = Reader(document)
    blocks = [
        *_heads(document, "header", reader),
        "\n",
        joined(blocks_in(body, reader)),
        "\n",
        *_notes_at_the_end(document, reader),
        "\n",
        *_heads(document, "footer", reader),
    ]
    text = joined(blocks)
    if not text:
        raise BadInputError(f"{where}: {_nothing(document)}")
    if len(text) > limits.text_bytes:
        raise BadInputError(
            f"{where}: more than {limits.text_megabytes} MB of text, which no letter is: give one letter a file"
        )
    return Content(text, notes=tuple(_notes(document, reader)))


def _check_size(raw: bytes, where: str, limits: Limits) -> None:
    """Refuses what would fill the memory once it is unpacked: no part is unpacked beyond the size that it declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadInputError(f"{where}: a damaged Word document: save it again") from error
    if any(part.flag_bits & 1 for part in parts):
        raise BadInputError(f"{where}: a Word document with a password: save it without one and give that")
    if sum(part.file_size for part in parts) > limits.unpacked_megabytes * _MEGA or len(parts) > _MOST_PARTS:
        raise BadInputError(
            f"{where}: more than {limits.unpacked_megabytes} MB once unpacked: remove its pictures, or give its text"
        )


def _heads(document: Any, which: str, reader: Reader) -> Iterator[str]:
    """The headers or footers of all sections that are in use, each text once."""
    met = set()
    apart = document.settings.odd_and_even_pages_header_footer
    for section in document.sections:
        first = [f"first_page_{which}"] if section.different_first_page_header_footer else []
        for kind in (*first, which, *([f"even_page_{which}"] if apart else [])):
            head = getattr(section, kind)
            if head.is_linked_to_previous:
                continue
            text = joined(blocks_in(head._element, reader))
            if text and text not in met:
                met.add(text)
                yield text


def _notes_at_the_end(document: Any, reader: Reader) -> Iterator[str]:
    """Footnotes and endnotes, in their order."""
    for relation in document.part.rels.values():
        if relation.reltype in _NOTES and not relation.is_external:
            root = etree.fromstring(relation.target_part.blob, _parser())
            for note in root:
                yield from blocks_in(note, reader)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)


def _nothing(document: Any) -> str:
    pictures = any(relation.reltype == RELATIONSHIP_TYPE.IMAGE for relation in document.part.rels.values())
    if pictures:
        return "a Word document that holds pictures and no text: save it as PDF, so that it is read as a scan"
    return "empty: give a file with the letter's text"


def _notes(document: Any, reader: Reader) -> Iterator[str]:
    outside = sum(
        relation.is_external and relation.reltype != RELATIONSHIP_TYPE.HYPERLINK
        for relation in document.part.rels.values()
    )
    if outside:
        yield "the document refers to what lies elsewhere, which was not fetched"
    if reader.changed:
        yield "the document holds tracked changes: read as if all were accepted"
    if reader.struck:
        yield "what is struck through was left out"
    if reader.embedded:
        yield "the document holds another file inside, which was not read: give it by itself"
