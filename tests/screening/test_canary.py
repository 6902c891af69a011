"""Words planted in a letter are in nothing that the program writes but the store and what it was asked to report.

Every command is run, well and ill, in a process of its own with a home and a folder for temporary files of its own;
then whatever it left there, and whatever it said, is searched.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from extraction.extractor import Extractor
from screening import cli
from screening.pipeline import Pipeline
from screening.record import store as storing
from tests.screening.documents.making import down, mail, pdf, word

ROOT = Path(__file__).parents[2]
CANARIES = ("Zebrawood", "Quillfeather", "Marrowbane", "4417903")
LETTER = f"""\
City Hospital
Date: 15 June 2026
Re: {CANARIES[0]} {CANARIES[1]}, number {CANARIES[3]}

Dear colleague,
This 31 year old woman from {CANARIES[0]} has lupus. Echo 30/5/26: LVEF 48% ({CANARIES[1]} lab).
No history of malignancy.
Prednisolone 40 mg daily, stopped as she felt {CANARIES[2]}. Allergic to {CANARIES[2]}mycin {CANARIES[3]} mg.
HBsAg negative {CANARIES[1]}.
"""
# What a command writes to standard output is its report, which may quote the letter, unless it is one of these.
QUIET = [
    ("screen", "a.txt", "--store", "record.db", "--out", "report.txt"),
    ("screen", "a.txt", "--store", "record.db", "--format", "json", "--out", "report.json"),
    ("screen", "a.txt", "--store", "record.db", "--format", "html", "--out", "report.html"),
    ("explain", "s1", "--store", "record.db", "--out", "report.txt"),
    ("extract", "a.txt", "--out", "report.jsonl"),
    ("screen", "a.pdf", "--out", "report.txt"),
    ("extract", "a.docx", "a.eml", "--out", "report.jsonl"),
    ("questions", "s1", "--store", "record.db", "--reply", "report.docx", "--out", "report.txt"),
    ("review", "s1", "--answer", "I4a=pass", "--reason", "newer-information", "--store", "record.db"),
    ("review", "s1", "--strike", "f1", "--reason", "not-in-letter", "--store", "record.db"),
    ("whatif", "s1", "--store", "record.db", "--out", "report.txt"),
    ("certify", "a.txt", "--out", "report.json"),
    ("certify", "s1", "--store", "record.db", "--out", "report.json"),
    ("log", "--store", "record.db"),
    ("log", "--store", "record.db", "--format", "csv"),
    ("log", "--store", "record.db", "--format", "svg"),
    ("log", "--store", "record.db", "--rescreen"),
    ("audit", "list", "--store", "record.db"),
    ("audit", "verify", "--store", "record.db"),
    ("audit", "erase", "s1", "--store", "record.db"),
    ("audit", "show", "s1", "--store", "record.db"),  # of an erased letter
    ("log", "--store", "record.db"),
]
ILL = [
    ("screen", "a.txt", "--store", "a.txt"),
    ("screen", "a.txt", "--store", "none/record.db"),
    ("screen", "a.txt", "--store", "postgresql://127.0.0.1:1/none"),
    ("screen", "a.txt", "--protocol", "a.txt"),
    ("screen", "a.txt", "--protocol", "a.yaml"),
    ("screen", "a.txt", "--out", "none/report.txt"),
    ("explain", "a.txt", "I99"),
    ("screen", "a.cut.pdf", "a.cut.docx"),
    ("explain", "s99", "--store", "record.db"),
    ("review", "s1", "--set", "f1.value=wrong wrong", "--reason", "wrong-value", "--store", "record.db"),
    ("review", "s1", "--answer", "I4a=pass", "--reason", "none", "--store", "record.db"),
    ("certify", "s1", "--store", "record.db"),  # of an erased letter
    ("certify", "a.txt", "--protocol", "a.yaml"),
    ("audit", "verify", "--store", "a.txt"),
    ("extract", "--jsonl", "a.txt"),
    ("evaluate", "."),
    ("log", "--store", "empty.db"),
]


def searched(where: str, content: bytes) -> None:
    """Fails where a planted word is found; in UTF-16, too."""
    for canary in CANARIES:
        for encoding in ("utf-8", "utf-16-le"):
            assert canary.encode(encoding) not in content, f"'{canary}' in {where}"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with the letter, and beside it a home and a folder for temporary files."""
    for name in ("desk", "home", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "desk" / "a.txt").write_text(LETTER, encoding="utf-8")
    (tmp_path / "desk" / "a.yaml").write_text(LETTER, encoding="utf-8")
    lines = LETTER.split("\n")
    made = {"a.pdf": pdf(down(72, 72, lines)), "a.docx": word(*lines), "a.eml": mail(LETTER, ("x.docx", word(*lines)))}
    for name, raw in made.items():
        (tmp_path / "desk" / name).write_bytes(raw)
        (tmp_path / "desk" / name.replace("a.", "a.cut.")).write_bytes(raw[:-300])
    return tmp_path / "desk"


