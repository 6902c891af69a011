"""Times told by the calendar: a normalised text, its order of day and month and its date in, TimeExpressions out.

Days, months, years and spans of them; a year that belongs to the name of criteria is none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import date

from extraction.dates import (
    Order,
    find_dates,
    full_year,
    month_names,
    month_number,
    month_places,
    read_date,
    whole_month,
    whole_year,
)
from extraction.day_ranges import day_ranges
from extraction.days_without_year import or_in_named_year
from extraction.knowledge import cues
from extraction.number_words import any_of
from extraction.reading import TimeExpression
from extraction.scanning import matches_at, matches_from
from extraction.short_months import short_months
from kb.facts import Time
from kb.patterns import compiled

_NOT_A_UNIT = r"(?! ?(?:mg|mcg|g|ml|u|iu|units|copies|x|kg|cells|%|steps|kcal)\b)"
_ANY_YEAR = compiled(r"[12](?:(?<=1)(?=9\d\d)|(?<=2)(?=0\d\d))")
_BARE_YEAR = compiled(rf"(?<![\w.,/:+-])(?:19[4-9]\d|20[0-4]\d)(?!\w|[.,/]\d|-\d){_NOT_A_UNIT}", re.IGNORECASE)
_YEARS = compiled(
    r"(?<![\w.,/:-])(?P<from>(?:19|20)\d\d) ?(?:-|to|until|/) ?(?P<to>(?:19|20)\d\d|\d{1,2})(?![\w/-]|\.\d)"
)


def calendar_dates(normal: str, reference: date | None, order: Order) -> Iterator[TimeExpression]:
    """The dates, months, years and spans of them, kind by kind; they may overlap."""
    newest = reference.year if reference else 2040
    for years in matches_from(_ANY_YEAR, _YEARS, normal):
        first = int(years["from"])
        last = full_year(years["to"] if len(years["to"]) > 1 else years["from"][2] + years["to"], newest)
        if first <= last <= newest + 1:
            start, end = whole_year(first), whole_year(last)
            span = Time(start.earliest, end.latest, years.group())
            yield TimeExpression(years.start(), years.end(), "span", span, start_time=start, end_time=end)
    yield from day_ranges(normal, reference, order)
    for match in matches_at(month_places(normal), _month_range_pattern(), normal):
        first, last = month_number(match["first"]), month_number(match["last"])
        year = full_year(match["year"], newest)
        start, end = whole_month(year - (first > last), first), whole_month(year, last)
        span = Time(start.earliest, end.latest, match.group())
        yield TimeExpression(match.start(), match.end(), "span", span, start_time=start, end_time=end)
    years_named = [
        (year.start(), int(year.group()))
        for year in re.finditer(r"(?<!\d)(?:19|20)\d\d(?!\d)", normal)
        if not _is_of_a_name(normal, year.start(), year.end())
    ]
    for match in find_dates(normal):
        time = read_date(match, order, reference)
        if time is not None and (match["dm_m"] or match["md_m"]):
            time = or_in_named_year(normal, match, time, years_named)
        if time is None and reference is None and (match["dm_m"] or match["md_m"]):
            time = Time(None, None, match.group())  # some year, so no day of this letter
        if time is not None:
            yield TimeExpression(match.start(), match.end(), "point", time)
    yield from short_months(normal, order, reference)
    for match in matches_from(_ANY_YEAR, _BARE_YEAR, normal):
        if int(match.group()) <= newest + 1 and not _is_of_a_name(normal, match.start(), match.end()):
            yield TimeExpression(match.start(), match.end(), "point", whole_year(int(match.group()), match.group()))


@functools.cache
def _name_beside_year() -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = any_of(cues("timing")["named_with_year"])
    return compiled(rf"[\s/(-]{{1,2}}{names}\b", re.IGNORECASE), compiled(
        rf"\b{names}[\s/(-]{{1,2}}(?:of )?$", re.IGNORECASE
    )


def _is_of_a_name(normal: str, start: int, end: int) -> bool:
    """Whether a year belongs to the name of criteria: "2019 EULAR/ACR"."""
    behind, before = _name_beside_year()
    if behind.match(normal, end):
        return True
    window = normal[max(0, start - 24) : start]
    return window.rstrip(" \t\n/(-").lower().endswith(_ends_of_names()) and before.search(window) is not None


@functools.cache
def _ends_of_names() -> tuple[str, ...]:
    return (*cues("timing")["named_with_year"], "of")


@functools.cache
def _month_range_pattern() -> re.Pattern[str]:
    month = any_of(list(month_names()))
    return compiled(
        rf"(?<![\w-])(?P<first>{month})\.?(?:, ?{month}\.?(?=,| and| &))*"
        rf" ?(?:,? ?and|&|-|to|until|till|through|/) ?(?P<last>{month})"
        r"\.?[ ,'-]{0,2}(?P<year>(?:19|20)\d\d)",
        re.IGNORECASE,
    )
