"""The log for people and for spreadsheets: tallies and screenings to make again in, lines or CSV out."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from rules.amounts import unit_words
from screening.record.rescreening import Rescreening
from screening.record.tally import Count, NearMiss, Tally

_WIDTH = 100
_COLUMNS = (
    "protocol", "part", "criterion", "title", "count", "alone", "screening", "value", "bound", "unit", "gap",
    "gap_percent", "clears_on", "days",
)  # fmt: skip


def tally_lines(tally: Tally) -> Iterator[str]:
    """CONSORT's numbers of a protocol, and the near misses."""
    yield f"{tally.protocol.id}  {tally.protocol.title}"
    yield f"{'screened':<22}{tally.screened:>5}"
    yield f"{'excluded':<22}{tally.excluded:>5}"
    yield from _count_lines(tally.excluded_by, "alone")
    yield f"{'waiting':<22}{tally.waiting:>5}"
    yield from _count_lines(tally.waiting_for, "for it alone")
    yield f"{'candidates':<22}{tally.candidates:>5}"
    if tally.near_misses:
        yield "near misses, by one criterion alone"
        for miss in tally.near_misses:
            text = f"{miss.criterion.number}, {miss.criterion.title}: {miss.words}"
            yield from textwrap.wrap(text, _WIDTH, initial_indent=f"  {miss.screening:<6}", subsequent_indent=" " * 8)


def _count_lines(counts: Iterable[Count], alone: str) -> Iterator[str]:
    """A criterion may share a patient with another, so that these are more than their sum."""
    for one in counts:
        words = f"{one.criterion.number}, {one.criterion.title}"
        note = f"  {one.alone} {alone}" if one.alone else ""
        yield f"  {one.criterion.id:<6}{textwrap.shorten(words, 70, placeholder='...'):<70}{one.count:>5}{note}"


def rescreening_lines(found: Sequence[Rescreening]) -> Iterator[str]:
    """Whom to screen again, those whose verdict turns first."""
    yield f"to screen again: {len(found)}"
    for one in found:
        turned = one.verdict_now not in (None, one.verdict_then)
        verdict = f"{one.verdict_now}, was {one.verdict_then}" if turned else one.verdict_then
        yield f"  {one.screening:<6}{one.protocol}  {verdict}  ({', '.join(one.changed)})"
        for line in one.differences:
            if not line.startswith("verdict:"):
                yield f"        {line}"


def log_csv(tallies: Iterable[Tally]) -> str:
    """Everything as one table: `part` says what a row counts; near misses have a row for each number that decided."""
    out = io.StringIO()
    table = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    table.writeheader()
    for tally in tallies:
        for row in _rows(tally):
            table.writerow({"protocol": tally.protocol.id, **row})
    return out.getvalue()


def _rows(tally: Tally) -> Iterator[dict[str, object]]:
    yield {"part": "screened", "count": tally.screened}
    yield {"part": "excluded", "count": tally.excluded}
    yield from (_count_row("excluded by", one) for one in tally.excluded_by)
    yield {"part": "waiting", "count": tally.waiting}
    yield from (_count_row("waiting for", one) for one in tally.waiting_for)
    yield {"part": "candidates", "count": tally.candidates}
    for miss in tally.near_misses:
        yield from _miss_rows(miss)


def _count_row(part: str, one: Count) -> dict[str, object]:
    told = {"criterion": one.criterion.id, "title": one.criterion.title}
    return {"part": part, **told, "count": one.count, "alone": one.alone}


def _miss_rows(miss: NearMiss) -> Iterator[dict[str, object]]:
    row: dict[str, object] = {
        "part": "near miss",
        "criterion": miss.criterion.id,
        "title": miss.criterion.title,
        "screening": miss.screening,
        "clears_on": miss.clears_on or "",
        "days": "" if miss.days is None else miss.days,
    }
    for one in miss.distances:
        share = "" if one.share is None else round(100 * one.share, 2)
        number = {"value": one.value, "bound": one.bound, "unit": unit_words(one.unit), "gap": round(one.gap, 6)}
        yield row | number | {"gap_percent": share}
    if not miss.distances:
        yield row
