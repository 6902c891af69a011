"""The command line as its users see it: exit status, one line for what is bad, nothing of a letter out of place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from screening import VERSION, cli, pipeline
from tests.screening.record.letters import CANARY, LETTER, PROTOCOL, Run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.run(arguments)
        out, err = capsys.readouterr()
        assert CANARY not in err
        assert "Traceback" not in err
        return status, out, err

    return call


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mini.yaml").write_text(PROTOCOL, encoding="utf-8")
    (tmp_path / "a.txt").write_text(LETTER, encoding="utf-8")
    return tmp_path


MINI = ("--protocol", "mini.yaml")


# --- what comes out ---------------------------------------------------------------------------------------------------


def test_a_letter_as_text(run: Run, folder: Path) -> None:
    status, out, err = run("screen", "a.txt", *MINI)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "INELIGIBLE   for MINI, a small protocol   a.txt"
    assert lines[1] == "woman of 31, letter of 15 June 2026, screened as of that day"
    assert "Stops the patient" in lines
    assert any("Inclusion 4" in line and "LVEF at least 55 %" in line for line in lines)
    assert any('"Echo 30/5/26: LVEF 48%."' in line for line in lines)
    assert "Passes (2): Age 5 years or over; Malignancy, previous or concurrent." in lines
    assert "\x1b" not in out


def test_a_letter_as_json(run: Run, folder: Path) -> None:
    status, out, _ = run("screen", "a.txt", *MINI, "--format", "json")
    screening = json.loads(out)
    assert status == 0
    assert list(screening) == [
        "documents", "protocol", "as_of", "verdict", "recheck_on", "criteria", "findings", "facts", "warnings",
        "questions", "software",
    ]  # fmt: skip
    assert screening["documents"][0]["date"] == screening["as_of"] == "2026-06-15"
    assert screening["software"] == {"eligo": VERSION}
    for criterion in screening["criteria"]:
        assert list(criterion) == [
            "id", "number", "kind", "title", "answer", "silent", "raised", "reason", "facts", "evidence", "proof",
        ]  # fmt: skip
    assert [one["answer"] for one in screening["criteria"]] == ["pass", "fail", "pass"]


def test_every_id_that_a_proof_names_is_there_and_every_quote_stands_in_the_text(run: Run, folder: Path) -> None:
    screening = json.loads(run("screen", "a.txt", *MINI, "--format", "json")[1])
    facts = {fact["id"]: fact for fact in screening["facts"]}
    findings = {finding["id"] for finding in screening["findings"]}
    for criterion in screening["criteria"]:
        rules = {step["rule"] for step in criterion["proof"]}
        assert criterion["proof"][-1]["result"] == criterion["answer"]
        assert all(source in findings | rules for step in criterion["proof"] for source in step["from"])
        assert criterion["evidence"]
        assert criterion["facts"] == [item["fact"] for item in criterion["evidence"]]
        for item in criterion["evidence"]:
            assert item["fact"] in facts
            assert LETTER[item["start"] : item["end"]] == item["quote"]
    assert all(key in facts for finding in screening["findings"] for key in finding["facts"])


def test_several_letters_are_json_lines(run: Run, folder: Path) -> None:
    (folder / "b.txt").write_text(LETTER.replace("48%", "60%"), encoding="utf-8")
    status, out, _ = run("screen", ".", *MINI, "--format", "json")
    assert status == 0
    assert [json.loads(line)["documents"][0]["name"] for line in out.splitlines()] == ["a.txt", "b.txt"]


def test_the_screening_date_can_be_given(run: Run, folder: Path) -> None:
    _, out, _ = run("screen", "a.txt", *MINI, "--as-of", "2026-07-15")
    assert "letter of 15 June 2026, screened as of 15 July 2026 (30 days old then)" in out
    _, out, _ = run("screen", "a.txt", *MINI, "--as-of", "2026-07-15", "--format", "json")
    assert json.loads(out)["as_of"] == "2026-07-15"


def test_a_letter_without_a_date_has_no_screening_date_and_says_so(run: Run, folder: Path) -> None:
    (folder / "b.txt").write_text(LETTER.replace("Date: 15 June 2026", ""), encoding="utf-8")
    _, out, _ = run("screen", "b.txt", *MINI, "--format", "json")
    assert json.loads(out)["as_of"] is None
    _, out, _ = run("screen", "b.txt", *MINI)
    assert "no screening date" in out
    assert "Warning: the letter has no date" in out


def test_explain_shows_the_proof_of_what_is_named(run: Run, folder: Path) -> None:
    status, out, _ = run("explain", "a.txt", "i4a", *MINI)
    assert status == 0
    assert "I4a  Inclusion 4  LVEF at least 55 %: fail" in out
    assert "fails if high < 55" in out
    assert "E10" not in out
    assert "E10" in run("explain", "a.txt", *MINI)[1]


def test_extract_gives_facts_and_text(run: Run, folder: Path) -> None:
    status, out, _ = run("extract", "a.txt", "--with-text")
    line = json.loads(out)
    assert status == 0
    assert line["text"] == LETTER
    assert any(
        fact["concept"] == "lvef" and LETTER[fact["start"] : fact["end"]] == fact["quote"] for fact in line["facts"]
    )
    assert "text" not in json.loads(run("extract", "a.txt")[1])


def test_extract_takes_a_callers_spans(run: Run, folder: Path) -> None:
    lines = [
        {"id": "one", "text": "She denies chest pain.", "spans": [[11, 21]]},
        {"id": 2, "text": "Her mother had a rash.", "spans": [[17, 21]], "label": "ignored"},
    ]
    (folder / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    status, out, _ = run("extract", "--jsonl", "in.jsonl")
    assert status == 0
    first, second = (json.loads(line) for line in out.splitlines())
    mention = next(fact for fact in first["facts"] if fact["kind"] == "mention")
    assert (first["id"], mention["quote"]) == ("one", "chest pain")
    assert second["id"] == 2


BAD_LINES = [
    "not json",
    '{"id": "x"}',
    '{"id": "x", "text": "Zebrawood", "spans": [[3, 400]]}',
    '{"id": "x", "text": "Zebrawood", "spans": [["a", "b"]]}',
    '["Zebrawood"]',
]


@pytest.mark.parametrize("bad", BAD_LINES)
def test_a_bad_line_is_told_and_the_others_go_on(run: Run, folder: Path, bad: str) -> None:
    (folder / "in.jsonl").write_text(f'{bad}\n{{"id": "y", "text": "She is well."}}\n', encoding="utf-8")
    status, out, err = run("extract", "--jsonl", "in.jsonl")
    assert status == 2
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["y"]
    assert err.startswith("eligo: in.jsonl, line 1: ")
    assert err.count("\n") == 1


def test_protocols_are_shown(run: Run, folder: Path) -> None:
    status, out, _ = run("protocol", "show", "mini.yaml")
    assert status == 0
    for part in (
        "MINI  a small protocol",
        "I4a  Inclusion 4  LVEF at least 55 %",
        'registry: "LVEF"',
        "measurement lvef",
    ):
        assert part in out
    assert run("protocol", "list")[0] == 0


# --- what is bad ------------------------------------------------------------------------------------------------------

BAD_CALLS: list[tuple[tuple[str, ...], str]] = [
    (("screen", "none.txt", *MINI), "none.txt: no such file"),
    (("screen", "empty.txt", *MINI), "empty.txt: empty"),
    (("screen", "binary.txt", *MINI), "binary.txt: a binary file"),
    (("screen", "folder", *MINI), "folder: the folder holds no letters"),
    (("screen", "a.txt", *MINI, "--as-of", "2026-02-30"), "--as-of 2026-02-30: not a date"),
    (("screen", "a.txt", "--protocol", "NCT0000"), "--protocol NCT0000: no such protocol"),
    (("screen", "a.txt", "--protocol", "missing.yaml"), "missing.yaml: cannot be read"),
    (("screen", "a.txt", "--protocol", "broken.yaml"), "broken.yaml, line 3, key 'titel'"),
    (("screen", "a.txt", *MINI, "--format", "pdf"), "pdf"),
    (("screen", "a.txt", *MINI, "--nonsense"), "--nonsense"),
    (("screen",), "PATH"),
    (("screen", "a.txt", *MINI, "--out", "folder"), "--out folder: a folder"),
    (("screen", "a.txt", *MINI, "--out", "nowhere/out.txt"), "--out nowhere/out.txt: cannot be written"),
    (("explain", "none.txt", *MINI), "none.txt: no such file"),
    (("explain", "a.txt", "Z9", *MINI), "Z9: no criterion"),
    (("extract",), "--jsonl"),
    (("extract", "--jsonl", "none.jsonl"), "none.jsonl"),
    (("protocol", "show", "NCT0000"), "no such protocol"),
    (("evaluate", "folder"), "folder: holds no letters"),
    (("nonsense",), "nonsense"),
    (("protocol",), "Missing command"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD_CALLS, ids=[" ".join(row[0]) for row in BAD_CALLS])
def test_a_bad_call_is_one_clear_line(run: Run, folder: Path, arguments: tuple[str, ...], words: str) -> None:
    (folder / "empty.txt").touch()
    (folder / "binary.txt").write_bytes(b"\x00\x01\x02" + CANARY.encode())
    (folder / "folder").mkdir()
    (folder / "broken.yaml").write_text(PROTOCOL.replace("title: a", "titel: a"), encoding="utf-8")
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert err.startswith("eligo: ")
    assert err.count("\n") == 1


def test_good_letters_are_screened_beside_bad_ones(run: Run, folder: Path) -> None:
    (folder / "empty.txt").touch()
    status, out, err = run("screen", "empty.txt", "a.txt", "none.txt", *MINI, "--format", "json")
    assert status == 2
    assert [json.loads(line)["documents"][0]["name"] for line in out.splitlines()] == ["a.txt"]
    assert err.count("\n") == 2


def test_a_fault_on_one_letter_stops_no_other_and_tells_nothing_of_it(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "b.txt").write_text(LETTER, encoding="utf-8")
    screen = pipeline.Pipeline.screen

    def faulty(self: pipeline.Pipeline, letters: Any, as_of: Any = None) -> Any:
        if letters[0].document.name == "a.txt":
            raise ValueError(letters[0].document.text)
        return screen(self, letters, as_of)

    monkeypatch.setattr(pipeline.Pipeline, "screen", faulty)
    status, out, err = run("screen", "a.txt", "b.txt", *MINI)
    assert status == 2
    assert "a.txt: no result (ValueError)" in err
    assert "b.txt" in out
    assert run("explain", "a.txt", *MINI)[0] == 2


def test_all_protocols_are_ranked_the_most_hopeful_first(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, bound in (("ABLE", "40 %"), ("UNABLE", "55 %")):
        (folder / name).mkdir()
        text = PROTOCOL.replace("MINI", name).replace("at_least: 55 %", f"at_least: {bound}")
        (folder / name / "protocol.yaml").write_text(text.replace("a small", f"{name}, a small"), encoding="utf-8")
    monkeypatch.setattr("screening.protocols.FOLDER", folder)
    status, out, _ = run("screen", "a.txt", "--protocol", "all", "--format", "json")
    found = [(one["protocol"]["id"], one["verdict"]) for one in map(json.loads, out.splitlines())]
    assert (status, found) == (0, [("ABLE", "potentially_eligible"), ("UNABLE", "ineligible")])
    table = run("screen", "a.txt", "--protocol", "all")[1].splitlines()
    assert table[0] == "2 protocols   a.txt"
    assert [line.split()[-4:][0] for line in table if "a small protocol" in line] == ["ABLE,", "UNABLE,"]
    assert "  next: invite to the screening visit" in table
    assert "  stops: LVEF at least 55 %" in table
    assert (
        run("screen", "a.txt", "--protocol", "abl")[2]
        == "eligo: --protocol abl: no such protocol: did you mean ABLE?\n"
    )
    assert run("protocol", "list")[1].splitlines()[0] == "ABLE  ABLE, a small protocol  (version 1, 3 criteria, draft)"


def test_letters_are_scored_against_their_labels(run: Run, folder: Path) -> None:
    from corpus.gold import LETTERS

    labels = min((LETTERS / "develop").glob("*.yaml"))
    (folder / "labelled").mkdir()
    for path in (labels, labels.with_suffix(".txt")):
        (folder / "labelled" / path.name).write_bytes(path.read_bytes())
    status, out, _ = run("evaluate", "labelled", "--format", "json")
    assert (status, json.loads(out)["letters"]) == (0, {"labelled": 1})
    assert "accuracy" in run("evaluate", "labelled")[1]
    assert all(line.startswith(labels.stem) for line in run("evaluate", "labelled", "--errors")[1].splitlines())


def test_a_labelled_letter_that_cannot_be_screened_is_told(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corpus.gold import LETTERS

    labels = min((LETTERS / "develop").glob("*.yaml"))
    (folder / "labelled").mkdir()
    for path in (labels, labels.with_suffix(".txt")):
        (folder / "labelled" / path.name).write_bytes(path.read_bytes())

    def faulty(*_: Any) -> Any:
        raise ValueError(CANARY)

    monkeypatch.setattr(pipeline, "extractor", lambda: type("Faulty", (), {"extract": faulty}))
    status, out, err = run("evaluate", "labelled", "--format", "json")
    assert status == 2
    assert json.loads(out)["overall"]["answers"] == 41
    assert "not screened (ValueError)" in err


def test_out_is_whole_or_untouched(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = folder / "out.json"
    assert run("screen", "a.txt", *MINI, "--format", "json", "--out", "out.json") == (0, "", "")
    whole = out.read_text(encoding="utf-8")
    assert json.loads(whole)["verdict"] == "ineligible"
    assert run("screen", "none.txt", *MINI, "--out", "out.json")[0] == 2
    assert out.read_text(encoding="utf-8") == whole

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline.Pipeline, "screen", interrupted)
    assert run("screen", "a.txt", *MINI, "--out", "out.json")[0] == 130
    assert out.read_text(encoding="utf-8") == whole
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "mini.yaml", "out.json"]


# --- the program as a process -----------------------------------------------------------------------------------------


def process(*arguments: str, feed: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "screening.cli", *arguments]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, input=feed, capture_output=True, env=variables, check=False)


def test_standard_input_gives_the_same_bytes_whatever_the_hash_seed(folder: Path) -> None:
    runs = [
        process("screen", "-", *MINI, "--format", "json", feed=LETTER.encode(), PYTHONHASHSEED=seed)
        for seed in ("0", "99")
    ]
    assert [(run.returncode, run.stderr) for run in runs] == [(0, b"")] * 2
    assert runs[0].stdout == runs[1].stdout
    assert json.loads(runs[0].stdout)["documents"][0]["name"] == "-"


SPEAKING = """
import sys, warnings, logging
from screening import cli, pipeline
def extract(document, index):
    warnings.warn(document.text)
    logging.getLogger("spacy").error(document.text)
    raise ValueError(document.text)
