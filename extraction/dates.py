"""Calendar dates as letters write them: a match of digits or month names in, an interval of days out.

A date known to the month is its first to its last day. "03/04/2026" is read by the letter's own evidence (an
unambiguous date, spelling, the hospital's country), else as an interval over both readings.
"""

from __future__ import annotations

import functools
import re
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from extraction.knowledge import cues
from extraction.scanning import matches_at
from extraction.word_places import word_places
from kb.facts import Time
from kb.patterns import compiled

Order = Literal["day first", "month first", "not known"]

_MONTHS = 12
_ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]


@functools.cache
def month_names() -> dict[str, int]:
    """The names of the months in small letters, those with a dotless i also as capitals become small ones."""
    months = enumerate(cues("timing")["months"].values(), 1)
    return {form: number for number, names in months for name in names for form in (name, name.replace("ı", "i"))}


def month_number(name: str) -> int:
    """The number of a month by a name in any case, with or without its full stop.

    >>> month_number("MAYIS"), month_number("HAZİRAN"), month_number("Sept.")
    (5, 6, 9)
    """
    return month_names()[name.lower().rstrip(".").replace("\u0307", "")]  # a small İ is an i and a dot


@functools.cache
def month_pattern() -> str:
    return "(?:" + "|".join(sorted(map(re.escape, month_names()), key=len, reverse=True)) + r")(?![a-z])"


# words straight before the day of a stay or of a treatment
_STAYS = (
    *("adm", "admit", "admitted", "readm", "readmitted", "admission", "hosp", "hospitalised", "hospitalized"),
    *("d/c", "dc'd", "d/c'd", "d/ced", "dc", "disch", "discharge", "discharged"),
)
_LED_SHORTLY = (
    *_STAYS,
    *("pulse", "pulses", "infusion", "infusions"),
    *("cycle", "given", "received", "rec'd", "last", "final", "cyc", "ctx", "ivcy", "ivig", "rtx", "plex", "pex"),
    *(
        "seizure",
        "seizures",
        "gtcs",
        "event",
        "onset",
        "relapse",
        "x1",
        "x2",
        "x3",
        "x5",
        "no 1",
        "no 2",
        "no 3",
        "nr 1",
    ),
)
_LEADS_STAY = "|".join(rf"(?<=\b{word} )" for word in _STAYS)
_LEADS_SHORT_DAY = "|".join([*(rf"(?<=\b{word} )" for word in _LED_SHORTLY), r"(?<=\badm\. )", r"(?<=#\d )"])


