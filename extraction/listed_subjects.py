"""A verdict on a whole list: "renal function, CA-125 and bile acids were all normal" in, the verdict for a name out.

Lists of tests hold names that no vocabulary knows. Where the whole sentence up to its verb is one list of things, the
word behind the verb is said of each of them.
"""

from __future__ import annotations

import functools
import re

from extraction.coded_results import result_of_code
from extraction.knowledge import cues
from extraction.named_tests import Named
from extraction.reading import Reading
from extraction.result_words import Page, alternatives, code_of, code_pattern
from extraction.results import Result
from kb.patterns import compiled

_ITEMS = compiled(r",|;|/|&|\b(?:and|as well as|plus|including|such as|namely)\b", re.IGNORECASE)
_BRACKETS = compiled(r"\([^()]*\)|\[[^\[\]]*\]")
_WORDS_OF_AN_ITEM = 6
_LONGEST = 400


@functools.cache
def _verb() -> re.Pattern[str]:
    known = cues("measurements")["listed_subjects"]
    return compiled(rf"\s+{alternatives(known['verbs'])}\s+(?:{alternatives(known['adverbs'])}\s+)*", re.IGNORECASE)


@functools.cache
def _no_item() -> re.Pattern[str]:
    return compiled(rf"\b{alternatives(cues('measurements')['listed_subjects']['no_item'])}", re.IGNORECASE)


def listed_verdict(reading: Reading, page: Page, named: Named, concept: str) -> Result | None:
    """The verdict that a sentence gives to the list that is its subject and that holds the name."""
    sentence = reading.sentences[named.mention.sentence]
    limit = min(sentence.end, sentence.start + _LONGEST)
    verb = _verb().search(page.normal, named.mention.end, limit)
    if verb is None or not _is_list(page.normal[sentence.start : verb.start()], named.mention.start - sentence.start):
        return None
    code = code_pattern().match(page.normal, verb.end(), sentence.end)
    if code is None or code_of(code.group()) not in cues("measurements")["listed_subjects"]["codes"]:
        return None
    return result_of_code(page, concept, code, sentence.end)


def _is_list(subject: str, at: int) -> bool:
    """Whether words are a list of two things or more, the one at `at` outside of its brackets.

    >>> _is_list("Urinalysis, bile acids and CRP", 25), _is_list("CRP was 4, bile acids and ECG", 26)
    (True, False)
    """
    if any(found.start() <= at < found.end() for found in _BRACKETS.finditer(subject)):
        return False
    items = [item.split() for item in _ITEMS.split(_BRACKETS.sub(" ", subject)) if item.strip()]
    named = len(items) > 1 and all(len(item) <= _WORDS_OF_AN_ITEM for item in items)
    return named and _no_item().search(_BRACKETS.sub(" ", subject)) is None
