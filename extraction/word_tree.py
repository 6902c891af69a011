"""Lists of words as one expression: words in, a pattern that shares their beginnings out.

Among hundreds of words the engine then tries a handful of letters at a place instead of every word. The longest word at
a place still wins.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Tree = dict[str, Any]


def word_tree(words: Iterable[Sequence[str]]) -> str:
    """The pattern of words that are given as sequences of small patterns, such as letters.

    >>> word_tree(["low", "lower", "high"])
    '(?:high|low(?:er|))'
    """
    root: Tree = {}
    for word in words:
        node = root
        for part in word:
            node = node.setdefault(part, {})
        node[""] = {}
    return _pattern(root)


def _pattern(node: Mapping[str, Tree]) -> str:
    """A word that ends here, or before a look ahead, comes last, so that longer ones are tried before it."""
    shared = ""
    while len(node) == 1:
        ((part, node),) = node.items()
        shared += part
    if not node:
        return shared
    parts = sorted(node, key=lambda part: (part == "", part.startswith("(?"), part))
    return f"{shared}(?:{'|'.join([part + _pattern(node[part]) for part in parts])})"


def letters(word: str, *, space: str = " ") -> list[str]:
    """The small patterns of a word's characters; `space` stands for each of its spaces."""
    return [space if character == " " else _escaped(character) for character in word]


_escaped = functools.cache(re.escape)


def first_letters(words: Iterable[str]) -> str:
    """A look ahead at the characters that the words begin with, in either case."""
    firsts = sorted({case for word in words for case in (word[0].lower(), word[0].upper()) if len(case) == 1})
    return f"(?=[{''.join(map(re.escape, firsts))}])"
