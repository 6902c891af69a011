"""Whether a protocol's file is sound: the file goes in, every fault comes out with its line and how to put it right.

What a file must have to be read is the language's; here is what a file can say and still be wrong: a concept that
nobody knows, a unit that does not fit, a window that hangs in the air, a quote that the registry does not hold.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.vocabulary import Vocabulary
from rules.concepts import ANYTHING, Names, named_concepts
from rules.contradictions import contradictions
from rules.language import Protocol, form_problems, leaf_tests, parse_protocol
from rules.protocol_text import Path_, ProtocolError, line_of, read_yaml
from rules.registry import gaps, unfounded_quotes
from rules.tests.base import BOUNDS, Test
from rules.windows import anchored


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it lies, what is wrong, how to put it right."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.what}: {self.remedy}"


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    lines: Mapping[Path_, int]

    def problem(self, path: Path_, what: str, remedy: str) -> Problem:
        return Problem(self.name, line_of(self.lines, path), what, remedy)


def check_protocol(path: Path, terms: Vocabulary, statements: frozenset[str]) -> list[Problem]:
    """Every fault of the protocol's file and of its registry text. Raises ProtocolError where it cannot be read.

    `statements` are the ids of what letters state in sentences, which no terms file has.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProtocolError(f"{path}: cannot be read: name a protocol file in UTF-8") from error
    content, lines = read_yaml(text, str(path))
    file = _File(str(path), lines)
    malformed = form_problems(content)
    if malformed:
        return [file.problem(at, f"{_key(at)}{what}", "see the published schema") for at, what in malformed]
    protocol = parse_protocol(text, str(path))
    found = [
        *_of_criteria(protocol, file, terms, statements),
        *_contradictions(protocol, file),
        *_against_registry(protocol, file, path),
    ]
    return sorted(found, key=lambda one: (one.file, one.line))


def _key(path: Path_) -> str:
    return f"'{path[-1]}' " if path and isinstance(path[-1], str) else ""


# --- the criteria -----------------------------------------------------------------------------------------------------


def _of_criteria(protocol: Protocol, file: _File, terms: Vocabulary, statements: frozenset[str]) -> Iterator[Problem]:
    for index, criterion in enumerate(protocol.criteria):
        where: Path_ = ("criteria", index)
        if not criterion.quote.strip():
            yield file.problem((*where, "quote"), f"{criterion.id} has no quote", "quote the registry's own words")
        yield from _duplicates(protocol, index, file)
        if criterion.repeats is not None and criterion.repeats not in {one.id for one in protocol.criteria}:
            yield file.problem(
                (*where, "repeats"), f"there is no criterion '{criterion.repeats}'", "name one by its id"
            )
        for test in leaf_tests(criterion.tree):
            for key, what, remedy in _of_test(test, terms, statements):
                path = _place(file, (*where,), test, key)
                yield file.problem(path, f"{criterion.id}, {key}: {what}", remedy)


def _duplicates(protocol: Protocol, index: int, file: _File) -> Iterator[Problem]:
    """The same condition asked a second time, unless the criterion says that the registry repeats itself."""
    criterion = protocol.criteria[index]
    for earlier in protocol.criteria[:index]:
        same = (earlier.tree, earlier.kind, earlier.cohorts) == (criterion.tree, criterion.kind, criterion.cohorts)
        judged = all(test.outcomes == {"open"} for test in leaf_tests(criterion.tree))
        if same and not judged and criterion.repeats != earlier.id:
            yield file.problem(
                ("criteria", index),
                f"{criterion.id} asks the same as {earlier.id}",
                f"leave one out, or, if the registry says it twice, write 'repeats: {earlier.id}'",
            )


def _of_test(test: Test, terms: Vocabulary, statements: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    for key, mark, concept in named_concepts(test):
        fault = _fault_of(concept, mark, terms, statements)
        if fault is not None:
            yield key, *fault
    for name in type(test).model_fields:
        value = getattr(test, name)
        if name.endswith("within") and isinstance(value, str) and not anchored(value):
            yield name, f"'{value}' is a window without an anchor", f"write '{value} before screening'"
    for flaw in test.flaws(terms):
        yield flaw.key, flaw.what, flaw.remedy


def _fault_of(concept: str, mark: Names, terms: Vocabulary, statements: frozenset[str]) -> tuple[str, str] | None:
    if concept in terms:
        kind = terms.kinds[concept]
        if mark.kinds and kind not in mark.kinds:
            return f"'{concept}' is a {kind}", f"name a {' or a '.join(mark.kinds)}"
        return None
    if concept in statements or concept == ANYTHING:
        fits = not mark.kinds or "statement" in mark.kinds
        return None if fits else (f"'{concept}' is a statement", f"name a {' or a '.join(mark.kinds)}")
    known = [key for key in (*terms.terms, *statements) if not mark.kinds or _kind(key, terms) in mark.kinds]
    close = difflib.get_close_matches(concept, known, 1)
    hint = f"did you mean '{close[0]}'?" if close else "name a term of the terms folder, or add it there"
    return f"'{concept}' is no concept that is known", hint


def _kind(concept: str, terms: Vocabulary) -> str:
    return terms.kinds.get(concept, "statement")


def _place(file: _File, criterion: Path_, test: Test, key: str) -> Path_:
    """The path of the test's key: of the test that begins with its first key and concept, where several have it."""
    depth = len(criterion)
    paths = [path for path in file.lines if path[:depth] == criterion and path[-1] == key]
    keys = {*test.model_dump(mode="json", by_alias=True, exclude_defaults=True)} - {*BOUNDS}
    beside = [path for path in paths if keys <= {one[-1] for one in file.lines if one[:-1] == path[:-1]}]
    return (beside or paths or [criterion])[0]


# --- criteria against each other, and against the registry ------------------------------------------------------------


def _contradictions(protocol: Protocol, file: _File) -> Iterator[Problem]:
    places = {criterion.id: ("criteria", index) for index, criterion in enumerate(protocol.criteria)}
    told: set[str] = set()
    for one in contradictions(protocol.criteria):
        first = one.criteria[0]
        if first.id in told and len(one.criteria) > 1:
            continue
        told.add(first.id)
        yield file.problem(places[first.id], f"{first.id}: {one.what}", one.remedy)


def _against_registry(protocol: Protocol, file: _File, path: Path) -> Iterator[Problem]:
    if protocol.source is None:
        yield file.problem((), "the protocol names no registry text", "give its file as 'source: registry.txt'")
        return
    source = path.with_name(protocol.source)
    try:
        registry = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        yield file.problem(("source",), f"{protocol.source} cannot be read", "put the registry's text there, in UTF-8")
        return
    unfounded = set(unfounded_quotes(protocol, registry))
    for index, criterion in enumerate(protocol.criteria):
        if criterion.id in unfounded:
            where = ("criteria", index, "quote")
            yield file.problem(
                where, f"{criterion.id}: {protocol.source} does not hold its quote", "quote it word for word"
            )
    for line, sentence in gaps(protocol, registry):
        yield Problem(
            str(source), line, f"no criterion quotes “{_shortened(sentence)}”", "add a criterion, if only a judgement"
        )


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= 90 else f"{sentence[:88]} …"


def faults(problems: Iterable[Problem]) -> list[str]:
    """The messages, each once."""
    return list(dict.fromkeys(map(str, problems)))
