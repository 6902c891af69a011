"""Panels told in parts: a Reading in, the members that "the rest negative" tells without naming them out.

"Hepatitis B five markers: anti-HBs positive, the rest negative" says that the surface antigen is negative.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace

from extraction.knowledge import cues
from extraction.named_result import read_result
from extraction.named_tests import Named
from extraction.reading import Reading
from extraction.result_words import Page, alternatives
from extraction.word_places import first_words, matches_of_words
from kb.facts import Coded
from kb.patterns import compiled


@functools.cache
def _rest() -> re.Pattern[str]:
    return compiled(alternatives(cues("measurements")["rest_of_panel"]["words"]), re.IGNORECASE)


def rest_of_panels(reading: Reading, page: Page) -> Iterator[Named]:
    """The members of the panel that opens the sentence which nobody named, each with the result of the rest."""
    members: dict[str, list[str]] = cues("measurements")["rest_of_panel"]["members"]
    words = first_words(cues("measurements")["rest_of_panel"]["words"])
    for match in matches_of_words(words, _rest(), reading.normal):
        sentence = reading.sentences[reading.sentence_at(match.start())]
        before = reading.mentions_in(sentence.start, match.start())
        panel = next((one for one in before if one.concept in members), None)
        if panel is None or any(one.kind == "lab" for one in reading.mentions_in(match.end(), match.end() + 20)):
            continue
        told = {one.concept for one in reading.mentions_in(sentence.start, sentence.end)}
        for concept in members[panel.concept]:
            result = read_result(page, concept, match.end(), sentence.end)
            if concept not in told and result is not None and isinstance(result.value, Coded):
                mention = replace(
                    panel,
                    start=match.start(),
                    end=match.end(),
                    concept=concept,
                    kind="lab",
                    assertion="present",
                    cue=None,
                )
                yield Named(mention, concept, [result])
