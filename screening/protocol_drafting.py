"""A first draft of a protocol: the criteria's text in, a protocol's file out that whoever knows the trial completes.

The extraction that reads letters reads the criteria. What it understood becomes a test, what it did not becomes a
judgement with the quote and a TODO, so that nothing is lost and nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from kb.facts import Coded, Document, Fact, Quantity
from kb.patterns import compiled
from kb.vocabulary import Lab, vocabulary
from rules.amounts import number
from screening.pipeline import extractor

_HEADINGS = compiled(r"^(?:key\s+)?(inclusion|exclusion)\b[^:]{0,30}:?\s*$", re.IGNORECASE)
_NUMBERING = compiled(r"^\s*(?:[-*•]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+")
_AGE = compiled(r"\b(?:age[ds]?|years? (?:old|of age))\b", re.IGNORECASE)
_AGE_BOUNDS = compiled(r"(≥|>=|at least|>|≤|<=|at most|<)?\s*(\d{1,2})(?:\s*(?:-|–|to)\s*(\d{2}))?", re.IGNORECASE)
_WINDOW = compiled(
    r"(?:within|in|<|≤|<=|(?:for|during) the (?:last|past)|last|past)?\s*(?:the\s+)?(?:last\s+|past\s+)?(\d+)\s*"
    r"(day|week|month|year)s?\b(?!\s*(?:old|of age))",
    re.IGNORECASE,
)
_COUNT = compiled(
    r"(?:≥|>=|at least)\s*(\d)\b(?!\s*(?:mg|%|x|×|points?|months?|weeks?|years?|days?|\.))", re.IGNORECASE
)
_FAILED = compiled(r"\b(?:fail\w*|inadequate\w* (?:response|managed)|refractory|no response)\b", re.IGNORECASE)
_POSITIVE = compiled(r"\b(?:positiv\w*|seropositiv\w*|present|presence)\b", re.IGNORECASE)
_SEROLOGY = ("virology", "autoantibodies")
_KINDS = {"condition": "condition", "procedure": "procedure", "vaccination": "vaccination", "study": "study"}
_UNITS = {"{ULN}": "x ULN", "{LLN}": "x LLN", "{score}": "points", "{titer}": "titre"}
_FIRST_LINES = (
    "# yaml-language-server: $schema=protocol.schema.json\n# A draft: hold every criterion against its quote.\n"
)
_TODO = "TODO: what the draft did not understand"


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of the criteria's text: on which side it stands, its number there, and its words."""

    side: str
    number: int
    part: str
    words: str


def clauses(text: str) -> Iterator[Clause]:
    """The criteria of the text, a line each, split at semicolons."""
    side, count = "inclusion", 0
    for line in text.splitlines():
        words = _NUMBERING.sub("", line).strip()
        heading = _HEADINGS.match(words)
        if heading is not None:
            side, count = heading[1].lower(), 0
        elif words and not words.startswith("#"):
            count += 1
            parts = [part.strip() for part in re.split(r";\s+", words) if part.strip()]
            for place, part in enumerate(parts):
                yield Clause(side, count, chr(ord("a") + place % 26) if len(parts) > 1 else "", part)


def draft(name: str, text: str, source: str) -> str:
    """The protocol's file as text: every clause is a criterion, in the order of the registry."""
    head = {"id": name, "version": "1", "title": "TODO: the trial's title", "status": "draft", "source": source}
    criteria = [_criterion(clause) for clause in clauses(text)]
    content = yaml.safe_dump({**head, "criteria": criteria}, sort_keys=False, allow_unicode=True, width=116)
    return (
        "# yaml-language-server: $schema=protocol.schema.json\n# A draft: hold every criterion against its quote.\n"
        + content
    )


def _criterion(clause: Clause) -> dict[str, Any]:
    condition = _condition(clause)
    understood = condition is not None
    out: dict[str, Any] = {
        "id": f"{clause.side[0].upper()}{clause.number}{clause.part}",
        "number": f"{clause.side.capitalize()} {clause.number}",
        "title": clause.words[:72],
        "quote": clause.words,
    }
    if not understood:
        out |= {"reading": _TODO, "settled_at_visit": True}
    key = "requires" if clause.side == "inclusion" else "excludes"
    return {**out, key: condition or {"judgement": clause.words, "raised_by": []}}


def _condition(clause: Clause) -> dict[str, Any] | None:
    """The clause as a condition; None where nothing in it was understood."""
    age = _age(clause.words)
    if age is not None:
        return age
    facts, _ = extractor().extract(Document("criteria", clause.words, "", None), 0)
    tests = list(_tests(clause, facts))
    if not tests:
        return None
    if len(tests) == 1:
        return tests[0]
    either = clause.side == "exclusion" or re.search(r"\bor\b|/", clause.words, re.IGNORECASE)
    return {"any" if either else "all": tests}


