"""Grades told apart from the disease's name: a Reading and a mention in, a Fact for each grade told behind it out.

"She has had gut GVHD. Grade 2 disease was last recorded on 19 May": the grade has a sentence and a day of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extraction.condition_attributes import grade_in
from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from kb.facts import Fact, Time
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_SENTENCES_BEHIND = 2


def grades_told_later(reading: Reading, mention: Mention) -> Iterator[Fact]:
    """A fact for every grade in the next sentences that name no other disease of the kind."""
    if mention.concept not in cues("conditions")["graded"] or mention.assertion != "present":
        return
    last = min(mention.sentence + _SENTENCES_BEHIND, len(reading.sentences) - 1)
    for number in range(mention.sentence + 1, last + 1):
        sentence = reading.sentences[number]
        if any(other.kind == "condition" for other in reading.mentions_in(sentence.start, sentence.end)):
            return
        for match in re.finditer(cues("conditions")["grade_told"], reading.normal[sentence.start : sentence.end]):
            start, end = sentence.start + match.start(), sentence.start + match.end()
            time = _time(reading, start, end, sentence.start, sentence.end)
            yield reading.fact(
                "condition",
                mention.concept,
                vocabulary()[mention.concept].label,
                start,
                end,
                experiencer=mention.experiencer,
                temporality=mention.temporality if time is None else "historical",
                time=time,
                attributes={"grade": grade} if (grade := grade_in(match.group())) else {},
            )


def time_of_grade(reading: Reading, mention: Mention) -> Time | None:
    """The day straight behind the grade that stands behind the name: "biopsy GVHD, grade 3 overall on 2 March"."""
    if mention.concept not in cues("conditions")["graded"] or mention.assertion != "present":
        return None
    end = reading.sentences[mention.sentence].end
    match = compiled(cues("conditions")["grade_of"], re.IGNORECASE).search(reading.normal, mention.end, end)
    if match is None or any(one.kind == "condition" for one in reading.mentions_in(mention.end, match.start())):
        return None
    for time in reading.times_in(match.end(), end):
        between = reading.normal[match.end() : time.start]
        if time.role == "point" and not re.search(r"[;,.()]|\b(?:and|but|then|resolved|until)\b", between):
            return time.time
        return None
    return None


def _time(reading: Reading, start: int, end: int, low: int, high: int) -> Time | None:
    """The day behind the grade, else the last one before it in its sentence."""
    times = [time for time in reading.times_in(low, high) if time.role != "duration"]
    behind = [time.time for time in times if time.start >= end]
    before = [time.time for time in times if time.end <= start]
    return behind[0] if behind else before[-1] if before else None
