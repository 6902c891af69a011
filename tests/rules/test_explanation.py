"""The explanation, read back as text, replays to the answer that it explains."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from kb.facts import Fact
from rules.decision import Judge
from rules.explanation import explain, reason, render
from rules.findings import Finding
from rules.language import All, AnyOf, Protocol
from tests.rules.probes import Probe, by_name, criterion, finding, findings, protocol, protocols

NODE = re.compile(r"^(?P<indent> *)(?P<outcome>holds|fails|open): (?P<sentence>.*)  <(?P<id>.*)>$")
TEST = re.compile(r"is (?:nothing|\[(\S+), (\S+)\].*); holds if (\w+) (\S+) (\S+), fails if (\w+) (\S+) (\S+)$")
COUNT = re.compile(r"(\d+) (hold|fail|open)")


def compares(ends: dict[str, float | None], end: str, operator: str, bound: str) -> bool:
    value = ends[end]
    if value is None:
        return False
    return {
        "<": value < float(bound),
        "<=": value <= float(bound),
        ">": value > float(bound),
        ">=": value >= float(bound),
    }[operator]


def replay_test(operands: str) -> str:
    match = TEST.search(operands)
    assert match, operands
    ends = {
        "low": None if match[1] in (None, "open") else float(match[1]),
        "high": None if match[2] in (None, "open") else float(match[2]),
    }
    if compares(ends, match[3], match[4], match[5]):
        return "holds"
    return "fails" if compares(ends, match[6], match[7], match[8]) else "open"


def replay_connective(sentence: str, outcomes: list[str]) -> str:
    holds, fails, count = outcomes.count("holds"), outcomes.count("fails"), len(outcomes)
    if sentence == "not":
        return {"holds": "fails", "fails": "holds", "open": "open"}[outcomes[0]]
    word, _, _ = sentence.partition(" ")
    needed = {"all": count, "any": 1}.get(word) or int(sentence.split()[2])
    return "holds" if holds >= needed else "fails" if fails > count - needed else "open"


def replay(lines: list[str]) -> str:
    """The outcome of the tree that the lines print, from the operands of its tests upwards."""
    head = NODE.match(lines[0])
    assert head
    assert lines[1].strip().startswith("# ")
    starts = [
        at
        for at, line in enumerate(lines)
        if (node := NODE.match(line)) and len(node["indent"]) == len(head["indent"]) + 2
    ]
    if not starts:
        outcome = replay_test(lines[1])
    else:
        parts = [replay(lines[a:b]) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
        told = {word: int(number) for number, word in COUNT.findall(lines[1])}
        assert told == {
            word: parts.count(one)
            for one, word in (("holds", "hold"), ("fails", "fail"), ("open", "open"))
            if one in parts
        }
        outcome = replay_connective(head["sentence"], parts)
    assert outcome == head["outcome"]
    return outcome


@settings(max_examples=100, deadline=None)
@given(protocols(), findings())
def test_the_text_replays_to_its_answer(asked: Protocol, found: list[Finding]) -> None:
    judge = Judge(asked)
    decision = judge.decide_findings(by_name(found))
    judge.close()
    for one in decision.answers:
        lines = render(one, decision, {})
        start = next(at for at, line in enumerate(lines) if NODE.match(line))
        outcome = replay(lines[start:])
        expected = {"holds": "pass", "fails": "fail", "open": "unknown"}[outcome]
        if one.criterion.kind == "exclusion" and expected != "unknown":
            expected = {"pass": "fail", "fail": "pass"}[expected]
        assert expected == one.answer
        assert lines[0].split(": ")[-1].split()[0] == one.answer


def lvef(low: float, note: str | None = None) -> Finding:
    return finding("lvef", low, facts=("f1",), calculation="newest of 2", note=note)


FACT = Fact("f1", "measurement", "lvef", "LVEF", 0, 4, 12, "LVEF\n48%")
ASKED = protocol([criterion("I4a", Probe(probe="lvef", bound=55), reading="the newest counts")])


def test_the_words_of_the_letter_and_the_calculation_are_shown() -> None:
    decision = Judge(ASKED).decide_findings(by_name([lvef(48, note="old")]))
    text = "\n".join(render(decision.answers[0], decision, {"f1": FACT}))
    for part in (
        "I4a  Number I4a  I4a: fail",
        'registry: "quote of I4a"',
        "read as: the newest counts",
        "lvef is [48, 48] 1; holds if low >= 55, fails if high < 55",
        "= newest of 2",
        "! old",
        '"LVEF 48%" (f1, characters 4-12)',
    ):
        assert part in text


def test_every_node_that_was_answered_names_its_rule() -> None:
    decision = Judge(ASKED).decide_findings(by_name([lvef(48)]))
    assert explain(decision.answers[0], decision).rule == "I4a.lvef.fails"
    silent = Judge(ASKED).decide_findings({})
    assert explain(silent.answers[0], silent).rule is None


REASONS = [
    ([], "The letter does not speak of this: confirm at the visit."),
    ([finding("a", 1), finding("b", 1)], "a holds. b holds."),
    ([finding("a", 0), finding("b", 0, 1)], "a fails."),
    ([finding("a", 1), finding("b", 0, 1)], "b open."),
    ([finding("a", 1)], "a holds. b open."),
]


@pytest.mark.parametrize(("found", "expected"), REASONS)
def test_the_reason_is_made_of_the_sentences_that_decide(found: list[Finding], expected: str) -> None:
    asked = protocol([criterion("X", All(all=(Probe(probe="a"), Probe(probe="b"))))])
    decision = Judge(asked).decide_findings(by_name(found))
    assert reason(decision.answers[0], decision) == expected


QUESTIONS = [
    ("all", [finding("a", 1)], ["b?"]),
    ("all", [], ["a?", "b?"]),
    ("any", [], ["a?"]),
    ("any", [finding("b", None, ask="b, please")], ["b, please"]),
    ("all", [finding("a", 0)], []),
]


@pytest.mark.parametrize(("connective", "found", "expected"), QUESTIONS)
def test_questions_ask_for_what_the_verdict_waits_for(
    connective: str, found: list[Finding], expected: list[str]
) -> None:
    parts = (Probe(probe="a"), Probe(probe="b"))
    tree = All(all=parts) if connective == "all" else AnyOf(any=parts)
    decision = Judge(protocol([criterion("X", tree, essential=True)])).decide_findings(by_name(found))
    assert [question.ask for question in decision.questions] == expected


def test_nothing_is_asked_of_what_the_visit_settles() -> None:
    asked = protocol([criterion("X", Probe(probe="a"), settled_at_visit=True), criterion("Y", Probe(probe="b"))])
    assert Judge(asked).decide_findings(by_name([finding("a", 0, 1)])).questions == ()
