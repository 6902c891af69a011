"""Negative results that what follows them contradicts: the words behind a result in, whether they overtake it out.

The reader may have missed the newer result; a negative one that words of a positive one follow then settles nothing.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from kb.patterns import compiled

_UNIT_COLUMN = compiled(r"^(?: {3,}|[ \t|]*[\t|] *)[A-Za-z/]+/m?[lL](?= {2}|[ \t]*(?:[\n\t|]|$))")  # of a print-out
_LIMIT = compiled(  # "not detected (<34 IU/mL)": how much would have been found
    r"^[\s,;:(\[|=-]*(?:(?:llo[qd]|lo[qd]|limit(?: of (?:detection|quantification))?|ref(?:erence)?|cut-?off|threshold)"
    r"\s*[:=]?\s*)?[<≤]\s?[\d.,]+\s?(?:[a-z]+ ?/ ?m?l)?(?![\w/])[)\]]?",
    re.IGNORECASE,
)
_NONE_OF_IT = compiled(r"\bno (?:[\w-]+ ){0,2}[\w-]+$", re.IGNORECASE)


@functools.cache
def _overtaking(turned: bool) -> re.Pattern[str]:
    words = cues("measurements")["overtaken"]
    turns, results, unclaimed, denied = ("|".join(words[key]) for key in ("turns", "results", "unclaimed", "denied"))
    without = rf"(?:(?!\b(?:{denied})\b)[^;\n]){{0,60}}?"
    opening = (
        rf"\b(?:{turns})\b{without}(?<![\w-])(?:{results})"
        if turned
        else rf"^[\s;,)]*{without}(?<![\w-])(?:{unclaimed})"
    )
    return compiled(rf"{opening}(?!\w)", re.IGNORECASE)


def is_overtaken(behind: str, *, viral: bool = False) -> bool:
    """Whether the words behind a negative result go on to a positive one or to a load; of a virus, without a turn too.

    >>> is_overtaken(" in March but 900 copies/mL on 10 June"), is_overtaken(" in March, and is now negative")
    (True, False)
    >>> is_overtaken(", 640 IU/mL in May"), is_overtaken(", 640 IU/mL in May", viral=True)
    (False, True)
    """
    if _overtaking(True).search(behind) is not None:
        return True
    found = _overtaking(False).search(_LIMIT.sub("", _UNIT_COLUMN.sub("", behind))) if viral else None
    return found is not None and _NONE_OF_IT.search(found.group()) is None
