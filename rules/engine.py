"""The one module that knows durable-rules: rules over numbers go in, the rules that fired come out.

The package is memory-unsafe and silently wrong outside a narrow subset. Everything that reaches it passes a guard
here; whatever a guard refuses, and whatever the package does not confirm, is an EngineError and never an answer.
"""

from __future__ import annotations

import functools
import json
import math
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from durable import engine as durable

Operator = Literal["<", "<=", ">", ">="]

_OPERATORS: dict[str, str] = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_PATIENT = "dossier"  # the session's id: one patient at a time, deleted before the next
_START = "start"
_LAST = 1000  # smaller priorities run first, so the sink runs after every rule
# Field types: what a fact may hold, and what a pattern may test.
_FIELDS: dict[str, type] = {
    "subject": str,
    "start": int,
    "ours": int,
    "low": float,
    "high": float,
    "passes": float,
    "fails": float,
    "failing": float,
    "essential": float,
    "raised": float,
}
# Measured limits of the package, all with room to spare.
MAX_CONDITIONS = 16
MAX_SAME_PATTERN = 250
MAX_TESTS_ON_FIELD = 60
SMALLEST, LARGEST = 1e-4, 1e15  # beyond these Python writes an exponent, which the package drops or misreads


class EngineError(RuntimeError):
    """The engine was given, or did, something that would make its answers unsafe."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One number of a fact against a constant."""

    field: str
    operator: Operator
    bound: float


@dataclass(frozen=True, slots=True)
class Rule:
    """Fires on the fact about `subject` that meets every condition."""

    id: str
    subject: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule that fired, and the subject of the fact it fired on."""

    rule: str
    subject: str


# --- guards -----------------------------------------------------------------------------------------------------------


def check_ruleset(ruleset: Mapping[str, Any]) -> None:
    """Accepts the safe subset only: one pattern, `$and` of an equality on `subject` and of numeric constant tests.

    Raises EngineError naming the rule. The package itself accepts far more and then miscounts, hangs or crashes.
    """
    patterns: Counter[str] = Counter()
    tests: Counter[tuple[str, str]] = Counter()
    for name, rule in ruleset.items():
        _check_rule_keys(name, rule)
        conditions = _pattern_of(name, rule["all"])
        subject = ""
        for condition in conditions:
            subject = _check_condition(name, condition) or subject
        for condition in conditions:
            for operands in condition.values():
                if isinstance(operands, dict):
                    tests.update((subject, field) for field in operands)
        patterns[repr(conditions)] += 1
    for pattern, count in patterns.items():
        if count > MAX_SAME_PATTERN:
            raise EngineError(
                f"{count} rules share the pattern {pattern}: the engine builds at most {MAX_SAME_PATTERN}"
            )
    for (subject, field), count in tests.items():
        if count > MAX_TESTS_ON_FIELD:
            raise EngineError(
                f"{count} tests on '{field}' of '{subject}': the engine keeps at most {MAX_TESTS_ON_FIELD}"
            )


def _check_rule_keys(name: str, rule: Any) -> None:
    check_name(name)
    if (
        "$" in name
        or not isinstance(rule, dict)
        or not set(rule) <= {"all", "run", "pri"}
        or not {"all", "run"} <= set(rule)
    ):
        raise EngineError(f"rule '{name}': has exactly 'all' and 'run' (and 'pri'), nothing else is safe")
    run = rule["run"]
    if not callable(run) or getattr(run, "__code__", None) is None or run.__code__.co_argcount != 1:
        raise EngineError(f"rule '{name}': its action takes one argument, two make it a callback that never returns")


def _pattern_of(name: str, patterns: Any) -> list[dict[str, Any]]:
    """The conditions of the rule's only pattern."""
    if not isinstance(patterns, list) or len(patterns) != 1 or not isinstance(patterns[0], dict):
        raise EngineError(f"rule '{name}': one pattern a rule: joins are not safe")
    ((alias, pattern),) = patterns[0].items() if len(patterns[0]) == 1 else ((None, None),)
    if alias != "m":
        raise EngineError(f"rule '{name}': the pattern is called 'm': '$not', '$any' and '$all' are not safe")
    if not isinstance(pattern, dict) or list(pattern) != ["$and"]:
        raise EngineError(f"rule '{name}': a pattern is one '$and': of two keys only the first would be tested")
    conditions = pattern["$and"]
    if not isinstance(conditions, list) or not 1 <= len(conditions) <= MAX_CONDITIONS:
        raise EngineError(f"rule '{name}': 1 to {MAX_CONDITIONS} conditions, an empty '$and' hangs")
    return conditions


