"""Facts alone: letters, or JSON Lines of a caller's texts and spans, in; one line of JSON a letter out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, StrictInt, ValidationError

from kb.facts import Document, Dossier
from screening.documents import BadInputError, Letter
from screening.documents.letters import text_digest
from screening.dossiers import dossier_name
from screening.interface import extracted_json
from screening.pipeline import Extracted, Pipeline, extractor
from screening.writing import json_text


class TextLine(BaseModel):
    """One line of `--jsonl`: `spans` are the caller's own mentions, each to be given an assertion."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str | StrictInt
    text: str
    spans: tuple[tuple[StrictInt, StrictInt], ...] = ()


def extract_letters(*, with_text: bool) -> Callable[[Sequence[Letter]], str]:
    """A function that gives the line of a dossier's letters."""
    pipeline = Pipeline([])

    def make(letters: Sequence[Letter]) -> str:
        extracted = pipeline.extract(letters)
        return json_text(extracted_json(extracted, dossier_name(extracted.dossier.documents), with_text=with_text))

    return make


def extract_lines(argument: str, tell: Callable[[str], None], *, with_text: bool) -> Iterator[str]:
    """The lines of a JSON Lines file, `-` for standard input; a bad line is told and left out.

    Raises BadInputError where the file cannot be read.
    """
    from extraction.letter_date import find_letter_date

    lines = _lines(argument)
    name = "standard input" if argument == "-" else argument
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            given = _parsed(line)
            digest = text_digest(given.text)
            document = Document(str(given.id), given.text, digest, find_letter_date(given.text))
            facts, warnings = extractor().extract(document, 0, given.spans)
        except BadInputError as error:
            tell(f"{name}, line {number}: {error}")
            continue
        except Exception as error:  # noqa: BLE001  # no line may stop the others, and no traceback may show its text
            tell(f"{name}, line {number}: no facts ({type(error).__name__}): a fault of this program, please report it")
            continue
        extracted = Extracted(Dossier((document,)), tuple(facts), tuple(warnings))
        out: dict[str, Any] = extracted_json(extracted, document.name, with_text=with_text)
        yield json_text({**out, "id": given.id})


def _lines(argument: str) -> list[str]:
    try:
        raw = sys.stdin.buffer.read() if argument == "-" else Path(argument).read_bytes()
        return raw.decode("utf-8-sig").split("\n")  # not splitlines: a text may hold other line separators
    except OSError as error:
        cause = (error.strerror or "not possible").lower()
        raise BadInputError(f"--jsonl {argument}: cannot be read ({cause}): name a file of JSON Lines") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"--jsonl {argument}: not UTF-8: JSON Lines are UTF-8") from error


def _parsed(line: str) -> TextLine:
    """Raises BadInputError, which says what is wrong without quoting the line."""
    try:
        given = TextLine.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False)[0]
        raise BadInputError(f"key '{'.'.join(map(str, first['loc']))}': {first['msg'].lower()}") from error
    except ValueError as error:
        raise BadInputError(
            'not JSON: write {"id": ..., "text": ..., "spans": [[start, end], ...]} on one line'
        ) from error
    for start, end in given.spans:
        if not 0 <= start < end <= len(given.text):
            raise BadInputError(f"span [{start}, {end}] does not lie in the text of {len(given.text)} characters")
    return given
