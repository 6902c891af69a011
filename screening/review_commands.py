"""`eligo review`: a person's overrides of a stored screening in, its next version stored, what changed printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from screening.own_folders import TermsOption
from screening.record_commands import ByOption, Stored, StoreOption, store_named

if TYPE_CHECKING:
    from screening.record.review import Overrides
    from screening.record.screenings import Record
    from screening.record.store import Store

Several = list[str] | None


def review(
    name: Stored,
    corrections: Annotated[
        Several, typer.Option("--set", metavar="FACT.FIELD=VALUE", help="Correct a fact: f12.assertion=absent.")
    ] = None,
    struck: Annotated[Several, typer.Option("--strike", metavar="FACT", help="Strike a fact out.")] = None,
    answers: Annotated[
        Several, typer.Option("--answer", metavar="CRITERION=ANSWER", help="Answer yourself: I4a=pass, or I4a=rules.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="CODE", help="The kind of reason.")] = "",
    comment: Annotated[str, typer.Option("--comment", metavar="TEXT", help="The reason in your words.")] = "",
    store: StoreOption = "",
    by: ByOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Override a stored screening's facts or answers: facts are corrected and the rules run again, answers are yours.

    The version before stays on record. Without an override: the facts and answers, and the kinds of reason.

    Example: eligo review s7 --set f40.value=58 --reason wrong-value --comment "58 on the print-out"
    """
    from screening.record.review import Overrides
    from screening.record.store import opened

    overrides = Overrides(corrections or (), struck or (), answers or (), reason, comment)
    record = opened(store_named(store))
    for line in _reviewed(record, name, overrides, by) if overrides.kinds else _shown(record.screening(name)):
        typer.echo(line)


def _reviewed(store: Store, name: str, overrides: Overrides, by: str) -> Iterator[str]:
    from screening.record.keeping import somebody
    from screening.record.review import review as reviewed
    from screening.record.screenings import differences, override_line

    done = reviewed(store, name, overrides, by or somebody())
    yield f"Stored as {done.entry.screening}.{done.entry.version}."
    for override in done.overrides:
        yield override_line(override)
    yield from differences(done.before, done.after) or ["No answer changes."]


def _shown(record: Record) -> Iterator[str]:
    """What there is to override."""
    from screening.record.reasons import reasons
    from screening.record.screenings import facts_of

    facts = {fact.id: fact for fact in facts_of(record)}
    yield f"{record.id}.{record.entry.version}  {record.entry.protocol_id}  {record.entry.verdict}"
    for one in record.screening["criteria"]:
        overruled = f" (a person's judgement; by the rules: {one['overruled']})" if "overruled" in one else ""
        yield f"{one['id']:<5} {one['answer']:<8} {one['title']}{overruled}"
        for key in one["facts"]:
            fact = facts[key]
            yield f'        {key:<5} {fact.kind}, {fact.assertion}: "{" ".join(fact.quote.split())}"'
    yield "Kinds of reason (--reason):"
    for kind in reasons().values():
        yield f"  {kind.code:<30} {' or '.join(kind.of)}: {kind.display}"
