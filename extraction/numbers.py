"""Numbers as clinicians write them: a place in the text in, an interval with its span and written unit out.

One grammar for comparators, ranges, decimal commas, thousands, powers of ten, titres and multiples of the upper
limit of normal. What concept the number belongs to, and whether its unit fits, is decided by the caller.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from typing import Literal

from extraction.knowledge import cues
from kb.facts import Interval
from kb.patterns import compiled
from kb.units import find_unit

Form = Literal["number", "titre", "uln", "log"]
_DIGITS = (
    r"(?:\d{1,3}(?:,\d{2,3})+(?:\.\d+)?(?![\d,])|\d{1,3}(?:\.\d{3})+(?:,\d+)?(?![\d.])|\d{1,3} 000(?!\d)"
    r"|\d+[.,]\d+(?![.,]?\d)|\d+(?![.,]\d)|(?<![\d.])\.\d+|\d+[.,]\d+)"
)
_BEFORE, _REACH = 40, 400  # characters before and behind the place where a number is looked for
_FIGURES = frozenset("0123456789")
_TITRE = compiled(r"1 ?(?::|/|in ) ?(\d{1,3}(?:,\d{3})+|\d+)(?![\d/:]|[.,]\d)", re.IGNORECASE)
_EXPONENT = compiled(
    r" ?(?:[x*] ?10 ?(?:\^|\*\*?|e\+?)? ?(\d{1,2}|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|e\+?0?(\d{1,2}))(?![\d.])(?! ?/)", re.IGNORECASE
)
_BARE_POWER = compiled(r"10 ?(?:\^|\*\*) ?(\d{1,2})(?!\d)(?! ?/)")
_RANGE = compiled(r" ?(?:%|percent)? ?(?:-{1,2}|~|to|and) ?", re.IGNORECASE)
_NUMBER_HERE = compiled(_DIGITS)
_WITH_COMMA = compiled(r"\d(?<![\d.,].)\d{0,2},\d{1,2}(?![\d,])(?! ?,)")
_WITH_POINT = compiled(r"\d(?<![\d.,].)\d{0,3}\.\d{1,2}(?![\d.])")
_BROKEN = compiled(r"\d{1,3}(?: [.,] ?|\. )\d{1,2}(?![\d.,])")  # a scan's "1. 2 mg/dL"
_BETWEEN = compiled(r"between (?=\d)", re.IGNORECASE)
_MULTIPLE = compiled(
    r" ?(millions?|mio|mln|thousand|lakhs?|lacs?|crores?)\.?"
    r"(?= ?(?:international )?(?:[ui]\.?[ui]\b|units|copies|copias|cop\b|geq))",
    re.IGNORECASE,
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_TIMES = compiled(r" ?(?:x|\*|times|-? ?fold)", re.IGNORECASE)
_LOG = compiled(r" ?log(?: ?_?10|₁₀)?(?![a-z])(?: ?\(?)?", re.IGNORECASE)
_LOG_BEFORE = compiled(r"log(?: ?_?10|₁₀)?(?: (?:of|is|was)| ?[=:])? ?(?=\d{1,2}[.,]\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """A number in the text: [start, end) covers comparator, number and unit; `unit` is the letter's spelling."""

    start: int
    end: int
    interval: Interval
    unit: str | None = None
    form: Form = "number"


@functools.cache
def _comparators() -> tuple[re.Pattern[str], dict[str, str]]:
    kinds = {word: kind for kind, words in cues("measurements")["comparators"].items() for word in words}
    longest = sorted(kinds, key=len, reverse=True)
    forms = "|".join(re.escape(word) + (r"(?![a-z])" if word[-1].isalpha() else "") for word in longest)
    return compiled(rf"(?:{forms})", re.IGNORECASE), kinds


@functools.cache
def _uln() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(cues("measurements")["uln"], key=len, reverse=True))
    return compiled(
        r" ?(?:x|\*|times|-? ?fold|fold)?(?: (?:raised|elevated|increased|up|higher))?"
        r"(?: (?:above|over|of|the|that of|greater than|higher than|compared (?:with|to)|relative to|against|than))*"
        rf" ?(?:{names})(?![a-z])",
        re.IGNORECASE,
    )


@functools.cache
def _glued() -> re.Pattern[str]:
    """What a number may hang on: "ranged from256", and in a chart the name: "Na138 K4.1 Cr88"."""
    known = cues("measurements")["glued"]
    return compiled(rf"(?<![A-Za-z])(?:{'|'.join([*known['words'], *known['names']])})$")


@functools.cache
def small_numbers() -> dict[str, float]:
    """The values of numbers in words up to ninety-nine: "seven", "twenty-one", "twenty one", "twice"."""
    known = {word: float(value) for word, value in cues("measurements")["number_words"].items()}
    ones = {word: value for word, value in known.items() if 1 <= value <= 9 and word not in ("once", "twice", "thrice")}
    for ten, value in cues("measurements")["tens"].items():
        known[ten] = float(value)
        known |= {f"{ten}{joint}{one}": float(value) + more for joint in "- " for one, more in ones.items()}
    return known


