"""An e-mail: its bytes in, its text and each attachment as documents of their own out.

The text is that of the message itself, with its date and subject above it; a message forwarded as an attachment is a
document as well. Nothing that it refers to is fetched.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime

from screening.documents.content import Content, Part, Read
from screening.documents.errors import BadInputError
from screening.documents.html import shown_text
from screening.documents.limits import Limits
from screening.documents.mail_thread import messages_of
from screening.documents.text import decoded_text

_NO_LETTER = frozenset(
    "application/pkcs7-signature application/x-pkcs7-signature application/pgp-signature text/calendar text/vcard "
    "text/x-vcard".split()
)
_DECORATION = 20_000  # bytes: a smaller picture amid the text is a logo or a signature's
_FULLER = 2  # times as long: then the HTML says what the plain text does not


def read(raw: bytes, where: str, limits: Limits) -> Read:
    """The message alone, or its text and what it quotes, forwards and has attached. Raises BadInputError."""
    start = raw.index(b"\n") + 1 if raw.startswith(b"From ") and b"\n" in raw else 0
    try:
        message = email.message_from_bytes(raw[start:], policy=email.policy.default)
        text, notes = _text(message, where)
        attached = tuple(_attachments(message))
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise BadInputError(f"{where}: a damaged e-mail: save it again, or give its text") from error
    if len(text) > limits.text_bytes:
        raise BadInputError(
            f"{where}: more than {limits.text_megabytes} MB of text, which no letter is: give one letter a file"
        )
    own, quoted = messages_of(text)
    parts = [
        *([Part("message", Content("\n".join((*_head(message), own)), notes=notes))] if own.strip() else []),
        *(Part(f"quoted message {number}", Content(words)) for number, words in enumerate(quoted, 1)),
        *attached,
    ]
    if not parts:
        raise BadInputError(f"{where}: an e-mail without text or attachments: give the letter itself")
    only = parts[0].held if len(parts) == 1 else None
    return only if isinstance(only, Content) else tuple(parts)


def _head(message: EmailMessage) -> Iterator[str]:
    """The day on which it was sent, in words, and its subject."""
    try:
        sent = parsedate_to_datetime(str(message["date"]))
        yield f"Date: {sent.day} {sent:%B %Y}"
    except (TypeError, ValueError):
        pass  # without a date that can be read
    subject = " ".join(str(message["subject"] or "").split())
    if subject:
        yield f"Subject: {subject}"
    yield ""


def _text(message: EmailMessage, where: str) -> tuple[str, tuple[str, ...]]:
    """The message's words: its plain text, or its HTML where that is all there is or says far more."""
    plain, notes = _decoded(message.get_body(("plain",)), where)
    markup, other_notes = _decoded(message.get_body(("html",)), where)
    shown = shown_text(markup) if markup.strip() else ""
    return (shown, other_notes) if len(shown) > _FULLER * len(plain.strip()) else (plain, notes)


def _decoded(part: Message | None, where: str) -> tuple[str, tuple[str, ...]]:
    """The characters of a part, by the encoding that it names where that holds."""
    if part is None:
        return "", ()
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes) or not raw.strip():
        return "", ()
    try:
        return raw.decode(part.get_content_charset() or "utf-8").replace("\r\n", "\n"), ()
    except (LookupError, UnicodeDecodeError):
        return decoded_text(raw, where)


def _attachments(message: EmailMessage) -> Iterator[Part]:
    """The attachments that may be documents, a forwarded message among them; logos and signatures are none."""
    met: set[str] = set()
    for number, part in enumerate(message.iter_attachments(), 1):
        kind = part.get_content_type()
        if kind in _NO_LETTER:
            continue
        name = _unmet(_plain_name(part.get_filename()) or f"attachment {number}", met)
        inside = part.get_payload(0) if kind == "message/rfc822" else None
        raw = inside.as_bytes() if isinstance(inside, Message) else part.get_payload(decode=True)
        if not isinstance(raw, bytes) or not raw.strip():
            continue
        shown_amid_text = part.get_content_disposition() == "inline" or part["content-id"] is not None
        if part.get_content_maintype() == "image" and shown_amid_text and len(raw) < _DECORATION:
            continue
        yield Part(name, raw)


def _plain_name(name: str | None) -> str:
    """A file's name without folders and what cannot be printed."""
    return "".join(char for char in (name or "").replace("\\", "/").rsplit("/", 1)[-1] if char.isprintable()).strip()


def _unmet(name: str, met: set[str]) -> str:
    unmet, number = name, 1
    while unmet in met:
        number += 1
        unmet = f"{name} ({number})"
    met.add(unmet)
    return unmet
