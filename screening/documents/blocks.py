"""Paragraphs and tables of a document that has no pages: blocks in, text out whose lines mean what they meant there.

A table of data keeps its rows, one of names and what is told of them becomes lines, and one that only places blocks on
the page is read cell by cell.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from extraction.dates import find_dates, month_names
from extraction.knowledge import cues
from extraction.lines import is_heading
from kb.kept import kept_yaml
from kb.patterns import compiled

_TABLES = Path(__file__).parent / "tables.yaml"
_LONG_CELL = 240  # characters: what is longer is no cell of data
_LINES_OF_A_CELL = 4
_MAY_WRAP = 40  # characters: a longer line without a stop may be taken to go on in the next
_LONGEST_LINE = 120
_SET_APART = 0.1  # of the blocks, that have an empty line before them where these part paragraphs
_WRAPPED = 0.25  # of those lines, that do go on
_STOPS = ".!?:"
_RULES = "-_=*"
_COLUMNS = compiled(r"\S(?: {2,}|\t| \| )\S")
_APART, _SPACES, _BARS = "   ", "  ", " | "
_NAME = compiled(r"[^\W\d][^\n|]{0,58}[^\n|.;,]|[^\W\d]")
_KEY = compiled(r"[A-Z][\w/()&-]*(?: [\w/()&-]+){0,4}:\s")
_AMOUNT = compiled(r"\d ?(?:y|yrs?|years?|kg|cm|m?g|mL|%)(?!\w)", re.IGNORECASE)
_NUMBER = compiled(r"(\d{1,2})[.)]?")
_ITEM = compiled(r"(?:[-•*]|\d{1,2}[.)]) ")
_NAMED = 0.4  # of the rows, that have a name and what is told of it
_FEWEST_NUMBERED = 2
_FEWEST_OPEN, _OPEN = 2, 0.15  # cells that end amid a sentence, and their share of those that others follow
_ANSWERS = ("no", "not", "dose")  # words that join sentences and fill cells too
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
    if sum(gaps) < _SET_APART * len(texts):  # whoever writes no empty lines ends a paragraph without one
        for at in range(1, len(texts)):
            gaps[at] = gaps[at] or (_is_paragraph(texts[at - 1]) and not _ITEM.match(texts[at].lstrip()))
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


def _is_paragraph(text: str) -> bool:
    """Whether a block of prose is longer than any line, so that its end is a paragraph's."""
    return len(text) > _LONGEST_LINE and "\n" not in text and not _ITEM.match(text.lstrip())


def _may_go_on(text: str) -> bool:
    """Whether a block ends like a line that is broken; a row of columns does not."""
    last = text[text.rfind("\n") + 1 :]
    return len(last) > _MAY_WRAP and last[-1] not in _STOPS and _COLUMNS.search(last) is None and last[-1] not in _RULES


def table_text(rows: Sequence[Sequence[str]]) -> str:
    """The text of a table of cells, each of one or more lines: its rows set apart by spaces, as a page shows them.

    Bars keep the place of an empty cell. A sentence that only stands in cells is read as one, and a column of names
    with one of what is said of each as "name: what is said".

    >>> table_text([["Test", "3 May", "9 June"], ["ALT", "", "24"], ["AST", "30", "31"]])
    'Test   3 May   9 June\\nALT |  | 24\\nAST   30   31'
    >>> table_text([["Cancer", "none"], ["Vaccines", "MMR in 2019\\nno live one since"]])
    'Cancer: none\\nVaccines: MMR in 2019\\nno live one since'
    """
    filled = [_trimmed(row) for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return ""
    if _are_named(filled):
        return "".join(_named(row) for row in filled).rstrip("\n")
    if max(map(len, filled)) == 1 or not all(_is_data(cell) for row in filled for cell in row):
        return joined(cell for row in filled for cell in row)
    filled = _numbered(filled)
    gap = _SPACES if _is_prose(filled) else _APART
    return "\n".join(_row(row, gap) for row in filled)


def _trimmed(row: Sequence[str]) -> list[str]:
    """A row's cells without those at its end that are empty."""
    cells = [cell.strip() for cell in row]
    while not cells[-1]:
        cells.pop()
    return cells


def _are_named(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of two columns names what the second tells of, and no head stands over them."""
    pairs = [row for row in rows if len(row) == 2 and row[0]]
    return (
        max(map(len, rows)) == 2
        and len(pairs) > _NAMED * len(rows)
        and all(_is_name(row[0]) for row in pairs)
        and not _is_head(pairs)
    )


def _is_name(cell: str) -> bool:
    """Whether a cell can be a name: what holds a day or an amount tells something itself."""
    if find_dates(cell) or cell.lower() in month_names():
        return False
    return _NAME.fullmatch(cell) is not None and _AMOUNT.search(cell) is None


def _is_head(pairs: Sequence[Sequence[str]]) -> bool:
    """Whether the first of such rows heads the columns: with a word for what they hold, or a day over results."""
    if all(cell.lower().strip(" :") in _heads() for cell in pairs[0]):
        return True
    told = pairs[0][1]
    days = [date for date in find_dates(told) if date.span() == (0, len(told))]
    figures = sum(row[1][:1].isdigit() or row[1][:1] in "<>" for row in pairs[1:])
    return bool(days) and figures > 0 and 2 * figures >= len(pairs[1:])


@functools.cache
def _heads() -> frozenset[str]:
    return frozenset(map(str, kept_yaml(_TABLES)["heads"]))


def _named(row: Sequence[str]) -> str:
    """A row of names as lines; what is said under the heading of a part of the letter ends with its row."""
    if len(row) == 1 or not row[0]:
        return row[-1] + _NEWLINE
    name = row[0] if row[0].endswith((":", "?")) else f"{row[0]}:"
    apart = _ITEM.match(row[1]) or _KEY.match(row[1])  # a list, or itself names with what is said of them
    said = f"{name}{_NEWLINE if apart else ' '}{row[1]}"
    return said + (_EMPTY_LINE if is_heading(row[0]) else _NEWLINE)


def _is_data(cell: str) -> bool:
    """Whether a cell is such as a table's, not a column of a page."""
    return len(cell) <= _LONG_CELL and cell.count("\n") < _LINES_OF_A_CELL


def _numbered(rows: Sequence[list[str]]) -> list[list[str]]:
    """The rows with the running number in their first column put before their text, as it stands in a list."""
    numbers = [_NUMBER.fullmatch(row[0]) if len(row) > 1 else None for row in rows]
    told = [int(number[1]) for number in numbers if number is not None]
    if len(told) < _FEWEST_NUMBERED or told != list(range(told[0], told[0] + len(told))):
        return list(rows)
    return [
        [f"{number[1]}. {row[1]}", *row[2:]] if number is not None else row
        for row, number in zip(rows, numbers, strict=True)
    ]


def _is_prose(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the cells of rows are pieces of sentences: enough of them end amid one."""
    ends = [cell.split()[-1].lower() for row in rows for cell in row[:-1] if cell]
    joining = frozenset(cues("sentences")["joining_words"]).difference(_ANSWERS)
    open_ended = sum(end in joining or end[-1] in ",(" for end in ends)
    return open_ended >= _FEWEST_OPEN and open_ended >= _OPEN * len(ends)


def _row(row: Sequence[str], gap: str) -> str:
    """A row's cells set apart; bars keep the place of an empty one."""
    cells = [" ".join(cell.split()) for cell in row]
    return (gap if all(cells) else _BARS).join(cells)