@functools.cache
def _words() -> tuple[re.Pattern[str], dict[str, float]]:
    """Numbers and multiples in words, as a pattern and with their values."""
    known = small_numbers() | {word: float(value) for word, value in cues("measurements")["multiples"].items()}
    return compiled("(?:" + "|".join(sorted(known, key=len, reverse=True)) + r")(?![a-z])", re.IGNORECASE), known


@functools.cache
def _decades() -> tuple[re.Pattern[str], dict[str, float]]:
    known = {word: float(value) for word, value in cues("measurements")["decades"].items()}
    return compiled(rf"(?:(?:low|lower|mid|high|upper)[ -])?({'|'.join(known)})(?![a-z])", re.IGNORECASE), known


def decimal_comma(normal: str) -> bool:
    """Whether a letter writes its decimals with a comma, by its own evidence.

    >>> decimal_comma("Kreatinin 1,2 mg/dl, Hb 10,4 g/dl"), decimal_comma("creatinine 1.2 mg/dL, platelets 98,000")
    (True, False)
    """
    with_comma = len(_WITH_COMMA.findall(normal))
    return with_comma > 0 and with_comma > len(_WITH_POINT.findall(normal))


def to_float(digits: str, comma: bool) -> float:
    """The number that digits with separators stand for.

    >>> to_float("1,200", False), to_float("0,85", False), to_float("1.200", True), to_float("2,50,000", False)
    (1200.0, 0.85, 1200.0, 250000.0)
    >>> to_float("1.250.000", False), to_float("1,250,000", True), to_float("1.250.000,5", True)
    (1250000.0, 1250000.0, 1250000.5)
    """
    digits = digits.replace(" ", "")
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        last = max(digits.rfind(","), digits.rfind("."))
        return float(re.sub(r"[.,]", "", digits[:last]) + "." + digits[last + 1 :])
    if commas:
        grouped = re.fullmatch(r"[1-9]\d{0,2}(?:,\d{2})*,\d{3}", digits) is not None
        return float(digits.replace(",", "" if grouped or commas > 1 else "."))
    grouped = comma and re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+", digits) is not None
    return float(digits.replace(".", "") if grouped or points > 1 else digits)


def read_number(normal: str, start: int, limit: int, comma: bool, *, ranges: bool = True) -> Written | None:
    """The number written at `start` (after spaces), up to `limit`; None where there is none.

    `ranges` is False where "120 to 45" tells a course of values rather than a range.

    >>> found = read_number("LVEF 55-60 % today", 5, 18, False)
    >>> found.interval == Interval(55, 60), found.unit, (found.start, found.end)
    (True, '%', (5, 12))
    """
    base = max(0, start - _BEFORE)
    written = _read(normal[base : min(limit, start + _REACH)], start - base, comma, ranges=ranges)
    if written is None or base == 0:
        return written
    return Written(written.start + base, written.end + base, written.interval, written.unit, written.form)


def _read(text: str, start: int, comma: bool, *, ranges: bool) -> Written | None:
    """The number at `start` of a window of the text, with its place in the window."""
    at = begin = _skip_space(text, start)
    kind, between = "", False
    if text[at : at + 1] not in _FIGURES:  # only a bare number begins with one
        kind, at = _read_comparator(text, at)
        led = _BETWEEN.match(text, at, at + 9) if ranges else None
        if led:
            between, at = True, led.end()
        leading = _LOG_BEFORE.match(text, at)
        if leading:
            inner = _read(text, leading.end(), comma, ranges=ranges)
            return None if inner is None or inner.form != "number" else replace(inner, start=begin, form="log")
    if text.startswith("1", at) and _TITRE.match(text, at):
        return _read_titre(text, begin, at, kind)
    decade = _decades()[0].match(text, at) if text[at : at + 1].isalpha() else None
    if decade:
        least = _decades()[1][decade.group(1).lower()]
        return Written(begin, decade.end(), Interval(least, least + 10, high_open=True))
    first = _one_number(text, at, comma)
    if first is None:
        return None
    low, at = first
    high = low
    second = _second(text, at, comma, low) if ranges and kind == "" else None
    if second is not None:
        high, at = second
    elif between:
        return None
    interval = _compared(kind, low) if high == low else Interval(low, high)
    return _with_unit(text, begin, at, interval)


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t":
        at += 1
    return at


def _read_comparator(text: str, at: int) -> tuple[str, int]:
    pattern, kinds = _comparators()
    kind = ""
    for _ in range(2):  # "approximately > 60"
        match = pattern.match(text, at)
        if match is None:
            break
        found = "about" if _is_reached(text, match) else kinds[match.group().lower()]
        kind = found if found != "about" else kind
        at = _skip_space(text, match.end())
    return kind, at


