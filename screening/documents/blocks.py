"""Paragraphs and tables of a document that has no pages: blocks in, text out whose lines mean what they meant there.

A table of data keeps its rows, cells between bars; one that only places blocks on the page is read cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.patterns import compiled

_LONG_CELL = 240  # characters: what is longer is no cell of data
_LINES_OF_A_CELL = 4
_MAY_WRAP = 40  # characters: a longer line without a stop may be taken to go on in the next
_WRAPPED = 0.25  # of those lines, that do go on
_STOPS = ".!?:"
_RULES = "-_=*"
_COLUMNS = compiled(r"\S(?: {2,}|\t| \| )\S")
_NEWLINE, _EMPTY_LINE = "\n", "\n\n"


def joined(blocks: Iterable[str]) -> str:
    """Blocks under one another, with an empty line where the first would else seem to go on in the next.

    A block that is a newline alone is an empty line; one without words is nothing. Where blocks are the wrapped lines
    of a text pasted in, they do go on.

    >>> joined(["Problems", "", "- Lupus nephritis of class IV with a flare in May", "- gout", "\\n", "The end"])
    'Problems\\n- Lupus nephritis of class IV with a flare in May\\n\\n- gout\\n\\nThe end'
    >>> joined(["She was well until the spring of this year when", "a flare with arthritis and a rash began"])
    'She was well until the spring of this year when\\na flare with arthritis and a rash began'
    """
    texts, gaps = _with_gaps(blocks)
    open_ended = [at for at in range(1, len(texts)) if not gaps[at] and _may_go_on(texts[at - 1])]
    goes_on = sum(texts[at].lstrip()[0].islower() for at in open_ended)
    if goes_on < _WRAPPED * len(open_ended):
        for at in open_ended:
            gaps[at] = True
    return "".join(
        f"{'' if not at else _EMPTY_LINE if gap else _NEWLINE}{text}"
        for at, (text, gap) in enumerate(zip(texts, gaps, strict=True))
    )


def _with_gaps(blocks: Iterable[str]) -> tuple[list[str], list[bool]]:
    """The blocks that have words, and whether there is an empty line before each."""
    texts: list[str] = []
    gaps: list[bool] = []
    gap = False
    for block in blocks:
        text = block.strip("\n").rstrip()
        if text.strip():
            texts.append(text)
            gaps.append(gap)
            gap = False
        else:
            gap = gap or "\n" in block
    return texts, gaps


def _may_go_on(text: str) -> bool:
    """Whether a block ends like a line that is broken; a row of columns does not."""
    last = text[text.rfind("\n") + 1 :]
    return len(last) > _MAY_WRAP and last[-1] not in _STOPS and _COLUMNS.search(last) is None and last[-1] not in _RULES


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
