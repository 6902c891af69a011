"""Whether a letter is written in one case: a normalised text in, "upper", "lower" or "mixed" out."""

from __future__ import annotations

import functools
from typing import Literal

_FEWEST = 60  # letters, before a text is held to be in one case
_STRAY = 0.02  # of the letters that may yet be of the other case


@functools.lru_cache(maxsize=2)
def letter_case(normal: str) -> Literal["upper", "lower", "mixed"]:
    """The case that nearly all letters of the text are in.

    >>> letter_case("PATIENT WITH SLE, LVEF 55 PERCENT, SEEN IN CLINIC TODAY; NO FEVER, NO COUGH, NO RASH, NO ACHE")
    'upper'
    """
    upper, lower = sum(map(str.isupper, normal)), sum(map(str.islower, normal))
    if upper + lower < _FEWEST:
        return "mixed"
    if lower <= _STRAY * (upper + lower):
        return "upper"
    return "lower" if upper <= _STRAY * (upper + lower) else "mixed"
