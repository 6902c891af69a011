"""Letters for annotators: what extraction finds in them in, a folder that brat opens out.

A file that is there already is never written again: it may hold someone's corrections.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from corpus.brat import SUFFIX, configuration
from corpus.standoff import standoff
from kb.facts import Kind
from kb.vocabulary import vocabulary
from rules.case_facts import DEMOGRAPHICS
from screening.documents import BadInputError, Letter
from screening.file_names import file_stem
from screening.line_ends import line_ends_kept_in_place
from screening.pipeline import Pipeline
from screening.protocol_checking import statement_ids

# The kinds of fact of each kind of term: a study is something done, a procedure's term.
_KINDS: dict[Kind, str] = {
    "medication": "drug",
    "measurement": "lab",
    "condition": "condition",
    "procedure": "procedure",
    "vaccination": "vaccine",
    "score": "score",
    "study": "procedure",
}


def annotate(folder: str, tell: Callable[[str], None]) -> Callable[[Sequence[Letter]], None]:
    """A function that writes the letters of a dossier, with their facts, into a folder for brat; one whose name is
    there already is told and left out. Raises BadInputError where the folder cannot be written to.
    """
    if not folder:
        raise BadInputError("--format brat: a pair of files for each letter: give --out FOLDER")
    place = Path(folder)
    with _writing(folder):
        place.mkdir(exist_ok=True)
        for name, content in configuration(_concepts()).items():
            if not (place / name).exists():
                (place / name).write_text(content, encoding="utf-8", newline="\n")
    pipeline = Pipeline([])

    def write(letters: Sequence[Letter]) -> None:
        extracted = pipeline.extract(letters)
        for index, document in enumerate(extracted.dossier.documents):
            base = place / re.sub(r"\s+", "-", file_stem(document.name))
            pair = base.with_name(f"{base.name}.txt"), base.with_name(f"{base.name}{SUFFIX}")
            if any(path.exists() for path in pair):
                tell(f"{document.name}: {pair[0]} or {pair[1].name} is there already: give another --out FOLDER")
                continue
            facts = [fact for fact in extracted.facts if fact.document == index]
            text = line_ends_kept_in_place(document.text)
            with _writing(folder):
                for path, content in zip(pair, (text, standoff(text, facts)), strict=True):
                    path.write_bytes(content.encode("utf-8", "replace"))

    return write


@contextmanager
def _writing(folder: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        cause = (error.strerror or "not possible").lower()
        raise BadInputError(
            f"--out {folder}: cannot be written ({cause}): name a folder in a writable place"
        ) from error


def _concepts() -> dict[Kind, list[str]]:
    found: dict[Kind, list[str]] = {
        kind: [term.id for term in vocabulary().of_kind(terms)] for kind, terms in _KINDS.items()
    }
    return {**found, "statement": list(statement_ids()), "demographic": list(DEMOGRAPHICS)}
