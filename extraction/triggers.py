"""Which patterns of a cue file a stretch of text can match at all: patterns in, an index from the text's words out.

A pattern needs one word of each of its groups. Words are held by their beginnings, so the answer may be a pattern
too many, but never one too few; most sentences leave none, and the expressions themselves need not be tried.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from kb.patterns import compiled

PIECE = compiled(r"\.\.\.|\(|\)|\[|\]|\||\*|[^\s()\[\]|*]+|\s+")
_WORD = compiled(r"\w+")
_MOST_WORDS = 10_000  # that are remembered
_BEHIND_ALL = chr(0x10FFFF)  # behind every letter
_STEM = 6  # characters of a word that are compared
_FEW = 2  # characters with which too many words begin
_COMMON = frozenset(  # stems that many sentences hold
    "all. also. an. and. any. are. as. at. be. been. but. by. can. did. do. does. for. from. had. has. have. her. him. "
    "his. if. in. into. is. it. may. mg. my. no. not. of. on. or. our. out. over. she. so. some that. the. then. they. "
    "this. to. two. up. was. we. well. were. when. which. will. with. would. year. years. you. your. "
    "contin diseas histor lupus. month months now. patien presen sle. therap treatm".split()
)

Group = frozenset[str]
"""The stems of a group's alternatives, one of which the text must hold."""
Needing = tuple[tuple[int, tuple[Group, ...]], ...]
"""The numbers of patterns, each with the groups that it needs besides the word that it waits for."""


class Triggers:
    """Patterns by the stems that they need; each pattern stands for a number of the caller's."""

    def __init__(self, patterns: Iterable[tuple[str, int]]) -> None:
        self._always: list[int] = []
        self._by_word: dict[str, tuple[Needing, frozenset[str]]] = {}
        self._by_stem: dict[str, list[tuple[int, tuple[Group, ...]]]] = {}
        asked: set[str] = set()
        for pattern, number in patterns:
            groups = needed(pattern)
            if not groups:
                self._always.append(number)
                continue
            rarest, *others = sorted(groups, key=_rarity, reverse=True)
            for stem in rarest:
                self._by_stem.setdefault(stem, []).append((number, tuple(others)))
            asked.update(*others)
        self._asked = frozenset(asked)

    def candidates(self, texts: Sequence[str]) -> list[set[int]]:
        """For each of the sentences of a letter the numbers of the patterns that it could match.

        What the whole letter cannot match is left out first, which is most.
        """
        words_of = _words_of(tuple(texts))
        waiting = self._waiting(frozenset[str]().union(*words_of))
        found = []
        for own in words_of:
            numbers = set(self._always)
            for word in own & waiting.keys():
                numbers.update(number for number, others in waiting[word] if not any(map(own.isdisjoint, others)))
            found.append(numbers)
        return found

    def _waiting(self, words: frozenset[str]) -> dict[str, list[tuple[int, list[frozenset[str]]]]]:
        """By a word of the letter the patterns that it may open, each with the letter's words that meet its groups."""
        known = [(word, *self._known(word)) for word in words]
        stems = frozenset[str]().union(*(own for _, _, own in known if own))
        in_order = sorted(words)
        meeting: dict[Group, frozenset[str]] = {}
        found: dict[str, list[tuple[int, list[frozenset[str]]]]] = {}
        for word, needing, _ in known:
            for number, groups in needing:
                if any(map(stems.isdisjoint, groups)):
                    continue
                for group in groups:
                    if group not in meeting:
                        meeting[group] = _words_with(group & stems, in_order)
                found.setdefault(word, []).append((number, [meeting[group] for group in groups]))
        return found

    def _known(self, word: str) -> tuple[Needing, frozenset[str]]:
        """The patterns that wait for this word, and those of its stems that meet a group of any; most have none."""
        known = self._by_word.get(word)
        if known is None:
            stems = _stems_of(word)
            needing = tuple(entry for stem in stems for entry in self._by_stem.get(stem, ()))
            known = needing, stems & self._asked
            if len(self._by_word) < _MOST_WORDS:
                self._by_word[word] = known
        return known


