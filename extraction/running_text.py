"""A letter's text in, its running text out: wrapped lines joined, margins and the gaps of justified lines closed.

How wide a page was set is no part of what it says. A line break inside a paragraph becomes a space, every other one
stays; columns of a table stay as they are. Each character keeps its place in the letter, so that quotes stay true.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from extraction.bare_answers import answered_lines
from extraction.dates import month_names
from extraction.knowledge import cues
from extraction.lines import (
    is_answered,
    is_heading,
    is_item,
    is_joining,
    is_salutation,
    is_table_row,
    key_of,
    opens_anew,
    opens_with_drug,
)
from extraction.normalise import plain
from kb.patterns import compiled

_WIDEST_PAGE, _NEARLY = 140, 0.7
_NARROWEST_PAGE = 40  # characters
_FEWEST_FULL = 3  # lines that end for their width alone, before that width is believed
_FEWEST_LONGER = 3  # lines
_NEARLY_FULL = 0.8  # of a line's characters, which are not all equally wide
_WORSE = 2  # of such lines, that one longer line weighs up
_LONG_ENOUGH = 45  # characters of a line that may be wrapped where the width is not known
_WORDS_OF_PROSE = 10
_NUMBER = compiled(r"[ \t]*(\d{1,2})\. ")
_FIRST_WORD = compiled(r"[^\W\d_]+")
_CLAUSE_ENDS = compiled(r"[.,;:] ")
_DAY_ALONE = compiled(r"\d{1,4}[./ -](?:\d{1,2}|[A-Za-z]{3,9})[./ -],? ?\d{2,4}")
_DAY_OF_A_ROW = compiled(r"[ \t]*\d{1,2}[./]\d{1,2}[./]\d{2,4}(?: {2,}|\t)")  # of a timeline
_SIGN_AMID = compiled(r"[ \t]*-[,;.)]")  # "anti-HCV" / "-, HIV -"
_PARTED_WORD = compiled(r"(?:\b(?P<opening>anti|co|non|pre|post)-|[^\W\d_]{2}[-/])\s*$", re.IGNORECASE)
_WORD = compiled(r"(?<!\S)[^\W\d_]{2,}[,.;]?(?!\S)")
_GAP = compiled(r"(?<=\S)  +(?=\S)")
# what a text recogniser leaves: a space before a full stop, two between any words
_SPACED_SIGN = compiled(r"\w [.,;](?=\s|$)", re.MULTILINE)
_DOUBLE_GAP = compiled(r"(?<=\S)  (?=\S)|(?<=\.) {3,}(?=[A-Z])")
_FEWEST_SPACED, _FEWEST_DOUBLE = 6, 12


@dataclass(frozen=True, slots=True)
class RunningText:
    """The text to be read, and for each of its characters its place in the letter; None where each is in its own."""

    text: str
    places: Sequence[int] | None

    def in_letter(self, start: int, end: int) -> tuple[int, int]:
        """The span of the letter that a span of the running text stands for."""
        if self.places is None or start >= end:
            return start, end
        return self.places[start], self.places[end - 1] + 1

    def from_letter(self, start: int, end: int) -> tuple[int, int]:
        """The span of the running text for one of the letter."""
        if self.places is None:
            return start, end
        begin = bisect_left(self.places, start)
        return begin, max(begin, bisect_left(self.places, end))


@functools.lru_cache(maxsize=2)  # a letter's date is found before the letter is read
def running_text(text: str) -> RunningText:
    """The running text of a letter.

    >>> running_text("none in\\n  the last year\\n- no rash").text
    'none in the last year\\n- no rash'
    >>> running_text("60 mg for the anti-\\r\\nGBM disease").in_letter(14, 21)
    (14, 23)
    """
    lines = plain(text).split("\n")
    gap = _DOUBLE_GAP if _is_spaced(text) else None
    joints = [*_joints(lines if gap is None else [gap.sub(" ", line) for line in lines]), None]
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    places: list[int] = []
    signs = list(text)
    begin = 0
    for line, before, behind in zip(lines, [None, *joints], joints, strict=False):
        end = begin + len(line)
        places += _kept(line, begin, margin, gap, continues=before is not None)
        if behind != "" and end < len(text):
            places.append(end)
        if behind:
            signs[end] = behind
        begin = end + 1
    if len(places) == len(text) and not any(joints):
        return RunningText(text, None)
    return RunningText("".join([signs[place] for place in places]), places)


def _is_spaced(text: str) -> bool:
    """Whether two spaces between words say nothing here, since they stand anywhere, as do those before full stops."""
    if text.count("  ") < _FEWEST_DOUBLE:
        return False
    return len(_SPACED_SIGN.findall(text)) >= _FEWEST_SPACED and len(_DOUBLE_GAP.findall(text)) >= _FEWEST_DOUBLE


def _kept(line: str, begin: int, margin: int, gap: re.Pattern[str] | None, *, continues: bool) -> list[int]:
    """The places of a line's characters but for its margin, the white space at its end and the gaps of prose."""
    first = len(line) - len(line.lstrip()) if continues else margin
    last = len(line.rstrip())
    at = first
    kept: list[int] = []
    gap = _GAP if "  " in line and _is_prose(line) else gap
    for found in gap.finditer(line, first, last) if gap is not None else ():
        kept += range(begin + at, begin + found.start() + 1)
        at = found.end()
    kept += range(begin + at, begin + max(at, last))
    return kept


