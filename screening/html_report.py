"""The report as a page: a screening in, one self-contained HTML file out.

The letter with its decisive words marked stands beside the criteria; links lead from a quote to its place, and a small
script in the page lights up what belongs together. It reads and prints without the script, and fetches nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from kb.facts import Document, Fact
from rules.amounts import long_day
from rules.changes import Change, Stretch
from rules.decision import Answered
from rules.explanation import Explained, doubt_of, explain, reasons, window_days
from rules.tests.base import Test
from screening import VERSION
from screening.dossiers import dossier_name
from screening.file_names import file_stem
from screening.interface import evidence_of
from screening.pipeline import Screening, newest_day
from screening.report_pages import Evidence, foremost, report_pages, title_of
from screening.text import (
    VERDICTS,
    document_named,
    grouped,
    next_step,
    page_told,
    printable,
    provisos,
    quotation,
    who_and_when,
)
from screening.whatif import WhatIf, sets_title, why_so


def html_report(found: WhatIf, about: Sequence[str] = ()) -> str:
    """The page of a screening, with what would change it and the year ahead; `about` says where it comes from."""
    return _template().render(page=_page(found) | {"about": [printable(text) for text in about]})


def page_name(screening: Screening) -> str:
    """A file name for the page: the dossier's, and the protocol's id."""
    return f"{file_stem(dossier_name(screening.dossier.documents))}-{screening.decision.protocol.id}.html"


@functools.cache
def _template() -> Template:
    text = (Path(__file__).parent / "report.html").read_text(encoding="utf-8")
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(text)


def _page(found: WhatIf) -> dict[str, Any]:
    screening = found.screening
    decision = screening.decision
    documents = [_document(index, document, screening) for index, document in enumerate(screening.dossier.documents)]
    anchors = {key: anchor for document in documents for key, anchor in document["anchors"].items()}
    possible = any(turn.possible for turn in found.turns)
    return {
        "verdict": decision.verdict,
        "verdict_word": VERDICTS[decision.verdict][0].capitalize(),
        "name": ", ".join(printable(document.name) for document in screening.dossier.documents),
        "protocol": decision.protocol,
        "who": who_and_when(screening),
        "next": next_step(screening),
        "provisos": list(provisos(screening)),
        "warnings": [printable(text) for text in screening.warnings],
        "groups": [group for group in _groups(screening, anchors) if group["criteria"]],
        "documents": documents,
        "calendar": [_stretch(stretch) for stretch in found.calendar],
        "calendar_label": "; ".join(f"{one['text']}" for one in map(_stretch, found.calendar)),
        "sets": [
            {"word": VERDICTS[turn.verdict][0].lower(), "changes": [_change(change) for change in turn.changes]}
            for turn in found.turns
        ],
        "sets_possible": possible,
        "sets_title": sets_title(found),
        "version": VERSION,
    }


# --- the criteria -----------------------------------------------------------------------------------------------------


def _groups(screening: Screening, anchors: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    stops, settle, confirm, passes, beside = grouped(screening.decision.answers)
    for title, chosen, shown in (
        ("Stops the patient", stops, True),
        ("Must be settled", settle, True),
        ("To confirm at the visit", confirm, False),
        ("Passes", passes, False),
        ("Not met, and not in the way", beside, False),
    ):
        yield {"title": title, "open": shown, "criteria": [_criterion(one, screening, anchors) for one in chosen]}


def _criterion(one: Answered, screening: Screening, anchors: Mapping[str, str]) -> dict[str, Any]:
    criterion = one.criterion
    facts = evidence_of(one, screening)
    ambiguity = criterion.ambiguity
    return {
        "id": criterion.id,
        "number": criterion.number,
        "title": criterion.title,
        "state": _state(one),
        "reasons": [printable(text) for text in reasons(one, screening.decision)],
        "fact_ids": [fact.id for fact in facts],
        "quotes": _quotes(facts, screening, anchors),
        "asks": [question.ask for question in screening.decision.questions if question.criterion == criterion.id],
        "registry": " ".join(criterion.quote.split()),
        "reading": " ".join(criterion.reading.split()) if criterion.reading else "",
        "ambiguity": f"May be read as: {' / '.join(ambiguity.readings)}; taken: {ambiguity.taken}" if ambiguity else "",
        "proof": _proof(explain(one, screening.decision), screening, anchors),
    }


def _state(one: Answered) -> str:
    return one.answer if one.answer != "unknown" else "raised" if one.raised else "silent"


def _quotes(facts: Sequence[Fact], screening: Screening, anchors: Mapping[str, str]) -> list[dict[str, str]]:
    quoted, named = quotation(screening), document_named(screening)
    several = len(screening.dossier.documents) > 1
    told: dict[tuple[str, str], str] = {}
    for fact in facts:
        page = page_told(fact, screening.dossier.documents[fact.document])
        told.setdefault(
            (f"{quoted(fact)}{printable(doubt_of(fact))}", f"{named(fact) if several else ''}{page}".strip()),
            anchors.get(fact.id, ""),  # what speaks to a test that decided nothing is not marked in the letter
        )
    return [{"text": text, "where": where, "anchor": anchor} for (text, where), anchor in told.items()]


def _proof(node: Explained, screening: Screening, anchors: Mapping[str, str]) -> dict[str, Any]:
    finding = node.finding
    facts = [screening.facts_by_id[key] for key in finding.facts] if finding is not None else []
    lines = [node.operands]
    if isinstance(node.planned.node, Test) and finding is not None:
        lines += window_days(node.planned.node, screening.decision.as_of)
    if finding is not None:
        lines += [text for text in (finding.calculation, finding.note) if text]
    return {
        "outcome": node.outcome,
        "sentence": printable(node.sentence),
        "lines": [printable(line) for line in lines],
        "quotes": _quotes(facts, screening, anchors),
        "parts": [_proof(part, screening, anchors) for part in node.parts],
    }


# --- the letter -------------------------------------------------------------------------------------------------------


def _document(index: int, document: Document, screening: Screening) -> dict[str, Any]:
    """The letter's pages and its text; `anchors` has the place of each fact, on a page where that is shown."""
    evidence = _evidence(index, screening)
    parts = _parts(document.text, evidence, f"d{index}")
    shown = report_pages(document, evidence, f"d{index}")
    in_text = {key: part["anchor"] for part in parts for key in part["begins"]}
    day = newest_day([document])
    return {
        "name": printable(document.name),
        "day": "without a date" if day is None else long_day(day),
        "sha256": document.sha256,
        "pages": shown.pages,
        "note": shown.note,
        "parts": parts,
        "anchors": {**in_text, **shown.anchors},
    }


