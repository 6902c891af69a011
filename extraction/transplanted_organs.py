"""Which organ a transplant told without it is of: a Reading and the mention in, the special transplant's concept out.

"A kidney from her father was transplanted", "Transplant: yes, liver 2012", "cardiomyopathy, transplanted in 2016".
"""

from __future__ import annotations

import re

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.when import clause_span, sentence_span
from kb.patterns import compiled

_BESIDE = 14  # characters


def transplanted_organ(reading: Reading, mention: Mention) -> str | None:
    """What was transplanted, where the words around name it: "a kidney was transplanted", "transplant: yes, liver"."""
    known = cues("events")
    if mention.assertion != "present":
        return None
    behind = compiled(known["organ_behind"], re.IGNORECASE).match(reading.normal, mention.end)
    if behind is not None:
        return _named_organ(behind["organ"])
    spelling = reading.normal[mention.start : mention.end].lower()
    before = reading.normal[max(0, mention.start - _BESIDE) : mention.start]
    if not re.search(known["told_itself"], f"{before}{spelling}", re.IGNORECASE):
        return None
    spans = clause_span(reading, mention), sentence_span(reading, mention)
    return next((organ for span in spans if (organ := _named_organ(reading.normal[slice(*span)]))), None)


def _named_organ(text: str) -> str | None:
    """The one kind of transplant that the words tell of; several organs are an organ transplant."""
    kinds = cues("events")["transplant_of"].items()
    named = [concept for concept, pattern in kinds if re.search(pattern, text, re.IGNORECASE)]
    if len(named) > 1 and "stem-cell-transplant" not in named:
        named = [concept for concept in named if concept != "organ-transplant"]
        return named[0] if len(named) == 1 else "organ-transplant"
    return named[0] if len(named) == 1 else None
