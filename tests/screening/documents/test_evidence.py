"""Where the words of a finding stand: the page and boxes of each quote in the JSON, the page in the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from screening import cli
from tests.screening.documents.making import down, mail, pdf, word
from tests.screening.record.letters import LETTER, PROTOCOL


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mini.yaml").write_text(PROTOCOL, encoding="utf-8")
    head, story = LETTER.split("\n")[:3], LETTER.split("\n")[3:]
    (tmp_path / "two.pdf").write_bytes(pdf(down(72, 72, head), down(72, 400, story)))
    (tmp_path / "one.pdf").write_bytes(pdf(down(72, 72, LETTER.split("\n"))))
    (tmp_path / "a.docx").write_bytes(word(*LETTER.split("\n")))
    (tmp_path / "a.eml").write_bytes(mail("See attached.", ("two.pdf", (tmp_path / "two.pdf").read_bytes())))
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.run(arguments) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_evidence_has_its_page_and_boxes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    screening = json.loads(call(capsys, "screen", "two.pdf", "--protocol", "mini.yaml", "--format", "json"))
    [evidence] = [one for criterion in screening["criteria"] for one in criterion["evidence"] if "LVEF" in one["quote"]]
    assert evidence["page"] == 2
    [box] = evidence["boxes"]
    assert box["page"] == 2
    assert 0 < box["left"] < box["right"] < 1
    assert 400 / 842 - 0.02 < box["top"] < box["bottom"] < 600 / 842
    [fact] = [one for one in screening["facts"] if one["id"] == evidence["fact"]]
    assert (fact["page"], fact["boxes"]) == (evidence["page"], evidence["boxes"])


def test_the_facts_of_a_letter_have_their_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    extracted = json.loads(call(capsys, "extract", "two.pdf", "--format", "json"))
    assert {fact["page"] for fact in extracted["facts"]} == {2}


def test_a_document_without_pages_has_no_places(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    screening = json.loads(call(capsys, "screen", "a.docx", "--protocol", "mini.yaml", "--format", "json"))
    assert not any("page" in fact or "boxes" in fact for fact in screening["facts"])


def test_the_report_names_the_page_where_there_are_several(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert '"Echo 30/5/26: LVEF 48%." page 2' in call(capsys, "screen", "two.pdf", "--protocol", "mini.yaml")
    assert "page" not in call(capsys, "screen", "one.pdf", "--protocol", "mini.yaml")
    assert 'LVEF 48%." (a.eml/two.pdf) page 2' in call(capsys, "screen", "a.eml", "--protocol", "mini.yaml")


def test_a_stored_screening_of_a_pdf_is_decided_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "screen", "two.pdf", "--protocol", "mini.yaml", "--store", "s.db", "--by", "X")
    assert "the same answers" in call(capsys, "explain", "s1", "--store", "s.db")
    stored = json.loads(call(capsys, "audit", "show", "s1", "--store", "s.db"))
    assert any(fact.get("page") == 2 for fact in stored["screening"]["facts"])
    assert "LVEF 48%" in stored["letters"][0]
    assert cli.run(["audit", "verify", "--store", "s.db"]) == 0


def test_a_certificate_is_of_plain_text_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["certify", "two.pdf", "--protocol", "mini.yaml"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "two.pdf: no plain text" in err


def test_a_folder_of_letters_of_every_format(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "letters").mkdir()
    for name in ("two.pdf", "a.docx", "a.eml"):
        (folder / name).rename(folder / "letters" / name)
    (folder / "letters" / "broken.pdf").write_bytes(b"%PDF-1.4")
    (folder / "letters" / "labels.yaml").write_text("a: 1")
    assert cli.run(["screen", "letters", "--protocol", "mini.yaml", "--format", "json"]) == 2
    out, err = capsys.readouterr()
    documents = [[one["name"] for one in json.loads(line)["documents"]] for line in out.splitlines()]
    assert documents == [["a.docx"], ["a.eml/message", "a.eml/two.pdf"], ["two.pdf"]]
    assert err == "eligo: letters/broken.pdf: a damaged PDF: save or export it again\n"
