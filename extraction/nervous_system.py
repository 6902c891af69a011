"""What a letter tells of a neuropsychiatric event beyond its sentence: a Reading and the mention in, attributes out.

Whether it was treated, whether it was laid to lupus some sentences on, what stands under a heading of the nervous
system, and the stay of which it was the main diagnosis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.when import sentence_span
from extraction.wording import pattern_of
from kb.facts import Time
from kb.vocabulary import vocabulary

_SENTENCES_OF_A_STORY = 4


def intervention_of(reading: Reading, mention: Mention) -> str | None:
    """`yes` where the sentence, or one about the same event behind it, says that it was treated or admitted for."""
    sentence = reading.normal[slice(*sentence_span(reading, mention))]
    if _words("no_intervention").search(sentence):
        return "no"
    if _words("intervention").search(sentence) or stay_of_main_diagnosis(reading, mention) is not None:
        return "yes"
    for number, (start, end) in enumerate(_told_on(reading, mention)):
        text = re.sub(cues("conditions")["pulses_of_arteries"], " ", reading.normal[start:end], flags=re.IGNORECASE)
        words = "intervention" if number == 0 else "strong_intervention"
        if _words(words).search(text) and not _words("maintenance").search(text):
            return "yes"
    return None


def laid_to_lupus(reading: Reading, mention: Mention) -> bool:
    """ "A stroke. The heart gave nothing, and all agree that lupus was behind it", of the same story."""
    told = re.compile(cues("conditions")["laid_to_lupus"], re.IGNORECASE)
    end = sentence_span(reading, mention)[1]
    return any(told.search(reading.normal, *span) for span in [(mention.end, end), *_told_on(reading, mention)])


def _told_on(reading: Reading, mention: Mention) -> Iterator[tuple[int, int]]:
    """The next sentences, until one names a condition that is no part of the story or the paragraph ends."""
    section = reading.sentences[mention.sentence].section
    last = min(mention.sentence + _SENTENCES_OF_A_STORY, len(reading.sentences) - 1)
    for number in range(mention.sentence + 1, last + 1):
        after = reading.sentences[number]
        conditions = [other for other in reading.mentions_in(after.start, after.end) if other.kind == "condition"]
        if any(not _is_of_it(other, mention) for other in conditions):
            return
        first = number == mention.sentence + 1
        if after.section != section and not (first and not reading.is_parted(number - 1)):
            return
        if reading.is_parted(number - 1) and not first:
            return
        yield after.start, after.end


def _is_of_it(other: Mention, mention: Mention) -> bool:
    """Whether a condition named behind an event of the nervous system belongs to its story: the same, or the lupus."""
    terms = vocabulary()
    its_own = ("sle", *cues("conditions")["neuropsychiatric"])
    return other.concept == mention.concept or (
        other.assertion in ("present", "possible") and terms.is_one_of(other.concept, its_own)
    )


def lines_of_the_nervous_system(reading: Reading) -> Iterator[tuple[int, int]]:
    """The lines under a label of the nervous system: "Neuro: methylprednisolone 1 g x 5. Plasma exchange, last 5/1"."""
    for match in re.finditer(cues("conditions")["line_of_nervous_system"], reading.normal):
        stop = reading.normal.find("\n", match.end())
        yield match.end(), stop if stop >= 0 else len(reading.normal)


def stay_of_main_diagnosis(reading: Reading, mention: Mention) -> Time | None:
    """The day of the discharge, where the event is the main diagnosis of a stay that the letter sums up."""
    known = cues("conditions")
    begin = reading.normal.rfind("\n", 0, mention.start) + 1
    if re.fullmatch(known["main_diagnosis"], reading.normal[begin : mention.start], re.IGNORECASE) is None:
        return None
    for match in re.finditer(known["discharged_on"], reading.normal, re.IGNORECASE):
        days = [time for time in reading.times_in(match.end(), match.end() + 12) if time.role in ("point", "end")]
        if days and days[0].start - match.end() <= 1:
            return days[0].time
    return None


def _words(key: str) -> re.Pattern[str]:
    return pattern_of(tuple(cues("conditions")[key]))
