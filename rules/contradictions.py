"""What a protocol can never be: criteria go in; those that no patient passes, that never stop anyone, or that exclude
each other come out.

Each quantity that tests read (an age, the newest LVEF) is put at every value that the bounds tell apart; everything
else is left open. What fails for all of these values fails for every patient: reasoning over intervals, not examples.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rules.findings import Finding
from rules.language import Criterion, leaf_tests
from rules.reference import Answer, answer
from rules.tests.base import Test

_MOST = 5000  # assignments of values; a tree with more of them is not searched


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The criteria concerned (one, or two that exclude each other) and what is so."""

    criteria: tuple[Criterion, ...]
    what: str
    remedy: str


def quantity_of(test: Test) -> str:
    return test.quantity()


def contradictions(criteria: Sequence[Criterion]) -> Iterator[Contradiction]:
    """All that interval reasoning finds, in the order of the criteria."""
    for criterion in criteria:
        yield from _alone(criterion)
    for one, other in itertools.combinations(criteria, 2):
        if _of_one_patient(one, other) and not (one.recommended or other.recommended):
            yield from _together(one, other)


def _alone(criterion: Criterion) -> Iterator[Contradiction]:
    answers = answers_over(criterion, told_apart([criterion], _quantities(criterion)))
    if answers and set(answers) == {"fail"}:
        yield Contradiction((criterion,), "no patient can pass it: its range is empty", "change a bound or 'not'")
    elif answers and set(answers) == {"pass"}:
        yield Contradiction((criterion,), "no patient can fail it: it asks nothing", "change a bound, or leave it out")


def _together(one: Criterion, other: Criterion) -> Iterator[Contradiction]:
    shared = _quantities(one) & _quantities(other)
    values = told_apart([one, other], shared)
    pairs = list(zip(answers_over(one, values), answers_over(other, values), strict=True))
    if not pairs:
        return
    if all("fail" in pair for pair in pairs):
        words = f"whoever passes it fails {other.id}" if "fail" in (second for _, second in pairs) else ""
        yield Contradiction((one, other), words, f"change the bounds of {one.id} or of {other.id}")
    elif _repetition_untold(one, other) and _asked_of_more(one, other) and _stops_no_more(pairs, other, shared):
        yield Contradiction(
            (other, one),
            f"whoever fails it fails {one.id} too, so it decides nothing",
            f"leave it out, or, if the registry says it twice, write 'repeats: {one.id}'",
        )
    elif _repetition_untold(one, other) and _asked_of_more(other, one) and _stops_no_more(_turned(pairs), one, shared):
        yield Contradiction(
            (one, other),
            f"whoever fails it fails {other.id} too, so it decides nothing",
            f"leave it out, or, if the registry says it twice, write 'repeats: {other.id}'",
        )


def _repetition_untold(one: Criterion, other: Criterion) -> bool:
    return other.repeats != one.id and one.repeats != other.id


def _asked_of_more(one: Criterion, other: Criterion) -> bool:
    """Whether every patient who is asked the other is asked the one."""
    return not one.cohorts or (bool(other.cohorts) and set(other.cohorts) <= set(one.cohorts))


def _stops_no_more(pairs: Sequence[tuple[Answer, Answer]], later: Criterion, shared: set[str]) -> bool:
    """Whether the second of each pair, which reads nothing else, fails only where the first does."""
    if _quantities(later) != shared or "fail" not in {second for _, second in pairs}:
        return False
    return all(first == "fail" for first, second in pairs if second != "pass")


def _turned(pairs: Sequence[tuple[Answer, Answer]]) -> list[tuple[Answer, Answer]]:
    return [(second, first) for first, second in pairs]


def _of_one_patient(one: Criterion, other: Criterion) -> bool:
    """Whether some patient is asked both."""
    return not one.cohorts or not other.cohorts or bool(set(one.cohorts) & set(other.cohorts))


def _quantities(criterion: Criterion) -> set[str]:
    return {test.quantity() for test in leaf_tests(criterion.tree) if "holds" in test.outcomes}


def told_apart(
    criteria: Sequence[Criterion], quantities: set[str], quantity: Callable[[Test], str] = quantity_of
) -> list[dict[str, float]]:
    """Every assignment of values that the bounds tell apart to the quantities, as `quantity` gives those of tests."""
    tests = [test for criterion in criteria for test in leaf_tests(criterion.tree)]
    names = sorted(quantities)
    each = [_cells([test for test in tests if quantity(test) == name]) for name in names]
    count = 1
    for values in each:
        count *= len(values)
    if not names or count > _MOST:
        return []
    return [dict(zip(names, combination, strict=True)) for combination in itertools.product(*each)]


def _cells(tests: Sequence[Test]) -> list[float]:
    """One value below, at, between and above the bounds of the tests."""
    bounds = sorted({comparison.bound for test in tests for comparison in (test.holds_when(), test.fails_when())})
    between = [(low + high) / 2 for low, high in itertools.pairwise(bounds)]
    return sorted({max(bounds[0] - 1, 0.0), *bounds, *between, bounds[-1] + 1})


def answers_over(
    criterion: Criterion, values: Sequence[Mapping[str, float]], quantity: Callable[[Test], str] = quantity_of
) -> list[Answer]:
    """The criterion's answer at each assignment of values to quantities, everything else left open."""
    tests = list(leaf_tests(criterion.tree))
    found: list[Answer] = []
    for assignment in values:
        findings = {
            test.finding_id(): Finding(test.finding_id(), value, value, "", ())
            for test in tests
            if (value := assignment.get(quantity(test))) is not None
        }
        found.append(answer(criterion, findings))
    return found
