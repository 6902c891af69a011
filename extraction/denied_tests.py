"""Tests that are denied without a result: "no ANCA" is negative, "no HIV test on file" was not done, and "no HIV
treatment" says nothing of the test, so that it is only asked for.

A denial speaks of the virus or antibody itself only where nothing but light words stand between it and the name, and
no other noun follows.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.result_words import alternatives
from kb.facts import Coded
from kb.patterns import compiled
from kb.vocabulary import Lab, vocabulary

_IMMUNE = ("autoantibodies", "virology", "haemolysis")
_NEXT = compiled(r"[\s-]+([a-z][a-z-]*)", re.IGNORECASE)
_LOOK = 60  # characters behind a name in which what became of the test is told


@functools.cache
def _words(key: str) -> re.Pattern[str]:
    """The words listed under a key of the denied tests."""
    return compiled(rf"(?<![\w-])(?:{alternatives(cues('measurements')['denied_tests'][key])})(?![\w-])", re.IGNORECASE)


def denied_test(reading: Reading, mention: Mention, concept: str) -> Coded | None:
    """What a denial before a test's name says of it: negative, not done, or nothing."""
    assert mention.cue is not None
    begin, end = mention.cue
    written = reading.text[begin:end]
    term = vocabulary().terms[concept]
    immune = isinstance(term, Lab) and (term.panel in _IMMUNE or concept == "urine-casts")
    if not immune or _is_of_the_test(reading, mention, reading.normal[begin:end]):
        return Coded("not_done", written)
    return Coded("negative", written) if _is_of_the_thing(reading, mention, end) else None


def _is_of_the_test(reading: Reading, mention: Mention, cue: str) -> bool:
    """ "No HIV serology so far", "no HBsAg has been sent": it is the test that there is none of."""
    behind = _behind(reading, mention)
    following = _NEXT.match(behind)
    if _words("of_results").search(cue) or _words("positivity").search(behind):
        return False
    if _words("tests").search(reading.normal[mention.start : mention.end]):
        return True
    if following is not None and _words("tests").fullmatch(following[1]):
        return True
    done = _words("done").search(behind)
    return done is not None and not re.search(r"[,;:.]", behind[: done.start()])


def _is_of_the_thing(reading: Reading, mention: Mention, start: int) -> bool:
    """ "No evidence of HIV", but not "no HIV medication" and not "not under the HIV clinic"."""
    following = _NEXT.match(_behind(reading, mention))
    if following is not None and not _words("light_behind").fullmatch(following[1]):
        named = any(other.start == mention.end + following.start(1) for other in reading.mentions)
        if not named:
            return False
    between = list(reading.normal[start : mention.start])
    for other in reading.mentions_in(start, mention.start):
        between[other.start - start : other.end - start] = " " * (other.end - other.start)
    return not re.search(r"[a-z]{2}", _words("light_before").sub(" ", "".join(between)), re.IGNORECASE)


def _behind(reading: Reading, mention: Mention) -> str:
    end = reading.sentences[mention.sentence].end
    return reading.normal[mention.end : min(end, mention.end + _LOOK)]
