"""What is kept is what would be made anew, of these very files; and nothing fails where nothing can be kept."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import kept as module
from kb.kept import kept, kept_yaml


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(module, "_place", lambda name: tmp_path / "kept" / f"{name}.kept")
    return tmp_path


@pytest.fixture
def source(folder: Path) -> Path:
    path = folder / "terms.yaml"
    path.write_text("names: [a, b]", encoding="utf-8")
    return path


class Maker:
    """Counts how often it is asked."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        return self.source.read_text(encoding="utf-8")


def test_the_same_files_are_read_once(source: Path) -> None:
    make = Maker(source)
    assert [kept("names", [source], make) for _ in range(3)] == ["names: [a, b]"] * 3
    assert make.asked == 1


def test_a_file_of_another_content_is_read_again_though_its_size_and_time_stay(source: Path) -> None:
    make = Maker(source)
    kept("names", [source], make)
    source.write_text("names: [a, c]", encoding="utf-8")
    assert kept("names", [source], make) == "names: [a, c]"
    assert make.asked == 2


@pytest.mark.parametrize("damage", [lambda old: old[:-1], lambda old: b"", lambda old: old[:-3] + b"abc"])
def test_a_damaged_file_is_made_again(source: Path, folder: Path, damage: Callable[[bytes], bytes]) -> None:
    make = Maker(source)
    kept("names", [source], make)
    place = folder / "kept" / "names.kept"
    place.write_bytes(damage(place.read_bytes()))
    assert kept("names", [source], make) == "names: [a, b]"
    assert make.asked == 2


def test_a_folder_that_cannot_be_written_does_not_matter(source: Path, folder: Path) -> None:
    (folder / "kept").write_text("a file where the folder would be", encoding="utf-8")
    make = Maker(source)
    assert [kept("names", [source], make) for _ in range(2)] == ["names: [a, b]"] * 2
    assert make.asked == 2


def test_nothing_is_written_where_byte_code_is_not(source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    kept("names", [source], Maker(source))
    assert not (folder / "kept").exists()


def test_yaml_is_the_same_from_the_file_and_from_what_was_kept(source: Path) -> None:
    source.write_text("yes: [no, 1.5, 2026-05-01]", encoding="utf-8")
    assert kept_yaml(source, "BaseLoader") == kept_yaml(source, "BaseLoader") == {"yes": ["no", "1.5", "2026-05-01"]}
