"""What is shared while one document is read: text, sentences, sections, mentions and time expressions.

The core fills a Reading (normalise, tokens, sentences, sections, mentions, assertion, timing); each module of a
kind of fact takes it and gives facts. All offsets are characters of the document's own text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, Self, TypeVar

from extraction.spacy_parts import Doc
from kb.facts import Assertion, Document, Experiencer, Fact, Interval, Kind, Temporality, Time
from kb.patterns import compiled

_PARAGRAPH = compiled(r"\n[ \t]*\n")
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


class Placed(Protocol):
    """Something that begins at a character of the text."""

    @property
    def start(self) -> int: ...


OnePlaced = TypeVar("OnePlaced", bound=Placed)


class InOrder(tuple[OnePlaced, ...]):
    """What a letter holds of a kind, in the order of the text; what begins in a stretch is looked up."""

    starts: list[int]
    _items: list[OnePlaced]

    def __new__(cls, items: Iterable[OnePlaced] = ()) -> Self:
        made = super().__new__(cls, items)
        made._items = list(made)
        made.starts = [item.start for item in made]
        return made

    def beginning_in(self, start: int, end: int) -> list[OnePlaced]:
        """Those that begin in [start, end)."""
        return self._items[bisect_left(self.starts, start) : bisect_left(self.starts, end)]


@dataclass(slots=True)
class ResultTimes:
    """The times of a reading as results are dated by them; what each line heads that was asked for, by its bounds."""

    of: InOrder[TimeExpression]
    times: InOrder[TimeExpression]
    heads: dict[tuple[int, int], TimeExpression | bool | None] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """One document while it is read. `text` is the document's own, `normal` the same length with plain characters."""

    document: Document
    index: int
    normal: str
    doc: Doc  # words only, no white space; a hard line break is one token
    token_spans: list[tuple[int, int]]  # of each token of `doc`, in characters of the text
    token_ends: list[int]
    words: list[str]  # of each token, in lower case
    sentences: InOrder[Sentence] = field(default_factory=InOrder)
    mentions: InOrder[Mention] = field(default_factory=InOrder)
    times: InOrder[TimeExpression] = field(default_factory=InOrder)
    letter_date: Time | None = None
    others: list[tuple[int, int]] = field(default_factory=list)  # the characters that tell of another patient
    result_times: ResultTimes | None = None  # made by `result_times.py` when a result is first dated

    @property
    def text(self) -> str:
        return self.document.text

    def token_at(self, offset: int) -> int:
        """The index of the token that holds the offset, or the next one behind it."""
        return bisect_right(self.token_ends, offset)

    def sentence_at(self, offset: int) -> int:
        """The index of the sentence that holds the offset (the nearest before it between two)."""
        return (bisect_right(self.sentences.starts, offset) or 1) - 1

    def is_parted(self, number: int) -> bool:
        """Whether a new paragraph begins behind the sentence of that number, which is not the last."""
        start, end = self.sentences[number].end - 1, self.sentences[number + 1].start
        return _PARAGRAPH.search(self.normal, start, end) is not None

    def section_at(self, offset: int) -> str | None:
        return self.sentences[self.sentence_at(offset)].section if self.sentences else None

    def mentions_in(self, start: int, end: int) -> list[Mention]:
        """The mentions that begin in [start, end), in order."""
        return self.mentions.beginning_in(start, end)

    def mentions_of(self, sentence: int) -> list[Mention]:
        """The mentions of a sentence, in order."""
        begin = self.sentences[sentence].start if sentence else 0
        end = self.sentences[sentence + 1].start if sentence + 1 < len(self.sentences) else len(self.normal) + 1
        return self.mentions_in(begin, end)

    def times_in(self, start: int, end: int) -> list[TimeExpression]:
        return self.times.beginning_in(start, end)

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
