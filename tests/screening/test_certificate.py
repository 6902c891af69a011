"""A certificate holds for what was screened, and no single field of it can be changed unnoticed.

The forger of these tests recomputes the checksum after every change, as anyone can.
"""

from __future__ import annotations

import ast
import copy
import functools
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from screening import verifier
from screening.certificate import certificate
from screening.cli import run
from screening.documents import letters_from_bytes
from screening.pipeline import Pipeline
from screening.protocols import FOLDER, read_protocol
from screening.verifier import Refused, checksum, read_yaml, verify

ROOT = Path(__file__).parents[2]
LETTERS = sorted((ROOT / "corpus" / "letters" / "develop").glob("*.txt"))
PROTOCOL = FOLDER / "NCT06934447" / "protocol.yaml"
WAITS, STOPPED = "41-email-yellow-fever", "43-ocr-basal-cell"  # of one the verdict changes with time alone
Path_ = tuple[str | int, ...]
Forgery = tuple[Path_, str, Any]


@functools.cache
def pipeline() -> Pipeline:
    return Pipeline([read_protocol("NCT06934447")])


@functools.cache
def certified(stem: str) -> tuple[str, bytes]:
    """The certificate of a letter as text, and the letter."""
    raw = (ROOT / "corpus" / "letters" / "develop" / f"{stem}.txt").read_bytes()
    (screening,) = pipeline().screen(letters_from_bytes(raw, stem, stem))
    return json.dumps(certificate(screening, PROTOCOL.read_text(encoding="utf-8")), ensure_ascii=False), raw


@pytest.fixture(autouse=True)
def protocol_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reading of the protocol file, which no forgery here touches, is kept."""
    monkeypatch.setattr(verifier, "read_yaml", functools.cache(read_yaml))


@pytest.mark.parametrize("stem", [path.stem for path in LETTERS])
def test_an_unforged_certificate_holds(stem: str) -> None:
    text, letter = certified(stem)
    check = verify(text.encode(), [letter], PROTOCOL.read_bytes())
    assert check.numbers > 0


@pytest.mark.parametrize(
    ("protocol", "stem"),
    [
        ("NCT06154252", "04-hbv-viraemia-tppa"),  # no known allergies close a list of drugs that were not tolerated
        ("NCT06308978", "62-uk-cin-three-breast-lump"),  # points of a score without some of its items
        ("NCT06581198", "02-ehr-lvef54-transaminases"),
    ],
)
def test_a_certificate_by_another_protocol_holds(protocol: str, stem: str) -> None:
    raw = (ROOT / "corpus" / "letters" / "develop" / f"{stem}.txt").read_bytes()
    file = FOLDER / protocol / "protocol.yaml"
    (screening,) = Pipeline([read_protocol(protocol)]).screen(letters_from_bytes(raw, stem, stem))
    content = certificate(screening, file.read_text(encoding="utf-8"))
    assert verify(json.dumps(content).encode(), [raw], file.read_bytes()).raw["verdict"] == screening.decision.verdict


# --- forgeries of every field -----------------------------------------------------------------------------------------


def _others(value: Any) -> list[Any]:
    """Values of the same kind that say something else."""
    if value is None or isinstance(value, bool):
        return [not value] if value is not None else [1, "2020-01-01"]
    if isinstance(value, int | float):
        return [value + 1]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return [(date.fromisoformat(value) + timedelta(1)).isoformat()]
    return [f"{value}x", *([""] if value else [])]


def forgeries(content: Any, path: Path_ = ()) -> Iterator[Forgery]:
    """Every change of one field: another value, a field left out, an entry twice or in another's place."""
    if isinstance(content, dict):
        for key, part in content.items():
            yield from forgeries(part, (*path, key))
            yield (*path, key), "leave out", None
    elif isinstance(content, list):
        for number, part in enumerate(content):
            yield from forgeries(part, (*path, number))
            yield (*path, number), "leave out", None
        if content:
            yield (*path, 0), "twice", None
        if len(content) > 1 and content[0] != content[1]:
            yield (*path, 0), "in another's place", None
    else:
        yield from ((path, "set", other) for other in _others(content))


def forged(content: dict[str, Any], forgery: Forgery) -> bytes:
    path, how, new = forgery
    new_content: Any = copy.deepcopy(content)
    whole: Any = functools.reduce(lambda part, key: part[key], path[:-1], new_content)
    if how == "set":
        whole[path[-1]] = new
    elif how == "leave out":
        del whole[path[-1]]
    elif how == "twice":
        whole.insert(0, copy.deepcopy(whole[0]))
    else:
        whole[0], whole[1] = whole[1], whole[0]
    if path != ("checksum",):
        new_content["checksum"] = checksum(new_content)
    return json.dumps(new_content).encode()


