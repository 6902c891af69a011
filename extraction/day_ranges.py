"""Spans of days that share a month or a year: a normalised text in, TimeExpressions out.

"12-21 March 2026", "the 24th, 25th and 26th of February", "March 3-10", "2026-02-28 to 03-06", "20/2-2/3/2026",
"in 2025 ... 04.03.-14.06.".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import date

from extraction.dates import Order, day_of, full_year, month_names, month_number, month_places
from extraction.reading import TimeExpression
from extraction.scanning import matches_at
from kb.facts import Time
from kb.patterns import compiled

_TO = r" ?(?:-|to|until|till|through|~) ?"
_ORDINAL = r"(?:st|nd|rd|th)?"
_CLAUSE = 70  # characters between a year and the days of it
_LEADING_YEAR = compiled(r"(?:\b[Ii]n |\b[Dd]uring |(?:^|[\n.;|(])[ \t*•-]*)((?:19|20)\d\d)\b(?![./-]\d)[^.;\n|]*$")


# the beginning of the first number of a span, before the sign or word that leads to the second one
_RANGE_OF_NUMBERS = compiled(
    r"\d(?<![\w./-].)(?=[\d./]*(?:st|nd|rd|th)?(?:, ?\d\d?(?:st|nd|rd|th)?)*"
    r"(?:,? ?(?:[-=~→&]|to|until|till|through|and)|, ?\d))",
    re.IGNORECASE,
)


def day_ranges(normal: str, reference: date | None, order: Order) -> Iterator[TimeExpression]:
    """Every such span; a day without a year is the last one not after `reference`."""
    numbers = (match.start() for match in _RANGE_OF_NUMBERS.finditer(normal))
    for match in matches_at(sorted([*numbers, *month_places(normal)]), _pattern(), normal):
        days = (
            _iso(match)
            or _in_month(match, reference)
            or _numeric(match, reference, order)
            or _days_of_one_month(match, reference)
            or _without_year(match, normal, reference, order)
        )
        if days is not None and days[0] <= days[1]:
            start, end = Time.on(days[0]), Time.on(days[1])
            span = Time(days[0], days[1], match.group())
            yield TimeExpression(match.start(), match.end(), "span", span, start_time=start, end_time=end)


@functools.cache
def _pattern() -> re.Pattern[str]:
    month = "(?:" + "|".join(sorted(map(re.escape, month_names()), key=len, reverse=True)) + ")"
    forms = (
        rf"(?P<d1>\d{{1,2}}){_ORDINAL}(?:, ?\d\d?{_ORDINAL})*(?:{_TO}|,? ?(?:and|&) ?)(?:the )?"
        rf"(?P<d2>\d{{1,2}}){_ORDINAL}"
        rf"(?: of)?[ .-]{{1,2}}(?P<month>{month})\.?(?:[ ,'-]{{0,2}}(?P<year>(?:19|20)\d\d))?(?![a-z\d])",
        rf"(?P<first_month>{month})\.? (?P<e1>\d{{1,2}}){_ORDINAL}(?:{_TO}| and )(?P<e2>\d{{1,2}}){_ORDINAL}"
        r"(?:,? (?P<first_year>(?:19|20)\d\d))?(?![\d/]|[:.]\d| ?(?:mg|g|kg|%|days|weeks|h)\b|-\d)",
        rf"(?P<iso>(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?)(?:{_TO})(?P<m2>\d\d)[-/.](?P<n2>\d\d)(?![-/.]?\d)",
        rf"(?P<a1>\d{{1,2}})(?P<sign>[./])(?P<a2>\d{{1,2}})(?P=sign)?{_TO}(?P<b1>\d{{1,2}})(?P=sign)(?P<b2>\d{{1,2}})"
        r"(?P=sign)(?P<numeric_year>(?:20)?\d\d)(?![\d/])",
        r"(?P<u1>\d{1,2})(?P<u_sign>[./])(?P<u2>\d{1,2})(?P<u_stop>\.)?(?: ?(?:-+>?|=>|to|until|till|through|~|→) ?)"
        r"(?P<v1>\d{1,2})(?P=u_sign)(?P<v2>\d{1,2})(?P<v_stop>\.)?(?![\w/%]|[.,-]\d| ?(?:mg|g|kg|power)\b)",
        rf"(?P<p1>\d{{1,2}})\.{_TO}(?P<p2>\d{{1,2}})\.(?P<p_month>\d{{1,2}})\.(?P<p_year>(?:20)?\d\d)(?!\d)",
        r"(?P<q1>[12]?\d|3[01])(?:, ?[123]?\d)*(?:-|, ?| ?(?:&|and) ?)(?P<q2>[12]?\d|3[01])/"
        r"(?P<q_month>0\d|1[0-2](?=/))(?:/(?P<q_year>(?:20)?\d\d))?(?![\w/%]|[.,-]\d| ?(?:mg|g|kg|power)\b)",
    )
    return compiled(r"(?<![\w./-])(?:" + "|".join(forms) + ")", re.IGNORECASE)


def _iso(match: re.Match[str]) -> tuple[date, date] | None:
    if not match["iso"]:
        return None
    year, month, day = (int(part) for part in re.split(r"[-/.]", match["iso"]))
    return _both(day_of(year, month, day), day_of(year, int(match["m2"]), int(match["n2"])))


def _both(first: date | None, last: date | None) -> tuple[date, date] | None:
    return None if first is None or last is None else (first, last)


def _in_month(match: re.Match[str], reference: date | None) -> tuple[date, date] | None:
    name = match["month"] or match["first_month"]
    if not name:
        return None
    written, month = match["year"] or match["first_year"], month_number(name)
    first_day, last_day = int(match["d1"] or match["e1"]), int(match["d2"] or match["e2"])
    return _of_month(int(written) if written else None, month, (first_day, last_day), reference)


def _of_month(year: int | None, month: int, days: tuple[int, int], reference: date | None) -> tuple[date, date] | None:
    """Two days of one month; without a year the last such days not after `reference`."""
    if year is not None:
        last = day_of(year, month, days[1])
    elif reference is not None:
        last = day_of(reference.year, month, days[1])
        if last is not None and last > reference:
            last = day_of(reference.year - 1, month, days[1])
    else:
        return None
    return None if last is None else _both(day_of(last.year, month, days[0]), last)


def _numeric(match: re.Match[str], reference: date | None, order: Order) -> tuple[date, date] | None:
    newest = reference.year if reference else 2040
    if match["p_month"]:
        year, month = full_year(match["p_year"], newest), int(match["p_month"])
        return _both(day_of(year, month, int(match["p1"])), day_of(year, month, int(match["p2"])))
    if not match["a1"]:
        return None
    year = full_year(match["numeric_year"], newest)
    numbers = [int(match[name]) for name in ("a1", "a2", "b1", "b2")]
    day_first = _is_day_first(match["sign"], numbers, order)
    if day_first is None:
        return None
    a, b = ((numbers[1], numbers[0]), (numbers[3], numbers[2])) if day_first else (numbers[:2], numbers[2:])
    last = day_of(year, b[0], b[1])
    first = day_of(year - (a[0] > b[0]), a[0], a[1])
    return _both(first, last)


def _days_of_one_month(match: re.Match[str], reference: date | None) -> tuple[date, date] | None:
    """ "13-15/01", "13, 14 and 15/01/26": a month of two digits behind a stroke, where no score is written so."""
    if not match["q_month"]:
        return None
    year = full_year(match["q_year"], reference.year if reference else 2040) if match["q_year"] else None
    return _of_month(year, int(match["q_month"]), (int(match["q1"]), int(match["q2"])), reference)


def _is_day_first(sign: str, numbers: list[int], order: Order) -> bool | None:
    """Whether the four numbers are day, month, day, month: by the numbers themselves, else by the letter's order.

    >>> _is_day_first("/", [2, 25, 3, 5], "day first"), _is_day_first("/", [2, 3, 4, 3], "not known")
    (False, None)
    """
    if sign == "." or numbers[0] > 12 or numbers[2] > 12:
        return True
    if numbers[1] > 12 or numbers[3] > 12:
        return False
    return None if order == "not known" else order == "day first"


def _without_year(match: re.Match[str], normal: str, reference: date | None, order: Order) -> tuple[date, date] | None:
    """ "04.03.-14.06.", "2/20 - 3/1": in the year that opens the clause, else the last such days by `reference`."""
    if not match["u1"] or reference is None or not _is_written_as_days(match):
        return None
    a1, a2, b1, b2 = (int(match[name]) for name in ("u1", "u2", "v1", "v2"))
    day_first = _is_day_first(match["u_sign"], [a1, a2, b1, b2], order)
    if day_first is None:
        return None
    first, last = ((a2, a1), (b2, b1)) if day_first else ((a1, a2), (b1, b2))
    named = _LEADING_YEAR.search(normal[max(0, match.start() - _CLAUSE) : match.start()])
    if named is not None:
        year = int(named[1])
        return _both(day_of(year, *first), day_of(year, *last))
    end = day_of(reference.year, *last)
    if end is not None and end > reference:
        end = day_of(reference.year - 1, *last)
    return None if end is None else _both(day_of(end.year - (first > last), *first), end)


def _is_written_as_days(match: re.Match[str]) -> bool:
    """Not a fraction or a grade ("power 4/5-5/5"): both ends with a full stop, or a number that no grade has."""
    if match["u_sign"] == ".":
        return bool(match["u_stop"] and match["v_stop"])
    written = [match[name] for name in ("u1", "u2", "v1", "v2")]
    return match["u_stop"] is None and any(one[0] == "0" or int(one) > 10 for one in written)
