"""Harm told before the word that a drug was stopped: a stretch of the letter in, the reason out.

"Hepatitis, ALT 600, stopped after five weeks"; "leukocytes fell to 1.1, discontinued for this reason": no word such as
"because" stands between, and the harm may be a value alone.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

from extraction.dose_words import match_phrase, tokenise_dose
from extraction.drug_reasons import Reason, find_cues, intolerances, listed
from extraction.knowledge import cues
from extraction.reading import Reading
from kb.patterns import compiled

_BETWEEN = 8  # tokens from the harm to the word of the end
_BEFORE = 3  # tokens in which a harm is denied
_LINKS = compiled(
    r"\b(?:so|therefore|hence|thus|and (?:it|this)? ?(?:was|had)|which|for (?:this|that) reason)\b", re.IGNORECASE
)


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
        (
            found
            for found in _stopped().finditer(reading.normal, start, end)
            if not _is_denied(reading, start, found.start())
        ),
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


_REFERENCE = compiled(
    r"\b(?:the (?P<first>former|first)|the (?P<last>latter|second|last)|(?P<all>both|neither))\b"
    r"(?! (?:dose|infusion|visit|week|month|time|year|course|cycle|pulse|wrists?|hands?|knees?|eyes?|legs?|kidneys?)\b)"
    r"|\A(?P<it>it|this|that)\b",
    re.IGNORECASE,
)


def refers_back(reading: Reading, start: int, end: int) -> bool:
    """Whether a sentence speaks of drugs named before it: "the latter caused pancreatitis"."""
    return _REFERENCE.search(reading.normal[start:end]) is not None


def reasons_referred(reading: Reading, drugs: Sequence[int], start: int, end: int) -> dict[int, Reason]:
    """By the place of each drug of the sentence before, why it ended: told of "the former", "both", "it"."""
    found: dict[int, Reason] = {}
    references = list(_REFERENCE.finditer(reading.normal[start:end]))
    for at, reference in enumerate(references):
        stop = start + references[at + 1].start() if at + 1 < len(references) else end
        reason = _reason_told(reading, start + reference.end(), stop, elliptic=bool(found))
        if reason is not None:
            of_it = drugs if reference["all"] else drugs[:1] if reference["first"] else drugs[-1:]
            found |= {drug: reason for drug in of_it if drug not in found}
    return found


def _reason_told(reading: Reading, start: int, end: int, *, elliptic: bool) -> Reason | None:
    """The harm that a drug is told to have caused, or for which it was stopped; behind another such, the bare harm."""
    text = tokenise_dose(reading.normal[start:end])
    caused = next((at for at in range(min(len(text), _BETWEEN)) if match_phrase(listed("caused"), text, at)), None)
    told = caused is not None or elliptic or _stopped().search(reading.normal, start, end) is not None
    if not told:
        return None
    harms = [harm for harm in _harms(reading, start, end) if not _is_denied(reading, start, harm[0], causes=False)]
    return Reason("intolerance", reading.text[harms[0][0] : harms[0][1]], harms[0][1]) if harms else None


def _harms(reading: Reading, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Where harms stand, and whether each is told as a value."""
    for match in _lab_harm().finditer(reading.normal, start, end):
        yield match.start(), match.end(), True
    for cue in find_cues(intolerances(), tokenise_dose(reading.normal[start:end]), start):
        yield cue.start, cue.end, False


def _is_denied(reading: Reading, start: int, place: int, *, causes: bool = True) -> bool:
    tokens = tokenise_dose(reading.normal[max(start, place - 40) : place])[-_BEFORE:]
    denying = {*cues("medications")["denials"], *(cues("medications")["no_harm_before_end"] if causes else ())}
    return any(token.text in denying for token in tokens)


def _is_of_the_disease(harm: str) -> bool:
    return match_phrase(listed("also_of_the_disease"), tokenise_dose(harm), 0) is not None
