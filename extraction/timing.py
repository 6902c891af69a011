"""Every date and duration of a letter: a normalised text in, TimeExpressions out.

One grammar: a date, a relative time, a window back from the letter or a duration, and the word before it that says
whether something starts, ends or simply happened then. Two dates joined by "from ... to" are a span.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

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
from extraction.days_without_year import or_in_named_year, still_to_come
from extraction.knowledge import cues
from extraction.number_words import NEARLY, count_of, count_pattern
from extraction.reading import TimeExpression
from extraction.scanning import matches_at, matches_from
from extraction.short_months import short_months
from extraction.spoken_times import spoken_times
from extraction.tokens import words_of
from extraction.word_places import word_places
from kb.facts import Interval, Time
from kb.patterns import compiled

_NOT_A_UNIT = r"(?! ?(?:mg|mcg|g|ml|u|iu|units|copies|x|kg|cells|%|steps|kcal)\b)"
_ANY_YEAR = compiled(r"[12](?:(?<=1)(?=9\d\d)|(?<=2)(?=0\d\d))")
_BARE_YEAR = compiled(rf"(?<![\w.,/:+-])(?:19[4-9]\d|20[0-4]\d)(?!\w|[.,/]\d|-\d){_NOT_A_UNIT}", re.IGNORECASE)
_YEARS = compiled(
    r"(?<![\w.,/:-])(?P<from>(?:19|20)\d\d) ?(?:-|to|until|/) ?(?P<to>(?:19|20)\d\d|\d{1,2})(?![\w/-]|\.\d)"
)
_BEFORE = compiled(
    r"([a-z]+(?: [a-z]+)??) ?(?:(?:the |at least |about |around |approximately |early |late |mid-?|c\. ?|\(|"
    r"and including |including |last |this |(?:mon|tues|wednes|thurs|fri|satur|sun)day,? |"
    r"(?:mon|tues?|wed|thur?s?|fri|sat|sun),? )*)$"
)
_ONE = {"quarter": "3 months", "half year": "6 months", "half-year": "6 months"}
_NEARLY = compiled(r"\b(?:nearly|almost|not quite|just under|close to|just short of)\b", re.IGNORECASE)
_OTHER_DAY = 10  # days that "the other day" may lie back
_FIRST_WORDS = (
    "in over within during for throughout across the these her his last past previous preceding prior about approx "
    "approximately around nearly almost some roughly c. since lasting duration total course times x day yesterday "
    "today this by earlier tonight until till from through to of"
).split(" ")
_JOINT = compiled(r"\s?(?:->|-+|~|to|until|till|through|and|→)\s?$", re.IGNORECASE)


@functools.cache
def _units() -> dict[str, tuple[str, int, int]]:
    """A unit's spellings: (unit, days, how many days off "one unit ago" may be)."""
    return {
        spelling: (unit, int(entry["days"]), int(entry["slack"]))
        for unit, entry in cues("timing")["units"].items()
        for spelling in entry["names"]
    }


def _any_of(words: list[str]) -> str:
    return "(?:" + "|".join(sorted((re.escape(word) for word in words), key=len, reverse=True)) + ")"


@functools.cache
def _amount_pattern() -> re.Pattern[str]:
    number = rf"(?:\d{{1,3}}(?:\.\d)?|{count_pattern()}(?![a-z]))"
    vague = _any_of(list(cues("timing")["vague"]))
    units = _any_of([unit for unit in _units() if len(unit) > 1])
    return compiled(
        rf"(?:(?P<vague>{vague}) |(?P<count>{number})(?: ?(?:-|to|or) ?(?P<count_to>{number}))?\+?[ -]?"
        rf"(?:full |consecutive |complete |whole |calendar )?)(?P<unit>{units}|(?<=\d)[dwmy])(?:'s?)?(?![a-z])"
        r"|(?<![\d/])(?P<part>\d{1,2})(?:-(?P<part_to>\d{1,2}))?/(?P<of>7|52|12)(?![\d/])",
        re.IGNORECASE,
    )


