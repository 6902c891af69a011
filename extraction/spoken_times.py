"""Times as people say them, without a calendar date: a normalised text and the letter's day in, TimeExpressions out.

"Last Tuesday", "a week last Friday", "on the 27th", "the 3rd inst.", "February last year", "the last week of April",
"the end of last month": each needs the day the letter was written.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from extraction.dates import day_of, month_names, month_number, whole_month, whole_year
from extraction.knowledge import cues
from extraction.number_words import any_of, days_in_words, spelled_dates
from extraction.reading import TimeExpression
from extraction.scanning import matches_at
from extraction.word_places import has_word, word_places
from kb.facts import Time
from kb.patterns import compiled

_SENTENCE = compiled(r"[.;]\s|\n\s*\n")
_HALVES = {"early": (0.0, 0.5), "mid": (0.25, 0.75), "late": (0.5, 1.0)}
_LAST_SENTENCE = 120  # characters back to the day of the sentence before
_ONE_WEEK = compiled(r"1(?=\s[wW])")
_THE_NTH = compiled(r"[tT](?<=\s.)[hH][eE]\s(?:\d|[\w-]{4,14}\sof\sthe\smonth\b)")
_PLANNED = compiled(
    r"\b(?:will|shall|next|to be|due|planned|coming|every|each|weekly|scheduled|booked|going to)\b[^.;]*$",
    re.IGNORECASE,
)


def spoken_times(normal: str, reference: date, dated: Sequence[TimeExpression]) -> Iterator[TimeExpression]:
    """The spoken times of a letter of the day `reference`; `dated` are its calendar dates."""
    lower = normal.lower()
    for words, pattern, read in _READERS:
        if not any(word in lower for word in words):
            continue
        for match in pattern().finditer(normal):
            time = read(match, reference)
            if time is not None and time.earliest is not None and time.earliest <= reference:
                yield TimeExpression(match.start("at"), match.end(), "point", time)
    if has_word(normal, cues("timing")["spoken"]["weekdays"].keys()):
        yield from _weekdays(normal, reference)
    if "last year" in lower or "this year" in lower:
        yield from _of_years(normal, reference)
    yield from _spelled(normal, reference)
    if not _THE_NTH.search(normal):
        return
    for match in _two_days().finditer(normal):
        yield from _days_of_pair(normal, match, reference, dated)
    for match in _bare_day().finditer(normal):
        time = _day_after_last_named(normal, match, reference, dated)
        if time is not None:
            yield TimeExpression(match.start("at"), match.end(), "point", time)


def _months() -> str:
    return "(?:" + "|".join(sorted(map(re.escape, month_names()), key=len, reverse=True)) + r")\b\.?"


def _words(name: str) -> str:
    return "(?:" + "|".join(cues("timing")["spoken"][name]) + ")"


@functools.cache
def _weekday() -> re.Pattern[str]:
    day = "|".join(sorted(cues("timing")["spoken"]["weekdays"], key=len, reverse=True))
    return compiled(
        rf"(?:(?P<at>(?:(?:a|one|1)\s)?week\s(?:ago\s)?(?:last|on|this\spast)\s(?P<day2>{day}))"
        rf"|(?P<at1>(?:last|this\spast|this)\s(?P<day1>{day}))"
        rf"|(?:(?<=\bon\s)|(?<=\bsince\s)|(?<=\buntil\s)|(?<=\btill\s)|(?<=\bfrom\s)|(?<=\bby\s)|(?<=\bending\s))"
        rf"(?P<at3>(?P<day3>{day})(?:\s(?:last|past|gone))?)"
        rf"|(?P<at4>(?P<day4>{day})(?='s\s)|(?P<day5>{day})\s(?:last|past|gone)\b))"
        rf"(?![\w]|\s(?:week|next|coming|{_months()}|the\s\d)|,?\s\d)",
        re.IGNORECASE,
    )


def _weekdays(normal: str, reference: date) -> Iterator[TimeExpression]:
    """ "Last Tuesday" is the newest one before the letter's day, "a week last Tuesday" seven days before that."""
    names = cues("timing")["spoken"]["weekdays"]
    places = word_places(normal)
    words = [place for word in ("a", "one", "week", "last", "this", *names) for place in places.get(word, ())]
    ones = [match.start() for match in _ONE_WEEK.finditer(normal)]
    for match in matches_at(sorted([*words, *ones]), _weekday(), normal):
        day = next(match[name] for name in ("day1", "day2", "day3", "day4", "day5") if match[name])
        if match["at1"] is None and _PLANNED.search(normal[max(0, match.start() - 60) : match.start()]):
            continue
        back = (reference.weekday() - int(names[day.lower()])) % 7 or 7
        found = reference - timedelta(days=back + (7 if match["day2"] else 0))
        yield TimeExpression(match.start(), match.end(), "point", Time.on(found, match.group()))


