"""Days in brackets behind the month that they are of: a normalised text and the letter's day in, TimeExpressions out.

"Her January admission (19th to 30th, for psychosis)", "in hospital in February (3rd-12th)".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import date

from extraction.dates import day_of, month_names, month_number
from extraction.number_words import any_of
from extraction.reading import TimeExpression
from kb.facts import Time
from kb.patterns import compiled

_REACH = 60  # characters between the month and its days
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_BRACKET = compiled(
    rf"\((?:from )?(?P<at>(?:the )?(?P<first>{_DAY})(?:st|nd|rd|th)? ?(?:-|to|until|till|through|~) ?(?:the )?"
    rf"(?P<last>{_DAY})(?:st|nd|rd|th))(?![\w-]| (?:of|day|week|month|dose|cycle|centile|percentile))"
)
_ENDS = compiled(r"[.;]\s|\n\s*\n")


def days_of_named_months(normal: str, reference: date) -> Iterator[TimeExpression]:
    """Such spans; a month without a year is the last one of which the days are not after `reference`."""
    for match in _BRACKET.finditer(normal):
        named = [*_month().finditer(normal, max(0, match.start() - _REACH), match.start())]
        if not named or _ENDS.search(normal, named[-1].end(), match.start()):
            continue
        days = _in_month(named[-1], int(match["first"]), int(match["last"]), reference)
        if days is not None:
            start, end = Time.on(days[0]), Time.on(days[1])
            span = Time(days[0], days[1], match["at"])
            yield TimeExpression(match.start("at"), match.end("at"), "span", span, start_time=start, end_time=end)


@functools.cache
def _month() -> re.Pattern[str]:
    return compiled(
        rf"(?<![\w-])(?P<month>{any_of(list(month_names()))})(?![\w-])\.?(?:,? (?P<year>(?:19|20)\d\d))?", re.IGNORECASE
    )


def _in_month(named: re.Match[str], first: int, last: int, reference: date) -> tuple[date, date] | None:
    month = month_number(named["month"])
    for year in [int(named["year"])] if named["year"] else [reference.year, reference.year - 1]:
        begin, end = day_of(year, month, first), day_of(year, month, last)
        if begin is not None and end is not None and begin <= end <= reference:
            return begin, end
    return None