pipeline.extractor = lambda: type("Loud", (), {"extract": staticmethod(extract)})
cli.main(sys.argv[1:])
"""


@pytest.mark.parametrize("command", ["screen", "explain", "extract"])
def test_nothing_of_a_letter_reaches_standard_error_in_any_failure(folder: Path, command: str) -> None:
    arguments = ["a.txt", *(MINI if command != "extract" else ())]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "always"}
    run = subprocess.run(
        [sys.executable, "-c", SPEAKING, command, *arguments], capture_output=True, env=variables, check=False
    )
    assert run.returncode == 2
    assert run.stdout == b""
    assert CANARY.encode() not in run.stderr
    assert run.stderr.count(b"\n") == 1


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("screen", "--help"), ("protocol", "--help"), ()])
def test_help_answers_without_the_language_library(arguments: tuple[str, ...]) -> None:
    script = (
        "import sys\nfrom screening import cli\n"
        f"status = cli.run({list(arguments)!r})\n"
        "loaded = [name for name in ('spacy', 'medspacy', 'durable', 'rules') if name in sys.modules]\n"
        "assert not loaded, loaded\nsys.exit(status)"
    )
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, env=variables, check=False)
    assert b"Usage" in run.stdout or b"eligo " in run.stdout
    assert (run.returncode, run.stderr) == (0, b"")


def test_every_command_is_in_the_help(run: Run) -> None:
    _, out, _ = run("--help")
    for command in ("screen", "explain", "extract", "protocol", "evaluate"):
        assert command in out
    for command in ("screen", "explain", "extract", "evaluate"):
        assert "Example: eligo" in run(command, "--help")[1]


def test_the_version_is_the_projects(run: Run) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == VERSION
    assert run("--version") == (0, f"eligo {VERSION}\n", "")
