"""The protocol commands: what they print, and the exit status where a protocol or its cases are at fault."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from screening import cli
from tests.rules.test_cases import HEAD, PROTOCOL

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.run(["protocol", *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "protocol.yaml").write_text(PROTOCOL, encoding="utf-8")
    return tmp_path


CASES = HEAD + "  - case: LVEF 54 %\n    told: [{lvef: 54 %}]\n    expect: {I1: fail}\n"


def test_cases_that_hold(run: Run, folder: Path) -> None:
    (folder / "cases.yaml").write_text(CASES, encoding="utf-8")
    status, out, err = run("test", str(folder))
    assert (status, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "MINI version 1: 1 of 1 cases hold"
    assert "I1 LVEF at least 55 % fail (not shown: pass, unknown)" in lines
    assert "E1 Malignancy (not shown: pass, fail, unknown)" in lines
    assert lines[-1] == "MINI: the cases reach 2 of 12 answers of its 2 criteria and 2 tests (16 %)"


def test_a_case_that_does_not_hold_ends_with_status_2(run: Run, folder: Path) -> None:
    (folder / "cases.yaml").write_text(CASES.replace("fail}", "pass}"), encoding="utf-8")
    status, out, err = run("test", str(folder / "protocol.yaml"))
    assert status == 2
    assert err == "eligo: 1 case does not hold: see above\n"
    assert "cases.yaml, line 3: LVEF 54 %: I1 is fail, not pass" in out


def test_a_protocol_without_cases_is_told_in_one_line(run: Run, folder: Path) -> None:
    status, _, err = run("test", str(folder))
    assert status == 2
    assert err.count("\n") == 1 and "cases.yaml" in err


def test_the_shipped_protocols_can_be_named_or_left_out(run: Run) -> None:
    assert run("test", "NCT06934447")[1].splitlines()[-1].endswith("(100 %)")


def test_a_trace_leads_from_the_registry_to_the_result(run: Run, folder: Path) -> None:
    (folder / "protocol.yaml").write_text(PROTOCOL.replace("criteria:", "source: registry.txt\ncriteria:"), "utf-8")
    (folder / "registry.txt").write_text("# restated\nInclusion criteria:\nLVEF\ncancer\n", encoding="utf-8")
    (folder / "cases.yaml").write_text(CASES, encoding="utf-8")
    status, out, _ = run("trace", str(folder))
    assert status == 0
    lines = out.splitlines()
    assert '  registry, line 3: "LVEF"' in lines
    assert "  rule I1.lvef.fails: high of lvef.newest < 55 -> fail" in lines
    assert "  case, line 3: LVEF 54 %: fail" in lines
    rows = list(csv.DictReader(io.StringIO(run("trace", str(folder), "--csv")[1])))
    assert [(row["criterion"], row["case"], row["came out"], row["holds"]) for row in rows] == [
        ("I1", "LVEF 54 %", "fail", "yes"),
        ("E1", "", "", ""),
    ]


def test_a_check_tells_faults_and_ends_with_status_2(run: Run, folder: Path) -> None:
    (folder / "registry.txt").write_text("LVEF\ncancer\n", encoding="utf-8")
    sound = PROTOCOL.replace("criteria:", "source: registry.txt\ncriteria:")
    (folder / "protocol.yaml").write_text(sound, encoding="utf-8")
    assert run("check", str(folder)) == (0, f"{folder}: sound\n", "")
    (folder / "protocol.yaml").write_text(sound.replace("malignancy", "malignanzy"), encoding="utf-8")
    status, out, err = run("check", str(folder / "protocol.yaml"))
    assert (status, err) == (2, "eligo: 1 fault was found: see above\n")
    assert out.endswith("did you mean 'malignancy'?\n")


def test_the_schema_is_printed_as_json(run: Run) -> None:
    assert "concept-lab" in json.loads(run("schema")[1])["$defs"]
    assert "concept-lab" not in json.loads(run("schema", "--plain")[1])["$defs"]


def test_a_comparison_says_what_changed_and_for_whom(run: Run, folder: Path) -> None:
    (folder / "old.yaml").write_text(PROTOCOL, encoding="utf-8")
    (folder / "new.yaml").write_text(PROTOCOL.replace("55 %}", "40 %}"), encoding="utf-8")
    (folder / "letters").mkdir()
    for name, value in (("a", 48), ("b", 60)):
        text = f"Date: 15 June 2026\n\nEcho 30/5/26: LVEF {value}%. No history of malignancy.\n"
        (folder / "letters" / f"{name}.txt").write_text(text, encoding="utf-8")
    arguments = ("diff", str(folder / "old.yaml"), str(folder / "new.yaml"))
    assert (
        "  loosened: I1 LVEF at least 55 %: lvef at least 55 %, now lvef at least 40 %"
        in run(*arguments)[1].splitlines()
    )
    lines = run(*arguments, "--letters", str(folder / "letters"))[1].splitlines()
    assert "    verdict: ineligible -> potentially_eligible" in lines
    assert "    I1 LVEF at least 55 %: fail -> pass" in lines
    assert lines[-1] == "  1 of 2 letters are answered otherwise"
