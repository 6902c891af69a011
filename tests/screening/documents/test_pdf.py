"""PDFs with a text layer: their words in reading order, tables as rows, and the place of each word on its page."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import pypdfium2
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from kb.layout import Layout
from screening.documents import Letter, letters_from_bytes
from tests.screening.documents.making import LETTER, down, letter_pdf, pdf

WIDTH, HEIGHT = A4


def read(raw: bytes) -> Letter:
    [letter] = letters_from_bytes(raw, "letter.pdf", "letter.pdf")
    return letter


def text(raw: bytes) -> str:
    return read(raw).document.text


def layout(letter: Letter) -> Layout:
    assert letter.document.layout is not None
    return letter.document.layout


def test_a_letter_reads_as_it_is_written() -> None:
    letter = read(letter_pdf())
    assert letter.document.text == "\n".join(LETTER)
    assert letter.document.date is not None
    assert letter.notes == ()
    assert layout(letter).source == letter_pdf()


def test_each_word_has_its_place_on_the_page() -> None:
    letter = read(pdf([(72, 100, "LVEF 48 %"), (72, 400, "QTc 430 ms")], [(300, 700, "eGFR 90")]))
    words = letter.document.text
    for quote, page, left, top in (("48 %", 0, 72 + 30, 100), ("QTc", 0, 72, 400), ("eGFR 90", 1, 300, 700)):
        start = words.index(quote)
        [(found, box)] = layout(letter).places(start, start + len(quote))
        assert found == page
        assert math.isclose(box.left, left / WIDTH, abs_tol=0.01)
        assert box.top < top / HEIGHT < box.bottom + 0.002
        assert box.bottom - box.top < 0.02


def turned(raw: bytes, rotation: int = 0, crop: tuple[float, float, float, float] | None = None) -> bytes:
    document = pypdfium2.PdfDocument(raw)
    page = document[0]
    page.set_rotation(rotation)
    if crop is not None:
        page.set_cropbox(*crop)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("rotation", "left", "top"), [(90, 0.85, 0.1), (180, 0.8, 0.85), (270, 0.1, 0.8)])
def test_a_page_shown_turned_is_read_upright_and_placed_as_shown(rotation: int, left: float, top: float) -> None:
    """The first word stands at the top left of the page; turned clockwise it comes to the top right, and so on."""
    letter = read(turned(letter_pdf(), rotation))
    assert letter.document.text == "\n".join(LETTER)
    [(_, box)] = layout(letter).places(0, len("City"))
    assert abs(box.left - left) < 0.1
    assert abs(box.top - top) < 0.1
    assert (box.bottom - box.top > box.right - box.left) == (rotation != 180)


def test_what_the_crop_box_cuts_off_is_not_read() -> None:
    raw = pdf([(72, 72, "Cut away: HIV positive"), (72, 400, "HIV negative")])
    letter = read(turned(raw, crop=(36, 0, WIDTH, HEIGHT - 200)))
    assert letter.document.text == "HIV negative"
    [(_, box)] = layout(letter).places(0, 3)
    assert abs(box.top - 191 / (HEIGHT - 200)) < 0.01
    assert abs(box.left - 36 / (WIDTH - 36)) < 0.01


LEFT = [
    "The patient has had lupus since 2019 and",
    "was treated with cyclophosphamide until",
    "March 2021, with a good response of the",
    "kidney and the joints, and was then given",
    "mycophenolate, which she takes until now.",
]
RIGHT = [
    "The echocardiogram of 30 May 2026 shows",
    "an ejection fraction of 62 per cent and no",
    "effusion. The lung function is normal, and",
    "the electrocardiogram shows sinus rhythm",
    "with a rate of 70 and no other finding.",
]


@pytest.mark.parametrize("offset", [0, 5])
def test_two_columns_of_running_text_are_read_one_after_the_other(offset: float) -> None:
    head, foot = "A heading over the whole width of the page, longer than either of its columns is", "Yours sincerely"
    raw = pdf([(72, 60, head), *down(72, 100, LEFT), *down(310, 100 + offset, RIGHT), (72, 220, foot)])
    assert text(raw).split() == " ".join([head, *LEFT, *RIGHT, foot]).split()


def test_lists_side_by_side_are_read_one_after_the_other() -> None:
    drugs, findings = ["1. prednisolone", "2. azathioprine", "3. ramipril"], ["1. ALT 24", "2. CRP 3", "3. eGFR 88"]
    raw = pdf([*down(72, 100, drugs), *down(310, 100, findings)])
    assert text(raw).split() == " ".join(drugs + findings).split()


def test_lines_that_do_not_stand_level_are_columns() -> None:
    left = ["No malignancy at", "any time before", "this letter was"]
    right = ["Hepatitis B in", "childhood, now", "cleared of it."]
    raw = pdf([*down(72, 100, left, 15), *down(310, 107, right, 15)])
    assert text(raw).split("\n") == left + right


TABLE = [("Test", "3 May 2026", "10 June 2026"), ("Haemoglobin g/L", "118", "121"), ("ALT U/L", "30", "24")]


def table(rows: Sequence[tuple[str, ...]], columns: tuple[float, ...] = (72, 250, 350)) -> bytes:
    return pdf(
        [
            (left, 100 + 15 * number, cell)
            for number, row in enumerate(rows)
            for left, cell in zip(columns, row, strict=True)
            if cell
        ]
    )


def test_a_table_keeps_its_rows() -> None:
    rows = [[cell.strip() for cell in line.split("   ") if cell.strip()] for line in text(table(TABLE)).split("\n")]
    assert rows == [list(row) for row in TABLE]


def test_an_empty_cell_keeps_its_place() -> None:
    """Without a place for what was not measured in May, the value of June would stand under May."""
    rows = [*TABLE, ("eGFR", "", "88"), ("CRP mg/L", "3", "")]
    lines = text(table(rows)).split("\n")
    assert lines[3] == "eGFR |  | 88"
    assert lines[4] == "CRP mg/L | 3"


def placed(*rows: tuple[float, tuple[str, ...]]) -> bytes:
    """A PDF of lines of cells, each line with its height on the page."""
    return pdf(
        [(left, top, cell) for top, cells in rows for left, cell in zip((72, 250, 350), cells, strict=True) if cell]
    )


@pytest.mark.parametrize(
    "name_above",
    [
        ((124, ("Antibodies to", "120", "80")), (135, ("double-stranded DNA", "", ""))),
        ((124, ("Antibodies to", "", "")), (135, ("double-stranded DNA", "120", "80"))),
    ],
)
def test_a_cell_on_two_lines_stays_one_cell(name_above: tuple[tuple[float, tuple[str, ...]], ...]) -> None:
    raw = placed((100, TABLE[0]), *name_above, (159, TABLE[2]))
    assert text(raw).split("\n") == [
        "Test | 3 May 2026 | 10 June 2026",
        "Antibodies to double-stranded DNA | 120 | 80",
        "ALT U/L | 30 | 24",
    ]


def test_rows_in_close_groups_stay_rows() -> None:
    raw = placed((100, TABLE[0]), (124, ("ALT", "30", "24")), (135, ("eGFR", "88", "")), (159, ("CRP", "3", "")))
    assert [line.split() for line in text(raw).split("\n")[1:3]] == [["ALT", "30", "24"], ["eGFR", "88"]]


def test_tables_and_columns_under_one_another_are_told_apart() -> None:
    table = [(left, 80 + 15 * row, cell) for row in range(3) for left, cell in ((72, f"Test {row}"), (310, str(row)))]
    raw = pdf([*table, *down(72, 160, LEFT), *down(310, 160, RIGHT)])
    lines = text(raw).split("\n")
    assert [line.split() for line in lines[:3]] == [["Test", str(row), str(row)] for row in range(3)]
    assert " ".join(lines[3:]).split() == " ".join(LEFT + RIGHT).split()


def test_heads_and_feet_of_every_page_are_read_once() -> None:
    def page(number: int, words: list[str]) -> list[tuple[float, float, str]]:
        head = [(72.0, 40.0, "City Hospital"), (72.0, 54.0, "Patient X1, born 3 May 1995")]
        return [*head, *down(72, 100, words), (72, 800, "Confidential"), (280, 815, f"Page {number} of 3")]

    raw = pdf(page(1, ["The patient was given"]), page(2, ["prednisolone until", "May and"]), page(3, ["is well."]))
    letter = read(raw)
    assert letter.document.text.split("\n") == [
        *("City Hospital", "Patient X1, born 3 May 1995", "", "The patient was given", "prednisolone until"),
        *("May and", "is well.", "", "Confidential"),
    ]
    assert letter.notes == ("what stands at the head or foot of every page was read once",)


def test_values_at_the_foot_of_a_page_are_no_page_numbers() -> None:
    raw = pdf([(72, 100, "LVEF"), (72, 800, "48")], [(72, 100, "eGFR"), (72, 640, "90")])
    assert text(raw) == "LVEF\n\n48\neGFR\n\n90"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["She takes predni-", "solone daily"], "She takes prednisolone\ndaily"),
        (["a steroid-", "sparing drug"], "a steroid-sparing\ndrug"),
        (["anti-", "dsDNA raised"], "anti-dsDNA\nraised"),
        (["antibodies: CD19-", "positive"], "antibodies: CD19-positive"),
        (["range 10-", "20 mg"], "range 10-\n20 mg"),
    ],
)
def test_a_word_divided_at_the_end_of_a_line_is_whole(lines: list[str], expected: str) -> None:
    letter = read(pdf(down(72, 100, lines)))
    assert letter.document.text == expected


def test_both_halves_of_a_divided_word_are_shown() -> None:
    letter = read(pdf(down(72, 100, ["She takes predni-", "solone daily"])))
    start = letter.document.text.index("prednisolone")
    assert len(list(layout(letter).places(start, start + len("prednisolone")))) == 2


def test_what_was_filled_into_a_form_is_read() -> None:
    file = io.BytesIO()
    drawn = canvas.Canvas(file, pagesize=A4)
    drawn.drawString(72, 700, "Ejection fraction:")
    drawn.acroForm.textfield(name="ef", value="48 %", x=200, y=690, width=100, height=20)
    drawn.save()
    assert text(file.getvalue()).split() == ["Ejection", "fraction:", "48", "%"]


def test_writing_askew_does_not_run_into_the_lines() -> None:
    file = io.BytesIO()
    drawn = canvas.Canvas(file, pagesize=A4)
    for _, top, line in down(72, 72, LETTER):
        drawn.drawString(72, HEIGHT - top, line)
    drawn.rotate(45)
    drawn.drawString(500, 300, "CONFIDENTIAL")
    drawn.save()
    assert text(file.getvalue()) == "\n".join(LETTER) + "\n\nCONFIDENTIAL"


def test_justified_lines_are_no_table_rows() -> None:
    file = io.BytesIO()
    drawn = canvas.Canvas(file, pagesize=A4)
    for number, line in enumerate(LEFT):
        words = drawn.beginText(72, HEIGHT - 100 - 14 * number)
        words.setWordSpace(4 + number)
        words.textLine(line)
        drawn.drawText(words)
    drawn.save()
    assert text(file.getvalue()) == " ".join(LEFT)


def test_ligatures_are_letters() -> None:
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    letter = read(pdf([(72, 100, "ef\ufb01cient \ufb02ow, 5 µg, ≥ 90")], font="Vera"))
    assert letter.document.text == "efficient flow, 5 µg, ≥ 90"


def test_bullets_are_no_cells() -> None:
    items = [
        (72.0, "•", "Prednisolone 10 mg daily, which was"),
        (72.0, "", "raised in March"),
        (72.0, "•", "Ramipril 5 mg"),
    ]
    raw = pdf(
        [
            (left + shift, 100 + 14 * number, words)
            for number, (left, mark, item) in enumerate(items)
            for shift, words in ((0, mark), (30, item))
            if words
        ]
    )
    assert text(raw) == "• Prednisolone 10 mg daily, which was\nraised in March\n• Ramipril 5 mg"
