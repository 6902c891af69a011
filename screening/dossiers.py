"""Several documents of one patient: letters as read in; those that count, in order, each fact once, and notes out.

Duplicates count once. Documents of somebody else are set aside, and where it cannot be told who is meant, none counts.
The order in which the documents are given makes no difference: they are put in the order of their dates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kb.facts import Document, Dossier, Fact, SetAside, numbered
from screening.documents import BadInputError, Letter

Extract = Callable[[Document, int], tuple[list[Fact], list[str]]]
_FAR_APART = 3 * 365  # days between the newest document and the next, from which on its date is doubted


class DossierError(BadInputError):
    """Documents that cannot be of one patient, of which no larger part belongs together."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The documents that count, oldest first, with the facts of all, numbered through, and what to know of them."""

    dossier: Dossier
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    letter: Letter
    facts: list[Fact]
    warnings: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.letter.document.name


def gathered(letters: Sequence[Letter], extract: Extract) -> Gathered:
    """The dossier of the letters, with the facts that `extract` finds in each. Raises DossierError."""
    given, twice = without_duplicates(in_order(letters))
    read = [_read(letter, extract) for letter in given]
    kept, strangers = of_one_patient(read)
    documents = [one.letter.document for one in kept]
    facts, copied = _each_fact_once(kept)
    notes = [f"{one.name}: set aside, it {one.why}" for one in (*strangers, *twice)]
    notes += [*_undated(documents), *_far_apart(documents), *copied]
    about = [f"{one.name}: {text}" if len(kept) > 1 else text for one in kept for text in one.warnings]
    return Gathered(Dossier(tuple(documents), (*strangers, *twice)), facts, tuple(dict.fromkeys((*notes, *about))))


def _read(letter: Letter, extract: Extract) -> _Read:
    facts, warned = extract(letter.document, 0) if letter.facts is None else (list(letter.facts), [])
    return _Read(letter, facts, (*letter.notes, *warned))


def _each_fact_once(read: Sequence[_Read]) -> tuple[tuple[Fact, ...], list[str]]:
    """The facts of all documents without what one repeats of another, numbered through; which documents repeat."""
    from screening.copied_facts import counted_once

    documents = [one.letter.document for one in read]
    carried = counted_once(documents, [one.facts for one in read])
    told = [
        f"{documents[at].name}: repeats text of {documents[origin].name}: what is copied counts once, by the older date"
        for at, origin in carried.origins.items()
    ]
    placed = [
        fact if fact.document == at else replace(fact, document=at)
        for at, facts in enumerate(carried.facts)
        for fact in facts
    ]
    if len(read) == 1:
        return tuple(placed), told
    return tuple(numbered(placed)), told


def dossier_name(documents: Sequence[Document]) -> str:
    """What a dossier is called: the folder or e-mail that its documents are of, else its newest document."""
    names = [document.name for document in documents]
    first = names[-1].partition("/")[0]
    return first if all(name.startswith(f"{first}/") for name in names) else names[-1]


# --- order and duplicates ---------------------------------------------------------------------------------------------


def in_order(letters: Sequence[Letter]) -> list[Letter]:
    """By their dates, those without one first: the same however they were given."""
    return sorted(letters, key=_key)


def _key(letter: Letter) -> tuple[bool, date, date, str, str]:
    document, day = letter.document, letter.document.date
    first = date.min if day is None else day.earliest or date.min
    last = date.min if day is None else day.latest or date.max
    return day is not None, first, last, document.name, document.sha256


def without_duplicates(letters: Sequence[Letter]) -> tuple[list[Letter], list[SetAside]]:
    """The letters whose text no other has, but for white space; of several with one text the oldest dated one."""
    texts = [_plain(letter.document.text) for letter in letters]
    first: dict[str, int] = {}
    for at in sorted(range(len(letters)), key=lambda at: letters[at].document.date is None):
        first.setdefault(texts[at], at)
    told = [
        SetAside(
            letter.document.name,
            letter.document.sha256,
            f"has the same text as {letters[first[text]].document.name} and counts once",
        )
        for at, (letter, text) in enumerate(zip(letters, texts, strict=True))
        if first[text] != at
    ]
    return [letters[at] for at in sorted(first.values())], told


def _plain(text: str) -> str:
    return " ".join(text.split())


# --- one patient ------------------------------------------------------------------------------------------------------


def of_one_patient(read: Sequence[_Read]) -> tuple[list[_Read], list[SetAside]]:
    """The documents of the patient whom most of them are about, and the others. Raises DossierError."""
    if len(read) < 2:
        return list(read), []
    from extraction.identity import identity_of
    from screening.same_patient import group

    found = group([identity_of(one.letter.document.text, one.facts, one.letter.document.date) for one in read])
    if not found.kept:
        told = next(iter(found.differing.values()))
        names = ", ".join(one.name for one in read)
        raise DossierError(
            f"{names}: not of one patient by {_listed(told)}, and no group has more documents than the others, so none"
            " is trusted: screen each patient's documents by themselves"
        )
    strangers = [
        SetAside(
            one.name,
            one.letter.document.sha256,
            f"tells another {_listed(found.differing[at])} than the other documents: is it the same patient?",
        )
        for at, one in enumerate(read)
        if at not in found.kept
    ]
    return [read[at] for at in found.kept], strangers


def _listed(what: Sequence[str]) -> str:
    return " and ".join(what)


# --- dates ------------------------------------------------------------------------------------------------------------


def _undated(documents: Sequence[Document]) -> list[str]:
    """Those without a date, among several."""
    if len(documents) < 2:
        return []
    return [f"{one.name}: has no date: how old its results are is not known" for one in documents if one.date is None]


def _far_apart(documents: Sequence[Document]) -> list[str]:
    """The newest document, where it is much newer than every other: its date may be a slip, and windows run from it."""
    days = sorted((one.date.latest, one.name) for one in documents if one.date is not None and one.date.latest)
    if len(days) < 2 or (days[-1][0] - days[-2][0]).days <= _FAR_APART:
        return []
    return [f"{days[-1][1]}: dated more than three years after every other document: is its date right?"]
