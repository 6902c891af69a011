"""Whether a disease is serious by what is told around it: a Reading and a mention in, severity and its ground out.

"Myocarditis, EF 32 %, two nights in intensive care" never says "severe"; the ground is kept, so that the reader of
the answer sees what it was taken from.
"""

from __future__ import annotations

import re

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from kb.patterns import compiled

_SENTENCES_AROUND = 2


def serious_signs(reading: Reading, mention: Mention, severity: str | None) -> dict[str, str | None]:
    """`severity` and `severity_by`: the letter's own word here or at another mention of the disease, else a sign."""
    if severity is not None:
        return {"severity": severity}
    known = cues("conditions")["serious_by"]
    start, end = _surroundings(reading, mention)
    text = reading.normal[start:end]
    if _stated_elsewhere(reading, mention):
        return {"severity": known["severity"], "severity_by": "word"}
    if mention.temporality == "historical":
        return {}
    fraction = re.search(known["ejection_fraction"], text)
    if fraction is not None and float(fraction[1]) < float(known["below"]):
        return {"severity": known["severity"], "severity_by": "ejection fraction"}
    for sign, pattern in known["signs"].items():
        for match in re.finditer(pattern, text):
            if re.search(known["not_where"], text[: match.start()]) is None:
                return {"severity": known["severity"], "severity_by": sign}
    return {}


def _surroundings(reading: Reading, mention: Mention) -> tuple[int, int]:
    """The sentences of the mention's paragraph that are next to it."""
    first = last = mention.sentence
    for _ in range(_SENTENCES_AROUND):
        if first > 0 and not reading.is_parted(first - 1):
            first -= 1
        if last + 1 < len(reading.sentences) and not reading.is_parted(last):
            last += 1
    return reading.sentences[first].start, max(reading.sentences[last].end, mention.end)


def _stated_elsewhere(reading: Reading, mention: Mention) -> bool:
    known = cues("conditions")
    severe = compiled(r"(?i)(?:" + "|".join(map(re.escape, known["severity"]["severe"])) + r")[\s\w-]{0,12}$")
    return any(
        other.concept == mention.concept
        and other.assertion == "present"
        and other.experiencer == mention.experiencer
        and severe.search(reading.normal[max(0, other.start - 40) : other.start]) is not None
        for other in reading.mentions
        if other is not mention
    )
