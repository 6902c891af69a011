"""brat's stand-off lines: the facts of a text in, the content of its `.ann` file out, and facts out of such a file.

A fact is a text-bound annotation (T) of its kind, its choices are attributes (A), its term's codes normalisations (N),
its value and times a note (#) in the notation of `kb/notation.py`. What says something else of a fact is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from kb.facts import Assertion, Course, Dosing, Experiencer, Fact, Kind, MedicationStatus, Quantity, Temporality
from kb.notation import interval_of, interval_text, time_of, time_text, value_of, value_text
from kb.vocabulary import Lab, vocabulary

KINDS: tuple[Kind, ...] = get_args(Kind)
YES_OR_NO = ("yes", "no")

# What a choice may be; of the first three the first is what a fact is when it does not say, and is never written.
CHOICES: dict[str, tuple[str, ...]] = {
    "Assertion": get_args(Assertion),
    "Experiencer": get_args(Experiencer),
    "Temporality": get_args(Temporality),
    "Status": get_args(MedicationStatus),
    "Ongoing": YES_OR_NO,
}
ORDINARY = ("Assertion", "Experiencer", "Temporality")
NOTE = "AnnotatorNotes"
REMARK = "remark"
RELATIVE = ("{ULN}", "{LLN}", "{titer}")  # units that a value of any laboratory term can have
_TIMES = ("time", "start", "end")
_AMOUNTS = ("per_day", "per_kg")

_TEXT_BOUND = re.compile(r"(\S+) (\d+ \d+(?:;\d+ \d+)*)")
_CONCEPT = re.compile(r"[a-z0-9][a-z0-9.-]*")
_CHOSEN = re.compile(r"(\S+) (T\d+) (\S+)")
_LINE_BREAKS = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # at any of these a reader may end a line


class StandoffError(ValueError):
    """A line that cannot be read as a fact: its number, what is wrong with it and what to do."""


def type_of(kind: str) -> str:
    """The type of a kind of fact.

    >>> type_of("medication")
    'Medication'
    """
    return kind.capitalize()


def concept_attribute(kind: str) -> str:
    """The attribute that names what a fact of a kind is about."""
    return f"{type_of(kind)}_concept"


# --- out --------------------------------------------------------------------------------------------------------------


def standoff(text: str, facts: Iterable[Fact]) -> str:
    """The lines of the facts of a text."""
    spans: list[str] = []
    chosen: list[tuple[str, str, str]] = []
    codes: list[tuple[str, str, str]] = []
    notes: list[str] = []
    for number, fact in enumerate(facts, 1):
        target = f"T{number}"
        pieces = list(_pieces(text, fact.start, fact.end))
        places = ";".join(f"{start} {end}" for start, end in pieces)
        words = " ".join(text[start:end] for start, end in pieces)
        spans.append(f"{target}\t{type_of(fact.kind)} {places}\t{words}")
        chosen += [(name, target, value) for name, value in _choices(fact)]
        codes += [(target, code, fact.label) for code in _codes(fact)]
        note = "; ".join(f"{key}: {told}" for key, told in _told(fact))
        if note:
            notes.append(f"#{len(notes) + 1}\t{NOTE} {target}\t{note}")
    lines = [
        *spans,
        *(f"A{number}\t{name} {target} {value}" for number, (name, target, value) in enumerate(chosen, 1)),
        *(f"N{number}\tReference {target} {code}\t{label}" for number, (target, code, label) in enumerate(codes, 1)),
        *notes,
    ]
    return "".join(f"{line}\n" for line in lines)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch without its line breaks, which no annotation may hold, and the white space around them."""
    while start < end:
        found = _LINE_BREAKS.search(text, start, end)
        stop = found.start() if found else end
        words = text[start:stop].strip()
        if words:
            first = text.index(words, start)
            yield first, first + len(words)
        start = stop + 1


def _choices(fact: Fact) -> Iterator[tuple[str, str]]:
    yield concept_attribute(fact.kind), fact.concept
    for name, value in zip(ORDINARY, (fact.assertion, fact.experiencer, fact.temporality), strict=True):
        if value != CHOICES[name][0]:
            yield name, value
    if fact.dosing is not None:
        yield "Status", fact.dosing.status
    if fact.course is not None and fact.course.ongoing is not None:
        yield "Ongoing", YES_OR_NO[not fact.course.ongoing]


def _codes(fact: Fact) -> Iterator[str]:
    terms = vocabulary()
    codes = terms[fact.concept].codes if fact.concept in terms else {}
    for system, code in sorted(codes.items()):
        name = system.upper()
        yield f"{name}:{code.removeprefix(f'{name}:')}"


def _told(fact: Fact) -> Iterator[tuple[str, str]]:
    if fact.value is not None:
        yield "value", value_text(fact.value)
    course = fact.course or Course()
    for key, time in zip(_TIMES, (fact.time, course.start, course.end), strict=True):
        if time is not None:
            yield key, time_text(time)
    dosing = fact.dosing or Dosing()
    for key, amount in zip(_AMOUNTS, (dosing.per_day, dosing.per_kg), strict=True):
        if amount is not None:
            yield key, interval_text(amount)


# --- in ---------------------------------------------------------------------------------------------------------------


@dataclass
class _Annotation:
    """A text-bound annotation with what the other lines say of it."""

    line: int
    kind: Kind
    start: int
    end: int
    chosen: dict[str, str] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)


