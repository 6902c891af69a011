"""RTF and HTML: what is shown is read, tables as rows, and nothing else."""

from __future__ import annotations

import pytest

from screening.documents import letters_from_bytes
from tests.screening.documents.making import HTML, RTF


def text(raw: bytes) -> str:
    [letter] = letters_from_bytes(raw, "letter", "letter")
    return letter.document.text


def rtf(words: str) -> bytes:
    fonts = r"{\fonttbl{\f0 Times;}{\f1\froman\fcharset2 Symbol;}{\f2\fnil\fcharset134 SimSun;}}"
    return (r"{\rtf1\ansi\ansicpg1252\deff0" + fonts + r"\f0 " + words + "}").encode()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (r"one \b two\b0\par three\line four", "one two\nthree\nfour"),
        (r"caf\'e9 5 \u181? and \u8805? 90", "café 5 µ and ≥ 90"),
        (r"eGFR {\f1\'b3} 90", "eGFR ≥ 90"),
        (r"eGFR {\f1\u-3917?} 90", "eGFR ≥ 90"),
        (r"LVEF {\deleted 60}{\revised 48} %", "LVEF 48 %"),
        (r"LVEF \deleted 60\deleted0 48 %", "LVEF 48 %"),
        (r"LVEF {\v 60}48 %", "LVEF 48 %"),
        (r"{\header City Hospital\par}She is well.", "City Hospital\nShe is well."),
        (r"{\info{\title Secret}}{\*\generator x;}She is well{\pict\pngblip 8950}.", "She is well."),
        (r"\trowd ALT\cell 30\cell 24\cell\row\trowd eGFR\cell\cell 88\cell\row", "ALT | 30 | 24\neGFR |  | 88"),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt the report}}", "the report"),
    ],
)
def test_rtf(words: str, expected: str) -> None:
    assert text(rtf(words)) == expected


def test_binary_data_in_rtf_is_passed_over() -> None:
    assert text(rtf("one {\\pict\\bin5 }{}}\\}two")) == "one two"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            "<p>She takes <b>prednisolone</b>\n 10&nbsp;mg.</p><p>No <i>fever</i>.</p>",
            "She takes prednisolone 10\xa0mg.\nNo fever.",
        ),
        ("<div>one<br>two</div><div>three</div>", "one\ntwo\nthree"),
        ("<ul><li>lupus<li>gout</ul><ol><li>echo<li>ECG</ol>", "- lupus\n- gout\n1. echo\n2. ECG"),
        ("<table><tr><th>Test<th>May<th>June<tr><td>ALT<td><td>24</table>", "Test   May   June\nALT |  | 24"),
        ("<table><tr><td rowspan=2>May<td>ALT 24<tr><td>CRP 3</table>", "May   ALT 24\nMay   CRP 3"),
        ("<table><tr><td colspan=2>Blood<tr><td>ALT<td>24</table>", "Blood\nALT: 24"),
        ("<table><tr><td><table><tr><td>ALT<td>24</table></table>", "ALT: 24"),
        ("<p>one<script>alert('two')</script><style>p{}</style><!-- three --></p>", "one"),
        ("<p>one<span style='display:none'>two</span><span hidden>three</span></p>", "one"),
        ("<pre>Hb   12\nALT  24</pre>", "Hb   12\nALT  24"),
        ("<p>HIV: <input type=checkbox checked> no <input type=checkbox> yes</p>", "HIV: [X]  no [ ]  yes"),
        ("<p>LVEF <img src='http://elsewhere.example/x.png' alt=''>48 %</p>", "LVEF 48 %"),
    ],
)
def test_html(markup: str, expected: str) -> None:
    assert text(f"<html><head><title>x</title></head><body>{markup}</body></html>".encode()) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_encodings_of_html(encoding: str) -> None:
    assert "eGFR ≥ 90" in text("<html><body><p>The patient's eGFR ≥ 90</p></body></html>".encode(encoding))


def test_a_declared_encoding_of_html() -> None:
    assert text(b"<html><meta charset='windows-1252'><p>Dr M\xfcller saw the patient") == "Dr Müller saw the patient"


def test_tags_nested_without_end_are_no_fault() -> None:
    assert text(b"<html><body><p>well</p>" + b"<div>" * 50_000 + b"deep") == "well"


@pytest.mark.parametrize("raw", [RTF, HTML])
def test_a_letter_is_read_with_its_date(raw: bytes) -> None:
    [letter] = letters_from_bytes(raw, "letter", "letter")
    assert "prednisolone" in letter.document.text
    assert letter.document.date is not None
