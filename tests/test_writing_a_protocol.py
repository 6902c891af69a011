"""The page on writing a protocol is real: its files make a sound protocol, and its commands print what it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screening import cli

PAGE = Path(__file__).parents[1] / "docs" / "writing-a-protocol.md"
FILES = dict(re.findall(r"```(?:yaml|text) (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
COMMANDS = re.findall(r"```console\n\$ eligo ([^\n]*)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        file = tmp_path / (name if "/" in name else f"my-trial/{name}")
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_page_has_the_files_of_a_protocol_one_of_terms_and_three_commands() -> None:
    assert sorted(FILES) == ["cases.yaml", "my-terms/drugs.yaml", "protocol.yaml", "registry.txt"]
    assert len(COMMANDS) == 3


def test_the_terms_of_the_page_are_found_and_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letter = "Date: 15 June 2026\n\nA man of 58 with myasthenia gravis. HRX was given on 1 June 2026.\n"
    (folder / "a.txt").write_text(letter, encoding="utf-8")
    call = ["explain", "a.txt", "E1", "--protocol", "my-trial", "--protocols", ".", "--terms", "my-terms"]
    assert cli.run(call) == 0
    assert "HRX was given on 1 June 2026" in capsys.readouterr().out
    assert cli.run(call[:-2]) == 0
    assert "HRX" not in capsys.readouterr().out


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_the_commands_print_what_the_page_shows(
    folder: Path, capsys: pytest.CaptureFixture[str], command: str, shown: str
) -> None:
    assert cli.run(command.split()) == 0
    assert capsys.readouterr().out == shown
