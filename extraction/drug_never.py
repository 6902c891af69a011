"""Denials that do not deny the drug behind them: a drug's scope in, yes or no out.

"Cannot do without prednisolone" denies twice; "never operated, is kept in remission by adalimumab" and "40 mg daily,
never had pulses" deny something else.
"""

from __future__ import annotations

import re

from extraction.dose_words import tokenise_dose
from extraction.drug_chains import side_cues
from extraction.drug_reasons import find_cues, listed
from extraction.drug_scope import Scope
from extraction.knowledge import cues
from extraction.reading import Reading

_NEAR = 4  # words between two denials and the drug


def is_taken_all_the_same(reading: Reading, scope: Scope, denied: tuple[int, int] | None) -> bool:
    """Whether a denial before the drug is of another clause, or denied itself ("cannot do without")."""
    before = tokenise_dose(reading.normal[scope.sentence_start : scope.start])
    turned = find_cues(listed("ends_a_denial"), before, scope.sentence_start)
    behind = denied is not None and any(cue.start >= denied[1] for cue in turned)
    return behind or is_never_without(reading, scope) or _denies_success(reading, scope, denied)


def _denies_success(reading: Reading, scope: Scope, denied: tuple[int, int] | None) -> bool:
    """ "Mycophenolate with no worthwhile response, and rituximab twice": it is a response that was not had."""
    if denied is None or denied[1] > scope.start:
        return False
    between = reading.normal[denied[1] : scope.start]
    return re.match(cues("medications")["success_denied"], between, re.IGNORECASE) is not None


def is_never_without(reading: Reading, scope: Scope) -> bool:
    """ "Has not managed without daily prednisolone": straight before the drug's own words."""
    tokens = tokenise_dose(reading.normal[scope.sentence_start : scope.start])
    twice = find_cues(listed("never_without"), tokens, scope.sentence_start)
    return bool(twice) and len(reading.normal[twice[-1].end : scope.start].split()) <= _NEAR


def has_aside(reading: Reading, scope: Scope) -> bool:
    """ "40 mg daily, never had IV pulses": the denial is of something else than the drug."""
    found = find_cues(side_cues("after"), tokenise_dose(reading.normal[scope.end : scope.sentence_end]), scope.end)
    return {"aside"} == {cue.group for cue in found} & {"aside", "never"}
