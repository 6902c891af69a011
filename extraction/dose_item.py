"""One part of a dose instruction: what the productions give and the parser takes.

Kept apart so that each file of productions can use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kb.facts import Interval

ItemKind = Literal[
    "amount",  # value, unit, per
    "number",  # value without a unit
    "count",  # value tablets; value None for the bare word "tablet"
    "doses",  # value administrations
    "slots",  # 1-0-1: value is their sum, `times` how many are not zero
    "frequency",  # times in days
    "time_of_day",  # one each
    "weekdays",  # value days a week
    "duration",  # value days
    "multiplier",  # "x 2"
    "change",  # word: to, by, from, off
    "route",  # word
    "pulse",
    "prn",
    "stat",
    "divided",
    "total",
    "join",  # and, plus
    "stop",  # full stop or semicolon
    "open",
    "close",
    "filler",
    "word",
]


@dataclass(frozen=True, slots=True)
class Item:
    kind: ItemKind
    first: int  # token
    last: int  # token behind the item
    value: Interval | None = None
    unit: str = ""
    per: frozenset[str] = frozenset()
    times: float = 0.0
    days: float = 0.0
    word: str = ""
