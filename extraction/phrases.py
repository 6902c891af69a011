"""Procedures and conditions told in a phrase rather than by a name: a Reading in, a mention for every phrase out.

"Lives with a kidney from her mother", "her own stem cells were returned", "is in the 26th week with her second child":
the phrases are those of `phrases.yaml`, and what is found is asserted, dated and judged like a name of the concept.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path

from extraction import triggers
from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.statements import expression
from extraction.triggers import Triggers
from kb.kept import kept
from kb.patterns import compiled
from kb.vocabulary import vocabulary


@functools.cache
def _listed() -> tuple[tuple[str, str], ...]:
    """Every pattern of the cue file with its concept."""
    return tuple((concept, pattern) for concept, entry in cues("phrases").items() for pattern in entry["patterns"])


@functools.cache
def _triggers() -> Triggers:
    sources = (Path(__file__), Path(triggers.__file__), Path(__file__).with_suffix(".yaml"))
    return kept("phrases", sources, lambda: Triggers((text, at) for at, (_, text) in enumerate(_listed())))


def find_phrases(reading: Reading) -> Iterator[Mention]:
    """A mention for every phrase, at most one of a concept at a place, to be asserted with the others."""
    texts = [reading.normal[sentence.start : sentence.end] for sentence in reading.sentences]
    for number, (text, held) in enumerate(zip(texts, _triggers().candidates(texts), strict=True)):
        taken: dict[str, int] = {}
        for at in sorted(held):
            concept, pattern = _listed()[at]
            match = expression(pattern).search(text)
            if match is None or taken.get(concept, -1) >= match.start() or _is_excluded(concept, text):
                continue
            taken[concept] = match.end()
            start = reading.sentences[number].start
            kind = vocabulary().kinds[concept]
            yield Mention(start + match.start(), start + match.end(), concept, kind, number)


def _is_excluded(concept: str, text: str) -> bool:
    expression_of_others = cues("phrases")[concept].get("not_with")
    return expression_of_others is not None and compiled(expression_of_others, re.IGNORECASE).search(text) is not None