@functools.cache
def date_pattern() -> re.Pattern[str]:
    """One pattern for every calendar date; the names of its groups say the form."""
    month = month_pattern()
    forms = [
        r"(?P<iso_y>(?:19|20)\d\d)(?P<iso_s>[-/.])(?P<iso_m>1[0-2]|0?[1-9])(?P=iso_s)(?P<iso_d>3[01]|[12]\d|0?[1-9])(?!\d)",
        r"(?P<han_y>(?:19|20)\d\d)\s?年\s?(?P<han_m>1[0-2]|0?[1-9])\s?月(?:\s?(?P<han_d>3[01]|[12]\d|0?[1-9])\s?日)?",
        r"(?P<num_a>3[01]|[12]\d|0?[1-9])(?P<num_s> ?[-/.] ?)(?P<num_b>3[01]|[12]\d|0?[1-9])(?P=num_s)"
        r"(?P<num_y>(?:19|20)\d\d|(?<! )\d\d)(?![\d%]|[.,]\d)",
        r"(?P<rom_d>3[01]|[12]\d|0?[1-9])(?P<rom_s>[-/.])(?P<rom_m>x?i{1,3}|i?[vx]|vi{1,3})(?P=rom_s)(?P<rom_y>(?:19|20)\d\d)",
        rf"(?P<dmy_d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|"
        rf"th)?(?:[ ](?:day[ ])?(?:of|de))?[-/. ]{{0,2}}(?P<dmy_m>{month})\.?"
        r"(?:[ ]de[ ])?[-/., ]{0,2}"
        r"(?P<dmy_y>(?:19|20)\d\d|(?<!,)(?<!, )'?\d\d(?![\d.%]|:\d|[ ]?(?:mg|g|kg|%|[-/]\d)))",
        rf"(?P<ymd_y>(?:19|20)\d\d)[-/. ]{{1,2}}(?P<ymd_m>{month})[-/. ]{{1,2}}(?P<ymd_d>3[01]|[12]\d|0?[1-9])"
        r"(?:st|nd|rd|th)?(?!\d|[.,]\d| ?(?:mg|g|kg|%|x|ml|mcg|days|weeks|months)\b)",
        rf"(?P<mdy_m>{month})(?:\.?[ ]?|[-.])(?:the[ ])?(?P<mdy_d>3[01]|[12]\d|"
        rf"0?[1-9])(?:st|nd|rd|th)?(?:,?[ ]|[-.,])(?P<mdy_y>(?:19|20)\d\d)",
        rf"(?P<my_m>{month})\.?[-/, ]{{0,2}}(?:of )?(?P<my_y>(?:19|20)\d\d|'\d\d|(?<=[-/'])\d\d(?!\d))",
        rf"(?P<dm_d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?:[ ]of)?(?:[-/]|[ ]{{1,2}})(?P<dm_m>{month})",
        rf"(?P<md_m>{month})\.? (?P<md_d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
        r"(?!\d|[ -]?(?:mg|g|kg|%|days|weeks|months|h|hr|hrs|hour|hours)\b)",
        r"(?P<m_y_m>1[0-2]|0?[1-9])[/.-](?P<m_y_y>(?:19|20)\d\d)(?![\d/])",
        r"(?:(?<=\bon )|(?<=\bdated )|(?<=\bsince )|(?<=\buntil )|(?<=\bfrom )|(?<=\bto )|(?<=\bdose )|(?<=\bof )"
        r"|(?<=\bstopped )|(?<=\bfinished )|(?<=\bended )|(?<=\bcompleted )|(?<=\bstarted )|(?<=\bbegan )|(?<=\bbegun )"
        r"|(?<=\btill )|(?<=\bthrough )|(?<=\bthru )|(?<=\bpill was )|(?<=\bdose was )|(?<=\btablet was )"
        r"|(?<=\bcapsule was )|(?<=\binfusion was )|(?<=\bpill )|(?<=\btablet )|(?<=\bcapsule )|(?<=\())"
        r"(?P<sd_a>3[01]|[12]\d|0?[1-9])/(?P<sd_b>3[01]|[12]\d|0?[1-9])(?![\w/%]|[.,-]\d| ?mg)",
        # a stay or a treatment in shorthand ("adm 26/1", "CYC #1 31/1"), no count of days or months ("adm 5/7", "3/12")
        rf"(?:{_LEADS_SHORT_DAY})(?P<st_a>3[01]|[12]\d|0?[1-9])/(?P<st_b>3[01]|[12]\d|0?[1-9])(?<!\D[1-9]/7)(?<!14/7)"
        r"(?<!\D\d/12)(?<!1\d/12)(?![\w/%]|[.,-]\d| ?(?:mg|g|kg|ml|power|joints?|days?|weeks?|months?|doses)\b)",
        # no score, no count of weeks or months ("03/12"), no month of a year ("05/24"), and not "24/7"
        r"(?P<sp_a>3[01]|2\d|1[3-9])/(?P<sp_b>0[1-9]|1[12])(?![\w/%]|[.,-]\d| ?(?:mg|g|kg|power)\b)",
        # "stopped on 16-05"
        r"(?:(?<=\bon )|(?<=\buntil )|(?<=\btill ))"
        r"(?P<sh_a>3[01]|2\d|1[3-9]|0[1-9])-(?P<sh_b>0[1-9]|1[0-2])(?![\w/%-]|[.,]\d| ?(?:mg|g|kg|mcg|ml|units?|weeks?"
        r"|months?|days?|years?|hours?|tablets?|points?|/)(?![a-z]))",
        # "since 5.3., until 12.3."
        r"(?:(?<=\bsince )|(?<=\buntil )|(?<=\btill )|(?<=\bseit )|(?<=\bbis )|(?<=\bvom )|(?<=\bbis zum ))"
        r"(?P<sg_a>3[01]|[12]\d|0?[1-9])\.(?P<sg_b>1[0-2]|0?[1-9])\.(?=[\s,;)])(?!\s?(?:19|20)?\d\d\b)",
        # "given on 16.02.", "readmitted 5.2."
        rf"(?:(?<=\bon )|(?<=\bon the )|(?<=\bfrom )|(?<=\bdated )|(?<=\bam )|{_LEADS_SHORT_DAY})"
        r"(?P<sz_a>3[01]|[12]\d|0?[1-9])\.(?P<sz_b>0[1-9]|1[0-2])\.(?=[\s,;)])(?!\s?(?:19|20)?\d\d\b)",
        rf"(?:{_LEADS_STAY})(?P<sy_a>3[01]|[12]\d|[1-9])\.(?P<sy_b>1[0-2]|[1-9])\.(?=[\s,;)])(?!\s?(?:19|20)?\d\d\b)",
        r"(?P<sc_a>3[01]|[12]\d|0?[1-9])/(?P<sc_b>3[01]|[12]\d|0?[1-9])(?=: )",
        r"(?P<y_m_y>(?:19|20)\d\d)[-/.](?P<y_m_m>1[0-2]|0[1-9])(?![\d/%-]|\.\d)",
    ]
    opening = r"(?:(?<![\w.,/-])|(?<=\d{4}-)|(?<=[/.]\d\d-)|(?<=\d\.-))"  # a date may follow another one's hyphen
    return compiled(opening + "(?:" + "|".join(forms) + ")(?!\\w)", re.IGNORECASE)


