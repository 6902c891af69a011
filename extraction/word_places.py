"""Where the words of a text stand: a text in, each word with its places out, made once for all who ask.

Long expressions are then tried only at the words that they can begin with, and not at all where these are missing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from extraction.scanning import matches_at
from kb.patterns import compiled

_WORD = compiled(r"[^\W\d_]+")


@functools.lru_cache(maxsize=64)
def word_places(text: str) -> Mapping[str, list[int]]:
    """The runs of letters in lower case, with the offsets where they begin.

    >>> word_places("Now 3mg now, F34")
    {'now': [0, 8], 'mg': [5], 'f': [13]}
    """
    return _places_in_line(text.replace("\n", " "))


@functools.lru_cache(maxsize=64)  # the same text with its wrapped lines joined has its words in the same places
def _places_in_line(text: str) -> Mapping[str, list[int]]:
    small = text.lower()
    if len(small) != len(text):  # a capital that is more than one small letter
        small = "".join([letter.lower()[0] for letter in text])
    places: dict[str, list[int]] = {}
    for match in _WORD.finditer(small):
        places.setdefault(match.group(), []).append(match.start())
    return places


def has_word(text: str, words: Collection[str]) -> bool:
    """Whether one of the words, in lower case, stands in the text.

    >>> has_word("Her boy had it", {"boy", "girl"}), has_word("Her boyfriend", {"boy", "girl"})
    (True, False)
    """
    return not word_places(text).keys().isdisjoint(words)


def first_words(names: Iterable[str]) -> frozenset[str]:
    """The words that the names begin with, as `word_places` has them.

    >>> sorted(first_words(["Anti-HBc", "T. Bil"]))
    ['anti', 't']
    """
    return frozenset(match.group().lower() for name in names if (match := _WORD.match(name)))


def matches_of_words(words: Iterable[str], pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches that `pattern.finditer` gives, each of which begins with one of the words, in lower case.

    >>> boy = re.compile(r"(?<!\\w)(?:little )?boy", re.IGNORECASE)
    >>> [match.group() for match in matches_of_words(("little", "boy"), boy, "Boy: my little boy")]
    ['Boy', 'little boy']
    """
    places = word_places(text)
    found = sorted(place for word in words if word in places for place in places[word])
    return matches_at(found, pattern, text)
