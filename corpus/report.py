"""Scores for people and programs: scores in, a plain table, a JSON object or a list of disagreements out.

The three show the same figures. Disagreements quote letters, so they are given for letters that may be read while
building, never for the split that only measures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from corpus.gold import GoldError
from corpus.matching import agreement
from corpus.scoring import FactScore, Scored, Scores, overall, rates, share_of

MEASURES_ONLY = "scored"


def to_json(scores: Scores) -> dict[str, Any]:
    """Every figure under a name, with letters counted by split; rates without cases are None."""
    return {
        "letters": dict(sorted(Counter(scored.letter.split for scored in scores.letters).items())),
        "verdict_accuracy": share_of(scores, lambda scored: scored.verdict_agrees),
        "recheck_accuracy": share_of(scores, lambda scored: scored.recheck_agrees),
        "screening_date_accuracy": share_of(scores, lambda scored: scored.as_of_agrees),
        "overall": rates(overall(scores)),
        "criteria": {key: rates(tally) for key, tally in scores.tallies().items()},
        "facts": {kind: _fact_json(score) for kind, score in scores.facts().items()},
    }


def _fact_json(score: FactScore) -> dict[str, Any]:
    return {
        "gold": score.found + score.missed,
        "found": score.found,
        "missed": score.missed,
        "wrong": score.wrong,
        "unlabelled": score.unlabelled,
        "precision": score.precision,
        "recall": score.recall,
        "f1": score.f1,
        "agreement": {part: score.agree[part] / number for part, number in sorted(score.labelled.items())},
    }


def print_tables(scores: Scores, console: Console) -> None:
    """A summary, a table of criteria, where the labels answer them, and one of facts."""
    figures = to_json(scores)
    letters = ", ".join(f"{number} {split}" for split, number in figures["letters"].items())
    console.print(f"letters: {letters}")
    if all(scored.letter.gold.facts_alone for scored in scores.letters):
        console.print("labels of facts alone: verdicts and criteria are not scored")
        console.print(_facts_table(figures))
        return
    for name in ("verdict_accuracy", "recheck_accuracy", "screening_date_accuracy"):
        console.print(f"{name.replace('_', ' ')}: {_figure(figures[name])}")
    console.print(_criteria_table(figures))
    console.print(_facts_table(figures))


CRITERION_COLUMNS = {
    "accuracy": "accuracy",
    "fails": "fails",
    "fail_precision": "fail precision",
    "fail_recall": "fail recall",
    "fail_called_pass": "fail called pass",
    "not_fail_called_fail": "not-fail called fail",
    "unknown_called_definite": "unknown called definite",
    "definite_called_unknown": "definite called unknown",
    "silent_raised": "silent/raised agreed",
}
FACT_COLUMNS = ("gold", "found", "missed", "wrong", "unlabelled", "precision", "recall", "f1")
PARTS = ("assertion", "experiencer", "temporality", "value", "time", "status", "per_day", "per_kg")


def _criteria_table(figures: dict[str, Any]) -> Table:
    table = _table("criterion", CRITERION_COLUMNS.values())
    rows = [*figures["criteria"].items(), ("all", figures["overall"])]
    for key, row in rows:
        table.add_row(key, *(_figure(row[column]) for column in CRITERION_COLUMNS))
    return table


def _facts_table(figures: dict[str, Any]) -> Table:
    table = _table("fact", [*FACT_COLUMNS, *(part.replace("_", " ") for part in PARTS)])
    for kind, row in figures["facts"].items():
        agreed = (_figure(row["agreement"].get(part)) for part in PARTS)
        table.add_row(kind, *(_figure(row[column]) for column in FACT_COLUMNS), *agreed)
    return table


def _table(first: str, rest: Any) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column(first)
    for column in rest:
        table.add_column(column, justify="right")
    return table


def _figure(value: float | int | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def disagreements(scores: Scores) -> Iterator[str]:
    """One line for everything on which screening and labels differ, letter by letter.

    Raises GoldError when a letter is of the split that only measures.
    """
    closed = [scored.letter.name for scored in scores.letters if scored.letter.split == MEASURES_ONLY]
    if closed:
        raise GoldError(
            f"disagreements are not shown for letters that only measure ({len(closed)} in '{MEASURES_ONLY}'):"
            " name the folder of the letters to develop on"
        )
    for scored in scores.letters:
        for line in _of_letter(scored):
            yield f"{scored.letter.name}: {line}"


def _of_letter(scored: Scored) -> Iterator[str]:
    gold, screening = scored.letter.gold, scored.screening
    for name, agrees, wanted in (
        ("verdict", scored.verdict_agrees, gold.verdict),
        ("recheck_on", scored.recheck_agrees, gold.recheck_on),
        ("as_of", scored.as_of_agrees, gold.as_of),
    ):
        if agrees is False:
            yield f"{name} is {screening[name]}, labelled {wanted}"
    for criterion in () if gold.facts_alone else screening["criteria"]:
        key = criterion["id"]
        if scored.answers[key] != gold.answers.get(key):
            yield f"{key} is {scored.answers[key]}, labelled {gold.answers.get(key)}: {criterion['reason']}"
    yield from _of_facts(scored)


def _of_facts(scored: Scored) -> Iterator[str]:
    for fact in scored.match.missed:
        yield f"missed {fact.kind} {fact.concept} {fact.quote!r}"
    for wrong in scored.match.wrong:
        yield f"wrong {wrong['kind']} {wrong['concept']} {wrong['quote']!r}"
    for gold, found in scored.match.pairs:
        for part, agrees in agreement(gold, found, complete=scored.letter.complete).items():
            if not agrees:
                labelled = getattr(gold, part)
                yield f"{part} of {gold.kind} {gold.concept} {gold.quote!r} is {found.get(part)}, labelled {labelled}"
