"""What every measurement shares: its options, its counts and how its figures are shown.

A program gives `run` a function from options to a Result; the table, the JSON and the list of disagreements come from
that one Result, so that they cannot differ.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

Figure = float | int | None


@dataclass(frozen=True)
class Options:
    """What the caller asked for; `edsnlp` is a Python that has edsnlp, where the caller named one."""

    data: Path
    edsnlp: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Target:
    """The least (or, with `at_most`, the greatest) value that a figure is to have."""

    figure: str
    bound: float
    at_most: bool = False

    def met(self, value: Figure) -> bool:
        """Whether a value reaches the target; a figure that was not measured does not.

        >>> Target("recall", 0.9).met(0.93), Target("false", 0.01, at_most=True).met(0.02)
        (True, False)
        """
        if value is None:
            return False
        return value <= self.bound if self.at_most else value >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.bound}"


@dataclass
class Result:
    """Figures by system; `rows` says how much was counted, `notes` what a reader must know beside the figures."""

    title: str
    rows: dict[str, int]
    systems: dict[str, dict[str, Figure]]
    targets: tuple[Target, ...] = ()
    notes: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)


@dataclass
class Counts:
    """Right, wrongly given and missed; the rates are None where nothing was there to count."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, *, gold: bool, given: bool) -> None:
        """One yes-or-no case.

        >>> counts = Counts(right=1)
        >>> counts.add(gold=False, given=True)
        >>> counts.precision, counts.recall
        (0.5, 1.0)
        """
        self.right += gold and given
        self.wrong += given and not gold
        self.missed += gold and not given

    @property
    def precision(self) -> float | None:
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        return share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        return share(2 * self.right, 2 * self.right + self.wrong + self.missed)


def share(part: float, whole: float) -> float | None:
    """A rate, None of nothing.

    >>> share(1, 4), share(0, 0)
    (0.25, None)
    """
    return part / whole if whole else None


def run(description: str, measure: Callable[[Options], Result], arguments: list[str] | None = None) -> None:
    """Reads the options, measures, prints."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="the folder of the labelled data")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of the table")
    parser.add_argument("--errors", action="store_true", help="list every disagreement of eligo with the labels")
    parser.add_argument("--edsnlp", metavar="PYTHON", help="a Python that has edsnlp, to measure it beside the others")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N rows")
    given = parser.parse_args(arguments)
    if not given.data.is_dir():
        parser.error(f"--data {given.data}: no such folder")
    result = measure(Options(given.data, given.edsnlp, given.limit))
    if given.json:
        sys.stdout.write(as_json(result) + "\n")
    elif given.errors:
        sys.stdout.write("".join(f"{line}\n" for line in result.disagreements))
    else:
        show(result, Console())


def as_json(result: Result) -> str:
    """Everything but the disagreements, which quote the data."""
    targets = {target.figure: {"bound": target.bound, "at_most": target.at_most} for target in result.targets}
    return json.dumps(
        {"title": result.title, "rows": result.rows, "systems": result.systems, "targets": targets}
        | {"notes": result.notes, "disagreements": len(result.disagreements)},
        ensure_ascii=False,
        indent=2,
    )


def show(result: Result, console: Console) -> None:
    """A table with a line for each figure and a column for each system, the target beside the first."""
    counted = ", ".join(f"{number} {what}" for what, number in result.rows.items())
    table = Table(title=f"{result.title} ({counted})", title_justify="left")
    table.add_column("figure")
    for name in result.systems:
        table.add_column(name, justify="right")
    table.add_column("target")
    targets = {target.figure: target for target in result.targets}
    for name in dict.fromkeys(figure for figures in result.systems.values() for figure in figures):
        cells = [_cell(figures.get(name)) for figures in result.systems.values()]
        target = targets.get(name)
        first = next(iter(result.systems.values())).get(name)
        met = "" if target is None else f"{target}{'' if target.met(first) else '  not met'}"
        table.add_row(name, *cells, met)
    console.print(table)
    for note in result.notes:
        console.print(note, soft_wrap=True)


def _cell(value: Figure) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def rows_of(path: Path) -> list[dict[str, object]]:
    """The rows of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def only_file(folder: Path, pattern: str) -> Path:
    """The one file of a folder that a pattern matches. Raises SystemExit, with what is wrong, for none or several."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise SystemExit(f"{folder}: holds {len(found)} files {pattern}: name the folder of this set")
    return found[0]
