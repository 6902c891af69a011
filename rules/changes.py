"""What would change a verdict: a decided dossier in, the smallest sets of findings that would turn it out.

Also here: the verdict as a function of the date. Every set is decided by the engine before it is given, with the
findings as they would be; what the engine does not confirm is left out.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, product
from typing import Literal

from rules import reference
from rules.decision import Answered, Decision, Judge
from rules.findings import Finding, Situation
from rules.language import All, AnyOf, AtLeast, Criterion, Node, Not, children, leaf_tests
from rules.reference import Verdict, outcome
from rules.tests.base import Outcome, Test, YesNo

Way = Literal["wait", "test", "treat", "fixed"]
_WAYS: tuple[Way, ...] = ("wait", "test", "treat", "fixed")
_ORDER: tuple[Verdict, ...] = ("ineligible", "needs_information", "potentially_eligible")
_KEPT = 24  # sets of one node, and of the verdict before they are tried
_SHOWN = 8
Wanted = tuple[Test, Outcome]
Set = tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that would have to be otherwise.

    `way`: *wait* for the day `on`, by which time alone brings it; *test* (or ask) what is not known, is too old or
    contradicted; *treat* what a treatment or the disease's course can alter; *fixed* is age and history. `criteria`
    are those that ask for it, `finding` what it is now (None: not told).
    """

    test: Test
    wanted: Outcome
    way: Way
    criteria: tuple[str, ...]
    finding: Finding | None
    on: date | None

    @property
    def now(self) -> str:
        """What the dossier says now."""
        return self.test.sentence(self.finding, "open" if self.way == "test" else _opposite(self.wanted))


