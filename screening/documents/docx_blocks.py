"""The XML of a Word document in, its paragraphs and tables in document order out, each as text.

Only what a reader of the final document sees: what was deleted, struck through or moved away, field codes, hidden text
and the prompts of empty form fields are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn

from kb.patterns import compiled
from screening.documents.blocks import joined, table_text
from screening.documents.symbols import sign_of

_TRANSPARENT = frozenset(
    qn(f"w:{name}")
    for name in "ins moveTo sdt sdtContent smartTag customXml hyperlink fldSimple ruby rubyBase dir bdo r".split()
)
_CHANGES = frozenset(qn(f"w:{name}") for name in "ins del moveFrom moveTo".split())
_CHARACTERS = {
    qn("w:tab"): "\t",
    qn("w:ptab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_RAISED = "\ue000"  # stands before what is raised, until it is known what is before that
_POWER = compiled(rf"(?<=\d){_RAISED}(?=[-\u2212+]?\d)")
_ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TEXT_BOX = qn("w:txbxContent")
_DEEPEST = 60  # tables in tables, text boxes in text boxes


class Reader:
    """What the reading of one document needs and notices: its styles and lists, what was changed, struck, embedded."""

    def __init__(self, document: Any) -> None:
        self.changed = False
        self.struck = False
        self.embedded = False
        self._numbers: Counter[tuple[str, str]] = Counter()
        self._bullets = _bullet_levels(document)
        self._list_styles = {style.style_id for style in document.styles if str(style.name).startswith("List")}
        self._hidden_styles = {style.style_id for style in document.styles if _has(style.element, "w:vanish")}

    def mark(self, paragraph: Any) -> str:
        """The bullet or number before a paragraph of a list."""
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return ""
        listed = properties.find(qn("w:numPr"))
        style = properties.find(qn("w:pStyle"))
        number = _value(listed, "w:numId") if listed is not None else None
        if number is None or number == "0":
            by_style = style is not None and style.get(qn("w:val")) in self._list_styles
            return "- " if by_style and number is None else ""
        level = _value(listed, "w:ilvl") or "0"
        if self._bullets.get((number, level), True):
            return "- "
        for deeper in [key for key in self._numbers if key[0] == number and key[1] > level]:
            del self._numbers[deeper]
        self._numbers[number, level] += 1
        return f"{self._numbers[number, level]}. "

    def leaves_out(self, element: Any) -> bool:
        """Whether a run, or all of a paragraph, is hidden or struck through."""
        properties, style = ("w:rPr", "w:rStyle") if element.tag == qn("w:r") else ("w:pPr", "w:pStyle")
        told = element.find(qn(properties))
        if told is None:
            return False
        named = told.find(qn(style))
        if named is not None and named.get(qn("w:val")) in self._hidden_styles:
            return True
        if element.tag != qn("w:r"):
            return False
        struck = _has(element, "w:strike") or _has(element, "w:dstrike")
        self.struck = self.struck or struck
        return struck or _has(element, "w:vanish")


def _has(element: Any, name: str) -> bool:
    """Whether the properties of a run's characters, or of a style's, switch something on."""
    properties = element.find(qn("w:rPr"))
    found = properties.find(qn(name)) if properties is not None else None
    return found is not None and found.get(qn("w:val")) not in ("0", "false", "off")


def _value(element: Any, name: str) -> str | None:
    found = element.find(qn(name))
    return None if found is None else found.get(qn("w:val"))


def _bullet_levels(document: Any) -> dict[tuple[str, str], bool]:
    """Whether a level of a list has bullets, by the list's number and the level."""
    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError, AttributeError):
        return {}
    kinds = {
        (abstract.get(qn("w:abstractNumId")), level.get(qn("w:ilvl"))): _value(level, "w:numFmt") in ("bullet", "none")
        for abstract in root.findall(qn("w:abstractNum"))
        for level in abstract.findall(qn("w:lvl"))
    }
    return {
        (number.get(qn("w:numId")), level): bullets
        for number in root.findall(qn("w:num"))
        for (abstract, level), bullets in kinds.items()
        if abstract == _value(number, "w:abstractNumId")
    }


def blocks_in(parent: Any, reader: Reader, depth: int = 0) -> Iterator[str]:
    """The text of each paragraph and table below an element, in document order."""
    if depth > _DEEPEST:
        return
    carried = ""  # the text of a paragraph whose end was deleted, which goes on in the next
    for child in parent:
        if child.tag == qn("w:p"):
            boxes: list[Any] = []
            carried += _text(child, reader, boxes)
            if _goes_on(child):
                reader.changed = True
            else:
                text, carried = carried.strip(" \n"), ""
                yield (reader.mark(child) + text) if text.strip() else "\n"
            for box in boxes:
                yield joined(blocks_in(box, reader, depth + 1))
        elif child.tag == qn("w:tbl"):
            yield table_text(_rows(child, reader, depth))
        elif child.tag == qn("w:altChunk"):
            reader.embedded = True
        elif child.tag in _TRANSPARENT and not _is_prompt(child):
            reader.changed = reader.changed or child.tag in _CHANGES
            yield from blocks_in(child, reader, depth)
    yield carried


