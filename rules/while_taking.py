"""Whether something happened while a drug had been taken for a time: a fact and drugs in, its weight out.

"A relapse after six months on a high-efficacy drug": the relapse counts where one of the drugs was begun at least so
long before it and not stopped by then. What the letter does not tell of the drugs leaves it open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb.facts import Fact, Time
from rules.findings import Situation
from rules.matching import Weight
from rules.medication import going_on, taken
from rules.moments import course_of, letter_day, reading_day
from rules.windows import lasts


def weight_while(fact: Fact, drugs: Sequence[str], span: str, situation: Situation) -> Weight:
    """Counts where some drug surely had been taken for the span, open where one may have been."""
    when = reading_day(fact, situation)
    if when is None or when.earliest is None or when.latest is None:
        return "open"
    surely = any(
        one.assertion == "present" and _covers(one, when, span, situation)
        for one in taken(drugs, situation)
        if _begun(one)
    )
    return "counts" if surely else "open"


def _begun(drug: Fact) -> date | None:
    """The last day on which it can have been begun."""
    start = course_of(drug).start
    return None if start is None else start.latest


def _covers(drug: Fact, when: Time, span: str, situation: Situation) -> bool:
    end = course_of(drug).end
    if end is None and len(situation.letter_dates) > 1:  # one document tells that it is taken till its own day
        end = (letter_day(drug, situation) if going_on(drug, situation) else None) or Time(None, None)
    reaches = (
        going_on(drug, situation) if end is None else end.earliest is not None and _after(end.earliest, when.latest)
    )
    return reaches and lasts(_begun(drug), when.earliest, span)


def _after(day: date, other: date | None) -> bool:
    return other is not None and day >= other
