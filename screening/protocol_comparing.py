"""Two protocols held against each other: their ids or files in, what changed, and for whom, in lines out."""

from __future__ import annotations

from collections.abc import Iterator

from rules.cases import told
from rules.differences import Difference, differences
from rules.language import Protocol
from screening.documents import find_letters, read_letters
from screening.pipeline import Pipeline, Screening


def difference_lines(before: Protocol, after: Protocol) -> Iterator[str]:
    """Every change in words."""
    found = differences(before, after)
    yield f"{before.id} version {before.version} -> {after.id} version {after.version}"
    if not found:
        yield "  nothing changed"
    for one in found:
        yield f"  {one.change}: {_ids(one)}{f': {one.words}' if one.words else ''}"


def _ids(one: Difference) -> str:
    old, new = one.before, one.after
    if old is not None and new is not None and old.id != new.id:
        return f"{old.id} -> {new.id} {new.title}"
    named = new if new is not None else old
    return f"{named.id} {named.title}" if named is not None else ""


def letter_lines(before: Protocol, after: Protocol, folder: str) -> Iterator[str]:
    """The letters whose verdict, or whose answer to a criterion of both protocols, changes."""
    judges = Pipeline([before]), Pipeline([after])
    names = list(find_letters([folder]))
    changed = 0
    for name in names:
        letters = read_letters(name)
        old, new = (pipeline.screen(letters)[0] for pipeline in judges)
        lines = list(_changed(old, new))
        changed += bool(lines)
        yield from ([f"  {letters[0].document.name}", *lines] if lines else ())
    yield f"  {changed} of {len(names)} letters are answered otherwise"


def _changed(old: Screening, new: Screening) -> Iterator[str]:
    if old.decision.verdict != new.decision.verdict:
        yield f"    verdict: {old.decision.verdict} -> {new.decision.verdict}"
    before = {one.criterion.id: told(one) for one in old.decision.answers}
    for one in new.decision.answers:
        was = before.get(one.criterion.id)
        if was is not None and was != told(one):
            yield f"    {one.criterion.id} {one.criterion.title}: {was} -> {told(one)}"