@dataclass(frozen=True, slots=True)
class Turn:
    """A smallest set of changes, and the verdict that the engine gives with all of them made."""

    changes: tuple[Change, ...]
    verdict: Verdict

    @property
    def wanted(self) -> Set:
        """The tests of its changes, each with the outcome that is wanted."""
        return tuple((change.test, change.wanted) for change in self.changes)

    @property
    def possible(self) -> bool:
        """Whether none of it is fixed."""
        return all(change.way != "fixed" for change in self.changes)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days, both inclusive, of one verdict for one reason: what fails, else what it waits for (of the first day)."""

    first: date
    last: date
    verdict: Verdict
    fails: tuple[str, ...]
    waits_for: tuple[str, ...]


@dataclass(frozen=True)
class Outlook:
    """The verdict over the days to come; `ripe` gives the first day on which time alone gives a test an outcome."""

    stretches: tuple[Stretch, ...]
    ripe: Mapping[tuple[str, Outcome], date]


def outlook(judge: Judge, situation: Situation, days: int = 365) -> Outlook:
    """The verdict on each of the next days, if nothing new happens; empty where the screening date is not known."""
    if situation.as_of is None:
        return Outlook((), {})
    tests = [test for criterion in judge.protocol.criteria for test in leaf_tests(criterion.tree)]
    ripe: dict[tuple[str, Outcome], date] = {}
    stretches: list[Stretch] = []
    before: Mapping[str, Finding] | None = None
    for ahead in range(days + 1):
        day = situation.as_of + timedelta(days=ahead)
        findings = judge.find(dataclasses.replace(situation, as_of=day, nothing_new_since=situation.as_of))
        if before is not None and _same(before, findings):
            stretches[-1] = dataclasses.replace(stretches[-1], last=day)
            continue
        before = findings
        for test in tests:
            ripe.setdefault((test.in_full, outcome(test, findings)), day)
        told = _stretch(judge.decide_findings(findings, day), day)
        if stretches and _reason(stretches[-1]) == _reason(told):
            stretches[-1] = dataclasses.replace(stretches[-1], last=day)
        else:
            stretches.append(told)
    return Outlook(tuple(stretches), ripe)


def _same(one: Mapping[str, Finding], other: Mapping[str, Finding]) -> bool:
    return one.keys() == other.keys() and all(
        (finding.low, finding.high, finding.speaks) == (other[key].low, other[key].high, other[key].speaks)
        for key, finding in one.items()
    )


def _stretch(decision: Decision, day: date) -> Stretch:
    return Stretch(
        day,
        day,
        decision.verdict,
        tuple(one.criterion.id for one in decision.answers if one.stops),
        tuple(one.criterion.id for one in decision.answers if one.waited_for),
    )


def _reason(stretch: Stretch) -> tuple[object, ...]:
    return stretch.verdict, stretch.fails, () if stretch.fails else stretch.waits_for


def turns(judge: Judge, decision: Decision, ahead: Outlook) -> tuple[Turn, ...]:
    """The smallest sets that would turn the verdict into a better one, the readiest first, each confirmed.

    Of an ineligible patient those that leave no criterion failing; of one who needs information those that answer
    what the verdict waits for. None for a candidate.
    """
    if decision.verdict == "potentially_eligible":
        return ()
    wanted: dict[frozenset[tuple[str, Outcome]], tuple[Set, Set]] = {}
    for blocking in _blocking(decision):
        for whole in _joined([_repairs_of(one, decision) for one in blocking]):
            found = _without_implied(whole)
            wanted.setdefault(_identity(found), (found, whole))
    confirmed: list[Turn] = []
    for found, whole in sorted(wanted.values(), key=lambda pair: len(pair[0])):
        if any(_identity(other.wanted) < _identity(found) for other in confirmed):
            continue
        verdict = verdict_with(found, judge, decision)
        if verdict is not None and _ORDER.index(verdict) > _ORDER.index(decision.verdict):
            confirmed.append(Turn(_changes(found, whole, decision, ahead), verdict))
    confirmed = [turn for turn in confirmed if turn.possible] or confirmed
    return tuple(sorted(confirmed, key=_readiness)[:_SHOWN])


def _readiness(turn: Turn) -> tuple[int, int, int]:
    ways = [_WAYS.index(change.way) for change in turn.changes]
    return ways.count(_WAYS.index("fixed")), len(ways), sum(ways)


def _blocking(decision: Decision) -> Iterator[list[Answered]]:
    """The criteria that keep the verdict down, for each cohort those asked of it."""
    cohorts: list[str | None] = [one.id for one in decision.protocol.cohorts]
    for cohort in cohorts or [None]:
        asked = [one for one in decision.answers if not one.criterion.cohorts or cohort in one.criterion.cohorts]
        if decision.verdict == "ineligible":
            yield [one for one in asked if one.answer == "fail" and not one.criterion.recommended]
        else:
            yield [one for one in asked if one.waited_for]


def _repairs_of(answered: Answered, decision: Decision) -> list[Set]:
    criterion = answered.criterion
    wanted: Outcome = "holds" if criterion.requires is not None else "fails"
    return _repairs(criterion.tree, wanted, decision.findings, strict=decision.verdict != "ineligible")


def _repairs(node: Node, wanted: Outcome, findings: Mapping[str, Finding], *, strict: bool) -> list[Set]:
    """The smallest sets of tests that give the node the wanted outcome; not strict: that only end the other one."""
    found = outcome(node, findings)
    if found == wanted or (found == "open" and not strict):
        return [()]
    match node:
        case All():
            needed = len(node.all) if wanted == "holds" else 1
        case AnyOf():
            needed = 1 if wanted == "holds" else len(node.any)
        case AtLeast():
            needed = node.at_least if wanted == "holds" else len(node.of) - node.at_least + 1
        case Not():
            return _repairs(node.part, _opposite(wanted), findings, strict=strict)
        case _:
            return [((node, wanted),)] if wanted in node.outcomes else []
    parts = [_repairs(part, wanted, findings, strict=strict) for part in children(node)]
    ready = sum(1 for sets in parts if () in sets)
    rest = [sets for sets in parts if sets and () not in sets]
    chosen = (_joined(some) for some in combinations(rest, max(0, needed - ready)))
    return _smallest(found for sets in chosen for found in sets)


def _joined(parts: Iterable[list[Set]]) -> list[Set]:
    """One set of each part, put together in every way; few are kept of each step."""
    found: list[Set] = [()]
    for sets in parts:
        found = _smallest(
            tuple({(test.in_full, wanted): (test, wanted) for test, wanted in (*one, *other)}.values())
            for one, other in product(found, sets)
        )
    return found


def _without_implied(found: Set) -> Set:
    """The set without what the rest of it implies: of several bounds on one finding the strictest says it all."""
    kept = list(found)
    for one in found:
        others = [other for other in kept if other != one and other[0].key == one[0].key]
        if any(_implies(other, one) for other in others):
            kept.remove(one)
    return tuple(kept)


def _implies(one: Wanted, other: Wanted) -> bool:
    """Whether a finding that just gives a test its wanted outcome gives the other its own too."""
    finding = _supposed(one[0].key, [one])
    return finding is not None and outcome(other[0], {one[0].key: finding}) == other[1]


def _smallest(sets: Iterable[Set]) -> list[Set]:
    distinct = {_identity(one): one for one in sets}
    return sorted(distinct.values(), key=len)[:_KEPT]


def _identity(found: Set) -> frozenset[tuple[str, Outcome]]:
    return frozenset((test.in_full, wanted) for test, wanted in found)


def _opposite(wanted: Outcome) -> Outcome:
    return "fails" if wanted == "holds" else "holds"


def verdict_with(found: Set, judge: Judge, decision: Decision) -> Verdict | None:
    """The engine's verdict with the findings of the set as wanted; None where they cannot all be so at once."""
    asked: dict[str, list[Wanted]] = {}
    for test, wanted in found:
        asked.setdefault(test.key, []).append((test, wanted))
    supposed = {key: _supposed(key, tests) for key, tests in asked.items()}
    if any(finding is None for finding in supposed.values()):
        return None
    findings = {**decision.findings, **{key: finding for key, finding in supposed.items() if finding is not None}}
    if any(outcome(test, findings) != wanted for test, wanted in found):
        return None
    return judge.decide_findings(findings, decision.as_of).verdict


