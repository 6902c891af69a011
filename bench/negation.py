"""Whether a named concept of a sentence is negated, and whether it is history: labelled sentences in, P/R/F1 out.

The set is the NegEx test kit. The concept stands in capitals in its sentence and is lower-cased in place, and its span
(the last, where it stands there twice) is given to each system, as a caller of `eligo extract --jsonl` would.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.figures import Counts, Options, Result, Target, only_file, rows_of, run
from bench.judgements import eligo_is_right
from bench.systems import edsnlp, english_negation_cues, facts_of, medspacy_asserts

TARGETS = (
    Target("negated precision", 0.96),
    Target("negated recall", 0.97),
    Target("historical F1", 0.80),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence with the concept's span and its labels."""

    number: int
    text: str
    span: tuple[int, int]
    negated: bool
    historical: bool


@dataclass
class Score:
    """What one system got right of the two questions."""

    negated: Counts = field(default_factory=Counts)
    historical: Counts = field(default_factory=Counts)
    judged: dict[str, Counts] = field(default_factory=dict)
    answers_history: bool = True

    def figures(self) -> dict[str, float | int | None]:
        history = self.historical if self.answers_history else Counts()
        return {
            "negated precision": self.negated.precision,
            "negated recall": self.negated.recall,
            "negated F1": self.negated.f1,
            "historical precision": history.precision,
            "historical recall": history.recall,
            "historical F1": history.f1,
        } | {f"{what} F1 judged": counts.f1 for what, counts in self.judged.items()}

    def judge(self, case: Case, about: str, gold: bool, given: bool) -> None:
        """Counts once more, a second reader's side in place of a label that is against eligo."""
        gold = given if gold != given and eligo_is_right("negation", str(case.number), about) else gold
        self.judged.setdefault(about, Counts()).add(gold=gold, given=given)


def case_of(row: dict[str, Any]) -> Case | None:
    """A row as a case; None where the sentence does not hold even the beginning of the concept.

    >>> case_of({"n": 1, "concept": "Rash", "sentence": "No RASH.", "negation": "Negated", "temporality": "Recent"})
    Case(number=1, text='No rash.', span=(3, 7), negated=True, historical=False)
    """
    sentence = str(row["sentence"])
    words = str(row["concept"]).split()
    for length in range(len(words), 0, -1):
        found = _places(words[:length], sentence)
        if found:
            start, end = found[-1]
            text = sentence[:start] + sentence[start:end].lower() + sentence[end:]
            negated, historical = row["negation"] == "Negated", row["temporality"] == "Historical"
            return Case(int(row["n"]), text, (start, end), negated, historical)
    return None


def _places(words: Sequence[str], sentence: str) -> list[tuple[int, int]]:
    """Where words stand in capitals, else where they stand at all; the last place is the sentence's last word on it."""
    in_capitals = r"\s+".join(re.escape(word.upper()) for word in words)
    found = [match.span() for match in re.finditer(in_capitals, sentence)]
    return found or [match.span() for match in re.finditer(in_capitals, sentence, re.IGNORECASE)]


def eligo_says(case: Case) -> tuple[bool, bool]:
    """Negated and historical, of the mention fact of the span."""
    mention = next(fact for fact in facts_of(case.text, [case.span]) if fact.kind == "mention")
    return mention.assertion == "absent", mention.temporality == "historical"


def measure(options: Options) -> Result:
    rows = rows_of(only_file(options.data, "*.jsonl"))[: options.limit]
    cases = [case for case in map(case_of, rows) if case is not None]
    scores = {"eligo": Score(), "medspaCy": Score()}
    disagreements = []
    for case in cases:
        negated, historical = eligo_says(case)
        scores["eligo"].negated.add(gold=case.negated, given=negated)
        scores["eligo"].historical.add(gold=case.historical, given=historical)
        scores["eligo"].judge(case, "negated", case.negated, negated)
        scores["eligo"].judge(case, "historical", case.historical, historical)
        disagreements += _told(case, negated, historical)
        stock = medspacy_asserts(case.text, case.span)
        scores["medspaCy"].negated.add(gold=case.negated, given=stock.negated)
        scores["medspaCy"].historical.add(gold=case.historical, given=stock.historical)
    if options.edsnlp:
        scores["edsnlp"] = _edsnlp_score(options.edsnlp, cases)
    return Result(
        "negation",
        {"sentences": len(cases), "without the concept": len(rows) - len(cases)},
        {name: score.figures() for name, score in scores.items()},
        TARGETS,
        ["edsnlp ships French cues: it runs here with medspaCy's English ones, and is not asked about history."],
        disagreements,
    )


def _edsnlp_score(python: str, cases: list[Case]) -> Score:
    score = Score(answers_history=False)
    asked = [{"text": case.text, "span": case.span} for case in cases]
    answers = edsnlp(python, "negation", asked, **english_negation_cues())
    for case, negated in zip(cases, answers, strict=True):
        score.negated.add(gold=case.negated, given=bool(negated))
    return score


def _told(case: Case, negated: bool, historical: bool) -> list[str]:
    start, end = case.span
    shown = f"{case.text[:start]}[[{case.text[start:end]}]]{case.text[end:]}"
    lines = []
    for name, gold, given in (("negated", case.negated, negated), ("historical", case.historical, historical)):
        if gold != given:
            lines.append(f"{case.number}\t{name}\tlabel {gold}, eligo {given}\t{shown}")
    return lines


if __name__ == "__main__":
    run(__doc__ or "", measure)
