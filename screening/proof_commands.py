"""`eligo explain`, `whatif` and `questions`: a letter or a stored screening in; its proof, what would change it, what
to ask for first out.

A stored screening is decided again from its own facts and its own protocol's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from screening.calls import (
    AsOf,
    Failures,
    Format,
    FormatOption,
    Out,
    Proof,
    ProtocolOption,
    guarded,
    pipeline_of,
)
from screening.own_folders import ProtocolsOption, TermsOption
from screening.pages import write_pages
from screening.record_commands import StoreOption, stored

if TYPE_CHECKING:
    from screening.pipeline import Screening


Path = Annotated[
    str, typer.Argument(metavar="PATH", help="A letter, - for standard input, or with --store a stored screening's ID.")
]


def add_proof_commands(app: typer.Typer) -> None:
    """Adds them to the program's commands."""
    for command in (explain, whatif, questions):
        app.command()(command)


def explain(
    path: Path,
    criteria: Annotated[
        list[str] | None, typer.Argument(metavar="[CRITERION...]", help="Such as I4a E7a; else all.")
    ] = None,
    protocol: ProtocolOption = "",
    as_of: AsOf = "",
    output: Annotated[
        Proof, typer.Option("--format", help="As text, or the letter and its proof as a page.")
    ] = Proof.text,
    out: Out = "",
    store: StoreOption = "",
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Show the proof of every criterion, or of those named: rule, facts, quoted text, calculation.

    A stored screening is decided again from its own facts and its own protocol's text.

    Example: eligo explain letter.txt I2b E7a; eligo explain letter.txt --format html --out letter.html
    """
    from rules.explanation import render
    from screening.documents import BadInputError
    from screening.text import quotation, wrapped
    from screening.writing import Output

    if output is Proof.html:
        if criteria:
            raise BadInputError("--format html: the page shows every criterion: name none")
        _page(path, protocol, as_of, store, out)
        return
    about, screenings = decided_of(path, protocol, as_of, store)
    with Output(out) as sink:
        sink.text("".join(f"{line}\n" for line in [*about, ""] if about))
        for screening in screenings:
            known = {one.criterion.id.lower(): one for one in screening.decision.answers}
            foreign = [key for key in criteria or () if key.lower() not in known]
            if foreign:
                raise BadInputError(
                    f"{foreign[0]}: no criterion of {screening.decision.protocol.id}: name one such as I4a"
                )
            for key in [key.lower() for key in criteria or ()] or known:
                quoted = quotation(screening)
                lines = render(known[key], screening.decision, screening.facts_by_id, quoted)
                sink.text("".join(f"{part}\n" for line in lines for part in wrapped(line)) + "\n")


def _page(path: str, protocol: str, as_of: str, store: str, out: str) -> None:
    """The page of a letter, or of a stored screening."""
    from screening.documents import BadInputError, parse_day
    from screening.html_report import html_report
    from screening.whatif import what_if
    from screening.writing import Output

    if stored(path, store) is None:
        failures = Failures()
        write_pages([path], pipeline_of(protocol), parse_day(as_of) if as_of else None, out, failures)
        failures.leave()
        return
    about, [screening] = decided_of(path, protocol, as_of, store)
    if not all(document.text for document in screening.dossier.documents):
        raise BadInputError(f"{path}: the letter's text was not stored, which a page shows: explain it as text")
    with Output(out) as sink:
        sink.text(html_report(what_if(screening), about))


def decided_of(path: str, protocol: str, as_of: str, store: str) -> tuple[list[str], Sequence[Screening]]:
    """The screenings of a letter, or a stored one decided again, with lines that say where it comes from."""
    from screening.documents import BadInputError, parse_day, read_letters

    record = stored(path, store)
    if record is not None:
        if protocol or as_of:
            raise BadInputError(f"{path}: is decided as it was stored: leave out --protocol and --as-of")
        from screening.record.screenings import decided_again, provenance

        again = decided_again(record)
        return provenance(record, again), [again]
    day = parse_day(as_of) if as_of else None
    letters = read_letters(path)
    pipeline = pipeline_of(protocol)
    failures = Failures()
    screenings = guarded(lambda one: pipeline.screen(one, day), letters, failures)
    failures.leave()
    return [], screenings


def whatif(
    path: Path,
    protocol: ProtocolOption = "",
    as_of: AsOf = "",
    days: Annotated[int, typer.Option("--days", min=1, max=1100, help="How far ahead the calendar looks.")] = 365,
    output: FormatOption = Format.text,
    out: Out = "",
    store: StoreOption = "",
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Show the smallest sets of findings that, if otherwise, would turn the verdict, and the verdict over a year.

    Example: eligo whatif letter.txt
    """
    from screening.whatif import what_if, what_if_json, what_if_lines
    from screening.writing import Output, json_text

    _, screenings = decided_of(path, protocol, as_of, store)
    found = [what_if(one, days) for one in screenings]
    with Output(out) as sink:
        for one in found:
            if output is Format.text:
                sink.report(what_if_lines(one))
            else:
                sink.text(json_text(what_if_json(one), alone=len(found) == 1))


def questions(
    path: Path,
    protocol: ProtocolOption = "",
    as_of: AsOf = "",
    output: FormatOption = Format.text,
    reply: Annotated[
        str, typer.Option("--reply", metavar="PATH", help="Write a reply to the referrer, as .docx or as text.")
    ] = "",
    out: Out = "",
    store: StoreOption = "",
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Rank what is missing by how much it settles against how hard it is to get, and draft the reply that asks for it.

    Example: eligo questions letter.txt --protocol all --reply reply.docx
    """
    from screening.questions import missing, questions_json, questions_lines, write_reply
    from screening.writing import Output, json_text

    _, screenings = decided_of(path, protocol, as_of, store)
    found = missing(screenings)
    if reply:
        write_reply(reply, screenings, found)
    with Output(out) as sink:
        if output is Format.text:
            sink.report(questions_lines(screenings, found))
        else:
            sink.text(json_text(questions_json(screenings, found), alone=True))
