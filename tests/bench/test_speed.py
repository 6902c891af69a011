"""The speed program on made-up letters: what it measures, and the page that it makes of it (never how fast)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.speed import Seconds, Speed, System, compare, main, measure, read_texts
from bench.speed_eligo import PARTS
from bench.speed_start import modules_after_help
from bench.speed_table import table

LETTER = "12 March 2026\nShe has lupus nephritis. No fever. Prednisolone 10 mg daily. LVEF 60 %.\n"


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    for number in range(2):
        (tmp_path / f"{number}.txt").write_text(LETTER, encoding="utf-8")
    (tmp_path / "reports.jsonl").write_text("".join(json.dumps({"text": f"report {n}"}) + "\n" for n in range(10)))
    return tmp_path


def test_every_system_is_measured_and_the_steps_fit_into_the_screening() -> None:
    speed = compare([LETTER], rounds=1)
    assert set(speed.seconds) == {"medspacy", "tokenizer", "screening", *PARTS}
    assert sum(speed.seconds[part] for part in PARTS) <= speed.seconds["screening"] * 1.01
    assert speed.seconds["tokenizer"] < speed.seconds["extraction"]


def test_the_median_of_the_rounds_counts_and_the_first_only_warms_up() -> None:
    taken = iter([90.0, 1.0, 7.0, 2.0])
    assert measure(["text"], [lambda _: {"one": next(taken)}], rounds=3) == {"one": 2.0}


def test_systems_take_turns_in_being_first() -> None:
    order: list[str] = []

    def system(name: str) -> System:
        def read(text: str) -> Seconds:
            order.append(name)
            return {name: 1.0}

        return read

    measure(["a", "b"], [system("x"), system("y")], rounds=1)
    assert order == ["x", "y", "y", "x", "y", "x", "x", "y"]


def test_texts_are_those_of_folders_and_a_spread_of_the_data(letters: Path) -> None:
    data = str(letters / "reports.jsonl")
    assert read_texts([str(letters)], "", 0) == [LETTER, LETTER]
    assert read_texts([], data, 5) == [f"report {n}" for n in (0, 2, 4, 6, 8)]
    assert len(read_texts([], data, 0)) == 10


def test_the_page_shows_speed_ratios_and_shares() -> None:
    seconds = {"medspacy": 6.0, "extraction": 0.75, "findings": 0.25, "screening": 1.0}
    page = table(Speed(words=6000, letters=10, rounds=3, seconds=seconds, versions={"spacy": "1"}).as_json())
    assert "| eligo: whole screening | 6,000 |" in page
    assert "| screening to medspacy | 6.0 |" in page
    assert "| extraction: from the text to facts | 75% |" in page


def test_json_is_written_where_asked(letters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speed = Speed(1, 1, 1, {"screening": 1.0})
    monkeypatch.setattr("bench.speed.compare", lambda *_: speed)
    main([str(letters), "--json", "--no-start", "--out", str(letters / "out.json")])
    assert json.loads((letters / "out.json").read_text())["words_per_second"] == {"screening": 1}


def test_the_help_loads_no_language_library() -> None:
    assert modules_after_help() == ()
