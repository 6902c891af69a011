"""A web page: its bytes in, the text that it shows out, with tables as rows.

Scripts, styles and what is hidden are left out; nothing that it refers to is fetched.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import bs4
from bs4.element import NavigableString

from kb.patterns import compiled
from screening.documents.blocks import joined, table_text
from screening.documents.content import Content
from screening.documents.errors import BadInputError
from screening.documents.limits import Limits
from screening.documents.text import decoded_text

_LEFT_OUT = frozenset("script style head title noscript template svg math object iframe canvas select".split())
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr html legend li main nav ol option p pre section summary table tbody tfoot thead tr td th ul "
    "caption".split()
)
_HIDDEN = compiled(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all")
_SPACE = compiled(r"[ \t\r\n\f]+")
_WIDEST_SPAN = 50
_DEEPEST = 200  # tags in tags
_TALLEST_SPAN = 500


def read(raw: bytes, where: str, limits: Limits) -> Content:
    """The text that the page shows. Raises BadInputError."""
    markup, notes = decoded_text(raw, where)
    shown = shown_text(markup)
    if not shown:
        raise BadInputError(f"{where}: a web page without text: give a file with the letter's text")
    return Content(shown, notes=notes)


def shown_text(markup: str) -> str:
    """The text that markup shows; what is nested deeper than any letter is left out.

    >>> shown_text("<p>LVEF&nbsp;48 %<br>QTc 430</p><table><tr><td>ALT<td>24</table><script>x</script>")
    'LVEF\\xa048 %\\nQTc 430\\nALT | 24'
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bs4.MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", bs4.XMLParsedAsHTMLWarning)
        soup = bs4.BeautifulSoup(markup, "lxml")
    return joined(_blocks(soup, 0))


def _blocks(parent: bs4.Tag, depth: int) -> Iterator[str]:
    """The blocks below a tag, in order; text that stands in none is one by itself."""
    line: list[str] = []
    for part in _parts(parent, depth):
        if isinstance(part, str):
            line.append(part)
            continue
        yield _tidied(line)
        line = []
        yield from _of_tag(part, depth + 1)
    yield _tidied(line)


def _parts(parent: bs4.Tag, depth: int) -> Iterator[str | bs4.Tag]:
    """Text, and the tags that are blocks of their own."""
    if depth > _DEEPEST:
        return
    for child in parent.children:
        if isinstance(child, bs4.Tag):
            if child.name in _LEFT_OUT or _is_hidden(child):
                continue
            if child.name in _BLOCKS:
                yield child
            elif child.name == "br":
                yield "\n"
            elif child.name == "input":
                yield _tick(child)
            else:
                yield from _parts(child, depth + 1)
        elif type(child) in (NavigableString, bs4.CData):
            yield str(child) if _is_preformatted(parent) else _SPACE.sub(" ", str(child))


def _is_hidden(tag: bs4.Tag) -> bool:
    return tag.has_attr("hidden") or _HIDDEN.search(str(tag.get("style", "")).lower()) is not None


def _is_preformatted(tag: bs4.Tag) -> bool:
    return tag.name in ("pre", "textarea") or tag.find_parent("pre") is not None


def _tick(tag: bs4.Tag) -> str:
    """A form's tick box or what was written in its field."""
    if tag.get("type") in ("checkbox", "radio"):
        return "[X] " if tag.has_attr("checked") else "[ ] "
    return f" {tag.get('value', '')} " if tag.get("type", "text") == "text" else ""


def _tidied(line: list[str]) -> str:
    return "\n".join(row.strip() for row in "".join(line).split("\n"))


def _of_tag(tag: bs4.Tag, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if tag.name == "table":
        yield table_text(_rows(tag, depth))
    elif tag.name == "pre":
        yield "".join(part if isinstance(part, str) else part.get_text() for part in _parts(tag, depth)).strip("\n")
    elif tag.name == "li":
        yield _item(tag, depth)
    else:
        yield from _blocks(tag, depth)


def _item(tag: bs4.Tag, depth: int) -> str:
    words = joined(_blocks(tag, depth))
    parent = tag.parent
    if parent is None or parent.name != "ol":
        return f"- {words}"
    return f"{sum(1 for _ in tag.find_previous_siblings('li')) + 1}. {words}"


def _rows(table: bs4.Tag, depth: int) -> list[list[str]]:
    """The cells of a table; one that spans rows has its text in each of them."""
    rows: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}  # by column: in how many rows more, and what
    for row in _own(table, "tr"):
        cells: list[str] = []
        for cell in _own(row, "td", "th"):
            _carry_on(cells, below)
            words = joined(_blocks(cell, depth + 1))
            tall = min(_number(cell.get("rowspan")), _TALLEST_SPAN)
            if tall > 1:
                below[len(cells)] = (tall, words)
            cells += [words, *[""] * (min(_number(cell.get("colspan")), _WIDEST_SPAN) - 1)]
        _carry_on(cells, below)
        below = {column: (left - 1, words) for column, (left, words) in below.items() if left > 1}
        rows.append(cells)
    return rows


def _carry_on(cells: list[str], below: dict[int, tuple[int, str]]) -> None:
    while len(cells) in below:
        cells.append(below[len(cells)][1])


def _number(written: object) -> int:
    return max(int(str(written)), 1) if str(written).isdecimal() and len(str(written)) < 5 else 1


def _own(parent: bs4.Tag, *names: str) -> Iterator[bs4.Tag]:
    """The rows of a table, or the cells of a row, and not those of a table inside."""
    for child in parent.children:
        if isinstance(child, bs4.Tag):
            if child.name in names:
                if not _is_hidden(child):
                    yield child
            elif child.name != "table":
                yield from _own(child, *names)
