"""How far off a failing criterion is: a stored screening and its protocol in, each deciding number's distance out.

Read from findings and bounds alone, so that it can be told of an erased letter too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rules.amounts import number, unit_words
from rules.language import Criterion, leaf_tests
from rules.tests.base import Bounded, Comparison, Test


@dataclass(frozen=True, slots=True)
class Distance:
    """A number that decided, the bound it missed, and what lies between them, in `unit`."""

    value: float
    bound: float
    unit: str

    @property
    def gap(self) -> float:
        return abs(self.value - self.bound)

    @property
    def share(self) -> float | None:
        """The gap as a share of the bound; none of a bound of nought."""
        return self.gap / abs(self.bound) if self.bound else None

    @property
    def words(self) -> str:
        """In words, the gap as a share of the bound too.

        >>> Distance(48, 55, "%").words
        '48 against 55 %: off by 7 (12.73 per cent of the bound)'
        """
        share = "" if self.share is None else f" ({number(100 * self.share)} per cent of the bound)"
        bound = f"{number(self.bound)} {unit_words(self.unit)}"
        return f"{number(self.value)} against {bound}: off by {number(self.gap)}{share}"


def distances(criterion: Criterion, screening: Mapping[str, Any]) -> list[Distance]:
    """Of a failing criterion the numbers that decided it, the nearest first; none where it is a matter of yes or no."""
    [answered] = [one for one in screening["criteria"] if one["id"] == criterion.id]
    deciding = {key for step in answered["proof"] for key in step["from"]}
    findings = {one["id"]: one for one in screening["findings"]}
    asked = {test.key: test for test in leaf_tests(criterion.tree) if test.key in deciding and test.key in findings}
    found = [one for key, test in asked.items() for one in _distance(test, findings[key])]
    return sorted(found, key=lambda one: (one.share is None, one.share or 0.0))


def _distance(test: Test, finding: Mapping[str, Any]) -> Iterator[Distance]:
    """From the end of the interval that decided to the bound that it would have to pass."""
    if not isinstance(test, Bounded):
        return
    for comparison in (test.holds_when(), test.fails_when()):
        value = finding[comparison.end]
        if value is not None and _met(value, comparison):
            yield Distance(value, comparison.bound, finding["unit"])


def _met(value: float, comparison: Comparison) -> bool:
    match comparison.operator:
        case ">=":
            return value >= comparison.bound
        case ">":
            return value > comparison.bound
        case "<=":
            return value <= comparison.bound
        case "<":
            return value < comparison.bound
