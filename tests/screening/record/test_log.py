"""The log: CONSORT's numbers add up, near misses say by how much, and a change says whom to screen again."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

import pytest

from kb.facts import Interval
from rules.language import leaf_tests, parse_protocol
from screening.record import rescreening
from screening.record.near_misses import Distance, distances
from screening.record.store import opened
from screening.record.tally import Tally, newest, tallies
from tests.screening.record.letters import CANARY, LETTER, PROTOCOL, Run

MINI = ("--protocol", "mini.yaml")
LETTERS = {
    "low": LETTER,  # LVEF 48 %
    "nearly": LETTER.replace("48%", "54%"),
    "child": LETTER.replace("31 year old", "4 year old"),  # and LVEF 48 %
    "cancer": LETTER.replace("48%", "60%").replace("No history of malignancy", "Breast cancer in 2019"),
    "good": LETTER.replace("48%", "60%"),
    "open": LETTER.replace("48%", "60%").replace("No history of malignancy", "Query malignancy"),
}


@pytest.fixture
def stored(run: Run, folder: Path) -> Path:
    """A store with a screening of each letter, s1 to s6 in the order of their names above."""
    for name, text in LETTERS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    assert run("screen", *(f"{name}.txt" for name in LETTERS), *MINI)[0] == 0
    return folder


def tally() -> Tally:
    [found] = tallies(opened("record.db").newest())
    return found


def counts(found: Tally) -> Mapping[str, tuple[int, int]]:
    return {one.criterion.id: (one.count, one.alone) for one in found.excluded_by}


def test_the_numbers_add_up(stored: Path) -> None:
    found = tally()
    assert (found.screened, found.excluded, found.waiting, found.candidates) == (6, 4, 1, 1)
    assert counts(found) == {"I1": (1, 0), "I4a": (3, 2), "E10": (1, 1)}
    assert [(one.criterion.id, one.count, one.alone) for one in found.waiting_for] == [("E10", 1, 1)]


def test_a_near_miss_is_stopped_by_one_criterion_alone_and_says_by_how_much(stored: Path) -> None:
    misses = tally().near_misses
    assert [(one.screening, one.criterion.id) for one in misses] == [("s2", "I4a"), ("s1", "I4a"), ("s4", "E10")]
    assert misses[0].distances == (Distance(54.0, 55.0, "%"),)
    assert misses[0].words == "54 against 55 %: off by 1 (1.82 per cent of the bound)"
    assert misses[2].words == "a matter of yes or no"


def test_a_window_is_missed_by_days(run: Run, folder: Path) -> None:
    protocol = PROTOCOL + (
        "  - id: E8\n    number: Exclusion 8\n    title: Live vaccine within 4 weeks\n    quote: vaccine\n"
        "    clears_with_time: true\n    excludes: {vaccination: live-vaccine, within: 4 weeks before screening}\n"
    )
    (folder / "mini.yaml").write_text(protocol, encoding="utf-8")
    letter = LETTER.replace("48%", "60%").replace("No history", "Yellow fever vaccine on 1 June 2026. No history")
    (folder / "a.txt").write_text(letter, encoding="utf-8")
    run("screen", "a.txt", *MINI)
    [miss] = tally().near_misses
    assert (miss.criterion.id, miss.clears_on, miss.days) == ("E8", "2026-06-30", 15)
    assert miss.words == "time clears it on 2026-06-30, 15 days after the screening date"


def test_a_letter_counts_once_with_its_newest_screening(run: Run, stored: Path) -> None:
    run("screen", "low.txt", "nearly.txt", *MINI, "--as-of", "2026-07-01")
    found = tally()
    assert (found.screened, found.excluded) == (6, 4)
    assert [one.screening for one in found.near_misses] == ["s8", "s7", "s4"]
    assert [record.id for record in newest(opened("record.db").newest())] == ["s3", "s4", "s5", "s6", "s7", "s8"]


def test_a_reviewers_answers_count(run: Run, stored: Path) -> None:
    run("review", "s1", "--answer", "I4a=pass", "--reason", "newer-information")
    found = tally()
    assert (found.screened, found.excluded, found.candidates) == (6, 3, 2)
    assert counts(found)["I4a"] == (2, 1)


def test_an_erased_letter_counts_as_before(run: Run, stored: Path) -> None:
    before = tally()
    for name in ("s1", "s2", "s6"):
        run("audit", "erase", name)
    assert tally() == before


def test_protocols_are_counted_apart(run: Run, stored: Path) -> None:
    (stored / "mini.yaml").write_text(PROTOCOL.replace("id: MINI", "id: OTHER"), encoding="utf-8")
    run("screen", "low.txt", *MINI)
    assert [(one.protocol.id, one.screened) for one in tallies(opened("record.db").newest())] == [
        ("MINI", 6),
        ("OTHER", 1),
    ]
    assert "MINI" not in run("log", "--protocol", "other")[1]
    assert run("log", "--protocol", "none")[2] == "eligo: log: no screening under none is stored there\n"


# --- how it is written ------------------------------------------------------------------------------------------------


def test_as_a_table_to_read(run: Run, stored: Path) -> None:
    status, out, err = run("log")
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert lines[0] == "MINI  a small protocol"
    assert [line.split() for line in lines if not line.startswith(" ")][1:5] == [
        ["screened", "6"],
        ["excluded", "4"],
        ["waiting", "1"],
        ["candidates", "1"],
    ]
    assert "  s2    Inclusion 4, LVEF at least 55 %: 54 against 55 %: off by 1 (1.82 per cent of the bound)" in lines
    assert CANARY not in out


def test_as_csv(run: Run, stored: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("log", "--format", "csv")[1])))
    assert [(row["part"], row["count"]) for row in rows if row["part"] in ("screened", "excluded")] == [
        ("screened", "6"),
        ("excluded", "4"),
    ]
    assert [(row["criterion"], row["count"], row["alone"]) for row in rows if row["part"] == "excluded by"] == [
        ("I1", "1", "0"),
        ("I4a", "3", "2"),
        ("E10", "1", "1"),
    ]
    near = [row for row in rows if row["part"] == "near miss"]
    assert [(row["screening"], row["value"], row["bound"], row["unit"], row["gap"]) for row in near] == [
        ("s2", "54.0", "55.0", "%", "1.0"),
        ("s1", "48.0", "55.0", "%", "7.0"),
        ("s4", "", "", "", ""),
    ]


def test_as_a_picture(run: Run, stored: Path) -> None:
    for name in ("one.svg", "two.svg"):
        assert run("log", "--format", "svg", "--out", name)[0] == 0
    svg = (stored / "one.svg").read_bytes()
    assert svg == (stored / "two.svg").read_bytes(), "the same numbers are the same bytes"
    text = " ".join(ET.fromstring(svg).itertext()).replace("\u00a0", " ")
    for words in ("Screened (n = 6)", "Excluded (n = 4)", "LVEF at least 55 % (n = 3)", "Candidates (n = 1)"):
        assert words in text
    assert run("log", "--format", "png", "--out", "flow.png")[0] == 0
    assert (stored / "flow.png").read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_it_says_what_to_install(run: Run, stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    status, _, err = run("log", "--format", "svg")
    assert (status, err) == (2, "eligo: --format svg: pictures need matplotlib: install eligo[pictures]\n")


# --- how far off ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tree", "low", "high", "rule", "expected"),
    [
        ("requires: {measurement: lvef, at_least: 55 %}", 48, 50, "fails", [Distance(50, 55, "%")]),
        ("requires: {measurement: lvef, below: 55 %}", 60, 61, "fails", [Distance(60, 55, "%")]),
        ("excludes: {measurement: lvef, at_most: 40 %}", 20, 30, "holds", [Distance(30, 40, "%")]),
        ("excludes: {condition: malignancy}", 1, 1, "holds", []),
    ],
)
def test_the_distance_is_from_the_nearer_end_to_the_bound(
    tree: str, low: float, high: float, rule: str, expected: list[Distance]
) -> None:
    text = f"id: X\nversion: 1\ntitle: x\ncriteria:\n  - {{id: A, number: A, title: a, quote: a, {tree}}}\n"
    criterion = parse_protocol(text, "x").criteria[0]
    interval = Interval(low, high)
    [test] = leaf_tests(criterion.tree)
    screening = {
        "criteria": [{"id": "A", "proof": [{"rule": f"A.{rule}", "from": [test.key], "result": "fail"}]}],
        "findings": [{"id": test.key, "low": interval.low, "high": interval.high, "unit": "%"}],
    }
    assert distances(criterion, screening) == expected


# --- whom to screen again ---------------------------------------------------------------------------------------------


@pytest.fixture
def own(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of protocols of one's own with MINI in it, and a store with three letters screened against it."""
    (folder / "own" / "mini").mkdir(parents=True)
    protocol = folder / "own" / "mini" / "protocol.yaml"
    protocol.write_text(PROTOCOL, encoding="utf-8")
    monkeypatch.setenv("ELIGO_PROTOCOLS", "own")
    for name in ("low", "good", "cancer"):
        (folder / f"{name}.txt").write_text(LETTERS[name], encoding="utf-8")
    assert run("screen", "low.txt", "good.txt", "cancer.txt", "--protocol", "MINI")[0] == 0
    return protocol


