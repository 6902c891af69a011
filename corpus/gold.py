"""Annotated letters: a folder of `name.txt` with `name.yaml`, or brat's `name.ann`, in, letters with their labels out.

The labels are what a careful reader of the protocol's specification finds in the letter: its facts, the answer of
every criterion, the verdict. A label that does not fit its letter is refused, so that no score rests on a misprint.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kb.facts import Assertion, Experiencer, Kind, MedicationStatus, Temporality

LETTERS = Path(__file__).parent / "letters"

Answer = Literal["pass", "fail", "silent", "raised"]
Verdict = Literal["ineligible", "needs_information", "potentially_eligible"]
Ends = tuple[float | None, float | None]
ANSWERS: tuple[Answer, ...] = get_args(Answer)

# What the labels answer: the criteria of protocol NCT06934447, in its order.
CRITERIA = tuple(
    """
    I1 I2a I2b I3 I4a I4b I4c I4d I4e I4f I4g I4h I5 I6 I7a I7b I8
    E1 E2a E2b E3a E3b E3c E3d E3e E3f E4 E5 E6a E6b E6c E7a E7b E7c E7d E7e E8 E9 E10 E11a E11b
    """.split()
)


class GoldError(ValueError):
    """Labels that cannot be used: one line with the file, what is wrong and where."""


class Labels(BaseModel):
    """What every piece of the labels is: immutable, and no key but the declared ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class GoldNumber(Labels):
    """A number in the concept's canonical UCUM unit, as an interval; null is unbounded."""

    low: float | None
    high: float | None
    unit: str


class GoldCode(Labels):
    """A qualitative result."""

    code: str


class GoldFact(Labels):
    """A fact that the letter states; `quote` is its `nth` occurrence in the text, counted from 1.

    `status`, `per_day` (mg) and `per_kg` (mg), a number or its [low, high], are of medication only; `time` is
    [earliest, latest].
    """

    kind: Kind
    concept: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    quote: Annotated[str, Field(min_length=1)]
    nth: Annotated[int, Field(ge=1)] = 1
    assertion: Assertion = "present"
    experiencer: Experiencer = "patient"
    temporality: Temporality = "current"
    value: GoldNumber | GoldCode | None = None
    time: tuple[date | None, date | None] | None = None
    status: MedicationStatus | None = None
    per_day: float | Ends | None = None
    per_kg: float | Ends | None = None

    @model_validator(mode="after")
    def _medication_only(self) -> GoldFact:
        if self.kind != "medication" and (self.status, self.per_day, self.per_kg) != (None, None, None):
            raise ValueError("status, per_day and per_kg belong to a medication")
        return self


class Gold(Labels):
    """The labels of a letter. `as_of` is the screening date that the letter itself gives, null where it gives none.

    Labels of facts alone have no verdict and answer no criterion.
    """

    as_of: date | None
    hand: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    note: str = ""
    facts: tuple[GoldFact, ...]
    answers: Mapping[str, Answer]
    verdict: Verdict | None
    recheck_on: date | None

    @model_validator(mode="after")
    def _every_criterion(self) -> Gold:
        if self.facts_alone:
            return self
        missing = [key for key in CRITERIA if key not in self.answers]
        foreign = [key for key in self.answers if key not in CRITERIA]
        if missing or foreign:
            raise ValueError(f"answers: missing {missing}, not in the protocol {foreign}")
        if (self.verdict == "ineligible") != ("fail" in self.answers.values()):
            raise ValueError("a verdict is ineligible exactly when a criterion fails")
        if self.verdict is None:
            raise ValueError("criteria are answered, and the verdict is not given")
        return self

    @property
    def facts_alone(self) -> bool:
        return not self.answers and self.verdict is None


@dataclass(frozen=True)
class Letter:
    """A letter with its labels; `split` is the folder it lies in (develop or scored for the shipped ones).

    Complete labels hold every fact of the letter, with everything that it tells of it: what they lack is not there.
    """

    name: str
    split: str
    text: str
    gold: Gold
    complete: bool = False

    @functools.cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where each gold fact stands in the text, in their order; `text[start:end]` is the fact's quote."""
        return tuple(span(self.text, fact.quote, fact.nth) for fact in self.gold.facts)


def span(text: str, quote: str, nth: int) -> tuple[int, int]:
    """The offsets of the nth occurrence of a quote; a GoldError where the text does not have so many.

    >>> span("no cancer; mother: cancer", "cancer", 2)
    (19, 25)
    """
    start = -1
    for _ in range(nth):
        start = text.find(quote, start + 1)
        if start < 0:
            raise GoldError(f"the letter does not have {quote!r} {nth} time(s)")
    return start, start + len(quote)


def read_letter(path: Path) -> Letter:
    """The letter of one `.txt` file with its labels, the `.yaml` or `.ann` beside it.

    Raises GoldError for labels that do not fit.
    """
    from corpus.brat import SUFFIX, read_annotated  # late, since it makes labels of what it reads

    labels, annotated = path.with_suffix(".yaml"), path.with_suffix(SUFFIX)
    if annotated.is_file():
        if labels.is_file():
            raise GoldError(f"{path}: has both {labels.name} and {annotated.name}: keep the labels that hold")
        return read_annotated(path)
    if not labels.is_file():
        raise GoldError(f"{path}: has no labels: write {labels.name}, or annotate it in brat, beside it")
    try:
        gold = Gold.model_validate(yaml.safe_load(labels.read_text(encoding="utf-8")))
        letter = Letter(path.stem, path.resolve().parent.name, path.read_bytes().decode("utf-8"), gold)
        _ = letter.spans
    except yaml.YAMLError as error:
        raise GoldError(f"{labels}: not readable as YAML: {' '.join(str(error).split())}") from error
    except UnicodeDecodeError as error:
        raise GoldError(f"{path}: the letter or its labels are not UTF-8: save both as UTF-8") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise GoldError(f"{labels}: {where}: {first['msg']}") from error
    except GoldError as error:
        raise GoldError(f"{labels}: {error}") from error
    return letter


def read_letters(folder: Path = LETTERS) -> list[Letter]:
    """Every letter of a folder and of the folders in it, by split and name. Raises GoldError for the first bad one.

    >>> all(letter.text for letter in read_letters())
    True
    """
    paths = sorted(folder.rglob("*.txt"))
    if not paths:
        raise GoldError(
            f"{folder}: holds no letters: name a folder of .txt files with .yaml or .ann labels beside them"
        )
    return [read_letter(path) for path in paths]
