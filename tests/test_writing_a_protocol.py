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
    (tmp_path / "my-trial").mkdir()
    for name, text in FILES.items():
        (tmp_path / "my-trial" / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_page_has_the_three_files_and_two_commands() -> None:
    assert sorted(FILES) == ["cases.yaml", "protocol.yaml", "registry.txt"]
    assert len(COMMANDS) == 2


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_the_commands_print_what_the_page_shows(
    folder: Path, capsys: pytest.CaptureFixture[str], command: str, shown: str
) -> None:
    assert cli.run(command.split()) == 0
    assert capsys.readouterr().out == shown