def _text(paragraph: Any, reader: Reader, boxes: list[Any]) -> str:
    """The characters of a paragraph, raised figures behind others as a power; text boxes met are handed on."""
    if reader.leaves_out(paragraph):
        return ""
    return _POWER.sub("^", "".join(_signs(paragraph, reader, boxes))).replace(_RAISED, "")


def _goes_on(paragraph: Any) -> bool:
    """Whether the end of a paragraph was deleted under tracked changes."""
    return paragraph.find("/".join(map(qn, ("w:pPr", "w:rPr", "w:del")))) is not None


def _is_prompt(element: Any) -> bool:
    """Whether a form's field holds nothing but what asks for its filling."""
    return element.find("/".join(map(qn, ("w:sdtPr", "w:showingPlcHdr")))) is not None


def _signs(parent: Any, reader: Reader, boxes: list[Any]) -> Iterator[str]:
    """The characters of the runs below an element; text boxes met are handed on."""
    for child in parent:
        tag = child.tag
        if tag in _CHANGES:
            reader.changed = True
        if tag == qn("w:t"):
            yield child.text or ""
        elif tag in _CHARACTERS:
            yield _CHARACTERS[tag]
        elif tag == qn("w:sym"):
            yield _symbol(child)
        elif tag == qn("w:fldChar"):
            yield _tick(child)
        elif tag == qn("w:object"):
            reader.embedded = True
        elif tag in (qn("w:drawing"), qn("w:pict")):
            boxes += _outer_boxes(child)
        elif isinstance(tag, str) and tag.startswith(_MATHS):
            yield _RAISED if tag == _MATHS + "sup" else ""
            yield (child.text or "") if tag == _MATHS + "t" else ""
            yield from _signs(child, reader, boxes)
        elif tag == _ALTERNATIVES + "AlternateContent":
            yield from _first_of(child, reader, boxes)
        elif tag in _TRANSPARENT and not _is_prompt(child) and not (tag == qn("w:r") and reader.leaves_out(child)):
            yield _RAISED if _is_raised(child) else ""
            yield from _signs(child, reader, boxes)


def _is_raised(run: Any) -> bool:
    place = run.find("/".join(map(qn, ("w:rPr", "w:vertAlign"))))
    return place is not None and place.get(qn("w:val")) == "superscript"


def _outer_boxes(drawing: Any) -> Iterator[Any]:
    """The text boxes of a drawing; those inside of others are met when these are read."""
    for child in drawing:
        if child.tag == _TEXT_BOX:
            yield child
        else:
            yield from _outer_boxes(child)


def _first_of(alternatives: Any, reader: Reader, boxes: list[Any]) -> Iterator[str]:
    """The first of several forms of the same that has words: an older one may have what a newer only draws."""
    for form in alternatives:
        within: list[Any] = []
        signs = list(_signs(form, reader, within))
        if signs or within:
            boxes += within
            yield from signs
            return


def _tick(field: Any) -> str:
    """A tick box of an old form; nothing for other fields."""
    box = field.find(qn("w:ffData") + "/" + qn("w:checkBox"))
    if box is None:
        return ""
    ticked = box.find(qn("w:checked"))
    if ticked is None:
        ticked = box.find(qn("w:default"))
    return "[X] " if ticked is not None and ticked.get(qn("w:val")) not in ("0", "false", "off") else "[ ] "


def _symbol(element: Any) -> str:
    """The character that a sign of a symbol font stands for, as far as it is known."""
    try:
        code = int(element.get(qn("w:char")) or "", 16)
    except ValueError:
        return ""
    return sign_of(element.get(qn("w:font")) or "", code)


def _rows(table: Any, reader: Reader, depth: int) -> list[list[str]]:
    """The cells of a table; one that goes on from the row above has the text of that."""
    rows: list[list[str]] = []
    above: dict[int, str] = {}
    for row in _children(table, "w:tr"):
        cells: list[str] = []
        here: dict[int, str] = {}
        skipped = _grid_before(row)
        cells += [""] * skipped
        column = skipped
        for cell in _children(row, "w:tc"):
            properties = cell.find(qn("w:tcPr"))
            merged = properties.find(qn("w:vMerge")) if properties is not None else None
            goes_on = merged is not None and merged.get(qn("w:val")) != "restart"
            text = above.get(column, "") if goes_on else joined(blocks_in(cell, reader, depth + 1))
            if merged is not None:
                here[column] = text
            span = max(int(_value(properties, "w:gridSpan") or 1) if properties is not None else 1, 1)
            cells.append(text)
            cells += [""] * (min(span, _DEEPEST) - 1)
            column += span
        above = here
        rows.append(cells)
    return rows


def _grid_before(row: Any) -> int:
    properties = row.find(qn("w:trPr"))
    return min(int(_value(properties, "w:gridBefore") or 0), _DEEPEST) if properties is not None else 0


def _children(parent: Any, name: str) -> Iterator[Any]:
    """The rows or cells of an element, also those wrapped in a content control; a deleted row is none."""
    for child in parent:
        if child.tag == qn(name):
            properties = child.find(qn("w:trPr"))
            if properties is None or properties.find(qn("w:del")) is None:
                yield child
        elif child.tag in _TRANSPARENT:
            yield from _children(child, name)
