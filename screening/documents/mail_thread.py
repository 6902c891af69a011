"""A message and the earlier ones that it quotes: an e-mail's text in, the text of each out, the newest first.

What was true when an earlier message was written need not be true today: each is read as of its own day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.patterns import compiled

_QUOTED = compiled(r"(?: {0,2}>)+ ?")
_WROTE = compiled(r"\s*on\s(?P<day>.{6,160}?)\bwrote\s*:\s*", re.IGNORECASE | re.DOTALL)
_SEPARATOR = compiled(
    r"\s*(?:-{2,}\s*(?:original|forwarded)\s+message\s*-{2,}|begin forwarded message\s*:)\s*", re.IGNORECASE
)
_HEADER = compiled(r"\s*\*?(?P<name>From|Sent|Date|To|Cc|Subject|Reply-To|Importance|Attachments)\*?:.*")
_KEPT_HEADERS = frozenset({"Sent", "Date", "Subject"})
_FEWEST_HEADERS = 3


def messages_of(text: str) -> tuple[str, list[str]]:
    """The message's own text, and that of each message that it quotes or forwards.

    >>> messages_of("Stopped.\\n\\nOn 3 May 2026, the clinic wrote:\\n> Prednisolone 20 mg daily.\\n> > Advise.")
    ('Stopped.', ['Date: 3 May 2026, the clinic\\nPrednisolone 20 mg daily.', 'Advise.'])
    """
    levels, lines = _unquoted(text)
    messages: list[list[str]] = [[]]
    by_level = {0: 0}  # the message to which lines quoted that often belong
    at = 0
    while at < len(lines):
        level = levels[at]
        opening = _opening(lines, levels, at)
        if opening is not None:
            at += opening.lines
            by_level = {known: one for known, one in by_level.items() if known <= level}
            by_level[max(level, _level_of_next(lines, levels, at))] = len(messages)
            messages.append(list(opening.words))
            continue
        if level not in by_level:
            by_level[level] = len(messages)
            messages.append([])
        messages[by_level[level]].append(lines[at])
        at += 1
    own, *quoted = ("\n".join(message).strip("\n") for message in messages)
    return own, [message for message in quoted if message.strip()]


def _unquoted(text: str) -> tuple[list[int], list[str]]:
    """How often each line is quoted, and the lines without their marks."""
    levels: list[int] = []
    lines: list[str] = []
    for line in text.split("\n"):
        marks = _QUOTED.match(line)
        if marks and line[marks.end() :][:1].isdigit() and levels and not levels[-1] and lines[-1].strip():
            marks = None  # "LVEF" above "> 55 %"
        levels.append(marks.group().count(">") if marks else 0)
        lines.append(line[marks.end() :] if marks else line)
    return levels, lines


def _level_of_next(lines: Sequence[str], levels: Sequence[int], at: int) -> int:
    return next((level for line, level in zip(lines[at:], levels[at:], strict=True) if line.strip()), 0)


@dataclass(frozen=True, slots=True)
class _Opening:
    """The lines with which a quoted message begins: how many, and what of them belongs to its text."""

    lines: int
    words: tuple[str, ...] = ()


def _opening(lines: Sequence[str], levels: Sequence[int], at: int) -> _Opening | None:
    for count in (1, 2):
        wrote = _WROTE.fullmatch("\n".join(lines[at : at + count])) if lines[at].lower().startswith("on ") else None
        if wrote is not None:
            return _Opening(count, (f"Date: {' '.join(wrote['day'].split()).rstrip(',')}",))
    start = at
    if _SEPARATOR.fullmatch(lines[at]):
        start = next((one for one in range(at + 1, len(lines)) if lines[one].strip()), len(lines))
    headers = []
    for line, level in zip(lines[start:], levels[start:], strict=True):
        header = _HEADER.fullmatch(line)
        if header is None or level != levels[start]:
            break
        headers.append(header)
    if len(headers) >= _FEWEST_HEADERS and any(header["name"] == "From" for header in headers):
        words = tuple(header.group().strip(" *") for header in headers if header["name"] in _KEPT_HEADERS)
        return _Opening(start - at + len(headers), words)
    return _Opening(start - at) if start > at else None
