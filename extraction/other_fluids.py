"""Counts and chemistry of a fluid that is not blood: a test's name in, whether it was measured in another fluid out.

"Cerebrospinal fluid showed 5 white cells" tells nothing of the blood: the fluid that a sentence names holds for the
tests behind it, up to a semicolon, a closed bracket, a verdict on the fluid, or the blood.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.result_words import Page, alternatives, code_pattern
from kb.patterns import compiled

_REACH = 220


@functools.cache
def _fluids() -> re.Pattern[str]:
    return compiled(rf"(?<![\w-]){alternatives(cues('measurements')['fluids']['names'])}", re.IGNORECASE)


@functools.cache
def _closing() -> re.Pattern[str]:
    blood = alternatives(cues("measurements")["fluids"]["blood"])
    return compiled(rf";|\b{blood}|(?:{code_pattern().pattern})\s*(?:[,.)]|and\b|but\b|with\b)", re.IGNORECASE)


def in_other_fluid(reading: Reading, page: Page, mention: Mention, concept: str) -> bool:
    """Whether the sentence says that the test was made in another fluid than blood."""
    if concept not in cues("measurements")["fluids"]["tests"]:
        return False
    begin = max(reading.sentences[mention.sentence].start, mention.start - _REACH)
    found = [match.end() for match in _fluids().finditer(page.normal, begin, mention.start)]
    if not found:
        return False
    between = page.normal[found[-1] : mention.end]
    closed = between.count(")") > between.count("(") and between.find(")") > 1
    return not closed and _closing().search(between) is None
