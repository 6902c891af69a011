"""How a finding follows from facts, as an expression that another program can work out again: facts in, a tree out.

An expression is a tuple of an operator and its operands, plain enough for JSON. It names facts, never their values:
who evaluates it takes these from the facts, the windows from the protocol and the days from the calendar. The
operators are listed, with what each gives, in docs/interface.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from kb.facts import Fact, Interval

Expression = tuple[Any, ...]
Role = Literal["yes", "no", "open", "against"]
Side = Literal["low", "high"]

_REFERENCE_MG = 5.0


def value(fact: Fact) -> Expression:
    """The number of the fact, its open ends closed."""
    return ("value", fact.id)


def reference(fact: Fact, side: Side) -> Expression:
    """One end of the letter's own range of the fact."""
    return ("value", fact.id, "reference", side)


def constant(number: float, what: str) -> Expression:
    """A number of the terms or of a published table."""
    return ("trust", number, number, what, ())


def dose(fact: Fact, amount: Literal["per_day", "per_kg"], step: int | None = None) -> Expression:
    """A daily amount of a medication fact, or of a step of its taper."""
    return ("value", fact.id, amount) if step is None else ("value", fact.id, "course", "steps", step, amount)


def equivalent(amount: Expression, per_reference: Interval | None) -> Expression:
    """A dose in prednisone; `per_reference` is what equals 5 mg of it."""
    if per_reference is None:
        return amount
    if per_reference.low == per_reference.high == _REFERENCE_MG:
        return amount
    assert per_reference.low is not None and per_reference.high is not None
    factors = _REFERENCE_MG / per_reference.high, _REFERENCE_MG / per_reference.low
    return ("multiply", amount, ("trust", *factors, "mg of prednisone in a mg", ()))


def quotient(above: Expression, below: Expression) -> Expression:
    return ("divide", above, below)


def product(one: Expression, other: Expression) -> Expression:
    return ("multiply", one, other)


def total(parts: Iterable[Expression]) -> Expression:
    return ("sum", *parts)


def hull(parts: Sequence[Expression]) -> Expression:
    """The least interval that holds them all."""
    return parts[0] if len(parts) == 1 else ("hull", *parts)


def less(whole: Expression, part: Expression) -> Expression:
    """A difference that is never below zero; the part is a stated one."""
    _, low, high, what, facts = part
    return either([total([whole, ("trust", -high, -low, f"{what}, taken off", facts)]), constant(0, "the least")])


def only(side: Side, whole: Expression, because: Iterable[Fact] = ()) -> Expression:
    """One end of an interval: the facts `because` take away the other."""
    return ("end", side, whole, ids(because))


def either(parts: Iterable[Expression]) -> Expression:
    """Any of several answers: the greatest of each end."""
    return ("any", *parts)


def completed(years: Expression) -> Expression:
    """Whole years, counted in birthdays."""
    return ("whole", years)


def every(parts: Iterable[Expression]) -> Expression:
    """All of several answers: the least of each end."""
    return ("all", *parts)


def negation(part: Expression) -> Expression:
    return ("not", part)


def years_since(fact: Fact) -> Expression:
    """Whole years from the fact's day to the screening date."""
    return ("years", fact.id)


def in_range(years: Expression) -> Expression:
    """Whether an age lies in the ages that the test gives."""
    return ("ages", years)


def ckd_epi(creatinine: Expression, age: Expression, sex: Iterable[Fact]) -> Expression:
    """The eGFR of an adult by the equation of 2021."""
    return ("ckd-epi", ids(sex), creatinine, age)


def points(items: Iterable[tuple[str, str, int, Iterable[str]]], most: float | None = None) -> Expression:
    """The least total of a score: (item, the domain of which the greatest counts, weight, fact ids); `most` caps it."""
    groups: dict[str, list[Expression]] = {}
    for item, domain, weight, facts in items:
        groups.setdefault(domain, []).append(stated(weight, weight, f"the points of {item}", facts))
    found = [greatest(group) for group in groups.values()]
    whole = total(found) if found else stated(0, 0, "no item", ())
    return only("low", whole if most is None else every([whole, constant(most, "the most that classifies nobody")]))


def greatest(parts: Sequence[Expression]) -> Expression:
    """The greatest of values that are known exactly."""
    return parts[0] if len(parts) == 1 else either(parts)


def stated(low: float | None, high: float | None, what: str, facts: Iterable[Fact | str]) -> Expression:
    """Numbers that words or tables stand for."""
    return ("trust", low, high, what, ids(facts))


def unsettled(how: Literal["value", "answer", "count"], facts: Iterable[Fact | str]) -> Expression:
    """Spoken of, not settled: of a value nothing is known, of a yes or no neither, of a count no most."""
    low, high = {"value": (None, None), "answer": (0, 1), "count": (0, None)}[how]
    return ("trust", low, high, "unsettled", ids(facts))


def newest(entries: Iterable[tuple[Fact, Expression]]) -> Expression:
    """What the newest facts say, if these are as new as the test's window asks."""
    return ("newest", *((fact.id, expression) for fact, expression in entries))


def vote(fact: Fact, role: Role) -> Expression:
    """What one fact answers."""
    return votes([(fact, role)])


def votes(entries: Iterable[tuple[Fact, Role]]) -> Expression:
    """What facts answer together."""
    return ("votes", *dict.fromkeys((fact.id, role) for fact, role in entries))


def each(role: Role, facts: Iterable[Fact]) -> list[tuple[Fact, Role]]:
    """The facts with one answer."""
    return [(fact, role) for fact in facts]


def agents(
    certain: Mapping[str, Iterable[Fact]],
    perhaps: Mapping[str, Iterable[Fact]],
    never: Mapping[str, Iterable[Fact]],
    closing: Iterable[Fact],
) -> Expression:
    """How many different agents of the test's list: for certain, perhaps and not, and what closes the list."""
    groups = [tuple((name, ids(facts)) for name, facts in part.items()) for part in (certain, perhaps, never)]
    return ("count", *groups, ids(closing))


def run(
    held: Iterable[tuple[Expression, date | None, date | None, float | None]],
    possible: Iterable[tuple[Fact, Expression | None, float | None]],
    closing: Iterable[Fact],
) -> Expression:
    """The longest run of days at the test's level: its parts, with first and last day or how many days, and, where
    the treatment history is closed, all that may be at the level with its most days.

    A part begins no earlier than the one before ends; of undated ones the days are counted through.
    """
    chain: list[Expression] = []
    before = date.min
    count = 0.0
    for level, first, last, days in held:
        if first is not None and last is not None:
            first, before = max(first, before), max(last, before)
            chain.append((level, first.isoformat(), before.isoformat()))
        else:
            count += days or 0.0
            chain.append((level, count - (days or 0.0), count))
    return ("run", tuple(chain), tuple((one.id, level, days) for one, level, days in possible), ids(closing))


def ids(facts: Iterable[Fact | str]) -> tuple[str, ...]:
    """The facts' ids, each once."""
    return tuple(dict.fromkeys(fact if isinstance(fact, str) else fact.id for fact in facts))
