"""A protocol file: what it may say, what is refused and where the message points, and the registry's text covered."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules import language, registry
from rules.language import All, AnyOf, AtLeast, Not, leaf_tests, load_protocol, parse_protocol
from rules.protocol_text import ProtocolError
from tests.rules.probes import Probe

HEAD = """\
id: NCT00000000
version: "1"
title: a trial
criteria:
"""
I1 = """\
  - id: I1
    number: Inclusion 1
    title: first
    quote: "Age: 5 years or over;"
    requires: {probe: a}
"""


@pytest.fixture(autouse=True)
def probe_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "KINDS", {"probe": Probe})


TREE = """\
  - id: E2
    number: Exclusion 2
    title: second
    quote: "Another."
    ambiguity: {readings: [one, other], taken: one}
    silence: ask
    clears_with_time: true
    applies_to: {not: {probe: z}}
    excludes:
      any:
        - all:
            - probe: a
            - not:
                probe: b
        - at_least: 2
          of:
            - {probe: c, bound: 3}
            - probe: d
              operator: "<"
"""


def test_a_protocol_reads_as_a_typed_tree() -> None:
    protocol = parse_protocol(HEAD + I1 + TREE, "p.yaml")
    first, second = protocol.criteria
    assert (first.kind, second.kind) == ("inclusion", "exclusion")
    assert first.tree == Probe(probe="a")
    match second.excludes:
        case AnyOf(any=(All(all=(Probe(probe="a"), Not(part=Probe(probe="b")))), AtLeast(at_least=2, of=(c, d)))):
            assert (c, d) == (Probe(probe="c", bound=3), Probe(probe="d", operator="<"))
        case other:
            raise AssertionError(other)
    assert [test.finding_id() for test in leaf_tests(second.tree)] == ["z", "a", "b", "c", "d"]


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(HEAD + I1, encoding="utf-8")
    assert len(load_protocol(path).sha256) == 64


MALFORMED = [
    # what is wrong, the text, the line, the key, words of the message
    ("an unknown key", HEAD + I1 + "    reqires: 1\n", 10, "criteria.0.reqires", "not a key"),
    ("a missing key", HEAD + I1.replace("    title: first\n", ""), 5, "criteria.0.title", "missing"),
    ("both sides", HEAD + I1 + "    excludes: {probe: b}\n", 5, "criteria.0", "exactly one"),
    ("no side", HEAD + I1.replace("    requires: {probe: a}\n", ""), 5, "criteria.0", "exactly one"),
    ("an unknown test", HEAD + I1.replace("{probe: a}", "{prob: a}"), 9, "criteria.0.requires.prob", "no kind of test"),
    ("a test's bad key", HEAD + I1.replace("{probe: a}", "{probe: a, b: 1}"), 9, "criteria.0.requires.b", "not a key"),
    ("a test's bad value", HEAD + I1.replace("{probe: a}", "{probe: a, bound: x}"), 9, "requires.bound", "number"),
    ("an empty any", HEAD + I1.replace("{probe: a}", "{any: []}"), 9, "criteria.0.requires.any", "at least 1"),
    ("an any that is no list", HEAD + I1.replace("{probe: a}", "{any: {probe: a}}"), 9, "requires.any", "list"),
    ("out of reach", HEAD + I1.replace("{probe: a}", "{at_least: 2, of: [{probe: a}]}"), 9, "requires", "never hold"),
    (
        "a count in words",
        HEAD + I1.replace("{probe: a}", "{at_least: two, of: [{probe: a}]}"),
        9,
        "at_least",
        "integer",
    ),
    ("a test that is text", HEAD + I1.replace("{probe: a}", "a"), 9, "criteria.0.requires", "mapping"),
    ("two of an id", HEAD + I1 + I1, 1, "(whole file)", "'I1'"),
    ("a key given twice", HEAD + I1 + "    title: again\n", 10, "title", "twice"),
    ("no criteria", HEAD.replace("criteria:\n", "criteria: []\n"), 4, "criteria", "at least 1"),
    ("criteria that are no list", HEAD.replace("criteria:\n", "criteria: x\n"), 4, "criteria", "tuple"),
    ("a list", "- id: x\n", 1, "", "mapping"),
    ("nothing", "", 1, "", "mapping"),
    ("its own hash", HEAD + I1 + "sha256: abc\n", 10, "sha256", "leave it out"),
    ("not YAML", HEAD + "  - id: [\n", 6, "", "not readable as YAML"),
    ("a deep error", HEAD + I1 + TREE.replace("probe: b", "prob: b"), 23, "excludes.any.0.all.1.not.prob", "no kind"),
]


@pytest.mark.parametrize(("what", "text", "line", "key", "words"), MALFORMED, ids=[row[0] for row in MALFORMED])
def test_a_malformed_file_is_refused_with_line_and_key(what: str, text: str, line: int, key: str, words: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        parse_protocol(text, "folder/p.yaml")
    message = str(caught.value)
    assert message.startswith(f"folder/p.yaml, line {line}")
    assert key in message
    assert words in message
    assert "\n" not in message


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match="cannot be read"):
        load_protocol(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"id: \xe9")
    with pytest.raises(ProtocolError, match="UTF-8"):
        load_protocol(tmp_path / "latin.yaml")


REGISTRY = """Inclusion Criteria:

1. Age:  5 years or
   over; LVEF of 0.5 or more.
2. Another."""


def covered(*quotes: str) -> list[str]:
    protocol = parse_protocol(HEAD + I1, "p.yaml")
    first = protocol.criteria[0]
    criteria = tuple(first.model_copy(update={"id": f"I{n}", "quote": quote}) for n, quote in enumerate(quotes))
    return registry.uncovered_sentences(protocol.model_copy(update={"criteria": criteria}), REGISTRY)


def test_every_sentence_of_the_registry_is_covered() -> None:
    assert covered("Age: 5 years or over;", "LVEF of 0.5 or more.", "Another.") == []
    assert covered("Age: 5 years or over; LVEF of 0.5", "Another.") == ["LVEF of 0.5 or more."]
    assert len(covered("Another.")) == 2


def test_a_quote_is_the_registrys_own_words() -> None:
    protocol = parse_protocol(HEAD + I1, "p.yaml")
    assert registry.unfounded_quotes(protocol, REGISTRY) == []
    assert registry.unfounded_quotes(protocol, REGISTRY.replace("5", "6")) == ["I1"]
