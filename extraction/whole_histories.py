"""Treatment histories that a letter closes around a list of drugs: a reading in, statement facts out.

"All lupus drugs ever given, exhaustive: ..."; "... these and no others"; "that is the whole list". The words close only
a list of drugs for the disease that is told as the whole past, not today's medication and not what is still to come.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from extraction.knowledge import cues
from extraction.reading import Mention, Reading, Sentence
from kb.facts import Fact
from kb.patterns import compiled
from kb.vocabulary import vocabulary

CONCEPT = "treatment-history-closed"
_LINES = 10  # of a list that one heading or one closing line stands for
_FEW_WORDS = 5  # between a heading that runs on and the first drug, or before words that close the list before them
_TELLING = 2  # sentences before the closing words in which the drugs are told
_LIST_ITEM = compiled(r"\s*(?:[-–—*•·]|\(?\d{1,2}[.)])\s*")


@functools.cache
def _pattern(key: str) -> re.Pattern[str]:
    """The expressions listed under a key as one, with the words for a drug and for giving it put in."""
    known = cues("whole_histories")
    listed = "|".join(known[key]) if isinstance(known[key], list) else known[key]
    for name in ("NOUN", "GIVEN", "STOP"):
        listed = listed.replace(f"<{name}>", f"(?:{known[name]})")
    return compiled(rf"(?<!\w)(?:{listed})", re.IGNORECASE)


def read_whole_histories(reading: Reading) -> Iterator[Fact]:
    """A statement that the history is closed for each place that closes a list."""
    telling = [drug.sentence for drug in _drugs(reading, 0, len(reading.normal))]
    for number, sentence in enumerate(reading.sentences):
        if bisect_left(telling, number - _LINES) == bisect_right(telling, number + _LINES):
            continue  # no drug is near enough to be of a list
        text = reading.normal[sentence.start : sentence.end]
        tail = _pattern("tails").search(text)
        if tail is not None and _closes_before(reading, number, text[: tail.start()], sentence.start + tail.end()):
            yield _fact(reading, sentence.start + tail.start(), sentence.start + tail.end())
            continue
        head = _pattern("heads").search(text)
        if head is not None and _opens(reading, number, sentence.start + head.start(), sentence.start + head.end()):
            yield _fact(reading, sentence.start + head.start(), sentence.start + head.end())


def _fact(reading: Reading, start: int, end: int) -> Fact:
    label = cues("statements")[CONCEPT]["label"]
    return reading.fact("statement", CONCEPT, label, start, end, assertion="present")


def _closes_before(reading: Reading, number: int, before: str, at: int) -> bool:
    """Whether the drugs told before the closing words, in this sentence or those just before, are the whole past."""
    sentences = reading.sentences
    first = number
    while first > 0 and number - first < (_LINES if _is_item(reading, sentences[first]) else _TELLING):
        if _drugs(reading, sentences[first].start, at) and not (
            _is_item(reading, sentences[first]) or _goes_on(reading, sentences[first - 1])
        ):
            break
        first -= 1
    start, here = sentences[first].start, sentences[number].start
    if not _drugs(reading, here, at) and ("," in before or len(before.split()) > _FEW_WORDS):
        return False  # "on examination a rash, nothing else"
    return bool(_drugs(reading, start, at)) and _is_of_all_the_past(reading, start, sentences[number].end)


def _opens(reading: Reading, number: int, start: int, end: int) -> bool:
    """Whether the drugs stand behind a heading that says that all of them are told."""
    sentences = reading.sentences
    last = number
    while last + 1 < len(sentences) and last - number < _LINES and _is_item(reading, sentences[last + 1]):
        last += 1
    heading = not reading.normal[end : sentences[number].end].strip(" :)-")
    if heading and last == number and last + 1 < len(sentences):
        last += 1
    listed = _drugs(reading, end, sentences[last].end)
    between = reading.normal[end : listed[0].start] if listed else ""
    leads = reading.normal[end - 1] in ":)" or "\n" in between or number != last
    if not leads and (";" in between or len(between.split()) > _FEW_WORDS):
        return False  # "the full treatment history is with her former hospital; we know of HCQ"
    return bool(listed) and _is_of_all_the_past(reading, sentences[number].start, sentences[last].end)


def _is_item(reading: Reading, sentence: Sentence) -> bool:
    return _LIST_ITEM.match(reading.normal, sentence.start, sentence.end) is not None


def _goes_on(reading: Reading, sentence: Sentence) -> bool:
    """Whether a sentence ends in a semicolon, so that the next tells of the same: "HCQ; AZA from 2020; no other"."""
    return reading.normal[sentence.start : sentence.end].rstrip().endswith(";")


def _drugs(reading: Reading, start: int, end: int) -> list[Mention]:
    """The drugs for the disease that the patient is told to have had."""
    of = cues("medications")["closing"]["of"]
    return [
        one
        for one in reading.mentions_in(start, end)
        if one.kind == "drug"
        and one.experiencer == "patient"
        and one.temporality != "planned"
        and any(vocabulary().is_a(one.concept, group) for group in of)
    ]


def _is_of_all_the_past(reading: Reading, start: int, end: int) -> bool:
    """Whether the stretch speaks of the past up to now, and of no time, person or purpose that narrows it."""
    text = _pattern("until_now").sub(" so far ", reading.normal[start:end])
    told = _pattern("all_the_past").search(text) is not None
    return told and _pattern("narrowed").search(text) is None and not is_untold_in_part(reading, start, end)


def is_untold_in_part(reading: Reading, start: int, end: int) -> bool:
    """Whether the words there, or the sentence behind them, say that a part of the past is not known."""
    number = min(reading.sentence_at(max(start, end - 1)) + 1, len(reading.sentences) - 1)
    return _pattern("untold").search(reading.normal, start, max(end, reading.sentences[number].end)) is not None
