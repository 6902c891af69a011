"""Running text on pages: columns of unequal length and ragged lines, and lines broken because they were full."""

from __future__ import annotations

import io
import textwrap

from reportlab.pdfgen import canvas

from screening.documents import letters_from_bytes
from tests.screening.documents.making import down, pdf

_STORY = (
    "She has had lupus for nine years and takes mycophenolate with partial benefit. In the winter she was treated for "
    "a chest infection with amoxicillin, which cleared within a week, and there has been no fever since. Her sister "
    "works at the same school and has thyroid disease and her father has had a stroke. She has never been dialysed."
)
_END = "The echocardiogram of March was normal and the lungs were clear on the film of the same day, as was the urine."


def text(raw: bytes) -> str:
    return letters_from_bytes(raw, "letter", "letter")[0].document.text


def test_columns_with_short_lines_between_are_read_one_after_the_other() -> None:
    left = ["Diagnoses", "1. Lupus", "", *textwrap.wrap(_STORY, 38)]
    right = [*textwrap.wrap(_END, 38), "", "Sincerely", "", *textwrap.wrap(_STORY, 38)]
    read = text(pdf([*down(72, 100, left), *down(310, 100, right)])).split()
    assert read == " ".join([*left, *right]).split()


def test_the_end_of_a_long_column_is_read_behind_it() -> None:
    lines = textwrap.wrap(_STORY + " " + _END, 38)
    read = text(pdf([*down(72, 100, lines[:-1]), (310, 100, lines[-1])]))
    assert read.split() == " ".join(lines).split()


def test_a_table_beside_a_tail_of_prose_keeps_its_rows() -> None:
    rows = [("hydroxychloroquine", "300 mg", "ongoing"), ("mycophenolate", "2 g", "relapsed")] * 4
    placed = [
        (x, 128 + 14.0 * at, cell) for at, row in enumerate(rows) for x, cell in zip((72, 220, 340), row, strict=True)
    ]
    lines = text(pdf([(72, 100, "regimen before this visit"), (72, 114, "DRUGS"), *placed])).split("\n")
    assert [line.split() for line in lines[2:]] == [" ".join(row).split() for row in rows]


def _wrapped(*more: str) -> str:
    """What is read of a letter of several full lines and some more, none of them apart."""
    return text(pdf([*down(72, 100, [*textwrap.wrap(" ".join([_STORY] * 4), 80), *more])]))


def test_a_tail_of_one_word_or_a_day_goes_on() -> None:
    full = "and at the end of that month she was seen again in our own clinic, on the day of"
    assert _wrapped(full, "12.03.2026.").endswith("on the day of 12.03.2026.")
    assert _wrapped(full, "2025.").endswith("on the day of 2025.")
    assert _wrapped(full, "12.").endswith("on the day of 12.")


def test_entries_below_full_lines_stay_lines() -> None:
    full = "12.03.2026 she was seen again in our own clinic with a rash, arthritis and fever"
    assert _wrapped("03.03.2026 Echo normal.", full, "13.03.2026 ECG normal").endswith("fever\n13.03.2026 ECG normal")
    drugs = [
        "Azathioprine for one year",
        "Cyclophosphamide of 500 mg every fortnight, six doses, with a partial response",
    ]
    assert _wrapped("Never on dialysis.", *drugs, "Rituximab 1 g twice").endswith("response\nRituximab 1 g twice")


def test_a_page_number_between_columns_is_left_out() -> None:
    lines = textwrap.wrap(" ".join([_STORY] * 12), 42)
    page = [*down(72, 80, lines[:50]), *down(310, 80, lines[50:]), (280, 808, "Page 1")]
    assert "Page" not in text(pdf(page))


def test_rows_of_numbers_in_a_typewriters_face_keep_their_columns() -> None:
    rows = [f"{name:<16}{a:>6}{b:>10}" for name, a, b in (("Hb (g/L)", 121, 88), ("ALT (<35)", 20, 31))]
    heading = "                03/05/26  10/06/26"
    assert text(pdf(down(72, 100, [heading, *rows, "eGFR                90        91"]), font="Courier")).split("\n")[
        1:
    ] == [*rows, "eGFR                90        91"]


def test_lines_of_small_type_stay_lines() -> None:
    file = io.BytesIO()
    drawn = canvas.Canvas(file, invariant=1)
    for size, left, top, line in [
        *((12.0, *one) for one in down(72, 100, textwrap.wrap(_STORY, 70))),
        *((4.5, *one) for one in down(72, 300, ["Kidney: dialysis until May", "Heart: effusion in June"], 5.5)),
    ]:
        drawn.setFont("Helvetica", size)
        drawn.drawString(left, 800 - top, line)
    drawn.save()
    assert "Kidney: dialysis until May\nHeart: effusion in June" in text(file.getvalue())
