"""Drugs excepted from a denial: a drug's scope in, yes or no out.

"She has never had any immunosuppressant other than MMF and azathioprine": those two she has had.
"""

from __future__ import annotations

import functools
import re

from extraction.drug_scope import Scope
from extraction.knowledge import cues
from extraction.reading import Reading
from kb.patterns import compiled

_NEAR = 48  # characters behind a denial in which a harm is what it denies


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    known = cues("medications")["excepted"]
    words = "|".join(sorted(map(re.escape, known["words"]), key=len, reverse=True))
    denied = "|".join(known["denied"])
    chain = rf"(?:(?!\b(?:{'|'.join(known['ends_the_chain'])})\b)(?:\d\.\d|[^.;]))*$"
    return (
        compiled(rf"\b(?:{denied})\b(?P<of>[^.;]*?)\b(?:{words})[\s:]+{chain}", re.IGNORECASE),
        compiled(rf"(?:^|[,:(]\s*)(?:{words})\s{chain}", re.IGNORECASE),
        compiled(rf"\b(?:{denied})\b", re.IGNORECASE),
        compiled("|".join(known["of_harm"]), re.IGNORECASE),
    )


def is_excepted(reading: Reading, scope: Scope) -> bool:
    """Whether the sentence denies all drugs but this one and those beside it; denied harms are no denied drugs."""
    behind_denial, at_head, denied, of_harm = _patterns()
    before = reading.normal[scope.sentence_start : scope.start]
    found = behind_denial.search(before)
    if found is not None:
        return of_harm.search(found["of"]) is None and of_harm.search(before[: found.start()]) is None
    behind = reading.normal[scope.end : scope.sentence_end]
    if at_head.search(before) is None:
        return False
    return any(of_harm.search(behind, told.end(), told.end() + _NEAR) is None for told in denied.finditer(behind))