def test_nobody_while_nothing_has_changed(run: Run, own: Path) -> None:
    assert run("log", "--rescreen")[:2] == (0, "to screen again: 0\n")


def test_after_a_change_of_the_protocol_those_whom_it_may_concern(run: Run, own: Path) -> None:
    own.write_text(PROTOCOL.replace("55 %", "40 %").replace('"1"', '"2"'), encoding="utf-8")
    assert run("log", "--rescreen")[1].splitlines() == [
        "to screen again: 2",
        "  s1    MINI  potentially_eligible, was ineligible  (protocol 1 -> 2)",
        "        I4a: pass, was fail",
        "  s2    MINI  potentially_eligible  (protocol 1 -> 2)",
    ]


def test_after_a_change_of_the_software_too(run: Run, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescreening, "VERSION", "9.9")
    assert run("log", "--rescreen")[1].splitlines()[1:] == ["  s2    MINI  potentially_eligible  (eligo 0.1.0 -> 9.9)"]


def test_an_erased_letter_can_only_be_asked_for_again(run: Run, own: Path) -> None:
    run("audit", "erase", "s2")
    own.write_text(PROTOCOL.replace("55 %", "70 %"), encoding="utf-8")
    assert run("log", "--rescreen")[1].splitlines()[1:] == ["  s2    MINI  potentially_eligible  (protocol's text)"]


def test_a_protocol_that_is_gone(run: Run, own: Path) -> None:
    own.write_text(PROTOCOL.replace("id: MINI", "id: OTHER"), encoding="utf-8")
    assert "(its protocol is not among today's)" in run("log", "--rescreen")[1]
