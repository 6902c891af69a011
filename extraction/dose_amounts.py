"""The amounts of a dose instruction: tokens in, an Item of an amount, a count or a bare number out.

What looks like a result (mg/L, mg/g) or a body weight is no amount. Units are brought to mg, [iU] or mL.
"""

from __future__ import annotations

from collections.abc import Sequence

from extraction.dose_item import Item
from extraction.dose_words import Token, match_phrase, read_range, text_at, units, words
from extraction.knowledge import cues
from kb.facts import Interval


def amount(tokens: Sequence[Token], at: int) -> Item | None:
    """ "60 mg", "1 mg/kg/day", "10-15mg", "<7.5 mg", "750 mg/m2", "2 g/d"."""
    bound = {"<": "high", "≤": "high", "under": "high", ">": "low", "≥": "low", "over": "low"}.get(text_at(tokens, at))
    start = at + (bound is not None)
    start += text_at(tokens, start) == "=" and bound is not None
    if text_at(tokens, start) in ("a", "an"):
        return None
    read = read_range(tokens, start)
    if read is None:
        return None
    value, after = read
    after += text_at(tokens, after) == "-" and match_phrase(units(), tokens, after + 1) is not None
    million = text_at(tokens, after) in ("million", "mega")
    unit = match_phrase(units(), tokens, after + million)
    if unit is None:
        return _bare(tokens, at, after, value, bound)
    (name, factor), after = unit
    if name == "mg" and text_at(tokens, after) in ("-", "to") and value.low is not None:
        second = amount(tokens, after + 1)  # "10 mg to 15 mg", "10mg-15mg"
        if second and second.unit == name and second.value and (second.value.low or 0) > value.low * factor:
            low = value.low * factor
            return Item("amount", at, second.last, Interval(low, second.value.high), unit=name, per=second.per)
    per, after = _per(tokens, after)
    if "result" in per or name == "kg":
        return Item("word", at, after, word="result")
    value = value.scaled(factor * (1e6 if million else 1))
    return Item("amount", at, after, _bounded(value, bound), unit=name, per=per)


def _bounded(value: Interval, bound: str | None) -> Interval:
    if bound == "high":
        return Interval(0.0, value.high)
    return Interval(value.low, None) if bound == "low" else value


def _per(tokens: Sequence[Token], after: int) -> tuple[frozenset[str], int]:
    """What an amount is per: kg, m2, day, week, month, dose, min; "result" for a concentration."""
    per: set[str] = set()
    while True:
        slash = text_at(tokens, after) in ("/", "per", "•", ".", "p") or (bool(per) and text_at(tokens, after) == "-")
        step = after + slash
        step += slash and text_at(tokens, step) == "("
        word = text_at(tokens, step)
        found, length = _denominator(tokens, step)
        spaced = found == "kg" and text_at(tokens, step + 1) == "-"  # mg kg-1 d-1
        if found and (slash or spaced or (per and found == "day" and text_at(tokens, step + 1) == "-")):
            per.add(found)
            after = step + length
            if text_at(tokens, after) == "-" and text_at(tokens, after + 1) == "1":
                after += 2
            if text_at(tokens, after) == ")" and _opened(tokens, after):
                after += 1
            continue
        if slash and text_at(tokens, after) in ("/", "per") and word in cues("dosing")["denominators_of_results"]:
            per.add("result")
            after = step + 1
        return frozenset(per), after


def _opened(tokens: Sequence[Token], at: int) -> bool:
    """Whether the bracket that closes here was opened inside a unit: mg/(kg.d)."""
    for before in range(at - 1, max(0, at - 8), -1):
        if tokens[before].text == "(":
            return text_at(tokens, before - 1) in ("/", "per")
    return False


def _denominator(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    word, behind = text_at(tokens, at), text_at(tokens, at + 1)
    if word == "m" and behind in ("2", "²"):
        return "m2", 2
    if word == "m" and behind == "^" and text_at(tokens, at + 2) == "2":
        return "m2", 3
    if word in ("square", "sq"):
        dotted = behind == "."
        length = 2 + dotted if text_at(tokens, at + 1 + dotted) in _METRES else 0
        return ("m2", length + _of_surface(tokens, at + length)) if length else ("", 0)
    if word in ("sqm", "m²"):
        return "m2", 1
    if word == "24" and behind in ("h", "hr", "hrs", "hours"):
        return "day", 2
    for name in ("kg", "day", "week", "month", "dose", "min"):
        if word in _DENOMINATORS[name]:
            return name, 1
    return "", 0


def _of_surface(tokens: Sequence[Token], at: int) -> int:
    """How many tokens say of which surface: "of body surface area", "of body-surface area", "BSA"."""
    behind = 1 if text_at(tokens, at) == "of" else 0
    while text_at(tokens, at + behind) in ("body", "surface", "area", "bsa", "-") and behind < len(_SURFACE):
        behind += 1
    return behind if behind > 1 or text_at(tokens, at) == "bsa" else 0


_SURFACE = ("of", "body", "-", "surface", "-", "area")
_METRES = ("m", "metre", "metres", "meter", "meters", "mtr")
_DENOMINATORS = {
    "kg": ("kg", "kilogram", "kilo", "kgs"),
    "day": ("day", "d", "daily", "die", "24h", "diem"),
    "week": ("week", "wk", "weekly", "w"),
    "month": ("month", "mo"),
    "dose": ("dose", "pulse", "infusion", "tab", "tablet", "cap", "capsule"),
    "min": ("min", "minute"),
}


def _bare(tokens: Sequence[Token], at: int, after: int, value: Interval, bound: str | None) -> Item:
    """A number with a form behind it is a count; alone it is a number."""
    if text_at(tokens, after) in ("x", "×", "*"):
        behind = read_range(tokens, after + 1)
        if behind is not None and match_phrase(units(), tokens, behind[1]):
            return Item("count", at, after + 1, value, word="x")
    if text_at(tokens, after) in cues("dosing")["numerators_of_results"] and text_at(tokens, after + 1) in ("/", "per"):
        return Item("word", at, after + 1, word="result")
    step = after + (text_at(tokens, after) == "-")
    iv = text_at(tokens, step) in ("iv", "monthly", "weekly", "daily", "fortnightly", "further", "more")
    form = match_phrase(words("forms", "administrations"), tokens, step + iv)
    if form is not None:
        return Item("doses", at, form[1], value)
    form = match_phrase(words("forms", "counted"), tokens, step)
    if form is not None:
        return Item("count", at, form[1], value, word=tokens[step].text)
    if text_at(tokens, after) == "%":
        return Item("word", at, after + 1, word="strength")
    return Item("number", at, after, _bounded(value, bound))
