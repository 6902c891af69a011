"""What another had and the patient not: a Reading with asserted mentions in, the denials of the patient's own added.

"Her neighbour had CAR-T, she herself never had it": the pronoun stands for the cells, which are denied of the patient.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.reading import InOrder, Mention, Reading
from kb.patterns import compiled

_KINDS = ("procedure", "vaccine", "condition")  # the first of them that is told of the other is meant


def deny_of_patient(reading: Reading) -> None:
    """Adds an absent mention for each pronoun by which the patient is said not to have had what another had."""
    first: dict[int, re.Match[str]] = {}  # of each sentence
    for denial in _herself().finditer(reading.normal):
        number = reading.sentence_at(denial.start())
        if denial.end() <= reading.sentences[number].end:
            first.setdefault(number, denial)
    found = [denied for number, denial in first.items() for denied in _denied(reading, number, denial)]
    if found:
        reading.mentions = InOrder(sorted([*reading.mentions, *found], key=lambda one: (one.start, one.end)))


@functools.cache
def _herself() -> re.Pattern[str]:
    return compiled(cues("context")["denied_of_patient"], re.IGNORECASE)


def _denied(reading: Reading, number: int, denial: re.Match[str]) -> list[Mention]:
    sentence = reading.sentences[number]
    opens = not reading.normal[sentence.start : denial.start()].strip(" ,;-")
    first = sentence.start
    if opens and number and not reading.is_parted(number - 1):
        first = reading.sentences[number - 1].start
    others = [
        mention
        for mention in reading.mentions_in(first, denial.start())
        if mention.experiencer in ("family", "other") and mention.assertion == "present" and mention.kind in _KINDS
    ]
    if not others:
        return []
    meant = min(others, key=lambda one: (_KINDS.index(one.kind), one.start))
    cue = denial.span("cue")
    return [Mention(*denial.span("it"), meant.concept, meant.kind, number, "absent", "patient", "historical", cue)]
