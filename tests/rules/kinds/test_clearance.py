"""Creatinine clearance by Cockcroft and Gault, asked of a letter that gives creatinine, age, weight and sex."""

from __future__ import annotations

import pytest

from kb.calculators.cockcroft_gault import cockcroft_gault
from kb.facts import Fact, Interval
from rules.tests.measurement import Measurement
from tests.rules.kinds.letter_facts import number, sex, situation, years

ASKED = Measurement.model_validate(
    {"measurement": "creatinine-clearance", "at_least": "50 mL/min", "computed_by": "cockcroft-gault"}
)
MAN = [number("creatinine", 88.4), years(40), number("body-weight", 72), sex("male")]


def test_the_published_formula() -> None:
    exactly = Interval.exactly
    assert cockcroft_gault(exactly(88.4), exactly(40), exactly(72), "male").low == pytest.approx(100)
    assert cockcroft_gault(exactly(88.4), exactly(40), exactly(72), "female").low == pytest.approx(85)
    both = cockcroft_gault(exactly(88.4), exactly(40), exactly(72), None)
    assert both.low == pytest.approx(85) and both.high == pytest.approx(100)
    with pytest.raises(ValueError, match="creatinine"):
        cockcroft_gault(exactly(0), exactly(40), exactly(72), "male")


def test_it_is_computed_where_it_is_not_stated() -> None:
    found = ASKED.find(situation(MAN))
    assert found is not None and found.low == pytest.approx(100)
    assert found.calculation is not None and "Cockcroft-Gault" in found.calculation


@pytest.mark.parametrize(("missing", "named"), [(0, None), (1, "age"), (2, "weight"), (3, "sex")])
def test_what_is_missing_is_said(missing: int, named: str | None) -> None:
    facts: list[Fact] = [fact for place, fact in enumerate(MAN) if place != missing]
    found = ASKED.find(situation(facts))
    if named is None:
        assert found is None
    else:
        assert found is not None and found.low is None and named in (found.note or "")
