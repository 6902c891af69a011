"""An autoantibody told as a feature of the disease: a reading and the antibody's mention in, positive out.

"Dermatomyositis with anti-Mi-2 antibodies", "antisynthetase syndrome (anti-PL-12)", "anti-HMGCR-positive myopathy": who
names a disease by its antibody says that it is there. A list of tests, or one that is awaited, says nothing.
"""

from __future__ import annotations

import re

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.result_words import alternatives
from kb.facts import Coded
from kb.vocabulary import Lab, vocabulary

_REACH = 60
_OTHERS = (  # antibodies before it in the same list
    r"\s*(?:(?:(?:the |a |positive )?(?:ANAs?|antinuclear antibod(?:y|ies))(?: positivity| titre)?(?: (?:of|at))?"
    r"(?: ?\(?1 ?[:/] ?\d[\d,]*\)?)?|anti[\w/-]*(?:\s+antibod(?:y|ies))?)(?:,|/|,?\s+and)\s+)*"
)
_CLOSED = r"(?:\s+(?:antibod(?:y|ies)|Ab))?\s*(?:\)|,|/|and\b)"


def carried(reading: Reading, mention: Mention) -> Coded | None:
    """Positive where the antibody, named without a result, is told as there; None otherwise."""
    term = vocabulary().terms[mention.concept]
    if not isinstance(term, Lab) or term.panel != "autoantibodies":
        return None
    if mention.assertion != "present" or mention.temporality == "planned":
        return None
    known = cues("measurements")["carried"]
    before = reading.normal[max(0, mention.start - _REACH) : mention.start]
    behind = reading.normal[mention.end : mention.end + _REACH]
    if re.match(rf"\s*{alternatives(known['not_behind'])}", behind, re.IGNORECASE):
        return None
    if re.match(rf"[-\s]?(?:antibod(?:y|ies)[-\s])?{alternatives(known['behind'])}", behind, re.IGNORECASE):
        return _positive(reading, mention)
    if re.search(rf"{alternatives(known['before'])}{_OTHERS}$", before, re.IGNORECASE):
        return _positive(reading, mention)
    of_disease = re.search(rf"\s*(?:\bwith|(?P<bracket>\())\s*{_OTHERS}$", before, re.IGNORECASE)
    if of_disease is None or (of_disease["bracket"] and not re.match(_CLOSED, behind, re.IGNORECASE)):
        return None
    place = mention.start - (len(before) - of_disease.start())
    return _positive(reading, mention) if _ends_a_disease(reading, mention, place) else None


def _ends_a_disease(reading: Reading, mention: Mention, place: int) -> bool:
    """Whether the name of a disease that the patient has ends there."""
    return any(
        one.kind == "condition" and one.end == place and (one.assertion, one.experiencer) == ("present", "patient")
        for one in reading.mentions_of(mention.sentence)
    )


def _positive(reading: Reading, mention: Mention) -> Coded:
    return Coded("positive", reading.text[mention.start : mention.end])
