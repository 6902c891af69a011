"""Where a letter names something known: a Doc in, the mentions of terms out, by medspaCy's TargetMatcher.

Spellings are literal phrases of tokens. The longest name at a place is taken, and `doc.ents` is set once.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

from medspacy.target_matcher import TargetMatcher, TargetRule
from spacy.language import Language
from spacy.tokens import Doc, Span

from extraction.tokens import words_of
from kb.vocabulary import Vocabulary

_LONG_WORD = 8
_DIGIT = re.compile(r"\d")


def variants(spelling: str) -> Iterator[str]:
    """A spelling as it stands, and with its hyphens opened, closed or put in place of spaces.

    >>> sorted(variants("anti-dsDNA"))
    ['anti dsDNA', 'anti-dsDNA', 'antidsDNA']
    """
    yield spelling
    hyphens = "-" in spelling
    if not hyphens and (" " not in spelling or _DIGIT.search(spelling)):
        return
    seen = {spelling}
    for other in (spelling.replace("-", " "), spelling.replace("-", ""), spelling.replace(" ", "-")):
        if other not in seen and len(other) > 3:
            seen.add(other)
            yield other


def _as_scanned(spelling: str, exact: bool) -> Iterator[str]:
    """A long word as character recognition spoils it: one "m" read as "rn"."""
    if exact or len(spelling) < _LONG_WORD or " " in spelling:
        return
    for at, letter in enumerate(spelling):
        if letter == "m":
            yield f"{spelling[:at]}rn{spelling[at + 1 :]}"


class MentionFinder:
    """The matchers for the terms of a vocabulary; built once, used for every letter."""

    def __init__(self, nlp: Language, vocabulary: Vocabulary) -> None:
        self._as_written = _Matcher(nlp, vocabulary, exact=True)
        self._any_case = _Matcher(nlp, vocabulary, exact=False)

    def find(self, doc: Doc) -> list[Span]:
        """The longest mentions that do not overlap, in order; the label of each is its concept. Sets `doc.ents`."""
        found = [*self._as_written.find(doc), *self._any_case.find(doc)]
        found.sort(key=lambda span: (span.start, -span.end))
        kept: list[Span] = []
        for span in found:
            if not kept or span.start >= kept[-1].end:
                kept.append(span)
        doc.ents = kept
        return kept


class _Matcher:
    """medspaCy's TargetMatcher, given the rules of a first word when a letter first has that word.

    What it finds is the same as with all the rules; but most of a vocabulary stands in no letter, and making
    its rules takes longer than reading one.
    """

    def __init__(self, nlp: Language, vocabulary: Vocabulary, *, exact: bool) -> None:
        self._exact = exact
        self._matcher = TargetMatcher(
            nlp, phrase_matcher_attr="ORTH" if exact else "LOWER", result_type=None, prune=False
        )
        self._waiting: dict[str, list[tuple[str, str]]] = {}
        self._adding = threading.Lock()
        for words, literal, term in _spellings(vocabulary, exact=exact):
            self._waiting.setdefault(words[0], []).append((literal, term))

    def find(self, doc: Doc) -> list[Span]:
        words = {token.orth_ if self._exact else token.lower_ for token in doc}
        with self._adding:
            listed = [self._waiting.pop(word) for word in sorted(words & self._waiting.keys())]
            self._matcher.add([TargetRule(literal, term) for rules in listed for literal, term in rules])
            return list(self._matcher(doc))


def _spellings(vocabulary: Vocabulary, *, exact: bool) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Words, spelling and term of every rule; words that two terms share are the first one's."""
    known: set[tuple[str, ...]] = set()
    for term in vocabulary.terms.values():
        for spelling in term.exact if exact else term.spellings:
            for literal in (*variants(spelling), *_as_scanned(spelling, exact)):
                words = tuple(words_of(literal if exact else literal.lower()))
                if words and words not in known:
                    known.add(words)
                    yield words, literal, term.id
