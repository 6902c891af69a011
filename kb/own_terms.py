"""A user's own terms beside the shipped ones: a folder of terms files in, one vocabulary of both out.

Whatever would change what a shipped term finds, or could not be found or read itself, is refused with file and line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.units import units
from kb.vocabulary import Drug, Lab, Score, Term, TermsError, Vocabulary, read_terms, term_from_json

_UNIT_OF_SHARES = "{fraction}"


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """A term with its kind and with where it is written."""

    file: Path
    line: int
    kind: str
    term: Term

    def fault(self, problem: str) -> TermsError:
        return TermsError(f"{self.file}, line {self.line}: {problem}")


def with_own_terms(folder: Path, shipped: Vocabulary, reserved: Collection[str] = ()) -> Vocabulary:
    """The shipped terms and those of the folder's files; `reserved` ids are in use for what is no term.

    Raises TermsError: one line with file, line, what is wrong and what to do.
    """
    own = list(_read(folder))
    _check_ids(own, shipped, reserved)
    _check_references(own, shipped)
    _check_spellings(own, shipped)
    doses = {drug.unit for drug in shipped.of_kind("drug") if isinstance(drug, Drug)}
    for one in own:
        for problem in (*_of_spellings(one.term), *_of_values(one.term, doses)):
            raise one.fault(f"term '{one.term.id}': {problem}")
    everyone = [(shipped.kinds[key], term) for key, term in shipped.terms.items()]
    return Vocabulary([*everyone, *((one.kind, one.term) for one in own)])


def own_json(terms: Vocabulary, shipped: Vocabulary) -> list[dict[str, Any]]:
    """The terms beside the shipped ones, as plain data; none where the shipped ones alone are in use."""
    if terms is shipped:
        return []
    own = {key: term for key, term in terms.terms.items() if key not in shipped}
    return [{"kind": terms.kinds[key], **term.model_dump(mode="json")} for key, term in own.items()]


def with_own_json(own: Iterable[Mapping[str, Any]], shipped: Vocabulary) -> Vocabulary:
    """The shipped terms and those of `own_json`, which go before shipped ones of the same id: what was decided with
    them long ago meant them. Raises TermsError where they refer to what is no term any more.
    """
    told = [(str(one["kind"]), {key: part for key, part in one.items() if key != "kind"}) for one in own]
    added = [(kind, term_from_json(kind, term)) for kind, term in told]
    ids = {term.id for _, term in added}
    kept = [(shipped.kinds[key], term) for key, term in shipped.terms.items() if key not in ids]
    return Vocabulary([*kept, *added])


def _read(folder: Path) -> Iterator[OwnTerm]:
    if not folder.is_dir():
        raise TermsError(f"{folder}: is no folder: name the folder that holds your terms files")
    files = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    if not files:
        raise TermsError(f"{folder}: holds no terms file: put one there, its name ending in .yaml")
    for path in files:
        for line, kind, term in read_terms(path):
            yield OwnTerm(path, line, kind, term)


def _check_ids(own: Iterable[OwnTerm], shipped: Vocabulary, reserved: Collection[str]) -> None:
    seen: dict[str, OwnTerm] = {}
    for one in own:
        key = one.term.id
        if key in shipped:
            raise one.fault(
                f"'{key}' is the id of a shipped {shipped.kinds[key]}: use that one, or give yours another id"
            )
        if key in reserved:
            raise one.fault(f"'{key}' already means something else in protocols: give your term another id")
        if key in seen:
            place = f"{seen[key].file}, line {seen[key].line}"
            raise one.fault(f"'{key}' is already the id of the term of {place}: give it another id, or join them")
        seen[key] = one


def _check_references(own: Iterable[OwnTerm], shipped: Vocabulary) -> None:
    own = list(own)
    kinds = {**shipped.kinds, **{one.term.id: one.kind for one in own}}
    for one in own:
        closes: tuple[str, ...] = getattr(one.term, "denial_closes", ())
        for other in (*one.term.is_a, *closes):
            if other not in kinds:
                raise one.fault(f"term '{one.term.id}' refers to '{other}', which no terms file has: mend or remove it")
        for other in one.term.is_a:
            if kinds[other] != one.kind:
                raise one.fault(
                    f"term '{one.term.id}' is a {one.kind}, '{other}' a {kinds[other]}: let 'is_a' name a {one.kind}"
                )


# --- what a letter's words would find ---------------------------------------------------------------------------------


class _Owners:
    """Which term a text is found as."""

    def __init__(self) -> None:
        self.any_case: dict[str, str] = {}
        self.as_written: dict[str, str] = {}
        self.written_lower: dict[str, str] = {}

    def add(self, term: Term) -> None:
        self.any_case |= {_joined(spelling).lower(): term.id for spelling in term.spellings}
        self.as_written |= {_joined(spelling): term.id for spelling in term.exact}
        self.written_lower |= {_joined(spelling).lower(): term.id for spelling in term.exact}

    def clashes(self, term: Term) -> Iterator[tuple[str, str]]:
        """Each spelling by which a text would be found as another term too, with that term."""
        for spelling in term.spellings:
            key = _joined(spelling).lower()
            found = self.any_case.get(key) or self.written_lower.get(key)
            yield from [(spelling, found)] if found else []
        for spelling in term.exact:
            key = _joined(spelling)
            found = self.as_written.get(key) or self.any_case.get(key.lower())
            yield from [(spelling, found)] if found else []


def _check_spellings(own: Iterable[OwnTerm], shipped: Vocabulary) -> None:
    """No text may be found as two terms: a letter's word would be given to one of them without a word said."""
    owners = _Owners()
    for term in shipped.terms.values():
        owners.add(term)
    for one in own:
        for spelling, other in owners.clashes(one.term):
            whose = f"the shipped term '{other}'" if other in shipped else f"the term '{other}'"
            raise one.fault(
                f"'{spelling}' of term '{one.term.id}' is a spelling of {whose}: leave it out, or use that term"
            )
        owners.add(one.term)


def _joined(spelling: str) -> str:
    """A spelling without what letters write or leave out: hyphens and spaces."""
    return re.sub(r"[\s-]+", "", spelling)


def _of_spellings(term: Term) -> Iterator[str]:
    """What would keep the term from being found, or would find it everywhere."""
    for spelling in term.spellings:
        if len(re.findall(r"\w", spelling)) < 2:
            yield f"'{spelling}' is too short to match in any case: write it under 'exact', or leave it out"
    for spelling in term.exact:
        if not re.search(r"\w", spelling):
            yield f"'{spelling}' has no letter: leave it out"


def _of_values(term: Term, doses: Collection[str]) -> Iterator[str]:
    """What would keep its values from being read, or from being told from a slip."""
    match term:
        case Drug():
            if term.unit not in doses:
                yield f"doses are not read in '{term.unit}': write the unit as one of {', '.join(sorted(doses))}"
        case Lab(unit=str() as unit):
            if unit not in units():
                yield f"the unit '{unit}' is not known: write a UCUM code such as mg/dL or 10*9/L"
            if term.plausible is None and unit != _UNIT_OF_SHARES:
                yield f"no value can be told from a slip: add 'plausible: [LOW, HIGH]' in {unit}"
            if term.plausible is not None and not 0 <= term.plausible[0] < term.plausible[1]:
                yield "'plausible' is an empty range: write the lower value first"
        case Score():
            if not term.minimum < term.maximum:
                yield "'minimum' is not below 'maximum': mend them"