@functools.lru_cache(maxsize=2)  # several cue files are held against the sentences of the same letter
def _words_of(texts: tuple[str, ...]) -> list[frozenset[str]]:
    return [frozenset(_WORD.findall(text.lower())) for text in texts]


def _words_with(stems: Iterable[str], words: Sequence[str]) -> frozenset[str]:
    """Those of the words, which are in their order, that have one of the stems.

    >>> sorted(_words_with({"tri", "so."}, ["so", "some", "trial", "trip"]))
    ['so', 'trial', 'trip']
    """
    found: set[str] = set()
    for stem in stems:
        if stem.endswith("."):
            found.add(stem[:-1])
        else:
            found.update(words[bisect_left(words, stem) : bisect_left(words, stem + _BEHIND_ALL)])
    return frozenset(found)


def _rarity(group: Group) -> tuple[int, int]:
    """Greater for a group that fewer sentences meet: by its common stems, then by its shortest one."""
    common = [stem for stem in group if stem in _COMMON or len(stem) <= _FEW]
    return -len(common), min(map(len, group))


def _stems_of(word: str) -> frozenset[str]:
    """Its beginnings, and a short word also as a whole (marked by a full stop)."""
    return frozenset(
        {word[:length] for length in range(1, _STEM + 1)} | ({f"{word}."} if len(word) <= _STEM else set())
    )


def needed(pattern: str) -> tuple[Group, ...]:
    """The groups of which a text must hold one stem each; none where the pattern's words cannot tell.

    >>> [sorted(group) for group in needed("(keen|eager to) [fully] join* ... (the|trial)")]
    [['eager.', 'keen.'], ['join'], ['the.', 'trial.']]
    """
    pieces = PIECE.findall(pattern.strip())
    alternatives, _ = _alternatives(pieces, 0)
    if len(alternatives) == 1:
        return tuple(alternatives[0])
    joined = _one_of(alternatives)
    return (joined,) if joined else ()


def _alternatives(pieces: Sequence[str], at: int) -> tuple[list[list[Group]], int]:
    """What each alternative needs up to the bracket that closes, and the piece behind that."""
    found: list[list[Group]] = [[]]
    opens = True  # whether what comes next begins a word of the text
    while at < len(pieces):
        piece = pieces[at]
        at += 1
        if piece in ")]":
            break
        if piece == "|":
            found.append([])
            opens = True
        elif piece == "(":
            inner, at = _alternatives(pieces, at)
            if joined := _one_of(inner):
                found[-1].append(joined)
            opens = True
        elif piece == "[":
            _, at = _alternatives(pieces, at)
        elif piece == "..." or piece.isspace():
            slot = pieces[at : at + 1] == ["["] or pieces[at - 2] == "]"  # there the space may be missing
            opens = opens or piece == "..." or not slot
        elif piece == "*":
            opens = False
        else:
            stem = _stem(piece, whole=pieces[at : at + 1] not in (["*"], ["["]) and pieces[at + 1 : at + 2] != ["["])
            if stem and (opens or not piece[0].isalnum()):
                found[-1].append(frozenset({stem}))
            opens = False
    return found, at


def _one_of(alternatives: Iterable[list[Group]]) -> Group:
    """The stems of which one is needed, whichever alternative it is; empty where one of them needs nothing."""
    rarest = [max(groups, key=_rarity, default=frozenset()) for groups in alternatives]
    return frozenset[str]().union(*rarest) if all(rarest) else frozenset()


def _stem(piece: str, *, whole: bool) -> str:
    """What a word of the text that the piece matches begins with; a short whole word must be that word."""
    match = _WORD.search(piece)
    if match is None:
        return ""
    word = match.group().lower()
    ends = whole or match.end() < len(piece)
    return f"{word}." if ends and len(word) <= _STEM else word[:_STEM]
