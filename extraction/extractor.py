"""A document in, its facts and warnings out: the pipeline, built once and used for every letter."""

from __future__ import annotations

import dataclasses
import itertools
import logging
from collections.abc import Callable, Iterable

from loguru import logger

from extraction import (
    answered_proposals,
    conditions,
    demographics,
    events,
    fevers,
    measurements,
    medications,
    phrases,
    statements,
    systems_graded,
    whole_histories,
)
from extraction.assertion import assert_mentions
from extraction.columns import read_by_columns
from extraction.date_columns import join_columns_of_days
from extraction.date_orders import date_order
from extraction.language_library import language
from extraction.mentions import MentionFinder
from extraction.no_condition import is_answered
from extraction.normalise import normalise
from extraction.questionnaires import told_in_answers
from extraction.reading import InOrder, Mention, Reading, Sentence
from extraction.running_text import RunningText, running_text
from extraction.salts import with_salts
from extraction.sections import Part, build_sectionizer, find_sections
from extraction.sentences import sentence_spans
from extraction.timing import find_times
from extraction.tokens import tokenise
from extraction.warnings import warnings
from kb.facts import Document, Fact, numbered
from kb.vocabulary import Vocabulary, vocabulary

logger.disable("PyRuSH")  # it writes tokens of the text to standard error
logging.getLogger("spacy").setLevel(logging.CRITICAL)

READERS: tuple[Callable[[Reading], Iterable[Fact]], ...] = (
    demographics.read_demographics,
    medications.read_medications,
    measurements.read_measurements,
    systems_graded.read_graded_systems,
    conditions.read_conditions,
    events.read_events,
    statements.read_statements,
    whole_histories.read_whole_histories,
)


class Extractor:
    """medspaCy's matchers, ConText and Sectionizer with our terms, and the readers of each kind of fact."""

    def __init__(self, terms: Vocabulary | None = None) -> None:
        self.vocabulary = terms or vocabulary()
        self.nlp = language()
        self._mentions = MentionFinder(self.nlp, self.vocabulary)
        self._sectionizer = build_sectionizer(self.nlp)

    def read(self, document: Document, index: int = 0, spans: Iterable[tuple[int, int]] = ()) -> Reading:
        """Everything the readers share, in the places of the document's running text.

        `spans` are a caller's own mentions, in places of the document, to be asserted.
        """
        running = running_text(document.text)
        document = dataclasses.replace(document, text=running.text)
        normal = normalise(document.text)
        sentences = sentence_spans(normal)
        doc, token_spans, written = tokenise(normal, [start for start, _ in sentences], self.nlp.vocab)
        ends, words = [end for _, end in token_spans], [word.lower() for word in written]
        reading = Reading(document, index, normal, doc, token_spans, ends, words, letter_date=document.date)
        parts = find_sections(normal, self.nlp, self._sectionizer)
        reading.sentences = InOrder(_sentences(normal, parts, sentences))
        mentions: list[Mention] = []
        titles = {part.start: part.title_end for part in parts if part.section}
        for found in self._mentions.find(doc, set(written), set(words)):
            start, end = token_spans[found.start][0], token_spans[found.end - 1][1]
            kind = self.vocabulary.kinds[found.label_]
            if kind not in ("lab", "score") and end <= titles.get(start, start) and not is_answered(normal, end):
                continue  # "PE:" and "Contraception:" name a part of the letter
            mentions.append(Mention(start, end, found.label_, kind, reading.sentence_at(start)))
        mentions = with_salts(reading.normal, mentions)
        mentions += statements.find_statements(reading)
        mentions += answered_proposals.find_answers(reading)
        mentions += _not_named(mentions, phrases.find_phrases(reading))
        mentions += fevers.find_fevers(reading)
        for start, end in itertools.starmap(running.from_letter, spans):
            mentions.append(Mention(start, end, "", "span", reading.sentence_at(start)))
        mentions = told_in_answers(reading.normal, mentions)
        reading.mentions = InOrder(sorted(mentions, key=lambda mention: (mention.start, mention.end)))
        reading.times = InOrder(find_times(normal, document.date, date_order(normal)))
        join_columns_of_days(reading)
        assert_mentions(reading)
        read_by_columns(reading)
        return reading

    def extract(
        self, document: Document, index: int = 0, spans: Iterable[tuple[int, int]] = ()
    ) -> tuple[list[Fact], list[str]]:
        """The facts of one document in the order of the text, with ids, and warnings for the reader of the letter."""
        running = running_text(document.text)
        reading = self.read(document, index, spans)
        facts = [fact for reader in READERS for fact in reader(reading)]
        facts += [_span_fact(reading, mention) for mention in reading.mentions if mention.kind == "span"]
        facts = _unique(facts)
        facts.sort(key=lambda fact: (fact.start, fact.end, fact.kind, fact.concept))
        facts = numbered(facts)
        return [_in_letter(fact, running, document.text) for fact in facts], warnings(reading, facts)


def _in_letter(fact: Fact, running: RunningText, text: str) -> Fact:
    """The fact in the places of the letter."""
    if running.places is None:
        return fact
    start, end = running.in_letter(fact.start, fact.end)
    return dataclasses.replace(fact, start=start, end=end, quote=text[start:end])


def _not_named(mentions: list[Mention], phrases_found: Iterable[Mention]) -> list[Mention]:
    """The phrases that no name of the same concept, or of a more special one, overlaps."""
    terms = vocabulary()
    return [
        phrase
        for phrase in phrases_found
        if not any(
            one.start < phrase.end and phrase.start < one.end and terms.is_a(one.concept, phrase.concept)
            for one in mentions
        )
    ]


def _sentences(normal: str, parts: list[Part], spans: list[tuple[int, int]]) -> list[Sentence]:
    """Sentences with their sections; one that holds several headings takes the section of its start."""
    sentences = []
    at = 0
    for start, end in spans:
        first_word = next((offset for offset in range(start, end) if normal[offset].isalnum()), start)
        while at + 1 < len(parts) and parts[at + 1].start <= first_word:
            at += 1
        sentences.append(Sentence(start, end, parts[at].section))
    return sentences


def _unique(facts: list[Fact]) -> list[Fact]:
    """Without those that say the very same of the same place."""
    seen: dict[tuple[int, int, str, str], list[Fact]] = {}
    kept = []
    for fact in facts:
        same = seen.setdefault((fact.start, fact.end, fact.kind, fact.concept), [])
        if fact not in same:
            same.append(fact)
            kept.append(fact)
    return kept


def _span_fact(reading: Reading, mention: Mention) -> Fact:
    return reading.fact(
        "mention",
        "span",
        reading.text[mention.start : mention.end],
        mention.start,
        mention.end,
        assertion=mention.assertion,
        experiencer=mention.experiencer,
        temporality=mention.temporality,
    )
