"""Results that stand before their name: the name and what is taken already in, the result told before it out.

A word ("normal ALT"), a report, a number with its unit ("60% ejection fraction"), or the result of the test before
("as were ...").
"""

from __future__ import annotations

import re

from extraction.knowledge import cues
from extraction.named_tests import Named
from extraction.numbers import read_number
from extraction.numeric_results import numeric_result
from extraction.reading import Reading
from extraction.reports import report_before
from extraction.result_words import Page, code_of, code_pattern, pattern_of
from extraction.results import Result
from kb.facts import Coded
from kb.patterns import compiled

_AS_WERE = compiled(
    r"[\s,;(–-]*(?:as|so|and so|likewise|just as|similarly|"
    r"the same (?:goes|is true|holds) for|ditto(?: for)?|same for|also)\s*"
    r"(?:were|was|are|is|did|for)?\s*(?:the |her |his |her own )?",
    re.IGNORECASE,
)


def as_before(reading: Reading, page: Page, named: Named, taken: list[tuple[int, int]]) -> Result | None:
    """ "HBsAg was negative, as were hepatitis C antibody and HIV": the result told just before."""
    begin = reading.sentences[named.mention.sentence].start
    earlier = [span for span in taken if begin <= span[0] and span[1] <= named.mention.start]
    if not earlier or not _AS_WERE.fullmatch(page.normal[earlier[-1][1] : named.mention.start]):
        return None
    start, end = earlier[-1]
    code = code_pattern().fullmatch(page.normal, start, end)
    if code is None or code_of(code.group()) not in ("negative", "positive", "normal", "undetected"):
        return None
    return Result(start, end, Coded(code_of(code.group()), page.text[start:end]), None, end)


def word_before(reading: Reading, page: Page, named: Named, taken: list[tuple[int, int]]) -> Result | None:
    """A result word directly before the name, or before the list that the name opens."""
    begin = reading.sentences[named.mention.sentence].start
    start = max([begin, *(end for _, end in taken if end <= named.mention.start), named.mention.start - 60])
    panel_taken = [span for span in taken if span[1] <= named.mention.start and begin <= span[0]]
    text = page.normal[start : named.mention.start]
    best: re.Match[str] | None = None
    for match in code_pattern().finditer(text):
        if code_of(match.group()) in cues("measurements")["before_name"] and _leads_on(text[match.end() :]):
            best = None if _is_of_name_before(reading, start + match.start(), text[match.end() :]) else match
            break
    if (
        best is None
        or text[: best.start()].endswith("-")
        or re.fullmatch(r"[+\-()\[\] ]+", best.group())
        or (panel_taken and best.group() in ("up", "down"))
    ):
        return None
    at = start + best.start()
    return Result(
        at,
        start + best.end(),
        Coded(code_of(best.group()), page.text[at : start + best.end()]),
        None,
        start + best.end(),
    )


def _is_of_name_before(reading: Reading, at: int, rest: str) -> bool:
    """ "With HBsAg positive the HBV DNA stood at 22,600": a word straight behind another test's name is that one's."""
    another = any(one.kind == "lab" and at - one.end <= 1 for one in reading.mentions_in(max(0, at - 60), at))
    return another and re.match(r"\s+(?:the|her|his|a)\b", rest, re.IGNORECASE) is not None


def report_led_to(reading: Reading, page: Page, named: Named, taken: list[tuple[int, int]]) -> Result | None:
    """A report in the words before its name, from the sentence's start or the last result."""
    begin = reading.sentences[named.mention.sentence].start
    begin = max([begin, *(end for _, end in taken if end <= named.mention.start)])
    return report_before(page, named.concept, begin, named.mention.start, named.mention.end)


def _leads_on(rest: str) -> bool:
    """Whether only small words and brackets stand between a result word and a name."""
    left = pattern_of("before_fillers").sub(" ", rest)
    return not left.strip(" :([-\n")


def number_before(reading: Reading, page: Page, named: Named, taken: list[tuple[int, int]]) -> None:
    """ "60% ejection fraction", "2.1 g of protein": a number with its unit directly before a name."""
    begin = reading.sentences[named.mention.sentence].start
    start = max([begin, *(end for _, end in taken if end <= named.mention.start), named.mention.start - 30])
    for match in compiled(r"(?<![\w.,/-])[<>≤≥]?\s?\d").finditer(page.normal[start : named.mention.start]):
        written = read_number(page.normal, start + match.start(), named.mention.start, page.comma)
        if written is None or written.unit is None:
            continue
        between = page.normal[written.end : named.mention.start]
        if re.fullmatch(r"\s*(?:of |lv |left ventricular |an? |the )?", between, re.IGNORECASE):
            result = numeric_result(page, named.concept, written, named.mention.start)
            if result is not None:
                named.results = [result]
                return