def _spelled(normal: str, reference: date) -> Iterator[TimeExpression]:
    """ "On the tenth of April": that day of the year told, else the last one not after the letter's."""
    for told in spelled_dates(normal):
        years = (reference.year, reference.year - 1) if told.year is None else (told.year,)
        days = (day_of(year, told.month, told.day) for year in years)
        day = next((day for day in days if day is not None and day <= reference), None)
        if day is not None:
            yield TimeExpression(told.start, told.end, "point", Time.on(day, normal[told.start : told.end]))


@functools.cache
def _day_of_month() -> re.Pattern[str]:
    return compiled(
        rf"(?<![\w.,/-])(?P<at>(?P<day>(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?|{any_of(days_in_words())})\s"
        rf"(?:(?P<this>{_words('this_month')})|(?P<last>{_words('last_month')})))(?!\w)",
        re.IGNORECASE,
    )


def _read_day_of_month(match: re.Match[str], reference: date) -> Time | None:
    words, written = (match["this"] or match["last"]).lower(), match["day"].lower()
    if words.endswith("month") and not words.startswith("of") and written.isdigit():
        return None  # "the score was 9 last month"
    number = days_in_words().get(written) or int(written.rstrip("sthndr"))
    month = reference.replace(day=1) - relativedelta(months=0 if match["this"] else 1)
    if re.fullmatch(r"of\sthe\smonth", words) and number > reference.day:
        month -= relativedelta(months=1)
    day = day_of(month.year, month.month, number)
    return None if day is None or day > reference else Time.on(day, match.group())


@functools.cache
def _of_year() -> re.Pattern[str]:
    month = _months()
    return compiled(
        rf"(?<![\w.,/-])(?:(?P<at>(?:(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\s(?:of\s)?)?(?P<month>{month}),?\s(?:of\s)?"
        rf"(?P<which>this|last)\syear)|(?P<at2>(?P<which2>this|last)\syear,?\s(?:in|on)\s"
        rf"(?:(?P<day2>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\s(?:of\s)?)?(?P<month2>{month})))(?!\w)",
        re.IGNORECASE,
    )


def _of_years(normal: str, reference: date) -> Iterator[TimeExpression]:
    """ "In July of last year", "5 November last year", "last year, in February"."""
    for match in _of_year().finditer(normal):
        year = reference.year - ((match["which"] or match["which2"]).lower() == "last")
        month = month_number(match["month"] or match["month2"])
        written = match["day"] or match["day2"]
        if written:
            day = day_of(year, month, int(written))
            time = None if day is None else Time.on(day, match.group())
        else:
            time = whole_month(year, month, match.group())
        if time is not None and time.earliest is not None and time.earliest <= reference:
            yield TimeExpression(match.start(), match.end(), "point", time)


@functools.cache
def _week_of_month() -> re.Pattern[str]:
    ordinals = "|".join(cues("timing")["spoken"]["ordinals"])
    return compiled(
        rf"(?<!\w)(?P<at>(?P<nth>{ordinals})\s(?:few\s)?(?P<span>week|days|fortnight|half)\s(?:of|in)\s"
        rf"(?:(?P<month>{_months()})(?:,?\s(?:(?P<year>(?:19|20)\d\d)|(?:of\s)?(?P<which>this|last)\syear))?"
        rf"|(?P<period>this|last)\smonth))(?!\w)",
        re.IGNORECASE,
    )


