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
    DossierOption,
    Failures,
    Format,
    FormatOption,
    Out,
    Proof,
    ProtocolOption,
    dossiers_named,
    guarded,
    only_dossier,
    pipeline_of,
)
from screening.own_folders import ProtocolsOption, TermsOption
from screening.pages import write_pages
from screening.record_commands import StoreOption, stored

if TYPE_CHECKING:
    from screening.pipeline import Screening


Given = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="A letter, - for standard input, with --dossier one patient's, or with --store a screening's ID.",
    ),
]


def add_proof_commands(app: typer.Typer) -> None:
    """Adds them to the program's commands."""
    for command in (explain, whatif, questions):
        app.command()(command)


def explain(
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH... [CRITERION...]",
            help="A letter, with --dossier one patient's, or with --store a screening's ID; then such as I4a E7a.",
        ),
    ],
    dossier: DossierOption = False,
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

    Example: eligo explain letter.txt I2b E7a --format html --out letter.html; eligo explain --dossier a.txt b.txt I4d
    """
    from rules.explanation import render
    from screening.documents import BadInputError
    from screening.text import document_named, quotation, wrapped
    from screening.writing import Output

    paths, criteria = paths_and_criteria(given, together=dossier)
    if output is Proof.html:
        if criteria:
            raise BadInputError("--format html: the page shows every criterion: name none")
        _page(paths, protocol, as_of, store, out, together=dossier)
        return
    about, screenings = decided_of(paths, protocol, as_of, store, together=dossier)
    with Output(out) as sink:
        sink.text("".join(f"{line}\n" for line in [*about, ""] if about))
        for screening in screenings:
            known = {one.criterion.id.lower(): one for one in screening.decision.answers}
            unless = ", and no such file" if dossier else ""
            foreign = [key for key in criteria if key.lower() not in known]
            if foreign:
                raise BadInputError(
                    f"{foreign[0]}: no criterion of {screening.decision.protocol.id}{unless}: name one such as I4a"
                )
            for key in [key.lower() for key in criteria] or known:
                quoted = quotation(screening)
                named = document_named(screening)
                lines = render(known[key], screening.decision, screening.facts_by_id, quoted, named)
                sink.text("".join(f"{part}\n" for line in lines for part in wrapped(line)) + "\n")


def paths_and_criteria(given: Sequence[str], *, together: bool) -> tuple[list[str], list[str]]:
    """The letters among what is given, and the criteria behind them: with `together` all that are files or folders.

    Raises BadInputError where no letter is among them.
    """
    import os

    from screening.documents import BadInputError

    if not together:
        return list(given[:1]), list(given[1:])
    paths = [name for name in given if name == "-" or os.path.exists(name)]  # noqa: PTH110
    if not paths:
        raise BadInputError(f"--dossier {given[0]}: no such file: check the path")
    return paths, [name for name in given if name not in paths]


def _page(paths: Sequence[str], protocol: str, as_of: str, store: str, out: str, *, together: bool) -> None:
    """The page of a dossier, or of a stored screening."""
    from screening.documents import BadInputError, parse_day
    from screening.html_report import html_report
    from screening.whatif import what_if
    from screening.writing import Output

    if stored(paths[0], store) is None:
        failures = Failures()
        named = dossiers_named(paths, failures, together=together)
        write_pages(named, pipeline_of(protocol), parse_day(as_of) if as_of else None, out, failures)
        failures.leave()
        return
    about, [screening] = decided_of(paths, protocol, as_of, store, together=together)
    if not all(document.text for document in screening.dossier.documents):
        raise BadInputError(f"{paths[0]}: the letter's text was not stored, which a page shows: explain it as text")
    with Output(out) as sink:
        sink.text(html_report(what_if(screening), about))


def decided_of(
    paths: Sequence[str], protocol: str, as_of: str, store: str, *, together: bool
) -> tuple[list[str], Sequence[Screening]]:
    """The screenings of a dossier, or a stored one decided again, with lines that say where it comes from."""
    from screening.documents import BadInputError, parse_day

    record = stored(paths[0], store) if len(paths) == 1 else None
    if record is not None:
        if protocol or as_of:
            raise BadInputError(f"{paths[0]}: is decided as it was stored: leave out --protocol and --as-of")
        from screening.record.screenings import decided_again, provenance

        again = decided_again(record)
        return provenance(record, again), [again]
    day = parse_day(as_of) if as_of else None
    failures = Failures()
    letters = only_dossier(paths, failures, together=together)
    pipeline = pipeline_of(protocol) if letters else None
    screenings = guarded(lambda one: pipeline.screen(one, day), letters, failures) if pipeline else ()
    failures.leave()
    return [], screenings


def whatif(
    paths: Given,
    dossier: DossierOption = False,
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

    Example: eligo whatif letter.txt; eligo whatif --dossier letter.txt labs.txt
    """
    from screening.whatif import what_if, what_if_json, what_if_lines
    from screening.writing import Output, json_text

    _, screenings = decided_of(paths, protocol, as_of, store, together=dossier)
    found = [what_if(one, days) for one in screenings]
    with Output(out) as sink:
        for one in found:
            if output is Format.text:
                sink.report(what_if_lines(one))
            else:
                sink.text(json_text(what_if_json(one), alone=len(found) == 1))


def questions(
    paths: Given,
    dossier: DossierOption = False,
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

    _, screenings = decided_of(paths, protocol, as_of, store, together=dossier)
    found = missing(screenings)
    if reply:
        write_reply(reply, screenings, found)
    with Output(out) as sink:
        if output is Format.text:
            sink.report(questions_lines(screenings, found))
        else:
            sink.text(json_text(questions_json(screenings, found), alone=True))
