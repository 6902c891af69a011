"""How fast letters are read: letters in, words a second of stock medspaCy, edsnlp and every part of eligo out.

All systems read every letter in turn, round after round, in one run on one machine, so that their ratios hold where
their seconds do not: a letter's time is the median of its rounds, in seconds of the processor.

    python -m bench.speed corpus/letters/develop --data reports.jsonl.gz --limit 100 --edsnlp PYTHON --out docs/speed.md
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.speed_eligo import PARTS, Eligo
from bench.speed_others import EdsNlp, stock_medspacy, terms
from bench.speed_start import Start, measure_start
from bench.speed_table import table

Seconds = Mapping[str, float]
System = Callable[[str], Seconds]
"""Reads one text; gives the processor's seconds by name of what was measured."""


@dataclass
class Speed:
    """The median seconds of every letter by system, with the words of the letters."""

    words: int
    letters: int
    rounds: int
    seconds: dict[str, float]
    start: Start | None = None
    versions: dict[str, str] = field(default_factory=dict)

    def words_per_second(self, name: str) -> float:
        return self.words / self.seconds[name]

    def as_json(self) -> dict[str, Any]:
        """Figures for a program: seconds over all letters, words a second, ratios and shares."""
        speed = {name: round(self.words_per_second(name)) for name in self.seconds}
        return {
            "letters": self.letters,
            "words": self.words,
            "rounds": self.rounds,
            "seconds": {name: round(value, 4) for name, value in self.seconds.items()},
            "words_per_second": speed,
            "ratios": ratios(self.seconds),
            "shares": shares(self.seconds),
            "start": None if self.start is None else self.start.as_json(),
            "versions": self.versions,
        }


def ratios(seconds: Seconds) -> dict[str, float]:
    """How many times faster eligo is, where both were measured.

    >>> ratios({"medspacy": 6.0, "screening": 1.0, "extraction": 0.5})
    {'screening to medspacy': 6.0, 'extraction to medspacy': 12.0}
    """
    pairs = (("screening", "medspacy"), ("extraction", "medspacy"), ("extraction", "edsnlp"))
    return {
        f"{ours} to {other}": round(seconds[other] / seconds[ours], 2)
        for ours, other in pairs
        if ours in seconds and other in seconds
    }


def shares(seconds: Seconds) -> dict[str, float]:
    """The part of a whole screening that each of its steps takes.

    >>> shares({"extraction": 3.0, "findings": 1.0, "screening": 4.0})
    {'extraction': 0.75, 'findings': 0.25}
    """
    return {part: round(seconds[part] / seconds["screening"], 3) for part in PARTS if part in seconds}


def measure(texts: Sequence[str], systems: Sequence[System], rounds: int) -> dict[str, float]:
    """The sum over the letters of each system's median seconds; the order of the systems turns with every letter."""
    taken: list[dict[str, list[float]]] = [{} for _ in texts]
    for turn in range(rounds + 1):  # the first round only warms up
        for number, text in enumerate(texts):
            first = (number + turn) % len(systems)
            for system in (*systems[first:], *systems[:first]):
                for name, seconds in system(text).items():
                    if turn:
                        taken[number].setdefault(name, []).append(seconds)
    names = dict.fromkeys(name for letter in taken for name in letter)
    return {name: sum(statistics.median(letter[name]) for letter in taken) for name in names}


def timed(name: str, work: Callable[[str], object]) -> System:
    """A system of one thing to measure."""

    def run(text: str) -> Seconds:
        before = time.process_time()
        work(text)
        return {name: time.process_time() - before}

    return run


def read_texts(paths: Iterable[str], data: str, limit: int) -> list[str]:
    """The texts of folders of letters, and every n-th of a JSON Lines file (`text` on each line) up to the limit."""
    texts = [file.read_text(encoding="utf-8") for path in paths for file in sorted(Path(path).glob("*.txt"))]
    if not data:
        return texts
    raw = Path(data).read_bytes()
    lines = (gzip.decompress(raw) if data.endswith(".gz") else raw).decode("utf-8").splitlines()
    reports = [json.loads(line)["text"] for line in lines]
    return texts + reports[:: max(1, -(-len(reports) // limit))] if limit else texts + reports


def compare(texts: Sequence[str], rounds: int, edsnlp: str = "") -> Speed:
    """One run over the texts; `edsnlp` is the Python of an environment that has it, or empty."""
    eligo = Eligo()
    stock = stock_medspacy(terms())
    systems: list[System] = [timed("medspacy", stock), timed("tokenizer", eligo.tokenise), eligo.screen]
    with EdsNlp(edsnlp, terms()) as other:
        if edsnlp:
            systems.append(other.read)
        seconds = measure(texts, systems, rounds)
        words = sum(len(text.split()) for text in texts)
        return Speed(words, len(texts), rounds, seconds, versions=other.versions)


def _write_page(page: Path, shown: str) -> None:
    """Writes the page anew, and keeps the sections that other programs put behind it."""
    before = page.read_text(encoding="utf-8") if page.is_file() else ""
    at = before.find("\n## ")
    page.write_text(shown + (before[at:] if at >= 0 else ""), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line: a table, or JSON, or the page of `docs/`."""
    parser = argparse.ArgumentParser(prog="bench.speed", description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", default=["corpus/letters/develop"], help="folders of letters")
    parser.add_argument("--data", default="", help="JSON Lines of further texts, also gzipped")
    parser.add_argument("--limit", type=int, default=60, help="so many of the further texts; 0 for all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--edsnlp", default="", metavar="PYTHON", help="the Python of an environment with edsnlp")
    parser.add_argument("--no-start", action="store_true", help="leave out start-up and memory")
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.add_argument("--out", default="", help="write the page there")
    given = parser.parse_args(arguments)
    texts = read_texts(given.folders, given.data, given.limit)
    speed = compare(texts, given.rounds, given.edsnlp)
    if not given.no_start:
        speed.start = measure_start(given.folders, given.rounds)
    shown = json.dumps(speed.as_json(), indent=2) if given.json else table(speed.as_json())
    if given.out:
        _write_page(Path(given.out), shown)
    else:
        print(shown)


if __name__ == "__main__":
    main()
