"""Fever told in degrees without its name: a Reading in, a mention for each temperature of 38 °C and more out.

"Since 6 March up to 38.6 °C every evening". A bound ("never above 38.5 °C", "come if 38 °C") and a temperature of
something else are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extraction.reading import Mention, Reading
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_CONCEPT = "fever"
_DEGREES = compiled(
    r"(?<![\d.,/<≤])(?:3[89]|4[01])(?:[.,]\d)?\s?(?:[-–]\s?(?:3[89]|4[01])(?:[.,]\d)?\s?)?"
    r"(?:[°º]\s?(?:C(?:elsius)?\b)?|degrees(?:\s+(?:C|Celsius|centigrade))?\b|Celsius\b)",
    re.IGNORECASE,
)
_BOUND = compiled(
    r"(?:\b(?:if|when|whenever|once|should|in case of|below|under|less than|never|not|no|nor|without|above which|"
    r"threshold|target)\b[^.;\n]{0,40}|[<≤]\s?)$",
    re.IGNORECASE,
)
_OF_OTHERS = compiled(
    r"\b(?:stor\w+|freez\w+|incubat\w+|water|bath|serum|sample|fridge|weather|outside)\b", re.IGNORECASE
)


def find_fevers(reading: Reading) -> Iterator[Mention]:
    """A mention of fever for every such temperature, to be asserted and dated as the name would be."""
    kind = vocabulary().kinds[_CONCEPT]
    for match in _DEGREES.finditer(reading.normal):
        number = reading.sentence_at(match.start())
        sentence = reading.sentences[number]
        if _BOUND.search(reading.normal[max(sentence.start, match.start() - 60) : match.start()]):
            continue
        if not _OF_OTHERS.search(reading.normal, sentence.start, sentence.end):
            yield Mention(match.start(), match.end(), _CONCEPT, kind, number)
