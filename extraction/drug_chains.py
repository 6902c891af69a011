"""Drugs that are told together ("X, Y and Z failed"): their scopes in, whether a word about one holds for all out.

The words before and behind a drug's name that say whether it is taken are those of `medications.yaml`.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from itertools import pairwise

from extraction.dose_items import read_items
from extraction.dose_words import Phrases, phrases, tokenise_dose
from extraction.drug_reasons import Cue, find_cues
from extraction.drug_scope import Scope, masked_times
from extraction.knowledge import cues
from extraction.reading import Reading

HARMS = frozenset({"intolerance", "allergy", "forbidden"})


@functools.cache
def side_cues(side: str) -> Phrases:
    seen: dict[str, str] = {}
    for group, words in cues("medications")[side].items():
        for written in words:
            seen.setdefault(written, group)
    return phrases(iter(seen.items()))


def chained(reading: Reading, chain: Sequence[Scope]) -> bool:
    """Whether only list words and doses stand between each drug and the next."""
    return all(_joint(reading, one, other, most=0) for one, other in pairwise(chain))


def loosely_chained(reading: Reading, chain: Sequence[Scope]) -> bool:
    """The same with a few words more, as in "failed azathioprine (2019, nausea), MMF and rituximab"."""
    return all(_joint(reading, one, other, most=6) for one, other in pairwise(chain))


def _joint(reading: Reading, one: Scope, other: Scope, *, most: int) -> bool:
    start, end = one.end, other.start
    masked = masked_times(reading, start, end)
    tokens = tokenise_dose(masked)
    words = [
        item for item in read_items(tokens) if item.kind == "word" and tokens[item.first].text not in _WORDS_OF_LISTS
    ]
    if find_cues(side_cues("before"), [t for t in tokens if t.text not in _WORDS_OF_LISTS], 0) and most == 0:
        return False
    return len(words) <= most and not any(token.text in (";",) for token in tokens)


_WORDS_OF_LISTS = frozenset(
    {"/", "of", "nor", "or", "as", "well", "also", "both", "including", "then", "on", "to", "either", "with"}
)


def holds_for_all(reading: Reading, last: Scope, cue: Cue) -> bool:
    """ "X and Y were stopped", "X, Y, Z: failed", not "X, Y stopped"."""
    words = [token.text for token in tokenise_dose(reading.normal[last.end : cue.end])]
    plural = {word for phrase in cues("medications")["plural"] for word in phrase.split()}
    told_before = reading.normal[max(0, last.start - 60) : last.start].lower()
    headed = cue.group not in HARMS and words[:1] in ([":"], ["-"], ["("])
    return "neither " in told_before or bool(plural & set(words)) or headed


def fail_together(reading: Reading, chain: Sequence[Scope], cue: Cue) -> bool:
    """ "Azathioprine and mycophenolate failed", unless something was told of the first before ("on X and Y failed")."""
    joint = reading.normal[chain[-2].end : chain[-1].start].strip().lower()
    told = find_cues(side_cues("before"), tokenise_dose(reading.normal[chain[0].sentence_start : chain[0].start]), 0)
    straight = not reading.normal[chain[-1].end : cue.start].strip()
    return cue.group == "failed" and joint in ("and", "&", "+") and straight and not told
