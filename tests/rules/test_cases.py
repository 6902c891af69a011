"""Cases: what their lines say as facts, what a wrong line is told, and what they reach of a protocol."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from kb.facts import Coded, Course, Fact, Interval, Quantity, Time
from kb.vocabulary import vocabulary
from rules.case_facts import CaseError, read_facts
from rules.cases import load_cases, parse_cases, run_cases
from rules.coverage import coverage, reachable
from rules.language import All, AnyOf, AtLeast, parse_protocol
from rules.protocol_text import ProtocolError
from rules.tests.judgement import Judgement
from tests.rules.kinds.letter_facts import LETTER
from tests.rules.probes import Probe, negated

PROTOCOL = """\
id: MINI
version: "1"
title: a small protocol
criteria:
  - id: I1
    number: Inclusion 1
    title: LVEF at least 55 %
    quote: "LVEF"
    requires: {measurement: lvef, at_least: 55 %}
  - id: E1
    number: Exclusion 1
    title: Malignancy
    quote: "cancer"
    excludes: {condition: malignancy}
"""
HEAD = "as_of: 2026-06-15\ncases:\n"


def one(**line: object) -> Fact:
    """The fact of one line."""
    (fact,) = read_facts([line], vocabulary())
    return fact


def test_a_number_a_word_and_a_range() -> None:
    lvef = one(lvef="55 to 60 %", dated=date(2026, 5, 30))
    assert (lvef.kind, lvef.value) == ("measurement", Quantity(Interval(55, 60), "%", "55 to 60 %"))
    assert lvef.time == Time(date(2026, 5, 30), date(2026, 5, 30), "2026-05-30")
    assert one(hbsag="negative").value == Coded("negative", "negative")
    assert one(ast="below 40 U/L", range="at most 50").reference == Interval(None, 50)
    assert one(age="34 years").kind == "demographic"
    assert one(ast="2.5 x ULN").value == Quantity(Interval(2.5, 2.5), "{ULN}", "2.5 x ULN")


def test_presence_denial_and_whose_it_is() -> None:
    assert one(malignancy="never").temporality == "historical"
    assert one(malignancy="never").assertion == "absent"
    assert one(malignancy="present", of="family").experiencer == "family"
    assert one(**{"pericardial-effusion": "present", "size": "large"}).attributes == {"size": "large"}
    assert one(**{"disease-activity": "active"}).kind == "statement"


def test_a_drug_with_its_course() -> None:
    fact = one(prednisolone="past", dose="40 mg/day", until="2026-05-02", **{"stopped for": "intolerance"})
    assert fact.dosing is not None and fact.dosing.per_day == Interval(40, 40)
    assert fact.dosing.reason_stopped == "intolerance"
    assert fact.course == Course(None, Time.on(date(2026, 5, 2), "2026-05-02"), False)
    assert one(prednisolone="current").course == Course(ongoing=True)


WRONG = [
    ({"lvef": "55 mmHg"}, "in %"),
    ({"malignancy": "maybe"}, "present"),
    ({"malignancy": "present", "dated": "last May"}, "2026-06"),
    ({"prednisolone": "taken"}, "current"),
    ({"prednisolone": "current", "dose": "40 mg"}, "mg/day"),
    ({"malignancy": "present", "of": "neighbour"}, "family"),
    ({}, "concept"),
]


@pytest.mark.parametrize(("line", "words"), WRONG, ids=[str(line) for line, _ in WRONG])
def test_a_line_that_cannot_be_read_says_what_to_write(line: dict[str, str], words: str) -> None:
    with pytest.raises(CaseError, match=words):
        read_facts([line], vocabulary())


def test_a_case_that_does_not_hold_says_how_it_came_out() -> None:
    protocol = parse_protocol(PROTOCOL, "p.yaml")
    text = HEAD + "  - case: LVEF 54 %\n    told: [{lvef: 54 %}]\n    expect: {I1: pass, E1: silent}\n"
    cases = parse_cases(text, "cases.yaml", protocol, vocabulary())
    (outcome,) = run_cases(cases, protocol, vocabulary())
    assert outcome.differences == ("I1 is fail, not pass",)
    assert outcome.case.line == 3


BAD_FILES = [
    ("as_of: 2026-06-15\n", "missing"),
    (HEAD + "  - case: a\n    expect: {I9: pass}\n", "no criterion of MINI"),
    (HEAD + "  - case: a\n    told: [{lvef: 5 mmHg}]\n    expect: {I1: pass}\n", "line 4"),
    (HEAD + "  - case: a\n    expect: {I1: maybe}\n", "line 4"),
    (HEAD + "  - case: a\n    expects: {I1: pass}\n", "not a key"),
    (HEAD + "  - expect: {I1: pass}\n", "a name"),
    (HEAD + "  - says: LVEF 60 %.\n    told: [{lvef: 60 %}]\n    expect: {I1: pass}\n", "not both"),
    (HEAD + "  - says: LVEF 60 %.\n    expect: {I1: pass}\n", "line 3.*told"),
]


@pytest.mark.parametrize(("text", "words"), BAD_FILES)
def test_a_bad_file_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(ProtocolError, match=words):
        parse_cases(text, "cases.yaml", parse_protocol(PROTOCOL, "p.yaml"), vocabulary())


def test_a_letters_own_words_are_read_by_whom_the_caller_names() -> None:
    protocol = parse_protocol(PROTOCOL, "p.yaml")
    text = HEAD + "  - {says: The heart is fine., letter: 2026-05-01, expect: {I1: pass}}\n"
    heard: list[tuple[str, date | None]] = []

    def read(says: str, letter: date | None) -> tuple[Fact, ...]:
        heard.append((says, letter))
        return read_facts([{"lvef": "60 %"}], vocabulary())

    (case,) = parse_cases(text, "cases.yaml", protocol, vocabulary(), read)
    assert heard == [("The heart is fine.", date(2026, 5, 1))]
    assert case.name == "The heart is fine."
    assert run_cases([case], protocol, vocabulary())[0].differences == ()


def test_only_what_a_case_claims_is_reached() -> None:
    protocol = parse_protocol(PROTOCOL, "p.yaml")
    text = HEAD + "  - case: a\n    told: [{lvef: 54 %}, {malignancy: never}]\n    expect: {I1: fail}\n"
    outcomes = run_cases(parse_cases(text, "cases.yaml", protocol, vocabulary()), protocol, vocabulary())
    (first, tests), (second, _) = coverage(protocol, outcomes).criteria
    assert (first.missing, tests[0].missing) == (("pass", "unknown"), ("holds", "open"))
    assert second.missing == ("pass", "fail", "unknown")


def test_what_a_tree_can_come_to() -> None:
    probe, judgement = Probe(probe="a"), Judgement(judgement="x", raised_by=())
    assert reachable(judgement) == {"open"}
    assert reachable(All(all=(probe, judgement))) == {"fails", "open"}
    assert reachable(AnyOf(any=(probe, judgement))) == {"holds", "open"}
    assert reachable(AtLeast(at_least=2, of=(probe, judgement))) == {"fails", "open"}
    assert reachable(negated(All(all=(probe, judgement)))) == {"holds", "open"}


def test_the_letter_of_a_case_can_be_older_than_the_screening() -> None:
    protocol = parse_protocol(PROTOCOL.replace("at_least: 55 %", "at_least: 55 %, within: 6 months"), "p.yaml")
    text = HEAD + "  - case: a\n    letter: 2025-01-01\n    told: [{lvef: 60 %}]\n    expect: {I1: raised}\n"
    (case,) = parse_cases(text, "cases.yaml", protocol, vocabulary())
    assert (case.as_of, case.letter) == (LETTER, date(2025, 1, 1))
    assert run_cases([case], protocol, vocabulary())[0].differences == ()
    assert run_cases([dataclasses.replace(case, letter=LETTER)], protocol, vocabulary())[0].differences


def test_a_missing_file_of_cases_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match=r"none\.yaml"):
        load_cases(tmp_path / "none.yaml", parse_protocol(PROTOCOL, "p.yaml"), vocabulary())
