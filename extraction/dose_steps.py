"""What a dose instruction comes to: the drafts that the parser put together in, steps with daily amounts out.

The arithmetic of doses stands here: tablets times strength times how often, totals in divided doses, tapers by a
decrement. A daily amount is given only where the words determine it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extraction.dose_item import Item
from extraction.dose_words import Token
from kb.facts import Interval

MOST_STEPS = 60


@dataclass(frozen=True, slots=True)
class DoseStep:
    """One level: `dose` at a time, `per_day` and `per_kg` a day, in `unit`; how often and for how long.

    `unit` is mg, [iU] or mL (a form such as "tablet" where no strength is given), with /kg, /m2 or /min behind it
    where the amount is given so and is not a daily one. `change` tells that words of change stood before it,
    `worded` that
    it was a word and no arrow or dash, `forward` that it was of a plan ("then"); `bare` that no unit was written,
    `total` that the amount was called a total.
    """

    dose: Interval | None = None
    per_day: Interval | None = None
    per_kg: Interval | None = None
    unit: str = "mg"
    frequency: str | None = None
    interval_days: float | None = None
    duration_days: Interval | None = None
    doses: Interval | None = None
    change: bool = False
    forward: bool = False
    worded: bool = False
    bare: bool = False
    total: bool = False
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class Part:
    """An amount with its own frequency; "20 mg mane and 10 mg nocte" is two parts of one step."""

    amount: Item | None = None
    count: Item | None = None
    slots: Item | None = None
    multiplier: float | None = None
    rates: list[Item] = field(default_factory=list)
    times_of_day: float = 0.0
    divided: bool = False
    total: bool = False

    @property
    def is_empty(self) -> bool:
        return self.amount is None and self.count is None and self.slots is None


@dataclass(slots=True)
class Draft:
    """A step while it is put together; `by` is what it is lowered by, every `by_days` days."""

    parts: list[Part] = field(default_factory=lambda: [Part()])
    per_kg: Item | None = None
    stated_total: Item | None = None
    duration: Interval | None = None
    doses: Interval | None = None
    change: bool = False
    forward: bool = False
    worded: bool = False
    by: Item | None = None
    by_days: float | None = None
    first: int | None = None
    last: int = 0

    @property
    def says_something(self) -> bool:
        said = any(not part.is_empty or part.rates for part in self.parts)
        return said or bool(self.duration or self.doses or self.by)


def make_steps(
    drafts: Sequence[Draft], tokens: Sequence[Token], text: str, *, assume_daily: bool, repeated: bool
) -> tuple[DoseStep, ...]:
    """The steps of the drafts; `repeated` tells that "3 x 1 g" are three administrations, not three at once."""
    steps: list[DoseStep] = []
    drafts = _with_inherited_rates(drafts)
    for position, draft in enumerate(drafts):
        step = _step(draft, tokens, text, assume_daily=assume_daily, repeated=repeated)
        if draft.by is not None and not draft.parts[0].is_empty:
            following = drafts[position + 1 : position + 2]
            targets = [_step(after, tokens, text, assume_daily=True, repeated=repeated) for after in following]
            at = max(step.start, tokens[draft.by.first].start)
            steps.extend(_lowered(step, draft, targets[0] if targets else None, at))
        else:
            steps.append(step)
    return tuple(steps[:MOST_STEPS])


def _with_inherited_rates(drafts: Sequence[Draft]) -> Sequence[Draft]:
    """A step without a frequency is taken as often as the one before it: "1 g bd, increased to 1.5 g"."""
    for before, draft in pairwise(drafts):
        part = draft.parts[0]
        settled = part.rates or part.times_of_day or part.slots or (part.amount is not None and part.amount.per)
        rates = before.parts[0].rates
        if not settled and not part.is_empty and before.parts[0].amount is not None and not before.parts[0].amount.per:
            part.rates = [rate for rate in rates if rate.days <= 1 or rate.times >= 1]
    for draft, after in pairwise(drafts):  # 60→40→20 mg daily
        part, later = draft.parts[0], after.parts[-1]
        untold = not part.rates and not part.times_of_day and part.amount is not None and not part.amount.per
        if untold and part.amount is not None and after.change:
            if later.rates and all(rate.times == 1 and rate.days == 1 for rate in later.rates):
                part.rates = list(later.rates)
            elif later.amount is not None and later.amount.per == {"day"}:
                part.divided = True
    return drafts


def _step(draft: Draft, tokens: Sequence[Token], text: str, *, assume_daily: bool, repeated: bool) -> DoseStep:
    parts = [_amounts(part, assume_daily=assume_daily, repeated=repeated) for part in draft.parts]
    first = draft.parts[0]
    together = _Amounts(None, _sum([part.per_day for part in parts]), None, parts[0].unit)
    single = parts[0] if len(parts) == 1 else together
    per_kg = single.per_kg
    if draft.per_kg is not None and draft.per_kg.value is not None:
        per_kg = draft.per_kg.value
    per_day = single.per_day
    if draft.stated_total is not None:
        per_day = draft.stated_total.value
    doses = draft.doses
    if repeated and first.count is not None and first.count.word == "x":
        doses = first.count.value
    rates = [rate for part in draft.parts for rate in part.rates]
    slow = [rate.days / rate.times for rate in rates if rate.days / rate.times > 1]
    return DoseStep(
        dose=single.dose,
        per_day=per_day,
        per_kg=per_kg,
        unit=single.unit,
        frequency=_written(draft, tokens, text),
        interval_days=max(slow) if slow else None,
        duration_days=draft.duration,
        doses=doses,
        change=draft.change,
        forward=draft.forward,
        worded=draft.worded,
        bare=first.amount is not None and first.amount.word == "bare",
        total=first.total and not first.rates,
        start=draft.first or 0,
        end=draft.last,
    )


def _written(draft: Draft, tokens: Sequence[Token], text: str) -> str | None:
    rates = [item for part in draft.parts for item in (*part.rates, *([part.slots] if part.slots else []))]
    if not rates:
        return None
    return text[tokens[rates[0].first].start : tokens[rates[0].last - 1].end]


@dataclass(frozen=True, slots=True)
class _Amounts:
    dose: Interval | None
    per_day: Interval | None
    per_kg: Interval | None
    unit: str


def _amounts(part: Part, *, assume_daily: bool, repeated: bool) -> _Amounts:
    rate = _rate(part)
    amount = part.amount
    if amount is None or amount.value is None:
        return _counted(part, rate)
    each: Interval = amount.value
    per_day: Interval | None
    if not part.total:
        each = each.scaled(part.multiplier or 1)
        if part.count is not None and part.count.value is not None and not (repeated and part.count.word == "x"):
            each = product(each, part.count.value)
    if "min" in amount.per or "m2" in amount.per:
        unit = "/".join([amount.unit, *(per for per in ("kg", "m2", "min") if per in amount.per)])
        return _Amounts(each, None, None, unit)
    if part.slots is not None and part.slots.value is not None:
        each, per_day = each, product(each, part.slots.value)
    elif "day" in amount.per or part.divided:
        per_day, each = amount.value, amount.value.scaled(1 / rate) if rate else amount.value
    elif "week" in amount.per:
        per_day = amount.value.scaled(1 / 7)
    elif rate is not None:
        per_day = each.scaled(rate) if rate >= 1 / 7 - 1e-9 else None
    else:
        per_day = each if assume_daily and not part.total else None
    if "kg" in amount.per:
        return (
            _Amounts(None, None, per_day, amount.unit) if per_day else _Amounts(each, None, None, f"{amount.unit}/kg")
        )
    return _Amounts(each, per_day, None, amount.unit)


def _counted(part: Part, rate: float | None) -> _Amounts:
    """Tablets without a strength."""
    if part.slots is not None and part.slots.value is not None:
        unit = part.slots.unit or "tablet"
        return _Amounts(None, part.slots.value, None, unit)
    if part.count is None or part.count.value is None:
        return _Amounts(None, None, None, "mg")
    count = part.count.value.scaled(part.multiplier or 1)
    return _Amounts(count, count.scaled(rate) if rate else None, None, part.count.word or "tablet")


def _rate(part: Part) -> float | None:
    """Administrations a day, or None where the words do not tell."""
    rates = [item.times / item.days for item in part.rates if item.days]
    often = [rate for rate in rates if rate >= 1]
    seldom = [rate for rate in rates if rate < 1]
    if not rates and part.times_of_day:
        return part.times_of_day
    if not rates:
        return None
    return max(often, default=1.0) * min(seldom, default=1.0)


def product(first: Interval, second: Interval) -> Interval:
    """Every number of the one times every number of the other; both at least 0."""
    low = first.low * second.low if first.low is not None and second.low is not None else None
    high = first.high * second.high if first.high is not None and second.high is not None else None
    return Interval(low, high)


def _sum(amounts: Sequence[Interval | None]) -> Interval | None:
    known = [amount for amount in amounts if amount is not None and amount.low is not None and amount.high is not None]
    if len(known) != len(amounts):
        return None
    return Interval(sum(amount.low or 0.0 for amount in known), sum(amount.high or 0.0 for amount in known))


def _lowered(start: DoseStep, draft: Draft, target: DoseStep | None, at: int) -> Iterator[DoseStep]:
    """The levels from a dose down by a decrement, each for as long as one lasts; the target is a step of its own.

    `at` is where the words of lowering begin.
    """
    level = start.per_day or start.dose
    lower = draft.by.value if draft.by is not None else None
    days = None if draft.by_days is None else Interval.exactly(draft.by_days)
    aim = target.per_day or target.dose if target is not None else None
    known = level is not None and lower is not None and level.low == level.high and lower.low == lower.high
    if not known or level is None or lower is None or level.low is None or not lower.low:
        yield start
        return
    floor = aim.low if aim is not None and aim.low is not None else 0.0
    amount, first = level.low, True
    while amount > floor + 1e-9:
        value = Interval.exactly(amount)
        held = start.duration_days if first and start.duration_days is not None else days
        per_kg = start.per_kg if first else None
        yield DoseStep(
            dose=value if start.dose is not None else None,
            per_day=value if start.per_day is not None else None,
            per_kg=per_kg,
            unit=start.unit,
            frequency=start.frequency,
            duration_days=held,
            change=start.change or not first,
            forward=not first,
            start=start.start if first else at,
            end=start.end,
        )
        amount, first = amount - lower.low, False