@functools.lru_cache(maxsize=64)
def month_places(normal: str) -> tuple[int, ...]:
    """The places of a text where the name of a month stands."""
    places = word_places(normal)
    return tuple(sorted(place for name in month_names().keys() & places.keys() for place in places[name]))


@functools.lru_cache(maxsize=64)  # the letter's date, the order of its dates and its times all ask
def find_dates(normal: str) -> tuple[re.Match[str], ...]:
    """All matches of `date_pattern`, none overlapping; it is tried only where a date may begin.

    >>> [match.group() for match in find_dates("In May 2024, not in 1/2; on 03/04/2026.")]
    ['May 2024', '03/04/2026']
    """
    numbers = (match.start() for match in _goes_on().finditer(normal))
    return tuple(matches_at(sorted([*numbers, *month_places(normal)]), date_pattern(), normal))


@functools.cache
def _goes_on() -> re.Pattern[str]:
    """The beginning of a number with what every date has behind it: a sign and a number, or a month's beginning."""
    months = "|".join(sorted({re.escape(name[:2]) for name in month_names()}))
    return compiled(
        r"\d(?<!\w.)(?=\d{0,3}"
        rf"(?:\s?年| ?[-/.](?: ?\d|[xiv])|(?:st|nd|rd|th)?(?: (?:of|de))?[-/. ]{{0,3}}(?:{months})))",
        re.IGNORECASE,
    )


def day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def whole_month(year: int, month: int, written: str = "") -> Time:
    first = date(year, month, 1)
    return Time(first, first + relativedelta(months=1) - timedelta(days=1), written)


def whole_year(year: int, written: str = "") -> Time:
    return Time(date(year, 1, 1), date(year, 12, 31), written)


def full_year(written: str, newest: int) -> int:
    """Four digits of a year; two-digit years run up to the year after `newest`."""
    digits = written.lstrip("'")
    if len(digits) == 4:
        return int(digits)
    return 2000 + int(digits) if 2000 + int(digits) <= newest + 1 else 1900 + int(digits)


