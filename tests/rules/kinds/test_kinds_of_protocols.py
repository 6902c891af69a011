"""Kinds of test that the first protocol does not use: a test and facts in, holds, fails or open out."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kb.facts import Time
from kb.vocabulary import vocabulary
from rules.case_facts import read_facts
from rules.findings import Finding, Situation
from rules.language import parse_node
from rules.tests.base import Comparison, Test
from tests.rules.kinds.letter_facts import LETTER

HOLDS, FAILS, OPEN, SILENT = "holds", "fails", "open", "silent"
NOW = "{exposure: azathioprine, state: now}"
CLASS_NOW = "{exposure: anticoagulant, state: now}"
WINDOW = "{exposure: rituximab, within: 12 weeks before screening}"
EVER = "{exposures: [azathioprine, mycophenolate], at_least: 1}"
FAILED = "{failures: [azathioprine, mycophenolate], at_least: 1}"
PLANNED = "{vaccination: live-vaccine, state: planned, named_generally: [vaccine]}"
OVER = "{condition: malignancy, over_for: 5 years}"
RELAPSE = (
    "{condition: relapse, within: 12 months before screening, while_taking: [anti-cd20, natalizumab],"
    " taken_for: 6 months}"
)
CLASS = "{grade: nyha, at_least: iii, denied_as: [heart-failure]}"
BED = "{duration: [bedridden], above: 0.25 years, state: now, ruled_out_by: [ambulatory]}"
TITRE = "{result: ana, reads: positive, positive_from: 80 titre}"
STABLE = "{stable: glucocorticoid, unchanged_within: 1 month before screening, stated_by: [stable-treatment]}"
ACTIVE = (
    "{statement: disease-activity, says: [active], says_not: [remission], shown_by: [{pdai: {result: {at_least: 1}}}],"
    " within: 3 months before screening}"
)
RITUXIMAB = "{rituximab: past, from: 2025-01-05, until: 2026-02-01}"
ON_OCRELIZUMAB = "{ocrelizumab: current, from: 2025-09-10}"

CASES: list[tuple[str, str, str]] = [
    ("{age: at the screening date, at_most: 75 years}", "{age: 75 to 75.9}", HOLDS),
    ("{age: at the screening date, at_most: 75 years}", "{birth-date: 1950-06-16}", HOLDS),
    ("{age: at the screening date, at_most: 75 years}", "{birth-date: 1950-06-15}", FAILS),
    (NOW, "{azathioprine: past, until: 2022}", FAILS),
    (NOW, "{azathioprine: past, stopped for: intolerance}", FAILS),
    (NOW, "{azathioprine: past}", SILENT),
    (NOW, "{azathioprine: past, until: 2022}, {azathioprine: current}", HOLDS),
    (NOW, "{immunosuppressant: absent}", FAILS),
    (CLASS_NOW, "{warfarin: past, until: 2019}", SILENT),
    (WINDOW, "{rituximab: absent, dated: 2026-06-01..2026-06-15}", OPEN),
    (WINDOW, "{rituximab: absent, dated: 2026-01-01..2026-06-15}", FAILS),
    (WINDOW, "{biologic: absent}", SILENT),
    (WINDOW, "{biologic: never}", FAILS),
    (EVER, "{immunosuppressant: never}", FAILS),
    (EVER, "{immunosuppressant: absent}", SILENT),
    (FAILED, "{immunosuppressant: never}", FAILS),
    (FAILED, "{azathioprine: never}", OPEN),
    (PLANNED, "{mmr-vaccine: planned}", HOLDS),
    (PLANNED, "{mmr-vaccine: perhaps planned}", OPEN),
    (PLANNED, "{mmr-vaccine: present, dated: 2026-06-10}", SILENT),
    (PLANNED, "{vaccine: planned}", OPEN),
    (OVER, "{breast-cancer: past, dated: 2012}", OPEN),
    (OVER, "{breast-cancer: past}", OPEN),
    (OVER, "{breast-cancer: present}", HOLDS),
    (OVER, "{breast-cancer: past, dated: 2023}", HOLDS),
    (OVER, "{breast-cancer: past, until: 2021-06-15}, {malignancy: never}", FAILS),
    (OVER, "{breast-cancer: past, until: 2021-06-16}", HOLDS),
    (RELAPSE, f"{{relapse: present, dated: 2026-03-10}}, {ON_OCRELIZUMAB}", HOLDS),
    (RELAPSE, f"{{relapse: present, dated: 2026-03-09}}, {ON_OCRELIZUMAB}", OPEN),
    (RELAPSE, "{relapse: present, dated: 2026-03-10}", OPEN),
    (RELAPSE, f"{{relapse: present, dated: 2026-03-10}}, {RITUXIMAB}", OPEN),
    (RELAPSE, f"{{relapse: present, dated: 2026-01-10}}, {RITUXIMAB}", HOLDS),
    (RELAPSE, f"{{relapse: present, dated: 2025-01-10}}, {ON_OCRELIZUMAB}", FAILS),
    (CLASS, "{heart-failure: absent}", FAILS),
    (CLASS, "{heart-failure: absent}, {nyha: iii}", HOLDS),
    (BED, "{bedridden: present, from: 2026-01-15}", HOLDS),
    (BED, "{bedridden: absent}", FAILS),
    (BED, "{ambulatory: present}", FAILS),
    (BED, "{bedridden: past, from: 2015-01-01, until: 2015-08-01}", FAILS),
    (BED, "{bedridden: present, from: 2026-01-15}, {ambulatory: present}", OPEN),
    (TITRE, "{ana: 80 titre}", HOLDS),
    (TITRE, "{ana: 40 titre}", FAILS),
    (TITRE, "{ana: 80 titre, range: at most 160}", FAILS),
    (STABLE, "{prednisolone: current, from: 2026-05-15}", HOLDS),
    (STABLE, "{prednisolone: current, from: 2026-05-16}", FAILS),
    (STABLE, "{prednisolone: current}, {stable-treatment: present}", OPEN),
    (STABLE, "{prednisolone: current}, {stable-treatment: present, from: 2026-05-15}", HOLDS),
    (STABLE, "{prednisolone: current}, {stable-treatment: present, from: 2026-05-16}", OPEN),
    (ACTIVE, "{pdai: 12 points}", HOLDS),
    (ACTIVE, "{pdai: 12 points, dated: 2026-01-10}", OPEN),
    (ACTIVE, "{pdai: 0 points}", SILENT),
    (ACTIVE, "{pdai: 12 points}, {disease-activity: remission}", FAILS),
]


@pytest.mark.parametrize(("asked", "told", "outcome"), CASES, ids=[f"{one[0][:30]} {one[1]}" for one in CASES])
def test_what_comes_of_it(asked: str, told: str, outcome: str) -> None:
    test = parse_node(yaml.safe_load(asked))
    assert isinstance(test, Test)
    lines: list[dict[str, Any]] = yaml.safe_load(f"[{told}]")
    situation = Situation(read_facts(lines, vocabulary()), LETTER, vocabulary(), (Time.on(LETTER),))
    finding = test.find(situation)
    assert _outcome(test, finding) == outcome
    assert test.sentence(finding, "open" if finding is None else outcome)  # type: ignore[arg-type]
    assert test.question()


def _outcome(test: Test, finding: Finding | None) -> str:
    if finding is None:
        return SILENT
    if _is_so(test.holds_when(), finding):
        return HOLDS
    return FAILS if _is_so(test.fails_when(), finding) else OPEN


def _is_so(comparison: Comparison, finding: Finding) -> bool:
    end = finding.low if comparison.end == "low" else finding.high
    if end is None:
        return False
    bound = comparison.bound
    return {"<": end < bound, "<=": end <= bound, ">": end > bound, ">=": end >= bound}[comparison.operator]
