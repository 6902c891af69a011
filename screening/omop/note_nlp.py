"""The table NOTE_NLP: the facts of a note in, a row for each out, as the Common Data Model 5.4 defines its columns.

Its concepts are numbers of the OHDSI vocabularies, which are not part of this program: they are 0, "no matching
concept", and the modifiers name the program's own concept with its codes, by which a vocabulary gives the numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from kb.facts import Coded, Course, Document, Fact, Time
from kb.notation import interval_text, time_text
from kb.vocabulary import vocabulary
from screening import VERSION
from screening.omop.tables import Column

# https://ohdsi.github.io/CommonDataModel/cdm54.html: names, types and lengths; integers that count notes are long.
COLUMNS = (
    Column("note_nlp_id", "int64", required=True),
    Column("note_id", "int64", required=True),
    Column("section_concept_id", "int32"),
    Column("snippet", "string"),
    Column("offset", "string"),
    Column("lexical_variant", "string", required=True),
    Column("note_nlp_concept_id", "int32"),
    Column("note_nlp_source_concept_id", "int32"),
    Column("nlp_system", "string"),
    Column("nlp_date", "date32", required=True),
    Column("nlp_datetime", "timestamp"),
    Column("term_exists", "string"),
    Column("term_temporal", "string"),
    Column("term_modifiers", "string"),
)
NO_CONCEPT = 0
LONGEST_TEXT = 250
LONGEST_MODIFIERS = 2000
_AROUND = 80  # characters of a snippet on either side of the term
_SEPARATORS = re.compile(r"[,=\s]+")


def row(fact: Fact, document: Document, number: int, note_id: int, processed: date, noted: date) -> dict[str, Any]:
    """The row of a fact: the `number`th of the table, of the note of the day `noted`, read on the day `processed`."""
    return {
        "note_nlp_id": number,
        "note_id": note_id,
        "section_concept_id": NO_CONCEPT,
        "snippet": snippet(document.text, fact.start, fact.end),
        "offset": str(fact.start),
        "lexical_variant": fact.quote[:LONGEST_TEXT],
        "note_nlp_concept_id": NO_CONCEPT,
        "note_nlp_source_concept_id": NO_CONCEPT,
        "nlp_system": f"eligo {VERSION}",
        "nlp_date": processed,
        "nlp_datetime": None,
        "term_exists": "Y" if exists(fact) else "N",
        "term_temporal": temporal(fact, noted),
        "term_modifiers": modifiers(fact),
    }


def snippet(text: str, start: int, end: int) -> str:
    """A window of at most 250 characters that holds the term, cut between words.

    >>> snippet("No cancer. LVEF 48 %.", 11, 20)
    'No cancer. LVEF 48 %.'
    """
    around = min(_AROUND, max(0, (LONGEST_TEXT - (end - start)) // 2))
    first, last = max(0, start - around), min(len(text), end + around)
    if first:
        gap = re.search(r"\s", text[first:start])
        first = first + gap.end() if gap else start
    if last < len(text):
        words = text[end:last].rsplit(maxsplit=1)
        last = end + text[end:last].rindex(words[-1]) if len(words) > 1 else end
    return text[first:last].strip()[:LONGEST_TEXT]


def exists(fact: Fact) -> bool:
    """Whether the patient has, or had, it: by the CDM no when it is denied, conditional or someone else's, and yes when
    it is uncertain; and no, too, for what is only planned and for a drug that was never taken or is an allergy.
    """
    if fact.experiencer != "patient" or fact.assertion in ("absent", "conditional") or fact.temporality == "planned":
        return False
    return fact.dosing is None or fact.dosing.status in ("current", "past")


def temporal(fact: Fact, noted: date) -> str | None:
    """`past` for history and for what is dated before the note, `present` for what goes on; None for plans."""
    course = fact.course or Course()
    if fact.temporality == "planned":
        return None
    if fact.temporality == "historical" or (fact.dosing is not None and fact.dosing.status == "past"):
        return "past"
    if course.ongoing:
        return "present"
    dated = course.end or fact.time
    return "past" if dated is not None and dated.latest is not None and dated.latest < noted else "present"


def modifiers(fact: Fact) -> str:
    """All that is told of the term, as `Name=value` with commas between: first what `term_exists` rests on."""
    made = ""
    for name, value in _modifiers(fact):
        one = f"{name}={_SEPARATORS.sub(' ', value)}"
        longer = f"{made},{one}" if made else one
        if len(longer) > LONGEST_MODIFIERS:
            break
        made = longer
    return made


def _modifiers(fact: Fact) -> Iterator[tuple[str, str]]:
    yield "Negation", _flag(fact.assertion == "absent")
    yield "Subject", fact.experiencer
    yield "Conditional", _flag(fact.assertion == "conditional")
    yield "Uncertain", _flag(fact.assertion == "possible")
    yield "History", _flag(fact.temporality == "historical")
    if fact.temporality == "planned":
        yield "Planned", "true"
    yield "Kind", fact.kind
    yield "Concept", fact.concept
    terms = vocabulary()
    if fact.concept in terms:
        yield from ((key.upper(), code) for key, code in sorted(terms[fact.concept].codes.items()))
    if isinstance(fact.value, Coded):
        yield "Value", fact.value.code
    elif fact.value is not None:
        yield "Value", interval_text(fact.value.interval)
        yield "Unit", fact.value.unit
    if fact.reference is not None:
        yield "Reference", interval_text(fact.reference)
    yield from _times(fact)
    yield from _doses(fact)
    yield from sorted(fact.attributes.items())
    if fact.section is not None:
        yield "Section", fact.section


def _times(fact: Fact) -> Iterator[tuple[str, str]]:
    course = fact.course or Course()
    dated: list[tuple[str, Time | None]] = [("Concept_date", fact.time), ("Start", course.start), ("End", course.end)]
    yield from ((name, time_text(time)) for name, time in dated if time is not None)
    if course.ongoing is not None:
        yield "Ongoing", _flag(course.ongoing)


def _doses(fact: Fact) -> Iterator[tuple[str, str]]:
    dosing = fact.dosing
    if dosing is None:
        return
    yield "Status", dosing.status
    amounts = [("Dose", dosing.dose), ("Per_day", dosing.per_day), ("Per_kg", dosing.per_kg)]
    told = [(name, interval_text(amount)) for name, amount in amounts if amount is not None]
    yield from told
    if told:
        yield "Dose_unit", dosing.unit
    if dosing.route is not None:
        yield "Route", dosing.route


def _flag(holds: bool) -> str:
    return "true" if holds else "false"
