"""Where a letter names something known: a Doc in, the mentions of terms out, by medspaCy's TargetMatcher.

Spellings are literal phrases of tokens. The longest name at a place is taken, and `doc.ents` is set once.
"""

from __future__ import annotations

import functools
import marshal
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path

from extraction import tokens
from extraction.knowledge import cues
from extraction.language_library import TargetMatcher, TargetRule
from extraction.letter_case import letter_case
from extraction.spacy_parts import Doc, Language, Span
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

    def find(self, doc: Doc, written: Set[str], words: Set[str]) -> list[Span]:
        """The longest mentions that do not overlap, in order; the label of each is its concept. Sets `doc.ents`.

        `written` are the words of the Doc, `words` the same in lower case.
        """
        found = [*self._as_written.find(doc, written), *self._any_case.find(doc, words)]
        if not any(map(str.isupper, written)) and letter_case(" ".join(written)) == "lower":
            found += self._in_capitals(doc)
        found.sort(key=lambda span: (span.start, -span.end))
        kept: list[Span] = []
        for span in found:
            if not kept or span.start >= kept[-1].end:
                kept.append(span)
        doc.ents = kept
        return kept

    def _in_capitals(self, doc: Doc) -> list[Span]:
        """The abbreviations that a letter without capitals writes in small letters."""
        words = [word.text if _is_plain_word(word.text) else word.text.upper() for word in doc]
        found = self._as_written.find(Doc(doc.vocab, words=words), set(words))
        return [Span(doc, span.start, span.end, label=span.label) for span in found]


@functools.cache
def _is_plain_word(word: str) -> bool:
    known = cues("sentences")
    return word in known["abbreviations_that_are_words"] or (len(word) < 3 and word not in known["short_abbreviations"])


Name = tuple[str, str]
"""The words of a name, with spaces between, and its term."""


@dataclass(slots=True)
class _Names:
    """Names of which a letter has the same words: those that need no more, and the others by the next word they need.

    The others are laid out when a letter first has that word: a vocabulary has a hundred thousand.
    """

    whole: list[Name] = field(default_factory=list)
    further: dict[str, _Names | list[Name]] = field(default_factory=dict)


class Index:
    """Every name by its words: by the rarest among the names, then from the first word on.

    The names with the same rarest word stay packed until a letter has it.
    """

    def __init__(self, vocabulary: Vocabulary, *, exact: bool) -> None:
        names = list(_spellings(vocabulary, exact=exact))
        common = Counter(word for name, _ in names for word in name.split(" "))
        by_rarest: dict[str, list[Name]] = {}
        for name in names:
            rarest = min(name[0].split(" "), key=lambda word: (common[word], word))
            by_rarest.setdefault(rarest, []).append(name)
        self._packed = {word: marshal.dumps(behind) for word, behind in by_rarest.items()}
        self._unpacked: dict[str, _Names] = {}

    def take(self, words: Set[str]) -> list[Name]:
        """The names that need none but these words, each once and then no more."""
        for word in self._packed.keys() & words:
            self._unpacked[word] = _laid_out(marshal.loads(self._packed.pop(word)), 0)
        found: list[Name] = []
        for word in self._unpacked.keys() & words:
            _take(self._unpacked[word], words, 0, found)
        return sorted(found)


def _take(names: _Names, words: Set[str], depth: int, found: list[Name]) -> None:
    found += names.whole
    names.whole.clear()
    for word in names.further.keys() & words:
        behind = names.further[word]
        if isinstance(behind, list):
            behind = names.further[word] = _laid_out(behind, depth + 1)
        _take(behind, words, depth + 1, found)
        if not behind.further:
            del names.further[word]


def _laid_out(names: Iterable[Name], depth: int) -> _Names:
    """Names that have their first `depth` words in common."""
    out = _Names()
    for name in names:
        words = name[0].split(" ", depth + 1)
        if len(words) == depth:
            out.whole.append(name)
        else:
            behind = out.further.setdefault(words[depth], [])
            assert isinstance(behind, list)
            behind.append(name)
    return out


class _Matcher:
    """medspaCy's TargetMatcher, given the rule of a name when a letter first has all its words.

    What it finds is the same as with all the rules; but most of a vocabulary stands in no letter, and making
    its rules takes longer than reading one.
    """

    def __init__(self, nlp: Language, index: Index, *, exact: bool) -> None:
        self._matcher = TargetMatcher(
            nlp, phrase_matcher_attr="ORTH" if exact else "LOWER", result_type=None, prune=False
        )
        self._index = index
        self._adding = threading.Lock()

    def find(self, doc: Doc, words: Set[str]) -> list[Span]:
        """The spans of all names, which may overlap; `words` are those of the Doc, as the names are matched."""
        with self._adding:
            self._matcher.add([TargetRule(name, term) for name, term in self._index.take(words)])
            return list(self._matcher(doc))


def _indexes(vocabulary: Vocabulary) -> tuple[Index, Index]:
    """The names that match as written, and those that match in any case."""
    if vocabulary is not shipped():
        return Index(vocabulary, exact=True), Index(vocabulary, exact=False)
    sources = (Path(__file__), Path(tokens.__file__), *sources_of_terms())
    return kept("names", sources, lambda: (Index(vocabulary, exact=True), Index(vocabulary, exact=False)))


def _spellings(vocabulary: Vocabulary, *, exact: bool) -> Iterator[Name]:
    """Every name once; one that two terms share is the first one's."""
    known: set[str] = set()
    for term in vocabulary.terms.values():
        for spelling in term.exact if exact else term.spellings:
            for literal in (*variants(spelling), *_as_scanned(spelling, exact)):
                name = " ".join(words_of(literal if exact else literal.lower()))
                if name and name not in known:
                    known.add(name)
                    yield name, term.id
