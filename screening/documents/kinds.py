"""What a file is, told by its content and never by its name: bytes in, the name of a kind out."""

from __future__ import annotations

import codecs
import re

from kb.patterns import compiled

_HEAD = 4096  # bytes in which a kind shows
_MAGIC = (
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"GIF8", "image"),
    (b"\x1f\x8b", "compressed"),
    (b"BZh", "compressed"),
    (b"7z\xbc\xaf\x27\x1c", "compressed"),
    (b"Rar!\x1a\x07", "compressed"),
    (b"\xfd7zXZ\x00", "compressed"),
)
# what lies in a zip file under these names makes it a document of that kind
_IN_ZIP = (
    (b"word/document", "docx"),
    (b"xl/workbook", "spreadsheet"),
    (b"ppt/presentation", "slides"),
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument", "spreadsheet"),
    (b"[Content_Types].xml", "docx"),
)
# and what lies in one of Microsoft's older compound files, whose names are UTF-16
_IN_COMPOUND = (
    ("EncryptedPackage", "locked"),
    ("__substg1.0_", "msg"),
    ("WordDocument", "doc"),
    ("Workbook", "spreadsheet"),
    ("PowerPoint Document", "slides"),
)
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    rb"<(?:!doctype\s+html|(?:html|head|body|meta|title|style|div|p|table|span|font|h[1-6]|br|center)[\s/>])",
    re.IGNORECASE | re.DOTALL,
)
_HEADER = compiled(r"(?P<name>[A-Za-z][A-Za-z-]{1,40}):[^\n]*\n(?:[ \t]+[^\n]*\n)*")
_MAIL_TOLD_BY = frozenset({"mime-version", "message-id", "received", "return-path", "dkim-signature", "x-mailer"})
_MAIL_HAS = frozenset({"from", "to", "date", "subject"})


def kind_of(raw: bytes) -> str:
    """The kind of a file by its content; what is nothing else is text.

    >>> kind_of(b"%PDF-1.7"), kind_of(b"<html><p>Dear colleague"), kind_of(b"Dear colleague")
    ('pdf', 'html', 'text')
    """
    head = raw[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((kind for name, kind in _IN_ZIP if name in raw), "compressed")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return next((kind for name, kind in _IN_COMPOUND if name.encode("utf-16-le") in raw), "unknown")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"avif"):
        return "heic"
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "image"
    if head[128:132] == b"DICM":
        return "dicom"
    found = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    return found or _kind_of_text(head)


def _kind_of_text(head: bytes) -> str:
    """HTML, XML, an e-mail or plain text, whatever its encoding."""
    plain = _eight_bit(head)
    if _HTML.match(plain):
        return "html"
    if plain.lstrip().startswith(b"<?xml"):
        return "html" if re.search(rb"<html[\s>]", plain, re.IGNORECASE) else "xml"
    return "email" if _is_email(plain.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")) else "text"


def _eight_bit(head: bytes) -> bytes:
    """The ASCII characters of a text in UTF-8 or UTF-16 as such, so that marks in it are found."""
    if head.startswith(codecs.BOM_UTF8):
        return head[len(codecs.BOM_UTF8) :]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[2:].replace(b"\x00", b"")
    return head.replace(b"\x00", b"") if head[1:2] == b"\x00" or head[:1] == b"\x00" else head


def _is_email(text: str) -> bool:
    """Whether a text opens with an e-mail's own headers; a letter may have "To:" and "Date:" as well."""
    at = text.index("\n") + 1 if text.startswith("From ") and "\n" in text else 0
    names = set()
    while (header := _HEADER.match(text, at)) is not None:
        names.add(header["name"].lower())
        at = header.end()
    return bool(names & _MAIL_TOLD_BY) and len(names & _MAIL_HAS) > 1
