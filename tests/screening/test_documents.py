"""Letters as they come: encodings, folders, and everything that is no letter."""

from __future__ import annotations

import codecs
import hashlib
import io
import sys
from datetime import date
from pathlib import Path

import pytest

from screening.documents import BadInputError, find_letters, letter_from_text, parse_day, read_letters

TEXT = "Date: 15 June 2026\n\nThe patient has a creatinine of 60 µmol/L and an eGFR ≥ 90. She is well.\n"
PLAIN = TEXT.replace("≥", ">=")  # Windows-1252 has no such sign


def written(folder: Path, raw: bytes, name: str = "letter.txt") -> str:
    path = folder / name
    path.write_bytes(raw)
    return str(path)


ENCODINGS = [
    ("UTF-8", TEXT.encode(), TEXT, False),
    ("UTF-8 with a byte order mark", codecs.BOM_UTF8 + TEXT.encode(), TEXT, False),
    ("Windows lines", TEXT.replace("\n", "\r\n").encode(), TEXT, False),
    ("old Mac lines", TEXT.replace("\n", "\r").encode(), TEXT, False),
    ("UTF-16 with a mark", TEXT.encode("utf-16"), TEXT, True),
    ("UTF-16 without a mark", TEXT.encode("utf-16-le"), TEXT, True),
    ("UTF-16 big-endian without a mark", TEXT.encode("utf-16-be"), TEXT, True),
    ("UTF-32 with a mark", TEXT.encode("utf-32"), TEXT, True),
    ("Windows-1252", PLAIN.encode("cp1252"), PLAIN, True),
    ("Latin-1", "x \x81 é µ and more of the patient's letter".encode("latin-1"), None, True),
    ("UTF-8 with a part in Windows-1252", TEXT.encode() * 2 + "5 µg".encode("cp1252"), TEXT * 2 + "5 µg", True),
    (
        "declared",
        b"Content-Type: text/plain; charset=cp1250\n\nse\xf1or \xb9",
        "Content-Type: text/plain; charset=cp1250\n\nseńor ą",
        True,
    ),
    ("an unknown declared one", b"charset=nonsense\n\ncaf\xe9 and tea", "charset=nonsense\n\ncafé and tea", True),
    ("GB18030", ("Hospital 浙江大学医学院附属第一医院\n" + PLAIN.replace("µ", "u")).encode("gb18030"), None, True),
]


@pytest.mark.parametrize(("name", "raw", "expected", "noted"), ENCODINGS, ids=[row[0] for row in ENCODINGS])
def test_encodings(tmp_path: Path, name: str, raw: bytes, expected: str | None, noted: bool) -> None:
    [letter] = read_letters(written(tmp_path, raw))
    if expected is not None:
        assert letter.document.text == expected
    assert letter.document.sha256 == hashlib.sha256(raw).hexdigest()
    assert bool(letter.notes) == noted
    assert all("read as" in note for note in letter.notes)


def test_chinese_characters_of_a_legacy_letter_are_read_as_such(tmp_path: Path) -> None:
    raw = ("Zhejiang, 浙江大学医学院附属第一医院\n" + "The patient has lupus. " * 5).encode("gb18030")
    assert "浙江大学" in read_letters(written(tmp_path, raw))[0].document.text


def test_marks_of_direction_and_signs_of_symbol_fonts_are_no_letters() -> None:
    text = "LVEF \u200e48\u200f % and eGFR \uf0b3 90"
    assert letter_from_text(text, "a", "a").document.text == "LVEF  48  % and eGFR ≥ 90"


def test_accents_of_a_legacy_letter_are_not_taken_for_chinese(tmp_path: Path) -> None:
    text = "The patient, seen in Genève by the Médecin, has a naïve café résumé; Größe 160 cm, 38 °C, 5 µg."
    assert read_letters(written(tmp_path, text.encode("cp1252")))[0].document.text == text


