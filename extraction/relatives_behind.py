"""What a relative owns by the form of the sentence: a Reading with asserted mentions in, those of a relative set so.

"Breast cancer: mother", "colitis (her sister, 2015)"; "congenital heart disease: in her brother, not in her": the first
two are the family's, the third besides denied for the patient. "Her sister has only ever had HCQ": it is the sister's.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.reading import Reading
from extraction.word_places import first_words, has_word
from kb.patterns import compiled

_JOINT = compiled(r"\s*(?:,|and|or|&|/|\+)?\s*", re.IGNORECASE)


@functools.cache
def _relatives() -> frozenset[str]:
    """The words with which the names of relatives begin."""
    return first_words(cues("context")["sets"]["relative"])


@functools.cache
def _owner() -> re.Pattern[str]:
    sets = cues("context")["sets"]
    relatives, sides = ("|".join(sorted(sets[name], key=len, reverse=True)) for name in ("relative", "kin_side"))
    whose = r"(?:(?:her|his|their|the|a|an|one|both|two of (?:her|his))\s+)?"
    one = rf"{whose}(?:(?:{sides}|younger|elder|older|twin)\s+)?(?:{relatives})"
    return compiled(
        rf"\s*[:=(]\s*(?:only |just )?(?:in |of )?{one}(?:\s*(?:,|and|&|\+)\s*{one})*(?: only)?(?! [a-z]+(?:s|ed)\b)"
        r"(?=\s*(?:$|[,;().]|\bnot\b|\bat\b|\baged\b|\bin \d|\bbut\b))(?P<rest>[^.;]*)",
        re.IGNORECASE,
    )


@functools.cache
def _not_the_patient() -> re.Pattern[str]:
    return compiled(
        r"\bnot (?:in )?(?:her|him|she|he|the patient|our patient|in her(?:self)?|in him(?:self)?)\b"
        r"|\b(?:she|he|the patient)(?: (?:herself|himself))? (?:has|does) not\b|\bnone in (?:her|him|the patient)\b",
        re.IGNORECASE,
    )


@functools.cache
def _subject() -> re.Pattern[str]:
    relatives = "|".join(sorted(cues("context")["sets"]["relative"], key=len, reverse=True))
    return compiled(
        rf"(?:^|[.;,:]\s+|\b(?:and|but|while|whereas|as)\s+)(?:her|his|their|the patient's|one|a|an)\s+"
        rf"(?:[\w-]+\s+){{0,2}}?(?:{relatives})(?:[- ]in[- ]law)?\b,?\s+(?:has|have|had|was|is|takes|took|got)?\s*"
        r"(?:only|never|merely|just|solely)\b(?P<rest>[^.;,]*)",
        re.IGNORECASE,
    )


def give_to_relatives_before(reading: Reading) -> None:
    """Sets the experiencer of the drugs, and of what is told of them, that a relative "has only ever had"."""
    if not has_word(reading.normal, _relatives()):
        return
    for sentence in reading.sentences:
        for owner in _subject().finditer(reading.normal[sentence.start : sentence.end]):
            for mention in reading.mentions_in(sentence.start + owner.start(), sentence.start + owner.end("rest")):
                if mention.kind in ("drug", "statement") and mention.experiencer == "patient":
                    mention.experiencer = "family"


@functools.cache
def _patient_too() -> re.Pattern[str]:
    relatives = "|".join(sorted(cues("context")["sets"]["relative"], key=len, reverse=True))
    whose = r"(?:her|his|their)\s+(?:[\w-]+\s+){0,2}?"
    return compiled(
        rf"[(,]\s*(?:and\s+)?{whose}(?:{relatives})\s+(?:too|also|as well|likewise)\b|"
        rf"[(,]\s*(?:as|like) (?:(?:is|are|was|has|have|does|do)\s+)?{whose}(?:{relatives})\b|"
        r"(?:,\s*|\b)(?:(?:and\s+)?so|as) (?:do|does|did|has|have|had|is|was) (?:she|he|our patient|the patient)\b"
        r"|\band (?:she|he|the patient|our patient) (?:herself |himself )?(?:does|has|did|is|was) (?:so )?too\b",
        re.IGNORECASE,
    )


def give_back_to_patient(reading: Reading) -> None:
    """ "Her mother carried HIV and so does she": what is told of the relative is the patient's as well."""
    of_others = {one.sentence for one in reading.mentions if one.experiencer in ("family", "other")}
    for sentence in (reading.sentences[number] for number in sorted(of_others)):
        too = _patient_too().search(reading.normal, sentence.start, sentence.end)
        if too is None:
            continue
        for mention in reading.mentions_in(sentence.start, too.start()):
            if mention.experiencer in ("family", "other") and mention.assertion == "present":
                mention.experiencer = "patient"


@functools.cache
def _struck() -> re.Pattern[str]:
    sets = cues("context")["sets"]
    relatives, sides = ("|".join(sorted(sets[name], key=len, reverse=True)) for name in ("relative", "kin_side"))
    verbs = "|".join(sorted(cues("context")["strikes"], key=len, reverse=True))
    return compiled(
        rf"\s+(?:(?:has|had|nearly|almost|then|also|even|recently|once)\s+)*(?:{verbs})\s+(?:her|his|their)\s+"
        rf"(?:(?:{sides}|own|younger|elder|older|twin|eldest|youngest)\s+)*(?:{relatives})\b(?!['’])",
        re.IGNORECASE,
    )


def give_to_the_struck(reading: Reading) -> None:
    """ "Lupus psychosis put her twin sister in hospital": the disease is that of the relative whom it befalls."""
    for mention in reading.mentions:
        if mention.kind != "condition" or mention.experiencer != "patient":
            continue
        if _struck().match(reading.normal, mention.end, reading.sentences[mention.sentence].end):
            mention.experiencer = "family"


def give_to_relatives_behind(reading: Reading) -> None:
    """Sets the experiencer of what a colon or bracket gives to a relative; what is denied of the patient is absent."""
    if not has_word(reading.normal, _relatives()):
        return
    for sentence in reading.sentences:
        owner = _owner().search(reading.normal, sentence.start, sentence.end)
        if owner is None:
            continue
        denied = _not_the_patient().search(owner["rest"]) is not None
        stop = owner.start()
        for mention in reversed(reading.mentions_in(sentence.start, stop)):
            if not _JOINT.fullmatch(reading.normal, mention.end, max(stop, mention.end)):
                break
            stop = mention.start
            if mention.kind not in ("condition", "procedure") or mention.assertion != "present":
                continue
            if mention.experiencer == "patient" and denied:
                mention.assertion = "absent"
            elif mention.experiencer == "patient":
                mention.experiencer = "family"
