"""What changed from one protocol to another: two protocols in, criteria added, removed, tightened or loosened out.

Criteria that read the same quantities are held against each other at every value that their bounds tell apart, and by
the lengths of their windows: whoever passes the new one alone was let in, whoever passes the old one alone shut out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rules.contradictions import answers_over, told_apart
from rules.language import AtLeast, Criterion, Node, Protocol, children, leaf_tests
from rules.tests.base import WORDING, Bounded, Test
from rules.window_changes import Direction, window_changes, windowless

Change = Literal["added", "removed", "tightened", "loosened", "changed", "reworded"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: the criterion before and after (None where there is none), and what is new in words."""

    change: Change
    before: Criterion | None
    after: Criterion | None
    words: str


def differences(before: Protocol, after: Protocol) -> list[Difference]:
    """Every change, in the order of the new protocol, what was removed last."""
    pairs = _matched(before, after)
    found = [difference for one, other in pairs if (difference := _compared(one, other)) is not None]
    old, new = {one.id for one, _ in pairs}, {other.id for _, other in pairs}
    added = [Difference("added", None, one, "") for one in after.criteria if one.id not in new]
    removed = [Difference("removed", one, None, "") for one in before.criteria if one.id not in old]
    order = {criterion.id: place for place, criterion in enumerate(after.criteria)}
    return [*sorted([*found, *added], key=lambda one: order[one.after.id] if one.after else 0), *removed]


def _matched(before: Protocol, after: Protocol) -> list[tuple[Criterion, Criterion]]:
    """The criteria that are each other's: by what they read and by id first, then by what they read alone."""
    pairs: list[tuple[Criterion, Criterion]] = []
    left = list(before.criteria)
    for same_id, alike in ((True, _overlap), (False, _equal), (False, _overlap)):
        for other in after.criteria:
            if any(other is taken for _, taken in pairs):
                continue
            found = next((one for one in left if alike(one, other) and (one.id == other.id or not same_id)), None)
            if found is not None:
                pairs.append((found, other))
                left = [one for one in left if one is not found]
    return pairs


def _reads(criterion: Criterion) -> set[str]:
    return {_subject(test) for test in leaf_tests(criterion.tree)}


def _subject(test: Test) -> str:
    """What the test reads, whatever its window: the first words of its quantity."""
    if test.outcomes == {"open"}:
        return test.finding_id()
    return f"{type(test).__name__} {test.quantity().split('.')[0]}"


def _equal(one: Criterion, other: Criterion) -> bool:
    return one.kind == other.kind and _reads(one) == _reads(other)


def _overlap(one: Criterion, other: Criterion) -> bool:
    return one.kind == other.kind and bool(_reads(one) & _reads(other))


def _compared(one: Criterion, other: Criterion) -> Difference | None:
    if _asked(one) == _asked(other):
        same = " ".join(one.quote.split()) == " ".join(other.quote.split())
        return None if same else Difference("reworded", one, other, "the same condition in other words")
    words = "; ".join(_changes(one, other)) or "its conditions"
    return Difference(_direction(one, other), one, other, words)


def _asked(criterion: Criterion) -> list[str]:
    """The tree in full, but for the words in which it is asked and told."""
    return [_shape(criterion.tree), *(_plain(test) for test in leaf_tests(criterion.tree))]


def _shape(node: Node) -> str:
    inner = ", ".join(_shape(child) for child in children(node))
    needed = f" {node.at_least}" if isinstance(node, AtLeast) else ""
    return f"{type(node).__name__}{needed}({inner})"


def _plain(test: Test) -> str:
    return test.model_dump_json(exclude=WORDING)


def _direction(one: Criterion, other: Criterion) -> Change:
    """Whether it lets fewer or more patients pass; `changed` where it does both, or where nothing tells."""
    directions = {*_by_values(one, other), *window_changes(one, other)}
    return directions.pop() if len(directions) == 1 else "changed"


def _by_values(one: Criterion, other: Criterion) -> Iterator[Direction]:
    """What the bounds do, each patient's values being the same in every window."""
    tests = [test for each in (one, other) for test in leaf_tests(each.tree) if "holds" in test.outcomes]
    values = told_apart([one, other], {windowless(test) for test in tests}, windowless)
    before, after = (answers_over(each, values, windowless) for each in (one, other))
    pairs = list(zip(before, after, strict=True))
    if any(first == "pass" and second != "pass" for first, second in pairs):
        yield "tightened"
    if any(first != "pass" and second == "pass" for first, second in pairs):
        yield "loosened"


def _changes(one: Criterion, other: Criterion) -> Iterator[str]:
    """The tests that differ, each with its bound or window before and after."""
    old, new = list(leaf_tests(one.tree)), list(leaf_tests(other.tree))
    kept = {_plain(test) for test in old} & {_plain(test) for test in new}
    for test in new:
        if _plain(test) in kept:
            continue
        like = next((each for each in old if _subject(each) == _subject(test) and _plain(each) not in kept), None)
        if like is None:
            yield f"now asks for {_words(test)}"
        elif _words(like) != _words(test):
            yield f"{_words(like)}, now {_words(test)}"
        else:
            yield f"{_words(test)}: {', '.join(_keys(like, test))}"
    for test in old:
        if _plain(test) not in kept and not any(_subject(each) == _subject(test) for each in new):
            yield f"no longer asks for {_words(test)}"


def _words(test: Test) -> str:
    """The test by its first key, its bound and its window."""
    given = test.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    kind = type(test).__name__.lower()
    name = given.get(kind, test.finding_id())
    parts = [", ".join(map(str, name)) if isinstance(name, list) else str(name)]
    parts += [test.asked_words()] if isinstance(test, Bounded) else []
    parts += [f"at least {given['at_least']}"] if "at_least" in given and not isinstance(test, Bounded) else []
    parts += [f"{key.replace('_', ' ')} {given[key]}" for key, _ in test.windows if key in given]
    return " ".join(parts)


def _keys(old: Test, new: Test) -> Sequence[str]:
    before, after = (each.model_dump(mode="json", by_alias=True, exclude_defaults=True) for each in (old, new))
    keys = [key for key in {**before, **after} if key not in WORDING]
    changed = [key for key in keys if before.get(key) != after.get(key)]
    return [f"'{key.replace('_', ' ')}' changed" for key in changed]
