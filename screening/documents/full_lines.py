"""Which lines of a document's pages were broken only because they were full: lines in, the same lines marked out.

How far lines reach is one thing on all pages, but for columns that stand beside others. A line goes on with the one
before where its first word had no room there, unless it opens an entry.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Sequence

from extraction.knowledge import cues
from kb.patterns import compiled
from screening.documents.running_heads import NumberedLine
from screening.documents.words import Line

_DAY = compiled(r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{4}[./-]\d{1,2}|\d{1,2}[./-]\d{4})[,.:;]?")
_ITEM = compiled(r"[-–*•●▪■◦‣·+>]|\[[ xX]?\]|\(?[a-zA-Z][.)]|#\d{0,2}")
_NUMBER = compiled(r"\(?(\d{1,2})[.)]")
_KEY = compiled(r"[A-Z][\w /&(),.'%+-]{0,48}:(?:\s|$)")
_FEWEST_WORDS = 5  # of a line that shows how far lines reach; a page's number stands anywhere
_FEWEST_FULL = 3  # lines that were broken because they were full, where lines reach that far
_CELL_GAP = 3  # spaces
_HEADING = 3  # words


def with_full_lines(lines: Sequence[NumberedLine]) -> list[NumberedLine]:
    """The lines in reading order, each with its page's number, those that go on with the line before marked so."""
    goes_on = [False] * len(lines)
    for chosen in _reaches(lines):
        _mark(lines, chosen, goes_on)
    return [
        (number, dataclasses.replace(line, goes_on=goes)) for (number, line), goes in zip(lines, goes_on, strict=True)
    ]


def _reaches(lines: Sequence[NumberedLine]) -> list[list[int]]:
    """The places of the lines that reach equally far: those of whole pages, those of columns; blocks last."""
    alike: dict[bool, list[int]] = {}
    blocks: dict[tuple[int, int], list[int]] = {}
    for at, (number, line) in enumerate(lines):
        alike.setdefault(line.column is None, []).append(at)
        blocks.setdefault((number, line.block), []).append(at)
    return [*alike.values(), *blocks.values()]


def _mark(lines: Sequence[NumberedLine], chosen: Sequence[int], goes_on: list[bool]) -> None:
    """Marks the lines that go on, if enough of those do that reach equally far and none is marked so far."""
    if any(goes_on[at] for at in chosen):
        return
    margin = max((_reach(lines[at][1]) for at in chosen if len(lines[at][1].words) >= _FEWEST_WORDS), default=1.0)
    within = frozenset(chosen)
    full = [
        at + 1
        for at in chosen
        if at + 1 < len(lines)
        and (at + 1 in within or lines[at][1].column is not None)
        and _follows(lines[at][1], lines[at + 1][1])
        and _is_full(lines[at][1], lines[at + 1][1], margin)
    ]
    if len(full) < _FEWEST_FULL:
        return
    numbers = _numbers(line for _, line in lines)
    filled = frozenset(full)
    dated = any(_is_dated(lines[at][1]) for at in chosen if at not in filled)
    for at in full:
        before, line = lines[at - 1][1], lines[at][1]
        entry = (dated and _is_dated(line)) or (line.text[0].isupper() and _is_listed(lines, at - 1, filled))
        goes_on[at] = not (entry and not _is_open(before)) and not _opens(before, line, numbers)


def _follows(before: Line, line: Line) -> bool:
    return not line.apart and len(before.words) > 1 and _is_prose(before) and _is_prose(line)


def _is_prose(line: Line) -> bool:
    return max(line.spaces) < _CELL_GAP and all(word.text != "|" for word in line.words)


def _is_full(before: Line, line: Line, margin: float) -> bool:
    """Whether the first word of a line had no room at the end of the line before."""
    first = line.words[0].box
    space = (before.box.right - before.box.left) / len(before.text) / 2
    return _reach(before) + space + first.right - first.left > margin


def _reach(line: Line) -> float:
    """How far a line reaches from the left edge of the page, or of its column."""
    return line.box.right - (line.column or 0.0)


def _numbers(lines: Iterable[Line]) -> set[int]:
    """The numbers with which lines open."""
    found = (_NUMBER.fullmatch(line.words[0].text) for line in lines if len(line.words) > 1)
    return {int(number[1]) for number in found if number is not None}


def _is_dated(line: Line) -> bool:
    return len(line.words) > 1 and _DAY.fullmatch(line.words[0].text) is not None


def _is_listed(lines: Sequence[NumberedLine], at: int, filled: frozenset[int]) -> bool:
    """Whether a line stands right below another that ends neither for want of room nor a sentence: in a list."""
    if at == 0 or at in filled or lines[at][1].apart or lines[at - 1][1].block != lines[at][1].block:
        return False
    above = lines[at - 1][1]
    return len(above.words) > _HEADING and not above.text.endswith(tuple(".:?!,;")) and not _is_open(above)


def _is_open(line: Line) -> bool:
    """Whether a line ends amid brackets, or with a word that joins it to what follows."""
    joining = line.words[-1].text.lower() in cues("sentences")["joining_words"]
    return joining or line.text.count("(") > line.text.count(")")


def _opens(before: Line, line: Line, numbers: set[int]) -> bool:
    """Whether a line opens an entry: with a list's sign or number, a heading, or a name and a colon."""
    first, text = line.words[0].text, line.text
    number = _NUMBER.fullmatch(first)
    if number is not None:
        return len(line.words) > 1 and (int(number[1]) == 1 or int(number[1]) - 1 in numbers)
    if _ITEM.fullmatch(first):
        return True
    if before.text.isupper() and not text.isupper():
        return True
    if before.text.endswith(tuple(".:?!")) and first[0].isupper() and text.strip(" :").lower() in _headings():
        return True
    return _KEY.match(text) is not None and _KEY.match(before.text) is not None


@functools.cache
def _headings() -> frozenset[str]:
    return frozenset(heading for headings in cues("sections").values() for heading in headings)