def facts_of(text: str, lines: str) -> tuple[Fact, ...]:
    """The facts of a text's stand-off lines. Raises StandoffError."""
    found: dict[str, _Annotation] = {}
    rows = [(number, *_split(number, line)) for number, line in enumerate(lines.split("\n"), 1) if line.strip()]
    for number, key, data, rest in rows:
        if key[0] == "T":
            if key in found:
                raise StandoffError(f"line {number}: {key} is there twice: give one of them another number")
            found[key] = _text_bound(number, text, data, rest)
    for number, key, data, rest in rows:
        if key[0] == "A":
            _choose(number, data, found)
        elif key[0] == "#":
            _note(number, data, rest, found)
        elif key[0] not in "TN":
            raise StandoffError(f"line {number}: a relation or an event, which no fact is: delete it")
    return tuple(_fact(key, text, one) for key, one in found.items())


def _split(number: int, line: str) -> tuple[str, str, str]:
    key, _, rest = line.rstrip("\r").partition("\t")
    data, _, words = rest.partition("\t")
    if not re.fullmatch(r"[A-Z#]\d+|\*", key) or not data:
        raise StandoffError(f"line {number}: not a line of stand-off: T1, A1, N1 or #1, a tab, and what it says")
    return key, data, words


def _text_bound(number: int, text: str, data: str, words: str) -> _Annotation:
    found = _TEXT_BOUND.fullmatch(data)
    if found is None:
        raise StandoffError(f"line {number}: write a type and where it stands: Condition 12 18")
    kind = next((kind for kind in KINDS if type_of(kind) == found[1]), None)
    if kind is None:
        raise StandoffError(f"line {number}: no type of fact: write one of {', '.join(map(type_of, KINDS))}")
    places = [(int(start), int(end)) for start, end in (place.split() for place in found[2].split(";"))]
    if any(not 0 <= start < end <= len(text) for start, end in places):
        raise StandoffError(f"line {number}: does not lie in its text: was the text changed?")
    if " ".join(text[start:end] for start, end in places) != words:
        raise StandoffError(f"line {number}: its words are not those at its place: was the text changed?")
    return _Annotation(number, kind, min(start for start, _ in places), max(end for _, end in places))


def _choose(number: int, data: str, found: Mapping[str, _Annotation]) -> None:
    chosen = _CHOSEN.fullmatch(data)
    if chosen is None:
        raise StandoffError(f"line {number}: write an attribute, its annotation and its value: Assertion T1 absent")
    name, target, value = chosen.groups()
    if target not in found:
        raise StandoffError(f"line {number}: of {target}, which is not there")
    known = CHOICES.get(name)
    if known is None and name not in map(concept_attribute, KINDS):
        raise StandoffError(f"line {number}: no attribute of a fact: use those of annotation.conf")
    if known is not None and value not in known:
        raise StandoffError(f"line {number}: {name} is one of {', '.join(known)}")
    if known is None and not _CONCEPT.fullmatch(value):
        raise StandoffError(f"line {number}: no concept: write the id of a term, such as lvef")
    if found[target].chosen.setdefault(name, value) != value:
        raise StandoffError(f"line {number}: {target} has two different values of {name}: delete one")


_READ: dict[str, Callable[[str], Any]] = {
    "value": value_of,
    **dict.fromkeys(_TIMES, time_of),
    **dict.fromkeys(_AMOUNTS, interval_of),
}


def _note(number: int, data: str, note: str, found: Mapping[str, _Annotation]) -> None:
    """What an annotator's note on a fact tells; notes of other types, or on other lines, are brat's own."""
    name, _, target = data.partition(" ")
    if name != NOTE or target not in found:
        return
    for part in filter(None, (part.strip() for part in note.split(";"))):
        key, _, told = (piece.strip() for piece in part.partition(":"))
        if key == REMARK:
            return
        if key not in _READ:
            known = ", ".join(f"{key}:" for key in _READ)
            raise StandoffError(f"line {number}: a note tells {known} and {REMARK}: begins what is for people")
        try:
            found[target].told[key] = _READ[key](told)
        except ValueError as error:
            raise StandoffError(f"line {number}: {key}: {error}") from error


def _fact(key: str, text: str, one: _Annotation) -> Fact:
    concept = one.chosen.get(concept_attribute(one.kind))
    if concept is None:
        raise StandoffError(f"line {one.line}: has no concept: choose its {concept_attribute(one.kind)}")
    _check_unit(one, concept)
    ongoing = one.chosen.get("Ongoing")
    start, end = one.told.get("start"), one.told.get("end")
    course = Course(start, end, None if ongoing is None else ongoing == "yes")
    terms = vocabulary()
    return Fact(
        id=f"f{key[1:]}",
        kind=one.kind,
        concept=concept,
        label=terms[concept].label if concept in terms else concept,
        document=0,
        start=one.start,
        end=one.end,
        quote=text[one.start : one.end],
        **{name.lower(): one.chosen.get(name, CHOICES[name][0]) for name in ORDINARY},  # type: ignore[arg-type]
        value=one.told.get("value"),
        time=one.told.get("time"),
        course=None if course == Course() else course,
        dosing=_dosing(one),
    )


def _check_unit(one: _Annotation, concept: str) -> None:
    """A value of a laboratory term is given in the term's own unit, as a multiple of a limit of normal or a titre."""
    value, term = one.told.get("value"), vocabulary().terms.get(concept)
    if not isinstance(value, Quantity) or not isinstance(term, Lab) or term.unit is None:
        return
    if value.unit not in (term.unit, *RELATIVE):
        raise StandoffError(f"line {one.line}: a value of {concept} is in {term.unit}: convert it")


def _dosing(one: _Annotation) -> Dosing | None:
    amounts = {key: one.told[key] for key in _AMOUNTS if key in one.told}
    status = one.chosen.get("Status")
    if one.kind != "medication":
        if status or amounts:
            raise StandoffError(f"line {one.line}: only a medication has a status and daily amounts")
        return None
    if status is None and not amounts:
        return None
    return Dosing(**{"status": status or "current", **amounts})