@functools.cache
def _relative_pattern() -> re.Pattern[str]:
    amount = re.sub(r"\?P<\w+>", "?:", _amount_pattern().pattern)
    amount = f"(?:{amount})"
    nearly = "nearly|almost|not quite|just under|close to"
    about = rf"(?:(?:about|approximately|approx\.?|around|{nearly}|some|roughly|~|c\.) ?)?"
    month = _any_of(list(month_names()))
    part = _any_of(list(cues("timing")["parts"]))
    return compiled(
        r"(?<![\w/.])(?:"
        rf"(?P<back>(?:(?:in|over|within|during|for|throughout|across) )?(?:(?:the|these|her|his) )?"
        rf"(?:last|past|previous|preceding|prior) {about}{amount})"
        r"|(?P<back_unit>(?:(?:in|over|within|during|for|throughout|across) (?:the |this )?"
        r"(?:last|past|previous|preceding)|(?:the )?past) (?:full |whole |calendar )?"
        r"(?P<one>week|fortnight|month|quarter|half[ -]year|year)(?![a-z]| of ))"
        rf"|(?P<leading>(?:in|over|within|during|for) the (?:{amount}|week|fortnight|month|year) "
        rf"(?:before|prior to|preceding|leading up to|up to) "
        rf"(?:this|today|now|the (?:letter|visit|referral|present)|screening|referral|clinic|writing)"
        rf"(?: (?:letter|visit|referral|clinic|appointment))?)"
        rf"|(?P<near>within (?:the )?(?:last )?{amount} of (?:today|this|now)(?: (?:letter|visit|referral))?)"
        rf"|(?P<within>within (?:the )?{amount} (?:of|before|prior|preceding))"
        rf"|(?P<ago>{about}{amount} (?:ago|back|previously|(?:before|prior to) (?:this|today|writing|now|the present)"
        r"|(?:(?<=days )|(?<=weeks )|(?<=months )|(?<= a year )|(?<=one year ))"
        r"old(?! (?:baby|infant|child|son|daughter|boy|girl))))"
        r"|(?P<for>(?:for|over|during|lasting|duration of|total of|course of|times|x) ?(?:more than |at least |fully "
        r"|a full |all of |a good |just over |over |altogether |only |just )?"
        rf"{about}(?:a |the )?{amount})"
        rf"|(?P<since>since (?:(?:the )?(?:last|past) )?{about}{amount})"
        rf"|(?P<long>{amount}[ -](?:course|history|duration|in total|duration of))"
        r"|(?P<unit_back>(?:last|past|this|previous) (?:week|month|year|fortnight)(?![a-z]| of ))"
        r"|(?P<day>day before yesterday|yesterday(?: (?:morning|afternoon|evening|night))?|(?:earlier )?today"
        r"|this (?:morning|afternoon|evening)|tonight|last (?:night|evening)|the other day)(?![a-z])"
        rf"|(?P<recent>{_any_of(cues('timing')['recent_words'])})(?![a-z])"
        rf"|(?P<part>{part})[ -](?:(?P<part_month>{month})\.?[ ,]*)?(?P<part_year>(?:19|20)\d\d)?(?![\d])"
        rf"|(?P<season>{_any_of(list(cues('timing')['seasons']))}) (?:of )?(?P<season_year>(?:19|20)\d\d)"
        r"|(?:last|this|(?:in|over|during|by)(?: the)?(?: early| late)?(?! (?:the )?fall))"
        rf" (?P<season_back>{_any_of(list(cues('timing')['seasons']))})(?![a-z]|,? (?:of )?(?:19|20)\d\d)"
        rf"|(?:in|by|since|until|till|from|last|this|through|to|of|during) (?P<month>{month})"
        r"(?![a-z\d]|\.?,? ?(?:19|20)\d\d"
        r"|\.? ?'?\d{1,2}(?!\d|\.\d| ?(?:x|mg|g|kg|%|days?|weeks?|months?|doses|courses|cycles|episodes)\b))"
        ")",
        re.IGNORECASE,
    )


_GLUED = ("for", "over", "during", "lasting", "times", "x")  # an amount may follow without a space


@functools.cache
def _digits() -> re.Pattern[str]:
    """A number with what opens a further number or the name of a unit behind it."""
    units = {re.escape(unit[:2]) for unit in _units() if len(unit) > 1}
    opens = "|".join(sorted({*units, "fu", "co", "wh", "ca"}))
    return compiled(
        rf"[\d~](?<![\w/.].)(?:(?<=~)|(?=\d{{0,2}}(?:\.\d)?(?:\+?[ -]?(?:{opens})|[dwmy/]| ?(?:-|to|or))))",
        re.IGNORECASE,
    )


