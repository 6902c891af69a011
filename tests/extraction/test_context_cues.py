"""The cues found by the tree of words are those that medspaCy's own ConText finds with the same rules."""

from __future__ import annotations

import pytest
import spacy
from medspacy.context import ConText, ConTextRule
from spacy.tokens import Doc

from extraction.assertion import _finder as finder
from extraction.context_cues import _pattern as pattern_of
from extraction.tokens import words_of

SENTENCES = (
    "There is no evidence of infection or malignancy.",
    "She denies fever; her mother had lupus.",
    "If the rash persists, consider methotrexate.",
    "History of pneumonia in 2019, no recurrence.",
    "No change in her rash and no new ulcers.",
    "Query APS, cannot be excluded, lupus anticoagulant negative.",
)


@pytest.fixture(scope="module")
def stock() -> ConText:
    context = ConText(spacy.blank("en"), rules=None, span_attrs=None)
    for rule in finder().rules:
        words = [{"LOWER": {"IN": sorted(allowed)}} for allowed in pattern_of(rule.literal)]
        context.add([ConTextRule(rule.literal, rule.category, pattern=words, direction=rule.direction)])
    return context


@pytest.mark.parametrize("sentence", SENTENCES)
def test_spans_and_scopes_are_those_of_stock_context(stock: ConText, sentence: str) -> None:
    words = [word.lower() for word in words_of(sentence)]
    doc = Doc(stock.nlp.vocab, words=words, sent_starts=[place == 0 for place in range(len(words))])
    stock(doc)
    expected = [(one.modifier_span, one.direction) for one in doc._.context_graph.modifiers]
    assert expected
    found = [(one.modifier_span, one.direction) for one in finder().modifiers(words)]
    assert found == expected
