"""Estimated glomerular filtration rate: serum creatinine with age and sex, or height, in; mL/min/1.73 m² out.

CKD-EPI 2021 for adults, bedside Schwartz 2009 under 18; both are monotone in every input, so the corners bound them.
A letter that gives a creatinine and no eGFR can then still be held against an eGFR threshold.
"""

from __future__ import annotations

import math
from typing import Literal

from kb.facts import Interval

SOURCES = {
    "ckd-epi-2021": "Inker LA et al., N Engl J Med 2021;385:1737-49 (kidney.org)",
    "schwartz-2009": "Schwartz GJ et al., J Am Soc Nephrol 2009;20:629-37 (PMC2653687)",
}
INPUTS = {
    "ckd-epi-2021": {"creatinine": "umol/L", "age": "a", "sex": None},
    "schwartz-2009": {"creatinine": "umol/L", "body-height": "cm"},
}
UNIT = "mL/min/{1.73_m2}"

UMOL_PER_MG_DL = 88.4


def ckd_epi_2021(creatinine_umol_l: Interval, age_years: Interval, sex: Literal["female", "male"] | None) -> Interval:
    """The eGFR of an adult by the race-free CKD-EPI creatinine equation; an unknown sex spans both.

    It falls with creatinine and with age. An unbounded creatinine or age leaves that side of the answer unbounded
    (or at 0, which no rate is below). Raises ValueError for an age below 0 or a creatinine that is not above 0.

    >>> estimate = ckd_epi_2021(Interval.exactly(0.9 * 88.4), Interval.exactly(55), "female")
    >>> round(estimate.low, 1), round(estimate.high, 1)
    (75.5, 75.5)
    """
    _check(creatinine_umol_l, "age", age_years)
    sexes = ("female", "male") if sex is None else (sex,)
    least: float = 0.0
    if creatinine_umol_l.high is not None and age_years.high is not None:
        least = min(_ckd_epi(creatinine_umol_l.high, age_years.high, one) for one in sexes)
    greatest: float | None = None
    if creatinine_umol_l.low:
        greatest = max(_ckd_epi(creatinine_umol_l.low, age_years.low or 0.0, one) for one in sexes)
    return Interval(least, greatest, *_open_ends(creatinine_umol_l, age_years))


def schwartz_2009(creatinine_umol_l: Interval, height_cm: Interval) -> Interval:
    """The eGFR of a child by the bedside Schwartz equation: it falls with creatinine and rises with height.

    Raises ValueError for a height below 0 or a creatinine that is not above 0.

    >>> estimate = schwartz_2009(Interval.exactly(71), Interval.exactly(158))
    >>> round(estimate.low, 1), round(estimate.high, 1)
    (81.2, 81.2)
    """
    _check(creatinine_umol_l, "height", height_cm)
    least: float = 0.0
    if creatinine_umol_l.high is not None and height_cm.low is not None:
        least = _schwartz(creatinine_umol_l.high, height_cm.low)
    greatest: float | None = None
    if creatinine_umol_l.low and height_cm.high is not None:
        greatest = _schwartz(creatinine_umol_l.low, height_cm.high)
    return Interval(
        least,
        greatest,
        low_open=creatinine_umol_l.high_open or height_cm.low_open,
        high_open=creatinine_umol_l.low_open or height_cm.high_open,
    )


def _ckd_epi(creatinine_umol_l: float, age_years: float, sex: str) -> float:
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex == "female" else (0.9, -0.302, 1.0)
    ratio = creatinine_umol_l / UMOL_PER_MG_DL / kappa
    creatinine = math.pow(min(ratio, 1.0), alpha) * math.pow(max(ratio, 1.0), -1.200)
    return 142 * creatinine * math.pow(0.9938, age_years) * factor


def _schwartz(creatinine_umol_l: float, height_cm: float) -> float:
    return 0.413 * height_cm / (creatinine_umol_l / UMOL_PER_MG_DL)


def _open_ends(*falling: Interval) -> tuple[bool, bool]:
    """Whether the low and the high end of a formula that falls with each input are excluded: any excluded corner is."""
    return any(one.high_open for one in falling), any(one.low_open for one in falling)


def _check(creatinine: Interval, name: str, other: Interval) -> None:
    if creatinine.high is not None and creatinine.high <= 0:
        raise ValueError(f"a creatinine is above 0, and {creatinine.high} is not")
    for what, interval in (("creatinine", creatinine), (name, other)):
        if interval.low is not None and interval.low < 0:
            raise ValueError(f"{what} cannot be below 0, and {interval.low} is")
