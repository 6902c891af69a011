"""Days beside a drug that neither begin nor end it: a time of its sentence in, yes or no out.

The day of the next dose of a drug that goes on, and the day on which a taper was tried in vain.
"""

from __future__ import annotations

import re

from extraction.reading import Reading, TimeExpression
from kb.patterns import compiled

_FAR = 60  # characters between a drug's own words and a date before it
_TRIED = compiled(
    r"\b(?:taper|tapering|wean|weaning|stop|stopping|withdrawal|withdrawing|reduction|reducing|reduce|lowering|lower|"
    r"attempts?|trials?)(?: (?:was|were|it|this|tried|attempted))*(?: (?:in|on|at|of|last|during))?(?: the)?\s*\Z",
    re.IGNORECASE,
)
_VAIN = compiled(
    r"\s*(?:,?\s*(?:has|had|was|were|again|also)\s+)*(?:failed|unsuccessful|not successful|without success|in vain|"
    r"not possible|brought|not tolerated)\b",
    re.IGNORECASE,
)
_NEXT_DOSE = compiled(
    r"\bnext(?: (?:one|infusion|dose|injection|cycle|drip|round|administration))?"
    r"(?: (?:is|will be|falls|being))?(?: (?:due|planned|scheduled|booked|expected|foreseen|set))?"
    r"(?: (?:on|for|in|at))?(?: the)?[\s:]*\Z",
    re.IGNORECASE,
)


def of_next_dose(reading: Reading, time: TimeExpression) -> bool:
    """ "X goes on, the next infusion is due on 2 May": a day to come, which begins nothing."""
    today = reading.letter_date.latest if reading.letter_date is not None else None
    day = time.time.earliest if time.time is not None else None
    if today is None or day is None or day <= today:
        return False
    return _NEXT_DOSE.search(reading.normal[max(0, time.start - _FAR) : time.start]) is not None


def of_vain_ending(reading: Reading, time: TimeExpression) -> bool:
    """ "An attempt to taper in December failed": the day on which a drug did not end."""
    return (
        _VAIN.match(reading.normal, time.end) is not None
        and _TRIED.search(reading.normal[max(0, time.start - _FAR) : time.start]) is not None
    )
