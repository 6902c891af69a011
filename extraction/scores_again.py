"""Totals of a score told without its name: a reading in, score facts out.

"In July the SLEDAI-2K was 2. On 2 March it had climbed to 16"; "a SLEDAI below 4 is the aim; we are far from that, with
8 points on 6 March": the score is the one named last before, and the day stands beside the total.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from kb.facts import Fact, Interval, Quantity
from kb.patterns import compiled
from kb.vocabulary import Score, vocabulary

_FAR = 200  # characters from the name to the total told without it


@functools.cache
def _total() -> re.Pattern[str]:
    known = cues("measurements")["scores_again"]
    words = {key: "|".join(sorted(map(re.escape, known[key]), key=len, reverse=True)) for key in known}
    return compiled(
        rf"\b(?:(?:{words['subjects']})\s+(?:(?:{words['auxiliaries']})\s+)*(?:{words['verbs']})\s+"
        rf"(?P<moved>\d{{1,2}})(?:\s+points?)?|(?:with|at|now|already)\s+(?P<points>\d{{1,2}})\s+points)"
        r"(?!\d|[.,/%]\d|\s*(?:mg|%|g|/|x|points? (?:lower|higher|less|more)))",
        re.IGNORECASE,
    )


def read_scores_again(reading: Reading) -> Iterator[Fact]:
    """A fact for each total that goes on about a score named before it, where its day is told beside it."""
    for found in _total().finditer(reading.normal):
        start, end = found.start(), found.end()
        named = _named_before(reading, start, ("score", "lab", "drug") if found["moved"] else ("score", "lab"))
        sentence = reading.sentences[reading.sentence_at(start)]
        days = [time for time in reading.times_in(sentence.start, sentence.end) if time.role == "point"]
        near = [time for time in days if time.start >= end - 1] if found["points"] else days
        if named is None or len(near) != 1 or near[0].time is None:
            continue
        written = found["moved"] or found["points"]
        value = Quantity(Interval(float(written), float(written)), "{score}", written)
        term = vocabulary().terms[named.concept]
        yield reading.fact("score", named.concept, term.label, start, end, value=value, time=near[0].time)


def _named_before(reading: Reading, at: int, kinds: tuple[str, ...]) -> Mention | None:
    """The score named last before a place, no other test since and the person the same."""
    told = [one for one in reading.mentions_in(max(0, at - _FAR), at) if one.kind in kinds]
    if not told or not isinstance(vocabulary().terms[told[-1].concept], Score) or told[-1].experiencer != "patient":
        return None
    first, last = reading.sentence_at(told[-1].start), reading.sentence_at(at)
    return told[-1] if last - first <= 1 else None
