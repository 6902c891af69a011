"""Crosses under the heads "Y  N" that stand apart by spaces: a form's text in, the same with the answers written out.

"Myocarditis               x", whose cross stands under the N of the line above, becomes "Myocarditis: no".
"""

from __future__ import annotations

import re

from extraction.knowledge import cues
from kb.patterns import compiled

_HEAD = compiled(r"(?<=\s)(?P<head>[A-Za-z/]+(?: [a-z]+)?)(?= {2,}|[ \t]*$)")
_CROSSED = compiled(r"(?P<label>[ \t]*[A-Za-z(\d][^\n]*?[^\s]) {2,}(?P<mark>[xX✓✔●•*])[ \t]*")
_OFF = 2  # columns by which a cross may stand beside its head
_FURTHEST = 40  # lines below the heads


def with_crosses_told(normal: str) -> str:
    """The text, of the same length, with the answer in the place of each cross under such heads.

    >>> [
    ...     line.rstrip()
    ...     for line in with_crosses_told("Check        Y   N\\nCancer           x\\nInfarct      x").split("\\n")
    ... ]
    ['Check        Y   N', 'Cancer: no', 'Infarct: yes']
    """
    if not re.search(r" {2}[xX✓✔●•*][ \t]*(?:\n|$)", normal):
        return normal
    lines = normal.split("\n")
    heads: list[tuple[int, str]] = []
    left = 0
    for at, line in enumerate(lines):
        named = _heads(line)
        if named:
            heads, left = named, _FURTHEST
            continue
        left -= 1
        crossed = _CROSSED.fullmatch(line) if heads and left > 0 else None
        if crossed is not None:
            lines[at] = _told(line, crossed, heads)
    return "\n".join(lines)


def _heads(line: str) -> list[tuple[int, str]]:
    """The middle column of each head, with the answer that it stands for, where yes and no are among them."""
    columns = cues("sentences")["form"]["columns"]
    words = {"y": "yes", "n": "no"}
    found = [
        ((match.start() + match.end() - 1) // 2, words.get(match["head"].lower(), match["head"].lower()))
        for match in _HEAD.finditer(line)
        if match["head"].lower() in columns
    ]
    return found if {"yes", "no"} <= {name for _, name in found} else []


def _told(line: str, crossed: re.Match[str], heads: list[tuple[int, str]]) -> str:
    off, answer = min((abs(column - crossed.start("mark")), name) for column, name in heads)
    label = crossed["label"].rstrip(":?. ")
    for written in (f"{label}: {answer}", f"{label}: {answer[0]}"):
        if off <= _OFF and len(written) <= len(line):
            return written.ljust(len(line))
    return line
