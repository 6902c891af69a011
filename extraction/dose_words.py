"""The words of a dose instruction: a string in, tokens out, with the phrases of `dosing.yaml` found among them.

A token is a number, a word (a dotted abbreviation such as "b.i.d." is one word, "bid"), an arrow or one character.
Phrases are matched token by token, the longest first, so that spelling and spacing do not matter.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from extraction.knowledge import cues
from kb.facts import Interval
from kb.patterns import compiled

_TOKEN = compiled(
    r"(?P<dotted>[A-Za-z](?:\.[A-Za-z])+\b\.?)"
    r"|(?P<thousands>\d{1,3}(?:,\d{3})+(?![\d.,]\d))"
    r"|(?P<number>\d+(?:[.,]\d+)?)"
    r"|(?P<fraction>[½¼¾])"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<arrow>-{1,2}>|=+>|>>|[→➔⟶])"
    r"|(?P<other>\S)"
)
_PLAIN = compiled(r"[a-z]+(?: [a-z]+)*")
FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_OF_PARTS = frozenset({*FRACTIONS, "1", "3", "a", "half"})  # what `_part_of_one` begins with
_LONG_WORD = 6
_TENS = frozenset(range(20, 100, 10))
_REAL_WORDS = ("moths", "nigh", "thing")  # not slips
_DASHES = ("-", "–", "—", "−")


class Token(NamedTuple):
    """One token in lower case; `number` is its value where it is written in digits."""

    text: str
    start: int
    end: int
    number: float | None = None


@functools.lru_cache(maxsize=512)  # the stretches around one drug are asked about many times over
def tokenise_dose(text: str) -> tuple[Token, ...]:
    """The tokens of an instruction with their offsets.

    >>> [token.text for token in tokenise_dose("500mg b.d. 60→40")]
    ['500', 'mg', 'bd', '60', '→', '40']
    """
    return tuple(map(_token, _TOKEN.finditer(text)))


def _token(match: re.Match[str]) -> Token:
    written = match.group().lower()
    start, end = match.span()
    match match.lastgroup:
        case "word" if written.isascii():
            return Token(_slips().get(written, written), start, end)
        case "number":
            return Token(written, start, end, float(written.replace(",", ".")))
        case "dotted":
            return Token(written.replace(".", ""), start, end)
        case "thousands":
            return Token(written, start, end, float(written.replace(",", "")))
        case "fraction":
            return Token(written, start, end, FRACTIONS[written])
        case "arrow":
            return Token("→", start, end)
    return Token("-" if written in _DASHES else written.replace("µ", "u").replace("μ", "u"), start, end)


@functools.cache
def _slips() -> dict[str, str]:
    """What a slip of the pen makes of the words of doses: two letters swapped, or one inside a long word left out."""
    meant = [str(word) for word in cues("dosing")["spelt_wrongly"]]
    slips: dict[str, str] = {}
    for word in meant:
        swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
        shorter = (word[:at] + word[at + 1 :] for at in range(1, len(word) - 1) if len(word) >= _LONG_WORD)
        for slip in (*swapped, *shorter):
            slips.setdefault(slip, word)
    return {slip: word for slip, word in slips.items() if slip not in meant and slip not in _REAL_WORDS}


Phrases = dict[str, list[tuple[tuple[str, ...], Any]]]


def phrases(entries: Iterator[tuple[str, Any]]) -> Phrases:
    """Phrases with what they mean, by first token, the longest first; a hyphen may be left out."""
    index: Phrases = {}
    slips = _slips()
    for written, meaning in entries:
        if _PLAIN.fullmatch(written):  # as most are: a word is a token
            words = tuple(slips.get(word, word) for word in written.split(" "))
        else:
            words = tuple(token.text for token in tokenise_dose(written))
        for form in {words, tuple(word for word in words if word != "-")}:
            if form:
                index.setdefault(form[0], []).append((form, meaning))
    for forms in index.values():
        forms.sort(key=lambda entry: -len(entry[0]))
    return index


def match_phrase(index: Phrases, tokens: Sequence[Token], at: int) -> tuple[Any, int] | None:
    """The meaning of the longest phrase that begins at a token, and the token behind it."""
    if at >= len(tokens):
        return None
    forms = index.get(tokens[at].text)
    if forms is None:
        return None
    for form, meaning in forms:
        end = at + len(form)
        if len(form) == 1 or (end <= len(tokens) and all(map(_is, form, tokens[at:end]))):
            return meaning, end
    return None


def signs_of(index: Phrases) -> tuple[str, ...]:
    """Small letters of which a text holds some wherever it holds a phrase: the longest word of each, and its slips."""
    words = {max(form, key=len) for forms in index.values() for form, _ in forms}
    signs = words | {slip for slip, word in _slips().items() if word in words}
    return tuple(sorted(sign for sign in signs if not any(other in sign for other in signs - {sign})))


def holds_one(signs: Sequence[str], text: str) -> bool:
    """Whether a text holds one of the signs; the full stops of an abbreviation do not count."""
    plain = text.lower().replace(".", "")
    return any(sign in plain for sign in signs)


def may_open(index: Phrases, text: str, among: int = 1) -> bool:
    """Whether one of the first tokens of a text begins a phrase.

    >>> may_open(phrases(iter([("blood level", 1)])), "blood levels were low")
    True
    """
    return any(_token(match).text in index for match in islice(_TOKEN.finditer(text), among))


def _is(word: str, token: Token) -> bool:
    return token.text == word


@functools.cache
def words(*path: str) -> Phrases:
    """The list of phrases under a key of `dosing.yaml`; each means itself."""
    entry: Any = cues("dosing")
    for key in path:
        entry = entry[key]
    return phrases((written, written) for written in entry)


@functools.cache
def number_words() -> dict[str, float]:
    return {word: float(value) for word, value in cues("dosing")["numbers"].items()}


@functools.cache
def units() -> Phrases:
    """A unit's spelling to (base unit, factor)."""
    return phrases(
        (word, (entry["unit"], float(entry["factor"]))) for entry in cues("dosing")["units"] for word in entry["words"]
    )


