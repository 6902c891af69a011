"""The terms of `kb/terms/*.yaml`, checked and indexed: names in, a term with its codes and ancestors out.

A terms file says its kind once and lists terms; a reader without Python can review it. `names` (with brands,
biosimilars and misspellings) match in any case; `exact` matches only as written, for abbreviations that are words
or mean other things in other cases; `phrases` are names with slots. `is_a` names more general terms of the same kind.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from kb.kept import kept
from kb.patterns import compiled

FOLDER = Path(__file__).parent / "terms"


class TermsError(ValueError):
    """A terms file that cannot be used: says the file, the term and what to do."""


class Reference(BaseModel, extra="forbid", frozen=True, defer_build=True):
    """A default reference range in the lab's canonical unit, of one sex or of both, with where it was published."""

    low: float | None = None
    high: float | None = None
    sex: Literal["female", "male"] | None = None
    source: str


_SLOT = compiled(r"(\([^()]*\)|\[[^\[\]]*\])")


def spelt_out(phrase: str) -> Iterator[str]:
    """Every name that a phrase with slots stands for: `(a|b)` is one of them, `[a|b]` one of them or nothing.

    >>> list(spelt_out("[solid] organ (graft|transplant)"))
    ['organ graft', 'organ transplant', 'solid organ graft', 'solid organ transplant']
    """
    choices = [
        ([""] if piece.startswith("[") else []) + piece[1:-1].split("|") if piece[:1] in ("(", "[") else [piece]
        for piece in _SLOT.split(phrase)
    ]
    for parts in itertools.product(*choices):
        yield " ".join("".join(parts).split())


class Term(BaseModel):
    """What every kind of term has; `phrases` are names with slots, spelt out into `names`."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    label: str
    names: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    is_a: tuple[str, ...] = ()
    codes: dict[str, str] = {}
    note: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_phrases(cls, entry: Any) -> Any:
        if not isinstance(entry, dict) or "phrases" not in entry:
            return entry
        for key in ("names", "phrases"):
            if not isinstance(entry.get(key, []), list) or not all(isinstance(one, str) for one in entry.get(key, [])):
                raise ValueError(f"'{key}' is a list of names")
        spelt = [name for phrase in entry["phrases"] for name in spelt_out(phrase)]
        rest = {key: value for key, value in entry.items() if key != "phrases"}
        return {**rest, "names": list(dict.fromkeys([*entry.get("names", []), *spelt]))}

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every spelling that matches in any case."""
        return self.names


class Drug(Term):
    """A drug or a class of drugs; `unit` is the unit its doses are counted in."""

    brands: tuple[str, ...] = ()
    biosimilars: tuple[str, ...] = ()
    misspellings: tuple[str, ...] = ()
    unit: str = "mg"
    route: str | None = None

    @property
    def spellings(self) -> tuple[str, ...]:
        return self.names + self.brands + self.biosimilars + self.misspellings


class Lab(Term):
    """An analyte, a vital sign or an investigation; numbers in `unit` (UCUM), or a qualitative result."""

    unit: str | None = None
    molar_mass: float | None = None
    plausible: tuple[float, float] | None = None
    references: tuple[Reference, ...] = ()
    panel: str | None = None
    misspellings: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        return self.names + self.misspellings


class Condition(Term):
    """A disease, sign or symptom; a denial of it also denies every term of `denial_closes` (and those below them)."""

    denial_closes: tuple[str, ...] = ()


class Procedure(Term):
    """Something done to a patient; `denial_closes` as for a condition."""

    denial_closes: tuple[str, ...] = ()


class Vaccine(Term):
    """A vaccine, by brand or by disease; `live` is None where the name alone does not tell."""

    live: bool | None = None
    brands: tuple[str, ...] = ()
    denial_closes: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        return self.names + self.brands


class Score(Term):
    """A clinical score with the range its values can take; one told in classes has their words with their ranks.

    `part_of` is the score that it is when the items of `lacks` are added.
    """

    minimum: float
    maximum: float
    levels: dict[str, float] = {}
    part_of: str | None = None
    lacks: tuple[str, ...] = ()
    source: str | None = None


_MODELS: dict[str, type[Term]] = {
    "drug": Drug,
    "lab": Lab,
    "condition": Condition,
    "procedure": Procedure,
    "vaccine": Vaccine,
    "score": Score,
}


_NOTHING: frozenset[str] = frozenset()


