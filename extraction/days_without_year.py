"""Days written without their year, where the words around them tell which is meant: a day in, the day meant out.

By itself such a day is the last one not after the letter. "Due to end on 20 March" is the next one; behind "In 2023 she
got ..." it is one of that year, behind another year's mention of either.
"""

from __future__ import annotations

import bisect
import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from kb.facts import Time
from kb.patterns import compiled

# before a day without its year: it is still to come
_ENDS_THEN = compiled(
    r"\b(?:(?:due|will|shall|planned|scheduled|booked|expected|set|going|is|are|has|have|meant|supposed|intended|course)"
    r" (?:to )?(?:end|finish|stop|run|continue|go on|last|cease|complete"
    r"|be (?:completed|stopped|finished|given|continued))"
    r"|(?:due|ends|finishes|stops|runs|continues|planned|scheduled|booked|to (?:end|finish|stop|run|continue|go on))"
    r"|to be (?:completed|stopped|finished|given|continued|taken))"
    r"(?: (?:on|until|till|to|up to|by|for|through))?(?: the)? $",
    re.IGNORECASE,
)
_SOON = 183  # days


def still_to_come(normal: str, start: int, time: Time, reference: date | None) -> Time:
    """ "Due to end on 20 March", of a letter of 10 March: the day ten days later, not the one a year ago."""
    if reference is None or time.earliest is None or time.earliest != time.latest:
        return time
    following = time.earliest + relativedelta(years=1)
    if not reference < following <= reference + timedelta(days=_SOON):
        return time
    told = _ENDS_THEN.search(normal[max(0, start - 48) : start]) is not None
    return Time.on(following, time.written) if told else time


# "In 2023 she got ..." at the head of a sentence: the days of that clause are of that year
_FRONTED = compiled(r"(?:\A|[.;:\n]|\d\)|-)\s*(?:back )?(?:in|during) (?:the year )?\Z", re.IGNORECASE)
_BACK_TO_NOW = compiled(
    r"(?<!\d{4}),|\b(?:now|current\w*|present\w*|this year|today|again|since|then|later)\b", re.IGNORECASE
)


def or_in_named_year(normal: str, match: re.Match[str], time: Time, years_named: list[tuple[int, int]]) -> Time:
    """A day without a year behind a year named in the same sentence may lie in either: the interval over both."""
    nearest = bisect.bisect_left(years_named, (match.start(), 0))
    before = [(at, year) for at, year in years_named[max(0, nearest - 1) : nearest] if match.start() - 200 < at]
    if not before or time.earliest is None or re.search(r"[.;:]\s|\n", normal[before[-1][0] : match.start()]):
        return time
    if re.search(r"\b(?:since|from) $", normal[max(0, before[-1][0] - 8) : before[-1][0]]):
        return time  # what began then has gone on
    year = before[-1][1]
    if year >= time.earliest.year:
        return time
    if _FRONTED.search(normal, max(0, before[-1][0] - 24), before[-1][0]) and not _BACK_TO_NOW.search(
        normal, before[-1][0], match.start()
    ):
        years = time.earliest.year - year
        latest = None if time.latest is None else time.latest - relativedelta(years=years)
        return Time(time.earliest - relativedelta(years=years), latest, time.written)
    return Time(time.earliest + relativedelta(year=year), time.latest, time.written)
