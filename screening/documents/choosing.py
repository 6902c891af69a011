"""Which of the signs nearly read a line has: its signs in, the text of its words and what else they may be out.

What fits its neighbours is likelier: a digit among digits, the letter of a known word, a comma before a small letter.
Kept beside the text is what would change its meaning: another digit, sign of a number, or short word.
"""

from __future__ import annotations

import dataclasses
import re
import string
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from screening.documents.known_words import known_words
from screening.documents.recognition import Sign

_AROUND = ".,;:()[]'\"·*"  # what stands around a word and is no part of it
_KEPT = 3  # other readings of a word
_SHORT = 4  # letters of a word that one other letter may make another: "not" and "now"
_SEPARATORS = "./:,"
_IN_NUMBERS = string.digits + "+-<>≤≥±%"
_LIKE_CAPITAL_I = "lí1ļł|!"
_STROKES = "lIi"  # no word is another by these
_GREEK = "µμαβγδ"  # in units and names
_AS_DIGITS = str.maketrans("OoQDlI|!SsZzB", "0000111155228")
_DATE = re.compile(r"(\(?[0-3]?\d)([./:·-])([01]?\d)([./:·-])((?:20)?\d\d)(?!\d)")
# how likely a comma must be for a full stop to be one. Of full stops read before a word in lower case on faxes made for
# measuring, 62 of 67 were commas; before a number or a word in capitals, such as the next test, one in two.
_COMMA_BEFORE_LOWER, _COMMA_BEFORE_OTHER = 0.01, 0.1


@dataclass(frozen=True, slots=True)
class WordRead:
    """The text of a word, how surely the least sure of its signs was read, and what it may be instead."""

    text: str
    confidence: float
    others: tuple[str, ...]


def read_words(words: Sequence[Sequence[Sign]]) -> list[WordRead]:
    """The words of a line, each as `read_word`, with its commas."""
    following = [*("".join(sign.text for sign in word) for word in words[1:]), ""]
    return [read_word(_with_comma(word, after)) for word, after in zip(words, following, strict=True)]


def _with_comma(signs: Sequence[Sign], after: str) -> Sequence[Sign]:
    """A word with a comma at its end, where that was nearly read and what follows begins no sentence."""
    if not after or signs[-1].text != ".":
        return signs
    begins_sentence = after[:1].isupper() and (after[1:2].islower() or after[1:2] == "")
    likely = dict(signs[-1].others).get(",", 0.0)
    if likely >= _COMMA_BEFORE_LOWER if after[0].islower() else likely >= _COMMA_BEFORE_OTHER and not begins_sentence:
        return [*signs[:-1], _instead(signs[-1], ",")]
    return signs


def read_word(signs: Sequence[Sign]) -> WordRead:
    """The likeliest reading of a word's signs, and the others that mean something else, the likeliest first.

    >>> read_word([Sign("S", 0.1, 0.5, others=(("5", 0.4),)), Sign("8", 0.5, 0.9), Sign("%", 0.9, 0.9)]).text
    '58%'
    >>> read_word([Sign("9", 0.2, 0.99), Sign("2", 0.8, 0.6, others=(("7", 0.3),))]).others
    ('97',)
    >>> read_word([Sign(char, 0, 0.9, others=(("l", 0.1),)) for char in "normai"]).text
    'normal'
    """
    chosen = _of_known_word(_with_slashes([_fitting(at, signs) for at in range(len(signs))]))
    text = "".join(sign.text for sign in chosen)
    bare = text.strip(_AROUND)
    first = text.find(bare)
    core = range(first, first + len(bare)) if bare else range(len(text))
    found = [
        (likely, text[:at] + other + text[at + 1 :])
        for at in core
        for other, likely in chosen[at].others
        if len(other) == 1 and _matters(bare, text[at], other)
    ]
    others = tuple(other for _, other in sorted(found, reverse=True)[:_KEPT])
    counted = [chosen[at].confidence for at in core if text[at] not in _SEPARATORS] or [
        chosen[at].confidence for at in core
    ]
    return WordRead(text, min(counted), others)


# --- what fits --------------------------------------------------------------------------------------------------------


