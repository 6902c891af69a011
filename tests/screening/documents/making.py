"""Files of each format, made for the tests: words and where they stand in, bytes out. All patients are invented."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from email.message import EmailMessage

import docx
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

Placed = tuple[float, float, str]  # points from the left and from the top of the page, and a line of text

LETTER = (
    "City Hospital, department of rheumatology",
    "Date: 15 June 2026",
    "",
    "Dear colleague,",
    "The patient is a woman of 31 with systemic lupus erythematosus since 2019.",
    "She takes prednisolone 10 mg daily and hydroxychloroquine 200 mg twice daily.",
    "Echocardiogram of 30 May 2026: LVEF 48 %.",
)


def pdf(
    *pages: Iterable[Placed],
    font: str = "Helvetica",
    size: float = 10,
    hidden: Placed | None = None,
    **options: object,
) -> bytes:
    """A PDF with lines of text at their places, on each page one that is not seen; `options` are reportlab's."""
    file = io.BytesIO()
    drawn = canvas.Canvas(file, pagesize=A4, invariant=1, **options)
    for page in pages:
        drawn.setFont(font, size)
        for left, top, words in page:
            drawn.drawString(left, A4[1] - top, words)
        if hidden is not None:
            hide(drawn, *hidden)
        drawn.showPage()
    drawn.save()
    return file.getvalue()


def hide(drawn: canvas.Canvas, left: float, top: float, words: str) -> None:
    """Draws words as a scanner lays what it recognised behind the picture: invisibly."""
    line = drawn.beginText(left, A4[1] - top)
    line.setTextRenderMode(3)
    line.textLine(words)
    drawn.drawText(line)


def down(left: float, top: float, lines: Sequence[str], step: float = 14) -> list[Placed]:
    """Lines under one another; an empty one leaves its space."""
    return [(left, top + number * step, line) for number, line in enumerate(lines) if line]


def letter_pdf() -> bytes:
    return pdf(down(72, 72, LETTER))


def word(*paragraphs: str, table: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word document of paragraphs and a table below."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        made = document.add_table(len(table), len(table[0]))
        for row, cells in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    return saved(document)


def saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def mail(text: str, *attachments: tuple[str, bytes], html: str = "", subject: str = "Referral") -> bytes:
    """An e-mail of 15 June 2026."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@clinic.example", "b@trial.example", subject
    message["Date"] = "Mon, 15 Jun 2026 10:00:00 +0000"
    message["Message-ID"] = "<1@clinic.example>"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, raw in attachments:
        message.add_attachment(raw, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


RTF = rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Times;}{\f1\froman\fcharset2 Symbol;}}\f0 Date: 15 June 2026\par "
RTF += rb"The patient has an eGFR {\f1\'b3} 90 and takes prednisolone 10 mg daily.\par}"
HTML = (
    b"<!DOCTYPE html><html><head><title>x</title><style>p{}</style></head><body><p>Date: 15 June 2026</p>"
    b"<p>The patient has an eGFR of 88 and takes prednisolone&nbsp;10&nbsp;mg daily.</p></body></html>"
)
