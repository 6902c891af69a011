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
RITUXIMAB = "exposure: rituximab, within: {} before screening"
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
     one(LVEF.format(55) + ", within: 3 months before screening"), "tightened", "within 3 months"),
    ("a result that may be older", one(LVEF.format(55) + ", within: 3 months before screening"),
     one(LVEF.format(55) + ", within: 26 weeks before screening"), "loosened", "now lvef at least 55 % within 26"),
    ("a result of an exclusion that may be older",
     one("measurement: lvef, below: 40 %, within: 3 months before screening", side="excludes"),
     one("measurement: lvef, below: 40 %, within: 1 year before screening", side="excludes"), "loosened", "1 year"),
    ("a result of any age", one("score: mg-adl, at_least: 6 points, within: 3 months before screening"),
     one("score: mg-adl, at_least: 6 points"), "loosened", "now mg-adl at least 6"),
    ("a negative result that may be older",
     one("result: hbsag, reads: positive, negative_within: 6 months before screening", side="excludes"),
     one("result: hbsag, reads: positive, negative_within: 12 months before screening", side="excludes"),
     "loosened", "now hbsag negative within 12 months"),
    ("a longer washout", one(RITUXIMAB.format("4 weeks"), side="excludes"),
     one(RITUXIMAB.format("12 weeks"), side="excludes"), "tightened", "now rituximab within 12 weeks"),
    ("a shorter washout", one(RITUXIMAB.format("1 year"), side="excludes"),
     one(RITUXIMAB.format("6 months"), side="excludes"), "loosened", "now rituximab within 6 months"),
    ("a washout in place of never", one("exposure: rituximab", side="excludes"),
     one(RITUXIMAB.format("6 months"), side="excludes"), "loosened", "within 6 months"),
    ("a treatment asked for in a longer time", one(RITUXIMAB.format("4 weeks")), one(RITUXIMAB.format("8 weeks")),
     "loosened", "within 8 weeks"),
    ("a washout behind not", one("not: {" + RITUXIMAB.format("4 weeks") + "}"),
     one("not: {" + RITUXIMAB.format("8 weeks") + "}"), "tightened", "within 8 weeks"),
    ("an event of a longer time", one("condition: stroke, within: 3 months before screening", side="excludes"),
     one("condition: stroke, within: 6 months before screening", side="excludes"), "tightened", "within 6 months"),
    ("a dose unchanged for longer", one("stable: [azathioprine], unchanged_within: 4 weeks before screening"),
     one("stable: [azathioprine], unchanged_within: 8 weeks before screening"),
     "tightened", "azathioprine unchanged within 8 weeks"),
    ("a window and a bound, both stricter", one(LVEF.format(50) + ", within: 6 months before screening"),
     one(LVEF.format(55) + ", within: 3 months before screening"), "tightened", "now lvef at least 55 % within 3"),
    ("a stricter window, a laxer bound", one(LVEF.format(55) + ", within: 6 months before screening"),
     one(LVEF.format(50) + ", within: 3 months before screening"), "changed", "within 3 months"),
    ("two windows, one longer and one shorter",
     one(f"any: [{{{RITUXIMAB.format('4 weeks')}}}, {{condition: stroke, within: 6 months before screening}}]",
         side="excludes"),
     one(f"any: [{{{RITUXIMAB.format('8 weeks')}}}, {{condition: stroke, within: 3 months before screening}}]",
         side="excludes"), "changed", "within 8 weeks"),
    ("a window whose length the calendar decides", one(RITUXIMAB.format("30 days"), side="excludes"),
     one(RITUXIMAB.format("1 month"), side="excludes"), "changed", "within 1 month"),
    ("a window before another day", one(RITUXIMAB.format("4 weeks"), side="excludes"),
     one("exposure: rituximab, within: 8 weeks before infusion", side="excludes"), "changed", "before infusion"),
    ("a window in place of now", one("exposure: rituximab, state: now", side="excludes"),
     one(RITUXIMAB.format("4 weeks"), side="excludes"), "changed", "within 4 weeks"),
    ("a longer window, and other things that answer", one(RITUXIMAB.format("4 weeks"), side="excludes"),
     one(RITUXIMAB.format("8 weeks") + ", closed_by: [all-treatments-listed]", side="excludes"), "changed", "8 weeks"),
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
