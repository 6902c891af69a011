"""A person's correction: facts are corrected and the rules run again, answers are the person's; both stay on record."""

from __future__ import annotations

import json
import uuid
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.facts import Coded, Dosing, Fact, Interval, Quantity, Time
from screening.documents import BadInputError
from screening.interface import screening_json
from screening.record.corrections import corrected
from screening.record.reasons import reason, reasons
from screening.record.screenings import decided_again
from screening.record.store import opened
from tests.screening.record.letters import CANARY, Run

MINI = ("--protocol", "mini.yaml")
OURS = "urn:eligo:override-reasons"


@pytest.fixture
def lvef(run: Run, folder: Path) -> str:
    """The id of the fact that fails I4a, in the stored screening s1."""
    run("screen", "a.txt", *MINI)
    [criterion] = [one for one in opened("record.db").screening("s1").screening["criteria"] if one["id"] == "I4a"]
    key: str = criterion["facts"][0]
    return key


def answers(name: str) -> dict[str, str]:
    return {one["id"]: one["answer"] for one in opened("record.db").screening(name).screening["criteria"]}


def test_a_corrected_fact_makes_the_rules_run_again(run: Run, lvef: str) -> None:
    status, out, err = run(
        "review", "s1", "--set", f"{lvef}.value=58", "--reason", "wrong-value", "--comment", "print-out"
    )
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "Stored as s1.2."
    assert out.splitlines()[2:] == ["I4a: pass, was fail", "verdict: potentially_eligible, was ineligible"]
    assert answers("s1.1")["I4a"] == "fail" and answers("s1")["I4a"] == "pass"
    record = opened("record.db").screening("s1")
    assert (record.entry.kind, record.entry.corrects, record.entry.verdict) == ("review", 1, "potentially_eligible")
    [fact] = [one for one in record.screening["facts"] if one["id"] == lvef]
    assert fact["value"] == {"low": 58.0, "high": 58.0, "unit": "%", "written": "58"}
    assert fact["attributes"]["corrected"] == "value" and fact["quote"] == "LVEF 48%"
    assert screening_json(decided_again(record)) == record.screening


def test_both_the_machines_and_the_persons_answer_stay_on_record(run: Run, lvef: str) -> None:
    run("review", "s1", "--answer", "I4a=pass", "--reason", "investigator-judgement")
    record = opened("record.db").screening("s1")
    assert record.content["machine"] == {
        "verdict": "ineligible",
        "answers": {"I1": "pass", "I4a": "fail", "E10": "pass"},
    }
    [criterion] = [one for one in record.screening["criteria"] if one["id"] == "I4a"]
    assert (criterion["answer"], criterion["overruled"]) == ("pass", "fail")
    assert criterion["proof"][-1]["result"] == "fail"
    assert (
        "I4a  Inclusion 4  LVEF at least 55 %: pass (a person's judgement; by the rules: fail)"
        in (run("explain", "s1", "I4a")[1])
    )


def test_an_override_is_feedback_as_cds_hooks_has_it(run: Run, lvef: str) -> None:
    run("review", "s1", "--set", f"{lvef}.assertion=possible", "--reason", "wrong-assertion", "--comment", "queried")
    record = opened("record.db").screening("s1")
    [override] = record.content["overrides"]
    feedback = override["feedback"]
    assert (override["fact"], override["by"], override["version"]) == (lvef, "reader", 2)
    assert (override["before"]["assertion"], override["after"]["assertion"]) == ("present", "possible")
    assert feedback["outcome"] == "overridden" and feedback["outcomeTimestamp"] == record.entry.at
    assert feedback["overrideReason"]["reason"]["code"] == "wrong-assertion"
    assert feedback["overrideReason"]["reason"]["system"] == OURS
    assert feedback["overrideReason"]["userComment"] == "queried"
    assert uuid.UUID(feedback["card"])


def test_one_review_after_another(run: Run, lvef: str) -> None:
    run("review", "s1", "--answer", "E10=fail", "--reason", "newer-information")
    run("review", "s1", "--set", f"{lvef}.value=58", "--reason", "wrong-value", "--by", "another")
    assert answers("s1") == {"I1": "pass", "I4a": "pass", "E10": "fail"}
    _, out, _ = run("review", "s1", "--answer", "E10=rules", "--reason", "investigator-judgement")
    assert "E10: rules instead of fail" in out and "verdict: potentially_eligible, was ineligible" in out
    record = opened("record.db").screening("s1")
    assert record.content["judgements"] == {}
    assert [one["version"] for one in record.content["overrides"]] == [2, 3, 4]
    assert record.content["machine"]["answers"]["I4a"] == "fail"
    assert [answers(f"s1.{version}")["E10"] for version in (1, 2, 3, 4)] == ["pass", "fail", "fail", "pass"]
    assert run("audit", "verify")[0] == 0


def test_a_struck_fact_decides_nothing(run: Run, lvef: str) -> None:
    _, out, _ = run("review", "s1", "--strike", lvef, "--reason", "not-in-letter")
    assert "I4a: unknown, was fail" in out and "struck" in out
    assert lvef not in [one["id"] for one in opened("record.db").screening("s1").screening["facts"]]


