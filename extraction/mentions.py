"""Where a letter names something known: a Doc in, the mentions of terms out, by medspaCy's TargetMatcher.

Spellings are literal phrases of tokens. The longest name at a place is taken, and `doc.ents` is set once.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span

from extraction import tokens
from extraction.language_library import TargetMatcher, TargetRule
from extraction.tokens import words_of
from kb.kept import kept
from kb.patterns import compiled
from kb.vocabulary import Vocabulary, shipped, sources_of_terms

_LONG_WORD = 8
_DIGIT = compiled(r"\d")


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
        as_written, any_case = _indexes(vocabulary)
        self._as_written = _Matcher(nlp, as_written, exact=True)
        self._any_case = _Matcher(nlp, any_case, exact=False)

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


Index = dict[str, list[tuple[str, str]]]
"""By a word: the names that need it, as their words with spaces between, each with its term."""


class _Matcher:
    """medspaCy's TargetMatcher, given the rule of a name when a letter first has all its words.

    What it finds is the same as with all the rules; but most of a vocabulary stands in no letter, and making
    its rules takes longer than reading one.
    """

    def __init__(self, nlp: Language, index: Index, *, exact: bool) -> None:
        self._exact = exact
        self._matcher = TargetMatcher(
            nlp, phrase_matcher_attr="ORTH" if exact else "LOWER", result_type=None, prune=False
        )
        self._waiting = dict(index)
        self._adding = threading.Lock()

    def find(self, doc: Doc) -> list[Span]:
        words = {token.orth_ if self._exact else token.lower_ for token in doc}
        with self._adding:
            for word in sorted(words & self._waiting.keys()):
                self._add(word, words)
            return list(self._matcher(doc))

    def _add(self, word: str, words: set[str]) -> None:
        """Adds the rules that wait for the word and need none but these."""
        needed = [(name, term, words.issuperset(name.split(" "))) for name, term in self._waiting.pop(word)]
        self._matcher.add([TargetRule(name, term) for name, term, known in needed if known])
        if rest := [(name, term) for name, term, known in needed if not known]:
            self._waiting[word] = rest


def _indexes(vocabulary: Vocabulary) -> tuple[Index, Index]:
    """The names that match as written, and those that match in any case."""
    if vocabulary is not shipped():
        return _index(vocabulary, exact=True), _index(vocabulary, exact=False)
    sources = (Path(__file__), Path(tokens.__file__), *sources_of_terms())
    return kept("names", sources, lambda: (_index(vocabulary, exact=True), _index(vocabulary, exact=False)))


def _index(vocabulary: Vocabulary, *, exact: bool) -> Index:
    """Every name by the one of its words that the fewest names have."""
    spelt = list(_spellings(vocabulary, exact=exact))
    common = Counter(word for words, _ in spelt for word in words)
    index: Index = {}
    for words, term in spelt:
        index.setdefault(min(words, key=lambda word: (common[word], word)), []).append((" ".join(words), term))
    return index


def _spellings(vocabulary: Vocabulary, *, exact: bool) -> Iterator[tuple[tuple[str, ...], str]]:
    """Words and term of every rule; words that two terms share are the first one's."""
    known: set[tuple[str, ...]] = set()
    for term in vocabulary.terms.values():
        for spelling in term.exact if exact else term.spellings:
            for literal in (*variants(spelling), *_as_scanned(spelling, exact)):
                words = tuple(words_of(literal if exact else literal.lower()))
                if words and words not in known:
                    known.add(words)
                    yield words, term.id
