"""Times told from the letter's day: a normalised text and that day in, TimeExpressions out.

A window back ("in the last 6 months"), a time ago, a duration or a named period; where the letter's day is not known,
the time is kept without days.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import date, timedelta

from extraction.dates import month_names, month_number, whole_month
from extraction.durations import amount_pattern, days_in, days_of, read_amount, units_before, units_of_time
from extraction.knowledge import cues
from extraction.named_periods import part_of_period, season_before, season_of, week_month_or_year
from extraction.number_words import any_of
from extraction.reading import TimeExpression
from extraction.scanning import matches_at
from extraction.tokens import words_of
from extraction.word_places import word_places
from kb.facts import Interval, Time
from kb.patterns import compiled

_ONE = {"quarter": "3 months", "half year": "6 months", "half-year": "6 months"}
_OTHER_DAY = 10  # days that "the other day" may lie back
_FIRST_WORDS = (
    "in over within during for throughout across the these her his last past previous preceding prior about approx "
    "approximately around nearly almost some roughly c. since lasting duration total course times x day yesterday "
    "today this by earlier tonight until till from through to of as"
).split(" ")


@functools.cache
def _relative_pattern() -> re.Pattern[str]:
    amount = re.sub(r"\?P<\w+>", "?:", amount_pattern().pattern)
    amount = f"(?:{amount})"
    nearly = "nearly|almost|not quite|just under|close to"
    about = rf"(?:(?:about|approximately|approx\.?|around|{nearly}|some|roughly|~|c\.) ?)?"
    month = any_of(list(month_names()))
    part = any_of(list(cues("timing")["parts"]))
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
        rf"|(?P<recent>{any_of(cues('timing')['recent_words'])})(?![a-z]| as )"
        rf"|(?P<part>{part})[ -](?:(?P<part_month>{month})\.?[ ,]*)?(?P<part_year>(?:19|20)\d\d)?(?![\d])"
        rf"|(?P<season>{any_of(list(cues('timing')['seasons']))}) (?:of )?(?P<season_year>(?:19|20)\d\d)"
        rf"|(?P<season_told>{any_of(list(cues('timing')['seasons']))}),? (?:of )?(?:the )?"
        r"(?P<of_year>year before last|(?:last|past|previous|this|current) year)(?![a-z])"
        r"|(?:last|this|(?:in|over|during|by)(?: the)?(?: early| late)?(?! (?:the )?fall))"
        rf" (?P<season_back>{any_of(list(cues('timing')['seasons']))})"
        r"(?![a-z]|,? (?:of )?(?:(?:19|20)\d\d|(?:the )?(?:(?:last|past|previous|this|current) year|year before)))"
        r"|(?:in|by|since|until|till|from|last|this|through|to|of|during|around"
        rf"|(?:(?<=late )|(?<=recently )|(?<=early )|(?<=back )|(?<=lately ))as) (?P<month>{month})"
        r"(?![a-z\d]|\.?,? ?(?:19|20)\d\d"
        r"|\.? ?'?\d{1,2}(?!\d|\.\d| ?(?:x|mg|g|kg|%|days?|weeks?|months?|doses|courses|cycles|episodes)\b))"
        ")",
        re.IGNORECASE,
    )


_GLUED = ("for", "over", "during", "lasting", "times", "x")  # an amount may follow without a space


@functools.cache
def _digits() -> re.Pattern[str]:
    """A number with what opens a further number or the name of a unit behind it."""
    units = {re.escape(unit[:2]) for unit in units_of_time() if len(unit) > 1}
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
    amount = amount_pattern()
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
    found |= dict.fromkeys(("to", "from", "until", "till", "through", "of", "as"), months)
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


def relative_times(normal: str, reference: date | None) -> Iterator[TimeExpression]:
    """The relative times in order; those that need the reference stand without days where it is not known."""
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
        time = part_of_period(match, None, written)
    if time is None and match["season"]:
        time = season_of(match["season"], int(match["season_year"]), written)
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
        read = read_amount(_ONE.get(one, f"1 {one}") if (one := (match["one"] or "").lower()) else written)
        if read is None and match["leading"]:
            read = read_amount(re.sub(r"\bthe (?=[a-z])", "1 ", written, count=1))
        if read is None:
            return None
        span = read
    low, high, unit = span
    days = Interval(days_in(low, unit, shortest=True), days_in(high, unit, shortest=False))
    if reference is None:
        return TimeExpression(match.start(), match.end(), "lookback", Time(None, None, written), days=days)
    earliest = units_before(reference, low, unit)
    began = Time(units_before(reference, high, unit), earliest, written)
    return TimeExpression(
        match.start(), match.end(), "lookback", Time(earliest, reference, written), days=days, start_time=began
    )


def _last_of_two(season: str, newest: Time, written: str) -> Time:
    """ "Last spring", in spring: the one before, or the one that goes on."""
    if newest.earliest is None:
        return newest
    return Time(season_of(season, newest.earliest.year - 1, written).earliest, newest.latest, written)


def _relative_time(match: re.Match[str], reference: date, written: str) -> Time | None:
    if match["ago"] or match["since"]:
        read = read_amount(written)
        if read is None:
            return None
        low, high, unit = read
        slack = timedelta(days=units_of_time()[unit][2])
        latest = min(units_before(reference, low, unit) + slack, reference)
        return Time(units_before(reference, high, unit) - slack, latest, written)
    if match["day"]:
        words = match["day"].lower()
        if words == "the other day":
            return Time(reference - timedelta(days=_OTHER_DAY), reference - timedelta(days=1), written)
        off = 2 if words.startswith("day before") else 1 if words.startswith(("yesterday", "last")) else 0
        return Time.on(reference - timedelta(days=off), written)
    if match["unit_back"]:
        which, unit = match["unit_back"].lower().split()
        return week_month_or_year(which, unit, reference, written)
    if match["part"]:
        return part_of_period(match, reference, written)
    if match["season_told"]:
        told = match["of_year"].lower()
        back = 2 if told.endswith("before last") else 0 if told.startswith(("this", "current")) else 1
        season = season_of(match["season_told"], reference.year - back, written)
        return None if season.earliest is None or season.earliest > reference else season
    if match["season_back"]:
        newest = season_before(match["season_back"], reference, written)
        if newest is not None and newest.latest == reference and written.lower().startswith("last"):
            return _last_of_two(match["season_back"], newest, written)
        return newest
    if match["month"]:
        month = month_number(match["month"])
        year = reference.year if month <= reference.month else reference.year - 1
        return whole_month(year, month, written)
    return None