def test_without_an_override_it_shows_what_there_is(run: Run, lvef: str) -> None:
    status, out, _ = run("review", "s1")
    assert status == 0 and len(opened("record.db").entries()) == 1
    assert f'{lvef:<5} measurement, present: "LVEF 48%"' in out
    assert all(code in out for code in reasons())


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (["--set", "f99.value=58", "--reason", "wrong-value"], "no fact f99"),
        (["--set", "LVEF.value=58", "--reason", "wrong-value"], "no fact LVEF"),
        (["--set", "value=58", "--reason", "wrong-value"], "write FACT.FIELD=VALUE"),
        (["--set", "{lvef}.value=much", "--reason", "not-a-reason"], "no kind of reason"),
        (["--set", "{lvef}.value=58", "--reason", "patient-refuses"], "no reason to override fact"),
        (["--set", "{lvef}.value=5 8", "--reason", "wrong-value"], "write a number"),
        (["--set", "{lvef}.colour=red", "--reason", "wrong-value"], "no such field"),
        (["--set", "{lvef}.status=past", "--reason", "wrong-value"], "only a medication"),
        (["--set", "{lvef}.time=yesterday", "--reason", "wrong-time"], "write a day as"),
        (["--set", "{lvef}.value=48", "--reason", ""], "(missing)"),
        (["--answer", "I4=pass", "--reason", "investigator-judgement"], "no criterion I4"),
        (["--answer", "I4a=yes", "--reason", "investigator-judgement"], "write one of pass, fail, unknown, rules"),
    ],
)
def test_a_bad_override_is_one_line_and_stores_nothing(run: Run, lvef: str, override: list[str], said: str) -> None:
    status, out, err = run("review", "s1", *(one.replace("{lvef}", lvef) for one in override))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert len(opened("record.db").entries()) == 1


def test_an_old_version_cannot_be_corrected(run: Run, lvef: str) -> None:
    run("review", "s1", "--strike", lvef, "--reason", "not-in-letter")
    status, _, err = run("review", "s1.1", "--strike", lvef, "--reason", "not-in-letter")
    assert status == 2 and "has been corrected by another in the meantime" in err


def test_a_reviewers_words_go_with_the_letter(run: Run, lvef: str, folder: Path) -> None:
    run("review", "s1", "--strike", lvef, "--reason", "not-in-letter", "--comment", f"the {CANARY} woman")
    run("audit", "erase", "s1")
    assert CANARY.encode() not in (folder / "record.db").read_bytes()
    shown = json.loads(run("audit", "show", "s1")[1])
    assert shown["machine"]["answers"]["I4a"] == "fail"
    assert run("audit", "verify")[0] == 0
    assert "its letter was erased" in run("review", "s1", "--answer", "I4a=pass", "--reason", "newer-information")[2]


# --- facts ------------------------------------------------------------------------------------------------------------

MEASURED = Fact("f1", "measurement", "lvef", "LVEF", 0, 0, 8, "LVEF 48%", value=Quantity(Interval(48, 48), "%", "48%"))
TAKEN = Fact("f2", "medication", "prednisolone", "Prednisolone", 0, 0, 4, "pred", dosing=Dosing())


@pytest.mark.parametrize(
    ("written", "interval"),
    [
        ("58", Interval(58, 58)),
        ("55..60", Interval(55, 60)),
        ("55..", Interval(55, None)),
        ("..0.5", Interval(None, 0.5)),
    ],
)
def test_a_value_is_in_the_facts_own_unit(written: str, interval: Interval) -> None:
    assert corrected(MEASURED, "value", written).value == Quantity(interval, "%", written)


def test_every_field_that_can_be_corrected() -> None:
    assert corrected(MEASURED, "value", "normal").value == Coded("normal", "normal")
    assert corrected(MEASURED, "experiencer", "family").experiencer == "family"
    assert corrected(MEASURED, "temporality", "historical").temporality == "historical"
    assert corrected(MEASURED, "concept", "malignancy").concept == "malignancy"
    assert corrected(MEASURED, "time", "2026-05-30").time == Time.on(date(2026, 5, 30), "2026-05-30")
    months = corrected(MEASURED, "time", "2026-05-01..2026-05-31").time
    assert months == Time(date(2026, 5, 1), date(2026, 5, 31), "2026-05-01..2026-05-31")
    assert corrected(MEASURED, "time", "none").time is None
    dosed = corrected(corrected(TAKEN, "status", "past"), "per_day", "40")
    assert dosed.dosing == Dosing(status="past", per_day=Interval(40, 40))
    assert dosed.attributes["corrected"] == "status per_day"
    ended = corrected(corrected(TAKEN, "ongoing", "no"), "end", "2026-01-01").course
    assert ended is not None and ended.ongoing is False and ended.end == Time.on(date(2026, 1, 1), "2026-01-01")


@given(st.sampled_from(["assertion", "value", "time", "concept", "status", "start", "ongoing"]), st.text(max_size=12))
def test_whatever_is_written_a_fact_comes_out_or_one_line(field: str, written: str) -> None:
    try:
        fact = corrected(MEASURED, field, written)
    except BadInputError:
        return
    assert (fact.quote, fact.start, fact.end) == (MEASURED.quote, MEASURED.start, MEASURED.end)


def test_every_kind_of_reason_can_be_given() -> None:
    for code, kind in reasons().items():
        assert kind.of and set(kind.of) <= {"fact", "answer"}
        assert reason(code, set(kind.of)).display == kind.display
        assert kind.system == OURS or kind.system.endswith("non-adherence-reason-codes")
