"""A document in Rich Text Format: its bytes in, its text out with tables as rows.

The words are read by striprtf; what it would take for text and no reader sees (deleted, hidden) is taken out before.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

from striprtf.striprtf import rtf_to_text

from kb.patterns import compiled
from screening.documents.blocks import joined
from screening.documents.content import Content
from screening.documents.errors import BadInputError
from screening.documents.limits import Limits
from screening.documents.symbols import sign_of

_SYMBOL_FONT = compiled(r"\{\\f(\d+)[^{}]*?\\fcharset2[^{}]*?\s([A-Za-z][\w ]*);\}")
_TOKEN = compiled(
    r"\\bin(?P<binary>\d+) ?|\\(?P<word>[a-zA-Z]+)(?P<number>-?\d+)? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\[^a-zA-Z]"
    r"|(?P<brace>[{}])|[^\\{}]+"
)
_UNSEEN = frozenset({"deleted", "v", "webhidden"})
_HEADERS = frozenset({"header", "headerl", "headerr", "headerf"})  # without these words, what they hold is text
_CHARACTERS = frozenset(
    "u tab line par cell row page emdash endash lquote rquote ldblquote rdblquote bullet emspace enspace".split()
)
_BAR_AT_END = compiled(r"(?m)[ \t]*\|[ \t]*$")
_BAR = compiled(r" *\| *")


def read(raw: bytes, where: str, limits: Limits) -> Content:
    """The text of the document. Raises BadInputError."""
    source = raw.decode("latin-1")
    try:
        text: str = rtf_to_text(_seen(source), errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, IndexError, OverflowError, TypeError) as error:
        raise BadInputError(f"{where}: a damaged RTF document: save it again") from error
    text = joined(_row(line) or "\n" for line in text.replace("\x00", "").split("\n"))
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # a sign may come in two halves
    if not text.strip():
        raise BadInputError(f"{where}: an RTF document without text: give a file with the letter's text")
    if len(text) > limits.text_bytes:
        raise BadInputError(
            f"{where}: more than {limits.text_megabytes} MB of text, which no letter is: give one letter a file"
        )
    return Content(text)


def _row(line: str) -> str:
    """A line of text; a table's has bars between its cells.

    >>> _row("ALT|24|")
    'ALT | 24'
    """
    return _BAR.sub(" | ", _BAR_AT_END.sub("", line)).strip(" ")


@dataclass(slots=True)
class _State:
    """What holds in a group: whether its words are shown, and the font where that is one of symbols."""

    unseen: frozenset[str] = frozenset()
    font: str | None = None


def _seen(source: str) -> str:
    """The source without what is deleted or hidden, signs of symbol fonts as characters, page headers as text."""
    fonts = dict(_SYMBOL_FONT.findall(source))
    out: list[str] = []
    states = [_State()]
    at = 0
    while (token := _TOKEN.match(source, at)) is not None:
        at = token.end() + int(token["binary"] or 0)
        state = states[-1]
        if token["brace"] == "{":
            states.append(dataclasses.replace(state))
        elif token["brace"] == "}" and len(states) > 1:
            states.pop()
        elif token["word"] is not None:
            _change(state, token["word"], token["number"], fonts)
        out.append(_shown(token, state))
    return "".join(out)


def _change(state: _State, word: str, number: str | None, fonts: Mapping[str, str]) -> None:
    if word in _UNSEEN:
        state.unseen = state.unseen - {word} if number == "0" else state.unseen | {word}
    elif word == "plain":
        state.unseen = frozenset()
    elif word == "f":
        state.font = fonts.get(number or "")


def _shown(token: re.Match[str], state: _State) -> str:
    written = token.group()
    word = token["word"]
    if token["binary"] is not None or word in _HEADERS:
        return ""
    if token["brace"] is not None or (word is not None and word not in _CHARACTERS):
        return written
    if state.unseen:
        return ""
    if state.font is None or word is not None or (written[0] == "\\" and token["hex"] is None):
        return written
    codes = [int(token["hex"], 16)] if token["hex"] else map(ord, written.strip("\r\n"))
    return "".join(sign_of(state.font, code) if code > 32 else chr(code) for code in codes)
