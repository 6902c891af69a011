"""The labels: what a letter and its labels must hold to be scored against, and that the shipped ones do."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.gold import ANSWERS, CRITERIA, LETTERS, GoldError, Letter, read_letter, read_letters, span
from corpus.report import MEASURES_ONLY

PROTOCOL = Path(__file__).parents[2] / "kb" / "protocols" / "NCT06934447" / "protocol.yaml"
TEXT = "Woman of 31. LVEF 61 %. No cancer. Mother: cancer."


def labels(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "as_of": "2026-06-15",
        "hand": "uk-consultant",
        "facts": [{"kind": "measurement", "concept": "lvef", "quote": "LVEF 61 %"}],
        "answers": dict.fromkeys(CRITERIA, "silent"),
        "verdict": "needs_information",
        "recheck_on": None,
    }
    return whole | changes


def write(folder: Path, content: object, text: bytes = TEXT.encode()) -> Path:
    path = folder / "letter.txt"
    path.write_bytes(text)
    path.with_suffix(".yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_a_letter_is_read_with_its_spans(tmp_path: Path) -> None:
    letter = read_letter(write(tmp_path, labels()))
    assert [letter.text[start:end] for start, end in letter.spans] == ["LVEF 61 %"]
    assert (letter.name, letter.split) == ("letter", tmp_path.name)


def test_the_nth_occurrence_of_a_quote() -> None:
    assert span(TEXT, "cancer", 1) < span(TEXT, "cancer", 2)
    with pytest.raises(GoldError, match="3 time"):
        span(TEXT, "cancer", 3)


FACT = {"kind": "measurement", "concept": "lvef", "quote": "LVEF 61 %"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"facts": [FACT | {"quote": "LVEF 62 %"}]}, "LVEF 62 %"),
        ({"facts": [FACT | {"nth": 2}]}, "2 time"),
        ({"facts": [FACT | {"status": "past"}]}, "belong to a medication"),
        ({"facts": [FACT | {"colour": "red"}]}, "colour"),
        ({"answers": dict.fromkeys(CRITERIA[1:], "silent")}, "missing.*I1"),
        ({"answers": dict.fromkeys([*CRITERIA, "E12"], "silent")}, "E12"),
        ({"answers": dict.fromkeys(CRITERIA, "unknown")}, "answers"),
        ({"answers": dict.fromkeys(CRITERIA, "fail")}, "ineligible exactly when"),
        ({"verdict": "ineligible"}, "ineligible exactly when"),
        ({"verdict": None}, "the verdict is not given"),
        ({"answers": {}}, "missing.*I1"),
        ({"mood": "good"}, "mood"),
    ],
)
def test_labels_that_do_not_fit_are_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(GoldError, match=message) as refused:
        read_letter(write(tmp_path, labels(**changes)))
    assert "letter.yaml" in str(refused.value) and "\n" not in str(refused.value)


def test_letters_without_labels_or_not_in_utf8_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="UTF-8"):
        read_letter(write(tmp_path, labels(), "naïve".encode("latin-1")))
    (tmp_path / "letter.yaml").unlink()
    with pytest.raises(GoldError, match="no labels"):
        read_letters(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="holds no letters"):
        read_letters(tmp_path)


def test_the_labels_answer_the_criteria_of_the_protocol() -> None:
    protocol = yaml.safe_load(PROTOCOL.read_text(encoding="utf-8"))
    assert tuple(criterion["id"] for criterion in protocol["criteria"]) == CRITERIA


# --- the shipped corpus (its labels only: no letter of the scored split is shown) ---


@functools.cache
def shipped() -> list[Letter]:
    return read_letters()


def test_the_shipped_corpus_is_sound_and_large_enough() -> None:
    letters = shipped()
    names = [letter.name for letter in letters]
    assert len(names) == len(set(names)) >= 60
    scored = sum(letter.split == MEASURES_ONLY for letter in letters)
    assert 0.25 <= scored / len(letters) <= 0.4
    assert len({letter.gold.hand for letter in letters}) >= 10


def test_every_labels_file_has_its_letter() -> None:
    assert [path for path in LETTERS.rglob("*.yaml") if not path.with_suffix(".txt").is_file()] == []


JUDGEMENTS = {"E2b", "E11b"}


@pytest.mark.parametrize("criterion", CRITERIA)
def test_every_criterion_fails_somewhere_but_the_judgements_never_do(criterion: str) -> None:
    answers = {letter.gold.answers[criterion] for letter in shipped()}
    assert ("fail" in answers) == (criterion not in JUDGEMENTS)
    assert len(answers) > 1 and answers <= set(ANSWERS)
