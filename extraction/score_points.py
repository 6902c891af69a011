"""The points of a score that words part from its name: a named score in, its result set.

"Scores 21 on EULAR/ACR 2019", "by the EULAR/ACR rules (21 points)".
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.named_tests import Named, sentence_end
from extraction.numbers import read_number
from extraction.numeric_results import numeric_result
from extraction.reading import Reading
from extraction.result_words import Page, alternatives
from kb.patterns import compiled

_FAR = 130  # characters before a name in which its points stand, an aside in brackets between


@functools.cache
def _counted() -> re.Pattern[str]:
    words = alternatives(word for word in cues("measurements")["number_words"] if not word.endswith("ce"))
    return compiled(rf"(?<![\w.,/-])(?P<number>\d{{1,2}}|{words})\s+$", re.IGNORECASE)


@functools.cache
def _points_on() -> re.Pattern[str]:
    words = alternatives(word for word in cues("measurements")["number_words"] if not word.endswith("ce"))
    return compiled(
        r"(?:(?:(?:scores?|scored|scoring|rates?|rated|puts?|makes?|assess(?:es|ed)?|graded?)\s+"
        r"(?:(?:her|him|it|the patient|this|activity|disease|them)\s+)?"
        r"|(?:score|total|value|sum|activity|figure) of |totals |totalling |activity[:=]?\s+)"
        r"(?:at |a |of |is |was )*(?P<number>\d{1,3})(?: points?)?"
        rf"|(?:total(?: of)? )?(?P<points>\d{{1,3}}|{words}) (?:points?|pts)"
        r"|(?P<bare>(?<![\d.,/-])\d{1,3})(?= (?:by|on|according)\b))"
        r"(?:\s*\([^()\n]{1,90}\))?\s*"
        r"(?:on|by|under|using|per|in|for|according to|with|of)?\s*(?:the |her |his )?[(\[]?$",
        re.IGNORECASE,
    )


_COUNTED = compiled(r"\s+(?:points?|pts)\b", re.IGNORECASE)
_POINTS_BEHIND = compiled(
    r"[^.;\n\d]{0,45}?"
    r"(?:(?:total |point )?scores?[ :=]*(?:of |is |was |at )?|(?=\d{1,2} ?(?:points?|pts)\b))"
    r"(?P<number>\d{1,2})(?![\d.,/%])",
    re.IGNORECASE,
)


def points_behind(reading: Reading, page: Page, named: Named) -> None:
    """ "EULAR/ACR positive, 24 points", "by the EULAR/ACR rules (21 points)": words, then points, in one clause."""
    end = min(sentence_end(reading, named), named.mention.end + 60)
    match = None if named.mention.kind != "score" else _POINTS_BEHIND.match(page.normal, named.mention.end, end)
    written = None if match is None else read_number(page.normal, match.start("number"), end, page.comma)
    if written is not None and not any(
        mention.kind in ("lab", "score") for mention in reading.mentions_in(named.mention.end, written.start)
    ):
        result = numeric_result(page, named.concept, written, end)
        named.results = [result] if result is not None else []


def points_before(reading: Reading, page: Page, named: Named) -> None:
    """ "scores 21 on EULAR/ACR 2019", "12 points by SLEDAI-2K", "four SLEDAI points"."""
    if named.mention.kind != "score" or named.results:
        return
    start = max(reading.sentences[named.mention.sentence].start, named.mention.start - _FAR)
    told = page.normal[start : named.mention.start]
    match = _points_on().search(told)
    if match is None and _COUNTED.match(page.normal, named.mention.end):
        match = _counted().search(told)
    written = (
        None
        if match is None
        else read_number(
            page.normal,
            start + max(match.start(group) for group in match.groupdict()),
            named.mention.start,
            page.comma,
        )
    )
    result = None if written is None else numeric_result(page, named.concept, written, named.mention.start)
    if result is not None:
        named.results = [result]
