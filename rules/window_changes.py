"""Whether other windows let fewer or more patients pass: two criteria in, the directions of their windows' changes out.

What a window does is its test's to say: a longer one for an event takes in more events, a longer one for a result
keeps older results good.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from rules.language import Criterion, Node, Not, children
from rules.tests.base import BOUNDS, WORDING, Bounded, Test, WindowEffect
from rules.windows import days_of

Direction = Literal["tightened", "loosened", "changed"]
_ONE = "1 day before screening"


def windowless(test: Test) -> str:
    """The quantity that the test reads, whatever the lengths of its windows; "ever" is the longest of them."""
    ever = getattr(test, "state", None) is None  # what asks for the newest word has no window to be given
    same = {key: _ONE for key, _ in test.windows if ever or getattr(test, key) is not None}
    return test.model_copy(update=same).quantity()


def window_changes(one: Criterion, other: Criterion) -> Iterator[Direction]:
    """The direction of each window that differs; `changed` where it has none that is known."""
    old = list(_placed(one))
    kept = {test.model_dump_json(exclude=WORDING) for test, _ in old}
    directions: list[Direction] = []
    stray = False
    for test, wanted in _placed(other):
        if test.model_dump_json(exclude=WORDING) in kept:
            continue
        like = [each for each, same in old if same == wanted and _rest(each) == _rest(test)]
        directions += [found for each in like[:1] for found in _compared(each, test, wanted)]
        stray = stray or (not like and windowless(test) in {windowless(each) for each, _ in old})
    yield from directions
    if directions and stray:  # a test of the same differs in what neither windows nor bounds tell
        yield "changed"


def _placed(criterion: Criterion) -> Iterator[tuple[Test, bool]]:
    """The tests from left to right, each with whether the criterion passes the sooner where it holds."""

    def walk(node: Node, wanted: bool) -> Iterator[tuple[Test, bool]]:
        if isinstance(node, Test):
            yield node, wanted
        for child in children(node):
            yield from walk(child, wanted != isinstance(node, Not))

    return walk(criterion.tree, criterion.kind == "inclusion")


def _rest(test: Test) -> str:
    """The test without its windows, and without its bound, which values tell apart."""
    left_out = {*WORDING, *(key for key, _ in test.windows), *(BOUNDS if isinstance(test, Bounded) else ())}
    return f"{type(test).__name__} {test.model_dump_json(exclude=left_out)}"


def _compared(old: Test, new: Test, wanted: bool) -> Iterator[Direction]:
    for key, effect in new.windows:
        before, after = getattr(old, key), getattr(new, key)
        if before == after:
            continue
        longer = _longer(before, after)
        yield "changed" if longer is None else _direction(effect, longer=longer, wanted=wanted)


def _direction(effect: WindowEffect, *, longer: bool, wanted: bool) -> Direction:
    if effect == "good for longer":
        return "loosened" if longer else "tightened"
    more = longer == (effect == "holds for more")
    return "loosened" if more == wanted else "tightened"


def _longer(before: str | None, after: str | None) -> bool | None:
    """Whether the second window is the longer one; no window is the longest; None where the calendar decides."""
    if before is None or after is None:
        return after is None
    if before.partition(" before ")[2] != after.partition(" before ")[2]:
        return None
    (least, most), (low, high) = days_of(before), days_of(after)
    return True if low > most else False if high < least else None
