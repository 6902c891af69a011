"""Body weight, height and saturation told without their name ("woman (58 kg)", "97% on air"): a page in, results out.

A dose in a kilogram ("1 mg/kg"), a change ("lost 6 kg"), a limit of lifting and the size of a lesion are none of these.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from extraction.knowledge import cues
from extraction.numbers import read_number
from extraction.result_words import Page, alternatives
from extraction.spans import Spans
from kb.facts import Quantity
from kb.patterns import compiled
from kb.units import to_canonical
from kb.vocabulary import Lab, vocabulary

_NUMBER = compiled(r"\d(?<![\w.,/:<>=≤≥+^*×-].)\d{0,2}(?:[.,]\d{1,2})?(?= ?[a-zA-Z%])")


@dataclass(frozen=True, slots=True)
class BodySize:
    """A weight, a height or a saturation as written at [start, end); `support` is the air or oxygen it was held by."""

    concept: str
    start: int
    end: int
    value: Quantity
    support: str | None = None


@functools.cache
def _patterns(concept: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = cues("measurements")["body_sizes"][concept]
    units, before, behind = (alternatives(words[key]) for key in ("units", "not_behind", "not_before"))
    return (
        compiled(rf" ?{units}(?! ?/|\^|²|2\b)", re.IGNORECASE),
        compiled(
            rf"{before}[\s:(]*(?:(?:of|by|about|approximately|approx\.?|around|some|a|another|over|under|the)\s+)*$",
            re.IGNORECASE,
        ),
        compiled(rf"[\s-]*{behind}", re.IGNORECASE),
    )


def body_sizes(page: Page, taken: list[tuple[int, int]]) -> list[BodySize]:
    """The sizes of a body that stand alone; `taken` are the spans that other results already hold."""
    found = []
    held = Spans(taken)
    for match in _NUMBER.finditer(page.normal):
        if held.hold(match.start()) or page.time_at(match.start()) is not None:
            continue
        for concept in cues("measurements")["body_sizes"]:
            size = _size(page, concept, match)
            if size is not None:
                found.append(size)
                break
    return found


def _size(page: Page, concept: str, match: re.Match[str]) -> BodySize | None:
    units, before, behind = _patterns(concept)
    unit = units.match(page.normal, match.end())
    if unit is None or before.search(page.normal[max(0, match.start() - 60) : match.start()]):
        return None
    if behind.match(page.normal[unit.end() : unit.end() + 30]):
        return None
    known = cues("measurements")["body_sizes"][concept]
    support = next(
        (name for name in known.get("support", {}) if _held_by(concept, name).match(page.normal, unit.end())), None
    )
    if support is None and "support" in known:
        before_it = page.normal[max(0, match.start() - 40) : match.start()]
        support = next((name for name in known["support"] if _held_before(concept, name).search(before_it)), None)
        if support is None:
            return None
    low, high = known["range"]
    written = read_number(page.normal, match.start(), match.end(), page.comma)
    term = vocabulary().terms[concept]
    if written is None or not isinstance(term, Lab) or term.unit is None:
        return None
    value = to_canonical(concept, written.interval, unit.group().strip())
    if value is None or value.low is None or not float(low) <= value.low <= float(high):
        return None
    words = page.text[match.start() : unit.end()]
    return BodySize(concept, match.start(), unit.end(), Quantity(value, term.unit, words), support)


@functools.cache
def _held_before(concept: str, support: str) -> re.Pattern[str]:
    """ "He is on room air at 99%": what holds the value up stands before it."""
    words = alternatives(cues("measurements")["body_sizes"][concept]["support"][support])
    return compiled(rf"(?<!\w){words}\s*(?:at|with|of|is|was|:|she is|he is)?\s*$", re.IGNORECASE)


@functools.cache
def _held_by(concept: str, support: str) -> re.Pattern[str]:
    words = alternatives(cues("measurements")["body_sizes"][concept]["support"][support])
    return compiled(rf"\s*[,(]?\s*(?:{words})", re.IGNORECASE)
