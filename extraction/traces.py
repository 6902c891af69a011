"""Nucleic acid that is there, but too little to be counted: a place behind a word or number in, where it ends out.

"Detected, below the limit of quantification", "detected <35 IU/mL", "<LLOQ (detected)": neither a load nor nothing.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.numbers import read_number
from extraction.result_words import Page, alternatives, code_of, code_pattern
from kb.patterns import compiled

_GAP = compiled(
    r"[\s,;:([\-]*(?:(?:but|at|and|level|load|is|was|though|yet|result|still|with|a|of)\s+)*", re.IGNORECASE
)


@functools.cache
def _uncounted() -> re.Pattern[str]:
    return compiled(alternatives(cues("measurements")["unquantified"]), re.IGNORECASE)


def uncounted_behind(page: Page, at: int, limit: int) -> int | None:
    """Where the words end that make a "detected" before `at` too little to be counted; None if there are none."""
    gap = _GAP.match(page.normal, at, limit)
    begin = gap.end() if gap else at
    words = _uncounted().match(page.normal, begin, limit)
    if words is not None:
        return words.end()
    written = read_number(page.normal, begin, limit, page.comma) if begin < limit else None
    below = written is not None and written.form == "number" and written.interval.low is None
    return written.end if written is not None and below else None


def detected_behind(page: Page, at: int, limit: int) -> int | None:
    """Where a "detected" ends behind a "below the limit" or "<35 IU/mL" that ends at `at`; None if there is none."""
    gap = _GAP.match(page.normal, at, limit)
    code = code_pattern().match(page.normal, gap.end() if gap else at, limit)
    told = code is not None and code_of(code.group()) == "positive" and code.group()[0].isalpha()
    return code.end() if code is not None and told else None
