"""The command line: letters and options in, screenings on standard output, one line on standard error for what is bad.

Exit status 0 when it ran, whatever the verdict; 2 when an input or the call was bad. Nothing of a letter reaches
standard error, and nothing is loaded before it is needed, so that --help answers at once.
"""

from __future__ import annotations

import contextvars
import gc
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from screening import VERSION
from screening.calls import (
    AsOf,
    DossierOption,
    Extraction,
    Failures,
    Format,
    FormatOption,
    Out,
    Paths,
    ProtocolOption,
    Report,
    ReportOption,
    are_several,
    dossiers_named,
    dossiers_of,
    guarded,
    pipeline_of,
    progress,
    say,
)
from screening.certificate_commands import add_certificate_commands
from screening.log_commands import log
from screening.own_folders import ProtocolsOption, TermsOption
from screening.pages import write_pages
from screening.proof_commands import add_proof_commands
from screening.protocol_commands import protocols_app
from screening.record_commands import (
    ByOption,
    HashOnly,
    StoreOption,
    audit_app,
    keeping,
    kept_lines,
    with_records,
)
from screening.review_commands import review

if TYPE_CHECKING:
    from screening.documents import Letter
    from screening.dossier_arguments import Named

app = typer.Typer(
    name="eligo",
    help="Reads referral letters and says, criterion by criterion and with the words that decide it, whether the"
    " patient may enter an autoimmune CAR-T trial. Supports a person's pre-screening; does not decide enrolment.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(protocols_app, name="protocol")
app.add_typer(audit_app, name="audit")
add_proof_commands(app)
add_certificate_commands(app)
app.command()(review)
app.command()(log)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"eligo {VERSION}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options of the program itself."""


# --- screen -----------------------------------------------------------------------------------------------------------


@app.command()
def screen(
    paths: Paths,
    dossier: DossierOption = False,
    protocol: ProtocolOption = "",
    as_of: AsOf = "",
    output: ReportOption = Report.text,
    out: Out = "",
    store: StoreOption = "",
    by: ByOption = "",
    hash_only: HashOnly = False,
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Screen each letter against one protocol, or against all of them and rank these.

    Each file is a patient's, and so is each sub-folder of a folder; with --dossier all of them are one patient's.

    Example: eligo screen letters/ --as-of 2026-06-15 --format json; eligo screen --dossier letter.txt labs.txt
    """
    from screening.documents import parse_day
    from screening.fhir.results import result_bundle
    from screening.interface import screening_json
    from screening.ranking import table
    from screening.text import report
    from screening.writing import Output, json_text

    day = parse_day(as_of) if as_of else None
    keep = keeping(store, protocol, by=by, hash_only=hash_only)
    pipeline = pipeline_of(protocol)
    failures = Failures()
    if output is Report.html:
        write_pages(dossiers_named(paths, failures, together=dossier), pipeline, day, out, failures, keep)
        failures.leave()
        return
    with Output(out) as sink:
        named = dossiers_named(paths, failures, together=dossier)

        one_dossier = not are_several(named)

        def results(letters: Sequence[Letter]) -> list[Any]:
            screenings = pipeline.screen(letters, day)
            if output is Report.text:
                reports = [table(screenings)] if protocol == "all" else [report(one) for one in screenings]
                return [*reports[:-1], [*reports[-1], *kept_lines(keep(screenings))]]
            alone = one_dossier and len(screenings) == 1
            if output is Report.fhir:
                keep(screenings)
                return [json_text(result_bundle(one), alone=alone) for one in screenings]
            objects = with_records([screening_json(screening) for screening in screenings], keep(screenings))
            return [json_text(one, alone=alone) for one in objects]

        write = sink.report if output is Report.text else sink.text
        for letters in dossiers_of(named, failures):
            for result in guarded(results, letters, failures) or ():
                write(result)
        sink.keep_only_if(sink.written > 0)
    failures.leave()


# --- extract ----------------------------------------------------------------------------------------------------------


@app.command()
def extract(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH...]", help="Letters: files, folders, or -.")
    ] = None,
    dossier: DossierOption = False,
    jsonl: Annotated[
        str, typer.Option("--jsonl", metavar="FILE", help="Lines of {id, text, spans}, or - for them.")
    ] = "",
    with_text: Annotated[bool, typer.Option("--with-text", help="Give back the text to which offsets belong.")] = False,
    output: Annotated[
        Extraction,
        typer.Option("--format", help="JSON Lines, a folder for brat, or rows of OMOP's NOTE_NLP (.csv, .parquet)."),
    ] = Extraction.json,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="OMOP's nlp_date, YYYY-MM-DD; else the letter's own.")
    ] = "",
    out: Out = "",
    own_terms: TermsOption = "",
) -> None:
    """Give the facts alone: as JSON Lines, one letter or dossier a line, for annotators, or as a table.

    Example: eligo extract letters/ --with-text
    """
    from screening.documents import BadInputError
    from screening.extraction_lines import extract_letters, extract_lines
    from screening.writing import Output

    if bool(paths) == bool(jsonl):
        raise BadInputError("extract: name letters, or --jsonl FILE: one of the two")
    failures = Failures()
    if output is not Extraction.json:
        if jsonl or with_text:
            raise BadInputError(f"--format {output}: of letters, without --jsonl and --with-text: leave these out")
        _extract_to(output, dossiers_named(paths or [], failures, together=dossier), as_of, out, failures)
        failures.leave()
        return
    if as_of:
        raise BadInputError("--as-of: the day of rows of NOTE_NLP: give --format omop, or leave it out")
    with Output(out) as sink:
        if jsonl:
            for line in extract_lines(jsonl, failures.tell, with_text=with_text):
                sink.text(line)
        else:
            make = extract_letters(with_text=with_text)
            for letters in dossiers_of(dossiers_named(paths or [], failures, together=dossier), failures):
                sink.text(guarded(make, letters, failures) or "")
        sink.keep_only_if(sink.written > 0)
    failures.leave()


def _extract_to(output: Extraction, named: Sequence[Named], as_of: str, out: str, failures: Failures) -> None:
    """The facts of the letters into a folder for brat, or into a table."""
    from screening.documents import parse_day
    from screening.writing import Output

    dossiers = dossiers_of(named, failures)
    if output is Extraction.brat:
        from screening.annotating import annotate

        write = annotate(out, failures.tell)
        for letters in dossiers:
            guarded(write, letters, failures)
        return
    from screening.omop.extracting import note_rows
    from screening.omop.note_nlp import COLUMNS
    from screening.omop.tables import writing_rows

    rows = note_rows(parse_day(as_of) if as_of else None, failures.tell)
    written = 0
    with Output(out) as sink:
        with writing_rows(sink, out, COLUMNS) as write_rows:
            for letters in dossiers:
                made = guarded(rows, letters, failures)
                if made is not None:
                    write_rows(made)
                    written += 1
        sink.keep_only_if(written > 0)


# --- evaluate ---------------------------------------------------------------------------------------------------------


@app.command()
def evaluate(
    folder: Annotated[str, typer.Argument(metavar="[FOLDER]", help="Letters with labels; else the shipped ones.")] = "",
    output: FormatOption = Format.text,
    errors: Annotated[bool, typer.Option("--errors", help="List every disagreement instead.")] = False,
    out: Out = "",
    own_terms: TermsOption = "",
) -> None:
    """Score extraction and verdicts against annotated letters.

    Example: eligo evaluate corpus/letters/develop --errors
    """
    from screening.evaluation import evaluation
    from screening.writing import Output

    failures = Failures()
    as_json = output is Format.json
    with Output(out) as sink:
        sink.text(evaluation(folder, as_json=as_json, errors=errors, progress=progress, tell=failures.tell))
    failures.leave()


# --- running ----------------------------------------------------------------------------------------------------------

_USAGE_ERROR: Any = typer.BadParameter.__base__  # of whichever click typer brings


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script. A bad call or input is one line on standard error and exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    # What the libraries would say of a letter may quote it.
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    sys.exit(run(arguments))


_FEWEST_NEW_OBJECTS = 200_000  # before Python looks for cycles: terms and patterns alone are a million, and have none


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit status of a call with these arguments (default: the program's own)."""
    from screening.documents import BadInputError

    gc.set_threshold(_FEWEST_NEW_OBJECTS, 20, 20)
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        # A call's own terms and protocols are those of its context, and end with it.
        call = contextvars.copy_context()
        status = call.run(app, args=given or ["--help"], standalone_mode=False)
        sys.stdout.flush()
    except _USAGE_ERROR as error:
        message = " ".join(str(error.format_message()).split())
        say(f"{message} Try: eligo --help")
        return 2
    except BadInputError as error:
        say(str(error))
        return 2
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001  # a traceback could show a letter's text
        say(f"no result ({type(error).__name__}): a fault of this program, please report it")
        return 2
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    main()
