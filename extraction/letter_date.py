"""The letter's own date: a text in, an interval of days or None out.

A date behind a label ("Date:", "Dictated", "Clinic date"), else one alone on its line at the head or the foot.
Dates of birth, of samples and of the story told are not the letter's.
"""

from __future__ import annotations

import functools
import re
from datetime import date

from extraction.dates import Order, date_order, find_dates, read_date
from extraction.knowledge import cues
from extraction.normalise import normalise
from kb.facts import Time

_HEAD_LINES = 25
_FOOT_LINES = 8
_TITLE_LINES = 4
_WORDS_OF_A_TITLE = 12
_TOLD, _IN_TITLE, _ALONE = 80, 90, 100  # behind every label
_TODAY = re.compile(r"\btoday(?:'s date)?(?: is| on)?[ ,:(]{1,3}$", re.IGNORECASE)
_CELL = re.compile(r"\s{2,}|\t|\|")  # what sets a date at the end of a line apart from the words before it


@functools.cache
def _label() -> re.Pattern[str]:
    labels = sorted(map(re.escape, cues("timing")["letter_date_labels"]), key=len, reverse=True)
    weekdays = "|".join(cues("timing")["weekdays"])
    return re.compile(
        rf"(?<![\w-])(?P<label>{'|'.join(labels)})(?P<colon>\s*[:.]?\s*)(?:on )?(?:(?:{weekdays})[,.]? ?)?$",
        re.IGNORECASE,
    )


@functools.cache
def _never() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, cues("timing")["not_letter_date"])), re.IGNORECASE)


def find_letter_date(text: str) -> Time | None:
    """The letter's date; None where the letter has none.

    >>> find_letter_date("City Hospital\\nDate: 15 June 2026\\n\\nDear colleague,\\nBorn 3 May 1990.").earliest
    datetime.date(2026, 6, 15)
    """
    normal = normalise(text)
    order = date_order(normal)
    lines = normal.split("\n")
    filled = [number for number, line in enumerate(lines) if line.strip()]
    head, foot = filled[:_HEAD_LINES], filled[-_FOOT_LINES:]
    best: tuple[int, Time] | None = None
    for number in [*head, *(line for line in foot if line not in head)]:
        ranked = _rank(lines[number], order, is_title=number in filled[:_TITLE_LINES])
        if ranked is not None and (best is None or ranked[0] < best[0]):
            best = ranked
    return None if best is None else best[1]


def _rank(line: str, order: Order, *, is_title: bool) -> tuple[int, Time] | None:
    """How sure it is that the line gives the letter's date (lower is surer), and the date."""
    last_end = 0
    dates = [match for match in find_dates(line) if _is_full(match)]
    best: tuple[int, Time] | None = None
    for match in dates:
        before, last_end = _CELL.split(line[last_end : match.start()])[-1], match.end()
        time = read_date(match, order, None)
        if time is None or time.earliest is None or time.earliest > date(2100, 1, 1):
            continue
        rank = _rank_of(line, match, before, only=len(dates) == 1, last=match is dates[-1], is_title=is_title)
        if rank is not None and (best is None or rank < best[0]):
            best = rank, time
    return best


def _is_full(match: re.Match[str]) -> bool:
    """Whether the date has its day, month and year."""
    return not any(match[part] for part in ("dm_m", "md_m", "my_m", "m_y_m", "y_m_m", "sd_a", "sc_a"))


def _rank_of(line: str, match: re.Match[str], before: str, *, only: bool, last: bool, is_title: bool) -> int | None:
    labelled = _label().search(before)
    opens = labelled is not None and (":" in labelled["colon"] or _opens_line(before[: labelled.start()]))
    if labelled is not None and opens and not _never().search(before):
        return int(cues("timing")["letter_date_labels"].index(labelled["label"].lower()))
    if _TODAY.search(line[: match.start()]):
        return _TOLD
    words = set(re.findall(r"[a-z-]+", line.lower()))
    if is_title and last and not only and words & set(cues("timing")["stays"]):
        return _IN_TITLE
    if not only or _never().search(before):
        return None
    is_story = bool(words & set(cues("timing")["words_of_a_story"]))
    if is_title and not is_story and len(words) <= _WORDS_OF_A_TITLE:
        return _IN_TITLE
    return _ALONE if _stands_alone(before, line[match.end() :]) else None


def _opens_line(before: str) -> bool:
    """Whether so little stands before a label that no sentence is under way."""
    return len(before.split()) <= 5 and not re.search(r"[,.;]", before)


def _stands_alone(before: str, after: str) -> bool:
    """Only a place, a weekday or a greeting's punctuation stands beside the date."""
    after = re.sub(r"\([^()]*\)", "", after)
    rest = re.sub(r"\d{1,2}[:.]\d\d(?::\d\d)?|[\W\d_]+", " ", after).strip()
    words = before.replace(":", " ").split()
    return len(rest) <= 12 and len(words) <= 4 and (not words or before.rstrip()[-1:] in ",|-:" or len(words) <= 1)
