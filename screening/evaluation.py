"""The pipeline measured: annotated letters in, the scores' tables, JSON or list of disagreements out as text."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from corpus import gold, report, scoring
from screening.documents import BadInputError, letter_from_text
from screening.interface import screening_json
from screening.pipeline import Pipeline
from screening.protocols import DEFAULT, read_protocol

_WIDTH = 160


def evaluation(
    folder: str,
    *,
    as_json: bool,
    errors: bool,
    progress: Callable[[int, int], None],
    tell: Callable[[str], None],
) -> str:
    """The scores of a folder's letters (default: the shipped ones). A letter that cannot be screened counts as one in
    which nothing was found, and is told. Raises BadInputError for labels that do not fit.
    """
    try:
        letters = gold.read_letters(Path(folder)) if folder else gold.read_letters()
        protocol = read_protocol(DEFAULT)
        nothing = Pipeline([protocol], lambda document, index: ([], []))
        screened = _screen(Pipeline([protocol]), nothing, tell)
        scores = scoring.score(_counted(letters, progress), screened)
        if errors:
            return "".join(f"{line}\n" for line in report.disagreements(scores))
    except gold.GoldError as error:
        raise BadInputError(str(error)) from error
    if as_json:
        return json.dumps(report.to_json(scores), indent=2, ensure_ascii=False) + "\n"
    out = io.StringIO()
    report.print_tables(scores, Console(file=out, width=_WIDTH))
    return out.getvalue()


def _counted(letters: Sequence[gold.Letter], progress: Callable[[int, int], None]) -> Iterator[gold.Letter]:
    for done, letter in enumerate(letters, 1):
        progress(done, len(letters))
        yield letter


def _screen(
    pipeline: Pipeline, nothing: Pipeline, tell: Callable[[str], None]
) -> Callable[[gold.Letter], dict[str, Any]]:
    def screen(letter: gold.Letter) -> dict[str, Any]:
        given = letter_from_text(letter.text, letter.name, letter.name)
        try:
            return screening_json(pipeline.screen([given])[0])
        except Exception as error:  # noqa: BLE001  # scored as found empty; its words may hold the letter's
            tell(f"{letter.name}: not screened ({type(error).__name__}): a fault of this program, please report it")
            return screening_json(nothing.screen([given])[0])

    return screen
