"""Word documents: what a reader of the final document sees, tables as rows, nothing fetched."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from screening.documents import BadInputError, Letter, letters_from_bytes
from tests.screening.documents.making import LETTER, saved, word

TEMPLATE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"


def read(raw: bytes) -> Letter:
    [letter] = letters_from_bytes(raw, "letter.docx", "letter.docx")
    return letter


def text(raw: bytes) -> str:
    return read(raw).document.text


def with_xml(xml: str, *, words: str = "LVEF ") -> bytes:
    """A document of one paragraph that goes on with this XML."""
    document = docx.Document()
    document.add_paragraph(words)._p.append(parse_xml(xml.replace(">", f" {nsdecls('w')}>", 1)))
    return saved(document)


def test_a_letter_reads_as_it_is_written() -> None:
    letter = read(word(*LETTER))
    assert [line for line in letter.document.text.split("\n") if line] == [line for line in LETTER if line]
    assert letter.document.date is not None
    assert letter.notes == ()


def test_paragraphs_and_tables_stand_in_their_order() -> None:
    document = docx.Document()
    document.add_paragraph("Results")
    table = document.add_table(2, 3)
    for cell, words in zip(table._cells, ["Test", "3 May 2026", "9 June 2026", "ALT", "", "24"], strict=True):
        cell.text = words
    document.add_paragraph("Plan: review")
    assert text(saved(document)) == "Results\nTest   3 May 2026   9 June 2026\nALT |  | 24\nPlan: review"


def test_a_table_that_only_places_text_is_read_cell_by_cell() -> None:
    story = "\n".join(["The patient was treated for many years."] * 5)
    assert text(word(table=[[story, "No malignancy."]])) == f"{story}\nNo malignancy."


def test_a_cell_over_two_rows_counts_in_both() -> None:
    document = docx.Document()
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "3 May 2026"
    table.cell(0, 1).text, table.cell(1, 1).text = "LVEF 60 %", "QTc 430 ms"
    assert text(saved(document)) == "3 May 2026   LVEF 60 %\n3 May 2026   QTc 430 ms"


def test_headers_and_footers_stand_at_the_ends() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "City Hospital"
    document.sections[0].footer.paragraphs[0].text = "Confidential"
    document.add_paragraph("The patient is well.")
    assert text(saved(document)) == "City Hospital\n\nThe patient is well.\n\nConfidential"


def test_footnotes_stand_below_the_text() -> None:
    document = docx.Document()
    document.add_paragraph("The patient is well.")
    words = "<w:footnote w:id='2'><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>LVEF 48 %</w:t></w:r></w:p></w:footnote>"
    notes = f"<w:footnotes {nsdecls('w')}>{words}</w:footnotes>".encode()
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, notes, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    assert text(saved(document)) == "The patient is well.\n\nLVEF 48 %"


def test_lists_keep_their_marks() -> None:
    document = docx.Document()
    document.add_paragraph("Drugs:")
    document.add_paragraph("prednisolone 10 mg", style="List Bullet")
    document.add_paragraph("ramipril 5 mg", style="List Bullet")
    assert text(saved(document)) == "Drugs:\n- prednisolone 10 mg\n- ramipril 5 mg"


def test_a_paragraph_does_not_run_into_the_next() -> None:
    long = "A paragraph that could be taken to go on since it has no stop"
    assert text(word(long, "Another begins")) == f"{long}\n\nAnother begins"


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<w:del><w:r><w:delText>60 %</w:delText></w:r></w:del>", "LVEF"),
        ("<w:moveFrom><w:r><w:t>60 %</w:t></w:r></w:moveFrom>", "LVEF"),
        ("<w:ins><w:r><w:t>48 %</w:t></w:r></w:ins>", "LVEF 48 %"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>60 %</w:t></w:r>", "LVEF"),
        ("<w:r><w:rPr><w:strike/></w:rPr><w:t>60 %</w:t></w:r><w:r><w:t>48 %</w:t></w:r>", "LVEF 48 %"),
        ('<w:r><w:rPr><w:strike w:val="0"/></w:rPr><w:t>48 %</w:t></w:r>', "LVEF 48 %"),
        ("<w:r><w:t>1</w:t></w:r><w:r><w:rPr>SUP</w:rPr><w:t>st</w:t></w:r>", "LVEF 1st"),
        ("<w:r><w:t>2 x 10</w:t></w:r><w:r><w:rPr>SUP</w:rPr><w:t>3</w:t></w:r>", "LVEF 2 x 10^3"),
        ("<w:r><w:t>of 1.73 m</w:t></w:r><w:r><w:rPr>SUP</w:rPr><w:t>2</w:t></w:r>", "LVEF of 1.73 m2"),
        (
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>6</w:t></w:r></w:sdtContent></w:sdt>",
            "LVEF",
        ),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t>55 %</w:t></w:r>', "LVEF ≥55 %"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t> normal</w:t></w:r>', "LVEF ☑ normal"),
        ("<w:sdt><w:sdtContent><w:r><w:t>48 %</w:t></w:r></w:sdtContent></w:sdt>", "LVEF 48 %"),
        ("<w:r><w:instrText>MERGEFIELD ef</w:instrText><w:t>48 %</w:t></w:r>", "LVEF 48 %"),
        ("<w:r><w:t>48</w:t><w:br/><w:t>percent</w:t></w:r>", "LVEF 48\npercent"),
        ("<w:r><w:fldChar><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>", "LVEF [X]"),
    ],
)
def test_what_the_final_document_shows(xml: str, expected: str) -> None:
    raised = '<w:vertAlign w:val="superscript"/>'
    parts = parse_xml(f"<w:p {nsdecls('w')}>{xml.replace('SUP', raised)}</w:p>")
    document = docx.Document()
    document.add_paragraph("LVEF ")._p.extend(list(parts))
    assert text(saved(document)) == expected


def test_a_formula_is_read() -> None:
    maths = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    power = "<m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>9</m:t></m:r></m:sup></m:sSup>"
    assert text(with_xml(f"<m:oMath {maths}>{power}</m:oMath>", words="150 x ")) == "150 x 10^9"


def test_what_a_style_hides_is_no_part_of_the_letter() -> None:
    document = docx.Document()
    document.styles.add_style("Instruction", WD_STYLE_TYPE.PARAGRAPH).font.hidden = True
    document.add_paragraph("State whether a malignancy was found.", style="Instruction")
    document.add_paragraph("The patient is well.")
    assert text(saved(document)) == "The patient is well."


def test_two_paragraphs_whose_break_was_deleted_are_one() -> None:
    document = docx.Document()
    deleted = f"<w:pPr {nsdecls('w')}><w:rPr><w:del w:id='1' w:author='a'/></w:rPr></w:pPr>"
    document.add_paragraph("No history of ")._p.insert(0, parse_xml(deleted))
    document.add_paragraph("malignancy.")
    assert text(saved(document)) == "No history of malignancy."


def test_heads_that_are_not_in_use_are_left_out() -> None:
    document = docx.Document()
    section = document.sections[0]
    section.first_page_header.paragraphs[0].text = "Letter of another patient"
    section.even_page_footer.paragraphs[0].text = "of another ward"
    document.add_paragraph("The patient is well.")
    assert text(saved(document)) == "The patient is well."
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "City Hospital"
    assert text(saved(document)) == "City Hospital\n\nThe patient is well."


def test_long_paragraphs_without_empty_lines_between_are_told_apart() -> None:
    long = "The patient was treated for many years, first with one drug, then with two, and is worse."
    other = f"{long[:-1]} than she was in the spring of last year."
    assert text(word(other, other, "Immunisations: none.")) == f"{other}\n\n{other}\n\nImmunisations: none."
    assert text(word("- " + other, "- gout")) == f"- {other}\n- gout"


def test_rows_set_with_spaces_stay_together() -> None:
    rows = [
        "ALT                     41 *      105 *    <35            U/L",
        "AST                     38 *       99 *    <32",
    ]
    assert text(word(*rows, rows[0])) == "\n".join([*rows, rows[0]])


def test_the_lines_of_a_text_pasted_in_go_on() -> None:
    lines = [
        "The patient was well until the spring of this year, when",
        "a flare with arthritis and a rash began that did",
        "not respond to treatment",
    ]
    assert text(word(*lines)) == "\n".join(lines)


def test_a_text_box_is_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>No malignancy</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    both = f"<mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice>"
    both += f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
    assert text(with_xml(f"<w:r><mc:AlternateContent {mc}>{both}</mc:AlternateContent></w:r>")) == "LVEF\nNo malignancy"


def test_a_text_box_in_a_text_box_is_read_once() -> None:
    inner = "<w:txbxContent><w:p><w:r><w:t>none since</w:t></w:r></w:p></w:txbxContent>"
    outer = f"<w:p><w:r><w:t>No malignancy</w:t></w:r><w:r><w:drawing>{inner}</w:drawing></w:r></w:p>"
    box = f"<w:r><w:drawing><w:txbxContent>{outer}</w:txbxContent></w:drawing></w:r>"
    assert text(with_xml(box)) == "LVEF\nNo malignancy\nnone since"


def test_a_text_box_of_an_older_form_is_read_where_the_newer_has_no_words() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>No malignancy</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    both = f"<mc:Choice Requires='wps'><w:drawing/></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
    assert text(with_xml(f"<w:r><mc:AlternateContent {mc}>{both}</mc:AlternateContent></w:r>")) == "LVEF\nNo malignancy"


def test_struck_text_and_texts_inserted_as_files_are_told() -> None:
    struck = "<w:r><w:rPr><w:strike/></w:rPr><w:t>60 %</w:t></w:r>"
    assert read(with_xml(struck)).notes == ("what is struck through was left out",)
    document = docx.Document()
    document.add_paragraph("The patient is well.")
    document.element.body.insert(0, parse_xml(f"<w:altChunk {nsdecls('w')}/>"))
    assert read(saved(document)).notes == (
        "the document holds another file inside, which was not read: give it by itself",
    )


def test_tracked_changes_are_told() -> None:
    raw = with_xml("<w:ins><w:r><w:t>48 %</w:t></w:r></w:ins>")
    assert read(raw).notes == ("the document holds tracked changes: read as if all were accepted",)


def test_what_lies_elsewhere_is_told_and_not_fetched() -> None:
    document = docx.Document()
    document.add_paragraph("The patient is well.")
    document.part.relate_to("http://elsewhere.example/t.dotm", TEMPLATE, is_external=True)
    document.part.relate_to("http://elsewhere.example/", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    assert read(saved(document)).notes == ("the document refers to what lies elsewhere, which was not fetched",)


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def changed(raw: bytes, name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return packed({one: content if one == name else archive.read(one) for one in archive.namelist()})


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "%s">%s]><d>&j;</d>' % (
    b"x" * 1000,
    b"".join(b'<!ENTITY %c "%s">' % (98 + at, b"&%c;" % (97 + at) * 20) for at in range(9)),
)
BAD = [
    ("no part of it", packed({"word/document.xml": b"<w/>"}), "damaged"),
    ("a bomb", packed({"word/document.xml": bytes(300 * 2**20)}), "200 MB once unpacked"),
    ("a bomb of entities", changed(word("x"), "word/document.xml", ENTITIES), "damaged"),
    ("broken XML", changed(word("x"), "word/document.xml", b"<w:document"), "damaged"),
    ("cut off", word("x" * 500)[:-300], "damaged"),
    ("empty", word(), "empty"),
]


@pytest.mark.parametrize(("name", "raw", "words"), BAD, ids=[row[0] for row in BAD])
def test_what_is_no_letter_is_refused_in_one_line(name: str, raw: bytes, words: str) -> None:
    with pytest.raises(BadInputError, match=words) as caught:
        read(raw)
    assert str(caught.value).startswith("letter.docx: ")
    assert "\n" not in str(caught.value)
