"""What would change a verdict, and when: a screening in, lines for people and plain objects for programs out.

The sets and the calendar are those of `rules.changes`; here they are put into words, and the year into a strip.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rules.amounts import long_day
from rules.changes import Change, Stretch, Turn, outlook, turns
from rules.decision import Judge
from rules.reference import Verdict
from screening.pipeline import Screening, situation_of
from screening.text import VERDICTS, WIDTH, Line, shown, who_and_when

YEAR = 365  # days
_WEEK = 7
_SIGNS: Mapping[Verdict, str] = {"ineligible": "x", "needs_information": "?", "potentially_eligible": "+"}
_WAYS = {
    "wait": "time alone brings it",
    "test": "ask, or test",
    "treat": "a value or a treatment that can change",
    "fixed": "cannot change",
}


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The smallest sets of changes that turn the verdict, and the verdict over the days to come."""

    screening: Screening
    turns: tuple[Turn, ...]
    calendar: tuple[Stretch, ...]


def what_if(screening: Screening, days: int = YEAR) -> WhatIf:
    """Every set is decided by the engine. Raises EngineError or DisagreementError where none can be trusted."""
    situation = situation_of(screening)
    with closing(Judge(screening.decision.protocol, screening.decision.judgements)) as judge:
        ahead = outlook(judge, situation, days)
        return WhatIf(screening, turns(judge, screening.decision, ahead), ahead.stretches)


# --- for programs -----------------------------------------------------------------------------------------------------


def what_if_json(found: WhatIf) -> dict[str, Any]:
    """The sets and the calendar with plain keys; days as ISO dates."""
    decision = found.screening.decision
    return {
        "documents": [document.name for document in found.screening.dossier.documents],
        "protocol": {"id": decision.protocol.id, "version": decision.protocol.version},
        "as_of": None if decision.as_of is None else decision.as_of.isoformat(),
        "verdict": decision.verdict,
        "sets": [
            {"verdict": turn.verdict, "changes": [_change_json(change) for change in turn.changes]}
            for turn in found.turns
        ],
        "calendar": [
            {
                "from": stretch.first.isoformat(),
                "to": stretch.last.isoformat(),
                "verdict": stretch.verdict,
                "fails": list(stretch.fails),
                "waits_for": list(stretch.waits_for),
            }
            for stretch in found.calendar
        ],
    }


def _change_json(change: Change) -> dict[str, Any]:
    finding = change.finding
    return {
        "way": change.way,
        "criteria": list(change.criteria),
        "finding": change.test.key,
        "now": None if finding is None else {"low": finding.low, "high": finding.high, "unit": finding.unit},
        "wanted": change.wanted,
        "says": change.now,
        "ask": change.test.question() if change.way == "test" else None,
        "on": None if change.on is None else change.on.isoformat(),
    }


# --- for people -------------------------------------------------------------------------------------------------------


def what_if_lines(found: WhatIf) -> list[Line]:
    """What would turn the verdict, then the year ahead."""
    decision = found.screening.decision
    word, style = VERDICTS[decision.verdict]
    name = ", ".join(document.name for document in found.screening.dossier.documents)
    lines = [Line(f"{word}   for {decision.protocol.id}   {shown(name)}", style)]
    lines += [Line(text) for text in textwrap.wrap(who_and_when(found.screening), WIDTH)]
    lines += [Line(""), *_turn_lines(found)]
    if found.calendar:
        lines += [Line(""), *_calendar_lines(found.calendar)]
    return lines


def sets_title(found: WhatIf) -> str:
    """What the sets of changes are, or why there are none."""
    if found.screening.decision.verdict == "potentially_eligible":
        return "Nothing stands in the way: nothing need change"
    if not found.turns:
        return "No change of what is known would turn the verdict: it rests on judgement"
    if not any(turn.possible for turn in found.turns):
        return "What stops the patient cannot change"
    return "What would change it" + (", any one of these sets" if len(found.turns) > 1 else "")


def _turn_lines(found: WhatIf) -> Iterator[Line]:
    yield Line(sets_title(found), "bold")
    if found.turns and not any(turn.possible for turn in found.turns):
        for change in found.turns[0].changes:
            yield from _change_lines(change)
        return
    for number, turn in enumerate(found.turns, 1):
        word = VERDICTS[turn.verdict][0].lower()
        yield Line(f"  {number}. {len(turn.changes)} change{'s' * (len(turn.changes) > 1)}, then {word}")
        for change in turn.changes:
            yield from _change_lines(change)


def _change_lines(change: Change) -> Iterator[Line]:
    head = f"     {change.way:<7}{', '.join(change.criteria):<6} "
    if change.way == "wait" and change.on is not None:
        text = f"from {long_day(change.on)} on. {change.now}"
    elif change.way == "test":
        later = f" (or wait until {long_day(change.on)})" if change.on is not None else ""
        text = f"{change.test.question()}{later} {change.now}"
    else:
        text = change.now
    yield from (Line(part) for part in textwrap.wrap(head + shown(text), WIDTH, subsequent_indent=" " * len(head)))


def _calendar_lines(calendar: Sequence[Stretch]) -> Iterator[Line]:
    yield Line("The year ahead, if nothing new happens and no new result comes", "bold")
    yield Line(f"  {strip(calendar)}")
    yield Line(
        f"  {calendar[0].first.isoformat()}{'a sign a week':^31}{calendar[-1].last.isoformat()}   "
        + "  ".join(f"{sign} {verdict.replace('_', ' ')}" for verdict, sign in _SIGNS.items()),
        "dim",
    )
    for stretch in calendar:
        why = why_so(stretch)
        text = f"  {stretch.first.isoformat()}  {VERDICTS[stretch.verdict][0].lower()}{': ' * bool(why)}{why}"
        yield from (Line(part) for part in textwrap.wrap(text, WIDTH, subsequent_indent=" " * 14))


def why_so(stretch: Stretch) -> str:
    """What fails, else what the verdict waits for, in words; empty for a candidate."""
    if stretch.fails:
        return f"fails {', '.join(stretch.fails)}"
    return f"waits for {', '.join(stretch.waits_for)}" if stretch.waits_for else ""


def strip(calendar: Sequence[Stretch]) -> str:
    """A sign for each week from the first day on: that of the verdict on the week's first day.

    >>> from datetime import date
    >>> day = date(2026, 6, 15)
    >>> strip(
    ...     [
    ...         Stretch(day, day + timedelta(days=8), "ineligible", ("E8",), ()),
    ...         Stretch(day + timedelta(days=9), day + timedelta(days=20), "potentially_eligible", (), ()),
    ...     ]
    ... )
    'xx+'
    """
    signs = []
    day = calendar[0].first
    while day <= calendar[-1].last:
        signs.append(next(_SIGNS[one.verdict] for one in calendar if one.first <= day <= one.last))
        day += timedelta(days=_WEEK)
    return "".join(signs)
