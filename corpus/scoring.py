"""Scores: annotated letters and any callable from a letter to a screening in, counts and rates out.

The callable gives the JSON object of the interface, so that anything that screens can be scored. Every rate is
derived from two tables of counts (answers by criterion, facts by kind): nothing is kept twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.gold import CRITERIA, Letter
from corpus.matching import Match, agreement, match

Screening = Mapping[str, Any]
Screen = Callable[[Letter], Screening]

# Gold answer and system answer -> how often; each one of pass, fail, silent, raised.
Tally = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Scored:
    """One letter with what the screening made of it: an answer for every criterion, and its facts matched."""

    letter: Letter
    screening: Screening
    answers: Mapping[str, str]
    match: Match

    @property
    def verdict_agrees(self) -> bool | None:
        return self._agrees("verdict", self.letter.gold.verdict)

    @property
    def recheck_agrees(self) -> bool | None:
        return self._agrees("recheck_on", _iso(self.letter.gold.recheck_on))

    @property
    def as_of_agrees(self) -> bool | None:
        return self._agrees("as_of", _iso(self.letter.gold.as_of))

    def _agrees(self, part: str, labelled: str | None) -> bool | None:
        """Whether a part of the screening is as labelled; None for labels of facts alone."""
        return None if self.letter.gold.facts_alone else bool(self.screening[part] == labelled)


@dataclass
class FactScore:
    """The facts of one kind: how many were found, missed, wrong and unlabelled, and how the found ones agree."""

    found: int = 0
    missed: int = 0
    wrong: int = 0
    unlabelled: int = 0
    agree: Counter[str] = field(default_factory=Counter)
    labelled: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float | None:
        return _share(self.found, self.found + self.missed)

    @property
    def precision(self) -> float | None:
        """Of the facts that stand where a gold fact stands, the share that name its concept."""
        return _share(self.found, self.found + self.wrong)

    @property
    def f1(self) -> float | None:
        if self.recall is None or self.precision is None:
            return None
        return _share(2 * self.recall * self.precision, self.recall + self.precision) or 0.0


@dataclass(frozen=True)
class Scores:
    """All letters scored, in their order."""

    letters: tuple[Scored, ...]

    def tallies(self) -> dict[str, Tally]:
        """For each criterion, in the protocol's order, how often which gold answer met which answer."""
        out: dict[str, Tally] = {key: Counter() for key in CRITERIA}
        for scored in self.letters:
            for key, gold in scored.letter.gold.answers.items():
                out[key][gold, scored.answers[key]] += 1
        return out

    def facts(self) -> dict[str, FactScore]:
        """For each kind of fact, sorted by name."""
        out: dict[str, FactScore] = {}
        for scored in self.letters:
            for gold, fact in scored.match.pairs:
                score = out.setdefault(gold.kind, FactScore())
                score.found += 1
                for part, agrees in agreement(gold, fact, complete=scored.letter.complete).items():
                    score.labelled[part] += 1
                    score.agree[part] += agrees
            for missed in scored.match.missed:
                out.setdefault(missed.kind, FactScore()).missed += 1
            for fact in scored.match.wrong:
                out.setdefault(str(fact["kind"]), FactScore()).wrong += 1
            for fact in scored.match.unlabelled:
                out.setdefault(str(fact["kind"]), FactScore()).unlabelled += 1
        return dict(sorted(out.items()))


def score(letters: Iterable[Letter], screen: Screen) -> Scores:
    """Screens every letter and matches what comes out with its labels.

    Raises ValueError where the screening leaves out a criterion that the labels answer.
    """
    return Scores(tuple(_scored(letter, screen(letter)) for letter in letters))


def _scored(letter: Letter, screening: Screening) -> Scored:
    answers = {str(criterion["id"]): answer_of(criterion) for criterion in screening["criteria"]}
    missing = [key for key in CRITERIA if key not in answers]
    if missing:
        raise ValueError(f"{letter.name}: the screening does not answer {', '.join(missing)}")
    return Scored(letter, screening, answers, match(letter, screening["facts"]))


def answer_of(criterion: Mapping[str, Any]) -> str:
    """The answer of a criterion of the interface in the labels' words.

    >>> answer_of({"answer": "unknown", "silent": False, "raised": True})
    'raised'
    """
    if criterion["answer"] == "unknown":
        return "raised" if criterion["raised"] else "silent"
    return str(criterion["answer"])


def rates(tally: Tally) -> dict[str, Any]:
    """What a tally says. Answers are held against each other as pass, fail and unknown; a rate without cases is None.

    `fail_called_pass` is the dangerous error, `not_fail_called_fail` the unjust one; `silent_raised` is the share of
    the unknowns that both agree on whose silence is judged alike.

    >>> rates(Counter({("fail", "fail"): 3, ("fail", "pass"): 1, ("silent", "raised"): 1}))["fail_recall"]
    0.75
    """

    def count(gold: Sequence[str], system: Sequence[str]) -> int:
        return sum(number for (one, other), number in tally.items() if one in gold and other in system)

    every, unknown, definite = ("pass", "fail", "silent", "raised"), ("silent", "raised"), ("pass", "fail")
    not_fail = ("pass", *unknown)
    both_unknown = count(unknown, unknown)
    return {
        "answers": tally.total(),
        "accuracy": _share(count(["pass"], ["pass"]) + count(["fail"], ["fail"]) + both_unknown, tally.total()),
        "fails": count(["fail"], every),
        "fail_precision": _share(count(["fail"], ["fail"]), count(every, ["fail"])),
        "fail_recall": _share(count(["fail"], ["fail"]), count(["fail"], every)),
        "fail_called_pass": count(["fail"], ["pass"]),
        "not_fail_called_fail": count(not_fail, ["fail"]),
        "unknown_called_definite": count(unknown, definite),
        "definite_called_unknown": count(definite, unknown),
        "silent_raised": _share(count(["silent"], ["silent"]) + count(["raised"], ["raised"]), both_unknown),
    }


def overall(scores: Scores) -> Tally:
    """The tallies of all criteria added up."""
    total: Tally = Counter()
    for tally in scores.tallies().values():
        total.update(tally)
    return total


def share_of(scores: Scores, agrees: Callable[[Scored], bool | None]) -> float | None:
    """The share of the letters on which something agrees, of those that label it."""
    judged = [agreed for scored in scores.letters if (agreed := agrees(scored)) is not None]
    return _share(sum(judged), len(judged))


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _iso(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())
