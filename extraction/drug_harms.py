"""Harm told before the word that a drug was stopped: a stretch of the letter in, the reason out.

"Hepatitis, ALT 600, stopped after five weeks"; "leukocytes fell to 1.1, discontinued for this reason": no word such as
"because" stands between, and the harm may be a value alone.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from extraction.dose_words import match_phrase, tokenise_dose
from extraction.drug_reasons import Reason, find_cues, intolerances, listed
from extraction.knowledge import cues
from extraction.reading import Reading
from kb.patterns import compiled

_BETWEEN = 8  # tokens from the harm to the word of the end
_BEFORE = 3  # tokens in which a harm is denied
_LINKS = compiled(r"\b(?:so|therefore|hence|thus|and (?:it|this)? ?(?:was|had)|which|for (?:this|that) reason)\b", re.IGNORECASE)


@functools.cache
def _stopped() -> re.Pattern[str]:
    known = cues("medications")["after"]
    words = sorted([*known["stopped"], *known["forbidden"]], key=len, reverse=True)
    return compiled(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words))})(?![\w-])", re.IGNORECASE)


@functools.cache
def _lab_harm() -> re.Pattern[str]:
    return compiled("|".join(cues("medications")["lab_harms"]), re.IGNORECASE)


def harm_before_end(reading: Reading, start: int, end: int) -> Reason | None:
    """The harm of a stretch, a drug's own or one about it, that stands before the word of its end."""
    stop = next(
        (found for found in _stopped().finditer(reading.normal, start, end) if not _is_denied(reading, start, found.start())),
        None,
    )
    if stop is None:
        return None
    harms = [harm for harm in _harms(reading, start, end) if not _is_denied(reading, start, harm[0])]
    for first, last, is_value in harms:
        if first > stop.start() and is_value:
            return Reason("intolerance", reading.text[first:last], last)
        between = reading.normal[last : stop.start()] if last <= stop.start() else "."
        linked = _LINKS.search(between) or _LINKS.search(reading.normal, stop.end(), end)
        if not is_value and not linked and _is_of_the_disease(reading.normal[first:last]):
            continue
        if "." not in re.sub(r"\d\.\d", "", between) and len(tokenise_dose(between)) <= _BETWEEN:
            return Reason("intolerance", reading.text[first:last], max(last, stop.end()))
    return None


def _harms(reading: Reading, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Where harms stand, and whether each is told as a value."""
    for match in _lab_harm().finditer(reading.normal, start, end):
        yield match.start(), match.end(), True
    for cue in find_cues(intolerances(), tokenise_dose(reading.normal[start:end]), start):
        yield cue.start, cue.end, False


def _is_denied(reading: Reading, start: int, place: int) -> bool:
    tokens = tokenise_dose(reading.normal[max(start, place - 40) : place])[-_BEFORE:]
    return any(token.text in cues("medications")["no_harm_before_end"] for token in tokens)


def _is_of_the_disease(harm: str) -> bool:
    return match_phrase(listed("also_of_the_disease"), tokenise_dose(harm), 0) is not None
