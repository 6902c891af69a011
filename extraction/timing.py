"""Every date and duration of a letter: a normalised text in, TimeExpressions out.

Calendar dates, relative times and spoken ones are put in order; the word before each says whether something starts,
ends or simply happened then, and two dates joined by "from ... to" are a span.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from datetime import date

from dateutil.relativedelta import relativedelta

from extraction.calendar_dates import calendar_dates
from extraction.dates import Order, month_names
from extraction.days_of_iso_letters import days_of_iso_letters
from extraction.days_of_named_months import days_of_named_months
from extraction.days_referred import days_referred
from extraction.days_without_year import still_to_come
from extraction.knowledge import cues
from extraction.month_rows import month_rows
from extraction.reading import TimeExpression
from extraction.relative_times import relative_times
from extraction.spoken_times import spoken_times
from kb.facts import Time
from kb.patterns import compiled

_BEFORE = compiled(
    r"([a-z]+(?: [a-z]+)??) {0,3}(?:(?:the |at least |about |around |approximately |early |late |mid-?|c\. ?|\(|"
    r"and including |including |last |this |(?:mon|tues|wednes|thurs|fri|satur|sun)day,? |"
    r"(?:mon|tues?|wed|thur?s?|fri|sat|sun),? )*)\Z"
)
_JOINT = compiled(r"(?:\s?(?:->|-+|~|→)\s?|\s{0,3}(?:to|until|till|through|and)\s{0,3})$", re.IGNORECASE)
_FROM_TO = compiled(
    r"\b(?:from|start(?:ed)?|beg[aiu]n|first) ?(?:[/–-]|\.\.) ?(?:to|until|till|end(?:ed)?|stop(?:ped)?|last)\b",
    re.IGNORECASE,
)
_THROUGH = compiled(r"\b(?:through|thru|up to and including|and including|inclusive of)\b(?! the )", re.IGNORECASE)
_WHOLE = compiled(
    r"\b(?:throughout|all through|(?:through|during|for|over)? ?(?:all|the whole|the entirety|every day) of|"
    r"(?:the )?(?:entire|whole)(?: months?| period)?(?: of| from)?|all (?:the way|the time) from)"
    r" (?:the months? (?:of|from) )?$",
    re.IGNORECASE,
)


def find_times(normal: str, letter_date: Time | None, order: Order) -> list[TimeExpression]:
    """All time expressions in order, none overlapping. Relative ones need the letter's date (a single day)."""
    reference = letter_date.latest if letter_date is not None and letter_date.earliest == letter_date.latest else None
    calendar = sorted(calendar_dates(normal, reference, order), key=lambda expression: expression.start)
    found = [*calendar, *relative_times(normal, reference)]
    if reference is not None:
        rows = list(month_rows(normal, reference))
        begin = {row.start for row in rows}  # "February 22" of a row is no day
        named = sorted([*calendar, *(one for one in found if _is_month(one))], key=lambda one: one.start)
        found = [*(one for one in found if one.start not in begin), *rows, *spoken_times(normal, reference, named)]
        found += [*days_of_named_months(normal, reference), *days_of_iso_letters(normal, reference)]
    found.sort(key=lambda expression: (expression.start, -expression.end))
    kept: list[TimeExpression] = []
    for expression in found:
        if not kept or expression.start >= kept[-1].end:
            kept.append(expression)
    kept = [_not_after(expression, reference) for expression in kept if not _only_compares(normal, expression)]
    placed: list[TimeExpression] = []
    for expression in (_with_role(normal, expression) for expression in kept):
        began = placed[-1].time if placed and placed[-1].role == "start" else None
        placed.append(still_to_come(normal, expression, reference, began))
    referred = [one for one in days_referred(normal, placed) if not _overlaps(one, placed)]
    joined = _joined(normal, sorted([*placed, *referred], key=lambda one: one.start))
    return [_in_full(normal, expression) for expression in joined]


def _in_full(normal: str, expression: TimeExpression) -> TimeExpression:
    """ "Throughout June, July and August", "June through August": to the last day of the last month."""
    start, end = expression.start_time, expression.end_time
    if expression.role != "span" or start is None or end is None:
        return expression
    if _WHOLE.search(normal[max(0, expression.start - 40) : expression.start]) and start.earliest is not None:
        start = dataclasses.replace(start, latest=start.earliest)
        end = dataclasses.replace(end, earliest=end.latest)
    elif _THROUGH.search(normal, expression.start, expression.end):
        end = dataclasses.replace(end, earliest=end.latest)
    return dataclasses.replace(expression, start_time=start, end_time=end)


def _is_month(expression: TimeExpression) -> bool:
    """Whether it is a month without its year: "in January"."""
    words = (expression.time.written if expression.time is not None else "").lower().split()
    return expression.role == "point" and bool(words) and words[-1].rstrip(".") in month_names()


def _overlaps(expression: TimeExpression, others: list[TimeExpression]) -> bool:
    return any(one.start < expression.end and expression.start < one.end for one in others)


