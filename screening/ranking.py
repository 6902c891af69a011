"""A letter against every protocol: its screenings in, best first, a table that a coordinator can act on out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from screening.pipeline import Screening
from screening.text import VERDICTS, WIDTH, Line, provisos, shown, who_and_when

_SHOWN = 3  # criteria named in a row; the rest is counted


def table(screenings: Sequence[Screening]) -> list[Line]:
    """Who and when once, then a row for each protocol, best first."""
    first = screenings[0]
    name = ", ".join(document.name for document in first.dossier.documents)
    lines = [Line(f"{len(screenings)} protocols   {shown(name)}", "bold")]
    lines += [Line(text) for text in textwrap.wrap(who_and_when(first), WIDTH)]
    for screening in screenings:
        lines += [Line(""), *_row(screening)]
    lines += [Line(""), Line(f"One protocol in full: eligo screen {shown(name)} --protocol ID", "dim")]
    return lines


def _row(screening: Screening) -> Iterator[Line]:
    decision = screening.decision
    word, style = VERDICTS[decision.verdict]
    yield Line(f"{word:<22}{decision.protocol.id}  {decision.protocol.title}", style)
    stops = [one.criterion.title for one in decision.answers if one.stops]
    missing = [one.criterion.title for one in decision.answers if one.waited_for]
    if stops:
        yield from _folded("stops: ", stops)
    if decision.recheck_on is not None:
        yield Line(f"  screen again on {decision.recheck_on.isoformat()}")
    if missing:
        yield from _folded("to settle: ", missing)
    if not stops and not missing:
        yield Line("  next: invite to the screening visit")
    for text in provisos(screening):
        yield from (Line(f"  {part}", "dim") for part in textwrap.wrap(text, WIDTH - 2))


def _folded(label: str, titles: Sequence[str]) -> Iterator[Line]:
    more = len(titles) - _SHOWN
    words = "; ".join([*titles[:_SHOWN], *([f"and {more} more"] if more > 0 else [])])
    for part in textwrap.wrap(f"{label}{words}", WIDTH - 2, subsequent_indent="  "):
        yield Line(f"  {part}")
