"""How agreement on the case reports is counted: what is given, missed or wrong in, raw and judged counts out."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bench.figures import Counts, Figure
from bench.judgements import eligo_is_right
from kb.vocabulary import vocabulary

NAME = "case-reports"
RECOGNISED = Path(__file__).with_name("recognised.yaml")
SPACES = " \u00a0\u2005\u2009\u200a\u202f"
NUMBER = re.compile(rf"\d[\d,.{SPACES}]*\d|\d")


@dataclass
class Tally:
    """Raw counts and those after judgement, with what disagreed."""

    raw: Counts = field(default_factory=Counts)
    judged: Counts = field(default_factory=Counts)
    told: list[str] = field(default_factory=list)

    def right(self) -> None:
        self.raw.right += 1
        self.judged.right += 1

    def wrong(self, row: str, about: str, at: int, what: str) -> None:
        """Given by eligo, not labelled."""
        self.raw.wrong += 1
        settled = eligo_is_right(NAME, row, about, at)
        self.judged.right += settled
        self.judged.wrong += not settled
        self.told += [] if settled else [f"{row}\t{about}\t{at}\tnot labelled\t{what}"]

    def missed(self, row: str, about: str, at: int, what: str) -> None:
        """Labelled, not given by eligo."""
        self.raw.missed += 1
        settled = eligo_is_right(NAME, row, about, at)
        self.judged.missed += not settled
        self.told += [] if settled else [f"{row}\t{about}\t{at}\tmissed\t{what}"]

    def figures(self, name: str) -> dict[str, Figure]:
        both = (("", self.raw), (" judged", self.judged))
        return {
            f"{name} {what}{suffix}": getattr(counts, what.lower())
            for suffix, counts in both
            for what in ("precision", "recall", "F1")
        }


@functools.cache
def recognised(kind: str) -> re.Pattern[str]:
    """Matches a spelling of any frozen drug or analyte."""
    frozen = yaml.safe_load(RECOGNISED.read_text(encoding="utf-8"))[kind]
    terms = [vocabulary()[key] for key in frozen if key in vocabulary()]
    return any_of(spelling for term in terms for spelling in (*term.spellings, *term.exact))


def any_of(spellings: Iterable[str]) -> re.Pattern[str]:
    """Matches any of the spellings as whole words, the longest first, in any case."""
    longest = sorted({spelling.lower() for spelling in spellings}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE)


def plain_number(written: str) -> float | None:
    """A number with thousands set apart by commas or thin spaces, or with a decimal comma.

    >>> plain_number("21,000"), plain_number("37,5"), plain_number("II")
    (21000.0, 37.5, None)
    """
    text = re.sub(rf"[,{SPACES}](?=\d{{3}}(?!\d))", "", written.strip(SPACES + ".,")).replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return None


def numbers_in(written: str) -> set[float]:
    """Every number that stands in some words."""
    read = (plain_number(found) for found in NUMBER.findall(written))
    return {number for number in read if number is not None}