# what may refuse a change of a field, by where the field lies; the first that fits
REASONS = (
    (r"^checksum", "checksum"),
    (r"^documents#(sha256)?$", "letter"),
    (r"^documents", "as_of date on_trust"),
    (r"^protocol", "protocol"),
    (r"^as_of", "as_of"),
    (r"^facts \S+ (start|end|quote)$", "quote"),
    (r"^facts \S+ value", "value arithmetic derivation on_trust"),
    (r"^facts \S+ (time|course) .*(earliest|latest)$", "date on_trust selection"),
    (r"^facts \S+ (kind|status|reason_stopped|attributes|reference)", "on_trust derivation arithmetic person value"),
    (r"^facts \S+ per_(day|kg)", "value on_trust derivation arithmetic"),
    (r"^facts \S+ concept$", "fact finding derivation on_trust"),
    (r"^facts", "on_trust selection derivation arithmetic recheck fact"),
    (r"^terms", "terms fact on_trust"),
    (r"^days#as_of", "as_of recheck"),
    (r"^days#findings \S+ (low|high)$", "arithmetic"),
    (r"^days#findings \S+ derivation", "derivation arithmetic selection fact finding on_trust terms"),
    (r"^days#findings \S+$", "finding answer recheck on_trust"),
    (r"^days", "finding recheck on_trust terms as_of"),
    (r"^criteria#tests \S+$", "test"),
    (r"^criteria#tests", "test"),
    (r"^criteria#(answer|silent|raised|overruled)$", "answer"),
    (r"^criteria", "criterion"),
    (r"^(verdict|cohorts)", "verdict"),
    (r"^recheck_on", "recheck"),
    (r"^persons#(criterion|after)", "answer person on_trust"),
    (r"^(persons|record)", "person answer on_trust"),
    (r"^(on_trust|software)", "on_trust"),
    (r"^version", "form"),
)


def _place(path: Path_) -> str:
    """Where a field lies: "facts#value low"."""
    return re.sub(r"(?<=#) ", "", " ".join("#" if isinstance(part, int) else part for part in path)).replace(" #", "#")


def fits(forgery: Forgery, code: str) -> bool:
    path, how, _ = forgery
    codes = next(codes for where, codes in REASONS if re.search(where, _place(path))).split()
    malformed = how == "leave out" or path[0] in ("facts", "documents", "days", "terms", "recheck_on")
    return code in codes or (code == "form" and malformed)


@pytest.mark.parametrize("stem", [WAITS, STOPPED])
def test_every_changed_field_is_refused_for_its_reason(stem: str) -> None:
    text, letter = certified(stem)
    content = json.loads(text)
    passed, other = [], []
    for forgery in forgeries(content):
        try:
            verify(forged(content, forgery), [letter], PROTOCOL.read_bytes())
        except Refused as refusal:
            if not fits(forgery, refusal.code):
                other.append((*forgery, refusal.code))
        else:
            passed.append(forgery)
    assert not passed
    assert not other


# --- forgers who change more than one field ---------------------------------------------------------------------------


def _refusal(stem: str, forge: Callable[[dict[str, Any]], None], protocol: bytes | None = None) -> str:
    """The code that refuses a certificate which was forged, its checksum and what it asks to be trusted made anew."""
    text, letter = certified(stem)
    content = json.loads(text)
    forge(content)
    content["checksum"] = checksum(content)
    with pytest.raises(Refused) as refused:
        verify(json.dumps(content).encode(), [letter], protocol or PROTOCOL.read_bytes())
    return refused.value.code


def _fact(content: dict[str, Any], concept: str) -> dict[str, Any]:
    return next(fact for fact in content["facts"].values() if fact["concept"] == concept)


def _finding(content: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for path, one in content["days"][0]["findings"].items() if path == key)


def test_a_value_is_held_against_its_quote() -> None:
    def forge(content: dict[str, Any]) -> None:
        fact, finding = _fact(content, "lvef"), _finding(content, "I4a")
        fact["value"] |= {"low": 71.0, "high": 71.0}
        finding |= {"low": 71.0, "high": 71.0}

    assert _refusal("02-ehr-lvef54-transaminases", forge) == "value"


def test_a_finding_is_held_against_its_facts() -> None:
    def forge(content: dict[str, Any]) -> None:
        finding = _finding(content, "I4a")
        used = finding["derivation"][1][0]
        finding |= {"low": 71.0, "high": 71.0, "derivation": ["trust", 71.0, 71.0, "stated", [used]]}

    assert _refusal("02-ehr-lvef54-transaminases", forge) == "selection"


def test_a_number_that_counts_cannot_be_called_unsettled() -> None:
    def forge(content: dict[str, Any]) -> None:
        finding = _finding(content, "I4a")
        used = finding["derivation"][1][0]
        finding |= {"low": None, "high": None, "derivation": ["trust", None, None, "unsettled", [used]]}

    assert _refusal("02-ehr-lvef54-transaminases", forge) == "selection"


def test_a_fact_on_another_question_decides_nothing() -> None:
    def forge(content: dict[str, Any]) -> None:
        other = next(key for key, fact in content["facts"].items() if fact["concept"] == "spo2")
        finding = _finding(content, "I4a")
        finding |= {"low": 98.0, "high": 98.0, "derivation": ["newest", [other, ["value", other]]]}

    assert _refusal("28-indian-brands-eligible", forge) == "fact"


