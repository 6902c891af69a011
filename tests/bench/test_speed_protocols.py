"""Every protocol weighed against one, on a made-up letter: what is measured and told, never how fast."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import speed
from bench.speed_protocols import HEADING, Cost, cost, main, with_section
from screening.protocols import protocol_ids

LETTER = "12 March 2026\nShe has lupus nephritis. No fever. Prednisolone 10 mg daily. LVEF 60 %.\n"


def test_one_and_every_protocol_are_measured_on_the_same_letters() -> None:
    found = cost([LETTER], rounds=1)
    assert (found.letters, found.protocols) == (1, len(protocol_ids()))
    assert found.one > 0
    assert found.every > 0


def test_the_ratio_is_that_of_the_seconds() -> None:
    found = Cost(letters=4, rounds=2, protocols=12, one=0.2, every=0.5)
    assert found.ratio == found.as_json()["ratio"] == 2.5
    assert "| 12 protocols | 125 ms |" in found.as_section()


def test_the_section_takes_the_place_of_its_older_self() -> None:
    page = f"# Page\n\nwords\n\n{HEADING}\n\nold\n\n## Another\n\nstays\n"
    found = with_section(page, f"{HEADING}\n\nnew\n\n")
    assert found == f"# Page\n\nwords\n\n{HEADING}\n\nnew\n\n## Another\n\nstays\n"


def test_the_section_outlives_the_page_before_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "one.txt").write_text(LETTER, encoding="utf-8")
    page = tmp_path / "speed.md"
    page.write_text("# Page\n", encoding="utf-8")
    main([str(folder), "--rounds", "1", "--into", str(page)])
    speed.main([str(folder), "--rounds", "1", "--no-start", "--out", str(page)])
    written = page.read_text(encoding="utf-8")
    assert written.startswith("# Where the time goes")
    assert written.count(HEADING) == 1
    main([str(folder), "--rounds", "1", "--json"])
    assert json.loads(capsys.readouterr().out)["promised"] == 3
