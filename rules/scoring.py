"""Scores worked out from a letter's findings: the tests that show each item in, the least total with its facts out.

An item counts when one of its tests holds and none of them fails, where `every` one is asked for when all hold; one
that is not shown stays open, so the total has no upper end. Which tests show which item is data (`kb/evidence`).
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import kb
from kb.calculators import eular_acr_2019, sledai_2k
from kb.calculators.items import Item
from kb.facts import Interval
from kb.kept import kept, kept_yaml
from rules import derivation
from rules.derivation import Expression
from rules.findings import Finding, Situation
from rules.sources import code
from rules.tests.base import Comparison, Test

EVIDENCE = Path(kb.__file__).parent / "evidence"
ENTRY = "entry"
_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@dataclass(frozen=True, slots=True)
class Partial:
    """The points that are shown, with the arithmetic and the facts."""

    points: float
    calculation: str
    facts: tuple[str, ...]
    derivation: Expression


def partial_score(name: str, situation: Situation, without: Collection[str] = ()) -> Partial:
    """The least total that the letter's findings show for the score, the points of the items `without` left out."""
    asked = {item: tests for item, tests in evidence(name).items() if item not in without}
    found = {item: _findings(tests, situation) for item, tests in asked.items()}
    shown = {item: pairs for item, pairs in found.items() if _shown(pairs, _needed(name, item))}
    given = {item: Interval(1, 1) for item in shown if item != ENTRY}
    points = _points(name, given, entry=ENTRY in shown)
    facts = [fact for pairs in shown.values() for _, finding in pairs for fact in finding.facts]
    items = ", ".join(f"{item.replace('-', ' ')} {_weight(name, item)}" for item in shown if item != ENTRY)
    words = f"{items or 'no item'}: at least {points:g} points"
    held = [
        (item, _domain(name, item), _weight(name, item), [key for _, finding in pairs for key in finding.facts])
        for item, pairs in shown.items()
        if item != ENTRY
    ]
    unclassified = name != "sledai-2k" and points <= _not_classified()
    how = derivation.points(held, _not_classified() if unclassified else None)
    return Partial(points, words, tuple(dict.fromkeys(facts)), how)


def points_of(name: str, items: Collection[str], situation: Situation) -> tuple[float, float, list[str]]:
    """The points of these items: those shown for certain, and those that may be there, with the facts."""
    certain = perhaps = 0.0
    facts: list[str] = []
    for item in items:
        pairs = _findings(evidence(name)[item], situation)
        facts += [key for _, finding in pairs for key in finding.facts]
        ruled_out = bool(pairs) and all(met(test.fails_when(), finding) for test, finding in pairs)
        certain += _weight(name, item) if _shown(pairs, _needed(name, item)) else 0
        perhaps += 0 if ruled_out else _weight(name, item)
    return certain, perhaps, facts


@functools.cache
def evidence(name: str) -> Mapping[str, tuple[Test, ...]]:
    """The tests that show each item of the score."""
    return kept(f"evidence-{name}", (*code(), EVIDENCE / f"{name}.yaml"), lambda: _read_evidence(name))


def _read_evidence(name: str) -> Mapping[str, tuple[Test, ...]]:
    from rules.tests import KINDS  # the kinds include the score, which reads this module

    return {
        item: tuple(KINDS[next(iter(test))].model_validate(test) for test in _tests(told))
        for item, told in _content(name).items()
    }


def _content(name: str) -> dict[str, list[dict[str, Any]] | dict[str, list[dict[str, Any]]]]:
    return cast(
        "dict[str, list[dict[str, Any]] | dict[str, list[dict[str, Any]]]]", kept_yaml(EVIDENCE / f"{name}.yaml")
    )


def _tests(told: list[dict[str, Any]] | dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return told["every"] if isinstance(told, dict) else told


@functools.cache
def _needed(name: str, item: str) -> int:
    """How many of the item's tests have to hold: one, or every one."""
    told = _content(name)[item]
    return len(_tests(told)) if isinstance(told, dict) else 1


def _findings(tests: tuple[Test, ...], situation: Situation) -> list[tuple[Test, Finding]]:
    found = [(test, test.find(situation)) for test in tests]
    return [(test, finding) for test, finding in found if finding is not None]


def _shown(pairs: list[tuple[Test, Finding]], needed: int) -> bool:
    return sum(met(test.holds_when(), finding) for test, finding in pairs) >= needed and not any(
        met(test.fails_when(), finding) for test, finding in pairs if "measurement" in type(test).model_fields
    )


def met(comparison: Comparison, finding: Finding) -> bool:
    """Whether that end of the finding satisfies the comparison; an unbounded end never does."""
    value = finding.low if comparison.end == "low" else finding.high
    return value is not None and bool(_COMPARE[comparison.operator](value, comparison.bound))


def _points(name: str, given: Mapping[str, Interval], *, entry: bool) -> float:
    if name == "sledai-2k":
        return sledai_2k.bounds(given).low or 0
    result = eular_acr_2019.bounds(Interval(1, 1) if entry else None, given)
    # points without a clinical item classify nobody
    return (result.total.low or 0) if result.classified.low else min(result.total.low or 0, _not_classified())


def _not_classified() -> float:
    return eular_acr_2019.CLASSIFIED_FROM - 1


def _weight(name: str, item: str) -> int:
    return _items(name)[item].weight


def _domain(name: str, item: str) -> str:
    """The group of which only the greatest weight counts: the item alone where the score has no such groups."""
    return _items(name)[item].domain or item


def _items(name: str) -> Mapping[str, Item]:
    return sledai_2k.items() if name == "sledai-2k" else eular_acr_2019.items()
