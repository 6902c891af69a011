"""What is missing, in FHIR's words: the open tests of a criterion in, data requirements out.

A requirement names the kind of resource that would answer, the codes that its terms have, and how old it may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kb.codes import codes_of, uri_of
from kb.vocabulary import vocabulary
from rules.decision import Answered, Decision
from rules.language import leaf_tests
from rules.reference import outcome
from rules.tests.base import Test
from rules.windows import window

# For each kind of term the resource that tells of it, the search parameter of its code, and that of its day.
_KINDS = {
    "lab": ("Observation", "code", "date"),
    "score": ("Observation", "code", "date"),
    "condition": ("Condition", "code", "onset-date"),
    "procedure": ("Procedure", "code", "date"),
    "drug": ("MedicationStatement", "code", "effective"),
    "vaccine": ("Immunization", "vaccine-code", "date"),
}
_SYSTEMS = {
    "lab": ("loinc",),
    "score": ("loinc",),
    "condition": ("snomed", "icd10"),
    "drug": ("rxnorm",),
    "vaccine": ("cvx",),
}
_UNITS = {"day": "d", "week": "wk", "month": "mo", "year": "a"}
_WINDOWS = ("within", "negative_within")
_MOST_CODES = 40


def requirements(answered: Answered, decision: Decision) -> list[dict[str, Any]]:
    """One data requirement for each kind of thing that an open test of the criterion asks for, each once."""
    found: list[dict[str, Any]] = []
    for test in leaf_tests(answered.criterion.tree):
        if outcome(test, decision.findings) == "open":
            found += [one for one in _of(test) if one not in found]
    return found


def _of(test: Test) -> Iterator[dict[str, Any]]:
    terms = vocabulary()
    asked: dict[str, list[str]] = {}
    for name in test.about:
        if name in terms and terms.kinds[name] in _KINDS:
            asked.setdefault(terms.kinds[name], []).append(name)
    for kind, names in asked.items():
        resource, code, day = _KINDS[kind]
        out: dict[str, Any] = {"type": resource}
        out["codeFilter"] = [{"searchParam": code, "code": _codings(kind, names)}]
        if duration := _duration(test):
            out["dateFilter"] = [{"searchParam": day, "valueDuration": duration}]
        yield out


def _codings(kind: str, names: list[str]) -> list[dict[str, str]]:
    """The codes of what is asked for and of everything more special; where none is known, or too many are, our own."""
    terms = vocabulary()
    meant = [name for asked in names for name in (asked, *sorted(terms.below(asked) - {asked}))]
    codings = [
        {"system": uri_of(system), "code": code, "display": terms[name].label}
        for name in dict.fromkeys(meant)
        for system in _SYSTEMS.get(kind, ())
        for code in codes_of(name, system)
    ]
    if 0 < len(codings) <= _MOST_CODES:
        return codings
    return [{"system": "urn:eligo:term", "code": name, "display": terms[name].label} for name in names]


def _duration(test: Test) -> Mapping[str, Any] | None:
    """How old what is asked for may be, where the test says so."""
    text = next((told for name in _WINDOWS if (told := getattr(test, name, None))), None)
    if text is None:
        return None
    span = window(text)
    return {
        "value": span.count,
        "unit": f"{span.unit}{'' if span.count == 1 else 's'}",
        "system": "http://unitsofmeasure.org",
        "code": _UNITS[span.unit],
    }
