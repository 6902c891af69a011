"""The systems that are measured side by side: a text and spans in, what each makes of them out.

eligo as `eligo extract --jsonl` runs it; medspaCy as `medspacy.load()` gives it, with the same terms; edsnlp in an
environment of its own, since it cannot share ours.
"""

from __future__ import annotations

import functools
import importlib.resources
import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import medspacy
from loguru import logger
from medspacy.ner import TargetRule
from spacy.language import Language
from spacy.tokens import Doc, Span

from extraction.letter_date import find_letter_date
from kb.facts import Document, Fact
from kb.vocabulary import vocabulary
from screening.pipeline import extractor

EDSNLP_SIDE = Path(__file__).with_name("edsnlp_side.py")


def facts_of(text: str, spans: Iterable[tuple[int, int]] = ()) -> list[Fact]:
    """eligo's facts of a text, with a mention for each span."""
    document = Document("text", text, "", find_letter_date(text))
    return extractor().extract(document, 0, spans)[0]


@dataclass(frozen=True, slots=True)
class Mention:
    """What another system says of a mention."""

    start: int
    end: int
    concept: str
    negated: bool
    historical: bool


@functools.cache
def stock_medspacy() -> Language:
    """`medspacy.load()` as it comes, without terms."""
    logger.disable("PyRuSH")
    nlp: Language = medspacy.load()
    return nlp


def medspacy_asserts(text: str, span: tuple[int, int]) -> Mention:
    """Stock ConText on a caller's own span."""
    nlp = stock_medspacy()
    doc = nlp.make_doc(text)
    doc = nlp.get_pipe("medspacy_pyrush")(doc)
    target = doc.char_span(*span, label="CONCEPT", alignment_mode="expand")
    doc.ents = (target,) if target is not None else ()
    doc = nlp.get_pipe("medspacy_context")(doc)
    return next(iter(_mentions(doc)), Mention(*span, "CONCEPT", False, False))


@functools.cache
def medspacy_with_terms(kinds: tuple[str, ...]) -> Language:
    """`medspacy.load()` with a target rule for every spelling of our terms of these kinds."""
    logger.disable("PyRuSH")
    nlp: Language = medspacy.load()
    matcher: Any = nlp.get_pipe("medspacy_target_matcher")
    matcher.add(
        [
            TargetRule(spelling, term.id)
            for kind in kinds
            for term in vocabulary().of_kind(kind)
            for spelling in dict.fromkeys((*term.spellings, *term.exact))
        ]
    )
    return nlp


def medspacy_finds(text: str, kinds: tuple[str, ...]) -> list[Mention]:
    """Stock medspaCy's mentions of our terms, asserted by its own ConText."""
    return list(_mentions(medspacy_with_terms(kinds)(text)))


def _mentions(doc: Doc) -> Iterable[Mention]:
    for entity in doc.ents:
        yield _mention(entity)


def _mention(entity: Span) -> Mention:
    return Mention(
        entity.start_char, entity.end_char, entity.label_, bool(entity._.is_negated), bool(entity._.is_historical)
    )


def edsnlp(python: str, task: str, rows: Sequence[dict[str, Any]], **settings: Any) -> list[Any]:
    """What edsnlp makes of rows, in their order: one answer a row. Raises SystemExit where it cannot be run."""
    lines = [json.dumps({"task": task, **settings}), *(json.dumps(row) for row in rows)]
    try:
        done = subprocess.run(
            [python, str(EDSNLP_SIDE)], input="\n".join(lines), capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        told = getattr(error, "stderr", None) or str(error)
        raise SystemExit(f"--edsnlp {python}: it did not run: {told.strip().splitlines()[-1]}") from error
    return [json.loads(line) for line in done.stdout.splitlines()]


def english_negation_cues() -> dict[str, list[str]]:
    """medspaCy's own cues of negation, for edsnlp, whose shipped ones are French."""
    path = importlib.resources.files("resources") / "en" / "context_rules.json"
    rules = json.loads(path.read_text(encoding="utf-8"))["context_rules"]
    kinds = {"preceding": ("FORWARD", "BIDIRECTIONAL"), "following": ("BACKWARD", "BIDIRECTIONAL")}
    cues = {
        name: sorted({rule["literal"] for rule in rules if _negates(rule) and rule["direction"].upper() in directions})
        for name, directions in kinds.items()
    }
    ends = {rule["literal"] for rule in rules if rule["direction"].upper() == "TERMINATE"}
    pseudo = {rule["literal"] for rule in rules if rule["direction"].upper() == "PSEUDO"}
    return cues | {"termination": sorted(ends), "pseudo": sorted(pseudo)}


def _negates(rule: dict[str, Any]) -> bool:
    return str(rule["category"]) == "NEGATED_EXISTENCE"
