"""Word lists against text: a text and words of a cue file in, whether and where they stand out.

Words and phrases match whole and in any case; the patterns are made once.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence

from extraction.word_tree import first_letters, letters, word_tree
from kb.patterns import compiled

_NEXT_WORDS = compiled(r"[\s-]*([A-Za-z']+)(?:[\s-]+([A-Za-z']+))?")


@functools.cache
def pattern_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words, the longest first."""
    tree = word_tree(letters(word.lower()) for word in words)  # one branch for a word in any case
    return compiled(rf"(?<!\w){first_letters(words)}{tree}(?!\w)", re.IGNORECASE)


def holds(text: str, words: Sequence[str]) -> bool:
    """Whether one of the words stands in the text.

    >>> holds("no longer on dialysis", ["no longer", "off"]), holds("offer", ["off"])
    (True, False)
    """
    return pattern_of(tuple(words)).search(text) is not None


def value_of(text: str, values: Mapping[str, Sequence[str]]) -> str | None:
    """The value whose words stand in the text; where several do, the one of the longest match.

    >>> value_of("not well controlled", {"bad": ["not well controlled"], "good": ["controlled"]})
    'bad'
    """
    found = [
        (match.start() - match.end(), value)
        for value, words in values.items()
        for match in [pattern_of(tuple(words)).search(text)]
        if match is not None
    ]
    return min(found)[1] if found else None


def after_words(text: str, words: Sequence[str]) -> bool:
    """Whether the text begins, behind spaces or a hyphen and at most one other word, with one of the words."""
    match = pattern_of(tuple(words)).search(text)
    return match is not None and re.fullmatch(r"[\s-]*(?:[A-Za-z]+[\s-]+)?", text[: match.start()]) is not None


def names_a_thing_behind(text: str, end: int, things: Sequence[str], between: Sequence[str] = ()) -> bool:
    """Whether the name that ends at `end` goes on as the name of a thing: "lupus clinic", "transplant nurse".

    One word of `between` may stand before the thing.
    """
    match = _NEXT_WORDS.match(text, end)
    if match is None or "\n" in match.group():
        return False
    first, second = match[1].lower(), (match[2] or "").lower()
    return first in things or f"{first} {second}" in things or (second in things and first in between)
