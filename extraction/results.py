"""The result of a test as it is written: a value with its reference range and its place in the text.

A result is made of a word (`coded_results`) or a number (`numeric_results`), and found by its name (`named_result`).
"""

from __future__ import annotations

from dataclasses import dataclass

from extraction.numbers import Written
from kb.facts import Interval, Value


@dataclass(frozen=True, slots=True)
class Result:
    """A value as written at [start, end), its reference range included; `value_end` is before the range."""

    start: int
    end: int
    value: Value
    reference: Interval | None = None
    value_end: int = 0
    written: Written | None = None
    is_turn: bool = False  # the newer value of a course: a date told before it is not its own
    is_overtaken: bool = False  # told to have changed since, without the newer value


def is_nucleic_acid(concept: str) -> bool:
    """Whether the test counts a virus and does not look for an antibody."""
    return concept.endswith(("-dna", "-rna"))
