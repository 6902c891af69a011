"""The program that measures letters as they arrive: what it makes of a letter, and its table (never how fast)."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.rendered_pages import as_docx, as_pdf, blocks, setting_of
from bench.rendered_scans import as_fax, as_scan
from bench.renderings import Figures, main, put_into, table
from corpus import gold
from screening.documents.content import Content, reader_of
from screening.documents.kinds import kind_of
from screening.documents.limits import limits_in_use

LETTER = """15 June 2026

Dear colleague,

Thank you for seeing this woman of 34, who has had lupus nephritis since 2019 and takes prednisolone 10 mg daily.

Test         02/06/26    Ref. interval   Unit
Creatinine         70    45-84           umol/L
AST                38 *  <32             U/L

Echocardiogram in May: LVEF 60 %, → no effusion.
"""


def words_of(raw: bytes) -> list[str]:
    content = reader_of(kind_of(raw))(raw, "letter", limits_in_use())
    assert isinstance(content, Content)
    return content.text.split()


@pytest.mark.parametrize("name", ["a", "b", "c", "d"])
def test_a_page_holds_every_word_of_its_letter(name: str) -> None:
    wanted = LETTER.replace("→", ">").split()
    for raw in (as_pdf(name, LETTER), as_docx(name, LETTER)):
        found = [word for word in words_of(raw) if word != "|"]
        assert all(word in found for word in wanted)


def test_letters_are_set_in_different_ways_that_only_their_names_decide() -> None:
    prose = "\n".join(" ".join(line.split()) for line in LETTER.splitlines())
    settings = {setting_of(str(number), prose) for number in range(40)}
    assert {setting.columns for setting in settings} == {1, 2} and {setting.table for setting in settings} == {
        True,
        False,
    }
    assert as_pdf("a", LETTER) == as_pdf("a", LETTER)


def test_a_letter_with_a_table_has_one_column() -> None:
    assert [tabular for tabular, _ in blocks(LETTER)] == [False, True, False]
    assert all(setting_of(str(number), LETTER).columns == 1 for number in range(40))


def test_a_fax_is_black_and_white_askew_and_the_same_each_time() -> None:
    pdf = as_pdf("a", LETTER)
    fax, again, other = as_fax("a", pdf), as_fax("a", pdf), as_fax("b", pdf)
    assert fax == again != other
    with Image.open(io.BytesIO(fax)) as image:
        assert image.mode == "1" and 1200 <= image.width <= 1700
    with Image.open(io.BytesIO(as_scan("a", pdf))) as image:
        assert image.mode == "L" and round(image.width / 8.27) == 200
        assert len(np.unique(np.asarray(image))) > 100


def _figures(criteria: float) -> Figures:
    return Figures(2, criteria, 0, 0.5, 0, 0.25, 300)


def test_the_table_shows_each_way_beside_its_target() -> None:
    shown = table({"text": _figures(0.99), "fax": _figures(0.95)})
    assert "| fax, 150 to 200 dpi, askew | 0.950 | 0.910 | 0 | 0.500 | 0.25 | 300 |" in shown


def test_only_the_marked_place_of_a_page_is_written() -> None:
    page = "before\n<!-- measure: python -m bench.renderings --letters x -->\nold\n<!-- end -->\nafter\n"
    written = put_into(page, "| new |", "y")
    assert "old" not in written and "| new |" in written
    assert written.startswith("before\n") and written.endswith("<!-- end -->\nafter\n") and "--letters y" in written
    assert put_into("unmarked", "| new |", "y") == "unmarked"


def test_a_folder_of_letters_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in sorted((gold.LETTERS / "develop").glob("41-*")):
        shutil.copy(path, tmp_path)
    main(["--letters", str(tmp_path), "--ways", "text", "docx", "--json"])
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["text", "docx"]
    assert all(
        found["letters"] == 1 and found["refused"] == 0 and found["criteria"] > 0.9 for found in figures.values()
    )
