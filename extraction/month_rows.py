"""Months without a year that lead to values: a normalised text and the letter's day in, TimeExpressions out.

"eGFR: September 75, November 40, February 22" is a row of months with their values, so that "February 22" is no day of
February; "January had brought a viraemia" tells what a month brought.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import date

from extraction.dates import month_names, month_number, month_places, whole_month
from extraction.number_words import any_of
from extraction.reading import TimeExpression
from extraction.scanning import matches_at
from kb.patterns import compiled

_JOINT = r"(?:\s?\([^()\n]{1,30}\))?\s?(?:[,;→]|->|\band\b|\bthen\b)\s?(?:(?:and|then|but|only|in)\s)*"
_LAST_DAY = 31  # a greater number behind a month is no day of it
_VALUE = r"[<>]?\s?(?P<value>\d+(?:[.,]\d+)*)(?![\d/:-]|st|nd|rd|th)"


@functools.cache
def _month() -> str:
    return any_of(month_names()) + r"(?![\w])\.?"


@functools.cache
def _row() -> re.Pattern[str]:
    """Months with a value each, joined by commas; a year behind the last makes it a date."""
    item = rf"{_month()}\s{_VALUE.replace('?P<value>', '?:')}(?:\s?(?:%|[a-zµ]+(?:/[\w.]+)?))?"
    return compiled(rf"(?<!\w){item}(?:{_JOINT}{item})+(?!,?\s(?:19|20)\d\d)", re.IGNORECASE)


@functools.cache
def _item() -> re.Pattern[str]:
    return compiled(rf"(?<![\w'])(?P<month>{_month()})\s{_VALUE}", re.IGNORECASE)


@functools.cache
def _brought() -> re.Pattern[str]:
    return compiled(
        rf"(?:\A|[.;:]\s+|\n\s*)(?P<month>{_month()})\s(?:had\s|has\s|then\s|also\s)*(?:brought|saw|seen|gave|given)\b",
        re.IGNORECASE,
    )


def month_rows(normal: str, reference: date) -> Iterator[TimeExpression]:
    """The months of every row, and those that "brought" something: the last ones not after the letter's day."""
    for match in _brought().finditer(normal):
        yield from _dated(normal, [match.span("month")], reference)
    for match in matches_at(month_places(normal), _row(), normal):
        items = list(_item().finditer(normal, *match.span()))
        if any(_is_no_day(item["value"]) for item in items):
            yield from _dated(normal, [item.span("month") for item in items], reference)


def _is_no_day(written: str) -> bool:
    return not written.isdigit() or int(written) > _LAST_DAY


def _dated(normal: str, places: list[tuple[int, int]], reference: date) -> Iterator[TimeExpression]:
    """The months of a row as one course: where they rise the last, where they fall the first is the newest."""
    numbers = [month_number(normal[start:end]) for start, end in places]
    rising, falling = numbers == sorted(numbers), numbers == sorted(numbers, reverse=True)
    near, found = reference, list[TimeExpression]()
    order = list(zip(places, numbers, strict=True))
    for (start, end), number in reversed(order) if rising else order:
        near = near if rising or falling else reference
        near = date(near.year - (number > near.month), number, 1)
        found.append(TimeExpression(start, end, "point", whole_month(near.year, number, normal[start:end])))
    yield from sorted(found, key=lambda one: one.start)