@functools.cache
def _first_words() -> frozenset[str]:
    """The words that a relative time may begin with."""
    known = cues("timing")
    listed = [*known["numbers"], *known["vague"], *known["parts"], *known["recent_words"], *known["seasons"]]
    return frozenset(words_of(name.lower())[0] for name in (*_FIRST_WORDS, *listed))


def _relative_places(normal: str) -> list[int]:
    """Where a relative time may begin: at its first words, and at a number with a unit."""
    amount = _amount_pattern()
    digits = (match.start() for match in _digits().finditer(normal))
    numbers = (place for place in digits if normal[place] == "~" or amount.match(normal, place))
    words = (
        place
        for word, places in word_places(normal).items()
        if word in _first_words() or word.startswith(_GLUED)
        for place in places
        if normal[place - 1 : place] not in ("/", ".") and _leads_on(normal, word, place)
    )
    return sorted([*numbers, *words])


@functools.cache
def _second_words() -> dict[str, tuple[str, ...]]:
    """What must follow the words that letters are full of: the beginning of the next word, behind one space."""
    known = cues("timing")
    listed = [*known["vague"], *known["parts"], *known["recent_words"], *known["seasons"]]
    back = ("last", "past", "previous", "preceding", "prior", "other day")
    found: dict[str, tuple[str, ...]] = dict.fromkeys(("the", "these", "her", "his"), back)
    months = tuple(month_names())
    found |= dict.fromkeys(("to", "from", "until", "till", "through", "of"), months)
    spans = (*back, "the ", "these ", "her ", "his ", "this ", "early ", "late ", *known["seasons"], *months)
    found |= dict.fromkeys(("in", "throughout", "across"), spans)
    found |= dict.fromkeys(("for", "over", "during", "within"), (*spans, *_amount_begins()))
    return {
        word: (*behind, *(name[len(word) + 1 :] for name in listed if name.startswith(f"{word} ")))
        for word, behind in found.items()
    }


@functools.cache
def _amount_begins() -> tuple[str, ...]:
    """What an amount, or the words that may lead to it, begin with."""
    known = cues("timing")
    numbers = (word for word in known["numbers"] if len(word) > 2)
    leads = "about approx around nearly almost not just close some roughly c. more at fully all over altogether only"
    return (*"0123456789~", "a ", "an ", "the ", *numbers, *known["vague"], *leads.split())


def _leads_on(normal: str, word: str, place: int) -> bool:
    """Whether what stands behind a first word may go on a time."""
    end = place + len(word)
    behind = _second_words().get(word)
    if behind is None:
        glued = None if word in _first_words() else next((lead for lead in _GLUED if word.startswith(lead)), None)
        if glued is None:
            return True
        at = place + len(glued)
        return at == end or normal[at : at + 16].lower().startswith(_amount_begins())
    if normal[end : end + 1] == " ":
        return normal[end + 1 : end + 16].lower().startswith(behind)
    return word in _GLUED and normal[end : end + 1] in tuple("0123456789~")


def days_of(written: str) -> Interval | None:
    """The number of days that an amount such as "3 weeks", "6/52" or "a couple of months" stands for.

    >>> days_of("two weeks").low, days_of("3/12").high
    (14, 93)
    """
    read = _read_amount(written)
    if read is None:
        return None
    low, high, unit = read
    least = _days(low, unit, shortest=True)
    return Interval(least * NEARLY if _NEARLY.search(written) else least, _days(high, unit, shortest=False))


def _read_amount(written: str) -> tuple[float, float, str] | None:
    match = _amount_pattern().search(written)
    if match is None:
        return None
    if match["part"]:
        unit = {"7": "day", "52": "week", "12": "month"}[match["of"]]
        return float(match["part"]), float(match["part_to"] or match["part"]), unit
    unit = _units()[match["unit"].lower()][0]
    if match["vague"]:
        low, high = cues("timing")["vague"][match["vague"].lower()]
        return float(low), float(high), unit
    low = count_of(match["count"])
    return low, max(low, count_of(match["count_to"])) if match["count_to"] else low, unit


def _days(count: float, unit: str, *, shortest: bool) -> float:
    if unit == "month":
        # a stated month is 30 days at the least, so that "3 months" meets 90 days, as in dose instructions
        return round(count * ((30 if count >= 2 else 28) if shortest else 31))
    if unit == "year":
        return round(count * 365.25) if count >= 1 else round(count * 365)
    return round(count * _units()[unit][1])


