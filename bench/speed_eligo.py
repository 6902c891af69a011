"""Eligo as a system to be measured: a text in, the seconds of a whole screening and of each of its steps out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from kb.facts import Document, Fact
from rules.decision import Decision, Judge
from rules.findings import Finding, Situation
from rules.language import Protocol
from screening.documents import letter_from_text
from screening.interface import screening_json
from screening.pipeline import Pipeline, extractor
from screening.protocols import DEFAULT, read_protocol
from screening.writing import json_text

PARTS = ("extraction", "findings", "rules", "explanation")


class Watch:
    """Seconds of the processor by the name of a step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Adds what the block takes."""
        before = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - before


class _WatchedJudge(Judge):
    """A judge whose findings, and whose rules with the reference evaluator, are watched (also those of a recheck)."""

    def __init__(self, protocol: Protocol, watch: Watch) -> None:
        super().__init__(protocol)
        self._watch = watch

    def find(self, situation: Situation) -> dict[str, Finding]:
        with self._watch.step("findings"):
            return super().find(situation)

    def decide_findings(self, findings: Mapping[str, Finding], as_of: date | None = None) -> Decision:
        with self._watch.step("rules"):
            return super().decide_findings(findings, as_of)


class Eligo:
    """The pipeline of the default protocol, built once."""

    def __init__(self) -> None:
        self._watch = Watch()
        self._extractor = extractor()
        self._pipeline = Pipeline(
            [read_protocol(DEFAULT)], self._extract, lambda protocol: _WatchedJudge(protocol, self._watch)
        )

    def _extract(self, document: Document, index: int) -> tuple[list[Fact], list[str]]:
        with self._watch.step("extraction"):
            return self._extractor.extract(document, index)

    def tokenise(self, text: str) -> None:
        """The tokenizer alone."""
        self._extractor.nlp.tokenizer(text)

    def screen(self, text: str) -> Mapping[str, float]:
        """A whole screening, from the text to the JSON that explains every criterion; its seconds and its steps'."""
        self._watch.seconds = {}
        with self._watch.step("screening"):
            with self._watch.step("extraction"):
                letter = letter_from_text(text, "letter", "letter")
            (screening,) = self._pipeline.screen([letter])
            with self._watch.step("explanation"):
                json_text(screening_json(screening))
        return self._watch.seconds
