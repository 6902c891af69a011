"""The scorer: known screenings of a small letter, and the figures they must give."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from corpus.gold import ANSWERS, CRITERIA, Gold, GoldError, GoldFact, Letter
from corpus.matching import agreement
from corpus.report import MEASURES_ONLY, disagreements, print_tables, to_json
from corpus.scoring import Scores, rates, score

TEXT = "Woman of 31. LVEF 48 %. No cancer. Took prednisolone 40 mg in May."
FACTS: list[dict[str, Any]] = [
    {"kind": "measurement", "concept": "lvef", "quote": "LVEF 48 %", "value": {"low": 48, "high": 48, "unit": "%"}},
    {"kind": "condition", "concept": "malignancy", "quote": "cancer", "assertion": "absent"},
    {
        "kind": "medication",
        "concept": "prednisolone",
        "quote": "prednisolone 40 mg",
        "status": "past",
        "per_day": 40,
        "time": ["2026-05-01", "2026-05-31"],
    },
]


def letter(split: str = "develop", **answers: str) -> Letter:
    everything = {key: answers.get(key, "silent") for key in CRITERIA}
    verdict = "ineligible" if "fail" in answers.values() else "needs_information"
    gold = Gold.model_validate(
        {
            "as_of": "2026-06-15",
            "hand": "uk-consultant",
            "facts": FACTS,
            "answers": everything,
            "verdict": verdict,
            "recheck_on": None,
        }
    )
    return Letter("letter", split, TEXT, gold)


def fact(kind: str, concept: str, quote: str, **more: Any) -> dict[str, Any]:
    start = TEXT.index(quote)
    plain = {"assertion": "present", "experiencer": "patient", "temporality": "current", "value": None, "time": None}
    place = {"start": start, "end": start + len(quote), "quote": quote}
    return {"kind": kind, "concept": concept, **plain, "course": None, **place, **more}


LVEF = fact("measurement", "lvef", "LVEF 48 %", value={"low": 48.0, "high": 48.0, "unit": "%"})
CANCER = fact("condition", "malignancy", "No cancer", assertion="absent")
STEROID = fact(
    "medication",
    "prednisolone",
    "prednisolone 40 mg",
    status="past",
    per_day={"low": 40.0, "high": 40.0},
    course={"start": {"earliest": "2026-05-01"}, "end": {"latest": "2026-05-31"}},
)


def screening(facts: list[dict[str, Any]], verdict: str = "needs_information", **answers: str) -> dict[str, Any]:
    criteria = []
    for key in CRITERIA:
        answer = answers.get(key, "silent")
        known = answer in ("pass", "fail")
        flags = {"silent": answer == "silent", "raised": answer == "raised"}
        criteria.append({"id": key, "answer": answer if known else "unknown", "reason": "so it is", **flags})
    return {"verdict": verdict, "recheck_on": None, "as_of": "2026-06-15", "criteria": criteria, "facts": facts}


def scored(gold: Letter, result: dict[str, Any]) -> Scores:
    return score([gold], lambda _: result)


def test_a_perfect_screening_scores_one_everywhere() -> None:
    gold = letter(I4a="fail", E10="pass", E8="raised")
    result = screening([LVEF, CANCER, STEROID], "ineligible", I4a="fail", E10="pass", E8="raised")
    figures = to_json(scored(gold, result))
    assert figures["verdict_accuracy"] == figures["recheck_accuracy"] == figures["screening_date_accuracy"] == 1
    overall = figures["overall"]
    assert overall["accuracy"] == overall["fail_precision"] == overall["fail_recall"] == overall["silent_raised"] == 1
    assert {row["f1"] for row in figures["facts"].values()} == {1.0}
    assert all(share == 1 for row in figures["facts"].values() for share in row["agreement"].values())
    assert list(disagreements(scored(gold, result))) == []


@pytest.mark.parametrize(
    ("gold", "system", "counted"),
    [
        ("fail", "pass", {"fail_called_pass": 1, "fail_recall": 0.0}),
        ("fail", "silent", {"definite_called_unknown": 1, "fail_recall": 0.0, "fail_called_pass": 0}),
        ("pass", "fail", {"not_fail_called_fail": 1, "fail_precision": 0.0}),
        ("raised", "fail", {"not_fail_called_fail": 1, "unknown_called_definite": 1}),
        ("silent", "pass", {"unknown_called_definite": 1, "not_fail_called_fail": 0}),
        ("silent", "raised", {"accuracy": 1.0, "silent_raised": 0.0}),
        ("fail", "fail", {"accuracy": 1.0, "fail_precision": 1.0, "fail_recall": 1.0}),
    ],
)
def test_each_error_is_counted_as_what_it_is(gold: str, system: str, counted: dict[str, float]) -> None:
    figures = to_json(scored(letter(E10=gold), screening([], E10=system)))["criteria"]["E10"]
    assert {key: figures[key] for key in counted} == counted


def test_a_rate_without_cases_is_none() -> None:
    empty = rates(Counter())
    assert empty["accuracy"] is None and empty["fail_recall"] is None and empty["fail_precision"] is None


def test_a_screening_that_leaves_out_a_criterion_is_refused() -> None:
    result = screening([])
    result["criteria"].pop()
    with pytest.raises(ValueError, match="E11b"):
        scored(letter(), result)


def test_facts_missed_wrong_and_unlabelled() -> None:
    wrong = fact("medication", "hydroxychloroquine", "prednisolone 40 mg")
    elsewhere = fact("condition", "pneumonia", "Woman")
    rows = to_json(scored(letter(), screening([LVEF, wrong, elsewhere])))["facts"]
    assert rows["measurement"]["f1"] == 1
    assert (rows["medication"]["missed"], rows["medication"]["wrong"], rows["medication"]["f1"]) == (1, 1, 0)
    assert (rows["condition"]["missed"], rows["condition"]["wrong"], rows["condition"]["unlabelled"]) == (1, 0, 1)


def test_a_special_case_of_the_concept_is_a_match_and_a_stranger_is_not() -> None:
    special = fact("medication", "glucocorticoid", "prednisolone")
    assert to_json(scored(letter(), screening([special])))["facts"]["medication"]["found"] == 1
    stranger = fact("medication", "azathioprine", "prednisolone")
    assert to_json(scored(letter(), screening([stranger])))["facts"]["medication"]["found"] == 0


def test_two_mentions_in_one_quote_count_once_and_are_no_error() -> None:
    rows = to_json(scored(letter(), screening([LVEF, fact("measurement", "lvef", "48 %")])))["facts"]
    assert (rows["measurement"]["found"], rows["measurement"]["wrong"]) == (1, 0)


def test_an_age_in_completed_years_agrees_and_another_does_not() -> None:
    labelled = {"kind": "demographic", "concept": "age", "quote": "31", "value": {"low": 31, "high": 31, "unit": "a"}}
    gold = GoldFact.model_validate(labelled)
    for low, agrees in ((31, True), (30, False)):
        found = fact("demographic", "age", "31", value={"low": low, "high": low + 1, "high_open": True, "unit": "a"})
        assert agreement(gold, found)["value"] is agrees


def test_labels_of_facts_alone_score_facts_and_nothing_else() -> None:
    gold = Gold.model_validate(
        {"as_of": None, "hand": "brat", "facts": FACTS, "answers": {}, "verdict": None, "recheck_on": None}
    )
    result = scored(
        Letter("letter", "folder", TEXT, gold), screening([LVEF, CANCER, STEROID], "ineligible", I4a="fail")
    )
    figures = to_json(result)
    assert figures["verdict_accuracy"] is figures["recheck_accuracy"] is figures["screening_date_accuracy"] is None
    assert figures["overall"]["answers"] == 0
    assert {row["f1"] for row in figures["facts"].values()} == {1.0}
    assert list(disagreements(result)) == []
    console = Console(file=StringIO(), width=200)
    print_tables(result, console)
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    assert "facts alone" in text and "I4a" not in text and "verdict accuracy" not in text


def test_what_complete_labels_lack_is_not_there() -> None:
    plain = [{"kind": "measurement", "concept": "lvef", "quote": "LVEF 48 %"}]
    gold = letter().gold.model_copy(update={"facts": tuple(GoldFact.model_validate(one) for one in plain)})
    told = LVEF | {"time": {"earliest": "2026-05-30", "latest": "2026-05-30"}}
    row = to_json(scored(Letter("letter", "folder", TEXT, gold), screening([told, CANCER])))["facts"]
    assert row["condition"]["unlabelled"] == 1 and "value" not in row["measurement"]["agreement"]
    row = to_json(scored(Letter("letter", "folder", TEXT, gold, complete=True), screening([told, CANCER])))["facts"]
    assert (row["condition"]["wrong"], row["condition"]["unlabelled"]) == (1, 0)
    assert row["measurement"]["agreement"]["value"] == row["measurement"]["agreement"]["time"] == 0


def test_a_dose_is_a_number_or_its_range() -> None:
    labelled = {"kind": "medication", "concept": "prednisolone", "quote": "prednisolone 40 mg", "per_day": [40, None]}
    gold = GoldFact.model_validate(labelled)
    for high, agrees in ((None, True), (60.0, False)):
        assert agreement(gold, STEROID | {"per_day": {"low": 40.0, "high": high}})["per_day"] is agrees


def test_temporality_is_compared_only_where_it_is_labelled() -> None:
    plain = {"kind": "condition", "concept": "malignancy", "quote": "cancer"}
    past = fact("condition", "malignancy", "cancer", temporality="historical")
    assert "temporality" not in agreement(GoldFact.model_validate(plain), past)
    assert agreement(GoldFact.model_validate(plain | {"temporality": "historical"}), past)["temporality"]
    assert not agreement(GoldFact.model_validate(plain | {"temporality": "current"}), past)["temporality"]


@pytest.mark.parametrize(
    ("found", "part"),
    [
        (LVEF | {"value": {"low": 84.0, "high": 84.0, "unit": "%"}}, "value"),
        (LVEF | {"value": {"code": "normal"}}, "value"),
        (CANCER | {"assertion": "present"}, "assertion"),
        (CANCER | {"experiencer": "family"}, "experiencer"),
        (STEROID | {"per_day": {"low": 40.0, "high": 60.0}}, "per_day"),
        (STEROID | {"status": "current"}, "status"),
        (STEROID | {"course": None}, "time"),
    ],
)
def test_what_a_matched_fact_gets_wrong_is_reported(found: dict[str, Any], part: str) -> None:
    result = scored(letter(), screening([found]))
    assert to_json(result)["facts"][found["kind"]]["agreement"][part] == 0
    assert any(line.startswith(f"letter: {part} of") for line in disagreements(result))


def test_disagreements_of_the_measuring_split_are_never_shown() -> None:
    with pytest.raises(GoldError, match="only measure"):
        list(disagreements(scored(letter(MEASURES_ONLY), screening([]))))


def test_the_tables_show_the_figures_of_the_json() -> None:
    result = scored(letter(I4a="fail"), screening([LVEF], I4a="pass"))
    console = Console(file=StringIO(), width=200)
    print_tables(result, console)
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    assert "1 develop" in text and "verdict accuracy: 0.000" in text
    row = next(line.split() for line in text.splitlines() if line.startswith("I4a"))
    assert row == ["I4a", "0.000", "1", "-", "0.000", "1", "0", "0", "0", "-"]


@given(st.lists(st.tuples(st.sampled_from(ANSWERS), st.sampled_from(ANSWERS))))
def test_the_errors_and_the_right_answers_add_up(pairs: list[tuple[str, str]]) -> None:
    figures = rates(Counter(pairs))
    passes_called_fail = pairs.count(("pass", "fail"))
    wrong = (
        figures["fail_called_pass"]
        + passes_called_fail
        + figures["unknown_called_definite"]
        + figures["definite_called_unknown"]
    )
    right = 0 if figures["accuracy"] is None else round(figures["accuracy"] * len(pairs))
    assert wrong + right == len(pairs) == figures["answers"]