def _back(day: date, count: float, unit: str) -> date:
    """The calendar day so many units before."""
    if unit == "month" and count == int(count):
        return day - relativedelta(months=int(count))
    if unit == "year" and count == int(count):
        return day - relativedelta(years=int(count))
    return day - timedelta(days=_days(count, unit, shortest=False))


def find_times(normal: str, letter_date: Time | None, order: Order) -> list[TimeExpression]:
    """All time expressions in order, none overlapping. Relative ones need the letter's date (a single day)."""
    reference = letter_date.latest if letter_date is not None and letter_date.earliest == letter_date.latest else None
    calendar = sorted(_calendar(normal, reference, order), key=lambda expression: expression.start)
    found = [*calendar, *_relative(normal, reference)]
    if reference is not None:
        found += spoken_times(normal, reference, calendar)
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
    return _joined(normal, placed)


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


def _calendar(normal: str, reference: date | None, order: Order) -> Iterator[TimeExpression]:
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
    names = _any_of(cues("timing")["named_with_year"])
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
    month = _any_of(list(month_names()))
    return compiled(
        rf"(?<![\w-])(?P<first>{month})\.?(?:, ?{month}\.?(?=,| and| &))*"
        rf" ?(?:,? ?and|&|-|to|until|till|through|/) ?(?P<last>{month})"
        r"\.?[ ,'-]{0,2}(?P<year>(?:19|20)\d\d)",
        re.IGNORECASE,
    )


def _relative(normal: str, reference: date | None) -> Iterator[TimeExpression]:
    for match in matches_at(_relative_places(normal), _relative_pattern(), normal):
        expression = _read_relative(match, reference)
        if expression is not None:
            yield expression


def _read_relative(match: re.Match[str], reference: date | None) -> TimeExpression | None:
    written = match.group()
    start, end = match.start("month") if match["month"] else match.start(), match.end()
    if match["for"] or match["long"]:
        days = days_of(written)
        return None if days is None else TimeExpression(start, end, "duration", None, days=days)
    if any(match[name] for name in ("back", "back_unit", "within", "recent", "leading", "near")):
        return _lookback(match, reference)
    time = None if reference is None else _relative_time(match, reference, written)
    if match["since"]:
        return TimeExpression(start, end, "start", time or Time(None, None, written), days=days_of(written))
    if time is None and match["part"] and match["part_year"]:
        time = _part_of(match, None, written)
    if time is None and match["season"]:
        time = _season(match["season"], int(match["season_year"]), written)
    if time is None and reference is None and not _is_today(match):
        time = Time(None, None, written)
    return None if time is None else TimeExpression(start, end, "point", time)


def _is_today(match: re.Match[str]) -> bool:
    return match["day"] is not None and match["day"].lower().startswith(("today", "earlier", "this ", "tonight"))


def _lookback(match: re.Match[str], reference: date | None) -> TimeExpression | None:
    written = match.group()
    if match["recent"]:
        span = float(cues("timing")["recent_days"]), float(cues("timing")["recent_days"]), "day"
    else:
        read = _read_amount(_ONE.get(one, f"1 {one}") if (one := (match["one"] or "").lower()) else written)
        if read is None and match["leading"]:
            read = _read_amount(re.sub(r"\bthe (?=[a-z])", "1 ", written, count=1))
        if read is None:
            return None
        span = read
    low, high, unit = span
    days = Interval(_days(low, unit, shortest=True), _days(high, unit, shortest=False))
    if reference is None:
        return TimeExpression(match.start(), match.end(), "lookback", Time(None, None, written), days=days)
    earliest = _back(reference, low, unit)
    began = Time(_back(reference, high, unit), earliest, written)
    return TimeExpression(
        match.start(), match.end(), "lookback", Time(earliest, reference, written), days=days, start_time=began
    )


