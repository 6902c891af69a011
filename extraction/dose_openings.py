"""Which productions a token can begin: a word in, the names of those worth trying out.

Most words of a letter begin none, so that reading a dose costs little more than looking up its words.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from extraction.dose_item import ItemKind
from extraction.dose_words import FRACTIONS, Phrases, by_group, frequencies, number_words, periods, units, words

PUNCTUATION: dict[str, ItemKind] = {
    "(": "open",
    "[": "open",
    ")": "close",
    "]": "close",
    "and": "join",
    "+": "join",
    "plus": "join",
    "&": "join",
    "alternating": "join",
    ";": "stop",
    ".": "stop",
}

_BEGIN_WITH_DIGITS = frozenset({"slots", "duration", "frequency", "time_of_day", "amount"})


@functools.cache
def _openings() -> dict[str, frozenset[str]]:
    counted = (*number_words(), *FRACTIONS, "half", "a")
    listed: dict[str, Iterable[str]] = {
        "slots": counted,
        "denied": words("denied"),
        "maximum": words("maximum"),
        "to_be_taken": words("to_be_taken"),
        "change": ("-", *by_group("change")),
        "prn": words("prn"),
        "stat": words("stat"),
        "divided": words("divided"),
        "total": words("total"),
        "pulse": words("pulse"),
        "weekdays": ("on", "every", "each", *words("weekdays")),
        "duration": (*words("for_words"), *by_group("bounds"), *counted, "days", "day", "d"),
        "named_days": ("on", "days", "day", "d", "weeks", "week"),
        "multiplier": ("x", "×", "*"),
        "frequency": (*words("every"), *frequencies(), *counted, "once", "twice", "thrice", "/", "per"),
        "time_of_day": ("at", *words("times_of_day"), *words("with_meals")),
        "amount": ("<", "≤", "under", ">", "≥", "over", *counted),
        "route": by_group("routes"),
        "punctuation": PUNCTUATION,
        "form": words("forms", "counted"),
        "filler": words("filler"),
    }
    return {name: frozenset(openers) for name, openers in listed.items()}


@functools.cache
def units_alone() -> frozenset[str]:
    """The units behind a number that is the amount of nothing else: no hours, no days, no number of times."""
    listed = ("hours", "hourly", "times_word", "clock", "times_of_day", "with_meals", "every", "for_words")
    others: tuple[Phrases, ...] = (periods(), frequencies(), by_group("bounds"), *map(words, listed))
    behind = {form[1] for index in others for forms in index.values() for form, _ in forms if len(form) > 1}
    return frozenset(units()) - frozenset().union(*others) - behind


def can_begin(name: str, word: str, *, digits: bool, before_unit: bool = False) -> bool:
    """Whether the named production may begin with the word; `before_unit`: one of `units_alone` stands behind it."""
    if digits and name in _BEGIN_WITH_DIGITS:
        return name == "amount" or not before_unit
    return word in _openings()[name]
