"""Concept ids in plain words: an id goes in, the label of the terms comes out, small letters where it is a word.

Sentences and questions are made from a test's own operands, so they need the names of its concepts.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.vocabulary import vocabulary


def label(concept: str) -> str:
    """What a reader calls the concept; an id without a term (a statement) is its own words.

    >>> label("classification-not-in-terms")
    'classification not in terms'
    """
    terms = vocabulary()
    name = terms[concept].label if concept in terms else concept.replace("-", " ")
    return name[:1].lower() + name[1:] if name[1:2].islower() or " " in name[:2] else name


def labels(concepts: Sequence[str], joiner: str = "or") -> str:
    """Several concepts as an enumeration."""
    names = [label(concept) for concept in concepts]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joiner} {names[-1]}"


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
