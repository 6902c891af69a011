"""Calculations from whole notes: notes with the value that a calculator must reach in, how many were reached out.

eGFR (CKD-EPI 2021) from the creatinine, age and sex that extraction reads; the steroid equivalent from the dose that
it reads; the published vectors of the calculators by themselves. The limits are those of the row.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.figures import Figure, Options, Result, Target, only_file, run, share
from bench.judgements import eligo_is_right
from bench.systems import facts_of
from kb.calculators import egfr, eular_acr_2019
from kb.calculators.prednisone import prednisone_equivalent
from kb.facts import Fact, Interval, Quantity
from kb.vocabulary import vocabulary
from rules.calculations import computed_egfr
from rules.findings import Situation

TARGETS = (Target("eGFR from the note", 0.95), Target("steroid equivalent from the note", 0.95))
KIDNEY = ("CKD-EPI", "Creatinine Clearance", "MDRD")
TOLERANCE = 0.01
WIDEST = 0.25  # published tables give betamethasone as 0.6 to 0.75 mg
UMOL_PER_MG_DL = 88.4

# The vectors' names of EULAR/ACR items, where they are not ours.
ITEMS = {
    "autoimmune_hemolysis": "autoimmune-haemolysis",
    "subacute_cutaneous_or_discoid": "subacute-cutaneous-or-discoid-lupus",
    "acute_cutaneous": "acute-cutaneous-lupus",
    "proteinuria_gt_0.5g": "proteinuria",
    "class_II_or_V": "nephritis-class-2-or-5",
    "class_III_or_IV": "nephritis-class-3-or-4",
    "antiphospholipid": "antiphospholipid-antibodies",
}


def egfr_values(facts: Sequence[Fact]) -> list[Interval]:
    """What the product works out: one eGFR for each creatinine, in the order of the note."""
    situation = Situation(tuple(facts), None, vocabulary(), (None,))
    return [one.value.value for one in computed_egfr(situation) if one.value.value is not None]


def steroid_value(facts: Iterable[Fact], drug: str, target: str) -> Interval | None:
    """The dose of a drug that was read, in mg of the target drug."""
    amounts = [fact.dosing.dose or fact.dosing.per_day for fact in facts if fact.concept == drug and fact.dosing]
    known = [amount for amount in amounts if amount is not None]
    prednisone = prednisone_equivalent(drug, known[0]) if known else None
    one = prednisone_equivalent(target, Interval.exactly(1))
    if prednisone is None or one is None or not one.low or not one.high:
        return None
    if prednisone.low is None or prednisone.high is None:
        return None
    return Interval(prednisone.low / one.high, prednisone.high / one.low)


def within(value: Interval | None, low: float, high: float) -> bool:
    """Whether a number is within the row's limits; a range must be narrow and reach into them.

    >>> within(Interval(40, 42), 38, 41.5), within(Interval(10, 80), 38, 41.5), within(None, 0, 1)
    (True, False, False)
    """
    if value is None or value.low is None or value.high is None:
        return False
    narrow = value.high - value.low <= WIDEST * (value.high + value.low) / 2
    return narrow and value.low <= high and value.high >= low


def measure(options: Options) -> Result:
    with only_file(options.data, "*.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[: options.limit]
    entities = [json.loads(_as_json(row["Relevant Entities"])) for row in rows]
    disagreements: list[str] = []
    figures: dict[str, Figure] = {}
    counts: dict[str, int] = {}
    tallies: dict[str, list[bool]] = {}
    for row, inputs in zip(rows, entities, strict=True):
        name = row["Calculator Name"]
        if not name.startswith((*KIDNEY, "Steroid")):
            continue
        for what, right, told in _judged(row, inputs):
            tallies.setdefault(what, []).append(right)
            if not right:
                disagreements.append(f"{row['Unique ID']}\t{what}\t{told}")
    tallies["published vectors"] = list(_vectors(options.data))
    for what, results in tallies.items():
        figures[what] = share(sum(results), len(results))
        counts[what] = len(results)
    notes = ["The first creatinine of a note decides; 'any' tells that one of its creatinines gives the value."]
    return Result("calculators", counts, {"eligo": figures}, TARGETS, notes, disagreements)


def _as_json(entities: str) -> str:
    """The set writes a Python dictionary of strings, numbers and lists."""
    return entities.replace("'", '"').replace("True", "true").replace("False", "false")


def _judged(row: dict[str, str], inputs: dict[str, Any]) -> Iterable[tuple[str, bool, str]]:
    facts = facts_of(row["Patient Note"])
    low, high = float(row["Lower Limit"]), float(row["Upper Limit"])
    if row["Calculator Name"].startswith("Steroid"):
        given, target = (_drug(inputs["input steroid"][0]), _drug(inputs["target steroid"]))
        value = steroid_value(facts, given, target)
        yield "steroid equivalent from the note", within(value, low, high), f"{inputs}: {value}"
        return
    if row["Calculator Name"].startswith("CKD-EPI"):
        values = egfr_values(facts)
        told = f"{inputs} {low}-{high}: {[_middle(value) for value in values]}"
        first = bool(values) and within(values[0], low, high)
        settled = eligo_is_right("calculators", row["Unique ID"], "eGFR")
        yield "eGFR from the note", first, told
        yield "eGFR from the note, any", any(within(value, low, high) for value in values), told
        yield "eGFR from the note judged", first or settled, told
    yield from _inputs(facts, inputs)


def _inputs(facts: Sequence[Fact], inputs: dict[str, Any]) -> Iterable[tuple[str, bool, str]]:
    number, unit = inputs["creatinine"]
    wanted = number * (UMOL_PER_MG_DL if unit == "mg/dL" else 1)
    for what, concept, value in (("creatinine read", "creatinine", wanted), ("age read", "age", inputs["age"][0])):
        read = [fact.value.interval for fact in facts if fact.concept == concept and isinstance(fact.value, Quantity)]
        right = any(_holds(interval, value) for interval in read)
        yield what, right, f"expected {value}, eligo {[_middle(interval) for interval in read]}"
    sexes = [fact.value.code for fact in facts if fact.concept == "sex" and fact.value and hasattr(fact.value, "code")]
    yield "sex read", inputs["sex"].lower() in sexes, f"expected {inputs['sex']}, eligo {sexes}"


def _holds(interval: Interval, value: float) -> bool:
    if interval.low is None or interval.high is None:
        return False
    return interval.low * (1 - TOLERANCE) <= value <= interval.high * (1 + TOLERANCE)


def _middle(interval: Interval) -> float | None:
    if interval.low is None or interval.high is None:
        return interval.low
    return round((interval.low + interval.high) / 2, 2)


def _drug(written: str) -> str:
    """The set's name of a steroid as our concept.

    >>> _drug("MethylPrednisoLONE IV")
    'methylprednisolone'
    """
    return written.split()[0].lower()


def _vectors(folder: Path) -> Iterable[bool]:
    """Which published vectors of our calculators come out: Schwartz, and the EULAR/ACR totals."""
    for vector in json.loads((folder / "egfr_vectors.json").read_text(encoding="utf-8"))["vectors"]:
        if "Schwartz" in vector["eq"]:
            creatinine = Interval.exactly(vector["creat_mg_dl"] * UMOL_PER_MG_DL)
            value = egfr.schwartz_2009(creatinine, Interval.exactly(vector["height_cm"]))
            yield math.isclose(value.low or 0, vector["egfr"], rel_tol=0.005)
    for vector in json.loads((folder / "eular_acr2019_vectors.json").read_text(encoding="utf-8"))["vectors"]:
        named = {ITEMS.get(item, item.replace("_", "-")) for item in vector["items"]}
        given = {key: Interval(int(key in named), int(key in named)) for key in eular_acr_2019.items()}
        bounds = eular_acr_2019.bounds(Interval(1, 1) if vector["ana"] else Interval(0, 0), given)
        yield bounds.total == Interval(vector["total"], vector["total"]) and bounds.classified.low == int(
            vector["classified"]
        )


if __name__ == "__main__":
    run(__doc__ or "", measure)
