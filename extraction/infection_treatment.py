"""How an infection was treated: a Reading and its mention in, one short word out.

"Pneumonia, treated" of a list is over as far as it goes; a disease's own name ("systemic lupus") treats nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from extraction.antibiograms import is_of_an_antibiogram
from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.when import clause_span, sentence_span
from extraction.wording import pattern_of
from kb.vocabulary import vocabulary


def treatment_of(reading: Reading, mention: Mention) -> str | None:
    """`none`, `topical`, `systemic` or `completed`, as the sentence tells; None where it does not."""
    start, end = sentence_span(reading, mention)
    sentence = reading.normal[start:end]
    values: Mapping[str, list[str]] = cues("conditions")["treatment"]
    for value in ("none", "completed", "topical"):
        if pattern_of(tuple(values[value])).search(sentence):
            return value
    if _is_told_as_treated(reading, mention, sentence):
        return "completed"
    if _was_treated_once(reading, mention, sentence) or treated_some_time(sentence):
        return None
    if pattern_of(tuple(values["systemic"])).search(_without_names(reading, mention)):
        return "systemic"
    drugs = [
        other
        for other in reading.mentions_in(*sentence_span(reading, mention))
        if other.kind == "drug" and not is_of_an_antibiogram(reading, other.start, other.end)
    ]
    terms = vocabulary()
    against = ("antibiotic", "antiviral", "antifungal", "antituberculous", "antiparasitic")
    return "systemic" if any(terms.is_a(drug.concept, general) for drug in drugs for general in against) else None


def _without_names(reading: Reading, mention: Mention) -> str:
    """The sentence with a blank for each name of a disease: "systemic lupus", "class IV nephritis" treat nothing."""
    start, end = sentence_span(reading, mention)
    sentence = reading.normal[start:end]
    for other in reading.mentions_in(start, end):
        if other.kind == "condition":
            first, last = other.start - start, other.end - start
            sentence = f"{sentence[:first]}{' ' * (last - first)}{sentence[last:]}"
    return re.sub(cues("conditions")["numbered"], " ", sentence, flags=re.IGNORECASE)


def _is_told_as_treated(reading: Reading, mention: Mention, sentence: str) -> bool:
    """ "Pneumonia, treated", of a list of diagnoses and with no date: what was done is over as far as it goes."""
    known = cues("conditions")["treated_once"]
    behind = reading.normal[mention.end : sentence_span(reading, mention)[1]]
    if re.match(known["participle"], behind, re.IGNORECASE) is None:
        return False
    going_on = re.search(known["not_with"], sentence, re.IGNORECASE)
    return going_on is None and not reading.times_in(*clause_span(reading, mention))


def _was_treated_once(reading: Reading, mention: Mention, sentence: str) -> bool:
    """ "A urinary infection was treated with antibiotics", with no date: at any time, not this week for certain."""
    known = cues("conditions")["treated_once"]
    told, going_on = (re.search(known[key], sentence, re.IGNORECASE) for key in ("told", "not_with"))
    return told is not None and going_on is None and not reading.times_in(*sentence_span(reading, mention))


def treated_some_time(sentence: str) -> bool:
    """ "The GP treated a urine infection lately, but not when": a treatment that is over, at no day that is told."""
    known = cues("conditions")["treated_once"]
    told, going_on = (re.search(known[key], sentence, re.IGNORECASE) for key in ("vague", "vague_not_with"))
    return told is not None and going_on is None