def _relative_time(match: re.Match[str], reference: date, written: str) -> Time | None:
    if match["ago"] or match["since"]:
        read = _read_amount(written)
        if read is None:
            return None
        low, high, unit = read
        slack = timedelta(days=_units()[unit][2])
        latest = min(_back(reference, low, unit) + slack, reference)
        return Time(_back(reference, high, unit) - slack, latest, written)
    if match["day"]:
        words = match["day"].lower()
        if words == "the other day":
            return Time(reference - timedelta(days=_OTHER_DAY), reference - timedelta(days=1), written)
        off = 2 if words.startswith("day before") else 1 if words.startswith(("yesterday", "last")) else 0
        return Time.on(reference - timedelta(days=off), written)
    if match["unit_back"]:
        which, unit = match["unit_back"].lower().split()
        return _named_period(which, unit, reference, written)
    if match["part"]:
        return _part_of(match, reference, written)
    if match["season_back"]:
        return _season_before(match["season_back"], reference, written)
    if match["month"]:
        month = month_number(match["month"])
        year = reference.year if month <= reference.month else reference.year - 1
        return whole_month(year, month, written)
    return None


def _named_period(which: str, unit: str, reference: date, written: str) -> Time:
    if unit == "year":
        return whole_year(reference.year - (which != "this"), written)
    if unit == "month":
        first = reference.replace(day=1) - relativedelta(months=which != "this")
        month = whole_month(first.year, first.month, written)
        return Time(month.earliest, min(month.latest or reference, reference), written)
    days = 14 if unit == "fortnight" else 7
    if which == "this":
        return Time(reference - timedelta(days=days - 1), reference, written)
    return Time(reference - timedelta(days=2 * days - 1), reference - timedelta(days=1), written)


def _part_of(match: re.Match[str], reference: date | None, written: str) -> Time | None:
    """ "early 2020", "mid March", "late March 2024": the period's first or second half, or its middle."""
    if match["part_month"]:
        month = month_number(match["part_month"])
        if match["part_year"]:
            year = int(match["part_year"])
        elif reference is not None:
            year = reference.year if month <= reference.month else reference.year - 1
        else:
            return None
        whole = whole_month(year, month)
    elif match["part_year"]:
        whole = whole_year(int(match["part_year"]))
    else:
        return None
    if whole.earliest is None or whole.latest is None:
        return None
    low, high = (float(part) for part in cues("timing")["parts"][match["part"].lower()])
    days = (whole.latest - whole.earliest).days
    return Time(
        whole.earliest + timedelta(days=int(days * low)), whole.earliest + timedelta(days=int(days * high)), written
    )


def _season(name: str, year: int, written: str) -> Time:
    first, last = (int(month) for month in cues("timing")["seasons"][name.lower()])
    start = date(year, first, 1)
    return Time(start, start + relativedelta(months=last - first + 1) - timedelta(days=1), written)


def _season_before(name: str, reference: date, written: str) -> Time | None:
    """The newest such season that had begun by the reference."""
    for year in (reference.year, reference.year - 1):
        season = _season(name, year, written)
        if season.earliest is not None and season.latest is not None and season.earliest <= reference:
            return Time(season.earliest, min(season.latest, reference), written)
    return None


def _with_role(normal: str, expression: TimeExpression) -> TimeExpression:
    """A point behind "since" starts something, behind "until" it ends it."""
    if expression.role != "point":
        return expression
    text = normal[max(0, expression.start - 40) : expression.start].lower()
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


def _joined(normal: str, expressions: list[TimeExpression]) -> list[TimeExpression]:
    """Two dates with a joint between them, the first of which opens a span, are one span."""
    joined: list[TimeExpression] = []
    for expression in expressions:
        last = joined[-1] if joined else None
        if last is not None and _opens_span(normal, last, expression) and last.time and expression.time:
            joined[-1] = TimeExpression(
                last.start,
                expression.end,
                "span",
                Time(last.time.earliest, expression.time.latest, normal[last.start : expression.end]),
                start_time=last.time,
                end_time=expression.time,
            )
        else:
            joined.append(expression)
    return joined


def _opens_span(normal: str, first: TimeExpression, second: TimeExpression) -> bool:
    if first.role not in ("point", "start") or second.role not in ("point", "end"):
        return False
    between = normal[first.end : second.start]
    if len(between) > 10 or not _JOINT.match(between.lower() if between.strip() else "x"):
        return False
    if "and" in between.lower() and "between" not in normal[max(0, first.start - 10) : first.start].lower():
        return False
    if first.time is None or second.time is None or first.time.earliest is None or second.time.latest is None:
        return False
    return first.time.earliest <= second.time.latest
