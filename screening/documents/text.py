"""Plain text in any common encoding: bytes in, text with its lines ended by newlines out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from kb.patterns import compiled
from screening.documents.content import Content
from screening.documents.errors import BadInputError
from screening.documents.limits import Limits

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"(?:charset|encoding|coding)\s*[:=]\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_NOT_UTF_8 = compiled("[\udc80-\udcff]")
_CONTROL = compiled(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def read(raw: bytes, where: str, limits: Limits) -> Content:
    """The text of the bytes, with a note where they were not UTF-8. Raises BadInputError."""
    if len(raw) > limits.text_bytes:
        raise BadInputError(
            f"{where}: more than {limits.text_megabytes} MB of text, which no letter is: give one letter a file"
        )
    text, notes = decoded_text(raw, where)
    return Content(text, notes=notes)


def decoded_text(raw: bytes, where: str) -> tuple[str, tuple[str, ...]]:
    """The text with its lines ended by newlines, and a note where the bytes were not UTF-8.

    Tried in turn: the byte order mark, UTF-8, the declared encoding, UTF-16 by its zero bytes, GB18030 where that gives
    Chinese, UTF-8 with parts in Windows-1252, Windows-1252. Raises BadInputError where none gives text.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            text = _decoded(raw, encoding)
            if text is None:
                raise BadInputError(f"{where}: damaged {encoding.upper()} text: save it again as UTF-8")
            return _clean(text, where), () if encoding == "utf-8-sig" else (f"not UTF-8: read as {encoding.upper()}",)
    text = _decoded(raw, "utf-8")
    if text is not None and "\x00" not in text:  # UTF-16 of plain letters is UTF-8 with zeros between them
        return _clean(text, where), ()
    mixed = _mixed(raw)
    for encoding in _guesses(raw):
        if encoding == "cp1252" and mixed is not None:
            return _clean(mixed, where), ("in two encodings: read as UTF-8 and Windows-1252; check symbols such as µ",)
        text = _decoded(raw, encoding)
        if text is not None and (encoding != "gb18030" or _is_chinese(text)):
            return _clean(text, where), (f"not UTF-8: read as {encoding}; check names and symbols such as µ and ≥",)
    raise BadInputError(f"{where}: not text in any known encoding: save it as UTF-8 plain text")


def _mixed(raw: bytes) -> str | None:
    """A text in UTF-8 in which parts pasted in are Windows-1252; None where it is not mostly so."""
    text = raw.decode("utf-8", "surrogateescape")
    odd = _NOT_UTF_8.findall(text)
    if "\x00" in text or sum(not char.isascii() for char in text) < 2 * len(odd):
        return None
    return _NOT_UTF_8.sub(lambda byte: bytes([ord(byte.group()) & 0xFF]).decode("cp1252", "replace"), text)


def _guesses(raw: bytes) -> Iterator[str]:
    declared = _DECLARED.search(raw[:2000])
    if declared is not None:
        yield declared[1].decode("ascii")
    if len(raw) % 2 == 0:
        if raw[1::2].count(0) * 3 > len(raw):
            yield "utf-16-le"
        if raw[0::2].count(0) * 3 > len(raw):
            yield "utf-16-be"
    yield from ("gb18030", "cp1252", "latin-1")


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except (UnicodeDecodeError, LookupError, TypeError):
        return None


def _is_chinese(text: str) -> bool:
    """Whether most of what is not ASCII are Chinese characters in runs, not accents paired by chance."""
    outside = [char for char in text if not char.isascii()]
    common = sum(
        1 for char in outside if "\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" or char > "\uff00"
    )
    return len(outside) >= 8 and common * 10 >= len(outside) * 9 and bool(re.search(r"[\u4e00-\u9fff]{3}", text))


def _clean(text: str, where: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text or len(_CONTROL.findall(text)) * 50 > len(text):
        raise BadInputError(f"{where}: a binary file, not text: save the letter as plain text and give that")
    return text
