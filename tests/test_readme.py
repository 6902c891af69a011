"""The README is real: its transcripts are what the commands print, and it starts with the two commands."""

from __future__ import annotations

import re
from pathlib import Path

from docs.transcripts import regenerated

README = Path(__file__).parents[1] / "README.md"


def test_the_transcripts_are_what_the_commands_print() -> None:
    text = README.read_text(encoding="utf-8")
    assert "<!-- run: eligo screen " in text
    assert regenerated(text, kinds=("run",)) == text


def test_the_first_block_is_exactly_the_two_commands() -> None:
    first = re.search(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert first is not None
    commands = [line.split("#")[0].strip() for line in first[1].splitlines()]
    assert commands == ["make demo", "make test"]


def test_figures_are_printed_by_the_program() -> None:
    measured = re.search(r"<!-- measure: (eligo evaluate \S+) -->\n(.*?)<!-- end -->", README.read_text("utf-8"), re.S)
    assert measured is not None and f"$ {measured[1]}\n" in measured[2]


def test_only_marked_places_of_the_kind_asked_for_change() -> None:
    text = "a\n<!-- measure: eligo evaluate nowhere -->\nfigures\n<!-- end -->\nb"
    assert regenerated(text, kinds=("run",)) == text
