"""Files that are damaged, locked, too large or made to harm: one clear line each, and the next file is read."""

from __future__ import annotations

import dataclasses
import io
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib import pdfencrypt
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from kb.layout import Box
from screening.documents import BadInputError, guard, letters_from_bytes
from screening.documents import pdf as reader
from screening.documents.limits import limits_in_use
from screening.documents.words import Word
from tests.screening.documents.making import LETTER, RTF, down, hide, letter_pdf, mail, pdf, word

ROOT = Path(__file__).parents[3]


def read(raw: bytes, **changed: int) -> str:
    [letter] = letters_from_bytes(raw, "a", "a", dataclasses.replace(limits_in_use(), **changed))
    return letter.document.text


def locked() -> bytes:
    return pdf(down(72, 72, ["The patient is well."]), encrypt=pdfencrypt.StandardEncryption("secret", strength=128))


def many_pages(count: int, lines: int = 1) -> bytes:
    words = [f"Zebrawood and {number} other trees, line after line of them all" for number in range(lines)]
    return pdf(*[down(36, 36, words, 5)] * count)


def crowded() -> bytes:
    """A page of small print: 600 lines of 100 characters."""
    return pdf(down(36, 36, [f"{number} Zebrawood" * 8 for number in range(600)], 1.2), size=1)