def test_a_date_is_held_against_the_words_of_the_letter() -> None:
    def forge(content: dict[str, Any]) -> None:
        fact = next(
            one
            for one in content["facts"].values()
            if "time" in one and re.fullmatch(r"\d+/\d+/\d+", one["time"]["written"])
        )
        fact["time"] |= {"earliest": "2021-01-01", "latest": "2021-01-01"}

    assert _refusal("34-uk-npsle-sixty-days", forge) == "date"


def test_a_threshold_is_held_against_the_protocol_file() -> None:
    def forge(content: dict[str, Any]) -> None:
        criterion = next(one for one in content["criteria"] if one["id"] == "I4a")
        criterion["tests"]["I4a"] = "low >= 40"
        criterion |= {"answer": "pass", "raised": False, "silent": False}

    assert _refusal("02-ehr-lvef54-transaminases", forge) == "test"


def test_another_protocol_file_is_refused() -> None:
    other = PROTOCOL.read_bytes().replace(b"at_least: 55 %", b"at_least: 40 %")
    assert _refusal(STOPPED, lambda content: None, other) == "protocol"


def test_a_finding_and_its_criterion_cannot_be_left_out() -> None:
    def forge(content: dict[str, Any]) -> None:
        del content["days"][0]["findings"]["I4a"]

    assert _refusal("02-ehr-lvef54-transaminases", forge) == "finding"


def test_a_test_cannot_be_called_silent_where_another_asks_the_same() -> None:
    def forge(content: dict[str, Any]) -> None:
        findings = content["days"][0]["findings"]
        findings["I3"] = findings.pop("I2b.1.4.1")

    assert _refusal("01-refractory-renal-arthritis-uk", forge) == "finding"


def test_no_earlier_day_to_look_again_is_promised() -> None:
    def forge(content: dict[str, Any]) -> None:
        day = date.fromisoformat(content["recheck_on"]) - timedelta(days=1)
        content["recheck_on"] = content["days"][2]["as_of"] = day.isoformat()
        content["days"][1]["as_of"] = (day - timedelta(days=1)).isoformat()

    assert _refusal("13-spanish-yellow-fever-trial", forge) == "selection"


def test_what_is_not_json_of_a_certificate_is_refused() -> None:
    _, letter = certified(STOPPED)
    for content in (b"", b"[]", b"{}", b'{"version": 1, "version": 1}', b"\xff", b"[" * 100_000):
        with pytest.raises(Refused) as refused:
            verify(content, [letter], PROTOCOL.read_bytes())
        assert refused.value.code == "form"


# --- the program itself -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/protocol.yaml")), ids=lambda path: path.parent.name)
def test_the_reader_reads_the_shipped_protocols_as_yaml_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert read_yaml(text) == yaml.safe_load(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: !!str 1",
        "a: |\n  b",
        "a: 'b'",
        "a: 0x1F",
        "a: 1:30",
        "a: ~",
        "a: 1\na: 2",
        "a: {b: 1, b: 2}",
        "a: *b",
        "a: [1",
    ],
)
def test_what_the_reader_does_not_know_it_refuses(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_yaml(text)
    assert refused.value.code == "protocol_unreadable"


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("LVEF 48 %", 48, 48),
        ("EF 55-60%", 55, 60),
        ("bilirubin 0,6 mg/dl", 0.6, 0.6),
        ("platelets 1,280", 1280, 1280),
        ("ANA 1:1280", 1280, 1280),
        ("eGFR >90", 90, verifier.INF),
        ("CRP <5", -verifier.INF, 5),
        ("C3 0.50", 0.5, 0.5),
        ("SLEDAI-2K 10", 10, 10),
    ],
)
def test_the_first_number_of_a_quote(words: str, low: float, high: float) -> None:
    assert (low, high) in verifier.spans(words, age=False)[0]


def test_it_imports_the_standard_library_alone() -> None:
    tree = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules <= set(sys.stdlib_module_names)


def test_it_runs_alone(tmp_path: Path) -> None:
    text, letter = certified(STOPPED)
    (tmp_path / "c.json").write_text(text, encoding="utf-8")
    (tmp_path / "letter.txt").write_bytes(letter)
    program = tmp_path / "verifier.py"
    program.write_bytes(Path(verifier.__file__).read_bytes())
    call = [sys.executable, "-I", str(program), "c.json", "--letter", "letter.txt", "--protocol-file", str(PROTOCOL)]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "on trust, not verified:" in done.stdout
    (tmp_path / "letter.txt").write_bytes(letter + b" ")
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("refused (letter:")


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letter, out = str(LETTERS[0]), str(tmp_path / "c.json")
    assert run(["certify", letter, "--out", out]) == 0
    assert run(["verify", out, "--letter", letter, "--protocol-file", str(PROTOCOL)]) == 0
    assert "holds: potentially_eligible" in capsys.readouterr().out
    assert run(["verify", out, "--letter", str(LETTERS[1]), "--protocol-file", str(PROTOCOL)]) == 1
    assert capsys.readouterr().err.startswith("refused (letter:")
    assert run(["verify", out, "--letter", "none.txt", "--protocol-file", str(PROTOCOL)]) == 2
    assert run(["certify", letter, "--protocol", "all"]) == 2
