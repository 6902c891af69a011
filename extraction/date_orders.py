"""The order in which a letter writes its numeric dates: a normalised text in, which stands first out.

Its own evidence decides: a number above 12, a weekday or a month's name beside a date, its spelling, the newest date.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import date

from extraction.dates import Order, find_dates, month_number, month_pattern, read_date
from extraction.knowledge import cues
from kb.patterns import compiled

_TITLE_LINES = 4
_TO_COME = compiled(
    r"\b(?:next|appointments?|reviews?|follow|planned|plan|due|until|till|scheduled|booked|will|return"
    r"|see (?:her|him)|control|expires?|expiry|valid|by|before|listed|expected|edd|delivery)\b",
    re.IGNORECASE,
)


def _numeric_dates(normal: str) -> Iterator[re.Match[str]]:
    return (match for match in find_dates(normal) if match["num_y"])


@functools.lru_cache(maxsize=2)
def date_order(normal: str) -> Order:
    """How this letter writes numeric dates, by its own evidence.

    >>> date_order("seen on 25/03/2026, bloods 03/04/2026"), date_order("03/04/2026")
    ('day first', 'not known')
    """
    day_first = month_first = False
    for match in _numeric_dates(normal):
        month = _month_in_brackets(normal, match.end())
        if month is not None and int(match["num_a"]) != int(match["num_b"]):
            day_first |= month == int(match["num_b"])
            month_first |= month == int(match["num_a"])
        on_its_weekday = _order_of_weekday(normal, match)
        day_first |= on_its_weekday == "day first"
        month_first |= on_its_weekday == "month first"
        if match["num_s"].strip() != ".":
            day_first |= int(match["num_a"]) > 12
            month_first |= int(match["num_b"]) > 12
    if day_first != month_first:
        return "day first" if day_first else "month first"
    words = set(re.findall(r"[^\W\d_][\w.&-]*", normal.lower()))
    lower = normal.lower()
    british = sum(_stands_in(word, words, lower) for word in cues("timing")["day_first"])
    american = sum(_stands_in(word, words, lower) for word in cues("timing")["month_first"])
    if bool(british) != bool(american):
        return "day first" if british else "month first"
    return _order_by_newest(normal)


@functools.cache
def _weekday_before() -> re.Pattern[str]:
    return compiled(r"\b(?P<day>mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,? ?$", re.IGNORECASE)


def _order_of_weekday(normal: str, match: re.Match[str]) -> Order:
    """The order in which a date falls on the weekday before it: "Mon 8/10/2026" is a day in August."""
    told = _weekday_before().search(normal, max(0, match.start() - 12), match.start())
    if told is None:
        return "not known"
    weekday = "mon tue wed thu fri sat sun".split().index(told["day"].lower())
    orders: tuple[Order, Order] = ("day first", "month first")
    fits = [
        order
        for order in orders
        if (time := read_date(match, order, None)) and time.earliest == time.latest and time.earliest
        if time.earliest.weekday() == weekday
    ]
    return fits[0] if len(fits) == 1 else "not known"


@functools.cache
def _in_brackets() -> re.Pattern[str]:
    """A day and month in words in brackets: "(first of October)", "(4 March)"."""
    month = month_pattern()
    return compiled(
        rf"\s*\((?:the )?(?:[\w-]+ (?:of )?(?P<behind>{month})|(?P<before>{month}) (?:the )?[\w-]+)\)",
        re.IGNORECASE,
    )


def _month_in_brackets(normal: str, end: int) -> int | None:
    """The month that brackets behind a date of numbers name it by: "1/10/2025 (first of October)"."""
    match = _in_brackets().match(normal, end) if normal[end : end + 2].strip()[:1] == "(" else None
    return None if match is None else month_number(match["behind"] or match["before"])


def _order_by_newest(normal: str) -> Order:
    """The order in which the newest numeric date, usually the letter's own, is not older than the dates in words."""
    words, day_first, month_first = [], [], []
    title = find_dates(_title(normal))
    if title and not title[0]["num_y"]:
        order = _order_of_words(title[0])
        return "not known" if _is_ahead_by(normal, title[0], order) else order
    for match in find_dates(normal):
        if match["num_y"]:
            day_first.append(read_date(match, "day first", None))
            month_first.append(read_date(match, "month first", None))
        elif not (match["dm_m"] or match["md_m"]):
            words.append(read_date(match, "not known", None))
    told = [time.earliest for time in words if time and time.earliest]
    if not day_first:
        return "not known"
    if not told:
        return _order_of_prose(normal)
    fits = {
        "day first": max((time.latest for time in day_first if time and time.latest), default=date.min) >= max(told),
        "month first": max((time.latest for time in month_first if time and time.latest), default=date.min)
        >= max(told),
    }
    if fits["day first"] == fits["month first"]:
        return _order_of_prose(normal)
    return "day first" if fits["day first"] else "month first"


def _order_of_prose(normal: str) -> Order:
    """The order of the days told in words, where all are in one: "2 June" and never "June 2"."""
    dates = find_dates(normal)
    told = {"day first" if match["dmy_m"] or match["dm_m"] else "month first" for match in dates if _in_words(match)}
    order: Order = "day first" if told == {"day first"} else "month first" if told == {"month first"} else "not known"
    first = next((match for match in dates if match["num_y"]), None)
    return "not known" if first is None or _is_ahead_by(normal, first, order) else order


def _in_words(match: re.Match[str]) -> bool:
    """Whether it is a day and a month's whole name with a space between: "2 June", "June 2, 2026", no "June 2nd"."""
    written = r"\d{1,2} [^\W\d_]{4,}(?: \d{4})?" if match["dmy_m"] or match["dm_m"] else r"[^\W\d_]{4,} \d{1,2},? \d{4}"
    return re.fullmatch(written, match.group()) is not None


def _is_ahead_by(normal: str, title: re.Match[str], order: Order) -> bool:
    """Whether a day that is told as past would be behind the letter's own, and is before it in the other order."""
    letter = read_date(title, order, None)
    other: Order = "month first" if order == "day first" else "day first"
    if order == "not known" or letter is None or letter.latest is None:
        return False
    for match in find_dates(normal):
        read, turned = (read_date(match, one, None) if match["num_y"] else None for one in (order, other))
        ahead = read is not None and read.earliest is not None and read.earliest > letter.latest
        behind = turned is not None and turned.latest is not None and turned.latest <= letter.latest
        if ahead and behind and not _TO_COME.search(normal[max(0, match.start() - 60) : match.start()]):
            return True
    return False


def _order_of_words(match: re.Match[str]) -> Order:
    """Who dates a letter "10 March 2026" counts days first, who writes "March 10, 2026" months."""
    if match["dmy_y"] and re.fullmatch(r"\d{1,2} [^\W\d_]+ \d{4}", match.group()):
        return "day first"
    return "month first" if match["mdy_y"] else "not known"


def _title(normal: str) -> str:
    """The first lines, where a letter has its own date."""
    return "\n".join([line for line in normal.split("\n", 40) if line.strip()][:_TITLE_LINES])


def _stands_in(word: str, words: set[str], lower: str) -> bool:
    return word in words if " " not in word else word in lower
