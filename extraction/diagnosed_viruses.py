"""A virus that is named as a diagnosis: "HIV, diagnosed in 2000", "her HIV medication", "PMH: HIV, asthma".

Its name is that of its test, which such words tell to have been positive; what is asked for, feared or excluded is not.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.result_words import alternatives
from kb.facts import Coded
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_OWN = compiled(r"(?<!\w)(?:her|his|their)\s+$", re.IGNORECASE)
_LOOK = 50  # characters behind a name in which a diagnosis may be told


@functools.cache
def _told(where: str) -> re.Pattern[str]:
    known = cues("measurements")["diagnosed_viruses"]
    words = alternatives(known[where])
    if where == "before":  # straight before the name, or before a list that it stands in
        return compiled(rf"(?<![\w-]){words}\s+(?:[\w /-]{{1,40}}(?:,\s*|\s+and\s+))*$", re.IGNORECASE)
    if where == "behind":
        return compiled(rf"\s*[,/(:-]*\s*(?:{alternatives(known['fillers'])}\s+)*{words}(?![\w])", re.IGNORECASE)
    return compiled(rf"(?<![\w-]){words}(?![\w-])", re.IGNORECASE)


def diagnosed(reading: Reading, mention: Mention, concept: str) -> Coded | None:
    """Positive where a virus's bare name is told as what the patient has."""
    known = cues("measurements")["diagnosed_viruses"]
    if concept not in known["concepts"] or mention.temporality == "planned":
        return None
    if mention.assertion not in ("present", "absent"):
        return None
    sentence = reading.sentences[mention.sentence]
    before = reading.normal[sentence.start : mention.start]
    behind = reading.normal[mention.end : min(sentence.end, mention.end + _LOOK)]
    name = reading.normal[mention.start : mention.end]
    if _told("not_with").search(before) or _told("tests").search(name + behind.split(",")[0]):
        return None
    written = Coded("positive", reading.text[mention.start : mention.end])
    if _OWN.search(before):
        return written
    if mention.assertion == "absent":
        return None
    if _has_its_drug(reading, mention):
        return written
    listed = reading.section_at(mention.start) in known["sections"]
    return written if listed or _told("before").search(before) or _told("behind").match(behind) else None


def _has_its_drug(reading: Reading, mention: Mention) -> bool:
    """ "Takes dolutegravir for HIV", "HIV under bictegravir": a drug against the virus, not to prevent it."""
    known = cues("measurements")["diagnosed_viruses"]
    sentence = reading.sentences[mention.sentence]
    if compiled(known["prevented"]).search(reading.normal, sentence.start, sentence.end):
        return False
    for drug in reading.mentions_of(mention.sentence):
        if drug.kind != "drug" or (drug.assertion, drug.experiencer) != ("present", "patient"):
            continue
        if not vocabulary().is_a(drug.concept, known["by_drug"]):
            continue
        before = drug.end <= mention.start
        between = reading.normal[drug.end : mention.start] if before else reading.normal[mention.end : drug.start]
        if compiled(known["drug_before" if before else "drug_behind"]).fullmatch(between):
            return True
    return False
