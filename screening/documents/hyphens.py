"""Words divided at the end of a line: lines in, the same lines out with each such word whole on its first line.

"predni-" above "solone" is prednisolone; "steroid-" above "sparing" keeps its hyphen.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from pathlib import Path

from kb.kept import kept_yaml
from kb.patterns import compiled
from screening.documents.running_heads import NumberedLine
from screening.documents.words import Line

_HYPHENS = "-\u00ad\u2010"
_DIVIDED = compiled(rf"(\w*[^\W\d_]\w*)[{_HYPHENS}]$")
_REST = compiled(r"[^\W\d_]+")
_SHORTEST = 3  # letters of an ending, such as that of "lower"
_KEPT = Path(__file__).parent / "hyphens.yaml"


@functools.cache
def _first_parts() -> frozenset[str]:
    return frozenset(kept_yaml(_KEPT)["first_parts"].split())


def undivided(lines: Iterable[NumberedLine]) -> list[NumberedLine]:
    """The lines with what of a divided word stands on the next line moved up; a line that is left empty goes."""
    out: list[NumberedLine] = []
    for number, line in lines:
        joined = _joined(out[-1][1], line) if out and out[-1][0] == number and not line.apart else None
        if joined is None:
            out.append((number, line))
            continue
        out[-1] = (number, joined)
        if len(line.words) > 1:
            out.append((number, dataclasses.replace(line, words=line.words[1:], spaces=(0, *line.spaces[2:]))))
    return out


def _joined(before: Line, line: Line) -> Line | None:
    """The line before with the first word of this one, where that is the rest of its last."""
    last, first = before.words[-1], line.words[0]
    divided, rest = _DIVIDED.search(last.text), _REST.match(first.text)
    if divided is None or rest is None or not first.text[0].islower():
        return None
    whole = dataclasses.replace(last, text=last.text[:-1] + _hyphen(divided[1], rest[0]))
    return dataclasses.replace(before, words=(*before.words[:-1], whole, first), spaces=(*before.spaces, 0))


def _hyphen(part: str, rest: str) -> str:
    """The hyphen, where it is the word's own.

    >>> _hyphen("predni", "solone"), _hyphen("steroid", "sparing"), _hyphen("anti", "dsDNA"), _hyphen("IgA", "positive")
    ('', '-', '-', '-')
    """
    compound = part.lower() in _first_parts() and len(rest) > _SHORTEST
    syllables = part[1:].islower() and part.isalpha() and rest.islower()
    return "-" if compound or not syllables else ""
