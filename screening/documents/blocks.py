"""Paragraphs and tables of a document that has no pages: blocks in, text out whose lines mean what they meant there.

A table of data keeps its rows, cells between bars; one that only places blocks on the page is read cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_LONG_CELL = 240  # characters: what is longer is no cell of data
_LINES_OF_A_CELL = 4
_MAY_WRAP = 40  # characters: a longer line without a stop may be taken to go on in the next
_STOPS = ".!?:"


def joined(blocks: Iterable[str]) -> str:
    """Blocks under one another, with an empty line where the first would else seem to go on in the next.

    A block that is a newline alone is an empty line; one without words is nothing.

    >>> joined(["Problems", "", "- lupus nephritis of class IV with a flare in May", "- gout", "\\n", "The end"])
    'Problems\\n- lupus nephritis of class IV with a flare in May\\n\\n- gout\\n\\nThe end'
    """
    out: list[str] = []
    last, apart = "", False
    for block in blocks:
        text = block.strip("\n").rstrip()
        if not text.strip():
            apart = apart or "\n" in block
            continue
        goes_on = len(last) > _MAY_WRAP and last[-1] not in _STOPS and " | " not in last
        if out:
            out.append("\n\n" if apart or goes_on else "\n")
        out.append(text)
        last, apart = text[text.rfind("\n") + 1 :], False
    return "".join(out)


def table_text(rows: Sequence[Sequence[str]]) -> str:
    """The text of a table of cells, each of one or more lines.

    >>> table_text([["Test", "3 May", "9 June"], ["ALT", "", "24"]])
    'Test | 3 May | 9 June\\nALT |  | 24'
    """
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return ""
    if max(map(len, filled)) == 1 or not all(_is_data(cell.strip()) for row in filled for cell in row):
        return joined(cell for row in filled for cell in row)
    return "\n".join(_row(row) for row in filled)


def _is_data(cell: str) -> bool:
    """Whether a cell is such as a table's, not a column of a page."""
    return len(cell) <= _LONG_CELL and cell.count("\n") < _LINES_OF_A_CELL


def _row(row: Sequence[str]) -> str:
    """A row's cells between bars; empty ones at its end say nothing."""
    cells = [" ".join(cell.split()) for cell in row]
    while not cells[-1]:
        cells.pop()
    return " | ".join(cells)
