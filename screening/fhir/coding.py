"""What a CodeableConcept means: codes and displays in, one of our terms out, or the codes that were not understood.

A known code goes first; without one a display counts only where the whole of it is the name of one term, so that
"suspected lupus nephritis" is not taken for lupus nephritis.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kb.codes import concept_of, named, system_of, table
from kb.facts import Fact
from kb.vocabulary import vocabulary

Concept = Mapping[str, Any]
_TAG = re.compile(r"\s*\((?:disorder|finding|procedure|substance|product|qualifier value|observable entity)\)$")
_CODE = re.compile(r"[A-Za-z0-9.+_-]{1,20}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the document that a Bundle is rendered as, with what it says; facts get their place there.

    `unknown` is a code that was not understood, `unfit` one whose value was not.
    """

    line: str
    facts: tuple[Fact, ...] = ()
    unknown: str | None = None
    unfit: str | None = None


def codings(concept: Concept | None) -> Iterator[tuple[str | None, str, str]]:
    """The short name of the system (None where it is not known), the code and the display of each coding."""
    for one in (concept or {}).get("coding", ()):
        yield system_of(str(one.get("system", ""))), str(one.get("code", "")), str(one.get("display", ""))


def shown(concept: Concept | None, term: str | None = None) -> str:
    """What a concept is called, for people: its text, else a display, else the label of its term, else a code."""
    told = [str((concept or {}).get("text", "")), *(display for _, _, display in codings(concept))]
    told += [vocabulary()[term].label] if term else []
    told += [code for _, code, _ in codings(concept)]
    return plain(next((one for one in told if one.strip()), "not named"))


def plain(text: str) -> str:
    """A text of one line, without control characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def unknown(concept: Concept | None) -> str:
    """A concept that was not understood, by its codes; never by its text, which may be a person's."""
    told = []
    for system, code, _ in codings(concept):
        word = code if _CODE.fullmatch(code) else "code"
        told.append(f"{table()['names'][system]} {word}" if system else f"{word} of another system")
    return " or ".join(dict.fromkeys(told)) or "without a code"


def concept_in(concept: Concept | None, kinds: Collection[str]) -> str | None:
    """The id of the term of these kinds that the concept means; None where none does, or its codes disagree."""
    terms = vocabulary()
    found = [term for system, code, _ in codings(concept) if system and (term := concept_of(system, code))]
    found = [term for term in dict.fromkeys(found) if terms.kinds[term] in kinds]
    found = found or list(dict.fromkeys(term for name in _names(concept) if (term := named(_TAG.sub("", name), kinds))))
    closest = [term for term in found if all(terms.is_a(term, other) for other in found)]
    return closest[0] if closest else None


def _names(concept: Concept | None) -> list[str]:
    """The names that may stand for a concept whose codes are not known.

    A code of a known system says more than what a record calls it: "creatinine" may be that of the urine. So there is
    none beside a LOINC code, and beside other codes only their own displays count.
    """
    told = list(codings(concept))
    if any(system == "loinc" for system, _, _ in told):
        return []
    if any(system for system, _, _ in told):
        return [display for system, _, display in told if system]
    return [*(display for _, _, display in told), str((concept or {}).get("text", ""))]


def result_of(concept: Concept | None) -> str | None:
    """A qualitative result by its codes, else by its word: positive, negative, normal ...; None where it is no such,
    or several.
    """
    results = table()["results"]
    told = {word for system, code, _ in codings(concept) if (word := _found(results.get(system or "", {}), code))}
    names = [*(display for _, _, display in codings(concept)), str((concept or {}).get("text", ""))]
    told = told or {word for name in names if (word := word_result(name))}
    return next(iter(told)) if len(told) == 1 else None


def word_result(text: str) -> str | None:
    """A qualitative result by its word alone."""
    return _found(table()["results"]["words"], plain(text).lower())


def _found(values: Mapping[str, list[str]], code: str) -> str | None:
    return next((word for word, codes in values.items() if code in map(str, codes)), None)


def code_of(concept: Concept | None) -> str | None:
    """The first code of a concept whose codes are FHIR's own words: a status, a category."""
    return next((code for _, code, _ in codings(concept)), None)
