"""Answers that are a mark below "Yes   No": a form's text in, one of the same length with answers in words out.

The columns are cells between bars, or the places of the two words in the line above.
"""

from __future__ import annotations

from extraction.knowledge import cues
from kb.patterns import compiled

LIKE_A_BOX = compiled(r"[\[(☑☒✓✔☐□](?:(?<=[☑☒✓✔☐□])|[ _]{0,3}[xX✓✔√*]?[ _]?[\])])")
_CELL = compiled(r"(?:^|(?<=\|))[^|]*")
_MARK = compiled(r"[xX✓✔●•*]")
_MARK_ALONE = compiled(r"\w\)?[.:]?(?P<label_end>) {2,}(?P<mark>[xX✓✔●•*])[ \t]*$")
_WORDS_OF_CELL = compiled(r"\S+(?: \S+)*")
_WIDE = compiled(r" {2,}|\t")


def marks_in_cells(normal: str) -> str:
    """A cross or a tick in a cell under the heads "Yes | No" of a table is the answer that it stands under."""
    lines, heads = normal.split("\n"), []
    for at, line in enumerate(lines):
        cells = [(cell.start(), cell.end(), cell.group()) for cell in _CELL.finditer(line)]
        if answers_of_head(line):
            columns = cues("sentences")["form"]["columns"]
            heads = [word.strip().lower() if word.strip().lower() in columns else "" for _, _, word in cells]
            continue
        if len(cells) != len(heads) or not any(heads):
            heads = heads if "|" in line else []
            continue
        asked = [(cell, head) for cell, head in zip(cells, heads, strict=True) if head]
        marked = [head for (_, _, word), head in asked if _MARK.fullmatch(word.strip())]
        blank = all(not word.strip(" -_") or _MARK.fullmatch(word.strip()) for (_, _, word), _ in asked)
        start, end = asked[0][0][0], asked[-1][0][1]
        if len(marked) == 1 and blank and start > 0:
            lines[at] = line[: start - 1] + f": {marked[0]}".ljust(end - start + 1) + line[end:]
    return "\n".join(lines)


def marks_under_heads(normal: str) -> str:
    """A mark that stands alone at the end of a line, below one of the heads "Y   N", is the answer of that column."""
    heads: list[tuple[float, str]] = []
    lines = normal.split("\n")
    for at, line in enumerate(lines):
        if answers_of_head(line):
            columns = cues("sentences")["form"]["columns"]
            cells = [cell for cell in _WORDS_OF_CELL.finditer(line) if cell.group().strip(" :").lower() in columns]
            heads = [((cell.start() + cell.end()) / 2, cell.group().strip(" :").lower()) for cell in cells]
        elif heads and (mark := _MARK_ALONE.search(line)) is not None:
            by_distance = sorted((abs(middle - mark.start("mark") - 0.5), head) for middle, head in heads)
            told = by_distance[0][1] if by_distance[0][0] * 2 < by_distance[1][0] else "?"
            end = mark.start("label_end")
            lines[at] = line[:end] + f": {told}".ljust(len(line) - end)[: len(line) - end]
    return "\n".join(lines)


def answers_of_head(line: str) -> list[str]:
    """The answers that a heading without boxes names as its columns, in their order."""
    if LIKE_A_BOX.search(line):
        return []
    words = [word.strip(" |:").lower() for word in _WIDE.split(line.replace("|", "  "))]
    named = [word for word in words if word in cues("sentences")["form"]["columns"]]
    return (
        named
        if {"yes", "no"} <= {"yes" if word in ("yes", "y") else "no" if word in ("no", "n") else word for word in named}
        else []
    )
