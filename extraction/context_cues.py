"""The cues of `context.yaml` among the words of a sentence: words in, medspaCy's ConText modifiers out.

The rules, their scopes and how they end each other are ConText's own; the words are looked up in a tree, so that a
sentence costs its length and no Doc has to be made of it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from medspacy.common.util import prune_overlapping_matches
from medspacy.context import ConTextModifier, ConTextRule

from extraction.knowledge import cues
from extraction.tokens import words_of

Word = frozenset[str]
"""The words that may stand at one place of a cue."""

_SET = re.compile(r"(\{\w+\})")


@dataclass(slots=True)
class _Node:
    """What may follow the words so far, and the rules of the cues that end here."""

    following: dict[str, _Node] = field(default_factory=dict)
    rules: list[int] = field(default_factory=list)


class CueFinder:
    """Cues as a tree of words; one cue may mean several things, joined by bars in its rule's category."""

    def __init__(self, meanings: Sequence[str]) -> None:
        self.rules: list[ConTextRule] = []
        self._root = _Node()
        for phrase, category, direction in sorted(_cues(meanings), key=lambda cue: "{" not in cue[0]):
            nodes = [self._root]
            for allowed in _pattern(phrase):
                nodes = [node.following.setdefault(word, _Node()) for node in nodes for word in allowed]
            for node in nodes:
                node.rules.append(len(self.rules))
            self.rules.append(ConTextRule(phrase, category, direction=direction))

    def modifiers(self, words: Sequence[str]) -> list[ConTextModifier]:
        """The longest cues of a sentence of lower-case words in order, each with ConText's scope in it."""
        matches = [
            (number, start, end)
            for start, word in enumerate(words)
            if word in self._root.following
            for number, end in self._beginning_at(words, start)
        ]
        return [
            _modifier(self.rules[number], start, end, len(words))
            for number, start, end in (prune_overlapping_matches(matches) if len(matches) > 1 else matches)
        ]

    def _beginning_at(self, words: Sequence[str], at: int) -> Iterator[tuple[int, int]]:
        """The rules of all cues that begin at a word, each with the word behind it."""
        node = self._root
        while at < len(words) and words[at] in node.following:
            node = node.following[words[at]]
            at += 1
            for number in node.rules:
                yield number, at


def _modifier(rule: ConTextRule, start: int, end: int, length: int) -> ConTextModifier:
    scope = {"FORWARD": (end, length), "BACKWARD": (0, start)}.get(rule.direction, (0, length))
    return ConTextModifier(rule, start, end, None, scope_start=scope[0], scope_end=scope[1])


def _cues(says: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Phrase, category and direction, those without a meaning first: they win where a phrase is listed twice.

    A phrase that says several things on several sides is one cue.
    """
    content = cues("context")
    for key in ("pseudo", "terminate"):
        for phrase in content[key]:
            yield phrase.lower(), key, key.upper()
    meanings: dict[str, list[str]] = {}
    for meaning in says:
        for side, phrases in content[meaning].items():
            for phrase in phrases:
                meanings.setdefault(phrase.lower(), []).append(f"{meaning}.{side}")
    for phrase, said in meanings.items():
        sides = {meaning.split(".")[1] for meaning in said}
        direction = "FORWARD" if sides == {"forward"} else "BIDIRECTIONAL" if "forward" in sides else "BACKWARD"
        yield phrase, "|".join(sorted(said)), direction


def _pattern(phrase: str) -> list[Word]:
    """The words of a cue; {set} stands for any word of that set."""
    found: list[Word] = []
    for piece in _SET.split(phrase):
        found += [_set(piece[1:-1])] if _SET.fullmatch(piece) else [frozenset({word}) for word in words_of(piece)]
    return found


@functools.cache
def _set(name: str) -> Word:
    return frozenset(cues("context")["sets"][name])