def holds_unit(tokens: Sequence[Token]) -> bool:
    """Whether the word of a unit is among the tokens, as it is in every amount."""
    return any(token.text in units() for token in tokens)


@functools.cache
def periods() -> Phrases:
    """A stretch of time to the least and the most days in it."""
    return phrases(
        (word, (float(entry["days"][0]), float(entry["days"][1])))
        for entry in cues("dosing")["periods"]
        for word in entry["words"]
    )


@functools.cache
def frequencies() -> Phrases:
    """A frequency to (times, days)."""
    return phrases(
        (word, (float(entry["times"]), float(entry["days"])))
        for entry in cues("dosing")["frequencies"]
        for word in entry["words"]
    )


@functools.cache
def by_group(key: str) -> Phrases:
    """The phrases of a mapping of lists; each means the name of its list, the first list that has it
    (`now` and `forward` only tell more of phrases that are in other lists)."""
    seen: dict[str, str] = {}
    for group, listed in cues("dosing")[key].items():
        if isinstance(listed, list) and group not in ("now", "forward"):
            for written in listed:
                seen.setdefault(written, group)
    return phrases(iter(seen.items()))


def text_at(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def read_number(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    """A number in digits, in words, or as a fraction ("1/2", "one and a half", "1 1/2").

    >>> read_number(tokenise_dose("one and a half tablets"), 0)
    (1.5, 4)
    >>> read_number(tokenise_dose("two hundred and sixty-five mg"), 0)
    (265.0, 6)
    """
    first = _simple_number(tokens, at)
    if first is None:
        return None
    value, at = first
    if tokens[at - 1].number is None:
        again = _simple_number(tokens, at)
        if again is not None and again[0] == value:
            at = again[1]  # "one 1 tablet", "half 1/2 tablet"
    if value >= 10 or value != int(value):
        return value, at
    more = _part_of_one(tokens, at + 1 if text_at(tokens, at) == "and" else at)
    return (value + more[0], more[1]) if more else (value, at)


def _simple_number(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    if at >= len(tokens):
        return None
    token = tokens[at]
    part = _part_of_one(tokens, at) if token.text in _OF_PARTS else None
    if part is not None:
        return part
    if token.number is not None:
        return token.number, at + 1
    value = number_words().get(token.text)
    if value is None:
        return None
    return _compound(tokens, at, value)


def _compound(tokens: Sequence[Token], at: int, value: float) -> tuple[float, int]:
    """ "Sixty-five", "two hundred and fifty": what the words behind a number's first make of it."""
    at += 1
    if value < 10 and text_at(tokens, at) == "hundred":
        value, at = value * 100, at + 1
        more = at + 1 if text_at(tokens, at) == "and" else at
        rest = number_words().get(text_at(tokens, more), 100)
        if not 1 < rest < 100:
            return value, at
        small, at = _compound(tokens, more, rest)
        return value + small, at
    unit = at + 1 if text_at(tokens, at) == "-" else at
    rest = number_words().get(text_at(tokens, unit), 0)
    if value in _TENS and 1 <= rest < 10 and len(text_at(tokens, unit)) > 2:
        return value + rest, unit + 1
    return value, at


def _part_of_one(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    """ "½", "1/2", "half a", "a half"."""
    word = text_at(tokens, at)
    if word not in _OF_PARTS:
        return None
    if word in FRACTIONS:
        return FRACTIONS[word], at + 1
    slash, below = text_at(tokens, at + 1), text_at(tokens, at + 2)
    if word in ("1", "3") and slash == "/" and below in ("2", "4") and text_at(tokens, at + 3) != "/":
        return float(word) / float(below), _past_article(tokens, at + 3)
    if word == "a" and text_at(tokens, at + 1) == "half":
        return 0.5, at + 2
    if word == "half":
        return 0.5, at + 2 if text_at(tokens, at + 1) in ("a", "an") else at + 1
    return None


def _past_article(tokens: Sequence[Token], at: int) -> int:
    """ "1/2 a tablet", but "1/2 a day"."""
    of = at + 1 if text_at(tokens, at) == "of" else at
    article = text_at(tokens, of) in ("a", "an")
    return of + 1 if article and match_phrase(words("forms", "counted"), tokens, of + 1) else at


def read_range(tokens: Sequence[Token], at: int) -> tuple[Interval, int] | None:
    """A number or a range of two that rise ("10-15", "1 to 2", "one or two").

    >>> read_range(tokenise_dose("10-15 mg"), 0)
    (Interval(low=10.0, high=15.0, low_open=False, high_open=False), 3)
    """
    first = read_number(tokens, at)
    if first is None:
        return None
    low, after = first
    between = text_at(tokens, at - 1) == "between" and text_at(tokens, after) == "and"
    if between or text_at(tokens, after) in ("-", "to", "or", "~"):
        second = read_number(tokens, after + 1)
        if second is not None and second[0] > low and text_at(tokens, second[1]) != "-":
            return Interval(low, second[0]), second[1]
    return Interval.exactly(low), after
