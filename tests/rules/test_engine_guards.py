"""Every trap of the rules engine, and the guard that closes it."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rules import engine
from rules.engine import Condition, EngineError, Rule, Rulebase, check_hashes, check_number, check_ruleset, fnv1a

ROOT = Path(__file__).parents[2]
AT_LEAST_55 = Rule("lvef.holds", "lvef", (Condition("low", ">=", 55.0),))


@pytest.fixture
def rulebase() -> Any:
    base = Rulebase([AT_LEAST_55])
    yield base
    base.close()


def action(closure: Any) -> None:
    """A harmless action."""


def ruleset(pattern: Any, **more: Any) -> dict[str, Any]:
    return {"r": {"all": [{"m": pattern}], "run": action, **more}}


SAFE = {"$and": [{"subject": "lvef"}, {"$gte": {"low": 55.0}}]}
UNSAFE: dict[str, dict[str, Any]] = {
    "or": ruleset({"$or": [{"subject": "a"}, {"subject": "b"}]}),
    "or within and": ruleset({"$and": [{"subject": "a"}, {"$or": [{"$gte": {"low": 1.0}}]}]}),
    "any": {"r": {"any": [{"m": SAFE}], "run": action}},
    "any within all": {"r": {"all": [{"m$any": [{"a": SAFE}]}], "run": action}},
    "none": {"r": {"all": [{"m": SAFE}, {"x$not": SAFE}], "run": action}},
    "none first": {"r": {"all": [{"x$not": SAFE}], "run": action}},
    "a join": {"r": {"all": [{"m": SAFE}, {"x": {"$and": [{"$gte": {"low": {"m": "low"}}}]}}], "run": action}},
    "field to field": ruleset({"$and": [{"$gte": {"low": {"$m": "high"}}}]}),
    "not exists": ruleset({"$and": [{"subject": "a"}, {"$nex": {"low": 1}}]}),
    "exists": ruleset({"$and": [{"subject": "a"}, {"$ex": {"low": 1}}]}),
    "regex": ruleset({"$and": [{"subject": "a"}, {"$mt": {"subject": "a.*"}}]}),
    "array": ruleset({"$and": [{"subject": "a"}, {"$iall": {"low": 1}}]}),
    "arithmetic": ruleset({"$and": [{"$gte": {"low": {"$div": {"$l": 1.0, "$r": 2}}}}]}),
    "count": ruleset(SAFE, count=2),
    "cap": ruleset(SAFE, cap=2),
    "two keys in a pattern": ruleset({"subject": "a", "$gte": {"low": 1.0}}),
    "two keys in a condition": ruleset({"$and": [{"subject": "a", "$gte": {"low": 1.0}}]}),
    "two fields in a comparison": ruleset({"$and": [{"$gte": {"low": 1.0, "high": 1.0}}]}),
    "empty and": ruleset({"$and": []}),
    "no pattern": {"r": {"all": [], "run": action}},
    "too many conditions": ruleset({"$and": [{"$gte": {"low": float(n)}} for n in range(17)]}),
    "a string bound": ruleset({"$and": [{"$gte": {"low": "55"}}]}),
    "a bool bound": ruleset({"$and": [{"$gte": {"low": True}}]}),
    "an infinite bound": ruleset({"$and": [{"$gte": {"low": float("inf")}}]}),
    "a bound with an exponent": ruleset({"$and": [{"$gte": {"low": 1e-05}}]}),
    "an undeclared field": ruleset({"$and": [{"$gte": {"weight": 1.0}}]}),
    "a number on a text field": ruleset({"$and": [{"subject": 1}]}),
    "a null": ruleset({"$and": [{"subject": None}]}),
    "an action of two arguments": {"r": {"all": [{"m": SAFE}], "run": lambda c, done: None}},
    "no action": {"r": {"all": [{"m": SAFE}]}},
    "a statechart": {"r$state": {"all": [{"m": SAFE}], "run": action}},
    "255 rules on one pattern": {f"r{n}": ruleset(SAFE)["r"] for n in range(255)},
    "64 tests true for one fact": {
        f"r{n}": ruleset({"$and": [{"subject": "a"}, {"$gte": {"low": float(n)}}]})["r"] for n in range(64)
    },
}


def test_the_safe_subset_is_accepted() -> None:
    check_ruleset(ruleset(SAFE))
    check_ruleset({f"r{n}": ruleset({"$and": [{"subject": f"s{n}"}, {"$lt": {"high": 1.0}}]})["r"] for n in range(600)})


@pytest.mark.parametrize("name", UNSAFE)
def test_what_the_package_miscounts_is_refused(name: str) -> None:
    with pytest.raises(EngineError):
        check_ruleset(UNSAFE[name])


def test_many_rules_are_built_and_only_the_right_ones_fire() -> None:
    rules = [Rule(f"r{n}", f"s{n // 2}", (Condition("low", ">=", float(n)),)) for n in range(800)]
    base = Rulebase(rules)
    with base.session() as session:
        assert [firing.rule for firing in session.tell("s100", {"low": 200.0})] == ["r200"]
        assert [firing.rule for firing in session.tell("s101", {"low": 203.0})] == ["r202", "r203"]
    base.close()


@pytest.mark.parametrize("value", ["9", "abc", "", True, [], float("nan"), float("inf"), -float("inf")])
def test_what_is_not_a_number_never_satisfies_a_comparison(rulebase: Rulebase, value: Any) -> None:
    with pytest.raises(EngineError), rulebase.session() as session:
        session.tell("lvef", {"low": value})


def test_an_undeclared_field_is_refused(rulebase: Rulebase) -> None:
    with pytest.raises(EngineError), rulebase.session() as session:
        session.tell("lvef", {"lowest": 1.0})


def test_an_unbounded_end_fires_nothing(rulebase: Rulebase) -> None:
    with rulebase.session() as session:
        assert session.tell("lvef", {"low": None, "high": None}) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1e-05, 1e-4), (-5e-324, -1e-4), (1e22, 1e15), (-1e300, -1e15), (2**70, 1e15), (0, 0.0), (55, 55.0), (0.1, 0.1)],
)
def test_numbers_with_an_exponent_move_to_where_no_bound_lies(value: float, expected: float) -> None:
    held = check_number("low", value)
    assert held == expected
    assert "e" not in repr(held)


def test_a_fact_that_no_rule_reads_is_taken_and_fires_nothing(rulebase: Rulebase) -> None:
    with rulebase.session() as session:
        assert session.tell("weight", {"low": 60.0}) == []
        assert [firing.rule for firing in session.tell("lvef", {"low": 60.0})] == ["lvef.holds"]


def test_a_session_in_which_nothing_was_told_is_left_without_a_crash(rulebase: Rulebase) -> None:
    for _ in range(3):
        with rulebase.session():
            pass


def test_nothing_of_one_patient_reaches_the_next(rulebase: Rulebase) -> None:
    with rulebase.session() as session:
        assert session.tell("lvef", {"low": 60.0})
    with rulebase.session() as session:
        assert session.tell("lvef", {"low": 50.0}) == []


def test_more_patients_than_the_package_keeps_sessions(rulebase: Rulebase) -> None:
    for number in range(1100):
        with rulebase.session() as session:
            assert bool(session.tell("lvef", {"low": float(number)})) == (number >= 55)


def test_a_session_is_deleted_even_after_an_error(rulebase: Rulebase) -> None:
    with pytest.raises(ZeroDivisionError), rulebase.session() as session:
        session.tell("lvef", {"low": 60.0})
        raise ZeroDivisionError
    with rulebase.session() as session:
        assert session.tell("lvef", {"low": 60.0})


def test_an_exception_in_an_action_comes_out(rulebase: Rulebase, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(rule: str, fact: str) -> None:
        if rule == "lvef.holds":
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), rulebase.session() as session:
        monkeypatch.setattr(rulebase, "_note", broken)
        session.tell("lvef", {"low": 60.0})


@pytest.mark.parametrize("result", [0, None, {"exception": "caught", "sid": "dossier"}])
def test_what_the_package_reports_as_an_error_is_raised(
    rulebase: Rulebase, monkeypatch: pytest.MonkeyPatch, result: Any
) -> None:
    with pytest.raises(EngineError), rulebase.session() as session:
        monkeypatch.setattr(rulebase._host, "assert_fact", lambda *_: result)
        session.tell("lvef", {"low": 60.0})


def test_a_fact_that_the_package_swallows_is_noticed(rulebase: Rulebase, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineError, match="did not read"), rulebase.session() as session:
        monkeypatch.setattr(rulebase._host, "assert_fact", lambda *_: {"sid": "dossier"})
        session.tell("lvef", {"low": 60.0})


@pytest.mark.parametrize("change", [lambda facts: facts[1:], lambda facts: [*facts, {"id": "other"}]])
def test_a_lost_or_invented_fact_is_noticed(
    rulebase: Rulebase, monkeypatch: pytest.MonkeyPatch, change: Callable[[list[Any]], list[Any]]
) -> None:
    kept = rulebase._host.get_facts
    monkeypatch.setattr(rulebase._host, "get_facts", lambda *names: change(kept(*names)))
    with pytest.raises(EngineError, match="lost or invented"), rulebase.session() as session:
        session.tell("lvef", {"low": 60.0})


def test_closing_gives_the_memory_back_and_nothing_can_be_told_after_it() -> None:
    base = Rulebase([AT_LEAST_55])
    base.close()
    base.close()
    with pytest.raises(Exception, match="not found"), base.session():
        pass


def test_one_subject_is_told_once(rulebase: Rulebase) -> None:
    with pytest.raises(EngineError, match="told already"), rulebase.session() as session:
        session.tell("lvef", {"low": 60.0})
        session.tell("lvef", {"low": 61.0})


COLLIDING = ("costarring", "liquid")  # two names with the same 32-bit FNV-1a hash


def test_two_names_with_one_hash_are_refused(rulebase: Rulebase) -> None:
    one, other = COLLIDING
    assert fnv1a(one) == fnv1a(other)
    with pytest.raises(EngineError, match="same hash"):
        check_hashes([one, other])
    with pytest.raises(EngineError, match="same hash"):
        Rulebase([Rule("x", one, AT_LEAST_55.conditions), Rule("y", other, AT_LEAST_55.conditions)])
    with pytest.raises(EngineError, match="same hash"), rulebase.session() as session:
        session.tell(one, {})
        session.tell(other, {})


@pytest.mark.parametrize("name", ["", "é", 'a"b', "a\nb", "a\\b"])
def test_names_are_plain_ascii(rulebase: Rulebase, name: str) -> None:
    with pytest.raises(EngineError), rulebase.session() as session:
        session.tell(name, {})


def test_two_rules_never_share_an_id() -> None:
    with pytest.raises(EngineError, match="two rules"):
        Rulebase([AT_LEAST_55, AT_LEAST_55])


def test_no_timer_threads_are_started() -> None:
    before = threading.active_count()
    base = Rulebase([AT_LEAST_55])
    assert threading.active_count() == before
    base.close()


def test_threads_wait_for_one_another(rulebase: Rulebase) -> None:
    wrong = []

    def screen(value: float) -> None:
        for _ in range(50):
            with rulebase.session() as session:
                if bool(session.tell("lvef", {"low": value})) != (value >= 55):
                    wrong.append(value)

    threads = [threading.Thread(target=screen, args=(value,)) for value in (50.0, 60.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_facts_are_told_one_by_one_and_never_retracted() -> None:
    """The batch drops facts silently, an empty batch crashes, and what was derived from a retracted fact stays."""
    nodes = ast.walk(ast.parse(Path(engine.__file__).read_text(encoding="utf-8")))
    called = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    assert "assert_fact" in called
    assert not called & {"assert_facts", "retract_fact", "retract_facts", "post", "post_batch", "start_timer"}


def test_only_the_adapter_imports_the_package() -> None:
    importing = []
    for folder in ("kb", "extraction", "rules", "corpus", "screening"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if any(name.startswith("durable") for name in names):
                    importing.append(path.relative_to(ROOT).as_posix())
    assert sorted(set(importing)) == ["rules/engine.py"]
