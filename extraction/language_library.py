"""The language library as far as it is used: medspaCy's parts out, and a spaCy language of our own words.

medspaCy imports QuickUMLS, and that all of NLTK, for a component that is used by those who ask for it; importing them
takes as long as reading ten letters. They stay out here, and come when a program imports `quickumls` itself.
"""

from __future__ import annotations

from extraction.spacy_parts import LOWER, Language, Vocab, filter_warning
from extraction.stand_ins import without
from extraction.tokens import LetterTokenizer

with without("quickumls", spacy_component=None):
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
