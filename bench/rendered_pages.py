"""Letters as files of an office: an annotated letter's text in, a PDF or a Word document that shows it out.

Prose is set in a proportional type and wrapped, lines with columns in a fixed one or as a table; every page has a head
and a foot. How a letter is set depends on its name alone.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import docx
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

_COLUMNS = re.compile(r"\S(?: {2,}|\t+)\S")  # what stands apart on one line
_GAP = re.compile(r" {2,}|\t+")
_LIKE = str.maketrans({"μ": "µ", "→": ">", "\t": "    "})  # the standard typefaces of a PDF have no arrow
_MARGIN, _HEAD, _FOOT = 56.0, 40.0, 34.0


@dataclass(frozen=True)
class Setting:
    """How a letter is set: its typeface, size in points, columns on a page, and whether columns become a table."""

    face: str
    size: float
    columns: int
    table: bool


def setting_of(name: str, text: str) -> Setting:
    """The setting of the letter of this name: always the same one. A letter with tables has one column."""
    seed = hashlib.sha256(name.encode()).digest()
    face, size = ("Helvetica", "Times-Roman")[seed[0] % 2], (9.5, 10.5, 11.5)[seed[1] % 3]
    tables = any(tabular for tabular, _ in blocks(text))
    return Setting(face, size, 2 if seed[2] % 4 == 0 and not tables else 1, seed[3] % 2 == 0)


def has_columns(line: str) -> bool:
    return _COLUMNS.search(line) is not None


def blocks(text: str) -> Iterator[tuple[bool, list[str]]]:
    """The text's lines in runs: those of a table (two or more lines with columns), and the others."""
    lines = text.translate(_LIKE).split("\n")
    for tabular, run in groupby(lines, has_columns):
        block = list(run)
        yield tabular and len(block) > 1, block


def wrapped(line: str, face: str, size: float, width: float) -> list[str]:
    """A line broken at its spaces so that no part is wider than `width` points, where it has spaces."""
    parts, at = [], ""
    for word in re.split(r"(?<= )", line):
        if at and stringWidth((at + word).rstrip(), face, size) > width:
            parts.append(at.rstrip())
            at = ""
        at += word
    return [*parts, at.rstrip()]


def as_pdf(name: str, text: str) -> bytes:
    """A PDF of A4 pages with a text layer, a head and a foot on every page."""
    setting = setting_of(name, text)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    _Pages(canvas, setting).show(text)
    canvas.save()
    return out.getvalue()


class _Pages:
    """A pen that goes down the columns of one page after the other."""

    def __init__(self, canvas: Canvas, setting: Setting) -> None:
        self.canvas = canvas
        self.setting = setting
        self.page = 0
        self.column = setting.columns
        self.y = 0.0

    @property
    def width(self) -> float:
        inner: float = A4[0] - 2 * _MARGIN
        return inner if self.setting.columns == 1 else (inner - 20) / 2

    @property
    def left(self) -> float:
        return _MARGIN + self.column * (self.width + 20)

    def show(self, text: str) -> None:
        for tabular, lines in blocks(text):
            if tabular and self.setting.table:
                self._table(lines)
            elif tabular:
                self._fixed(lines)
            else:
                for line in lines:
                    self._line(wrapped(line, self.setting.face, self.setting.size, self.width), self.setting.face)

    def _advance(self, size: float) -> None:
        self.y -= size * 1.3
        if self.y < _MARGIN or self.page == 0:
            self.column += 1
            if self.column >= self.setting.columns:
                self._new_page()
            self.y = A4[1] - _MARGIN - 18

    def _new_page(self) -> None:
        if self.page:
            self.canvas.showPage()
        self.page += 1
        self.column = 0
        self.canvas.setFont(self.setting.face, 8)
        self.canvas.drawString(_MARGIN, A4[1] - _HEAD, "University Hospital - clinic letter - confidential")
        self.canvas.drawString(A4[0] / 2 - 20, _FOOT, f"Page {self.page}")

    def _line(self, parts: list[str], face: str, size: float | None = None) -> None:
        size = size or self.setting.size
        for part in parts:
            self._advance(size)
            self.canvas.setFont(face, size)
            self.canvas.drawString(self.left, self.y, part)

    def _fixed(self, lines: list[str]) -> None:
        """Lines as they stand, in a typeface of one width, as large as their longest allows."""
        longest = max(map(len, lines))
        size = min(self.setting.size, self.width / (0.6 * longest))
        for line in lines:
            self._line([line], "Courier", size)

    def _table(self, lines: list[str]) -> None:
        """Lines as rows of a table: what stands apart in a line is a cell, at the place that it has in the line."""
        longest = max(map(len, lines))
        step = self.width / longest
        size = min(self.setting.size, 1.9 * step)
        for line in lines:
            self._advance(size)
            self.canvas.setFont(self.setting.face, size)
            for cell in re.finditer(r"\S+(?: \S+)*", line):
                self.canvas.drawString(self.left + cell.start() * step, self.y, cell.group())


def as_docx(name: str, text: str) -> bytes:
    """A Word document: a paragraph a line, a table for lines with columns, a head and a foot."""
    setting = setting_of(name, text)
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "University Hospital - clinic letter - confidential"
    document.sections[0].footer.paragraphs[0].text = "Printed from the record"
    for tabular, lines in blocks(text):
        if not (tabular and setting.table):
            for line in lines:
                document.add_paragraph(line)
            continue
        rows = [_GAP.split(line.strip()) for line in lines]
        table = document.add_table(len(rows), max(map(len, rows)))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, content in zip(row.cells, cells, strict=False):
                cell.text = content
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
