"""The validation table of a protocol: its registry's words, criteria, rules, cases and their results in one table.

One row a case of a criterion, so that whoever approves a protocol can follow every sentence to what was shown of it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from rules.cases import expected_of, told
from rules.compiler import PlannedNode, plan, walk
from rules.language import Criterion
from rules.registry import lines_of
from rules.tests.base import Test
from screening.protocol_testing import Tested
from screening.protocols import find_protocol

COLUMNS = ("registry line", "registry text", "criterion", "title", "rule", "case", "expected", "came out", "holds")


@dataclass(frozen=True, slots=True)
class Shown:
    """A case that claims something of a criterion, and how the criterion came out."""

    name: str
    line: int
    expected: str
    came_out: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Traced:
    """One criterion with the lines of the registry's text that hold its quote, its rules, and its cases."""

    criterion: Criterion
    lines: tuple[int, ...]
    rules: tuple[str, ...]
    cases: tuple[Shown, ...]


def traced(result: Tested) -> list[Traced]:
    """Every criterion of the protocol in its order."""
    protocol = result.protocol
    planned = plan(protocol)
    source = result.file.with_name(protocol.source) if protocol.source else None
    registry = source.read_text(encoding="utf-8") if source is not None and source.is_file() else ""
    return [
        Traced(
            criterion,
            tuple(lines_of(criterion.quote, registry)),
            tuple(_rules(planned.roots[criterion.id])),
            tuple(_cases(criterion, result)),
        )
        for criterion in protocol.criteria
    ]


def _rules(root: PlannedNode) -> Iterator[str]:
    """Each rule with what it reads and what it speaks for."""
    for node in walk(root):
        test = node.node if isinstance(node.node, Test) else None
        for outcome in ("holds", "fails"):
            if test is None:
                yield f"{node.rule_id(outcome)}: of its {len(node.parts)} parts -> {node.result(outcome)}"
                continue
            comparison = test.holds_when() if outcome == "holds" else test.fails_when()
            reads = f"{comparison.end} of {test.finding_id()} {comparison.operator} {comparison.bound:g}"
            yield f"{node.rule_id(outcome)}: {reads} -> {node.result(outcome)}"


def _cases(criterion: Criterion, result: Tested) -> Iterator[Shown]:
    for outcome in result.outcomes:
        expected = expected_of(outcome.case, criterion.id)
        if expected is None:
            continue
        answered = next(one for one in outcome.decision.answers if one.criterion.id == criterion.id)
        came_out = told(answered)
        holds = expected in (answered.answer, came_out)
        yield Shown(outcome.case.name, outcome.case.line, expected, came_out, holds)


# --- as text and as a table -------------------------------------------------------------------------------------------


def trace_lines(name: str, result: Tested) -> Iterator[str]:
    """The trace for a reader."""
    protocol = result.protocol
    yield f"{protocol.id} version {protocol.version}, {protocol.status}, sha256 {protocol.sha256}"
    yield f"file {find_protocol(name).name}, registry text {protocol.source}, cases {result.file.name}"
    for one in traced(result):
        yield ""
        yield f"{one.criterion.id}  {one.criterion.number}  {one.criterion.title}"
        yield f'  registry, {_lines(one.lines)}: "{" ".join(one.criterion.quote.split())}"'
        if one.criterion.ambiguity:
            confirmed = one.criterion.ambiguity.confirmed_by or "nobody yet"
            yield f"  read as: {one.criterion.ambiguity.taken} (confirmed by {confirmed})"
        yield from (f"  rule {rule}" for rule in one.rules)
        for case in one.cases:
            end = "" if case.holds else f", but came out {case.came_out}"
            yield f"  case, line {case.line}: {case.name}: {case.expected}{end}"


def _lines(lines: tuple[int, ...]) -> str:
    return f"line {', '.join(map(str, lines))}" if lines else "not found"


def trace_table(result: Tested) -> str:
    """The trace as comma-separated values: a row a case, a criterion without cases one row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in traced(result):
        head = [
            " ".join(map(str, one.lines)),
            " ".join(one.criterion.quote.split()),
            one.criterion.id,
            one.criterion.title,
            "; ".join(one.rules),
        ]
        for case in one.cases:
            writer.writerow([*head, case.name, case.expected, case.came_out, "yes" if case.holds else "no"])
        if not one.cases:
            writer.writerow([*head, "", "", "", ""])
    return out.getvalue()