def _check_condition(name: str, condition: Any) -> str | None:
    """The subject that an equality names, or None for a numeric test."""
    if not isinstance(condition, dict) or len(condition) != 1:
        raise EngineError(f"rule '{name}': a condition has one key, of two only the first would be tested")
    ((key, operand),) = condition.items()
    if key in ("start", "ours") and operand == 1 and type(operand) is int:
        return None
    if key == "subject" and type(operand) is str:
        check_name(operand)
        return operand
    if key not in _OPERATORS.values() or not isinstance(operand, dict) or len(operand) != 1:
        raise EngineError(
            f"rule '{name}': '{key}' is outside the safe subset (equality on subject; < <= > >= a number)"
        )
    ((field, bound),) = operand.items()
    if _FIELDS.get(field) is not float:
        raise EngineError(f"rule '{name}': '{field}' is not a declared number")
    if check_number(field, bound) != bound:
        raise EngineError(f"rule '{name}': the bound {bound} is too small or too large to be compared exactly")
    return None


def check_name(name: str) -> None:
    """Ids and subjects are plain ASCII, since the engine hashes bytes. Raises EngineError."""
    if not name or not name.isascii() or not name.isprintable() or '"' in name or "\\" in name:
        raise EngineError(f"'{name}' is not a plain ASCII name")


def check_number(field: str, value: Any) -> float:
    """The number as the engine can hold it: a float whose text has no exponent, in the same order as before.

    Tiny values move out to ±0.0001 and huge ones in to ±1e15; no bound may lie there, so no comparison changes.
    Raises EngineError for a string, a bool, null, nan or inf: each would satisfy, or break, a comparison.
    """
    if type(value) not in (int, float):
        raise EngineError(f"'{field}' is {type(value).__name__}, not a number")
    if not math.isfinite(value):
        raise EngineError(f"'{field}' is {value}, not a finite number")
    size = abs(value)
    if size == 0:
        return 0.0
    return math.copysign(float(min(max(size, SMALLEST), LARGEST)), value)


def check_hashes(names: Iterable[str]) -> None:
    """No two of the names may share their 32-bit hash, which is all that the engine compares. Raises EngineError."""
    seen: dict[int, str] = {}
    for name in names:
        other = seen.setdefault(fnv1a(name), name)
        if other != name:
            raise EngineError(f"'{name}' and '{other}' have the same hash: the engine would take them for one")


@functools.lru_cache(maxsize=4096)  # the subjects of a protocol are told again for every dossier
def fnv1a(text: str) -> int:
    """The 32-bit FNV-1a hash.

    >>> hex(fnv1a("a"))
    '0xe40c292c'
    """
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 % 2**32
    return value


# --- the rules, built once --------------------------------------------------------------------------------------------


class _QuietHost(durable.Host):  # type: ignore[misc]
    """The package's host without its two timer threads, which race with the deletion of a session.

    It drives the actions itself. The package's own way asks the clock three times for each rule that fires, and writes
    back the state of the session, which no rule here reads or changes.
    """

    def __init__(self, fire: Callable[[str, str], None]) -> None:
        self._fire = fire
        super().__init__()

    def _run(self) -> None:
        pass

    def assert_fact(self, ruleset_name: str, fact: dict[str, Any], complete: None = None) -> int | dict[str, Any]:
        """Tells the fact, and calls `fire` with each rule that it fires and the fact's id; 0 where it is not taken."""
        core, handle = durable.durable_rules_engine, self.get_ruleset(ruleset_name)._handle
        outcome, state = core.assert_fact(handle, json.dumps(fact))
        if outcome:
            return 0
        started = core.start_action_for_state(handle, state)
        message = started[1] if started else None
        while message:
            ((rule, matched),) = json.loads(message).items()
            self._fire(rule, matched["m"]["id"])
            message = core.complete_and_start_action(handle, state)
        return fact


def _undriven(_closure: Any) -> None:
    """The action that the package asks of every rule; ours are driven by `_QuietHost`."""
    raise EngineError("the package drove an action itself")