def _is_reached(text: str, comparator: re.Match[str]) -> bool:
    """ "Raised up to 272", "climbed up to 90": the value that was reached, and no bound."""
    known = cues("measurements")["reached"]
    before = text[max(0, comparator.start() - 24) : comparator.start()].lower().rstrip()
    return comparator.group().lower() == known["by"] and before.endswith(tuple(known["verbs"]))


def _one_number(text: str, at: int, comma: bool) -> tuple[float, int] | None:
    if at > 0 and text[at - 1].isalnum() and not _glued().search(text, max(0, at - 8), at):
        return None
    broken = _BROKEN.match(text, at)
    if broken and _is_measured(text, broken.end()):
        return to_float(re.sub(r"\s", "", broken.group()), comma), broken.end()
    power = _BARE_POWER.match(text, at) if text.startswith("10", at) else None
    if power:
        return 10.0 ** int(power.group(1)), power.end()
    match = _NUMBER_HERE.match(text, at)
    if match is None:
        words, values = _words()
        word = words.match(text, at)
        return None if word is None else (values[word.group().lower()], word.end())
    if len(match.group()) > 15:
        return None
    value, at = to_float(match.group(), comma), match.end()
    exponent = _EXPONENT.match(text, at)
    if exponent and not _is_count_unit(text, at):
        digits = (exponent.group(1) or exponent.group(2)).translate(_SUPERSCRIPTS)
        if int(digits) <= 14:
            return value * 10.0 ** int(digits), exponent.end()
    return _multiplied(text, at, value)


def _multiplied(text: str, at: int, value: float) -> tuple[float, int]:
    """ "1.2 million IU/mL", "3 lakh copies": the number with the word behind it, where the unit follows that."""
    match = _MULTIPLE.match(text, at)
    if match is None or find_unit(text, _skip_space(text, at)) not in (None, match.end(1)):
        return value, at
    return value * float(cues("measurements")["large_numbers"][match[1].lower()]), match.end(1)


def _is_measured(text: str, at: int) -> bool:
    """Whether a unit of an amount in a volume stands here."""
    begin = _skip_space(text, at)
    end = find_unit(text, begin)
    return end is not None and "/" in text[begin:end]


def _is_count_unit(text: str, at: int) -> bool:
    """Whether "x10^9/L" stands here: a unit, not a power that belongs to the number."""
    end = find_unit(text, _skip_space(text, at))
    if end is None:
        return False
    return "/" in text[at:end] or not re.match(
        r" ?(?:iu|copies|cop|c/|cps|geq|log|/? ?ml)", text[end : end + 8], re.IGNORECASE
    )


def _second(text: str, at: int, comma: bool, low: float) -> tuple[float, int] | None:
    joint = _RANGE.match(text, at)
    if joint is None or not joint.group().strip(" %"):
        return None
    if "and" in joint.group().lower() and "between" not in text[max(0, at - 20) : at].lower():
        return None
    second = _one_number(text, joint.end(), comma)
    return second if second is not None and second[0] > low else None


def _compared(kind: str, value: float) -> Interval:
    if kind == "below":
        return Interval(None, value, high_open=True)
    if kind == "at_most":
        return Interval(None, value)
    if kind == "above":
        return Interval(value, None, low_open=True)
    if kind == "at_least":
        return Interval(value, None)
    return Interval.exactly(value)


def _read_titre(text: str, begin: int, at: int, kind: str) -> Written | None:
    first = _TITRE.match(text, at)
    if first is None:
        return None
    low, end = float(first.group(1).replace(",", "")), first.end()
    joint = compiled(r" ?(?:-|to|/) ?").match(text, end)
    second = _TITRE.match(text, joint.end()) if joint else None
    if second and float(second.group(1).replace(",", "")) > low:
        high = float(second.group(1).replace(",", ""))
        return Written(begin, second.end(), Interval(low, high), None, "titre")
    return Written(begin, end, _compared(kind, low), None, "titre")


def _with_unit(text: str, begin: int, at: int, interval: Interval) -> Written | None:
    multiple = _uln().match(text, at)
    if multiple is None and text[begin:at].lower() in cues("measurements")["multiples"]:
        return None  # "double": of what?
    if multiple and (_TIMES.match(multiple.group()) or text[at - 1].isalpha()):
        return Written(begin, multiple.end(), interval, "{ULN}", "uln")
    log = _LOG.match(text, at)
    if log:
        end = find_unit(text, _skip_space(text, log.end()))
        unit = None if end is None else text[_skip_space(text, log.end()) : end]
        closing = end if end is not None else log.end()
        return Written(begin, closing, interval, unit, "log")
    unit_start = _skip_space(text, at)
    end = find_unit(text, unit_start)
    if end is None:
        return Written(begin, at, interval)
    return Written(begin, end, interval, text[unit_start:end])
