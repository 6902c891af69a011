"""What holds for every kind of test: it is complete, silence stays silence, other people's facts never count."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
import yaml

import kb
import rules.tests
from kb.facts import Fact, Interval, Time
from kb.vocabulary import vocabulary
from rules.findings import Finding
from rules.language import leaf_tests, load_protocol
from rules.reference import answer
from rules.registry import uncovered_sentences, unfounded_quotes
from rules.scoring import evidence
from rules.tests import KINDS
from rules.tests.base import Outcome, Test
from tests.rules.kinds import test_exclusion, test_inclusion
from tests.rules.kinds.letter_facts import (
    answered,
    coded,
    course,
    day,
    denied,
    drug,
    findings,
    number,
    protocol,
    situation,
    told,
)

CASES = [*test_inclusion.CASES, *test_exclusion.CASES]
CASE_IDS = [f"{case[0]}: {case[1]}" for case in CASES]
CRITERIA = {criterion.id: criterion for criterion in protocol().criteria}
TESTS = [test for criterion in protocol().criteria for test in leaf_tests(criterion.tree)]
FOLDER = Path(kb.__file__).parent / "protocols" / "NCT06934447"


def test_every_kind_is_used_by_a_shipped_protocol_and_complete() -> None:
    shipped = [load_protocol(path) for path in sorted(FOLDER.parent.glob("*/protocol.yaml"))]
    trees = [criterion.tree for protocol in shipped for criterion in protocol.criteria]
    assert {type(test) for tree in trees for test in leaf_tests(tree)} == set(KINDS.values())
    for kind in KINDS.values():
        assert not inspect.isabstract(kind)
        assert kind.model_json_schema()["properties"]
        assert inspect.getdoc(kind)


def test_every_file_of_the_folder_is_a_kind() -> None:
    files = {path.stem for path in Path(rules.tests.__file__).parent.glob("*.py")} - {"__init__", "base"}
    assert files == set(KINDS)


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.finding_id()[:40])
def test_every_test_speaks(test: Test) -> None:
    settled = Finding(test.finding_id(), 1.0, 1.0, "", (), basis="so told", note="a reason")
    sentences = {outcome: test.sentence(settled, outcome) for outcome in get_args(Outcome)}
    sentences["silent"] = test.sentence(None, "open")
    assert all((words.endswith(".") and words[0] == words[0].upper()) or words for words in sentences.values())
    assert len(set(sentences.values())) >= 2
    assert test.question().endswith("?")


def test_every_criterion_is_shown_in_every_way_it_can_go() -> None:
    seen = {(criterion, expected) for criterion, _, _, expected in CASES}
    judged = {"E2b", "E11b"}
    for criterion in protocol().criteria:
        ways = {"raised", "silent"} if criterion.id in judged else {"pass", "fail"}
        assert {(criterion.id, way) for way in ways} <= seen


def test_two_tests_that_share_a_finding_make_the_same_one() -> None:
    shared: dict[str, list[Test]] = {}
    for test in TESTS:
        shared.setdefault(test.finding_id(), []).append(test)
    bounds = {"at_least", "at_most", "above", "below", "reads"}
    for same in shared.values():
        assert len({test.model_dump_json(exclude=bounds) for test in same}) == 1


def test_the_registry_is_covered_word_for_word() -> None:
    registry = (FOLDER / "registry.txt").read_text(encoding="utf-8")
    assert uncovered_sentences(protocol(), registry) == []
    assert unfounded_quotes(protocol(), registry) == []
    assert len(protocol().criteria) == 41


CONCEPT_KEYS = {
    "measurement", "result", "condition", "procedure", "vaccination", "study", "exposure", "exposures", "intolerances",
    "score", "treated", "by", "apart_from", "prophylactic", "treatment", "own", "needing", "may_need", "doubtful",
    "denied_as", "denied_by", "also", "unclear", "named_generally", "raised_by", "replaced_by", "ruled_out_by",
    "report", "abnormal", "acceptable", "unless", "normal_when", "panels", "shown_by", "confirmed_by",
    "negative_only_by", "not_denied_by", "of_disease", "instead", "replacing",
}  # fmt: skip
STATEMENTS = {
    "anything", "classification", "contraception-in-use", "haemodynamics", "intolerance-standard-treatment",
    "no-immunosuppression-other", "no-steroid-other", "opinion-kidney", "opinion-unsuitable", "trial-interest",
}  # fmt: skip


def concepts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from concepts(one)


def test_every_concept_is_a_term() -> None:
    raw = [test.model_dump(by_alias=True) for test in TESTS]
    raw += [
        test.model_dump(by_alias=True)
        for name in ("sledai-2k", "eular-acr-2019")
        for tests in evidence(name).values()
        for test in tests
    ]
    named = {name for test in raw for key in CONCEPT_KEYS & set(test) for name in concepts(test[key] or ())}
    assert {name for name in named if name not in vocabulary()} <= STATEMENTS


def test_score_evidence_names_items_of_the_scores() -> None:
    for name in ("sledai-2k", "eular-acr-2019"):
        path = Path(kb.__file__).parent / "calculators" / f"{name.replace('-', '_')}.yaml"
        items = {item["id"] for item in yaml.safe_load(path.read_text(encoding="utf-8"))}
        assert set(evidence(name)) - {"entry"} <= items


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.finding_id()[:40])
def test_silence_has_no_finding(test: Test) -> None:
    assert test.find(situation([])) is None


@pytest.mark.parametrize(("criterion", "letter", "facts", "expected"), CASES, ids=CASE_IDS)
def test_other_people_and_plans_never_count(criterion: str, letter: str, facts: list[Fact], expected: str) -> None:
    assert answered(criterion, [dataclasses.replace(fact, experiencer="family") for fact in facts]) == "silent"
    assert answered(criterion, [dataclasses.replace(fact, temporality="planned") for fact in facts]) == "silent"


@pytest.mark.parametrize(("criterion", "letter", "facts", "expected"), CASES, ids=CASE_IDS)
def test_a_condition_never_answers(criterion: str, letter: str, facts: list[Fact], expected: str) -> None:
    changed = [dataclasses.replace(fact, assertion="conditional") for fact in facts]
    assert answered(criterion, changed) in ("silent", "raised")


@pytest.mark.parametrize(("criterion", "letter", "facts", "expected"), CASES, ids=CASE_IDS)
def test_every_answer_names_facts_and_every_open_finding_a_question(
    criterion: str, letter: str, facts: list[Fact], expected: str
) -> None:
    known = {fact.id for fact in facts}
    for finding in findings(criterion, situation(facts)).values():
        assert finding.facts and set(finding.facts) <= known
        if finding.low != finding.high:
            assert finding.ask


@pytest.mark.parametrize(("criterion", "letter", "facts", "expected"), CASES, ids=CASE_IDS)
def test_the_order_of_the_facts_does_not_matter(criterion: str, letter: str, facts: list[Fact], expected: str) -> None:
    assert answered(criterion, facts[::-1]) == expected


WINDOWED = ["I3", "I4a", "I4b", "I4c", "I4d", "E1", "E2a", "E3b", "E5", "E6c", "E8", "E11a"]


@pytest.mark.parametrize(("criterion", "letter", "facts", "expected"), CASES, ids=CASE_IDS)
def test_a_missing_screening_date_opens_answers_but_turns_none_round(
    criterion: str, letter: str, facts: list[Fact], expected: str
) -> None:
    assert answered(criterion, facts, as_of=None, letter=None) in (expected, "raised", "silent")


@pytest.mark.parametrize(("criterion", "letter", "facts", "expected"), CASES, ids=CASE_IDS)
def test_without_a_screening_date_no_window_over_dated_facts_is_decided(
    criterion: str, letter: str, facts: list[Fact], expected: str
) -> None:
    if criterion in WINDOWED and expected != "silent":
        dated = [dataclasses.replace(fact, time=fact.time or day("2026-06-01")) for fact in facts]
        lasting = any(fact.course is not None or fact.dosing is not None for fact in facts)
        ever = any(fact.kind == "condition" and criterion == "I4b" for fact in facts)
        if not lasting and not ever:
            assert answered(criterion, dated, as_of=None, letter=None) in ("raised", "silent")


UNPLACED = Time(None, None, "three weeks ago")
WITHOUT_A_DATE = [
    ("I3", "SLEDAI-2K 10", [number("sledai-2k", 10)], "pass"),
    ("I3", "SLEDAI-2K 10 on 1 June", [number("sledai-2k", 10, on="2026-06-01")], "raised"),
    ("I3", "SLEDAI-2K 10 three weeks ago", [number("sledai-2k", 10, time=UNPLACED)], "raised"),
    ("I4a", "EF 62 %", [number("lvef", 62)], "pass"),
    ("I4a", "EF 62 % in the past", [number("lvef", 62, temporality="historical")], "raised"),
    ("I4a", "EF 62 %, in May 48 %", [number("lvef", 62), number("lvef", 48, on="2026-05")], "raised"),
    ("I4d", "liver function normal", [coded("liver-function", "normal")], "pass"),
    ("E1", "no neurological involvement ever", [denied("npsle", temporality="historical")], "pass"),
    ("E1", "seizure three weeks ago, treated", [told("seizure", time=UNPLACED, intervention="yes")], "raised"),
    ("E2a", "never dialysed", [denied("dialysis", temporality="historical")], "pass"),
    ("E2a", "no dialysis in the last week", [denied("dialysis", time=UNPLACED)], "raised"),
    ("E2a", "dialysis until 1 May", [told("haemodialysis", course=course("2026-01", "2026-05-01", False))], "raised"),
    ("E2a", "on dialysis", [told("haemodialysis", course=course(ongoing=True))], "fail"),
    ("E5", "no infection at present", [denied("infection")], "pass"),
    ("E5", "ceftriaxone until 12 June, no infection now", [
        drug("ceftriaxone", "past", end="2026-06-12", purpose="treatment", temporality="historical"),
        denied("infection")], "raised"),
    ("E7a", "HBsAg and HBcAb negative", [coded("hbsag", "negative"), coded("anti-hbc", "negative")], "pass"),
    ("E7c", "HIV negative in May 2026", [coded("hiv-antibody", "negative", on="2026-05")], "raised"),
    ("E8", "yellow fever vaccine two weeks ago", [told("yellow-fever-vaccine", time=UNPLACED)], "raised"),
    ("E11a", "never in a trial", [denied("study", temporality="historical")], "pass"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "letter", "facts", "expected"), WITHOUT_A_DATE, ids=[f"{c}: {w}" for c, w, _, _ in WITHOUT_A_DATE]
)
def test_an_undated_word_counts_as_of_the_letter_where_nobody_says_its_date(
    criterion: str, letter: str, facts: list[Fact], expected: str
) -> None:
    assert answered(criterion, facts, as_of=None, letter=None) == expected


def test_of_several_letters_without_dates_none_is_the_newest() -> None:
    case = dataclasses.replace(situation([number("sledai-2k", 10)], None, None), letter_dates=(None, None))
    assert answer(CRITERIA["I3"], findings("I3", case)) == "unknown"


def test_a_time_that_cannot_be_placed_is_not_the_day_of_the_letter() -> None:
    assert answered("I4a", [number("lvef", 62, time=UNPLACED)], letter=None) == "raised"
    assert answered("E2a", [denied("dialysis", time=UNPLACED)], letter=None) == "raised"


def test_a_fact_of_after_the_screening_date_is_not_in_the_window() -> None:
    facts = told("myocardial-infarction", "2026-06-10")
    assert answered("E3b", [facts], as_of=date(2026, 6, 1)) == "raised"


WOMAN = [coded("sex", "female", kind="demographic"), number("age", 30, unit="a", kind="demographic")]
NOT_WHAT_IT_SEEMS = [
    ("I7a", "an earlier pregnancy", [*WOMAN, told("pregnancy", temporality="historical")], "silent"),
    ("I7a", "pregnant in 2019", [*WOMAN, told("pregnancy", "2019")], "silent"),
    ("E9", "pregnant", [*WOMAN, told("pregnancy")], "fail"),
    ("I4e", "105 of 35, transaminases rising", [
        number("alt", 105, reference=Interval(None, 35), on="2026-06-10"), coded("transaminases", "high")], "pass"),
    ("I4e", "20, then raised", [number("alt", 20, on="2026-06-10"), coded("alt", "high")], "raised"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "letter", "facts", "expected"), NOT_WHAT_IT_SEEMS, ids=[row[1] for row in NOT_WHAT_IT_SEEMS]
)
def test_words_beside_a_result(criterion: str, letter: str, facts: list[Fact], expected: str) -> None:
    assert answered(criterion, facts) == expected


def test_a_panel_that_names_one_of_its_tests_speaks_of_that_one_alone() -> None:
    panel, inside = coded("hepatitis-b-serology", "negative"), coded("hbsag", "negative")
    inside = dataclasses.replace(inside, start=panel.start + 1, end=panel.end - 1)
    assert answered("E7a", [panel]) == "pass"
    assert answered("E7a", [panel, inside]) == "raised"
