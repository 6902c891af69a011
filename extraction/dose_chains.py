"""The chains of a dose instruction: its items in, the same out with a unit on each number that is an amount.

"60→40→20 mg", "60 mg → 40": the unit stands once for several numbers; "Omnacortil 10 od": behind a drug's name it may
stand nowhere.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from extraction.dose_item import Item
from extraction.dose_words import Token, match_phrase, tokenise_dose, words


def with_units(items: Sequence[Item], tokens: Sequence[Token], *, bare_from: int | None) -> list[Item]:
    """Numbers of a chain take the unit that stands elsewhere in it: 60→40→20 mg, 60 mg → 40."""
    out = list(items)
    for position, item in enumerate(items):
        if item.kind != "number":
            continue
        unit = _unit_ahead(items, position) or _unit_behind(out, position)
        first = not any(before.kind == "amount" for before in out[:position])
        named = bare_from is not None and tokens[item.first].start >= bare_from
        opens = named and all(tokens[before.first].start < (bare_from or 0) for before in items[:position])
        if unit is None and named and first and _dose_like(items, position, opens=opens):
            unit = Item("amount", 0, 0, unit="mg", word="bare")
        if unit is not None:
            out[position] = dataclasses.replace(item, kind="amount", unit=unit.unit, per=unit.per, word=unit.word)
    return out


_BETWEEN = ("number", "filler", "duration", "frequency", "time_of_day", "open", "close")


def _unit_ahead(items: Sequence[Item], position: int) -> Item | None:
    linked = False
    for item in items[position + 1 : position + 14]:
        if item.kind == "change" and item.word in ("to", "from"):
            linked = True
        elif item.kind == "amount":
            return item if linked else None
        elif item.kind not in _BETWEEN or (item.kind == "number" and not linked):
            return None
    return None


def _unit_behind(items: Sequence[Item], position: int) -> Item | None:
    """The unit of an earlier amount, for a number straight behind a word of change."""
    following = items[position + 1] if position + 1 < len(items) else None
    if following is not None and following.kind == "change" and is_one_of(following, "now"):
        return next((item for item in reversed(items[:position]) if item.kind == "amount"), None)
    before = position - 1
    while before >= 0 and items[before].kind == "filler":
        before -= 1
    if before < 0 or items[before].kind != "change" or items[before].word not in ("to", "by", "from"):
        return None
    return next((item for item in reversed(items[:before]) if item.kind == "amount"), None)


def _dose_like(items: Sequence[Item], position: int, *, opens: bool) -> bool:
    """A number that opens the instruction, or is followed by how often, is a strength."""
    following = items[position + 1] if position + 1 < len(items) else None
    value = items[position].value
    if value is None or not value.low:
        return False
    small = value.low < 2.5 and value.low in (0.5, 1, 1.5, 2)
    if following is not None and following.kind in ("frequency", "slots", "time_of_day", "multiplier"):
        return not (small and following.kind in ("multiplier", "slots"))
    return opens and not small and (value.low >= 5 or following is None or following.kind in _CLOSING)


_CLOSING = ("stop", "change", "filler", "close")


def is_one_of(change: Item, group: str) -> bool:
    tokens = tokenise_dose(change.unit)
    found = match_phrase(words("change", group), tokens, 0)
    return found is not None and found[1] == len(tokens)
