"""How well letters are read as they arrive: annotated letters in, a table of text, PDF, Word, scan and fax out.

Every letter is made into a file of each kind (bench/rendered_pages.py, bench/rendered_scans.py), read and screened, and
its answers are held against its labels. The table can be put into a page between its two marks with `--into`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.rendered_pages import as_docx, as_pdf
from bench.rendered_scans import as_fax, as_scan
from corpus import gold, scoring
from kb.facts import Document
from screening.documents import Letter
from screening.documents.content import Content, reader_of
from screening.documents.errors import BadInputError
from screening.documents.kinds import kind_of
from screening.documents.limits import limits_in_use

Render = Callable[[str, str], bytes]


@dataclass(frozen=True)
class Way:
    """A way in which letters arrive: its name, how a letter becomes a file, and how many points it may lose to text."""

    name: str
    render: Render
    points: float | None


WAYS: Mapping[str, Way] = {
    "text": Way("text", lambda name, text: text.encode(), None),
    "pdf": Way("PDF with a text layer", as_pdf, 0.5),
    "docx": Way("Word (.docx)", as_docx, 0.5),
    "scan": Way("clean scan, 200 dpi", lambda name, text: as_scan(name, as_pdf(name, text)), 3),
    "fax": Way("fax, 150 to 200 dpi, askew", lambda name, text: as_fax(name, as_pdf(name, text)), 8),
}


@dataclass(frozen=True)
class FileRead:
    """What a file gave (None: it was refused), the seconds of the processor that it took, and for how many pages."""

    content: Content | None
    seconds: float
    pages: int


@dataclass(frozen=True)
class Figures:
    """What was measured of one way; `megabytes` is the most memory of the process that read its files."""

    letters: int
    criteria: float
    fail_called_pass: int
    verdicts: float
    refused: int
    seconds_a_page: float
    megabytes: int


def measure(letters: Sequence[gold.Letter], ways: Sequence[str], keep: Path | None = None) -> dict[str, Figures]:
    """The figures of each way, in their order; `keep` is a folder for the files that were made."""
    screen = _screening()
    return {way: _measure(letters, way, screen, keep) for way in ways}


def _measure(
    letters: Sequence[gold.Letter], way: str, screen: Callable[[Letter | None], dict[str, Any]], keep: Path | None
) -> Figures:
    files = [WAYS[way].render(Path(letter.name).stem, letter.text) for letter in letters]
    if keep is not None:
        for letter, file in zip(letters, files, strict=True):
            (keep / f"{Path(letter.name).stem}.{way}").write_bytes(file)
    reads, megabytes = _read_apart(files)
    given = {letter.name: _letter(letter.name, read) for letter, read in zip(letters, reads, strict=True)}
    scores = scoring.score(letters, lambda letter: screen(given[letter.name]))
    rates = scoring.rates(scoring.overall(scores))
    return Figures(
        letters=len(letters),
        criteria=rates["accuracy"],
        fail_called_pass=rates["fail_called_pass"],
        verdicts=scoring.share_of(scores, lambda one: one.verdict_agrees) or 0.0,
        refused=sum(letter is None for letter in given.values()),
        seconds_a_page=sum(read.seconds for read in reads) / max(sum(read.pages for read in reads), 1),
        megabytes=megabytes,
    )


def _screening() -> Callable[[Letter | None], dict[str, Any]]:
    """Screens a letter; one that could not be read has no facts."""
    from screening.documents import letter_from_text
    from screening.interface import screening_json
    from screening.pipeline import Pipeline
    from screening.protocols import DEFAULT, read_protocol

    protocol = read_protocol(DEFAULT)
    pipeline = Pipeline([protocol])
    nothing = Pipeline([protocol], lambda document, index: ([], []))

    def screen(letter: Letter | None) -> dict[str, Any]:
        if letter is None:
            return screening_json(nothing.screen([letter_from_text("no letter", "none", "none")])[0])
        return screening_json(pipeline.screen([letter])[0])

    return screen


def _letter(name: str, read: FileRead) -> Letter | None:
    from extraction.letter_date import find_letter_date
    from screening.documents.symbols import legible

    if read.content is None or not read.content.text.strip():
        return None
    text = legible(read.content.text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Letter(Document(name, text, digest, find_letter_date(text), read.content.layout), read.content.notes)


def _read_apart(files: Sequence[bytes]) -> tuple[list[FileRead], int]:
    """What the files give, read one after the other in a process of their own, and its most memory in MB."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        reads = []
        for number, read in enumerate(pool.map(_read, files), 1):
            reads.append(read)
            _tell(f"\r{number} of {len(files)} read")
        memory = pool.submit(_most_memory).result()
    _tell("\r")
    return reads, memory


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(text)