def _is_prose(line: str) -> bool:
    return len(_WORD.findall(line)) >= _WORDS_OF_PROSE and not is_table_row(line)


def _joints(lines: Sequence[str]) -> Iterator[str | None]:
    """For each line but the last, what joins the next to it: a space, nothing inside a word; None where none does."""
    full, width = _full_line(lines), _width(lines)
    lengths = sorted(len(line.rstrip()) for line in lines if not is_table_row(line))
    numbers: set[int] = set()  # of the items of the list so far
    answered = answered_lines(lines)
    for at, (line, following) in enumerate(pairwise(lines)):
        number = _NUMBER.match(line)
        numbers = numbers | {int(number[1])} if number else numbers if line.strip() else set()
        if _is_answer_to(line, following):
            yield " "
            continue
        begins = _begins_item(following, numbers) or _signs(line, following)
        if at in answered:
            yield None
        elif not begins and _parts_word(line, following):
            yield ""
        elif width is not None and _is_reached(line, following, width) and _runs_on(line, following, begins=begins):
            yield " "
        else:
            room = _has_room(line, following, lengths)
            yield " " if _is_wrapped(line, following, full, begins=begins, room=room) else None


def _is_answer_to(line: str, following: str) -> bool:
    """Whether a line holds but the answer to the question that the line before asks: "Any cancer?" / "A: never"."""
    return line.rstrip().endswith("?") and _answer_line().match(following) is not None


@functools.cache
def _answer_line() -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, cues("sentences")["form"]["answers"]), key=len, reverse=True))
    led = rf"(?:A(?:ns(?:wer)?)?[ ]?\d{{0,2}}[.:)]|[-→=]+>?)[ \t]*(?:{words})(?![\w-])"
    return compiled(rf"[ \t]*(?:{led}|(?:{words})[ \t]*(?:[.,;:!(–-]|$))", re.IGNORECASE)


def _parts_word(line: str, following: str) -> bool:
    """Whether the line ends inside a word: "anti-" / "dsDNA", "mg/" / "kg"."""
    there = following.lstrip()[:1]
    parted = _PARTED_WORD.search(line)
    return parted is not None and (there.islower() or (parted["opening"] is not None and there.isalnum()))


def _is_reached(line: str, following: str, width: int) -> bool:
    """Whether the next line's first word would not have fitted on a line of that width."""
    length = len(line.rstrip())
    return 2 * length > width >= length and width < _with_next_word(length, following)


def _has_room(line: str, following: str, lengths: Sequence[int]) -> bool:
    """Whether the next line's first word would have fitted, by some lines that are a good deal longer still."""
    needed = _with_next_word(len(line.rstrip()), following) / _NEARLY_FULL
    return len(lengths) - bisect_left(lengths, needed) >= _FEWEST_LONGER


