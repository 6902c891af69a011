"""The cases of a protocol decided: a protocol's id or file in, what holds and what its cases reach in lines out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kb.facts import Fact
from kb.vocabulary import vocabulary
from rules.amounts import long_day
from rules.cases import Outcome, load_cases, run_cases
from rules.coverage import Coverage, Reach, coverage
from rules.language import Protocol
from rules.protocol_text import ProtocolError
from screening.documents import BadInputError, letter_from_text
from screening.pipeline import extractor
from screening.protocols import find_protocol, read_protocol

_TITLE = 62


@dataclass(frozen=True)
class Tested:
    """A protocol with its cases decided. `failures`: how many differ from what they expect."""

    protocol: Protocol
    file: Path
    outcomes: tuple[Outcome, ...]
    coverage: Coverage

    @property
    def failures(self) -> int:
        return sum(1 for outcome in self.outcomes if outcome.differences)


def read_words(says: str, letter: date | None) -> tuple[Fact, ...]:
    """What a letter of that day says that holds these words alone. Raises BadInputError."""
    text = f"{says}\n" if letter is None else f"Date: {long_day(letter)}\n\n{says}\n"
    return tuple(extractor().extract(letter_from_text(text, "case", "a case").document, 0)[0])


def tested(name: str) -> Tested:
    """The cases that lie beside the protocol. Raises BadInputError in one line."""
    protocol = read_protocol(name)
    file = find_protocol(name).with_name("cases.yaml")
    terms = vocabulary()
    try:
        outcomes = tuple(run_cases(load_cases(file, protocol, terms, read_words), protocol, terms))
    except ProtocolError as error:
        raise BadInputError(str(error)) from error
    return Tested(protocol, file, outcomes, coverage(protocol, outcomes))


def report_lines(result: Tested, *, every: bool = False) -> Iterator[str]:
    """First what does not hold, then a line a criterion, then (`every`) one a test, else only those with gaps."""
    reach, count = result.coverage, len(result.outcomes)
    yield f"{result.protocol.id} version {result.protocol.version}: {count - result.failures} of {count} cases hold"
    for outcome in result.outcomes:
        for difference in outcome.differences:
            yield f"  {result.file}, line {outcome.case.line}: {outcome.case.name}: {difference}"
    titles = {criterion.id: criterion.title for criterion in result.protocol.criteria}
    for criterion, tests in reach.criteria:
        yield _row(f"  {criterion.id:<6} {titles[criterion.id]}", criterion)
        for test in tests:
            if every or test.missing:
                yield _row(f"  {'':<6}   {test.words}", test)
    yield (
        f"{result.protocol.id}: the cases reach {reach.reached} of {reach.asked} answers of its"
        f" {len(reach.criteria)} criteria and {sum(len(tests) for _, tests in reach.criteria)} tests"
        f" ({_percent(reach)})"
    )


def _percent(reach: Coverage) -> str:
    """Whole percents, rounded down: 100 is said only of all."""
    return f"{int(100 * reach.share)} %"


def _row(head: str, reach: Reach) -> str:
    words = head if len(head) <= _TITLE else f"{head[: _TITLE - 2]} …"
    shown = "  ".join(f"{one:<7}" for one in reach.possible if one in reach.shown).rstrip()
    missing = f"  (not shown: {', '.join(reach.missing)})" if reach.missing else ""
    return f"{words:<{_TITLE}}  {shown}{missing}".rstrip()
