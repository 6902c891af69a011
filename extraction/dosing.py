"""The grammar of dose instructions: words in, an Instruction of one step or of a taper out.

"60 mg od for 4 weeks then 40 mg", "1 g x 3 days", "10 mg 1-0-1", "60→40→20 mg", "2 g/day in divided doses". The daily
amount is computed only from what is said; what the words leave open stays None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extraction.dose_builder import Builder
from extraction.dose_chains import with_units
from extraction.dose_items import read_items
from extraction.dose_steps import DoseStep
from extraction.dose_words import tokenise_dose


@dataclass(frozen=True, slots=True)
class Instruction:
    """The steps in the order of the text, with what holds for all of them; offsets are those of the text parsed."""

    steps: tuple[DoseStep, ...] = ()
    route: str | None = None
    pulse: bool = False
    prn: bool = False
    to_zero: bool = False
    start: int = 0
    end: int = 0


def parse_dose(
    text: str,
    *,
    assume_daily: bool = False,
    bare_from: int | None = None,
    dated: Sequence[tuple[int, int]] = (),
) -> Instruction:
    """The instruction that a text begins with or holds.

    `assume_daily`: an amount without any frequency is a daily one, as for drugs that are only given so.
    `bare_from`: a number without a unit from this offset on is mg ("Omnacortil 10 od"), as behind a drug's name.
    `dated`: where days were blanked; an amount with a day of its own is a level ("60 mg from May, 50 from July").

    >>> parse_dose("500 mg bd").steps[0].per_day
    Interval(low=1000.0, high=1000.0, low_open=False, high_open=False)
    >>> [step.dose.low for step in parse_dose("60→40→20 mg").steps]
    [60.0, 40.0, 20.0]
    """
    tokens = tokenise_dose(text)
    items = with_units(read_items(tokens), tokens, bare_from=bare_from)
    builder = Builder(tokens, text, dated)
    for position, item in enumerate(items):
        if not builder.take(item, items, position):
            break
    steps = builder.finish(assume_daily=assume_daily)
    start = min((step.start for step in steps), default=0)
    return Instruction(steps, builder.route, builder.pulse, builder.prn, builder.to_zero, start, builder.end)