def _with_next_word(length: int, following: str) -> int:
    words = following.split(maxsplit=1)
    return length + 1 + len(words[0]) if words else 0


def _width(lines: Sequence[str]) -> int | None:
    """The most characters of a line, where lines end for no other reason; None where that is not to be seen."""
    ends = [0] * (_WIDEST_PAGE + 2)  # for each width, how many more lines end for it than for one a character less
    lengths = []
    for line, following in pairwise(lines):
        length = len(line.rstrip())
        if length >= _NARROWEST_PAGE and following.strip() and not is_table_row(line):
            lengths.append(length)
            ends[min(length, _WIDEST_PAGE + 1)] += 1
            ends[min(_with_next_word(length, following), 2 * length, _WIDEST_PAGE + 1)] -= 1
    lengths.sort()
    best, most = None, _FEWEST_FULL - 1
    for width, reached in enumerate(accumulate(ends[:-1])):
        seen = reached - _WORSE * (len(lengths) - bisect_right(lengths, width))
        best, most = (width, seen) if seen > most else (best, most)
    return best


def _begins_item(following: str, numbers: Collection[int]) -> bool:
    """Whether the line is an item of a list: a number is only where the one before it is."""
    number = _NUMBER.match(following)
    if number is not None and int(number[1]) > 1:
        return int(number[1]) - 1 in numbers
    return _DAY_OF_A_ROW.match(following) is not None or (is_item(following) and not _SIGN_AMID.match(following))


def _signs(line: str, following: str) -> bool:
    """Whether a day stands alone below a name, a place or the last words of a letter."""
    return _DAY_ALONE.fullmatch(following.strip()) is not None and bool(line.strip()) and not is_joining(line)


def _runs_on(line: str, following: str, *, begins: bool) -> bool:
    """Whether the sentence of a line that has no more room goes on in the next."""
    here, there = line.strip(), following.strip()
    if begins or here[-1] in ".!?" or is_table_row(line) or is_table_row(following) or is_salutation(here):
        return False
    if here[-1] == ":":
        return not there[0].isupper() or _CLAUSE_ENDS.search(here) is not None
    word, key = _FIRST_WORD.match(there), key_of(following)
    if word is not None and word.group().lower() in month_names():
        return True  # "the Holter of 12" / "March: no arrhythmia"
    if key is not None:
        return _CLAUSE_ENDS.search(key) is not None
    return not there[0].isupper() or not (opens_anew(there) or opens_with_drug(there) or is_answered(here))


def _full_line(lines: Sequence[str]) -> float:
    """How long a line is that may have been wrapped: where paragraphs run on far beyond a page's width, none is."""
    lengths = (len(line.strip()) for line in lines if len(line) > _WIDEST_PAGE and not is_table_row(line))
    longest = max(lengths, default=0)
    return longest * _NEARLY if longest > _WIDEST_PAGE else 0


def _is_wrapped(line: str, following: str, full: float, *, begins: bool, room: bool) -> bool:
    """Whether a paragraph goes on over the line break, wherever its lines end.

    Where there was room for the next word, its own looks say so.
    """
    here, there = line.strip(), following.strip()
    if not here or not there or begins or here[-1] in ".!?:" or is_salutation(here):
        return False
    if is_table_row(line) and is_table_row(following):
        return False
    if is_heading(here):
        return False
    goes_on = here[-1] in ",(=<>≤≥+" or is_joining(here)
    if opens_with_drug(here) and opens_with_drug(there) and here[-1] not in ",(" and not is_joining(here):
        return False  # a list without signs
    if opens_anew(there) and here[-1] not in ",(":
        return False
    if is_answered(here):
        return False
    if there[0].islower() and here[-1].isalpha():
        return True
    if is_table_row(line) or is_table_row(following):
        return False
    if there[0].islower() or goes_on:
        return True
    return not room and key_of(following) is None and len(here) >= max(full, _LONG_ENOUGH)
