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
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from screening import VERSION
from screening.certificate_commands import add_certificate_commands
from screening.own_folders import ProtocolsOption, TermsOption
from screening.protocol_commands import protocols_app

if TYPE_CHECKING:
    from datetime import date

    from screening.documents import Letter
    from screening.pipeline import Pipeline

app = typer.Typer(
    name="eligo",
    help="Reads referral letters and says, criterion by criterion and with the words that decide it, whether the"
    " patient may enter an autoimmune CAR-T trial. Supports a person's pre-screening; does not decide enrolment.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(protocols_app, name="protocol")
add_certificate_commands(app)


class Format(StrEnum):
    """How a result is written."""

    text = "text"
    json = "json"


class Report(StrEnum):
    """How a screening is written."""

    text = "text"
    json = "json"
    html = "html"


class Proof(StrEnum):
    """How an explanation is written."""

    text = "text"
    html = "html"


Paths = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Letters: files, folders, or - for standard input.")
]
ProtocolOption = Annotated[str, typer.Option("--protocol", metavar="ID", help="A protocol's id, a file, or all.")]
AsOf = Annotated[
    str, typer.Option("--as-of", metavar="DATE", help="Screening date, YYYY-MM-DD; else the letter's own.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="For people, or everything as JSON (JSON Lines).")]
ReportOption = Annotated[
    Report, typer.Option("--format", help="For people, everything as JSON (JSON Lines), or a page for each letter.")
]
Out = Annotated[
    str, typer.Option("--out", metavar="PATH", help="Write there, at once or not at all; else to the terminal.")
]


def _say(message: str) -> None:
    """One line on standard error; what is said of a letter is its name."""
    sys.stderr.write(f"eligo: {message}\n")


class Failures:
    """Bad inputs so far: each was told in one line, the others go on."""

    def __init__(self) -> None:
        self.count = 0

    def tell(self, message: str) -> None:
        self.count += 1
        _say(message)

    def leave(self) -> None:
        if self.count:
            raise typer.Exit(2)


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
    protocol: ProtocolOption = "",
    as_of: AsOf = "",
    output: ReportOption = Report.text,
    out: Out = "",
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Screen each letter against one protocol, or against all of them and rank these.

    Example: eligo screen letters/ --as-of 2026-06-15 --format json
    """
    from screening.documents import parse_day
    from screening.interface import screening_json
    from screening.ranking import table
    from screening.text import report
    from screening.writing import Output, json_text

    day = parse_day(as_of) if as_of else None
    pipeline = _pipeline(protocol)
    failures = Failures()
    if output is Report.html:
        _pages(paths, pipeline, day, out, failures)
        failures.leave()
        return
    with Output(out) as sink:
        names = _names(paths, failures)

        def results(letter: Letter) -> list[Any]:
            screenings = pipeline.screen([letter], day)
            if output is Report.text:
                return [table(screenings)] if protocol == "all" else [report(one) for one in screenings]
            alone = len(names) == 1 and len(screenings) == 1
            return [json_text(screening_json(screening), alone=alone) for screening in screenings]

        write = sink.report if output is Report.text else sink.text
        for letter in _letters(names, failures):
            for result in _guarded(results, letter, failures) or ():
                write(result)
        sink.keep_only_if(sink.written > 0)
    failures.leave()


def _pages(paths: Sequence[str], pipeline: Pipeline, day: date | None, out: str, failures: Failures) -> None:
    """A page for each letter and protocol: one to where `--out` says, several into the folder that it names."""
    from screening.documents import BadInputError
    from screening.html_report import html_report, page_name
    from screening.whatif import what_if
    from screening.writing import Output

    names = _names(paths, failures)
    several = len(names) > 1 or pipeline.several
    if several and not os.path.isdir(out):  # noqa: PTH112
        raise BadInputError("--format html: a page for each screening: give --out FOLDER, a folder that exists")

    def pages(letter: Letter) -> list[tuple[str, str]]:
        found = [what_if(one) for one in pipeline.screen([letter], day)]
        return [(page_name(one.screening), html_report(one)) for one in found]

    for letter in _letters(names, failures):
        for name, page in _guarded(pages, letter, failures) or ():
            with Output(os.path.join(out, name) if several else out) as sink:  # noqa: PTH118
                sink.text(page)


def _pipeline(protocol: str) -> Pipeline:
    from screening.pipeline import Pipeline
    from screening.protocols import DEFAULT, protocol_ids, read_protocol

    ids = protocol_ids() if protocol == "all" else [protocol or DEFAULT]
    return Pipeline([read_protocol(key) for key in ids])


def _names(paths: Iterable[str], failures: Failures) -> list[str]:
    """The letters' names; a folder that holds none is told."""
    from screening.documents import BadInputError, find_letters

    names: list[str] = []
    for path in paths:
        try:
            names += find_letters([path])
        except BadInputError as error:
            failures.tell(str(error))
    return names


def _letters(names: Sequence[str], failures: Failures) -> Iterator[Letter]:
    """The letters that can be read; each other one gets its line."""
    from screening.documents import BadInputError, read_letter

    for done, name in enumerate(names, 1):
        _progress(done, len(names))
        try:
            letter = read_letter(name)
        except BadInputError as error:
            failures.tell(str(error))
            continue
        yield letter


def _progress(done: int, total: int) -> None:
    """Counts only, and only where someone watches a long run."""
    if total > 2 and sys.stderr.isatty():
        end = "\n" if done == total else ""
        sys.stderr.write(f"\rletter {done} of {total}{end}")
        sys.stderr.flush()


def _guarded(work: Callable[[Letter], Any], letter: Letter, failures: Failures) -> Any:
    """The work's result, or None where it failed: told by the kind of error, since its words may hold the letter's."""
    try:
        return work(letter)
    except Exception as error:  # noqa: BLE001  # no letter may stop the others, and no traceback may show its text
        kind = type(error).__name__
        failures.tell(f"{letter.document.name}: no result ({kind}): a fault of this program, please report it")
        return None


# --- explain, extract -------------------------------------------------------------------------------------------------


@app.command()
def explain(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A letter, or - for standard input.")],
    criteria: Annotated[
        list[str] | None, typer.Argument(metavar="[CRITERION...]", help="Such as I4a E7a; else all.")
    ] = None,
    protocol: ProtocolOption = "",
    as_of: AsOf = "",
    output: Annotated[
        Proof, typer.Option("--format", help="As text, or the letter and its proof as a page.")
    ] = Proof.text,
    out: Out = "",
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Show the proof of every criterion, or of those named: rule, facts, quoted text, calculation.

    Example: eligo explain letter.txt I2b E7a; eligo explain letter.txt --format html --out letter.html
    """
    from rules.explanation import render
    from screening.documents import BadInputError, parse_day, read_letter
    from screening.text import quotation, wrapped
    from screening.writing import Output

    day = parse_day(as_of) if as_of else None
    letter = read_letter(path)
    pipeline = _pipeline(protocol)
    failures = Failures()
    if output is Proof.html:
        if criteria:
            raise BadInputError("--format html: the page shows every criterion: name none")
        _pages([path], pipeline, day, out, failures)
        failures.leave()
        return
    screenings = _guarded(lambda one: pipeline.screen([one], day), letter, failures)
    failures.leave()
    with Output(out) as sink:
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


@app.command()
def whatif(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A letter, or - for standard input.")],
    protocol: ProtocolOption = "",
    as_of: AsOf = "",
    days: Annotated[int, typer.Option("--days", min=1, max=1100, help="How far ahead the calendar looks.")] = 365,
    output: FormatOption = Format.text,
    out: Out = "",
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Show the smallest sets of findings that, if otherwise, would turn the verdict, and the verdict over a year.

    Example: eligo whatif letter.txt
    """
    from screening.documents import parse_day, read_letter
    from screening.whatif import what_if, what_if_json, what_if_lines
    from screening.writing import Output, json_text

    day = parse_day(as_of) if as_of else None
    letter = read_letter(path)
    pipeline = _pipeline(protocol)
    failures = Failures()
    found = _guarded(lambda one: [what_if(each, days) for each in pipeline.screen([one], day)], letter, failures)
    failures.leave()
    with Output(out) as sink:
        for one in found:
            if output is Format.text:
                sink.report(what_if_lines(one))
            else:
                sink.text(json_text(what_if_json(one), alone=len(found) == 1))


@app.command()
def questions(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A letter, or - for standard input.")],
    protocol: ProtocolOption = "",
    as_of: AsOf = "",
    output: FormatOption = Format.text,
    reply: Annotated[
        str, typer.Option("--reply", metavar="PATH", help="Write a reply to the referrer, as .docx or as text.")
    ] = "",
    out: Out = "",
    own_protocols: ProtocolsOption = "",
    own_terms: TermsOption = "",
) -> None:
    """Rank what is missing by how much it settles against how hard it is to get, and draft the reply that asks for it.

    Example: eligo questions letter.txt --protocol all --reply reply.docx
    """
    from screening.documents import parse_day, read_letter
    from screening.questions import missing, questions_json, questions_lines, write_reply
    from screening.writing import Output, json_text

    day = parse_day(as_of) if as_of else None
    letter = read_letter(path)
    pipeline = _pipeline(protocol)
    failures = Failures()
    screenings = _guarded(lambda one: pipeline.screen([one], day), letter, failures)
    failures.leave()
    found = missing(screenings)
    if reply:
        write_reply(reply, screenings, found)
    with Output(out) as sink:
        if output is Format.text:
            sink.report(questions_lines(screenings, found))
        else:
            sink.text(json_text(questions_json(screenings, found), alone=True))


@app.command()
def extract(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH...]", help="Letters: files, folders, or -.")
    ] = None,
    jsonl: Annotated[
        str, typer.Option("--jsonl", metavar="FILE", help="Lines of {id, text, spans}, or - for them.")
    ] = "",
    with_text: Annotated[bool, typer.Option("--with-text", help="Give back the text to which offsets belong.")] = False,
    out: Out = "",
    own_terms: TermsOption = "",
) -> None:
    """Give the facts alone, as JSON Lines, one letter a line.

    Example: eligo extract letters/ --with-text
    """
    from screening.documents import BadInputError
    from screening.extraction_lines import extract_letter, extract_lines
    from screening.writing import Output

    if bool(paths) == bool(jsonl):
        raise BadInputError("extract: name letters, or --jsonl FILE: one of the two")
    failures = Failures()
    with Output(out) as sink:
        if jsonl:
            for line in extract_lines(jsonl, failures.tell, with_text=with_text):
                sink.text(line)
        else:
            make = extract_letter(with_text=with_text)
            for letter in _letters(_names(paths or [], failures), failures):
                sink.text(_guarded(make, letter, failures) or "")
        sink.keep_only_if(sink.written > 0)
    failures.leave()


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
        sink.text(evaluation(folder, as_json=as_json, errors=errors, progress=_progress, tell=failures.tell))
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
        _say(f"{message} Try: eligo --help")
        return 2
    except BadInputError as error:
        _say(str(error))
        return 2
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001  # a traceback could show a letter's text
        _say(f"no result ({type(error).__name__}): a fault of this program, please report it")
        return 2
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    main()
