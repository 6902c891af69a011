"""The cues of `context.yaml` among the words of a sentence: words in, medspaCy's ConText modifiers out.

The rules, their scopes and how they end each other are ConText's own; the words are looked up in a tree, so that a
sentence costs its length and no Doc has to be made of it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from extraction.knowledge import cues
from extraction.language_library import ConTextModifier, ConTextRule, prune_overlapping_matches
from extraction.tokens import words_of
from kb.patterns import compiled

Word = frozenset[str]
"""The words that may stand at one place of a cue."""

_SET = compiled(r"(\{\w+\})")


class _Node:
    """What may follow the words so far, and the rules of the cues that end here.

    What follows is laid out when a letter first comes here: a cue of several sets stands for thousands of phrases.
    """

    __slots__ = ("_following", "_open", "rules")

    def __init__(self) -> None:
        self.rules: list[int] = []
        self._open: list[tuple[Sequence[Word], int]] = []
        self._following: dict[str, _Node] | None = None

    def add(self, rest: Sequence[Word], rule: int) -> None:
        """A rule whose cue goes on with the rest, or ends here."""
        if rest:
            self._open.append((rest, rule))
        else:
            self.rules.append(rule)

    @property
    def following(self) -> Mapping[str, _Node]:
        if self._following is None:
            following: dict[str, _Node] = {}
            for (allowed, *rest), rule in self._open:
                for word in allowed:
                    following.setdefault(word, _Node()).add(rest, rule)
            self._open = []
            self._following = following
        return self._following


class CueFinder:
    """Cues as a tree of words; one cue may mean several things, joined by bars in its rule's category."""

    def __init__(self, meanings: Sequence[str]) -> None:
        self.rules: list[ConTextRule] = []
        self._root = _Node()
        for phrase, category, direction in sorted(_cues(meanings), key=lambda cue: "{" not in cue[0]):
            self._root.add(_pattern(phrase), len(self.rules))
            self.rules.append(ConTextRule(phrase, category, direction=direction))

    def modifiers(self, words: Sequence[str]) -> list[ConTextModifier]:
        """The longest cues of a sentence of lower-case words in order, each with ConText's scope in it."""
        first = self._root.following
        matches = [
            (number, start, end)
            for start, word in enumerate(words)
            if word in first
            for number, end in self._beginning_at(words, start)
        ]
        return [
            _modifier(self.rules[number], start, end, len(words))
            for number, start, end in (prune_overlapping_matches(matches) if len(matches) > 1 else matches)
        ]

    def _beginning_at(self, words: Sequence[str], at: int) -> Iterator[tuple[int, int]]:
        """The rules of all cues that begin at a word, each with the word behind it."""
        node = self._root
        while at < len(words) and (following := node.following.get(words[at])) is not None:
            node = following
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
                if side == "answer" and phrase.split()[0] in content["answers_that_deny_on"]:
                    meanings[phrase.lower()].append(f"{meaning}.forward")  # "no personal history malignancy"
    for phrase, said in meanings.items():
        sides = {meaning.split(".")[1] for meaning in said}
        direction = "FORWARD" if sides == {"forward"} else "BIDIRECTIONAL" if "forward" in sides else "BACKWARD"
        yield phrase, "|".join(sorted(set(said))), direction


def _pattern(phrase: str) -> list[Word]:
    """The words of a cue; {set} stands for any word of that set."""
    found: list[Word] = []
    for piece in _SET.split(phrase):
        found += [_set(piece[1:-1])] if _SET.fullmatch(piece) else [frozenset({word}) for word in words_of(piece)]
    return found


@functools.cache
def _set(name: str) -> Word:
    return frozenset(cues("context")["sets"][name])
