"""The words of a PDF's page: its characters in, words with boxes on the page as it is shown out.

What no reader sees is left out: characters outside the page's crop box, and, kept apart, those drawn invisibly, as a
scanner's own recognition lays them behind the picture.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

from kb.layout import Box
from screening.documents.words import Word

_WHOLE = 1 << 24  # device units across the page, so that rounding to whole ones matters nothing
_FAR = 1000.0  # points
_INVISIBLE = 3  # text render mode
_BACK = 1.5  # of that height: a character may stand over the one before, as both of a ligature do
_APART = 0.6  # of a character's height: a gap that parts words even where no space was written
_OFF_LINE = 0.6  # of a character's height: a step up or down that does
_SMALLEST = 1e-4  # of the page's height: nothing that small is seen
_HYPHENS = "\x02\ufffe"  # pdfium's own sign for a hyphen that divides a word
_LETTERS = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st"} | {
    "\ufb06": "st"
}
_UNMAPPED = frozenset("\ufffd\x00")


@dataclass(slots=True)
class PageWords:
    """The words that are seen, by quarter turns of their writing (0 upright; None askew), and those that are not.

    `unreadable` counts the characters that stand for no known letter; `is_cut_off` says that there were more than asked
    for, wherever they stand.
    """

    seen: dict[int | None, list[Word]] = field(default_factory=dict)
    hidden: list[Word] = field(default_factory=list)
    unreadable: int = 0
    is_cut_off: bool = False

    @property
    def count(self) -> int:
        """How many characters are seen."""
        return sum(len(word.text) for words in self.seen.values() for word in words)


@dataclass(frozen=True, slots=True)
class _Char:
    text: str
    box: Box
    turn: int | None
    hidden: bool


def words_on(page: Any, most: int) -> PageWords:
    """The words of a page, of no more than `most` characters."""
    found = PageWords()
    text = page.get_textpage()
    found.is_cut_off = text.count_chars() > most
    try:
        run: list[_Char] = []
        for char in _chars(page, text, most, found):
            if run and (char is None or not _goes_on(run[-1], char)):
                _add(found, run)
                run = []
            if char is not None:
                run.append(char)
        if run:
            _add(found, run)
    finally:
        text.close()
    return found


def _add(found: PageWords, run: list[_Char]) -> None:
    boxes = [char.box for char in run]
    box = Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )
    word = Word("".join(char.text for char in run), box)
    if run[0].hidden:
        found.hidden.append(word)
    else:
        found.seen.setdefault(run[0].turn, []).append(word)


def _goes_on(before: _Char, char: _Char) -> bool:
    if (before.turn, before.hidden) != (char.turn, char.hidden):
        return False
    if before.turn is None:
        return True
    if before.turn % 2:
        a, b = _quarter(before.box), _quarter(char.box)
    else:
        a, b = before.box, char.box
    height = max(a.bottom - a.top, b.bottom - b.top)
    forward = b.left - a.right if before.turn in (0, 1) else a.left - b.right
    return abs(b.bottom - a.bottom) < _OFF_LINE * height and -_BACK * height < forward < _APART * height


def _quarter(box: Box) -> Box:
    return Box(box.top, box.left, box.bottom, box.right)


def _chars(page: Any, text: Any, most: int, found: PageWords) -> Iterator[_Char | None]:
    """The characters in the order of the file; None between words."""
    place = _placing(page)
    turned = page.get_rotation() // 90
    rect = pdfium.FS_RECTF()
    modes: dict[int, bool] = {}
    for at in range(min(text.count_chars(), most)):
        char = chr(pdfium.FPDFText_GetUnicode(text, at))
        char = "-" if char in _HYPHENS else _LETTERS.get(char, char)
        if char.isspace() or (char < " " and char not in _UNMAPPED):
            yield None
            continue
        pdfium.FPDFText_GetLooseCharBox(text, at, rect)
        box = place(rect)
        if box is None:
            continue
        if char in _UNMAPPED or pdfium.FPDFText_HasUnicodeMapError(text, at) == 1:
            found.unreadable += 1
        if char in _UNMAPPED:
            yield None
            continue
        yield _Char(char, box, _turn(pdfium.FPDFText_GetCharAngle(text, at), turned), _is_hidden(text, at, modes))


def _is_hidden(text: Any, at: int, modes: dict[int, bool]) -> bool:
    drawn = pdfium.FPDFText_GetTextObject(text, at)
    key = ctypes.addressof(drawn.contents) if drawn else 0
    if key not in modes:
        modes[key] = bool(drawn) and pdfium.FPDFTextObj_GetTextRenderMode(drawn) == _INVISIBLE
    return modes[key]


def _turn(angle: float, turned: int) -> int | None:
    """Quarter turns clockwise from upright on the page as shown; None between them."""
    quarters = -angle / (math.pi / 2)
    whole = round(quarters)
    return (whole + turned) % 4 if abs(quarters - whole) < 0.06 else None


def _placing(page: Any) -> Callable[[Any], Box | None]:
    """From a rectangle in the file's own coordinates to a box on the page as shown; None for one outside it."""

    def shown(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, _WHOLE, _WHOLE, 0, x, y, across, down)
        return across.value / _WHOLE, down.value / _WHOLE

    # the three corners tell how the page is turned, cropped and scaled
    (left, top), (left_x, top_x), (left_y, top_y) = shown(0, 0), shown(_FAR, 0), shown(0, _FAR)
    across_x, down_x = (left_x - left) / _FAR, (top_x - top) / _FAR
    across_y, down_y = (left_y - left) / _FAR, (top_y - top) / _FAR

    def place(rect: Any) -> Box | None:
        x0, y0, x1, y1 = rect.left, rect.bottom, rect.right, rect.top
        a, b = left + across_x * x0 + across_y * y0, left + across_x * x1 + across_y * y1
        c, d = top + down_x * x0 + down_y * y0, top + down_x * x1 + down_y * y1
        a, b = (a, b) if a < b else (b, a)
        c, d = (c, d) if c < d else (d, c)
        return Box(a, c, b, d) if 0 <= a + b <= 2 and 0 <= c + d <= 2 and d - c > _SMALLEST else None

    return place
