"""Prednisone equivalence: a systemic glucocorticoid and its daily mg in, daily mg of prednisone out.

The table is prednisone.yaml, with its source; an amount that published tables give differently is an interval.
"High-dose glucocorticoid" is said in prednisone, while letters say what was prescribed.
"""

from __future__ import annotations

import functools
from pathlib import Path

from kb.facts import Interval
from kb.kept import kept_yaml

SOURCE = "NHS formulary table of glucocorticoids equivalent to prednisolone 5 mg"
INPUTS = {"per_day_mg": "mg/d"}
UNIT = "mg/d"

_TABLE = Path(__file__).with_suffix(".yaml")
_REFERENCE_MG = 5.0
_UNNAMED = "glucocorticoid"


@functools.cache
def amounts() -> dict[str, Interval]:
    """The mg of each glucocorticoid, by concept id, that equal 5 mg of prednisone."""
    table: dict[str, float | list[float]] = kept_yaml(_TABLE)
    return {
        concept: Interval(amount[0], amount[1]) if isinstance(amount, list) else Interval.exactly(amount)
        for concept, amount in table.items()
    }


def prednisone_equivalent_per_kg(concept: str, per_kg: Interval) -> Interval | None:
    """The same of a dose per kg; "steroids at 1 mg/kg" without the drug's name is said in prednisone.

    >>> prednisone_equivalent_per_kg("glucocorticoid", Interval.exactly(1))
    Interval(low=1, high=1, low_open=False, high_open=False)
    """
    return per_kg if concept == _UNNAMED else prednisone_equivalent(concept, per_kg)


def prednisone_equivalent(concept: str, per_day_mg: Interval) -> Interval | None:
    """The daily prednisone, in mg, that equals `per_day_mg` of the drug; None for a drug the table does not have.

    Of oral and intravenous use: an ointment, an inhaler or a joint injection is the caller's to leave out.
    A table's interval widens the answer: more mg for 5 mg of prednisone is a weaker drug.

    >>> prednisone_equivalent("methylprednisolone", Interval(32, 40))
    Interval(low=40.0, high=50.0, low_open=False, high_open=False)
    >>> prednisone_equivalent("betamethasone", Interval.exactly(3))
    Interval(low=20.0, high=25.0, low_open=False, high_open=False)
    >>> prednisone_equivalent("glucocorticoid", Interval.exactly(5)) is None
    True
    """
    amount = amounts().get(concept)
    if amount is None or amount.low is None or amount.high is None:
        return None
    return Interval(
        low=None if per_day_mg.low is None else per_day_mg.low * _REFERENCE_MG / amount.high,
        high=None if per_day_mg.high is None else per_day_mg.high * _REFERENCE_MG / amount.low,
        low_open=per_day_mg.low_open,
        high_open=per_day_mg.high_open,
    )
