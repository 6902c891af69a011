"""Other patients whom a letter mentions: a Reading in, the characters that tell of them out.

"The gentleman I mentioned on the telephone, the one with the renal transplant" is no word on the patient: what such a
clause tells, age and results included, is someone else's.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.reading import Reading, Sentence
from extraction.subjects import sex_of_patient
from extraction.word_places import word_places
from kb.facts import Experiencer
from kb.patterns import compiled


def other_patients(reading: Reading) -> list[tuple[int, int]]:
    """The spans of text about another patient."""
    found = []
    named = _sentences_with(reading, "someone")
    spoken_of = named | _sentences_with(reading, "someone_spoken_of")
    for number in sorted(spoken_of):
        sentence = reading.sentences[number]
        text = reading.normal[sentence.start : sentence.end]
        match = (_spoken_of(reading, sentence) if number else None) or (_named(text) if number in named else None)
        if match is None:
            continue
        end = _end(text, match)
        found.append((sentence.start + match.start(), sentence.start + end))
    return found


def _sentences_with(reading: Reading, someone: str) -> set[int]:
    """The numbers of the sentences with one of the listed words for a person in them."""
    places = word_places(reading.normal)
    words = (form for word in cues("context")["other_patients"][someone] for form in (word, f"{word}s"))
    return {reading.sentence_at(place) for word in words for place in places.get(word, ())}


def whose(reading: Reading, start: int) -> Experiencer:
    """`other` where the character lies in words about another patient."""
    return "other" if any(low <= start < high for low, high in reading.others) else "patient"


def give_to_others(reading: Reading) -> None:
    """Sets the experiencer of every mention in words about another patient."""
    for mention in reading.mentions:
        if mention.experiencer == "patient" and whose(reading, mention.start) == "other":
            mention.experiencer = "other"


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    return compiled(cues("context")["other_patients"][name], re.IGNORECASE)


def _named(text: str) -> re.Match[str] | None:
    """Someone whom the words themselves call another patient, unless they bring in the letter's own."""
    for match in _pattern("called_other").finditer(text):
        brought_in = _pattern("brought_in").search(text[: match.start()])
        apart = _pattern("sent_apart").search(text, match.end())
        if (brought_in is None or apart) and _pattern("for_you").match(text, match.end()) is None:
            return match
    return None


def _spoken_of(reading: Reading, sentence: Sentence) -> re.Match[str] | None:
    """ "The gentleman I mentioned": another one where the sex is not the patient's or the sentence sets him apart."""
    text = reading.normal[sentence.start : sentence.end]
    match = _pattern("spoken_of").match(text)
    if match is None:
        return None
    his = "f" if match["f"] else "m" if match["m"] else ""
    sex = sex_of_patient(reading.normal[: sentence.start] + reading.normal[sentence.end :])
    other_sex = bool(sex and his and his != sex)
    return match if other_sex or _pattern("set_apart").search(text) else None


def _end(text: str, match: re.Match[str]) -> int:
    """Where the words about the other end: at a comma behind "unlike my last patient", else with the statement."""
    compared = _pattern("compared").search(text[: match.start()])
    stop = (compiled(r",") if compared else _pattern("ends")).search(text, match.end())
    return stop.start() if stop else len(text)