def _read_week_of_month(match: re.Match[str], reference: date) -> Time | None:
    """ "The last week of April", "the first few days of this month"."""
    if match["period"]:
        first = reference.replace(day=1) - relativedelta(months=match["period"].lower() == "last")
        whole = whole_month(first.year, first.month)
    else:
        month = month_number(match["month"])
        year = int(match["year"]) if match["year"] else reference.year - (month > reference.month)
        if match["which"]:
            year = reference.year - (match["which"].lower() == "last")
        whole = whole_month(year, month)
    nth = int(cues("timing")["spoken"]["ordinals"][match["nth"].lower()])
    span = {"week": 7, "days": 5, "fortnight": 14, "half": 15}[match["span"].lower()]
    if whole.earliest is None or whole.latest is None:
        return None
    if nth < 0:
        return Time(whole.latest - timedelta(days=span - 1), min(whole.latest, reference), match.group())
    start = whole.earliest + timedelta(days=span * (nth - 1))
    end = min(start + timedelta(days=span - 1), whole.latest)
    return Time(start, min(end, reference) if start <= reference else end, match.group())


@functools.cache
def _part() -> re.Pattern[str]:
    return compiled(
        rf"(?<!\w)(?P<at>(?:(?P<early>{_words('early')})|(?P<mid>{_words('mid')})|(?P<late>{_words('late')}))[\s-]"
        r"(?P<which>last|this)\s(?P<unit>month|year))(?!\w)",
        re.IGNORECASE,
    )


def _read_part(match: re.Match[str], reference: date) -> Time | None:
    """ "The end of last month", "early this year"."""
    is_last = match["which"].lower() == "last"
    if match["unit"].lower() == "year":
        whole = whole_year(reference.year - is_last)
    else:
        first = reference.replace(day=1) - relativedelta(months=is_last)
        whole = whole_month(first.year, first.month)
    if whole.earliest is None or whole.latest is None:
        return None
    low, high = _HALVES[next(name for name in _HALVES if match[name])]
    days = (whole.latest - whole.earliest).days
    earliest, latest = (whole.earliest + timedelta(days=int(days * part)) for part in (low, high))
    return Time(earliest, max(earliest, min(latest, reference)), match.group())


@functools.cache
def _before_last() -> re.Pattern[str]:
    return compiled(r"(?<!\w)(?P<at>(?:the\s)?(?P<unit>week|month|year)\sbefore\slast)(?!\w)", re.IGNORECASE)


def _read_before_last(match: re.Match[str], reference: date) -> Time | None:
    unit = match["unit"].lower()
    if unit == "year":
        return whole_year(reference.year - 2, match.group())
    if unit == "month":
        first = reference.replace(day=1) - relativedelta(months=2)
        return whole_month(first.year, first.month, match.group())
    return Time(reference - timedelta(days=20), reference - timedelta(days=8), match.group())


@functools.cache
def _feast() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, cues("timing")["spoken"]["feasts"]), key=len, reverse=True))
    return compiled(
        rf"(?:(?=(?:just\s)?before\s)|(?<=\bat\s)|(?<=\bover\s)|(?<=\bsince\s)|(?<=\baround\s)|(?<=\buntil\s)|(?<=\btill\s)|(?<=\bon\s))"
        rf"(?P<at>(?:the\s)?(?P<feast>{names}))(?!\w|\s\d|\sDay)",
        re.IGNORECASE,
    )


def _read_feast(match: re.Match[str], reference: date) -> Time | None:
    first, days = cues("timing")["spoken"]["feasts"][match["feast"].lower()]
    month, day = (int(part) for part in first.split("-"))
    start = day_of(reference.year, month, day)
    if start is None or start > reference:
        start = day_of(reference.year - 1, month, day)
    return None if start is None else Time(start, start + timedelta(days=int(days) - 1), match.group())


@functools.cache
def _ago_today() -> re.Pattern[str]:
    numbers = "|".join(cues("timing")["numbers"])
    amount = rf"(?P<count{{0}}>\d{{{{1,2}}}}|{numbers})\s(?P<unit{{0}}>day|week|fortnight|month)s?"
    return compiled(
        rf"(?<!\w)(?P<at>(?:exactly|precisely)\s{amount.format(1)}\sago(?:\stoday)?"
        rf"|{amount.format(2)}\sago\s(?:today|to the day))(?!\w)",
        re.IGNORECASE,
    )


def _read_ago_today(match: re.Match[str], reference: date) -> Time | None:
    """ "Two weeks ago today", "exactly 28 days ago": that very day."""
    written, unit = match["count1"] or match["count2"], (match["unit1"] or match["unit2"]).lower()
    count = int(cues("timing")["numbers"].get(written.lower(), written))
    if unit == "month":
        return Time.on(reference - relativedelta(months=count), match.group())
    return Time.on(reference - timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit]), match.group())