def _age(words: str) -> dict[str, Any] | None:
    """The bounds of an age, if the clause is about one."""
    match = _AGE_BOUNDS.search(words) if _AGE.search(words) else None
    if match is None:
        return None
    signs = {"≥": "at_least", ">=": "at_least", "at least": "at_least", ">": "above"}
    upper = {"≤": "at_most", "<=": "at_most", "at most": "at_most", "<": "below"}
    out: dict[str, Any] = {"age": "at the screening date"}
    sign = (match[1] or "≥").lower()
    out[signs.get(sign) or upper.get(sign, "at_least")] = f"{match[2]} years"
    if match[3]:
        out["at_most"] = f"{match[3]} years"
    for other in _AGE_BOUNDS.finditer(words, match.end()):
        if other[1] and other[1].lower() in upper and "at_most" not in out:
            out[upper[other[1].lower()]] = f"{other[2]} years"
            break
    return out


def _tests(clause: Clause, facts: Sequence[Fact]) -> Iterator[dict[str, Any]]:
    window = _window(clause.words)
    drugs = list(dict.fromkeys(fact.concept for fact in facts if fact.kind == "medication"))
    if len(drugs) > 1:
        count = _COUNT.search(clause.words)
        kind = "failures" if _FAILED.search(clause.words) else "exposures"
        yield {kind: drugs, "at_least": int(count[1]) if count else 1}
    elif drugs:
        yield {"exposure": drugs[0], **window}
    seen: set[str] = set()
    for fact, value in _valued(facts):
        test = _number(fact, value) if isinstance(value, Quantity) else _result(fact, value)
        if test is not None and fact.concept not in seen:
            seen.add(fact.concept)
            yield test
    for concept in _unvalued(clause, facts):
        if concept not in seen:
            seen.add(concept)
            yield {"result": concept, "reads": "positive"}
    named: dict[str, list[str]] = {}
    for fact in facts:
        if fact.kind in _KINDS and fact.assertion == "present" and fact.concept not in seen:
            named.setdefault(_KINDS[fact.kind], []).append(fact.concept)
        elif fact.kind == "statement" and fact.concept not in seen:
            seen.add(fact.concept)
            says = {"says": [fact.value.code]} if isinstance(fact.value, Coded) else {}
            yield {"statement": fact.concept, **says}
    for kind, concepts in named.items():
        distinct = list(dict.fromkeys(concepts))
        for concept in distinct:
            yield {kind: concept, **window}


def _valued(facts: Sequence[Fact]) -> Iterator[tuple[Fact, Quantity | Coded]]:
    """The results with their values; of "AST and ALT at most 3 x ULN" the first has that of the second."""
    waiting: list[Fact] = []
    for fact in facts:
        if fact.kind not in ("measurement", "score"):
            continue
        if fact.value is None:
            waiting.append(fact)
            continue
        yield from ((one, fact.value) for one in waiting if fact.start - one.end <= len(" and / "))
        waiting = []
        yield fact, fact.value


def _unvalued(clause: Clause, facts: Sequence[Fact]) -> Iterator[str]:
    """Antibodies and viral tests named without a result: those of an exclusion, or beside "positive", are asked so."""
    if clause.side == "inclusion" and not _POSITIVE.search(clause.words):
        return
    for fact in facts:
        term = vocabulary().terms.get(fact.concept)
        if fact.value is None and isinstance(term, Lab) and term.panel in _SEROLOGY and fact.assertion == "present":
            yield fact.concept


def _number(fact: Fact, value: Quantity) -> dict[str, Any] | None:
    unit = _UNITS.get(value.unit, value.unit)
    interval = value.interval
    out: dict[str, Any] = {"score" if fact.kind == "score" else "measurement": fact.concept}
    if interval.low is not None and interval.low == interval.high:
        return None  # a number without a comparator asks nothing
    if interval.low is not None:
        out["above" if interval.low_open else "at_least"] = f"{number(interval.low)} {unit}"
    if interval.high is not None:
        out["below" if interval.high_open else "at_most"] = f"{number(interval.high)} {unit}"
    return out


def _result(fact: Fact, value: Coded) -> dict[str, Any] | None:
    term = vocabulary().terms.get(fact.concept)
    if fact.kind != "measurement" or not isinstance(term, Lab):
        return None
    if value.code in ("positive", "high", "abnormal"):
        return {"result": fact.concept, "reads": "positive"}
    return {"result": fact.concept, "reads": "negative"} if value.code in ("negative", "undetected") else None


def _window(words: str) -> dict[str, str]:
    match = _WINDOW.search(words)
    if match is None:
        return {}
    unit = match[2].lower()
    return {"within": f"{match[1]} {unit}{'' if match[1] == '1' else 's'} before screening"}
