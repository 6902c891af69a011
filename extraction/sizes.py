"""Sizes told in turns: a Reading and an effusion's mention in, a Fact for the size told behind a turn out.

"The effusion was small in January but moderate on 4 March", "moderate in January; on the control of 2 March only a
trace": the second size has a day of its own, behind it or at the head of its clause.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from extraction.knowledge import cues
from extraction.reading import Mention, Reading, TimeExpression
from extraction.result_words import alternatives
from extraction.when import sentence_span
from extraction.wording import value_of
from kb.facts import Fact, Time
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_BESIDE = 24  # characters from a size to its day
_LED = 48  # ... before a size in which its words and its day stand
_OF_OTHERS = compiled(
    r"[^.;,\n]{0,24}\b(?:pleur|ascit|periton|protein|urin|joint|abdom|cyst|lung|liver|spleen|node)", re.IGNORECASE
)
_BREAK = compiled(r"[;.]\s")


def sizes_told_later(reading: Reading, mention: Mention) -> Iterator[Fact]:
    """A fact for the size behind "but", "now" or "grown to", or one with its own day, no other thing named between."""
    known = cues("conditions")
    if mention.concept not in known["sized"] or mention.assertion != "present":
        return
    end = sentence_span(reading, mention)[1]
    match = re.search(known["size_turns"], reading.normal[mention.end : end])
    if match is None:
        end = _end(reading, mention)
        match = re.search(known["size_moves"], reading.normal[mention.end : end])
    if match is not None:
        low, high = mention.end + match.start("size"), mention.end + match.end("size")
        points = [time.time for time in reading.times_in(high, end) if time.role in ("point", "start")]
        yield from _told(reading, mention, low, high, points[0] if points else reading.letter_date)
        return
    for found in _size_word().finditer(reading.normal, mention.end, end):
        time = _own_day(reading, mention, found, end)
        if time is not None and time.time is not None:
            yield from _told(reading, mention, *found.span("size"), time.time)


def _told(reading: Reading, mention: Mention, low: int, high: int, time: Time | None) -> Iterator[Fact]:
    between = [other for other in reading.mentions_in(mention.end, high) if other.kind == "condition"]
    led = re.search(cues("conditions")["size_moves"], reading.normal[mention.end : high]) is not None
    if any(not led or other.concept in cues("conditions")["sized"] for other in between):
        return  # what has "shrunk to a small one" is the fluid, whatever it came with
    if _OF_OTHERS.match(reading.normal, high):
        return
    size = value_of(reading.normal[low:high], cues("conditions")["size"])
    if size is not None:
        yield reading.fact(
            "condition",
            mention.concept,
            vocabulary()[mention.concept].label,
            low,
            high,
            experiencer=mention.experiencer,
            time=time,
            attributes={"size": size},
        )


def _end(reading: Reading, mention: Mention) -> int:
    """Where what is told of an effusion can end: its sentence, and the next one of its paragraph."""
    number = mention.sentence
    if number + 1 < len(reading.sentences) and not reading.is_parted(number):
        return reading.sentences[number + 1].end
    return reading.sentences[number].end


@functools.cache
def _size_word() -> re.Pattern[str]:
    sizes = alternatives(word for words in cues("conditions")["size"].values() for word in words)
    return compiled(
        rf"(?P<size>{sizes})(?:\s+to\s+{sizes})?"
        r"(?=\s*(?:[,;.)]|$|(?:one|ones|effusion|rim|amount|trace|film|on|in|by|at|was|were|is|left|remain\w*|as|of|again)\b))",
        re.IGNORECASE,
    )


@functools.cache
def _lead() -> re.Pattern[str]:
    return compiled(
        r"(?:@|,|\b(?:only|just|still|but|to|was|is|became|measured|measures|showed|shows|found|finds|saw|sees|merely|"
        r"now|remains|remained|left|at most|no more than))\s*(?:(?:there|we|I|it|was|is|were|found|saw|only|just|"
        r"merely|at|by|most|now|a|an|the|very|still|again|already|has|had|become|shrunk|grown|,|:|showed|shows|with|as)\s*)*$",
        re.IGNORECASE,
    )


def _own_day(reading: Reading, mention: Mention, found: re.Match[str], end: int) -> TimeExpression | None:
    """The day told directly behind a size, else the one at the head of its clause; None where it is no later size."""
    start = max(mention.end, found.start() - _LED)
    days = [one for one in reading.times_in(mention.end, end) if one.role == "point" and one.time is not None]
    before = [one for one in days if start <= one.start and one.end <= found.start()]
    text = reading.normal[start : found.start()]
    for day in before:
        first, last = day.start - start, day.end - start
        text = text[:first] + " " * (last - first - 1) + "@" + text[last:]
    if not _lead().search(text):
        return None
    behind = [one for one in days if 0 <= one.start - found.end() < _BESIDE]
    if behind and not _BREAK.search(reading.normal, found.end(), behind[0].start):
        return behind[0]
    headed = [one for one in before if _BREAK.search(reading.normal, mention.end, one.start)]
    return headed[-1] if headed else None
