"""Where a letter names something known: a Doc in, the mentions of terms out, by medspaCy's TargetMatcher.

Spellings are literal phrases of tokens. The longest name at a place is taken, and `doc.ents` is set once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from medspacy.target_matcher import TargetMatcher, TargetRule
from spacy.language import Language
from spacy.tokens import Doc, Span

from kb.vocabulary import Vocabulary

_LONG_WORD = 8


def variants(spelling: str) -> Iterator[str]:
    """A spelling as it stands, and with its hyphens opened, closed or put in place of spaces.

    >>> sorted(variants("anti-dsDNA"))
    ['anti dsDNA', 'anti-dsDNA', 'antidsDNA']
    """
    seen = {spelling}
    yield spelling
    for other in (spelling.replace("-", " "), spelling.replace("-", ""), spelling.replace(" ", "-")):
        if other not in seen and len(other) > 3 and (not any(c.isdigit() for c in spelling) or "-" in spelling):
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
        self._any_case = TargetMatcher(nlp, phrase_matcher_attr="LOWER", result_type=None, prune=False)
        self._as_written = TargetMatcher(nlp, phrase_matcher_attr="ORTH", result_type=None, prune=False)
        self._any_case.add(list(_rules(vocabulary, exact=False)))
        self._as_written.add(list(_rules(vocabulary, exact=True)))

    def find(self, doc: Doc) -> list[Span]:
        """The longest mentions that do not overlap, in order; the label of each is its concept. Sets `doc.ents`."""
        found = [*self._as_written(doc), *self._any_case(doc)]
        found.sort(key=lambda span: (span.start, -span.end))
        kept: list[Span] = []
        for span in found:
            if not kept or span.start >= kept[-1].end:
                kept.append(span)
        doc.ents = kept
        return kept


def _rules(vocabulary: Vocabulary, *, exact: bool) -> Iterable[TargetRule]:
    known: dict[str, str] = {}
    for term in vocabulary.terms.values():
        for spelling in term.exact if exact else term.spellings:
            for literal in (*variants(spelling), *_as_scanned(spelling, exact)):
                key = literal if exact else literal.lower()
                if known.setdefault(key, term.id) == term.id:
                    yield TargetRule(literal, term.id)
