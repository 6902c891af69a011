"""What every shipped protocol costs beside one: letters in, the ratio of the two screenings' times out.

Both screen every letter in turn, round after round, in one run on one machine: extraction once, then the answers of one
protocol or of them all, each with its explanation as JSON. A letter's time is the median of its rounds.

    python -m bench.speed_protocols corpus/letters/develop --into docs/speed.md
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.speed import measure, read_texts, timed
from screening.documents import letter_from_text
from screening.interface import screening_json
from screening.pipeline import Pipeline
from screening.protocols import DEFAULT, protocol_ids, read_protocol
from screening.writing import json_text

HEADING = "## Every protocol at once"
PROMISED = 3.0


@dataclass(frozen=True)
class Cost:
    """Seconds of the processor over all letters, with one protocol and with every one of `protocols`."""

    letters: int
    rounds: int
    protocols: int
    one: float
    every: float

    @property
    def ratio(self) -> float:
        return round(self.every / self.one, 2)

    def as_json(self) -> dict[str, Any]:
        """Figures for a program."""
        return {
            "letters": self.letters,
            "rounds": self.rounds,
            "protocols": self.protocols,
            "seconds": {"one": round(self.one, 4), "every": round(self.every, 4)},
            "ratio": self.ratio,
            "promised": PROMISED,
        }

    def as_section(self) -> str:
        """The section of `docs/speed.md`."""
        return (
            f"{HEADING}\n\n"
            f"Made by `python -m bench.speed_protocols`: {self.letters} letters in {self.rounds} rounds, in turn with"
            f" {DEFAULT} alone and with every shipped protocol; medians, seconds of the processor.\n\n"
            "| a letter against | takes |\n| --- | ---: |\n"
            f"| one protocol | {1000 * self.one / self.letters:.0f} ms |\n"
            f"| {self.protocols} protocols | {1000 * self.every / self.letters:.0f} ms |\n"
            f"| that is, times one (promised: at most {PROMISED:g}) | {self.ratio} |\n"
        )


def screening_with(names: Sequence[str]) -> Callable[[str], None]:
    """Screens a text with these protocols, to the JSON of each."""
    pipeline = Pipeline([read_protocol(name) for name in names])

    def screen(text: str) -> None:
        for screening in pipeline.screen([letter_from_text(text, "letter", "letter")]):
            json_text(screening_json(screening))

    return screen


def cost(texts: Sequence[str], rounds: int) -> Cost:
    """Both screenings of every text, in turn."""
    names = protocol_ids()
    systems = [timed("one", screening_with([DEFAULT])), timed("every", screening_with(names))]
    seconds = measure(texts, systems, rounds)
    return Cost(len(texts), rounds, len(names), seconds["one"], seconds["every"])


def with_section(page: str, section: str) -> str:
    """The page with the section in the place of its older self, else at its end.

    >>> with_section("# Page\\n", "## Every protocol at once\\n\\nnew\\n")
    '# Page\\n\\n## Every protocol at once\\n\\nnew\\n'
    """
    other, count = re.subn(rf"(?ms)^{re.escape(HEADING)}\n.*?(?=^## |\Z)", lambda _: section, page)
    return other if count else f"{page.rstrip()}\n\n{section}"


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line: a section, or JSON, or the section put into a page."""
    parser = argparse.ArgumentParser(prog="bench.speed_protocols", description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", default=["corpus/letters/develop"], help="folders of letters")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.add_argument("--into", default="", metavar="PAGE", help="put the section into this page")
    given = parser.parse_args(arguments)
    found = cost(read_texts(given.folders, "", 0), given.rounds)
    if given.into:
        page = Path(given.into)
        page.write_text(with_section(page.read_text(encoding="utf-8"), found.as_section()), encoding="utf-8")
    else:
        print(json.dumps(found.as_json(), indent=2) if given.json else found.as_section())


if __name__ == "__main__":
    main()
