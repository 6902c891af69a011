"""Dossiers on the command line: --dossier, folders of folders, what cannot be read, every command on letters."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from screening import cli
from tests.screening.dossiers.screened import dated
from tests.screening.record.letters import PROTOCOL

Run = Callable[..., tuple[int, str, str]]
HEAD = "Patient: A. B.   DOB: 12/03/1990   Sex: F"
LETTER = dated("15 June 2026", "SLE. LVEF 60%. No history of malignancy.", HEAD)
ECHO = dated("15 June 2026", "Echocardiogram: LVEF 48%.", "Patient: A. B.   Sex: F")
LABS = dated("2 June 2026", "AST 30 U/L.")
STRANGER = dated("1 June 2026", "LVEF 30%.", "Patient: C. D.   DOB: 25/07/1961")
MINI = ("--protocol", "mini.yaml")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.run(arguments)
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        assert "1990" not in err
        return status, out, err

    return call


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mini.yaml").write_text(PROTOCOL, encoding="utf-8")
    for name, text in (("letter.txt", LETTER), ("echo.txt", ECHO), ("labs.txt", LABS), ("other.txt", STRANGER)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    for patient, names in (("p1", ("letter.txt", "echo.txt")), ("p2", ("labs.txt",))):
        (tmp_path / "patients" / patient).mkdir(parents=True)
        for name in names:
            text = (tmp_path / name).read_text(encoding="utf-8")
            (tmp_path / "patients" / patient / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_several_documents_of_one_patient(run: Run) -> None:
    status, out, err = run("screen", "--dossier", "letter.txt", "echo.txt", "labs.txt", *MINI)
    lines = [line.strip() for line in out.splitlines()]
    assert (status, err) == (0, "")
    assert "woman of 36, 3 documents, the newest of 15 June 2026, screened as of that day" in lines
    assert '"Echocardiogram: LVEF 48%" (echo.txt)' in lines
    assert '"LVEF 60%." (letter.txt)' in lines
    assert "Every answer with its proof: eligo explain --dossier labs.txt echo.txt letter.txt" in lines


def test_without_dossier_each_is_a_patients(run: Run) -> None:
    lines = run("screen", "letter.txt", "echo.txt", *MINI, "--format", "json")[1].splitlines()
    assert [[one["name"] for one in json.loads(line)["documents"]] for line in lines] == [["letter.txt"], ["echo.txt"]]


def test_the_json_names_the_document_of_each_fact_and_what_was_set_aside(run: Run) -> None:
    status, out, _ = run(
        "screen", "--dossier", "echo.txt", "letter.txt", "letter.txt", "other.txt", *MINI, "--format", "json"
    )
    found = json.loads(out)
    assert status == 0
    assert [one["name"] for one in found["documents"]] == ["echo.txt", "letter.txt"]
    assert [(one["name"], one["why"]) for one in found["set_aside"]] == [
        ("other.txt", "tells another birth date and name than the other documents: is it the same patient?"),
        ("letter.txt", "has the same text as letter.txt and counts once"),
    ]
    texts = [ECHO, LETTER]
    for criterion in found["criteria"]:
        for one in criterion["evidence"]:
            assert texts[one["document"]][one["start"] : one["end"]] == one["quote"]
    assert {fact["document"] for fact in found["facts"]} == {0, 1}
    assert len({fact["id"] for fact in found["facts"]}) == len(found["facts"])


def test_a_folder_of_folders_has_a_dossier_in_each(run: Run) -> None:
    status, out, _ = run("screen", "patients", *MINI, "--format", "json")
    assert status == 0
    names = [[one["name"] for one in json.loads(line)["documents"]] for line in out.splitlines()]
    assert names == [["p1/echo.txt", "p1/letter.txt"], ["p2/labs.txt"]]


def test_a_folder_is_one_dossier_where_it_is_said_to_be(run: Run) -> None:
    out = run("screen", "--dossier", "patients/p1", *MINI, "--format", "json")[1]
    assert [one["name"] for one in json.loads(out)["documents"]] == ["echo.txt", "letter.txt"]
    status, out, err = run("screen", "--dossier", "patients", *MINI)
    assert (status, out) == (2, "")
    assert "its sub-folders hold letters" in err


def test_what_cannot_be_read_is_told_and_noted_and_the_rest_is_screened(run: Run, folder: Path) -> None:
    (folder / "labs.txt").write_bytes(b"")
    status, out, err = run("screen", "--dossier", "letter.txt", "labs.txt", "echo.txt", *MINI, "--format", "json")
    assert status == 2
    assert err == "eligo: labs.txt: empty: give a file with the letter's text\n"
    found = json.loads(out)
    assert len(found["documents"]) == 2
    assert any("of the same dossier labs.txt could not be read and does not count" in one for one in found["warnings"])


def test_a_folder_of_many_letters_is_no_patients(run: Run, folder: Path) -> None:
    for number in range(51):
        (folder / "patients" / "p1" / f"{number}.txt").write_text("SLE.", encoding="utf-8")
    status, out, err = run("screen", "patients", *MINI, "--format", "json")
    assert status == 2
    assert err.startswith("eligo: p1: 53 documents, and one patient's are 50 at most:")
    assert [one["name"] for one in json.loads(out)["documents"]] == ["p2/labs.txt"]


def test_documents_of_two_patients_are_refused_in_one_line_and_others_go_on(run: Run, folder: Path) -> None:
    status, out, err = run("screen", "--dossier", "letter.txt", "other.txt", *MINI)
    assert (status, out) == (2, "")
    assert err.startswith("eligo: other.txt, letter.txt: not of one patient by birth date and name,")
    assert err.count("\n") == 1
    (folder / "patients" / "p1" / "echo.txt").write_text(STRANGER, encoding="utf-8")
    status, out, err = run("screen", "patients", *MINI, "--format", "json")
    assert status == 2
    assert "p1/echo.txt, p1/letter.txt: not of one patient" in err
    assert [one["name"] for one in json.loads(out)["documents"]] == ["p2/labs.txt"]


def test_explain_names_the_documents(run: Run) -> None:
    status, out, err = run("explain", "--dossier", "letter.txt", "echo.txt", "I4a", *MINI)
    assert (status, err) == (0, "")
    assert "(f3, echo.txt, characters" in out
    assert "letter.txt, characters" in out
    assert out.count("registry:") == 1
    status, _, err = run("explain", "--dossier", "letter.txt", "missing.txt", *MINI)
    assert (status, err) == (2, "eligo: missing.txt: no criterion of MINI, and no such file: name one such as I4a\n")


@pytest.mark.parametrize("command", ["whatif", "questions"])
def test_other_commands_take_a_dossier(run: Run, command: str) -> None:
    status, out, err = run(command, "--dossier", "letter.txt", "echo.txt", *MINI, "--format", "json")
    assert (status, err) == (0, "")
    assert json.loads(out)["documents"] == ["echo.txt", "letter.txt"]
    status, out, err = run(command, "letter.txt", "echo.txt", *MINI)
    assert (status, out) == (2, "")
    assert "2 patients: name one, or --dossier for one's documents" in err


def test_extract_gives_one_line_for_a_dossier(run: Run) -> None:
    out = run("extract", "--dossier", "letter.txt", "echo.txt", "--with-text")[1]
    found = json.loads(out)
    assert [one["text"] for one in found["documents"]] == [ECHO, LETTER]
    for fact in found["facts"]:
        assert found["documents"][fact["document"]]["text"][fact["start"] : fact["end"]] == fact["quote"]


def test_pages_of_a_folder_of_folders(run: Run, folder: Path) -> None:
    (folder / "out").mkdir()
    assert run("screen", "patients", *MINI, "--format", "html", "--out", "out")[0] == 0
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["p1-MINI.html", "p2-MINI.html"]
    page = (folder / "out" / "p1-MINI.html").read_text(encoding="utf-8")
    assert '<a href="#document-0">p1/echo.txt</a>' in page
    assert '<div class="card letter" id="document-1"><h2>p1/letter.txt</h2>' in page
    assert '<span class="soft">p1/echo.txt</span></li>' in page
    alone = (folder / "out" / "p2-MINI.html").read_text(encoding="utf-8")
    assert "<nav" not in alone


def test_a_certificate_of_a_dossier_is_checked_with_its_letters_in_any_order(run: Run) -> None:
    assert run("certify", "--dossier", "letter.txt", "echo.txt", *MINI, "--out", "c.json")[0] == 0
    for letters in (("letter.txt", "echo.txt"), ("echo.txt", "letter.txt")):
        named = [part for name in letters for part in ("--letter", name)]
        status, out, _ = run("verify", "c.json", *named, "--protocol-file", "mini.yaml")
        assert status == 0
        assert out.startswith("holds:")
    assert run("verify", "c.json", "--letter", "echo.txt", "--protocol-file", "mini.yaml")[0] == 1


def test_the_record_keeps_all_documents(run: Run) -> None:
    files = ("letter.txt", "echo.txt", "labs.txt", "other.txt")
    assert run("screen", "--dossier", *files, *MINI, "--store", "r.db")[0] == 0
    status, out, _ = run("explain", "s1", "I4a", "--store", "r.db")
    assert status == 0
    assert "the same answers" in out
    shown = json.loads(run("audit", "show", "s1", "--store", "r.db")[1])
    assert shown["letters"] == [LABS, ECHO, LETTER]
    assert [one["name"] for one in shown["screening"]["set_aside"]] == ["other.txt"]
    assert run("audit", "verify", "--store", "r.db")[0] == 0
    assert run("explain", "s1", "--store", "r.db", "--format", "html", "--out", "p.html")[0] == 0
    assert run("audit", "erase", "s1", "--store", "r.db")[0] == 0
    erased = run("audit", "show", "s1", "--store", "r.db")[1]
    assert "other.txt" not in erased
    assert "LVEF 48%" not in erased
