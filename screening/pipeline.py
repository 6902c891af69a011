"""The whole way of a dossier, built once and reused: letters and a protocol in, a decided screening out."""

from __future__ import annotations

import dataclasses
import functools
import gc
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from kb.facts import Document, Dossier, Fact
from kb.vocabulary import Vocabulary, vocabulary
from rules.decision import Decision, Judge
from rules.findings import Situation
from rules.language import Protocol
from screening.documents import Letter
from screening.dossiers import Extract, gathered
from screening.doubts import doubted, surely_dated

if TYPE_CHECKING:
    from extraction.extractor import Extractor


@dataclass(frozen=True)
class Screening:
    """One dossier against one protocol, with everything that a report of it needs."""

    dossier: Dossier
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...]
    decision: Decision

    @cached_property
    def facts_by_id(self) -> Mapping[str, Fact]:
        return {fact.id: fact for fact in self.facts}


@dataclass(frozen=True)
class Extracted:
    """What the letters of a dossier say, before any protocol."""

    dossier: Dossier
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...]


def extractor() -> Extractor:
    """The extraction of the terms in use, built once: takes a second or two."""
    return _extractor(vocabulary())


@functools.lru_cache(maxsize=2)
def _extractor(terms: Vocabulary) -> Extractor:
    from extraction.extractor import Extractor  # late: loads the language library

    made = Extractor(terms)
    gc.freeze()  # what is built once stays: the collector need not go through all of it again every few letters
    return made


class Pipeline:
    """Extraction and the judge of each protocol, for many dossiers."""

    def __init__(
        self,
        protocols: Sequence[Protocol],
        extract: Extract | None = None,
        judge: Callable[[Protocol], Judge] = Judge,
    ) -> None:
        self._extract: Extract = extract or extractor().extract
        self._judges = [judge(protocol) for protocol in protocols]

    @property
    def several(self) -> bool:
        """Whether it screens against more than one protocol."""
        return len(self._judges) > 1

    def extract(self, letters: Sequence[Letter]) -> Extracted:
        """The facts of the documents that count, numbered through, with what to know of all.

        Raises screening.dossiers.DossierError where they are not of one patient.
        """
        found = gathered([_surely_dated(letter) for letter in letters], self._read)
        return Extracted(found.dossier, found.facts, found.warnings)

    def _read(self, document: Document, index: int) -> tuple[list[Fact], list[str]]:
        """The facts of one document; of pages that were read uncertainly, with what they may be instead."""
        found, warned = self._extract(document, index)
        if document.layout is None:
            return found, warned
        held, doubts = doubted(document, found, lambda other: self._extract(other, index)[0])
        return held, [*doubts, *warned]

    def screen(self, letters: Sequence[Letter], as_of: date | None = None) -> list[Screening]:
        """One screening a protocol, the most hopeful first. `as_of` stands in for the newest letter's date.

        Raises screening.dossiers.DossierError where the letters are not of one patient, rules.engine.EngineError or
        rules.decision.DisagreementError where no verdict can be trusted.
        """
        extracted = self.extract(letters)
        newest = newest_day(extracted.dossier.documents)
        day = as_of or newest
        situation = situation_from(extracted.facts, day, extracted.dossier)
        warnings = tuple(dict.fromkeys((*_date_warnings(extracted.dossier, newest, as_of), *extracted.warnings)))
        screenings = [
            Screening(extracted.dossier, extracted.facts, warnings, judge.decide(situation)) for judge in self._judges
        ]
        return sorted(screenings, key=hopefulness)


def _surely_dated(letter: Letter) -> Letter:
    if letter.document.layout is None:
        return letter
    from extraction.letter_date import find_letter_date  # late: loads the language library

    return dataclasses.replace(letter, document=surely_dated(find_letter_date, letter.document))


def situation_of(screening: Screening) -> Situation:
    """What the findings of a screening were made from."""
    return situation_from(screening.facts, screening.decision.as_of, screening.dossier)


def situation_from(facts: tuple[Fact, ...], day: date | None, dossier: Dossier) -> Situation:
    """The facts of a dossier on a screening date, with its letters' dates."""
    return Situation(facts, day, vocabulary(), tuple(document.date for document in dossier.documents))


_RANKS = ("potentially_eligible", "needs_information", "ineligible")


def hopefulness(screening: Screening) -> tuple[int, int, int, str]:
    """The order of screenings: candidates first, then by how little stands in the way, by how little is missing."""
    decision = screening.decision
    stops = sum(1 for one in decision.answers if one.stops)
    missing = sum(1 for one in decision.answers if one.waited_for)
    return _RANKS.index(decision.verdict), stops, missing, decision.protocol.id


def newest_day(documents: Iterable[Document]) -> date | None:
    """The newest document's own day; None where no document has a date, or which day the newest is of is not known."""
    dates = [document.date for document in documents if document.date is not None]
    first = max((when.earliest for when in dates if when.earliest is not None), default=None)
    last = max((when.latest or date.max for when in dates), default=None)
    return first if first == last else None


def _date_warnings(dossier: Dossier, newest: date | None, as_of: date | None) -> list[str]:
    warnings = []
    if newest is None:
        undated = all(document.date is None for document in dossier.documents)
        what = "the letter has no date" if undated else "the letter's date is not known to the day"
        if len(dossier.documents) > 1:
            what = "no document has a date" if undated else "the newest document's date is not known to the day"
        consequence = "" if as_of else ": what is dated cannot be held against a window; give --as-of YYYY-MM-DD"
        warnings.append(what + consequence)
    elif as_of is not None and as_of < newest:
        newer = [one.name for one in dossier.documents if one.date and one.date.earliest and one.date.earliest > as_of]
        about = f"date of {', '.join(newer)}" if len(dossier.documents) > 1 else "letter's own date"
        warnings.append(f"the screening date lies before the {about}")
    return warnings
