"""Why a criterion was answered so: a decision goes in, its proof as a tree of sentences comes out.

Nothing is written beside the proof: every node gives its sentence from its own operands and shows the numbers that
its two rules compared, so that a reader, or a test, can replay the text to the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kb.facts import READ_UNCERTAINLY, Fact
from rules.amounts import long_day
from rules.compiler import PlannedNode, walk
from rules.decision import Answered, Decision
from rules.findings import Finding
from rules.language import AtLeast, Not
from rules.tests.base import Comparison, Outcome, Test
from rules.windows import window

_SHOWN = 4  # sentences of a reason; the proof has them all


@dataclass(frozen=True, slots=True)
class Explained:
    """A node of the proof: its rule (None where none fired), its sentence, the operands it compared, its facts."""

    planned: PlannedNode
    outcome: Outcome
    rule: str | None
    finding: Finding | None
    parts: tuple[Explained, ...]

    @property
    def id(self) -> str:
        return self.planned.id

    @property
    def sentence(self) -> str:
        """What came out and why."""
        node = self.planned.node
        return node.sentence(self.finding, self.outcome) if isinstance(node, Test) else _connective(self.planned)

    @property
    def operands(self) -> str:
        """The numbers that the node's two rules compared."""
        node = self.planned.node
        return _test_operands(node, self.finding) if isinstance(node, Test) else _tally_operands(self.parts)


def explain(answered: Answered, decision: Decision) -> Explained:
    """The proof tree of one criterion."""
    return _explained(answered.root, decision)


def _explained(node: PlannedNode, decision: Decision) -> Explained:
    outcome = decision.proof.outcome(node)
    rule = node.rule_id(outcome) if outcome != "open" else None
    finding = decision.findings.get(node.node.key) if isinstance(node.node, Test) else None
    return Explained(node, outcome, rule, finding, tuple(_explained(part, decision) for part in node.parts))


def _test_operands(test: Test, finding: Finding | None) -> str:
    found = (
        "nothing" if finding is None else f"[{_number(finding.low)}, {_number(finding.high)}] {finding.unit}".strip()
    )
    holds, fails = _comparison(test.holds_when()), _comparison(test.fails_when())
    return f"{test.finding_id()} is {found}; holds if {holds}, fails if {fails}"


def _number(value: float | None) -> str:
    """The shortest text that reads back to the very number, so that the line can be replayed."""
    return "open" if value is None else repr(float(value)).removesuffix(".0")


def _comparison(comparison: Comparison) -> str:
    return f"{comparison.end} {comparison.operator} {_number(comparison.bound)}"


def _connective(node: PlannedNode) -> str:
    count = len(node.parts)
    match node.node:
        case AtLeast():
            return f"at least {node.node.at_least} of {count}"
        case Not():
            return "not"
        case _:
            return f"{node.id.rsplit('.', 1)[-1].split('-')[0]} of {count}"


def _tally_operands(parts: tuple[Explained, ...]) -> str:
    outcomes = [part.outcome for part in parts]
    return ", ".join(f"{outcomes.count(one)} {word}" for one, word in _OUTCOME_WORDS if one in outcomes)


_OUTCOME_WORDS: tuple[tuple[Outcome, str], ...] = (("holds", "hold"), ("fails", "fail"), ("open", "open"))


# --- in words ---------------------------------------------------------------------------------------------------------


def window_days(test: Test, as_of: date | None) -> tuple[str, ...]:
    """The windows that a test asks about, with the days from which and to which they run."""
    told = []
    for key, _ in test.windows:
        words = getattr(test, key)
        if words and as_of is not None:
            told.append(f"{words}: {long_day(window(words).start(as_of))} to {long_day(as_of)}")
    return tuple(told)


def _quote(fact: Fact) -> str:
    return " ".join(fact.quote.split())


def _indexed(fact: Fact) -> str:
    return f"document {fact.document}"


def render(
    answered: Answered,
    decision: Decision,
    facts: Mapping[str, Fact],
    quoted: Callable[[Fact], str] = _quote,
    named: Callable[[Fact], str] = _indexed,
) -> list[str]:
    """The explanation of one criterion in lines: the answer, the registry's quote, the proof indented by depth.

    `quoted` gives the words of a fact as they are to be shown, on one line, `named` what its document is called.
    """
    criterion = answered.criterion
    note = "" if answered.answer != "unknown" else (" (raised)" if answered.raised else " (silent)")
    if answered.overruled is not None:
        note += f" (a person's judgement; by the rules: {answered.overruled})"
    lines = [f"{criterion.id}  {criterion.number}  {criterion.title}: {answered.answer}{note}"]
    lines.append(f'  registry: "{" ".join(criterion.quote.split())}"')
    if criterion.reading:
        lines.append(f"  read as: {' '.join(criterion.reading.split())}")
    if criterion.ambiguity:
        readings = " / ".join(criterion.ambiguity.readings)
        lines.append(f"  may be read as: {readings}; taken: {criterion.ambiguity.taken}")
    lines.extend(_rendered(explain(answered, decision), decision.as_of, facts, quoted, named, 1))
    return lines


