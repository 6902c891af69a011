"""E-mails: the message, what it quotes and what it has attached, each a document of its own day."""

from __future__ import annotations

from datetime import date

import pytest

from screening.documents import BadInputError, Letter, letters_from_bytes
from screening.documents.mail_thread import messages_of
from tests.screening.documents.making import RTF, letter_pdf, mail, word


def read(raw: bytes) -> tuple[Letter, ...]:
    return letters_from_bytes(raw, "m.eml", "m.eml")


def days(letters: tuple[Letter, ...]) -> list[date | None]:
    return [letter.document.date.earliest if letter.document.date else None for letter in letters]


def test_a_message_alone_is_one_letter_of_the_day_it_was_sent() -> None:
    [letter] = read(mail("Dear colleague,\nher LVEF is ≥ 55 %.\n"))
    assert letter.document.name == "m.eml"
    assert letter.document.text == "Date: 15 June 2026\nSubject: Referral\n\nDear colleague,\nher LVEF is ≥ 55 %."
    assert days((letter,)) == [date(2026, 6, 15)]


def test_each_attachment_is_a_document() -> None:
    letters = read(mail("Please see attached.", ("a.pdf", letter_pdf()), ("b.docx", word("Well.")), ("c.rtf", RTF)))
    assert [letter.document.name for letter in letters] == [
        "m.eml/message",
        "m.eml/a.pdf",
        "m.eml/b.docx",
        "m.eml/c.rtf",
    ]
    assert letters[1].document.layout is not None
    assert "LVEF 48 %" in letters[1].document.text


def test_an_attachment_that_cannot_be_read_is_told_and_the_others_are_read() -> None:
    letters = read(
        mail("Please see attached.", ("labs.xlsx", b"PK\x03\x04 xl/workbook.xml"), ("b.docx", word("Well.")))
    )
    assert [letter.document.name for letter in letters] == ["m.eml/message", "m.eml/b.docx"]
    assert letters[0].notes == ("not read: labs.xlsx: a spreadsheet: save the sheet that counts as PDF",)


def test_a_forwarded_message_is_read_with_its_attachments() -> None:
    inner = mail("LVEF 48 %.", ("a.pdf", letter_pdf()), subject="Echo")
    names = [letter.document.name for letter in read(mail("See below.", ("echo.eml", inner)))]
    assert names == ["m.eml/message", "m.eml/echo.eml/message", "m.eml/echo.eml/a.pdf"]


def test_messages_in_messages_without_end_are_refused() -> None:
    raw = mail("x", ("a.pdf", letter_pdf()))
    for _ in range(6):
        raw = mail("", ("m.eml", raw))
    with pytest.raises(BadInputError, match="documents in documents"):
        read(raw)


def test_html_is_read_where_it_says_more() -> None:
    html = "<p>Results</p><table><tr><td>ALT<td>24</table><p>She takes prednisolone 10 mg daily.</p>"
    [letter] = read(mail("See HTML.", html=html))
    assert "ALT: 24" in letter.document.text
    [letter] = read(mail("Her LVEF is 48 % by echo.", html="<p>Her LVEF is 48 % by echo.</p>"))
    assert letter.document.text.count("LVEF") == 1


def test_a_quoted_message_is_a_document_of_its_own_day() -> None:
    text = (
        "Prednisolone was stopped.\n\nOn Mon, 4 May 2026 at 10:12, the clinic wrote:\n> She takes prednisolone 20 mg.\n"
    )
    letters = read(mail(text))
    assert days(letters) == [date(2026, 6, 15), date(2026, 5, 4)]
    assert "20 mg" not in letters[0].document.text
    assert letters[1].document.text.endswith("She takes prednisolone 20 mg.")


THREADS = [
    ("Only one.", "Only one.", []),
    ("New\n> old\n> older\nnew again", "New\nnew again", ["old\nolder"]),
    ("New\n> old\n>> older", "New", ["old", "older"]),
    (
        "New\n\nFrom: a@x.example\nSent: 4 May 2026 10:12\nTo: b@x.example\nSubject: echo\n\nLVEF 48 %",
        "New",
        ["Sent: 4 May 2026 10:12\nSubject: echo\n\nLVEF 48 %"],
    ),
    (
        "FYI\n---------- Forwarded message ---------\nFrom: a\nDate: 4 May 2026\nTo: b\n\nLVEF 48 %",
        "FYI",
        ["Date: 4 May 2026\n\nLVEF 48 %"],
    ),
    ("-----Original Message-----\nLVEF 48 %", "", ["LVEF 48 %"]),
    ("On 4 May 2026, Dr A\n<a@x.example> wrote:\n\n> old", "", ["Date: 4 May 2026, Dr A <a@x.example>\nold"]),
    ("On 4 May 2026 the registrar wrote: stop.", "On 4 May 2026 the registrar wrote: stop.", []),
    ("LVEF of\n> 55 % and well", "LVEF of\n> 55 % and well", []),
    ("LVEF > 55 %\nplatelets >100", "LVEF > 55 %\nplatelets >100", []),
    ("From: the clinic\nTo: the trial\nWe refer", "From: the clinic\nTo: the trial\nWe refer", []),
]


@pytest.mark.parametrize(("text", "own", "quoted"), THREADS)
def test_messages_of_a_thread(text: str, own: str, quoted: list[str]) -> None:
    assert messages_of(text) == (own, quoted)


def test_logos_and_signatures_are_no_documents() -> None:
    raw = mail("She is well.", ("smime.p7s", b"x"))
    raw = raw.replace(b"application/octet-stream", b"application/pkcs7-signature")
    assert [letter.document.name for letter in read(raw)] == ["m.eml"]


def test_a_letter_with_the_words_of_headers_is_no_email() -> None:
    [letter] = letters_from_bytes(b"From: the clinic\nTo: the trial\nDate: 15 June 2026\n\nShe is well.", "a", "a")
    assert letter.document.text.startswith("From: the clinic")


@pytest.mark.parametrize(
    "raw",
    [mail(""), mail("\n \n", html="<p></p>"), b"Received: x\nFrom: a\nTo: b\n"],
)
def test_an_email_without_a_letter_is_refused_in_one_line(raw: bytes) -> None:
    with pytest.raises(BadInputError, match="e-mail without text"):
        read(raw)
