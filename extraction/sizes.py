"""Sizes told in turns: a Reading and an effusion's mention in, a Fact for the size told behind a turn out.

"The effusion was small in January but moderate on 4 March": the second size has a day of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.when import sentence_span
from extraction.wording import value_of
from kb.facts import Fact
from kb.vocabulary import vocabulary


def sizes_told_later(reading: Reading, mention: Mention) -> Iterator[Fact]:
    """A fact for the size behind "but", "now" or "grown to", where no other thing is named between."""
    known = cues("conditions")
    if mention.concept not in known["sized"] or mention.assertion != "present":
        return
    end = sentence_span(reading, mention)[1]
    match = re.search(known["size_turns"], reading.normal[mention.end : end])
    if match is None:
        return
    low, high = mention.end + match.start("size"), mention.end + match.end("size")
    if any(other.kind == "condition" for other in reading.mentions_in(mention.end, high)):
        return
    size = value_of(reading.normal[low:high], known["size"])
    if size is None:
        return
    points = [time.time for time in reading.times_in(high, end) if time.role in ("point", "start")]
    yield reading.fact(
        "condition",
        mention.concept,
        vocabulary()[mention.concept].label,
        low,
        high,
        experiencer=mention.experiencer,
        time=points[0] if points else reading.letter_date,
        attributes={"size": size},
    )
