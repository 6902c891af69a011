"""What is shared while one document is read: text, sentences, sections, mentions and time expressions.

The core fills a Reading (normalise, tokens, sentences, sections, mentions, assertion, timing); each module of a
kind of fact takes it and gives facts. All offsets are characters of the document's own text.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Literal

from spacy.tokens import Doc

from kb.facts import Assertion, Document, Experiencer, Fact, Interval, Kind, Temporality, Time

_START = attrgetter("start")
TimeRole = Literal["point", "start", "end", "span", "lookback", "duration"]


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A date or duration found in the text.

    point: a day, month, year, "3 weeks ago"; start: "since March"; end: "until May"; span: "from A to B"
    (`time` covers both, `start_time`/`end_time` the two ends); lookback: "in the last 3 months" (`time` is that
    window); duration: "for 6 weeks" (`days`, an interval; `time` is None).
    """

    start: int
    end: int
    role: TimeRole
    time: Time | None
    days: Interval | None = None
    start_time: Time | None = None
    end_time: Time | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    start: int
    end: int
    section: str | None


@dataclass(slots=True)
class Mention:
    """A term of the vocabulary found in the text, with what ConText says of it."""

    start: int
    end: int
    concept: str
    kind: str  # of the term: drug, lab, condition, procedure, vaccine, score; "span" for a caller's own
    sentence: int
    assertion: Assertion = "present"
    experiencer: Experiencer = "patient"
    temporality: Temporality = "current"
    cue: tuple[int, int] | None = None  # the words that set the assertion, inside the same sentence


@dataclass(slots=True)
class Reading:
    """One document while it is read. `text` is the document's own, `normal` the same length with plain characters."""

    document: Document
    index: int
    normal: str
    doc: Doc  # words only, no white space; a hard line break is one token
    token_spans: list[tuple[int, int]]  # of each token of `doc`, in characters of the text
    sentences: list[Sentence] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    times: list[TimeExpression] = field(default_factory=list)
    letter_date: Time | None = None
    others: list[tuple[int, int]] = field(default_factory=list)  # the characters that tell of another patient

    @property
    def text(self) -> str:
        return self.document.text

    def token_at(self, offset: int) -> int:
        """The index of the token that holds the offset, or the next one behind it."""
        return bisect.bisect_left(self.token_spans, offset, key=lambda span: span[1] - 1)

    def sentence_at(self, offset: int) -> int:
        """The index of the sentence that holds the offset (the nearest before it between two)."""
        return max(0, bisect.bisect_right(self.sentences, offset, key=_START) - 1)

    def section_at(self, offset: int) -> str | None:
        return self.sentences[self.sentence_at(offset)].section if self.sentences else None

    def mentions_in(self, start: int, end: int) -> list[Mention]:
        """The mentions that begin in [start, end), in order."""
        first = bisect.bisect_left(self.mentions, start, key=_START)
        last = bisect.bisect_left(self.mentions, end, key=_START)
        return self.mentions[first:last]

    def mentions_of(self, sentence: int) -> list[Mention]:
        """The mentions of a sentence, in order."""
        begin = self.sentences[sentence].start if sentence else 0
        end = self.sentences[sentence + 1].start if sentence + 1 < len(self.sentences) else len(self.normal) + 1
        return self.mentions_in(begin, end)

    def times_in(self, start: int, end: int) -> list[TimeExpression]:
        first = bisect.bisect_left(self.times, start, key=_START)
        last = bisect.bisect_left(self.times, end, key=_START)
        return self.times[first:last]

    def fact_of(self, kind: Kind, concept: str, label: str, mention: Mention, **more: Any) -> Fact:
        """A fact over a mention, of the person and with the assertion that the mention has."""
        return self.fact(
            kind,
            concept,
            label,
            mention.start,
            mention.end,
            assertion=mention.assertion,
            experiencer=mention.experiencer,
            **more,
        )

    def fact(self, kind: Kind, concept: str, label: str, start: int, end: int, **more: Any) -> Fact:
        """A fact over text[start:end]; the extractor gives it its id once all facts are sorted."""
        return Fact(
            id="",
            kind=kind,
            concept=concept,
            label=label,
            document=self.index,
            start=start,
            end=end,
            quote=self.text[start:end],
            section=more.pop("section", self.section_at(start)),
            **more,
        )
