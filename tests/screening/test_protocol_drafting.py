"""A first draft from criteria text: what is understood becomes a test, nothing is lost, nothing is guessed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.amounts import amount
from rules.language import Protocol, leaf_tests, load_protocol, parse_protocol
from rules.registry import uncovered_sentences, unfounded_quotes
from rules.tests.base import BOUNDS, Test
from screening.protocol_drafting import clauses, draft
from screening.protocols import FOLDER

TEXT = """\
# from a page
Inclusion Criteria:
1. Age 18 to 75 years
2. LVEF ≥55%; AST and ALT ≤3.0 × ULN
3. Failed at least 2 of cyclophosphamide, azathioprine and rituximab
4. Enough help at home
Exclusion Criteria:
- Myocardial infarction within 6 months
- HIV antibody positive
"""
SHIPPED = sorted(FOLDER.glob("*/protocol.yaml"))


def drafted(text: str) -> dict[str, Any]:
    content = yaml.safe_load(draft("NEW", text, "registry.txt"))
    return {one["id"]: one.get("requires") or one.get("excludes") for one in content["criteria"]}


def test_what_is_understood_becomes_a_test() -> None:
    assert drafted(TEXT) == {
        "I1": {"age": "at the screening date", "at_least": "18 years", "at_most": "75 years"},
        "I2a": {"measurement": "lvef", "at_least": "55 %"},
        "I2b": {
            "all": [{"measurement": "ast", "at_most": "3 x ULN"}, {"measurement": "alt", "at_most": "3 x ULN"}],
        },
        "I3": {"failures": ["cyclophosphamide", "azathioprine", "rituximab"], "at_least": 2},
        "I4": {"judgement": "Enough help at home", "raised_by": []},
        "E1": {"condition": "myocardial-infarction", "within": "6 months before screening"},
        "E2": {"result": "hiv-antibody", "reads": "positive"},
    }


def test_what_is_not_understood_is_said_to_be_so() -> None:
    criteria = yaml.safe_load(draft("NEW", TEXT, "registry.txt"))["criteria"]
    assert [one["id"] for one in criteria if "TODO" in one.get("reading", "")] == ["I4"]


@pytest.mark.parametrize("path", SHIPPED, ids=[path.parent.name for path in SHIPPED])
def test_every_shipped_text_drafts_to_a_protocol_that_loses_nothing(path: Path) -> None:
    registry = path.with_name("registry.txt").read_text(encoding="utf-8")
    protocol = parse_protocol(draft("NEW", registry, "registry.txt"), "draft.yaml")
    assert uncovered_sentences(protocol, registry) == []
    assert unfounded_quotes(protocol, registry) == []
    assert len(protocol.criteria) == len(list(clauses(registry)))


# --- how much of a finished protocol the draft has right --------------------------------------------------------------


def test_the_share_that_the_page_tells() -> None:
    """Of the tests of the eleven protocols whose finished form asks for a concept: those the draft has just so."""
    right = asked = 0
    for path in SHIPPED:
        if path.parent.name == "NCT06934447":
            continue
        registry = path.with_name("registry.txt").read_text(encoding="utf-8")
        first = _asked(parse_protocol(draft("NEW", registry, "registry.txt"), "draft.yaml"))
        finished = _asked(load_protocol(path))
        asked += len(finished)
        right += len(finished & first)
    page = (Path(__file__).parents[2] / "docs" / "writing-a-protocol.md").read_text(encoding="utf-8")
    told = re.search(r"(\d+) of the (\d+) tests", page)
    assert told is not None
    assert abs(int(told[1]) / int(told[2]) - right / asked) < 0.05, f"the draft has {right} of {asked} right"


def _asked(protocol: Protocol) -> set[tuple[str, ...]]:
    """Each test by concepts, bound and window; a bound on age counts once a direction, a judgement not at all.

    How recent a result must be is this project's reading, not the registry's, so it is left out of measurements.
    """
    tests = [test for criterion in protocol.criteria for test in leaf_tests(criterion.tree)]
    return {_shape(test) for test in tests if test.outcomes != {"open"}}


def _shape(test: Test) -> tuple[str, ...]:
    given = test.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    kind = type(test).__name__.lower()
    bounds = [f"{key} {amount(str(given[key]))}" if " " in str(given[key]) else f"{key} {given[key]}"
              for key in BOUNDS if key in given]  # fmt: skip
    recent = kind in ("measurement", "score", "grade", "report")
    window = [] if recent else [str(given.get("within", ""))]
    return (kind, str(given.get(kind)), *bounds, *window)
