"""The cases beside a protocol: a file of facts or sentences and the answers they must have in, how each came out.

A case shows only what it claims: what its facts make of the criteria that it names (see `rules.coverage`). Those of a
case in a letter's own words are read by whoever calls, since rules read no language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kb.facts import Fact, Time
from kb.vocabulary import Vocabulary
from rules.case_facts import CaseError, day, read_facts
from rules.decision import Answered, Decision, Judge
from rules.findings import Situation
from rules.language import Protocol, plain_error
from rules.protocol_text import ProtocolError, located, read_yaml

Expected = Literal["pass", "fail", "unknown", "raised", "silent"]
EVERY = "every criterion"
Reader = Callable[[str, date | None], tuple[Fact, ...]]  # a letter's words and its day in, what they say out


class Written(BaseModel):
    """A case as its file writes it: facts (`told`) or a letter's own words (`says`), which then stand for its name.

    `expect` names criteria; `every criterion` stands for all that it does not name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: Annotated[str, Field(min_length=1)] | None = None
    told: tuple[dict[str, Any], ...] = ()
    says: Annotated[str, Field(min_length=1)] | None = None
    expect: Annotated[dict[str, Expected], Field(min_length=1)]
    verdict: str | None = None
    recheck_on: Any = None
    as_of: Any = None
    letter: Any = None

    @model_validator(mode="after")
    def _facts_or_words(self) -> Written:
        if self.says is not None and self.told:
            raise ValueError("give 'told' or 'says', not both")
        if self.case is None and self.says is None:
            raise ValueError("give the case a name: 'case' says in a few words who the patient is")
        return self

    @property
    def name(self) -> str:
        return self.case or self.says or ""


class File(BaseModel):
    """A file of cases: the day that the letters are of and are screened as of, and the cases."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: Any
    cases: Annotated[tuple[Written, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Case:
    """One case, ready to be decided. `line` is where it begins in its file."""

    name: str
    line: int
    facts: tuple[Fact, ...]
    as_of: date | None
    letter: date | None
    expect: Mapping[str, Expected]
    verdict: str | None
    recheck_on: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case: its decision, and what differs from what it expects, in words."""

    case: Case
    decision: Decision
    differences: tuple[str, ...]


# --- reading ----------------------------------------------------------------------------------------------------------


def load_cases(path: Path, protocol: Protocol, terms: Vocabulary, read: Reader | None = None) -> tuple[Case, ...]:
    """The cases of a file, those in a letter's words read by `read`.

    Raises ProtocolError: one line with file, line and what to write instead.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProtocolError(f"{path}: cannot be read: put the protocol's cases there, in UTF-8") from error
    return parse_cases(text, str(path), protocol, terms, read)


def parse_cases(
    text: str, name: str, protocol: Protocol, terms: Vocabulary, read: Reader | None = None
) -> tuple[Case, ...]:
    """As `load_cases`, of a text that is already read."""
    content, lines = read_yaml(text, name)
    try:
        file = File.model_validate(content)
    except ValidationError as error:
        path, problem = plain_error(error)
        raise ProtocolError(located(name, lines, path, problem)) from error
    known = {criterion.id for criterion in protocol.criteria} | {EVERY}
    cases = []
    for index, written in enumerate(file.cases):
        foreign = sorted(set(written.expect) - known)
        if foreign:
            problem = f"'{foreign[0]}' is no criterion of {protocol.id}: name one such as {protocol.criteria[0].id}"
            raise ProtocolError(located(name, lines, ("cases", index, "expect", foreign[0]), problem))
        try:
            cases.append(_case(written, file, lines.get(("cases", index), 1), terms, read))
        except CaseError as error:
            key = "told" if written.says is None else "says"
            raise ProtocolError(located(name, lines, ("cases", index, key), str(error))) from error
    return tuple(cases)


def _case(written: Written, file: File, line: int, terms: Vocabulary, read: Reader | None) -> Case:
    as_of = _day(file.as_of if written.as_of is None else written.as_of)
    letter = as_of if written.letter is None else _day(written.letter)
    facts = read_facts(written.told, terms) if written.says is None else _read(written.says, letter, read)
    recheck = None if written.recheck_on is None else str(written.recheck_on)
    return Case(written.name, line, facts, as_of, letter, written.expect, written.verdict, recheck)


def _read(says: str, letter: date | None, read: Reader | None) -> tuple[Fact, ...]:
    if read is None:
        raise CaseError("nothing here reads a letter's words: write its facts as 'told'")
    return read(says, letter)


def _day(value: Any) -> date | None:
    if value == "none":
        return None
    if isinstance(value, date):
        return value
    return day(str(value)).earliest


# --- deciding ---------------------------------------------------------------------------------------------------------


def situation_of(case: Case, terms: Vocabulary) -> Situation:
    """The dossier that the case describes: one letter, of its day."""
    return Situation(case.facts, case.as_of, terms, (None if case.letter is None else Time.on(case.letter),))


def run_cases(cases: Iterable[Case], protocol: Protocol, terms: Vocabulary) -> list[Outcome]:
    """Every case decided. Raises EngineError or DisagreementError where a decision cannot be trusted."""
    judge = Judge(protocol)
    try:
        return [_outcome(case, judge.decide(situation_of(case, terms))) for case in cases]
    finally:
        judge.close()


def _outcome(case: Case, decision: Decision) -> Outcome:
    differences = [
        f"{one.criterion.id} is {told(one)}, not {expected}"
        for one in decision.answers
        if (expected := expected_of(case, one.criterion.id)) is not None and not _meets(one, expected)
    ]
    if case.verdict is not None and case.verdict != decision.verdict:
        differences.append(f"the verdict is {decision.verdict}, not {case.verdict}")
    recheck = "never" if decision.recheck_on is None else decision.recheck_on.isoformat()
    if case.recheck_on is not None and case.recheck_on != recheck:
        differences.append(f"the day to check again is {recheck}, not {case.recheck_on}")
    return Outcome(case, decision, tuple(differences))


def expected_of(case: Case, criterion: str) -> Expected | None:
    """What the case claims of a criterion; None where it claims nothing."""
    return case.expect.get(criterion, case.expect.get(EVERY))


def told(one: Answered) -> str:
    """The answer as cases write it: an unknown one is raised or silent."""
    return one.answer if one.answer != "unknown" else "raised" if one.raised else "silent"


def _meets(one: Answered, expected: Expected) -> bool:
    return expected in (one.answer, told(one))
