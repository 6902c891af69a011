"""Salts in the names of drugs: the mentions of a letter in, the same with "losartan potassium 50 mg" as one drug out.

A salt that is a test as well is a part of the drug's name where it stands directly behind it and a form or an amount
of the drug follows: "rosuvastatin calcium 10 mg" is no calcium, "ciclosporin, potassium 5.6" is one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import replace

from extraction.knowledge import cues
from extraction.reading import Mention
from extraction.result_words import alternatives
from kb.patterns import compiled


@functools.cache
def _dosed() -> re.Pattern[str]:
    """A form, a route or an amount of a drug, in a bracket or not."""
    known = cues("dosing")
    forms = alternatives([*known["forms"]["counted"], *known["forms"]["administrations"], *known["routes"]["oral"]])
    units = "|".join(re.escape(word) for entry in known["units"] for word in entry["words"] if word not in ("l", "kg"))
    return compiled(rf"\s*[(,:-]?\s*(?:{forms}|\d[\d.,]*\s?(?:{units})(?![\w/]|\s?/\s?d?l\b))", re.IGNORECASE)


def with_salts(normal: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions in their order, a drug's salt joined to its name."""
    kept: list[Mention] = []
    for mention in mentions:
        last = kept[-1] if kept else None
        if last is not None and last.kind == "drug" and _is_salt(normal, last, mention):
            kept[-1] = replace(last, end=mention.end)
        else:
            kept.append(mention)
    return kept


def _is_salt(normal: str, drug: Mention, other: Mention) -> bool:
    if other.kind != "lab" or normal[drug.end : other.start] != " ":
        return False
    named = normal[other.start : other.end].lower() in cues("medications")["salts"]
    return named and _dosed().match(normal, other.end) is not None