_COMPARED = compiled(
    r"\b(?:(?:just |much |the same )?as (?:it was |they were )?(?:in|on|"
    r"at)|like (?:in|on)|same as (?:in|on)|identical to(?: that of)?|"
    r"unchanged (?:from|compared (?:to|with)|as against)|no change (?:from|"
    r"since)|similar to(?: that of)?|comparable (?:to|with)(?: that of)?)"
    r" (?:the |that of |those of )?$",
    re.IGNORECASE,
)
_NO_COMPARISON = compiled(
    r"\b(?:as (?:of|soon|long|far|well|early|late|recently)|such as|known as|treated as) ", re.IGNORECASE
)


def _only_compares(normal: str, expression: TimeExpression) -> bool:
    """Whether a date is that of what is only compared: "ST depression as in November 2025" is seen today."""
    before = normal[max(0, expression.start - 44) : expression.start]
    return expression.role == "point" and _COMPARED.search(before) is not None and not _NO_COMPARISON.search(before)


def _not_after(expression: TimeExpression, reference: date | None) -> TimeExpression:
    """A month or year that the letter's day lies in has passed only up to that day."""
    time = expression.time
    if reference is None or expression.role != "point" or time is None or time.earliest is None or time.latest is None:
        return expression
    if not time.earliest <= reference < time.latest:
        return expression
    return dataclasses.replace(expression, time=dataclasses.replace(time, latest=reference))


# "with the end foreseen for mid-April"
_END_TO_COME = compiled(
    r"\b(?:end|completion)(?: of (?:it|them|this|treatment|therapy|the course))?(?: (?:is|was|being))?"
    r" (?:foreseen|planned|expected|scheduled|due|intended|envisaged)(?: for| in| on| by)?(?: the)? $"
)


def _with_role(normal: str, expression: TimeExpression) -> TimeExpression:
    """A point behind "since" starts something, behind "until" it ends it."""
    if expression.role != "point":
        return expression
    text = normal[max(0, expression.start - 40) : expression.start].lower()
    if _END_TO_COME.search(text):
        return dataclasses.replace(expression, role="end")
    starts, ends = _words_of_role("start_words"), _words_of_role("end_words")
    if not any(word[1:] in text for word in (*starts, *ends)):
        return expression
    before = _BEFORE.search(text)
    words = "" if before is None else f" {before.group(1)}"
    if words.endswith(starts):
        return dataclasses.replace(expression, role="start")
    return dataclasses.replace(expression, role="end") if words.endswith(ends) else expression


@functools.cache
def _words_of_role(key: str) -> tuple[str, ...]:
    """The words behind which something starts or ends, each with the space before it."""
    return tuple(f" {word}" for word in cues("timing")[key])


_YEAR = compiled(r"(?:19|20)\d\d")


def _is_either(normal: str, first: TimeExpression, second: TimeExpression) -> bool:
    """Whether one of two days or months, in their order, is meant: "in November or December 2025"."""
    between = normal[first.end : second.start].strip().lower()
    days = None if first.time is None else first.time.earliest, None if second.time is None else second.time.latest
    in_order = days[0] is not None and days[1] is not None and days[0] <= days[1]
    return between == "or" and in_order and first.role == second.role == "point"


def _joined(normal: str, expressions: list[TimeExpression]) -> list[TimeExpression]:
    """Two dates with a joint between them, the first of which opens a span, are one span."""
    joined: list[TimeExpression] = []
    for expression in expressions:
        last = _in_year_of(normal, joined[-1], expression) if joined else None
        if last is not None and _opens_span(normal, last, expression) and last.time and expression.time:
            joined[-1] = TimeExpression(
                last.start,
                expression.end,
                "span",
                Time(last.time.earliest, expression.time.latest, normal[last.start : expression.end]),
                start_time=last.time,
                end_time=expression.time,
            )
        elif last is not None and _is_either(normal, last, expression) and last.time and expression.time:
            either = Time(last.time.earliest, expression.time.latest, normal[last.start : expression.end])
            joined[-1] = TimeExpression(last.start, expression.end, "point", either)
        else:
            joined.append(expression)
    return joined


def _in_year_of(normal: str, first: TimeExpression, second: TimeExpression) -> TimeExpression:
    """ "Between 3 March and 30 June 2025": the first day is of the year that stands behind the second."""
    day, until = first.time, second.time
    if day is None or until is None or day.earliest is None or day.latest is None or until.latest is None:
        return first
    told = _YEAR.search(normal[first.start : first.end]), _YEAR.search(normal[second.start : second.end])
    if told[0] or not told[1] or day.earliest <= until.latest:
        return first
    back = relativedelta(years=max(1, day.earliest.year - until.latest.year))
    time = Time(day.earliest - back, day.latest - back, day.written)
    moved = dataclasses.replace(first, time=time)
    return moved if _opens_span(normal, moved, second) else first


def _opens_span(normal: str, first: TimeExpression, second: TimeExpression) -> bool:
    if first.role not in ("point", "start") or second.role not in ("point", "end"):
        return False
    between = normal[first.end : second.start]
    columns = between.strip() == "/" and " " in between and _FROM_TO.search(normal) is not None
    if not columns and (len(between) > 10 or not _JOINT.match(between.lower() if between.strip() else "x")):
        return False
    if "and" in between.lower() and "between" not in normal[max(0, first.start - 10) : first.start].lower():
        return False
    if first.time is None or second.time is None or first.time.earliest is None or second.time.latest is None:
        return False
    return first.time.earliest <= second.time.latest