class Rulebase:
    """Rules built once; one `session` a dossier. Not for pickling: a process builds its own (forking works)."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Raises EngineError where the rules leave the safe subset."""
        self._fired: list[tuple[str, str]] = []
        self._errors: list[BaseException] = []
        self._busy = threading.Lock()
        names = [rule.id for rule in rules]
        if len(set(names)) != len(names):
            raise EngineError(f"two rules have the id '{Counter(names).most_common(1)[0][0]}'")
        check_hashes([*{rule.subject for rule in rules}, _PATIENT, _START])
        ruleset = {rule.id: self._raw(rule) for rule in rules}
        ruleset[_START] = {"all": [{"m": {"$and": [{"start": 1}]}}], "run": _undriven}
        # A fact that no rule reads is not stored: the sink reads every fact of ours, and confirms that it arrived.
        ruleset["sink"] = {"all": [{"m": {"$and": [{"ours": 1}]}}], "run": _undriven, "pri": _LAST}
        check_ruleset(ruleset)
        self._host = _QuietHost(self._fire)
        self._host.set_rulesets({"eligo": ruleset})

    def _raw(self, rule: Rule) -> dict[str, Any]:
        if not rule.conditions:
            raise EngineError(f"rule '{rule.id}': has no condition")
        tests: list[dict[str, Any]] = [{"subject": rule.subject}]
        for condition in rule.conditions:
            bound = float(condition.bound) if type(condition.bound) is int else condition.bound
            tests.append({_OPERATORS[condition.operator]: {condition.field: bound}})
        return {"all": [{"m": {"$and": tests}}], "run": _undriven}

    def _fire(self, rule: str, fact: str) -> None:
        """Notes a firing, and never lets an exception out: an action that was started has to be completed."""
        try:
            self._note(rule, fact)
        except BaseException as error:  # noqa: BLE001  # re-raised once the engine has returned
            self._errors.append(error)

    def _note(self, rule: str, fact: str) -> None:
        self._fired.append((rule, fact))

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A clean slate for one dossier. Raises EngineError on leaving where the engine lost or invented a fact."""
        with self._busy:
            self._fired.clear()
            self._errors.clear()
            session = Session(self)
            try:
                session.start()
                yield session
                session.check_kept()
            finally:
                session.end()

    def close(self) -> None:
        """Gives the rules' memory back, which the package does not do when the host is dropped."""
        with self._busy:
            rulesets, self._host._ruleset_directory = self._host._ruleset_directory, {}
            self._host._ruleset_list = []
            for ruleset in rulesets.values():
                durable.durable_rules_engine.delete_ruleset(ruleset._handle)


class Session:
    """The facts about one dossier, told one by one."""

    def __init__(self, rulebase: Rulebase) -> None:
        self._base = rulebase
        self._told: dict[int, str] = {}
        self._started = False

    def start(self) -> None:
        """A fact whose rule always fires: without one, deleting the session crashes."""
        self._assert({"id": _START, "sid": _PATIENT, "start": 1, "ours": 1})

    def tell(self, subject: str, numbers: Mapping[str, float | None]) -> list[Firing]:
        """Asserts the one fact about the subject; the rules it fires, in the order of their ids.

        A number that is None is left out, so that no comparison of it can fire.
        Raises EngineError for an unsafe name or number, for a subject told twice, or when the engine does not confirm.
        """
        check_name(subject)
        fact: dict[str, Any] = {"id": subject, "sid": _PATIENT, "subject": subject, "ours": 1}
        for field, value in numbers.items():
            if _FIELDS.get(field) is not float:
                raise EngineError(f"'{field}' is not a declared number")
            if value is not None:
                fact[field] = check_number(field, value)
        return self._assert(fact)

    def _assert(self, fact: dict[str, Any]) -> list[Firing]:
        base, name = self._base, fact["id"]
        digest = fnv1a(name)
        if digest in self._told or digest == fnv1a(_PATIENT):
            other = self._told.get(digest, _PATIENT)
            raise EngineError(f"'{name}' was told already, or has the same hash as '{other}'")
        self._told[digest] = name
        before = len(base._fired)
        result = base._host.assert_fact("eligo", fact)
        fired = base._fired[before:]
        self._started = self._started or (_START, _START) in fired
        if base._errors:
            raise base._errors[0]
        if not isinstance(result, dict) or "exception" in result:
            raise EngineError(f"the engine did not take the fact '{name}'")
        if [entry for entry in fired if entry[0] == "sink"] != [("sink", name)]:
            raise EngineError(f"the engine did not read the fact '{name}' exactly once")
        ours = [Firing(rule, subject) for rule, subject in sorted(fired) if rule not in ("sink", _START)]
        if any(firing.subject != name for firing in ours) or len(set(ours)) != len(ours):
            raise EngineError(f"telling '{name}' fired a rule twice, or on another fact")
        return ours

    def check_kept(self) -> None:
        """Every fact told, and no other, must still be in the engine."""
        kept = {fact["id"] for fact in self._base._host.get_facts("eligo", _PATIENT)}
        if kept != set(self._told.values()):
            raise EngineError(f"the engine lost or invented facts: {sorted(kept ^ set(self._told.values()))}")

    def end(self) -> None:
        if self._started:
            self._base._host.delete_state("eligo", _PATIENT)
