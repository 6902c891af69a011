"""Codes of other systems for our terms: a code of LOINC, RxNorm, ICD-10 and the like in, a term's id out, and back.

Beside the codes that the terms hold stands `kb/codes.yaml`. A code that two terms hold names neither; an ICD-10 code
also names what stands above it in the classification.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from kb.kept import kept_yaml
from kb.vocabulary import Term, Vocabulary, vocabulary

_HIERARCHICAL = "icd10"


@functools.cache
def table() -> dict[str, Any]:
    """The content of `codes.yaml`."""
    content: dict[str, Any] = kept_yaml(Path(__file__).parent / "codes.yaml")
    return content


def system_of(uri: str) -> str | None:
    """The short name of a code system by its URI; None for one that is not known.

    >>> system_of("http://loinc.org"), system_of("http://example.org")
    ('loinc', None)
    """
    return _systems().get(uri.rstrip("/"))


def uri_of(system: str) -> str:
    """The URI by which a code system is named."""
    uri: str = table()["systems"][system][0]
    return uri


@functools.cache
def _systems() -> dict[str, str]:
    return {uri: name for name, uris in table()["systems"].items() for uri in uris}


def concept_of(system: str, code: str) -> str | None:
    """The id of the term in use that a code names; None where none does, or several do.

    >>> concept_of("loinc", "718-7"), concept_of("icd10", "M32.19"), concept_of("icd10", "M32.14")
    ('haemoglobin', 'sle', 'lupus-nephritis')
    """
    known = _index(vocabulary())
    for name in _names(system, code.strip()):
        if (system, name) in known:
            return known[system, name]
    return None


def _names(system: str, code: str) -> Iterator[str]:
    """The code, and in a classification those above it: "M32.14", "M32.1", "M32"."""
    yield code
    if system == _HIERARCHICAL:
        yield from (code[:length].rstrip(".") for length in range(len(code) - 1, 0, -1))


def codes_of(concept: str, system: str) -> tuple[str, ...]:
    """The codes of a term in a system, the usual one first.

    >>> codes_of("creatinine", "loinc")[0]
    '2160-0'
    """
    own = [code for held, code in _own(vocabulary()[concept]) if held == system]
    return tuple(dict.fromkeys([*own, *map(str, table().get(system, {}).get(concept, ()))]))


def _own(term: Term) -> Iterator[tuple[str, str]]:
    for name, code in term.codes.items():
        if name in table()["held"]:
            yield table()["held"][name], code


@functools.lru_cache(maxsize=2)
def _index(terms: Vocabulary) -> dict[tuple[str, str], str | None]:
    """Each code with its term; what `codes.yaml` says goes before what the terms hold."""
    known: dict[tuple[str, str], str | None] = {}
    for term in terms.terms.values():
        for key in _own(term):
            known[key] = term.id if key not in known else None
    for system in table()["systems"]:
        listed = table().get(system, {})
        known |= {(system, str(code)): concept for concept, codes in listed.items() for code in codes}
    return known


def named(text: str, kinds: Collection[str]) -> str | None:
    """The id of the one term of these kinds that has exactly this name, in any case; None where none or several have.

    >>> named("Lupus  Nephritis, unspecified", ["condition"]), named("suspected lupus nephritis", ["condition"])
    ('lupus-nephritis', None)
    """
    bare = next((text[: -len(end)] for end in table()["endings"] if text.lower().endswith(end.lower())), text)
    found = {concept for kind in kinds for concept in _spelt(vocabulary(), kind).get(_plain(bare), ())}
    return next(iter(found)) if len(found) == 1 else None


@functools.lru_cache(maxsize=12)
def _spelt(terms: Vocabulary, kind: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for term in terms.of_kind(kind):
        for name in (*term.spellings, *term.exact, term.label):
            found.setdefault(_plain(name), set()).add(term.id)
    return found


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("-", " ").split())