@functools.cache
def _bare_day() -> re.Pattern[str]:
    return compiled(
        r"(?:(?<=\bon\s)|(?<=\bsince\s)|(?<=\buntil\s)|(?<=\btill\s)|(?<=\bfrom\s)|(?<=\bto\s)|(?<=\bby\s)|(?<=\bending\s))"
        rf"(?P<at>the\s(?:(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)(?:\sof\sthe\smonth)?"
        rf"|(?P<word>{any_of(days_in_words())})\sof\sthe\smonth))"
        rf"(?!\w|[\s-]+(?:of\b|centile|percentile|week|day|month|year|cycle|pulse|dose|century|infusion|rib|visit|and\s\d|{_months()})"
        r"|,\s?\d)",
        re.IGNORECASE,
    )


@functools.cache
def _two_days() -> re.Pattern[str]:
    """ "On the 8th and 9th", of no month that is told behind."""
    day = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)"
    return compiled(
        rf"(?<=\bon )(?P<first>the {day}) and (?P<second>(?:the )?{day})(?![\w-]|\s(?:of\b|day|week|month|dose|infusion"
        rf"|{_months()}))",
        re.IGNORECASE,
    )


def _days_of_pair(
    normal: str, match: re.Match[str], reference: date, dated: Sequence[TimeExpression]
) -> Iterator[TimeExpression]:
    """Both days, the second one as the first of its number behind the first."""
    days: list[TimeExpression] = list(dated)
    for name in ("first", "second"):
        number = compiled(r"(?:the )?(?P<at>(?P<day>\d+))", re.IGNORECASE).match(normal, match.start(name))
        near = sorted((one for one in days if one.end <= match.start(name)), key=lambda one: one.start)
        time = None if number is None else _day_after_last_named(normal, number, reference, near)
        if time is not None:
            days.append(TimeExpression(match.start(name), match.end(name), "point", time))
            yield days[-1]


def _day_after_last_named(
    normal: str, match: re.Match[str], reference: date, dated: Sequence[TimeExpression]
) -> Time | None:
    """ "From 20 February, stopped on the 27th": the first such day after the date named before, else the newest."""
    if _PLANNED.search(normal[max(0, match.start() - 60) : match.start()]):
        return None
    number = int(match["day"] or days_in_words()[match["word"].lower()])
    before = [one for one in dated if one.end <= match.start() and one.start > match.start() - 200]
    named = before[-1] if before and not _SENTENCE.search(normal, before[-1].end, match.start()) else None
    if named is None and before and _is_day_of_last_sentence(normal, before[-1], match.start(), reference):
        named = before[-1]
    if named is not None and named.time is not None and named.time.earliest is not None:
        start = named.time.earliest
        for ahead in (0, 1):
            month = start.replace(day=1) + relativedelta(months=ahead)
            day = day_of(month.year, month.month, number)
            if day is not None and start <= day <= reference:
                return Time.on(day, match.group())
    for back in (0, 1):
        month = reference.replace(day=1) - relativedelta(months=back)
        day = day_of(month.year, month.month, number)
        if day is not None and day <= reference:
            return Time.on(day, match.group())
    return None


def _is_day_of_last_sentence(normal: str, day: TimeExpression, start: int, reference: date) -> bool:
    """ "By 8 December she could not stand. She was admitted on the 10th": a day of the past in the sentence before."""
    between = normal[day.end : start]
    single = day.time is not None and day.time.earliest == day.time.latest and day.time.earliest != reference
    one = len(_SENTENCE.findall(between)) == 1 and "\n\n" not in between and len(between) <= _LAST_SENTENCE
    return single and one


# words without one of which a pattern finds nothing, the pattern, and what reads it
_READERS: tuple[
    tuple[tuple[str, ...], Callable[[], re.Pattern[str]], Callable[[re.Match[str], date], Time | None]], ...
] = (
    (("inst", "ult", "month"), _day_of_month, _read_day_of_month),
    (("week", "days", "fortnight", "half"), _week_of_month, _read_week_of_month),
    (("last month", "this month", "last year", "this year"), _part, _read_part),
    (("before last",), _before_last, _read_before_last),
    (("christmas", "xmas", "new year", "diwali", "festival", "boxing day", "twelfth night"), _feast, _read_feast),
    (("ago",), _ago_today, _read_ago_today),
)