def _supposed(key: str, tests: Sequence[Wanted]) -> Finding | None:
    """A finding of one number that gives every test its wanted outcome."""
    low, high = -math.inf, math.inf
    for test, wanted in tests:
        comparison = test.holds_when() if wanted == "holds" else test.fails_when()
        if isinstance(test, YesNo):
            value = 1.0 if comparison.operator == ">=" else 0.0
            low, high = max(low, value), min(high, value)
            continue
        match comparison.operator:
            case ">=":
                low = max(low, comparison.bound)
            case ">":
                low = max(low, math.nextafter(comparison.bound, math.inf))
            case "<=":
                high = min(high, comparison.bound)
            case "<":
                high = min(high, math.nextafter(comparison.bound, -math.inf))
    if low > high:
        return None
    value = low if low > -math.inf else high
    return Finding(key, value, value, "", ())


def settles(criterion: Criterion, tests: Iterable[Test], findings: Mapping[str, Finding]) -> bool:
    """Whether an answer to these tests, one way or the other, would answer the criterion."""
    asked = list(tests)
    for wanted in ("holds", "fails"):
        told = {test.key: _supposed(test.key, [(test, wanted)]) for test in asked if wanted in test.outcomes}
        known = {key: finding for key, finding in told.items() if finding is not None}
        if reference.answer(criterion, {**findings, **known}) != "unknown":
            return True
    return False


def _changes(found: Set, whole: Set, decision: Decision, ahead: Outlook) -> tuple[Change, ...]:
    """The changes of a set; `whole` has the tests that these imply too, whose criteria ask for them as well."""
    return tuple(
        _change(test, wanted, [one for one, _ in whole if one.key == test.key], decision, ahead)
        for test, wanted in found
    )


def _change(test: Test, wanted: Outcome, same: Sequence[Test], decision: Decision, ahead: Outlook) -> Change:
    finding = decision.findings.get(test.key)
    asking = tuple(one.id for one in decision.protocol.criteria if any(test in same for test in leaf_tests(one.tree)))
    on = ahead.ripe.get((test.in_full, wanted))
    if outcome(test, decision.findings) == "open":
        way: Way = "test"
    elif on is not None:
        way = "wait"
    else:
        way = test.alters
    return Change(test, wanted, way, asking, finding, on)
