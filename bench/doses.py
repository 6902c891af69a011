"""Dose instructions: instructions with their daily amount in, exact daily amounts and tapers found out.

Rows come from four parsers' own tests. A row counts when it is a whole instruction: the tests of a parser's inner
functions ("food", "at least 2") are left out. The instruction is read by the grammar alone, which counts in the row's
own unit, and once more through the whole extraction behind the name of a drug.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bench.figures import Options, Result, Target, only_file, rows_of, run, share
from bench.systems import facts_of
from extraction.dosing import Instruction, parse_dose
from kb.facts import Fact, Interval

TARGETS = (Target("daily amount exact", 0.95), Target("tapers found", 0.90))
TOLERANCE = 0.02  # a share of a week is labelled with two digits
DAYS = {"Hour": 1 / 24, "Day": 1.0, "Week": 7.0, "Month": 30.0, "Year": 365.0}
BEFORE = "Ramipril 1 mg tablets: "

_TOTAL = re.compile(r"(\d[\d./]*)(?:-(\d[\d.]*))? tablets? (\d[\d.]*)(?:-(\d[\d.]*))? mg total")


@dataclass(frozen=True)
class Case:
    """An instruction: its greatest daily amount (None: its words do not tell), or the number of its levels."""

    number: int
    text: str
    daily: float | None = None
    levels: int | None = None
    drug_named: bool = False


def case_of(row: dict[str, Any]) -> Case | None:
    """A row as a case; None for a row that is no whole instruction, or that its own parser does not read."""
    source, gold = str(row["source"]), row["gold"]
    number, text = int(row["n"]), str(row["text"])
    if source.startswith("CALIBER"):
        return _caliber(number, text, gold)
    if "Advanced-Sig-Parser" in source:
        return _advanced(number, text, gold)
    if source.startswith("parsigs"):
        return _parsigs(number, text, gold)
    if "split_entities" in source:
        levels = gold["values"][0]
        return Case(number, text, levels=levels) if levels > 1 else None
    return _phs(number, text, gold) if "conftest" in source else None


def _caliber(number: int, text: str, gold: dict[str, Any]) -> Case | None:
    if gold["change"] == "combined":
        return Case(number, text, levels=2)
    if not gold["qty"]:
        return None  # the parser takes one of whatever it is
    return Case(number, text, gold["daily_dose"] or None)


def _advanced(number: int, text: str, gold: dict[str, Any]) -> Case | None:
    if "values" in gold:
        understood, daily = gold["values"]
        if understood is False:
            return None
    else:
        daily = gold["max_dose_per_day"]
    return Case(number, text, None if daily is None else daily * _strength(text))


def _strength(text: str) -> float:
    """The mg of one tablet where the row says "1 tablet 40 mg total": eligo counts in mg then, the label in tablets.

    >>> _strength("take 1-2 tablets 1.25-2.5 mg total"), _strength("take 1 tablet")
    (1.25, 1.0)
    """
    found = _TOTAL.search(text)
    if found is None:
        return 1.0
    tablets, mg = found[2] or found[1], found[4] or found[3]
    return float(mg) / (0.5 if tablets == "1/2" else float(tablets))


def _parsigs(number: int, text: str, gold: Any) -> Case | None:
    if isinstance(gold, list):
        return Case(number, text, levels=len(gold), drug_named=True)
    amount, strength = gold["singleDosageAmount"], gold["strength"]
    if amount is None or gold["frequencyType"] is None:
        return None
    if strength is not None:
        amount *= float(re.sub(r"[^\d.]", "", strength))
    daily = amount * (gold["times"] or 1) / (gold["interval"] * DAYS[gold["frequencyType"]])
    return Case(number, text, daily, drug_named=gold["drug"] is not None)


def _phs(number: int, text: str, gold: dict[str, Any]) -> Case | None:
    if gold["dosageMax"] is None or gold["frequencyMax"] is None:
        return None
    return Case(number, text, gold["dosageMax"] * gold["frequencyMax"] / DAYS[gold["frequencyType"]])


def is_daily(given: Interval | None, expected: float | None) -> bool:
    """Whether the greatest daily amount is the labelled one, or nothing is given where nothing is told.

    >>> is_daily(Interval(1, 2), 2.0), is_daily(None, None), is_daily(Interval(3, 3), None)
    (True, True, False)
    """
    if given is None or given.high is None or expected is None:
        return (given is None or given.high is None) and expected is None
    return math.isclose(given.high, expected, rel_tol=TOLERANCE)


def grammar_daily(instruction: Instruction) -> Interval | None:
    """The daily amount of the level reached last."""
    return instruction.steps[-1].per_day if instruction.steps else None


def grammar_levels(instruction: Instruction) -> int:
    """How many levels have an amount."""
    return sum(step.per_day is not None or step.dose is not None for step in instruction.steps)


def letter_daily(facts: Iterable[Fact]) -> Interval | None:
    """The daily amount of the last fact of the drug, of its last level where it has levels."""
    told = [fact for fact in facts if fact.kind == "medication" and fact.dosing is not None]
    if not told:
        return None
    last = told[-1]
    steps = last.course.steps if last.course is not None else ()
    assert last.dosing is not None
    return steps[-1].per_day if steps else last.dosing.per_day


def letter_levels(facts: Iterable[Fact]) -> int:
    """How many levels its facts tell together."""
    told = [fact for fact in facts if fact.kind == "medication" and fact.dosing is not None]
    return sum(max(1, len(fact.course.steps) if fact.course is not None else 0) for fact in told)


def measure(options: Options) -> Result:
    rows = rows_of(only_file(options.data, "*.jsonl"))[: options.limit]
    cases = [case for case in map(case_of, rows) if case is not None]
    grammar = {case: parse_dose(case.text.lower()) for case in cases}
    letters = {case: facts_of(BEFORE + case.text) for case in cases if not case.drug_named}
    found = [
        (case, _is_right(case, grammar_daily(read), grammar_levels(read)), _shown(read))
        for case, read in grammar.items()
    ]
    in_letters = [
        (case, _is_right(case, letter_daily(facts), letter_levels(facts)), "in a letter: " + _of_letter(facts))
        for case, facts in letters.items()
    ]
    tapers = sum(case.levels is not None for case in cases)
    return Result(
        "doses",
        {"instructions": len(cases) - tapers, "tapers": tapers, "left out": len(rows) - len(cases)},
        {"eligo, grammar": _figures(found), "eligo, in a letter": _figures(in_letters), "medspaCy": _figures([])},
        TARGETS,
        ["medspaCy and edsnlp read no doses."],
        [_told(case, told) for case, right, told in (*found, *in_letters) if not right],
    )


def _is_right(case: Case, daily: Interval | None, levels: int) -> bool:
    return levels >= case.levels if case.levels is not None else is_daily(daily, case.daily)


def _figures(found: Iterable[tuple[Case, bool, str]]) -> dict[str, float | int | None]:
    found = list(found)
    daily = [right for case, right, _ in found if case.levels is None]
    tapers = [right for case, right, _ in found if case.levels is not None]
    return {
        "daily amount exact": share(sum(daily), len(daily)),
        "tapers found": share(sum(tapers), len(tapers)),
        "instructions": len(daily) or None,
    }


def _shown(instruction: Instruction) -> str:
    return "; ".join(f"{step.per_day and step.per_day.high} {step.unit} a day" for step in instruction.steps)


def _of_letter(facts: Iterable[Fact]) -> str:
    daily = letter_daily(facts)
    return f"{None if daily is None else daily.high} a day, {letter_levels(facts)} levels"


def _told(case: Case, read: str) -> str:
    wanted = f"{case.levels} levels" if case.levels is not None else f"{case.daily} a day"
    return f"{case.number}\texpected {wanted}, eligo {read}\t{case.text}"


if __name__ == "__main__":
    run(__doc__ or "", measure)
