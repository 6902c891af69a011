"""Laboratory values of single phrases: phrases with the value in a preferred unit in, exact values and false ones out.

A phrase is right when exactly the expected values of its analyte are read, in order, in the preferred unit; a phrase
that expects nothing is a trap. medspaCy reads no values; edsnlp is given the phrase and its first quantity counts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from bench.figures import Figure, Options, Result, Target, only_file, rows_of, run, share
from bench.judgements import eligo_is_right
from bench.systems import edsnlp, facts_of
from kb.facts import Fact, Interval, Quantity
from kb.units import to_canonical

TARGETS = (Target("exact", 0.97), Target("false on traps", 0.01, at_most=True))
NAME = "labs"
TOLERANCE = 0.011  # factors between units are published to three figures

# The set's name of an analyte: our concepts of it, and what their canonical unit is multiplied by.
ANALYTES: dict[str, tuple[tuple[str, ...], float]] = {
    "ALT": (("alt",), 1),
    "Albumin": (("albumin",), 1),
    "AlkPhos": (("alp",), 1),
    "Basophils": (("basophils",), 1),
    "Bilirubin": (("bilirubin-total",), 1),
    "Bmi": (("bmi",), 1),
    "Bp": (("systolic-bp", "diastolic-bp"), 1),
    "Creatinine": (("creatinine",), 1),
    "Crp": (("crp",), 1),
    "Eosinophils": (("eosinophils",), 1),
    "Esr": (("esr",), 1),
    "GammaGT": (("ggt",), 1),
    "Glucose": (("glucose",), 1),
    "HDLCholesterol": (("hdl-cholesterol",), 1),
    "Haematocrit": (("haematocrit",), 0.01),
    "Haemoglobin": (("haemoglobin",), 1),
    "HbA1c": (("hba1c",), 1),
    "Height": (("body-height",), 0.01),
    "LDLCholesterol": (("ldl-cholesterol",), 1),
    "Lithium": (("lithium-level",), 1),
    "Lymphocytes": (("lymphocytes",), 1),
    "Monocytes": (("monocytes",), 1),
    "Neutrophils": (("neutrophils",), 1),
    "Platelets": (("platelets",), 1),
    "Potassium": (("potassium",), 1),
    "RBC": (("rbc",), 1),
    "Sodium": (("sodium",), 1),
    "TotalCholesterol": (("cholesterol",), 1),
    "Triglycerides": (("triglycerides",), 1),
    "Tsh": (("tsh",), 1),
    "Urea": (("urea", "bun"), 1),
    "Wbc": (("wbc",), 1),
    "Weight": (("body-weight",), 1),
}

# The set's conversions to its preferred unit: (number - offset) * slope, of mg/dL, or of HbA1c in %.
FROM_CONVENTIONAL = {
    "Creatinine": (88.42, 0),
    "Glucose": (1 / 18.016, 0),
    "HDLCholesterol": (0.02586, 0),
    "HbA1c": (10.929, 2.15),
    "LDLCholesterol": (0.02586, 0),
    "TotalCholesterol": (0.02586, 0),
    "Triglycerides": (0.01129, 0),
}
BODY_UNITS = {"stones": 6.35029, "pounds": 0.453592, "ounces": 0.0283495, "feet": 0.3048, "inches": 0.0254}

Value = float | tuple[float, ...]


def eligo_values(text: str, parser: str) -> list[Value]:
    """The values of one analyte that eligo reads in a phrase; a range and a blood pressure are tuples."""
    concepts, factor = ANALYTES[parser]
    facts = [fact for fact in facts_of(text) if fact.concept in concepts and isinstance(fact.value, Quantity)]
    if parser == "Bp":
        sides = [[_number(fact) for fact in facts if fact.concept == concept] for concept in concepts]
        return [tuple(_flat(pair)) for pair in zip_longest(*sides, fillvalue=math.nan)]
    return [_scaled(_number(fact), factor) for fact in facts]


def _number(fact: Fact) -> Value:
    """Its number, or the bound of one that is open ("less than 1" is labelled 1)."""
    assert isinstance(fact.value, Quantity)
    return _of_interval(fact.value.interval)


def _of_interval(interval: Interval) -> Value:
    if interval.low is not None and interval.high is not None and interval.low != interval.high:
        return interval.low, interval.high
    bound = interval.high if interval.low is None else interval.low
    return math.nan if bound is None else bound


def _flat(values: Sequence[Value]) -> list[float]:
    return [value if isinstance(value, float | int) else value[0] for value in values]


def _scaled(value: Value, factor: float) -> Value:
    return tuple(part * factor for part in value) if isinstance(value, tuple) else value * factor


def same(given: Sequence[Value], expected: Sequence[Any]) -> bool:
    """Whether the values are those expected, in their order.

    >>> same([1.5, (120, 80)], [1.5, [120, 80]]), same([6.0], []), same([(2, 3)], [2])
    (True, False, False)
    """
    return len(given) == len(expected) and all(_close(one, other) for one, other in zip(given, expected, strict=True))


def _close(given: Value, expected: Any) -> bool:
    if isinstance(given, tuple) or isinstance(expected, list):
        if not (isinstance(given, tuple) and isinstance(expected, list) and len(given) == len(expected)):
            return False
        return all(_close(one, other) for one, other in zip(given, expected, strict=True))
    if expected is None:
        return math.isnan(given)
    return math.isclose(given, expected, rel_tol=TOLERANCE)


def measure(options: Options) -> Result:
    rows = rows_of(only_file(options.data, "*.jsonl"))[: options.limit]
    given = [eligo_values(str(row["text"]), str(row["parser"])) for row in rows]
    systems = {"eligo": _figures(rows, given) | _judged(rows, given), "medspaCy": _figures(rows, None)}
    notes = ["medspaCy reads no values."]
    if options.edsnlp:
        answers = edsnlp(options.edsnlp, "quantities", [{"text": row["text"]} for row in rows])
        systems["edsnlp"] = _figures(rows, [_first(*both) for both in zip(rows, answers, strict=True)])
        notes.append("edsnlp: the first quantity of the phrase, its unit converted by us; it joins none to an analyte.")
    disagreements = [
        f"{row['n']}\t{row['parser']}\texpected {row['expected']}, eligo {values}\t{row['text']}"
        for row, values in zip(rows, given, strict=True)
        if not _settled(row, values)
    ]
    traps = sum(not expected(row) for row in rows)
    return Result("labs", {"phrases": len(rows), "traps": traps}, systems, TARGETS, notes, disagreements)


def expected(row: dict[str, Any]) -> list[Any]:
    """The labelled values; the set writes some as calls of its authors' conversions.

    >>> expected({"parser": "Glucose", "expected": "EXPR [convert(90)]"})
    [4.995...]
    """
    labelled = row["expected"]
    if not isinstance(labelled, str):
        return list(labelled)
    calls = re.findall(r"(\w+)\(([^)]*)\)", labelled)
    return [
        _called(name, [float(part.split("=")[-1]) for part in given.split(",")], given, row) for name, given in calls
    ]


def _called(name: str, numbers: Sequence[float], given: str, row: dict[str, Any]) -> float:
    if name == "convert":
        slope, offset = FROM_CONVENTIONAL[str(row["parser"])]
        return (numbers[0] - offset) * slope
    factors = {part.split("=")[0].strip(): number for part, number in zip(given.split(","), numbers, strict=True)}
    return sum(BODY_UNITS[unit] * number for unit, number in factors.items())


def _settled(row: dict[str, Any], given: Sequence[Value]) -> bool:
    """Whether the values are those labelled, or a second reader sided with them."""
    return same(given, expected(row)) or eligo_is_right(NAME, str(row["n"]), "value")


def _judged(rows: Sequence[dict[str, Any]], given: Sequence[list[Value]]) -> dict[str, Figure]:
    pairs = list(zip(rows, given, strict=True))
    traps = [(row, values) for row, values in pairs if not expected(row)]
    return {
        "exact judged": share(sum(_settled(*pair) for pair in pairs), len(pairs)),
        "false on traps judged": share(sum(not _settled(*pair) for pair in traps), len(traps)),
    }


def _figures(rows: Sequence[dict[str, Any]], given: Sequence[list[Value]] | None) -> dict[str, Figure]:
    if given is None:
        return {"exact": None, "exact where a value is": None, "false on traps": None}
    pairs = list(zip(rows, given, strict=True))
    values = [(row, got) for row, got in pairs if expected(row)]
    traps = [(row, got) for row, got in pairs if not expected(row)]
    return {
        "exact": share(sum(same(got, expected(row)) for row, got in pairs), len(pairs)),
        "exact where a value is": share(sum(same(got, expected(row)) for row, got in values), len(values)),
        "false on traps": share(sum(bool(got) for _, got in traps), len(traps)),
    }


def _first(row: dict[str, Any], answers: Sequence[dict[str, Any]]) -> list[Value]:
    """edsnlp's first quantity, in our canonical unit where ours can convert the words it found, times the factor."""
    if not answers:
        return []
    concepts, factor = ANALYTES[str(row["parser"])]
    one = answers[0]
    interval = Interval(min(one["low"], one["high"]), max(one["low"], one["high"]))
    unit = re.sub(r"^[\d.,\s×x*^-]*", "", str(one["text"]))
    converted = to_canonical(concepts[0], interval, unit or None)
    return [_scaled(_of_interval(converted or interval), factor if converted else 1)]


if __name__ == "__main__":
    run(__doc__ or "", measure)
