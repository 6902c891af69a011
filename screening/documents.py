"""Letters as they come: a path, a folder or standard input goes in, documents with offsets and a date come out.

Whatever cannot be read as a letter is refused in one line that says what, where and what to do, and quotes nothing.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kb.facts import Document
from kb.patterns import compiled
from screening.language import foreign_language

MOST_BYTES = 2**20  # a letter has a few thousand characters; a file of hundreds of pages is something else
STANDARD_INPUT = "-"
SUFFIXES = frozenset({".txt", ".text", ""})

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FORMATS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a Word document or an archive"),
    (b"\xd0\xcf\x11\xe0", "an old Word document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"II*\x00", "an image"),
    (b"\x1f\x8b", "a compressed file"),
)
_DECLARED = re.compile(rb"(?:charset|encoding|coding)\s*[:=]\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_CONTROL = compiled(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class BadInputError(ValueError):
    """An input or a call that cannot be used: one line, what, where and what to do."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A document as read, with what its reader should know (`notes`)."""

    document: Document
    notes: tuple[str, ...] = ()


def find_letters(arguments: Iterable[str]) -> Iterator[str]:
    """The letters named, in order: of a folder its text files. A name that is nothing is left for `read_letter`.

    Raises BadInputError for a folder without letters.
    """
    for argument in arguments:
        folder = Path(argument)
        if argument == STANDARD_INPUT or not folder.is_dir():
            yield argument
            continue
        try:
            found = sorted(path for path in folder.iterdir() if _looks_like_a_letter(path))
        except OSError as error:
            raise BadInputError(
                f"{argument}: the folder cannot be read ({_cause(error)}): check its permissions"
            ) from error
        if not found:
            raise BadInputError(f"{argument}: the folder holds no letters: name one with .txt files")
        yield from (str(path) for path in found)


def _looks_like_a_letter(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()


def read_letter(argument: str) -> Letter:
    """The letter of a path, or of standard input for `-`. Raises BadInputError."""
    name = "standard input" if argument == STANDARD_INPUT else argument
    return letter_from_bytes(_bytes(argument, name), Path(argument).name if argument != STANDARD_INPUT else "-", name)


def _bytes(argument: str, name: str) -> bytes:
    try:
        if argument == STANDARD_INPUT:
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(argument).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise BadInputError(f"{name}: no such file: check the path") from error
    except (OSError, ValueError) as error:
        raise BadInputError(f"{name}: cannot be read ({_cause(error)}): name a readable text file") from error


def _cause(error: Exception) -> str:
    return (getattr(error, "strerror", None) or "not a usable path").lower()


def letter_from_bytes(raw: bytes, name: str, where: str) -> Letter:
    """A letter of bytes; `where` stands for it in messages. Raises BadInputError."""
    if len(raw) > MOST_BYTES:
        raise BadInputError(f"{where}: more than 1 MB, which no letter is: give one letter a file")
    for magic, what in _OTHER_FORMATS:
        if raw.startswith(magic):
            raise BadInputError(f"{where}: {what}, not text: save it as plain text and give that")
    text, notes = decode(raw, where)
    return letter_from_text(text, name, where, sha256=hashlib.sha256(raw).hexdigest(), notes=notes)


def letter_from_text(
    text: str, name: str, where: str, *, sha256: str | None = None, notes: tuple[str, ...] = ()
) -> Letter:
    """A letter of text. Raises BadInputError for one that is empty or in another language."""
    from extraction.letter_date import find_letter_date  # late, so that --help needs no language library

    if not text.strip():
        raise BadInputError(f"{where}: empty: give a file with the letter's text")
    other = foreign_language(text)
    if other is not None:
        raise BadInputError(f"{where}: in {other}, and only English letters are read: give an English translation")
    digest = sha256 or hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Letter(Document(name, text, digest, find_letter_date(text)), notes)


def decode(raw: bytes, where: str) -> tuple[str, tuple[str, ...]]:
    """The text with its lines ended by newlines, and a note where the bytes were not UTF-8.

    Tried in turn: the byte order mark, UTF-8, the declared encoding, UTF-16 by its zero bytes, GB18030 where that gives
    Chinese, Windows-1252. Raises BadInputError where none gives text.
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
    for encoding in _guesses(raw):
        text = _decoded(raw, encoding)
        if text is not None and (encoding != "gb18030" or _is_chinese(text)):
            return _clean(text, where), (f"not UTF-8: read as {encoding}; check names and symbols such as µ and ≥",)
    raise BadInputError(f"{where}: not text in any known encoding: save it as UTF-8 plain text")


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


def parse_day(text: str) -> date:
    """A day written YYYY-MM-DD. Raises BadInputError.

    >>> parse_day("2026-06-15")
    datetime.date(2026, 6, 15)
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # a day that no month has
    raise BadInputError(f"--as-of {text}: not a date: write it as YYYY-MM-DD, such as 2026-06-15")