def with_part(name: str, content: bytes) -> bytes:
    """A Word document in which one part is another."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word("x"))) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for one in old.namelist():
            new.writestr(one, content if one == name else old.read(one))
    return file.getvalue()


def picture(hidden: str = "") -> bytes:
    """A page that is a picture, with hidden words behind it."""
    file = io.BytesIO()
    drawn = canvas.Canvas(file, pagesize=A4)
    drawn.drawImage(ImageReader(Image.new("L", (800, 1000), 128)), 0, 0, *A4)
    hide(drawn, 72, 300, hidden)
    drawn.save()
    return file.getvalue()


def as_bytes(document: pypdfium2.PdfDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


BAD = [
    ("empty", b"", "empty"),
    ("a PDF's first bytes", b"%PDF-1.7", "damaged PDF"),
    ("a PDF cut off", letter_pdf()[:500], "damaged PDF"),
    ("a PDF with a password", locked(), "password"),
    ("a PDF without pages", pdf(), "damaged PDF"),
    ("a PDF of blank pages", pdf([], []), "no text"),
    ("a PDF of 2,000 pages", many_pages(2000), "2000 pages, more than the 300"),
    ("a page of 60,000 characters", crowded(), "page 1: more than 50000 characters"),
    ("a Word document cut off", word("The patient is well. " * 40)[:-40], "damaged Word document"),
]


@pytest.mark.parametrize(("name", "raw", "words"), BAD, ids=[row[0] for row in BAD])
def test_what_cannot_be_read_is_refused_in_one_line(name: str, raw: bytes, words: str) -> None:
    with pytest.raises(BadInputError, match=words) as caught:
        read(raw)
    message = str(caught.value)
    assert message.startswith("a")
    assert "\n" not in message
    assert "Zebrawood" not in message


def test_what_is_attached_inside_a_pdf_is_told_and_not_read() -> None:
    document = pypdfium2.PdfDocument(letter_pdf())
    document.new_attachment("labs.txt").set_data(b"HIV positive")
    [letter] = letters_from_bytes(as_bytes(document), "a", "a")
    assert letter.document.text == "\n".join(LETTER)
    assert letter.notes == ("1 file attached inside the PDF and not read: give each by itself",)


SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


@pytest.mark.parametrize(
    "where", [b"/OpenAction %s" % SCRIPT, b"/Names << /JavaScript << /Names [(a) %s] >> >>" % SCRIPT]
)
def test_a_script_in_a_pdf_is_told_and_not_run(where: bytes) -> None:
    raw = letter_pdf().replace(b"/Type /Catalog", b"%s /Type /Catalog" % where)
    [letter] = letters_from_bytes(raw, "a", "a")
    assert letter.document.text == "\n".join(LETTER)
    assert letter.notes == ("the PDF holds a script, which was not run",)


def test_a_scan_says_what_to_install_where_its_reader_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_SCAN", "screening.documents.no_such_reader")
    with pytest.raises(BadInputError, match=r"a: a scan, .*pip install 'eligo\[scan\]'"):
        reader.read(picture(), "a", limits_in_use())


def test_a_scan_is_read_as_its_scanner_recognised_it_where_our_reader_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "_SCAN", "screening.documents.no_such_reader")
    content = reader.read(picture(hidden="LVEF 48 %"), "a", limits_in_use())
    assert content.text == "LVEF 48 %"
    assert content.notes == ("page 1: a scan, read as its scanner recognised it: check the quotes against the page",)


def test_a_scanned_page_is_read_by_the_reader_of_scans(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []

    def words_of(image: Image.Image) -> list[Word]:
        seen.append(image.size)
        return [Word("LVEF", Box(0.1, 0.1, 0.15, 0.12), 0.7), Word("48", Box(0.16, 0.1, 0.18, 0.12))] * (len(seen) < 2)

    monkeypatch.setitem(sys.modules, "scan_reader", SimpleNamespace(words_of=words_of))
    monkeypatch.setattr(reader, "_SCAN", "scan_reader")
    content = reader.read(picture(hidden="LVEF 60 %"), "a", limits_in_use())
    assert (content.text, content.notes) == ("LVEF 48", ())
    assert content.layout is not None and content.layout.confidence(0, 4) == 0.7
    assert seen == [(1654, 2339)]
    with pytest.raises(BadInputError, match="no words were found"):
        reader.read(picture(), "a", limits_in_use())


def test_words_that_nobody_sees_are_not_read() -> None:
    raw = pdf([(72, 72, "The patient is well.")], hidden=(72, 300, "LVEF 60 %"))
    assert read(raw) == "The patient is well."


def test_a_scanned_page_among_others_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_SCAN", "screening.documents.no_such_reader")
    document = pypdfium2.PdfDocument(letter_pdf())
    document.import_pages(pypdfium2.PdfDocument(picture()))
    content = reader.read(as_bytes(document), "a", limits_in_use())
    assert "LVEF 48 %" in content.text
    assert content.notes == ("page 2: a scan, which is read by an extra: install it with pip install 'eligo[scan]'",)


def test_a_picture_of_a_page_has_no_more_pixels_than_allowed() -> None:
    page = pypdfium2.PdfDocument(letter_pdf())[0]
    assert reader.page_picture(page, 200, 120).size == (1654, 2339)
    width, height = reader.page_picture(page, 20_000, 1).size
    assert 0.9e6 < width * height < 1.01e6


# --- limits -----------------------------------------------------------------------------------------------------------


LIMITED = [
    ("pages", many_pages(3), "3 pages, more than the 2"),
    ("text_megabytes", b"She is well. " * 200_000, "2 MB of text"),
    ("unpacked_megabytes", word("x" * 3_000_000), "2 MB once unpacked"),
    ("page_characters", letter_pdf(), "more than 2 characters"),
    ("file_megabytes", b"She is well. " * 200_000, "more than 2 MB"),
    ("file_seconds", many_pages(300, 150), "takes more than .* 2 in all"),
]


@pytest.mark.parametrize(("name", "raw", "words"), LIMITED, ids=[row[0] for row in LIMITED])
def test_each_limit_holds(name: str, raw: bytes, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        read(raw, **{name: 2})


def test_too_many_documents_in_one_are_refused() -> None:
    raw = mail("See attached.", *((f"{at}.rtf", RTF) for at in range(3)))
    with pytest.raises(BadInputError, match="more than 3 documents"):
        letters_from_bytes(raw, "a", "a", dataclasses.replace(limits_in_use(), documents=3))


def test_a_users_own_limits_go_before_the_shipped_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = limits_in_use()
    own = tmp_path / "limits.yaml"
    own.write_text("pages: 1\n", encoding="utf-8")
    monkeypatch.setenv("ELIGO_LIMITS", str(own))
    assert limits_in_use() == dataclasses.replace(shipped, pages=1)
    with pytest.raises(BadInputError, match="2 pages, more than the 1"):
        letters_from_bytes(many_pages(2), "a", "a")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("pagess: 3", "'pagess' is no limit: choose from file_megabytes"),
        ("pages: many", "'pages' is not a whole number"),
        ("pages: 0", "'pages' is not a whole number above 0"),
        ("pages: true", "'pages' is not a whole number"),
        ("pages: [1", "line 1: not YAML"),
        ("- pages", "no limits"),
        (None, "cannot be read"),
    ],
)
def test_a_faulty_file_of_limits_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, words: str
) -> None:
    own = tmp_path / "limits.yaml"
    if content is not None:
        own.write_text(content, encoding="utf-8")
    monkeypatch.setenv("ELIGO_LIMITS", str(own))
    with pytest.raises(BadInputError, match=words) as caught:
        letters_from_bytes(letter_pdf(), "a", "a")
    assert str(caught.value).startswith(f"ELIGO_LIMITS {own}")


# --- the process that reads -------------------------------------------------------------------------------------------


def test_files_are_read_by_one_process() -> None:
    read(letter_pdf())
    [before] = guard._WORKERS
    read(RTF)
    with pytest.raises(BadInputError):
        read(b"%PDF-")
    assert [before] == guard._WORKERS


def test_a_process_that_ended_is_followed_by_another() -> None:
    read(letter_pdf())
    [worker] = guard._WORKERS
    os.kill(worker._process.pid, signal.SIGKILL)
    worker._process.wait()
    assert "LVEF 48 %" in read(letter_pdf())


def test_a_file_that_ends_the_process_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard.Worker, "ask", lambda self, *_: self._process.kill())
    with pytest.raises(BadInputError, match="a: damaged, it cannot be read"):
        read(letter_pdf())
    monkeypatch.undo()
    assert "LVEF 48 %" in read(letter_pdf())


def test_a_process_that_is_too_small_ends_in_one_line() -> None:
    with pytest.raises(BadInputError):
        read(letter_pdf(), memory_megabytes=20)
    assert "LVEF 48 %" in read(letter_pdf())


def test_memory_is_bounded() -> None:
    start = b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>"
    text = start + b"<w:p/>" * 1_500_000 + b"</w:body></w:document>"
    with pytest.raises(BadInputError, match=r"memory|damaged"):
        read(with_part("word/document.xml", text), memory_megabytes=160)
    assert "well" in read(word("She is well."), memory_megabytes=160)


def test_a_program_from_standard_input_reads_files(tmp_path: Path) -> None:
    """No start-up of the caller's own program is repeated: it may have no file, or no guard against being run twice."""
    (tmp_path / "a.pdf").write_bytes(letter_pdf())
    program = "from screening.documents import read_letters\nprint(read_letters('a.pdf')[0].document.text)\n"
    done = subprocess.run(
        [sys.executable, "-"],
        input=program,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert "LVEF 48 %" in done.stdout
    assert done.stderr == ""