class Vocabulary:
    """All terms by id, with the is-a relation closed upwards and downwards."""

    def __init__(self, terms: Iterable[tuple[str, Term]]) -> None:
        self.kinds: dict[str, str] = {}
        self.terms: dict[str, Term] = {}
        for kind, term in terms:
            if term.id in self.terms:
                raise TermsError(f"two terms have the id '{term.id}': give one of them another id, or join them")
            self.terms[term.id] = term
            self.kinds[term.id] = kind
        for term in self.terms.values():
            closes: tuple[str, ...] = getattr(term, "denial_closes", ())
            for other in (*term.is_a, *closes):
                if other not in self.terms:
                    raise TermsError(f"term '{term.id}' refers to '{other}', which no terms file has")
        self._ancestors: dict[str, frozenset[str]] = {}
        below: dict[str, set[str]] = {key: {key} for key in self.terms}
        for key in self.terms:
            for ancestor in self.ancestors(key):
                below[ancestor].add(key)
        self._below = {key: frozenset(special) for key, special in below.items()}
        self._closed: dict[str, frozenset[str]] = {}

    def __getitem__(self, term_id: str) -> Term:
        return self.terms[term_id]

    def __contains__(self, term_id: object) -> bool:
        return term_id in self.terms

    def of_kind(self, kind: str) -> Iterator[Term]:
        return (term for key, term in self.terms.items() if self.kinds[key] == kind)

    def ancestors(self, term_id: str) -> frozenset[str]:
        """The term and everything more general than it.

        >>> "glucocorticoid" in vocabulary().ancestors("prednisolone")
        True
        """
        known = self._ancestors.get(term_id)
        if known is None:
            self._ancestors[term_id] = frozenset({term_id})  # a loop in is_a ends here
            found = {term_id}
            for parent in self.terms[term_id].is_a:
                found |= self.ancestors(parent)
            known = self._ancestors[term_id] = frozenset(found)
        return known

    def below(self, term_id: str) -> frozenset[str]:
        """The term and everything more special than it."""
        return self._below[term_id]

    def is_a(self, term_id: str, general: str) -> bool:
        return general in self._ancestors.get(term_id, ())

    def is_one_of(self, term_id: str, general: Collection[str]) -> bool:
        """Whether the term is any of the general ones, or below one."""
        return not self._ancestors.get(term_id, _NOTHING).isdisjoint(general)

    def closed_by_denial(self, term_id: str) -> frozenset[str]:
        """What a denial of the term denies: itself and all below it, and the same of the terms its closure lists."""
        if term_id not in self.terms:
            return frozenset({term_id})
        known = self._closed.get(term_id)
        if known is None:
            closes: tuple[str, ...] = getattr(self.terms[term_id], "denial_closes", ())
            known = self._closed[term_id] = self._below[term_id].union(*(self._below[other] for other in closes))
        return known


Located = tuple[int, str, Term]
_PLAIN = {"extra_forbidden": "is no key of such a term: leave it out or mend its name", "missing": "is missing: add it"}


def read_terms(path: Path) -> list[Located]:
    """The line, kind and term of each entry of a file; a TermsError names file, line, term and key of what is wrong."""
    kind, entries = _entries(path)
    adapter = TypeAdapter(_MODELS[kind])
    terms: list[Located] = []
    for line, entry in entries:
        try:
            terms.append((line, kind, adapter.validate_python(entry)))
        except ValidationError as error:
            first = error.errors()[0]
            name = entry.get("id", "without id") if isinstance(entry, dict) else repr(entry)
            where = ".".join(str(part) for part in first["loc"])
            what = _PLAIN.get(first["type"], first["msg"].removeprefix("Value error, "))
            raise TermsError(f"{path}, line {line}: term '{name}', key '{where}': {what}") from error
    return terms


def term_from_json(kind: str, told: Any) -> Term:
    """The term that `model_dump` told. Raises TermsError for what today's terms cannot be."""
    try:
        return _MODELS[kind].model_validate(told)
    except (KeyError, ValidationError) as error:
        raise TermsError("a term is not of the form that this version reads") from error


def _entries(path: Path) -> tuple[str, list[tuple[int, Any]]]:
    """The kind of a file's terms, and each entry as plain data with its line."""
    import yaml  # late: needed only where a file has changed

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        content: Any = None if node is None else loader.construct_document(node)
    except (OSError, UnicodeDecodeError) as error:
        raise TermsError(f"{path}: cannot be read: make it a readable file in UTF-8") from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or " ".join(str(error).split())
        raise TermsError(f"{path}{line}: not readable as YAML: {problem}") from error
    if not (isinstance(content, dict) and content.get("kind") in [*_MODELS] and isinstance(content.get("terms"), list)):
        raise TermsError(f"{path}, line 1: a terms file has 'kind' (one of {', '.join(_MODELS)}) and a list 'terms'")
    nodes = next(value.value for key, value in node.value if key.value == "terms") if node is not None else ()
    lines = [one.start_mark.line + 1 for one in nodes]
    for line, one in zip(lines, nodes, strict=True):
        keys = [key.value for key, _ in one.value] if isinstance(one, yaml.MappingNode) else []
        if len(set(keys)) < len(keys):
            raise TermsError(f"{path}, line {line}: a key is given twice: join the two")
    return content["kind"], list(zip(lines, content["terms"], strict=True))


# --- the terms in use -------------------------------------------------------------------------------------------------

_IN_USE: ContextVar[Vocabulary | None] = ContextVar("vocabulary", default=None)


def vocabulary() -> Vocabulary:
    """The terms in use: the shipped ones, unless `use` put others in their place."""
    chosen = _IN_USE.get()
    return shipped() if chosen is None else chosen


def use(terms: Vocabulary) -> None:
    """Makes these the terms of the rest of this context: of one call of the command line, which runs in its own."""
    _IN_USE.set(terms)


@contextmanager
def using(terms: Vocabulary) -> Iterator[None]:
    """Makes these the terms in use for a while."""
    before = _IN_USE.set(terms)
    try:
        yield
    finally:
        _IN_USE.reset(before)


@functools.cache
def shipped() -> Vocabulary:
    """The shipped terms, read once."""
    return kept("terms", sources_of_terms(), _read_shipped)


def sources_of_terms() -> tuple[Path, ...]:
    """The files that the shipped terms are made of: this one, and theirs."""
    return Path(__file__), *sorted(FOLDER.glob("*.yaml"))


def _read_shipped() -> Vocabulary:
    return Vocabulary((kind, term) for path in sources_of_terms()[1:] for _, kind, term in read_terms(path))
