"""A user's own folders of protocols and terms: every command takes them up, no later call keeps them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from screening import cli

TERMS = """\
kind: drug
terms:
  - {id: house-antibody, label: House antibody, is_a: [anti-cd20], names: [house antibody], exact: [HAB]}
"""
PROTOCOL = """\
id: HOUSE-1
version: "1"
title: a trial of the house
source: registry.txt
criteria:
  - id: E1
    number: Exclusion 1
    title: House antibody within 12 weeks
    quote: "House antibody within 12 weeks"
    excludes: {exposure: house-antibody, within: 12 weeks before screening}
"""
CASES = """\
as_of: 2026-06-15
cases:
  - case: given this month
    told: [{house-antibody: past, until: 2026-06-01}]
    expect: {E1: fail}
"""
LETTER = "Date: 15 June 2026\n\nThis 31 year old woman has lupus. House antibody was given on 1 June 2026.\n"
BOTH = ("--protocols", "trials", "--terms", "terms")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.run(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return call


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ELIGO_TERMS", raising=False)
    monkeypatch.delenv("ELIGO_PROTOCOLS", raising=False)
    house = tmp_path / "trials" / "house"
    house.mkdir(parents=True)
    (tmp_path / "terms").mkdir()
    files = {
        house / "protocol.yaml": PROTOCOL,
        house / "cases.yaml": CASES,
        house / "registry.txt": "Exclusion Criteria:\nHouse antibody within 12 weeks\n",
        tmp_path / "terms" / "drugs.yaml": TERMS,
        tmp_path / "a.txt": LETTER,
    }
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return tmp_path


def the_screening(out: str, key: str) -> str:
    """The answer to E1 of the protocol in the JSON of a screening."""
    lines = [json.loads(line) for line in out.splitlines()] if out.count("\n{") else [json.loads(out)]
    (one,) = [each for each in lines if each["protocol"]["id"] == key]
    return str(one["criteria"][0]["answer"])


@pytest.mark.parametrize("name", ["HOUSE-1", "house-1", "trials/house", "trials/house/protocol.yaml"])
def test_a_letter_is_screened_against_an_own_protocol_with_own_terms(run: Run, name: str) -> None:
    status, out, err = run("screen", "a.txt", "--protocol", name, *BOTH, "--format", "json")
    assert (status, err) == (0, "")
    assert the_screening(out, "HOUSE-1") == "fail"


def test_all_protocols_are_the_shipped_ones_and_ones_own(run: Run) -> None:
    out = run("screen", "a.txt", "--protocol", "all", *BOTH, "--format", "json")[1]
    assert the_screening(out, "HOUSE-1") == "fail"
    assert out.count("\n") == 13


def test_the_environment_names_the_folders_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELIGO_TERMS", "terms")
    monkeypatch.setenv("ELIGO_PROTOCOLS", "trials")
    assert the_screening(run("screen", "a.txt", "--protocol", "house-1", "--format", "json")[1], "HOUSE-1") == "fail"
    monkeypatch.setenv("ELIGO_TERMS", "nowhere")
    assert run("extract", "a.txt")[0] == 2
    assert run("extract", "a.txt", "--terms", "terms")[0] == 0  # what is written in the call wins


def test_an_explanation_speaks_of_an_own_term(run: Run) -> None:
    status, out, _ = run("explain", "a.txt", "E1", "--protocol", "house-1", *BOTH)
    assert status == 0
    assert "House antibody" in out and "fail" in out


def test_extraction_finds_own_terms_in_the_call_that_names_them_and_in_no_other(run: Run) -> None:
    def concepts(*arguments: str) -> set[str]:
        return {fact["concept"] for fact in json.loads(run("extract", "a.txt", *arguments)[1])["facts"]}

    assert "house-antibody" not in concepts()
    assert "house-antibody" in concepts("--terms", "terms")
    assert "house-antibody" not in concepts()


def test_the_protocol_commands_know_own_protocols(run: Run) -> None:
    assert run("protocol", "list", "--protocols", "trials")[1].splitlines()[-1] == (
        "HOUSE-1  a trial of the house  (version 1, 1 criteria, draft)"
    )
    assert run("protocol", "check", "house-1", *BOTH) == (0, "house-1: sound\n", "")
    assert "HOUSE-1 version 1: 1 of 1 cases hold" in run("protocol", "test", "house-1", *BOTH)[1]
    assert "HOUSE-1: sound" in run("protocol", "check", *BOTH)[1].splitlines()
    assert "E1  Exclusion 1  House antibody within 12 weeks" in run("protocol", "show", "house-1", *BOTH)[1]
    assert "given this month" in run("protocol", "trace", "house-1", *BOTH)[1]
    assert run("protocol", "diff", "house-1", "trials/house", *BOTH)[1].splitlines()[-1] == "  nothing changed"


def test_without_its_terms_an_own_protocol_is_not_sound(run: Run) -> None:
    status, out, _ = run("protocol", "check", "house-1", "--protocols", "trials")
    assert status == 2
    assert "'house-antibody' is no concept that is known" in out


def test_own_terms_are_completed_and_drafted(run: Run) -> None:
    assert "house-antibody" in run("protocol", "schema", "--terms", "terms")[1]
    drafted = run("protocol", "new", "X", "--from", "trials/house/registry.txt", "--terms", "terms")[1]
    assert "exposure: house-antibody" in drafted


def test_no_later_call_keeps_the_folders(run: Run) -> None:
    run("protocol", "list", *BOTH)
    assert "HOUSE-1" not in run("protocol", "list")[1]
    assert "house-antibody" not in run("protocol", "schema")[1]


def test_a_folder_may_be_a_protocol_itself(run: Run) -> None:
    assert "HOUSE-1" in run("protocol", "list", "--protocols", "trials/house")[1]


def copied(folder: Path, name: str, text: str) -> None:
    (folder / "trials" / name).mkdir()
    (folder / "trials" / name / "protocol.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("id: nct06934447", "zebra/protocol.yaml, line 1: 'nct06934447' is the id of a shipped protocol: give yours"),
        ("id: house-1", "'house-1' is the id of the protocol of trials/house/protocol.yaml: give yours another id"),
    ],
)
def test_an_id_that_is_in_use_is_told(run: Run, folder: Path, given: str, message: str) -> None:
    copied(folder, "zebra", PROTOCOL.replace("id: HOUSE-1", given))
    status, out, err = run("protocol", "list", "--protocols", "trials")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err


@pytest.mark.parametrize("text", ["id: [", "- a", "", "id: 5\n", "\x00"])
def test_a_faulty_protocol_is_told_by_whoever_uses_it_alone(run: Run, folder: Path, text: str) -> None:
    copied(folder, "zebra", text)
    assert run("protocol", "check", "house-1", *BOTH)[0] == 0
    status, out, err = run("protocol", "check", "zebra", *BOTH)
    assert status == 2
    assert "zebra/protocol.yaml" in out + err
    assert "fault of this program" not in err
    status, _, err = run("screen", "a.txt", "--protocol", "all", *BOTH)
    assert (status, err.count("\n")) == (2, 1)
    assert "zebra/protocol.yaml" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--protocols", "nowhere"), "nowhere: is no folder: name the one that holds your protocols' folders"),
        (("--protocols", "terms"), "terms: holds no protocol: make a folder there for each, with its protocol.yaml"),
        (("--terms", "a.txt"), "a.txt: is no folder: name the folder that holds your terms files"),
        (("--terms", "trials"), "trials: holds no terms file: put one there, its name ending in .yaml"),
    ],
)
def test_a_folder_that_holds_nothing_is_told(run: Run, arguments: tuple[str, ...], message: str) -> None:
    for command in (("screen", "a.txt"), ("explain", "a.txt"), ("protocol", "list")):
        assert run(*command, *arguments) == (2, "", f"eligo: {message}\n")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: house-antibody", "id: rituximab", "terms/drugs.yaml, line 3: 'rituximab' is the id of a shipped drug"),
        ("[HAB]", "[MabThera]", "line 3: 'MabThera' of term 'house-antibody' is a spelling of the shipped term"),
        ("id: house-antibody", "id: opinion-unsuitable", "already means something else in protocols"),
        ("is_a", "isa", "line 3: term 'house-antibody', key 'isa': is no key of such a term"),
    ],
)
def test_a_faulty_term_ends_the_call(run: Run, folder: Path, old: str, new: str, message: str) -> None:
    (folder / "terms" / "drugs.yaml").write_text(TERMS.replace(old, new), encoding="utf-8")
    for command in (("screen", "a.txt"), ("extract", "a.txt"), ("evaluate",), ("protocol", "check")):
        status, out, err = run(*command, "--terms", "terms")
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert message in err
