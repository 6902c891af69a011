"""Days written without their year, where the words around them tell which is meant: a day in, the day meant out.

By itself such a day is the last one not after the letter. "Due to end on 20 March" is the next one; behind "In 2023 she
got ..." it is one of that year, behind another year's mention of either.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import replace
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from extraction.reading import TimeExpression
from kb.facts import Time
from kb.patterns import compiled

# before a day or month without its year: it is still to come
_ENDS_THEN = compiled(
    r"\b(?:(?:due|will|shall|planned|scheduled|booked|expected|set|going|is|are|has|have|meant|supposed|intended|course)"
    r" (?:to )?(?:end|finish|stop|run|continue|go on|last|cease|complete"
    r"|be (?:completed|stopped|finished|given|continued))"
    r"|(?:due|ends|ending|finishes|finishing|stops|stopping|runs|continues|continuing|planned"
    r"|scheduled|booked|to (?:end|finish|stop|run|continue|go on))"
    r"|to be (?:completed|stopped|finished|given|continued|taken))"
    r"(?: (?:on|in|until|till|to|up to|by|for|through))?(?: the)? $",
    re.IGNORECASE,
)
_AHEAD = compiled(
    r"\b(?:due|planned|scheduled|booked|expected|foreseen|envisaged|arranged|fixed|awaited|intended|appointment|will|shall|hopes?|wishes"
    r"|is to|are to|to be|going to)\b[^.;,]{0,40}$",
    re.IGNORECASE,
)
_UNTIL = compiled(r"\b(?:until|til+|up to|through)(?: (?:about|around|at least))?(?: the)? ?$", re.IGNORECASE)
_PAST = compiled(
    r"\b(?:was|were|had|did|got|received|took|given|treated|needed|required|stayed|remained|completed|finished|stopped"
    r"|last)\b",
    re.IGNORECASE,
)
_GOES_ON = compiled(
    r"\b(?:is|are|remains?|continues?|runs?|still|(?:has|have|keeps?) (?:her|him|them) (?:on|in))\b", re.IGNORECASE
)
_BEHIND_HER = compiled(r"\bbehind (?:her|him|them)\b[^.\n]*$", re.IGNORECASE)
_HAS_YEAR = compiled(r"(?:19|20)\d\d|['-/.]\d\d?[-/.]\d\d$|'\d\d$")
_ONLY_DAY = compiled(r"(?:the )?\d{1,2}(?:st|nd|rd|th)", re.IGNORECASE)
_SOON = 183  # days
_SOON_OVER = 92  # days from the letter in which what goes on "until May" ends


def still_to_come(
    normal: str, expression: TimeExpression, reference: date | None, began: Time | None = None
) -> TimeExpression:
    """ "Due to end on 20 March", "is on it until the 14th", of a letter of 10 March: the next one, not the one before.

    `began` is the start told just before it, if any: what began a year ago did not end in a week's time.
    """
    time = expression.time
    if reference is None or time is None or time.earliest is None or time.latest is None:
        return expression
    written = normal[expression.start : expression.end].strip(" .,")
    if expression.role not in ("point", "end") or _HAS_YEAR.search(written):
        return expression
    step = relativedelta(months=1) if _ONLY_DAY.fullmatch(written) else relativedelta(years=1)
    first, last = time.earliest + step, time.latest + step
    before = normal[max(0, expression.start - 80) : expression.start]
    clause = re.split(r"[.;,\n]|\b(?:and|but)\b", before)[-1]
    if _ENDS_THEN.search(before) or _AHEAD.search(clause):
        soon = not _PAST.search(clause) and reference < first <= reference + timedelta(days=_SOON)
    else:
        if _BEHIND_HER.search(normal[max(0, expression.start - 160) : expression.start]):
            return expression
        ends = _UNTIL.search(clause) is not None and _PAST.search(clause) is None
        soon = ends and reference < first and last <= reference + timedelta(days=_SOON_OVER)
        if ends and reference < first and _GOES_ON.search(clause):
            soon = first <= reference + timedelta(days=_SOON)
        soon = soon and (began is None or began.latest is None or first <= began.latest + timedelta(days=_SOON))
    return replace(expression, time=Time(first, last, time.written)) if soon else expression


# "In 2023 she got ..." at the head of a sentence: the days of that clause are of that year
_FRONTED = compiled(r"(?:\A|[.;:\n]|\d\)|-)\s*(?:back )?(?:in|during) (?:the year )?\Z", re.IGNORECASE)
_BACK_TO_NOW = compiled(
    r"(?<!\d{4}),|\b(?:now|current\w*|present\w*|this year|today|again|since|then|later)\b", re.IGNORECASE
)


# "in 2013, which has done her proud ever since (eGFR 52 on 4 March)": the story has come back to the letter
_GONE_ON = compiled(
    r"\b(?:ever since|since then|to this day|up to now|until now|to date|nowadays|now|currently|at present|latest|"
    r"most recent\w*|today)\b",
    re.IGNORECASE,
)


def or_in_named_year(normal: str, match: re.Match[str], time: Time, years_named: list[tuple[int, int]]) -> Time:
    """A day without a year behind a year named in the same sentence may lie in either: the interval over both."""
    nearest = bisect.bisect_left(years_named, (match.start(), 0))
    before = [(at, year) for at, year in years_named[max(0, nearest - 1) : nearest] if match.start() - 200 < at]
    if not before or time.earliest is None or re.search(r"[.;:]\s|\n", normal[before[-1][0] : match.start()]):
        return time
    if re.search(r"\b(?:since|from) $", normal[max(0, before[-1][0] - 8) : before[-1][0]]):
        return time  # what began then has gone on
    if _GONE_ON.search(normal, before[-1][0], match.start()):
        return time
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