def _rendered(
    node: Explained,
    as_of: date | None,
    facts: Mapping[str, Fact],
    quoted: Callable[[Fact], str],
    named: Callable[[Fact], str],
    depth: int,
) -> Iterator[str]:
    """Of several documents each quote says its own."""
    indent = "  " * depth
    several = any(fact.document for fact in facts.values())
    yield f"{indent}{node.outcome}: {node.sentence}  <{node.id}>"
    yield f"{indent}  # {node.operands}"
    if isinstance(node.planned.node, Test) and node.finding is not None:
        yield from (f"{indent}  @ {told}" for told in window_days(node.planned.node, as_of))
    if node.finding is not None:
        if node.finding.calculation:
            yield f"{indent}  = {node.finding.calculation}"
        if node.finding.note:
            yield f"{indent}  ! {node.finding.note}"
        for key in node.finding.facts:
            fact = facts.get(key)
            if fact is not None:
                document = f"{named(fact)}, " if several else ""
                place = f"{document}characters {fact.start}-{fact.end}"
                yield f'{indent}  "{quoted(fact)}" ({key}, {place}){_by_a_person(fact)}{doubt_of(fact)}'
    for part in node.parts:
        yield from _rendered(part, as_of, facts, quoted, named, depth + 1)


def _by_a_person(fact: Fact) -> str:
    """Which fields of the fact are not as they were read, but as a reviewer has corrected them."""
    fields = fact.attributes.get("corrected")
    return f" corrected by a person: {fields.replace(' ', ', ')}" if fields else ""


def doubt_of(fact: Fact) -> str:
    """What the words of a fact may be instead, where they were read uncertainly.

    >>> doubt_of(Fact("f1", "measurement", "spo2", "SpO2", 0, 0, 4, "92 %", attributes={READ_UNCERTAINLY: "97 %"}))
    ' (read uncertainly: or "97 %"?)'
    """
    other = " ".join(fact.attributes.get(READ_UNCERTAINLY, "").split())
    if not other:
        return ""
    return " (read uncertainly)" if other == "?" else f' (read uncertainly: or "{other}"?)'


def reason(answered: Answered, decision: Decision) -> str:
    """The answer's reason in a line or two."""
    return " ".join(reasons(answered, decision))


def reasons(answered: Answered, decision: Decision) -> list[str]:
    """The sentences of the tests that decide the answer, or of what is open; first that a person overruled it."""
    if answered.overruled is not None:
        return [f"A person's judgement; by the rules: {answered.overruled}.", *_by_rules(answered, decision)]
    if answered.silent:
        return [f"The letter does not speak of this: {answered.criterion.silence}."]
    return _by_rules(answered, decision)


def _by_rules(answered: Answered, decision: Decision) -> list[str]:
    leaves = [(leaf, leaf.finding is not None and leaf.finding.speaks) for leaf in _leaves(explain(answered, decision))]
    if answered.by_rules == "unknown":
        spoken_open = [leaf for leaf, spoken in leaves if spoken and leaf.outcome == "open"]
        still_open = [leaf for leaf, _ in leaves if leaf.outcome == "open"][:1]
        chosen = spoken_open or [leaf for leaf, spoken in leaves if spoken] + still_open
    else:
        fired = {step.rule for step in answered.steps}
        chosen = [leaf for leaf, _ in leaves if leaf.rule in fired]
    sentences = list(dict.fromkeys(_sentence(leaf) for leaf in chosen))
    more = len(sentences) - _SHOWN
    return [*sentences[:_SHOWN], *([f"And {more} more."] if more > 0 else [])]


def _sentence(leaf: Explained) -> str:
    text = leaf.sentence.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _leaves(node: Explained) -> Iterator[Explained]:
    if not node.parts:
        yield node
    for part in node.parts:
        yield from _leaves(part)


def deciding_findings(answered: Answered, decision: Decision) -> tuple[Finding, ...]:
    """The findings behind an answer: those its proof starts from; of an unknown one, all that bear on it."""
    if answered.by_rules == "unknown":
        tests = [planned.node for planned in walk(answered.root) if isinstance(planned.node, Test)]
        keys = [test.key for test in tests if test.key in decision.findings]
    else:
        keys = [key for step in answered.steps for key in step.sources if key in decision.findings]
    return tuple(decision.findings[key] for key in dict.fromkeys(keys))