BAD = [
    ("empty", b"", "empty"),
    ("blank", b" \n\t\n", "empty"),
    ("only a byte order mark", codecs.BOM_UTF8, "empty"),
    ("zero bytes", b"The patient\x00\x01\x02 is well \x00", "binary"),
    ("random bytes", bytes(range(256)) * 20, "binary"),
    ("half of a UTF-16 file", "The patient".encode("utf-16")[:-1], "UTF-16"),
    ("a damaged PDF", b"%PDF-1.7 ...", "PDF"),
    ("a damaged Word document", b"PK\x03\x04...word/document.xml...", "Word"),
    ("an archive", b"PK\x03\x04...", "archive"),
    ("an old Word document", b"\xd0\xcf\x11\xe0..." + "WordDocument".encode("utf-16-le"), "old Word"),
    ("a locked Office document", b"\xd0\xcf\x11\xe0..." + "EncryptedPackage".encode("utf-16-le"), "password"),
    ("an Outlook message", b"\xd0\xcf\x11\xe0..." + "__substg1.0_0037".encode("utf-16-le"), "Outlook"),
    ("a spreadsheet", b"PK\x03\x04...xl/workbook.xml", "spreadsheet"),
    ("an OpenDocument text", b"PK\x03\x04...mimetypeapplication/vnd.oasis.opendocument.text", "OpenDocument"),
    ("a photograph of a telephone", b"\x00\x00\x00\x18ftypheic", "JPEG"),
    ("RTF without words", rb"{\rtf1\ansi }", "RTF"),
    ("HTML without words", b"<html><script>var patient = 1</script></html>", "web page"),
    ("XML", b"<?xml version='1.0'?><ClinicalDocument>The patient</ClinicalDocument>", "XML"),
    ("an image", b"\x89PNG\r\n\x1a\n", "image"),
    ("ten megabytes", b"The patient is well. " * 500_000, "1 MB"),
    ("German", b"Die Patientin wurde mit Prednisolon behandelt und ist seit Mai bei uns nicht mehr.", "German"),
    ("Chinese", "患者女，三十一岁，系统性红斑狼疮五年，长期口服泼尼松治疗。".encode("gb18030"), "Chinese"),
]


@pytest.mark.parametrize(("name", "raw", "words"), BAD, ids=[row[0] for row in BAD])
def test_what_is_no_letter_is_refused_in_one_line(tmp_path: Path, name: str, raw: bytes, words: str) -> None:
    path = written(tmp_path, raw)
    with pytest.raises(BadInputError) as caught:
        read_letters(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert words in message
    assert "\n" not in message
    assert "atient" not in message


def test_a_path_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no such file"):
        read_letters(str(tmp_path / "none.txt"))
    with pytest.raises(BadInputError, match="cannot be read"):
        read_letters(str(tmp_path))
    with pytest.raises(BadInputError, match="cannot be read"):
        read_letters("a\x00b")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    [letter] = read_letters("-")
    assert (letter.document.name, letter.document.text) == ("-", TEXT)


def test_the_letters_of_a_folder_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "a.yaml", "a.ann", ".hidden.txt", "note.TXT", "scan.pdf", "old.doc"):
        written(tmp_path, b"x", name)
    (tmp_path / "deeper").mkdir()
    names = [Path(found).name for found in find_letters([str(tmp_path), "-", "other.txt"])]
    assert names == ["a.txt", "b.txt", "note.TXT", "old.doc", "scan.pdf", "-", "other.txt"]
    with pytest.raises(BadInputError, match="no letters"):
        list(find_letters([str(tmp_path / "deeper")]))


def test_the_letters_date_is_found() -> None:
    time = letter_from_text(TEXT, "a", "a").document.date
    assert time is not None
    assert (time.earliest, time.latest) == (date(2026, 6, 15), date(2026, 6, 15))


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-30", "15/06/2026", "20260615", "today", "2026-6-1", ""])
def test_a_wrong_date_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="YYYY-MM-DD"):
        parse_day(text)