def _read(file: bytes) -> FileRead:
    reader = reader_of(kind_of(file))
    before = time.process_time()
    try:
        content = reader(file, "letter", limits_in_use())
    except BadInputError:
        return FileRead(None, time.process_time() - before, 1)
    seconds = time.process_time() - before
    assert isinstance(content, Content)
    return FileRead(content, seconds, len(content.layout.pages) if content.layout else 1)


def _most_memory() -> int:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes // (1024 * 1024 if sys.platform == "darwin" else 1024)


def table(figures: Mapping[str, Figures]) -> str:
    """The figures as Markdown, each way with its target."""
    head = ("", "criterion accuracy", "target", "fail called pass", "verdict accuracy", "seconds a page", "MB")
    text = figures.get("text")
    rows = [head, ("---", *("---:" for _ in head[1:]))]
    for way, found in figures.items():
        rows.append(
            (
                WAYS[way].name,
                f"{found.criteria:.3f}",
                _target(WAYS[way], text),
                str(found.fail_called_pass),
                f"{found.verdicts:.3f}",
                f"{found.seconds_a_page:.2f}",
                str(found.megabytes),
            )
        )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _target(way: Way, text: Figures | None) -> str:
    return "" if text is None or way.points is None else f"{text.criteria - way.points / 100:.3f}"


_PLACE = re.compile(r"(<!-- measure: python -m bench\.renderings [^\n]*? -->\n).*?(<!-- end -->)", re.DOTALL)


def put_into(page: str, shown: str, letters: str) -> str:
    """The page with the table between its marks, the first of which names the command that made it.

    >>> put_into("a\\n<!-- measure: python -m bench.renderings --letters x -->\\n<!-- end -->", "| t |", "y")
    'a\\n<!-- measure: python -m bench.renderings --letters y -->\\n| t |\\n<!-- end -->'
    """
    opening = f"<!-- measure: python -m bench.renderings --letters {letters} -->\n"
    return _PLACE.sub(lambda place: f"{opening}{shown}\n{place[2]}", page)


def _some(letters: Sequence[gold.Letter], limit: int | None) -> Iterator[gold.Letter]:
    """So many letters, from all over their order."""
    step = 1 if limit is None else max(1, -(-len(letters) // limit))
    yield from letters[::step]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line: a table, or JSON, or a page with the table in it."""
    parser = argparse.ArgumentParser(prog="bench.renderings", description=__doc__.splitlines()[0])
    parser.add_argument("--letters", default="corpus/letters/develop", metavar="FOLDER", help="annotated letters")
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS), help="which of them")
    parser.add_argument("--limit", type=int, metavar="N", help="only about N of the letters")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="write the files that are made there")
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.add_argument("--into", type=Path, metavar="PAGE", help="put the table between its marks in this page")
    given = parser.parse_args(arguments)
    if given.keep is not None and not given.keep.is_dir():
        parser.error(f"--keep {given.keep}: no such folder")
    try:
        letters = list(_some(gold.read_letters(Path(given.letters)), given.limit))
    except gold.GoldError as error:
        parser.error(str(error))
    figures = measure(letters, given.ways, given.keep)
    if given.json:
        print(json.dumps({way: asdict(found) for way, found in figures.items()}, indent=2))
    elif given.into is None:
        print(table(figures))
    else:
        page = given.into.read_text(encoding="utf-8")
        asked = given.letters if given.limit is None else f"{given.letters} --limit {given.limit}"
        given.into.write_text(put_into(page, table(figures), asked), encoding="utf-8")


if __name__ == "__main__":
    main()
