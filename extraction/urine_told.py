"""Protein and red cells of the urine with the number before them: a page in, results out.

"2.4 g of protein in the 24 hours", "30 red cells per field": the words stand behind the number. What is eaten is none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from extraction.body_sizes import BodySize
from extraction.knowledge import cues
from extraction.numbers import read_number
from extraction.reading import Reading
from extraction.result_words import Page, alternatives
from extraction.spans import Spans
from kb.facts import Quantity
from kb.patterns import compiled
from kb.units import to_canonical
from kb.vocabulary import Lab, vocabulary


@functools.cache
def _amounts(concept: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """The whole phrase with its number and unit, and what its sentence must and must not hold."""
    known = cues("measurements")["urine_told"][concept]
    return (
        compiled(
            rf"(?<![\w.,/-])(?P<value>[<>]?\s?\d{{1,3}}(?:[.,]\d{{1,2}})?(?:\s?[-–]\s?\d{{1,3}})?)\s?{known['pattern']}",
            re.IGNORECASE,
        ),
        compiled(alternatives(known["amid"]), re.IGNORECASE),
        compiled(alternatives(known["not_amid"]), re.IGNORECASE),
    )


def urine_told(reading: Reading, page: Page, taken: list[tuple[int, int]]) -> Iterator[BodySize]:
    """The amounts that a sentence about the urine tells; `taken` are the spans that other results already hold."""
    held = Spans(taken)
    for concept in cues("measurements")["urine_told"]:
        phrase, amid, not_amid = _amounts(concept)
        for match in phrase.finditer(page.normal):
            sentence = reading.sentences[reading.sentence_at(match.start())]
            text = page.normal[sentence.start : sentence.end]
            if held.hold(match.start("value")) or not_amid.search(text) or not amid.search(text):
                continue
            size = _amount(page, concept, match)
            if size is not None:
                yield size


def _amount(page: Page, concept: str, match: re.Match[str]) -> BodySize | None:
    known, term = cues("measurements")["urine_told"][concept], vocabulary().terms[concept]
    written = read_number(page.normal, match.start("value"), match.end("value"), page.comma)
    if written is None or not isinstance(term, Lab) or term.unit is None:
        return None
    unit = known["units"].get((match.groupdict().get("unit") or "").lower(), term.unit)
    value = to_canonical(concept, written.interval, unit)
    if value is None or (value.low or 0) > float(known["at_most"]):
        return None
    words = page.text[match.start() : match.end()]
    return BodySize(concept, match.start(), match.end(), Quantity(value, term.unit, words))
