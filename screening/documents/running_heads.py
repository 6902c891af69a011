"""What stands at the head or foot of every page: the lines of each page in, one text's lines out that have it once.

A letterhead, a patient's name and number, a disclaimer would else stand amid a sentence that goes on overleaf.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Sequence

from kb.patterns import compiled
from screening.documents.words import Line

NumberedLine = tuple[int, Line]  # the page's number from 0, and a line there

_MOST_LINES = 8  # of a head or foot
_HEAD_ENDS, _FOOT_BEGINS = 0.25, 0.8  # of the page's height
_LOWEST = 0.9  # of the page's height: nothing but a foot
_SAME_PLACE = 0.02
_SHARE = 0.6  # of the pages: the first may have its own
_PAGE_NUMBER = compiled(
    r"(?:page|pg\.?|p\.)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?|-?\s*\d{1,3}\s*(?:(?:/|of)\s*\d{1,3}\s*)?-?"
)
_PAGE_NUMBER_IN_LINE = compiled(r"\b(?:page|pg\.?)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?")


def read_once(pages: Sequence[Sequence[Line]]) -> tuple[list[NumberedLine], bool]:
    """The lines of all pages, those of running heads and feet once, and whether there were such.

    The head stays where it first stands, the foot comes to the end; page numbers are left out.
    """
    pages = [[line for line in lines if not _is_page_number(line)] for lines in pages]
    if len(pages) < 2:
        return [(number, line) for number, lines in enumerate(pages) for line in lines], False
    heads = [_edge(lines, top=True) for lines in pages]
    feet = [_edge(lines, top=False) for lines in pages]
    repeated_heads, repeated_feet = _repeated(heads), _repeated(feet)
    body: list[NumberedLine] = []
    end: list[NumberedLine] = []
    met: set[str] = set()
    found = False
    for number, lines in enumerate(pages):
        top = _running(heads[number], repeated_heads)
        bottom = _running(feet[number], repeated_feet)
        found = found or bool(top or bottom)
        body += [(number, line) for line in _first_met(lines[:top], met)]
        body += _body(number, lines[top : len(lines) - bottom], goes_on=bool(number))
        end += [(number, line) for line in _first_met(lines[len(lines) - bottom :], met)]
    if end:
        end[0] = (end[0][0], dataclasses.replace(end[0][1], apart=True))
    return body + end, found


def _is_page_number(line: Line) -> bool:
    """Whether a line says no more than which page it is the foot of: where columns end, it may stand amid the text."""
    return line.box.top > _LOWEST and _PAGE_NUMBER_IN_LINE.fullmatch(line.text.casefold()) is not None


def _body(number: int, lines: Sequence[Line], *, goes_on: bool) -> list[NumberedLine]:
    """The lines between head and foot; the first may go on with the sentence of the page before."""
    if lines and goes_on:
        lines = [dataclasses.replace(lines[0], apart=False), *lines[1:]]
    return [(number, line) for line in lines]


def _edge(lines: Sequence[Line], *, top: bool) -> list[Line]:
    """The lines at the page's edge, from the edge inwards."""
    if top:
        return [line for line in lines[:_MOST_LINES] if line.box.bottom < _HEAD_ENDS]
    return [line for line in reversed(lines[-_MOST_LINES:]) if line.box.top > _FOOT_BEGINS]


def _key(line: Line) -> str:
    """The same for a line on every page: the page's number aside."""
    text = " ".join(line.text.split()).casefold()
    return "#" if _PAGE_NUMBER.fullmatch(text) else _PAGE_NUMBER_IN_LINE.sub("#", text)


def _repeated(edges: Sequence[Sequence[Line]]) -> dict[str, float]:
    """The lines that stand on enough pages at the same height, and that height."""
    places: dict[str, Counter[int]] = {}
    for edge in edges:
        for key, step in {(_key(line), round(line.box.top / _SAME_PLACE)) for line in edge}:
            places.setdefault(key, Counter())[step] += 1
    enough = max(2, math.ceil(_SHARE * len(edges)))
    out = {}
    for key, steps in places.items():
        step, _ = steps.most_common(1)[0]
        if steps[step - 1] + steps[step] + steps[step + 1] >= enough:
            out[key] = step * _SAME_PLACE
    return out


def _running(edge: Sequence[Line], repeated: dict[str, float]) -> int:
    """How many lines from the edge inwards are the head or foot."""
    for at, line in enumerate(edge):
        height = repeated.get(_key(line))
        if height is None or abs(height - line.box.top) >= 2 * _SAME_PLACE:
            return at
    return len(edge)


def _first_met(lines: Sequence[Line], met: set[str]) -> list[Line]:
    kept = []
    for line in lines:
        key = _key(line)
        if key != "#" and key not in met:
            met.add(key)
            kept.append(line)
    return kept
