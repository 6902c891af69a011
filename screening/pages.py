"""Screenings as pages: letters in, one self-contained HTML file for each letter and protocol out."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from screening.calls import Failures, are_several, dossiers_of, guarded

if TYPE_CHECKING:
    from datetime import date

    from screening.documents import Letter
    from screening.dossier_arguments import Named
    from screening.pipeline import Pipeline, Screening


def write_pages(
    named: Sequence[Named],
    pipeline: Pipeline,
    day: date | None,
    out: str,
    failures: Failures,
    keep: Callable[[Sequence[Screening]], object] = lambda _: None,
) -> None:
    """A page for each dossier and protocol: one to where `--out` says, several into the folder that it names.

    `keep` is given the screenings of each letter, to store them.
    """
    from screening.documents import BadInputError
    from screening.html_report import html_report, page_name
    from screening.whatif import what_if
    from screening.writing import Output

    several = are_several(named) or pipeline.several
    if several and not os.path.isdir(out):  # noqa: PTH112
        raise BadInputError("--format html: a page for each screening: give --out FOLDER, a folder that exists")

    def pages(letters: Sequence[Letter]) -> list[tuple[str, str]]:
        screenings = pipeline.screen(letters, day)
        made = [(page_name(one), html_report(what_if(one))) for one in screenings]
        keep(screenings)
        return made

    for letters in dossiers_of(named, failures):
        for name, page in guarded(pages, letters, failures) or ():
            with Output(os.path.join(out, name) if several else out) as sink:  # noqa: PTH118
                sink.text(page)