def read_date(match: re.Match[str], order: Order, reference: date | None, year: int | None = None) -> Time | None:
    """The interval of days that a match of `date_pattern` names, or None where it is no date.

    `reference` is the letter's date: a day or month without a year is the last one not after it, or lies in
    `year` where the sentence has named one.
    """
    group = match.groupdict()
    written = match.group()
    newest = reference.year if reference else 2040
    for form in ("iso", "han"):
        if group[f"{form}_y"]:
            numbers = int(group[f"{form}_y"]), int(group[f"{form}_m"])
            if not group[f"{form}_d"]:
                return whole_month(*numbers, written)
            return _on(day_of(*numbers, int(group[f"{form}_d"])), written)
    if group["num_y"]:
        return _numeric(match, order, newest, reference)
    for form in ("dmy", "mdy", "ymd"):
        if group[f"{form}_y"]:
            year_written = full_year(group[f"{form}_y"], newest)
            return _on(day_of(year_written, month_number(group[f"{form}_m"]), int(group[f"{form}_d"])), written)
    if group["rom_y"]:
        return _on(day_of(int(group["rom_y"]), _ROMAN.index(group["rom_m"].lower()) + 1, int(group["rom_d"])), written)
    if group["my_y"]:
        return whole_month(full_year(group["my_y"], newest), month_number(group["my_m"]), written)
    for form in ("m_y", "y_m"):
        if group[f"{form}_y"]:
            return whole_month(int(group[f"{form}_y"]), int(group[f"{form}_m"]), written)
    for form in ("sg", "sz", "sy"):
        if group[f"{form}_a"]:
            return _short(int(group[f"{form}_a"]), int(group[f"{form}_b"]), "day first", reference, written)
    for form in ("sd", "st", "sp", "sc", "sh"):
        if group[f"{form}_a"]:
            return _short(int(group[f"{form}_a"]), int(group[f"{form}_b"]), order, reference, written)
    for form in ("dm", "md"):
        if group[f"{form}_m"]:
            return _without_year(month_number(group[f"{form}_m"]), int(group[f"{form}_d"]), reference, year, written)
    return None


def _on(day: date | None, written: str) -> Time | None:
    return None if day is None else Time.on(day, written)


def _numeric(match: re.Match[str], order: Order, newest: int, reference: date | None) -> Time | None:
    first, second = int(match["num_a"]), int(match["num_b"])
    year = full_year(match["num_y"], newest)
    if match["num_s"].strip() == ".":
        order = "day first"
    day_first, month_first = day_of(year, second, first), day_of(year, first, second)
    if day_first is None or month_first is None:
        return _on(day_first or month_first, match.group())
    if order == "day first":
        return Time.on(day_first, match.group())
    if order == "month first":
        return Time.on(month_first, match.group())
    early, late = min(day_first, month_first), max(day_first, month_first)
    if reference is not None and early <= reference < late:
        late = early  # what a letter tells has been by the letter's day
    return Time(early, late, match.group())


def _short(first: int, second: int, order: Order, reference: date | None, written: str) -> Time | None:
    """ "5/18" where the month is first in the letter, or no other reading is left: the last not after the letter."""
    if order == "not known" and max(first, second) <= _MONTHS:
        return None
    day_first = second <= _MONTHS and (order == "day first" or first > _MONTHS)
    day, month = (first, second) if day_first else (second, first)
    return _without_year(month, day, reference, None, written) if month <= _MONTHS else None


def _without_year(month: int, day: int, reference: date | None, year: int | None, written: str) -> Time | None:
    if year is not None:
        return _on(day_of(year, month, day), written)
    if reference is None:
        return None
    for candidate in (reference.year, reference.year - 1):
        found = day_of(candidate, month, day)
        if found is not None and found <= reference:
            return Time.on(found, written)
    return None
