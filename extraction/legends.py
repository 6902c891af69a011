"""What a letter says that its own short results mean: "ND = not detected", "(NR: non-reactive)".

A normalised text in, the short words with the result words that explain them out.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from extraction.result_words import code_of, code_pattern
from kb.patterns import compiled

_SHORT = compiled(
    r"(?<![\w.])[\"'“‘]?(?P<short>[A-Za-z](?:\.?[A-Za-z]){1,3}\.?)[\"'”’]?\s?"
    r"(?:=|:|[–-](?=\s)|\b(?:denotes|means|meaning|stands for|signifies|is short for))\s*[\"'“‘]?"
)
_LEAST = 5  # letters of a word that explains another


@functools.lru_cache(maxsize=64)
def legend_of(normal: str) -> Mapping[str, str]:
    """The explained short words in small letters, each with its result word.

    >>> dict(legend_of("HIV ND, HBsAg ND (ND = not detected)"))
    {'nd': 'not detected'}
    """
    found: dict[str, str] = {}
    for match in _SHORT.finditer(normal):
        short = match["short"].lower()
        told = code_pattern().match(normal, match.end())
        if told is None or len(told.group()) < _LEAST or told.group()[0].lower() != short[0]:
            continue
        if _is_code(short) and _initials(told.group()) == short.replace(".", ""):
            found.setdefault(short, told.group())
    return found


def _initials(words: str) -> str:
    return "".join(word[0] for word in re.findall(r"[a-z]+", words.lower()))


def _is_code(word: str) -> bool:
    match = code_pattern().fullmatch(word)
    return match is not None and bool(code_of(word))
