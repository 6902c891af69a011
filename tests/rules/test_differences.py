"""What changed from one protocol to another: added, removed, tightened, loosened, changed or only reworded."""

from __future__ import annotations

import pytest

from rules.differences import differences
from rules.language import Protocol, parse_protocol

HEAD = 'id: P\nversion: "1"\ntitle: a trial\ncriteria:\n'


def one(condition: str, *, key: str = "I1", side: str = "requires", quote: str = "a quote") -> str:
    return f"  - {{id: {key}, number: N, title: the title, quote: {quote}, {side}: {{{condition}}}}}\n"


def protocol(*criteria: str) -> Protocol:
    return parse_protocol(HEAD + "".join(criteria), "p.yaml")


LVEF = "measurement: lvef, at_least: {} %"
CHANGES = [
    ("a higher least value", one(LVEF.format(50)), one(LVEF.format(55)),
     "tightened", "lvef at least 50 %, now lvef at least 55 %"),
    ("a lower least value", one(LVEF.format(55)), one(LVEF.format(50)), "loosened", "at least 50 %"),
    ("an exclusion that reaches further",
     one("measurement: lvef, at_most: 40 %", side="excludes"), one("measurement: lvef, at_most: 45 %", side="excludes"),
     "tightened", "at most 45 %"),
    ("an upper age", one("age: at the screening date, at_least: 18 years"),
     one("age: at the screening date, at_least: 18 years, at_most: 70 years"), "tightened", "70 years"),
    ("one more way to pass", one("condition: sle"), one("any: [{condition: sle}, {condition: mctd}]"),
     "loosened", "mctd"),
    ("another window", one(LVEF.format(55) + ", within: 6 months before screening"),
     one(LVEF.format(55) + ", within: 3 months before screening"), "changed", "within 3 months"),
    ("other words", one(LVEF.format(55)), one(LVEF.format(55), quote="another quote"), "reworded", "other words"),
    ("another question", one("condition: sle"), one("condition: sle, ask: has she lupus", quote="b"), "reworded", ""),
]  # fmt: skip


@pytest.mark.parametrize(("what", "before", "after", "change", "words"), CHANGES, ids=[row[0] for row in CHANGES])
def test_what_changed(what: str, before: str, after: str, change: str, words: str) -> None:
    (found,) = differences(protocol(before), protocol(after))
    assert found.change == change
    assert words in found.words


def test_added_and_removed() -> None:
    old = protocol(one(LVEF.format(55)), one("condition: malignancy", key="E1", side="excludes"))
    new = protocol(one(LVEF.format(55)), one("procedure: car-t", key="E1", side="excludes"))
    found = [(each.change, (each.after or each.before).id) for each in differences(old, new)]  # type: ignore[union-attr]
    assert found == [("added", "E1"), ("removed", "E1")]


def test_a_criterion_is_found_again_under_another_id() -> None:
    old = protocol(one(LVEF.format(55), key="I4a"))
    (found,) = differences(old, protocol(one(LVEF.format(50), key="I6")))
    assert (found.change, found.before.id, found.after.id) == ("loosened", "I4a", "I6")  # type: ignore[union-attr]


def test_nothing_changed() -> None:
    same = protocol(one(LVEF.format(55)), one("judgement: fit, raised_by: []", key="I2"))
    assert differences(same, same) == []
