"""What would change a verdict: every set turns it, none of its parts alone does, and the calendar agrees with both."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from rules.changes import Turn, settles, verdict_with
from rules.decision import Judge
from rules.language import leaf_tests
from screening.documents import letter_from_text, read_letters
from screening.pipeline import Pipeline, Screening, situation_of
from screening.protocols import read_protocol
from screening.whatif import WhatIf, what_if

LETTERS = sorted((Path(__file__).parents[2] / "corpus/letters/develop").glob("*.txt"))[::6]
_ORDER = ["ineligible", "needs_information", "potentially_eligible"]
_HEAD = "15 June 2026\n\nDear colleague,\n\nThis 34-year-old woman has SLE meeting the 2019 EULAR/ACR criteria. "
_ENOUGH = (
    "Prednisolone 1 mg/kg/day from January to July 2025, hydroxychloroquine, mycophenolate and cyclophosphamide "
    "without response. SLEDAI-2K 12 on 1 June 2026. "
)


@cache
def _pipeline() -> Pipeline:
    return Pipeline([read_protocol("NCT06934447")])


def _of(text: str) -> WhatIf:
    return what_if(_pipeline().screen([letter_from_text(_HEAD + _ENOUGH + text, "letter", "letter")])[0])


def _ways(turn: Turn) -> list[tuple[str, str, date | None]]:
    return [(change.way, change.criteria[0], change.on) for change in turn.changes]


@cache
def _letter(path: Path) -> tuple[Screening, WhatIf]:
    screening = _pipeline().screen(read_letters(str(path)))[0]
    return screening, what_if(screening, 40)


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_every_set_turns_the_verdict_and_no_smaller_one_does(path: Path) -> None:
    screening, found = _letter(path)
    judge = Judge(screening.decision.protocol)
    before = _ORDER.index(screening.decision.verdict)
    for turn in found.turns:
        wanted = tuple((change.test, change.wanted) for change in turn.changes)
        assert verdict_with(wanted, judge, screening.decision) == turn.verdict
        assert _ORDER.index(turn.verdict) > before
        for left_out in range(len(wanted)):
            fewer = wanted[:left_out] + wanted[left_out + 1 :]
            verdict = verdict_with(fewer, judge, screening.decision)
            assert verdict is None or _ORDER.index(verdict) <= before
    judge.close()


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_the_calendar_runs_from_the_screening_on_without_gaps(path: Path) -> None:
    screening, found = _letter(path)
    if screening.decision.as_of is None:
        assert found.calendar == ()
        return
    assert found.calendar[0].first == screening.decision.as_of
    assert found.calendar[0].verdict == screening.decision.verdict
    assert found.calendar[-1].last == screening.decision.as_of + timedelta(days=40)
    for one, following in zip(found.calendar, found.calendar[1:], strict=False):
        assert following.first == one.last + timedelta(days=1)


def test_a_value_that_can_change_is_to_be_treated() -> None:
    found = _of("Echo 1 June 2026: LVEF 48 %.")
    assert _ways(found.turns[0]) == [("treat", "I4a", None)]


def test_a_window_is_waited_for_to_the_day() -> None:
    found = _of("Yellow fever vaccine on 1 June 2026.")
    assert _ways(found.turns[0]) == [("wait", "E8", date(2026, 6, 30))]
    assert found.screening.decision.recheck_on == date(2026, 6, 30)
    assert [stretch.first for stretch in found.calendar[:2]] == [date(2026, 6, 15), date(2026, 6, 30)]


def test_what_is_not_known_is_to_be_asked() -> None:
    found = _of("HBcAb positive.")
    assert [("test", "E7a", None)] in [_ways(turn) for turn in found.turns]


def test_of_two_bounds_on_one_finding_the_stricter_is_asked_for_once() -> None:
    """I2b asks for 6 points and I3 for 8: who has 8 has 6, and one total answers both."""
    told = "Prednisolone 1 mg/kg/day from January to July 2025, hydroxychloroquine, mycophenolate, cyclophosphamide. "
    found = what_if(_pipeline().screen([letter_from_text(_HEAD + told + "SLEDAI-2K 12 in 2024.", "a", "a")])[0])
    scores = [[one for one in turn.changes if one.test.key.startswith("sledai")] for turn in found.turns]
    assert [one.criteria for one in scores[0]] == [("I2b", "I3")]
    assert all(len(changes) == 1 for changes in scores)


def test_history_cannot_change() -> None:
    found = _of("She had breast cancer in 2015.")
    assert [change.way for turn in found.turns for change in turn.changes] == ["fixed"]
    assert not found.turns[0].possible


def test_nothing_turns_a_candidate() -> None:
    assert _of("").turns == ()


def test_a_denial_holds_on_while_nothing_new_happens() -> None:
    found = _of("No live vaccine in the last 6 months, no infection.")
    assert "E8" not in {key for stretch in found.calendar for key in (*stretch.fails, *stretch.waits_for)}


def test_without_a_screening_date_there_is_no_calendar() -> None:
    screening = _pipeline().screen([letter_from_text("She has SLE. LVEF 48 %.", "letter", "letter")])[0]
    assert situation_of(screening).as_of is None
    assert what_if(screening).calendar == ()


def test_an_answer_settles_what_turns_on_it_alone() -> None:
    screening = _pipeline().screen([letter_from_text(_HEAD + "HBcAb positive.", "letter", "letter")])[0]
    (criterion,) = [one for one in screening.decision.protocol.criteria if one.id == "E7a"]
    tests = {test.key: test for test in leaf_tests(criterion.tree)}
    assert settles(criterion, [tests["hbv-dna.positive"]], screening.decision.findings)
    assert not settles(criterion, [tests["hbsag.positive.ever"]], screening.decision.findings)


def test_a_set_that_cannot_be_so_at_once_is_none() -> None:
    screening = _pipeline().screen([letter_from_text(_HEAD, "letter", "letter")])[0]
    (criterion,) = [one for one in screening.decision.protocol.criteria if one.id == "I4a"]
    (test,) = leaf_tests(criterion.tree)
    other = test.model_copy(update={"at_least": "60 %"})
    judge = Judge(screening.decision.protocol)
    decision = dataclasses.replace(screening.decision)
    assert verdict_with(((test, "fails"), (other, "holds")), judge, decision) is None
    judge.close()
