"""The language library as far as it is used: medspaCy's parts out, and a spaCy language of our own words.

medspaCy imports QuickUMLS, and that all of NLTK, for a component that is used by those who ask for it; importing them
takes as long as reading ten letters. They stay out here, and come when a program imports `quickumls` itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from spacy.attrs import LOWER  # type: ignore[import-not-found]
from spacy.errors import filter_warning
from spacy.language import Language
from spacy.vocab import Vocab

from extraction.tokens import LetterTokenizer


@contextmanager
def _without(name: str, **members: Any) -> Iterator[None]:
    """Imports of the package find an empty one with these members meanwhile, unless it is loaded already."""
    if name in sys.modules:
        yield
        return
    stand_in = ModuleType(name)
    vars(stand_in).update(members)
    sys.modules[name] = stand_in
    try:
        yield
    finally:
        del sys.modules[name]


with _without("quickumls", spacy_component=None):
    from medspacy.common.util import prune_overlapping_matches
    from medspacy.context import ConTextGraph, ConTextModifier, ConTextRule
    from medspacy.section_detection import Sectionizer, SectionRule
    from medspacy.target_matcher import TargetMatcher, TargetRule

filter_warning("ignore", error_msg="[W036]")  # that no patterns of tokens are among the rules, for every letter

__all__ = [
    "ConTextGraph",
    "ConTextModifier",
    "ConTextRule",
    "SectionRule",
    "Sectionizer",
    "TargetMatcher",
    "TargetRule",
    "language",
    "prune_overlapping_matches",
]


def language() -> Language:
    """A language of `LetterTokenizer`'s words; of a word it knows itself and its lower case, which is all that is
    matched."""
    vocab = Vocab(lex_attr_getters={LOWER: str.lower})
    return Language(vocab, create_tokenizer=lambda nlp: LetterTokenizer(nlp.vocab))
