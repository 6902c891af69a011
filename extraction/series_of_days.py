"""Days told in a row: a Reading and the first of them in, the last one out.

"Doses on 12 January and 16 February", "first infusion 12 January, second infusion 16 February": what was given several
times was last given on the last day.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.reading import Reading, TimeExpression
from extraction.result_words import alternatives
from kb.patterns import compiled


@functools.cache
def _between() -> re.Pattern[str]:
    known = cues("events")["series_of_days"]
    words = "|".join(alternatives(known[key]) for key in ("joints", "which", "given"))
    return compiled(rf"(?:[\s,;/&+:()–-]|\b(?:{words}))*", re.IGNORECASE)


def last_of_series(reading: Reading, found: TimeExpression, stop: int) -> TimeExpression:
    """The last of the days that begin before `stop` and follow `found` with nothing but joints between; else `found`.

    A day with a name of its own straight behind it is that name's ("MMR 12 January, 16 February influenza").
    """
    last = found
    if found.role != "point":
        return found
    for time in reading.times_in(found.end, stop):
        if time.role != "point" or not _between().fullmatch(reading.normal, last.end, time.start):
            break
        if any(one.kind != "procedure" for one in reading.mentions_in(time.end, time.end + 2)):
            break
        last = time
    return last if _latest(last) >= _latest(found) else found


def _latest(time: TimeExpression) -> int:
    day = time.time.latest if time.time is not None else None
    return 0 if day is None else day.toordinal()
