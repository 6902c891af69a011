"""A sentence as cues see it: its text and tokens in, its words, the tokens of its mentions and its dashes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Clause:
    """The words of a sentence in lower case, with the tokens of its mentions and its dashes between words."""

    words: tuple[str, ...]
    mentions: tuple[tuple[int, int, str], ...]
    dashes: frozenset[int]
    inside: frozenset[int] = field(default=frozenset())

    @classmethod
    def of(
        cls,
        text: str,
        spans: Sequence[tuple[int, int]],
        words: Sequence[str],
        mentions: Sequence[tuple[int, int, str]],
    ) -> Clause:
        """`spans` are those of the words in the text."""
        dashes = frozenset(i for i, word in enumerate(words) if word == "-" and _stands_free(text, *spans[i]))
        inside = frozenset(i for start, end, _ in mentions for i in range(start, end))
        return cls(tuple(words), tuple(mentions), dashes, inside)

    def mention_between(self, start: int, end: int, *kinds: str) -> bool:
        return any(start <= at and stop <= end and (not kinds or kind in kinds) for at, stop, kind in self.mentions)


def _stands_free(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start].isspace() or text[end : end + 1].isspace()