def _fitting(at: int, signs: Sequence[Sign]) -> Sign:
    """The sign, or what it was nearly read as where that fits its neighbours and it does not."""
    sign = signs[at]
    beside = [signs[near].text for near in (at - 1, at + 1) if 0 <= near < len(signs)]
    if sign.text in _LIKE_CAPITAL_I and _among_capitals(at, signs):
        return _instead(sign, "I")
    if any(char.isdigit() for char in beside) and not any(char.isalpha() for char in beside):
        return _instead(sign, sign.text.translate(_AS_DIGITS))
    return sign


def _among_capitals(at: int, signs: Sequence[Sign]) -> bool:
    letters = [sign.text for other, sign in enumerate(signs) if other != at and sign.text.isalpha()]
    return len(letters) > 1 and all(letter.isupper() for letter in letters)


def _instead(sign: Sign, text: str) -> Sign:
    """The sign with another text that it was nearly read as; itself where it was not."""
    likely = dict(sign.others).get(text)
    if likely is None or text == sign.text:
        return sign
    others = tuple(one for one in sign.others if one[0] != text)
    return dataclasses.replace(sign, text=text, confidence=sign.confidence + likely, others=others)


def _with_slashes(signs: list[Sign]) -> list[Sign]:
    """A date whose two signs were read as two different ones has slashes: "22:9.25"."""
    found = _DATE.match("".join(sign.text for sign in signs))
    if found is None or found[2] == found[4]:
        return signs
    for place in (found.start(2), found.start(4)):
        signs[place] = dataclasses.replace(signs[place], text="/")
    return signs


def _of_known_word(signs: list[Sign]) -> list[Sign]:
    """The signs of a known word, where what was read is none and one or two signs that were nearly read make it one."""
    word = "".join(sign.text for sign in signs).strip(_AROUND)
    if _is_known(word):
        return signs
    signs = [_in_latin(sign) for sign in signs]
    if len(word) <= _SHORT or not all(char.isalpha() or char == "-" for char in word):
        return signs
    for other in _readings(signs):
        if _is_known("".join(sign.text for sign in other).strip(_AROUND)):
            return other
    return [_instead(sign, _plain(sign.text)) for sign in signs]


def _in_latin(sign: Sign) -> Sign:
    """A plain letter for one with a mark, where it was nearly read: no English word has that, but names have."""
    if not sign.text.isalpha() or sign.text.isascii() or sign.text in _GREEK:
        return sign
    return _instead(sign, next((other for other, _ in sign.others if other.isascii() and other.isalpha()), ""))


def _is_known(word: str) -> bool:
    return all(part in known_words() or len(part) < 3 for part in word.lower().split("-"))


def _readings(signs: list[Sign]) -> Iterator[list[Sign]]:
    """The signs with one of them otherwise, then without accents, then with two of them otherwise."""
    changes = [
        (likely, at, other)
        for at, sign in enumerate(signs)
        for other, likely in sign.others
        if other.isalpha() and sign.text.isalpha()
    ]
    changes.sort(reverse=True)
    for _, at, other in changes:
        yield [_instead(sign, other) if at == place else sign for place, sign in enumerate(signs)]
    yield [dataclasses.replace(sign, text=_plain(sign.text)) for sign in signs]
    for number, (_, at, one) in enumerate(changes):
        for _, to, two in changes[number + 1 :]:
            if at != to:
                yield [
                    _instead(sign, one) if place == at else _instead(sign, two) if place == to else sign
                    for place, sign in enumerate(signs)
                ]


def _plain(letter: str) -> str:
    """A letter without its accent."""
    return unicodedata.normalize("NFD", letter)[0]


# --- what else --------------------------------------------------------------------------------------------------------


def _matters(word: str, sign: str, other: str) -> bool:
    """Whether the word with another sign there would mean something else, and be a word or a number at all."""
    if any(char.isdigit() for char in word) or not any(char.isalnum() for char in word):
        return (sign in _IN_NUMBERS and other in _IN_NUMBERS + _SEPARATORS) or (
            sign in _SEPARATORS and other in _IN_NUMBERS
        )
    short = sum(map(str.isalpha, word)) <= _SHORT and not (sign in _STROKES and other in _STROKES)
    return short and other.isascii() and other.isalpha() and other.lower() != sign.lower()