# Runs each command as a user would, with the file descriptors of standard output and error led into files.
RUNNER = """
import json, os, sys
from screening.cli import main
for number, command in enumerate(json.loads(sys.argv[1])):
    for descriptor in (1, 2):
        os.dup2(os.open(f"../{number}.{descriptor}", os.O_WRONLY | os.O_CREAT), descriptor)
    try:
        main(command)
    except SystemExit as end:
        with open(f"../{number}.status", "w") as file:
            file.write(str(end.code))
"""


def called(desk: Path, commands: Sequence[tuple[str, ...]]) -> list[tuple[int, bytes, bytes]]:
    """Status, standard output and standard error of each command; libraries may say whatever they would."""
    own = {"HOME": str(desk.parent / "home"), "TMPDIR": str(desk.parent / "tmp"), "PYTHONPATH": str(ROOT)}
    environment = os.environ | own | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "always"}
    subprocess.run([sys.executable, "-c", RUNNER, json.dumps(commands)], cwd=desk, env=environment, check=True)
    told = []
    for number in range(len(commands)):
        status, out, err = (desk.parent / f"{number}.{what}" for what in ("status", "1", "2"))
        told.append((int(status.read_text()), out.read_bytes(), err.read_bytes()))
        for path in (status, out, err):
            path.unlink()
    return told


def test_no_word_of_a_letter_is_anywhere_but_in_the_store_and_the_report(desk: Path) -> None:
    again = ("screen", "a.txt", "--store", "record.db", "--out", "report.txt")
    commands = [*QUIET, again, *ILL]
    for command, (status, out, err) in zip(commands, called(desk, commands), strict=True):
        assert status == (2 if command in ILL else 0), (command, err)
        assert (b"eligo: " in err) == bool(err) == (command in ILL), (command, err)
        searched(f"standard output of {command}", out)
        searched(f"standard error of {command}", err)
    for name in ("record.db", "report.html"):  # what may quote the letter does: there is something to be found
        assert CANARIES[0].encode() in (desk / name).read_bytes()
    for path in left(desk.parent):
        searched(str(path), path.read_bytes())


def left(folder: Path) -> Iterator[Path]:
    """Every file but the letter's own, the store and the reports."""
    for path in folder.rglob("*"):
        ours = path.name.startswith(("a.", "record.db", "report."))
        if path.is_file() and not (ours and path.parent.name == "desk"):
            yield path


# --- faults of this program -------------------------------------------------------------------------------------------


def in_extraction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Extraction breaks off, quoting the letter."""

    def broken(self: Extractor, document: object, index: int) -> None:
        raise ValueError(LETTER)

    monkeypatch.setattr(Extractor, "extract", broken)


def in_deciding(monkeypatch: pytest.MonkeyPatch) -> None:
    """The decision breaks off, quoting the letter."""

    def broken(self: Pipeline, *_: object) -> None:
        raise RuntimeError(LETTER)

    monkeypatch.setattr(Pipeline, "screen", broken)


def in_storing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database breaks off, with what was being stored in its error."""
    original = storing._keep

    def broken(connection: object, text: str) -> None:
        original(connection, text)  # type: ignore[arg-type]
        connection.exec_driver_sql("INSERT INTO none VALUES (?)", (text,))  # type: ignore[attr-defined]

    monkeypatch.setattr(storing, "_keep", broken)


@pytest.mark.parametrize("fault", [in_extraction, in_deciding, in_storing])
def test_a_fault_of_the_program_quotes_nothing(
    fault: Callable[[pytest.MonkeyPatch], None],
    desk: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(desk)
    fault(monkeypatch)
    assert cli.run(["screen", "a.txt", "--store", "record.db"]) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    searched("standard error", err.encode())


def test_a_store_that_a_trigger_refuses_quotes_nothing(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(desk)
    assert cli.run(["screen", "a.txt", "--store", "record.db", "--out", "report.txt"]) == 0
    with closing(sqlite3.connect("record.db")) as connection:
        connection.execute(
            "CREATE TRIGGER loud BEFORE INSERT ON entries BEGIN"
            " SELECT RAISE(ABORT, 'Zebrawood Quillfeather Marrowbane'); END"
        )
    capfd.readouterr()
    assert cli.run(["screen", "a.txt", "--store", "record.db"]) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    searched("standard error", err.encode())
