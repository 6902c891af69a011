"""Creatinine clearance by Cockcroft and Gault: serum creatinine, age, weight and sex in; mL/min out.

It falls with creatinine and age and rises with weight, so the corners bound it. Drug doses and some trials still ask
for it where others ask for an eGFR.
"""

from __future__ import annotations

from typing import Literal

from kb.calculators.egfr import UMOL_PER_MG_DL
from kb.facts import Interval

SOURCE = "Cockcroft DW, Gault MH, Nephron 1976;16:31-41"
INPUTS = {"creatinine": "umol/L", "age": "a", "body-weight": "kg", "sex": None}
UNIT = "mL/min"
_WOMEN = 0.85


def cockcroft_gault(
    creatinine_umol_l: Interval, age_years: Interval, weight_kg: Interval, sex: Literal["female", "male"] | None
) -> Interval:
    """The clearance of an adult; an unknown sex spans both, an input without a bound leaves that side open.

    Raises ValueError for a creatinine that is not above 0, or an age or weight below 0.

    >>> found = cockcroft_gault(Interval.exactly(88.4), Interval.exactly(40), Interval.exactly(72), "male")
    >>> round(found.low, 1), round(found.high, 1)
    (100.0, 100.0)
    """
    _check(creatinine_umol_l, age_years, weight_kg)
    factors = {"female": (_WOMEN,), "male": (1.0,), None: (_WOMEN, 1.0)}[sex]
    least: float = 0.0
    if creatinine_umol_l.high is not None and age_years.high is not None and weight_kg.low is not None:
        least = _clearance(creatinine_umol_l.high, age_years.high, weight_kg.low) * min(factors)
    greatest: float | None = None
    if creatinine_umol_l.low and weight_kg.high is not None:
        greatest = _clearance(creatinine_umol_l.low, age_years.low or 0.0, weight_kg.high) * max(factors)
    return Interval(
        least,
        greatest,
        low_open=creatinine_umol_l.high_open or age_years.high_open or weight_kg.low_open,
        high_open=creatinine_umol_l.low_open or age_years.low_open or weight_kg.high_open,
    )


def _clearance(creatinine_umol_l: float, age_years: float, weight_kg: float) -> float:
    return max(0.0, 140 - age_years) * weight_kg / (72 * creatinine_umol_l / UMOL_PER_MG_DL)


def _check(creatinine: Interval, age: Interval, weight: Interval) -> None:
    if creatinine.high is not None and creatinine.high <= 0:
        raise ValueError(f"a creatinine is above 0, and {creatinine.high} is not")
    for name, interval in (("creatinine", creatinine), ("age", age), ("weight", weight)):
        if interval.low is not None and interval.low < 0:
            raise ValueError(f"{name} cannot be below 0, and {interval.low} is")
