"""Fever told in degrees without its name: a Reading in, a mention for each temperature of 38 °C and more out.

"Since 6 March up to 38.6 °C every evening". A bound ("never above 38.5 °C", "come if 38 °C") and a temperature of
something else are none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_CONCEPT = "fever"
_BODY = (35.0, 38.0, 42.0)  # °C: the least that is a body's, the least of a fever, more than any
_BOUND = compiled(
    r"(?:\b(?:if|when|whenever|once|should|in case of|below|under|less than|never|not|no|nor|without|above which|"
    r"threshold|target)\b[^.;\n]{0,40}|[<≤]\s?)$",
    re.IGNORECASE,
)
_OF_OTHERS = compiled(
    r"\b(?:stor\w+|freez\w+|incubat\w+|water|bath|serum|sample|fridge|weather|outside)\b", re.IGNORECASE
)


@functools.cache
def _degrees() -> re.Pattern[str]:
    return compiled(r"(?<![\d.,/<≤])" + cues("conditions")["fever_degrees"], re.IGNORECASE)


def _is_feverish(match: re.Match[str]) -> bool:
    """Whether degrees, or the higher end of their range, are a fever's."""
    told = [float(match[end].replace(",", ".")) for end in ("least", "most") if match[end]]
    cool, fever, hot = _BODY
    return match["bare"] is None and min(told) >= cool and fever <= max(told) < hot


def find_fevers(reading: Reading) -> Iterator[Mention]:
    """A mention of fever for every such temperature, to be asserted and dated as the name would be."""
    kind = vocabulary().kinds[_CONCEPT]
    for match in _degrees().finditer(reading.normal):
        if not _is_feverish(match):
            continue
        number = reading.sentence_at(match.start())
        sentence = reading.sentences[number]
        if _BOUND.search(reading.normal[max(sentence.start, match.start() - 60) : match.start()]):
            continue
        if not _OF_OTHERS.search(reading.normal, sentence.start, sentence.end):
            yield Mention(match.start(), match.end(), _CONCEPT, kind, number)