def _evidence(index: int, screening: Screening) -> list[Evidence]:
    """The document's facts that answers rest on."""
    answers: dict[str, list[tuple[str, str]]] = {}
    for one in screening.decision.answers:
        for fact in evidence_of(one, screening):
            answers.setdefault(fact.id, []).append((one.criterion.id, _state(one)))
    facts = (fact for fact in screening.facts if fact.document == index and fact.id in answers)
    return [Evidence(fact, tuple(answers[fact.id])) for fact in facts]


def _parts(text: str, evidence: Sequence[Evidence], prefix: str) -> list[dict[str, Any]]:
    """The letter's text in parts, cut where the words of a fact that an answer rests on begin or end."""
    cuts = sorted({0, len(text), *(one.fact.start for one in evidence), *(one.fact.end for one in evidence)})
    parts = []
    for number, (start, end) in enumerate(pairwise(cuts)):
        over = [one for one in evidence if one.fact.start <= start and end <= one.fact.end]
        parts.append(
            {
                "text": text[start:end],
                "anchor": f"{prefix}-{number}",
                "facts": [one.fact.id for one in over],
                "begins": [one.fact.id for one in over if one.fact.start == start],
                "state": foremost(over)[1] if over else "silent",
                "title": title_of(over),
            }
        )
    return parts


# --- what would change it ---------------------------------------------------------------------------------------------


def _stretch(stretch: Stretch) -> dict[str, Any]:
    word = VERDICTS[stretch.verdict][0].lower()
    why = why_so(stretch)
    return {
        "verdict": stretch.verdict,
        "word": word,
        "why": why,
        "first": long_day(stretch.first),
        "days": (stretch.last - stretch.first).days + 1,
        "text": f"{long_day(stretch.first)} to {long_day(stretch.last)}: {word}{f' ({why})' if why else ''}",
    }


def _change(change: Change) -> dict[str, Any]:
    from_day = f"from {long_day(change.on)} on. " if change.way == "wait" and change.on is not None else ""
    ask = f"{change.test.question()} " if change.way == "test" else ""
    return {
        "way": change.way,
        "criteria": ", ".join(change.criteria),
        "criterion": change.criteria[0],
        "text": printable(f"{from_day}{ask}{change.now}"),
    }
