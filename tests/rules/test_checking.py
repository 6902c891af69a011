"""The check of a protocol: every fault that a file can have, with its line and what to do; a sound one has none."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from kb.vocabulary import vocabulary
from rules.checking import Problem, check_protocol
from rules.protocol_text import ProtocolError
from rules.schema import protocol_schema
from screening.protocol_checking import schema_text, statement_ids
from screening.protocols import FOLDER

HEAD = """\
id: MINI
version: "1"
title: a small protocol
source: registry.txt
criteria:
"""
I1 = """\
  - id: I1
    number: Inclusion 1
    title: LVEF at least 55 %
    quote: "LVEF 55 % or more"
    requires:
      measurement: lvef
      at_least: 55 %
      within: 6 months before screening
"""
E1 = """\
  - id: E1
    number: Exclusion 1
    title: Malignancy
    quote: "Cancer"
    excludes: {condition: malignancy}
"""
REGISTRY = "Inclusion Criteria:\nLVEF 55 % or more\nExclusion Criteria:\nCancer\n"


def problems(folder: Path, text: str, registry: str = REGISTRY) -> list[Problem]:
    (folder / "protocol.yaml").write_text(text, encoding="utf-8")
    (folder / "registry.txt").write_text(registry, encoding="utf-8")
    return check_protocol(folder / "protocol.yaml", vocabulary(), statement_ids())


def second(**changes: str) -> str:
    """A third criterion with the quote of the first, its condition as given."""
    condition = changes.pop("condition")
    return (
        '  - id: I2\n    number: Inclusion 2\n    title: another\n    quote: "LVEF 55 % or more"\n'
        f"    {changes.pop('side', 'requires')}: {condition}\n"
    )


FAULTS = [
    # what is wrong, the file, the line, words of the message
    ("an unknown concept", HEAD + I1.replace("lvef", "lvfe") + E1, 11, "did you mean 'lvef'"),
    ("a concept of another kind", HEAD + I1 + E1.replace("malignancy", "lvef"), 18, "is a lab: name a condition"),
    ("a statement in the place of a term", HEAD + I1 + E1.replace("malignancy", "consent"), 18, "is a statement"),
    ("a unit that does not fit", HEAD + I1.replace("55 %\n      w", "55 mmHg\n      w") + E1, 12, "unit 'mmHg'"),
    ("a bound that nobody has", HEAD + I1.replace("55 %\n      w", "550 %\n      w") + E1, 12, "no value a patient"),
    ("a window without an anchor", HEAD + I1.replace(" before screening", "") + E1, 13, "6 months before screening"),
    ("an empty quote", HEAD + I1 + E1.replace('"Cancer"', '" "'), 17, "no quote"),
    ("a quote not of the registry", HEAD + I1 + E1.replace('"Cancer"', '"A cancer"'), 17, "word for word"),
    ("an empty range", HEAD + I1.replace("      within", "      at_most: 50 %\n      within") + E1, 6, "is empty"),
    (
        "what includes and excludes",
        HEAD + I1 + E1 + second(side="excludes", condition="{measurement: lvef, at_least: 50 %}"),
        6,
        "whoever passes it fails I2",
    ),
    (
        "what another decides already",
        HEAD + I1 + E1 + second(condition="{measurement: lvef, at_least: 40 %}"),
        19,
        "decides nothing",
    ),
    ("the same twice", HEAD + I1 + E1 + E1.replace("E1", "E2"), 19, "asks the same as E1"),
    ("a word the registry's text lacks", HEAD + I1 + E1.replace("condition", "repeats: E9, condition"), 18, "repeats"),
    ("a score beyond its points", HEAD + I1 + E1 + second(condition="{score: ecog, at_most: 9 points}"), 23, "0 to 5"),
    ("an age that nobody has", HEAD + I1 + E1 + second(condition="{age: at the screening date, at_least: 180 years}"),
     23, "0 to 120"),
    ("no registry text", HEAD.replace("source: registry.txt\n", "") + I1 + E1, 1, "source: registry.txt"),
    ("a malformed criterion", HEAD + I1.replace("at_least", "atleast") + E1, 12, "not a key"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "line", "words"), FAULTS, ids=[row[0] for row in FAULTS])
def test_each_fault_is_told_with_its_line(tmp_path: Path, what: str, text: str, line: int, words: str) -> None:
    told = problems(tmp_path, text)
    assert [str(one) for one in told if one.line == line and words in str(one)], [str(one) for one in told]


def test_a_sound_protocol_has_no_fault(tmp_path: Path) -> None:
    assert problems(tmp_path, HEAD + I1 + E1) == []


def test_a_sentence_of_the_registry_without_a_criterion_is_told_with_its_line(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, HEAD + I1 + E1, REGISTRY + "Pregnancy\n")
    assert (Path(problem.file).name, problem.line) == ("registry.txt", 5)
    assert "Pregnancy" in problem.what


def test_a_repetition_of_the_registry_can_be_said_to_be_one(tmp_path: Path) -> None:
    again = E1.replace("E1", "E2").replace("    excludes", "    repeats: E1\n    excludes")
    assert problems(tmp_path, HEAD + I1 + E1 + again) == []


def test_every_malformed_criterion_is_told_at_once(tmp_path: Path) -> None:
    told = problems(tmp_path, HEAD + I1.replace("at_least", "atleast") + E1.replace("condition", "disease"))
    assert [one.line for one in told] == [12, 18]


def test_cohorts_do_not_contradict_each_other(tmp_path: Path) -> None:
    cohorts = "cohorts: [{id: A, title: adults}, {id: B, title: children}]\n"
    head = HEAD.replace("criteria:", f"{cohorts}criteria:")
    low = second(condition="{age: at the screening date, below: 18 years}").replace("title", "cohorts: [B]\n    title")
    high = low.replace("I2", "I3").replace("below", "at_least").replace("[B]", "[A]")
    assert problems(tmp_path, head + I1 + E1 + low + high) == []
    assert problems(tmp_path, head + I1 + E1 + low + high.replace("[A]", "[B]")) != []


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match="cannot be read"):
        check_protocol(tmp_path / "none.yaml", vocabulary(), frozenset())


# --- the schema -------------------------------------------------------------------------------------------------------

SHIPPED = sorted(FOLDER.glob("*/protocol.yaml"))


def test_the_published_schema_is_that_of_the_language() -> None:
    """To publish it anew: eligo protocol schema --plain > kb/protocols/protocol.schema.json."""
    published = (FOLDER / "protocol.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == json.loads(schema_text(plain=True))


@pytest.mark.parametrize("path", SHIPPED, ids=[path.parent.name for path in SHIPPED])
def test_every_shipped_protocol_fits_the_schema_and_names_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../protocol.schema.json\n")
    content = json.loads(json.dumps(yaml.safe_load(text), default=str))
    validator = jsonschema.Draft202012Validator(protocol_schema(vocabulary(), statement_ids()))
    assert [error.message for error in validator.iter_errors(content)] == []


BAD = [
    ("a key", HEAD + I1.replace("at_least", "atleast")),
    ("a concept", HEAD + I1.replace("lvef", "lvfe")),
    ("a kind of test", HEAD + E1.replace("condition", "disease")),
    ("a missing title", HEAD + E1.replace("    title: Malignancy\n", "")),
]


@pytest.mark.parametrize(("what", "text"), BAD, ids=[row[0] for row in BAD])
def test_the_schema_refuses(what: str, text: str) -> None:
    validator = jsonschema.Draft202012Validator(protocol_schema(vocabulary(), statement_ids()))
    assert list(validator.iter_errors(yaml.safe_load(text)))


@pytest.mark.parametrize("path", SHIPPED, ids=[path.parent.name for path in SHIPPED])
def test_every_shipped_protocol_is_sound(path: Path) -> None:
    assert [str(one) for one in check_protocol(path, vocabulary(), statement_ids())] == []
