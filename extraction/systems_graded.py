"""An index graded system by system: "BILAG: renal A, mucocutaneous B" in, a fact for each system out.

The letter of the class may stand before the system's name or behind it; a sentence keeps to one order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.result_times import time_of
from extraction.result_words import alternatives
from kb.facts import Coded, Fact
from kb.vocabulary import vocabulary

_CLASS = r"(?-i:(?P<grade>[A-E]))(?![\w'’-])"


def read_graded_systems(reading: Reading) -> Iterator[Fact]:
    """The facts of every index that is graded by system, in the order of the text."""
    for name, index in cues("measurements")["graded_systems"].items():
        told: set[int] = set()
        for mention in reading.mentions:
            if mention.concept != name or mention.sentence in told or mention.assertion != "present":
                continue
            told.add(mention.sentence)
            yield from _graded(reading, mention, index)


def _graded(reading: Reading, mention: Mention, index: dict[str, list[str]]) -> Iterator[Fact]:
    system_of = {word: concept for concept, words in index.items() for word in words}
    systems = rf"(?P<system>{alternatives(system_of)})"
    joint = r"(?:\s+(?:domains?|systems?|organ systems?|score|grade|category))*"
    behind = rf"{systems}{joint}\s*[:=(-]?\s*(?:(?:is|was|of|at|score|scored|grade|graded|category)\s+)*{_CLASS}"
    before = rf"(?<![\w'’-]){_CLASS}\s*(?:\(|(?:scores?\s+)?(?:in|for|on)\s+)?(?:(?:the|her|his)\s+)?{systems}"
    sentence = reading.sentences[mention.sentence]
    found = [
        list(re.finditer(pattern, reading.normal[: sentence.end][mention.start :], re.IGNORECASE))
        for pattern in (behind, before)
    ]
    orders = [order for order in found if order]
    for one in min(orders, key=lambda order: order[0].start(), default=[]):
        concept = system_of[" ".join(one["system"].lower().split())]
        start, end = mention.start + one.start(), mention.start + one.end()
        yield reading.fact(
            "score",
            concept,
            vocabulary()[concept].label,
            start,
            end,
            value=Coded(one["grade"].lower(), one["grade"]),
            experiencer=mention.experiencer,
            temporality=mention.temporality,
            time=time_of(reading, start, end),
        )
