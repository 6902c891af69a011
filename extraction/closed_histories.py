"""Whether words such as "has only ever had" close the whole treatment history: a statement's mention in, yes or no out.

"Had only a transient response", "received only two doses of rituximab" and "at present takes nothing else" do not: the
words must bear on drugs, straight, and on all the time up to now.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.whole_histories import is_untold_in_part
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_SENTENCES_BEFORE = 3
_LISTS = frozenset(
    {"nothing else", "full list", "complete list", "whole list", "entire list"}
)  # of today's drugs as well
_NUMBER = compiled(r"\d")
_LACKING = compiled(r"\b(?:only|sole|single)\b.*\b(?:not|never|yet)\b", re.IGNORECASE)
_TAKEN = compiled(r"(?:has|have) (?:ever )?(?:had|received|taken|used|needed)\b", re.IGNORECASE)
_COUNTED = compiled(r"\b(?:these|those|the) (?:two|three|four|five|following|same two)\b", re.IGNORECASE)
_ALONE = compiled(r"\b(?:only|alone)$", re.IGNORECASE)
_IS_TOLD = compiled(  # "the full drug history is hydroxychloroquine", not "is with her former hospital"
    r"is (?!with\b|not\b|un|to (?:be|follow)|being|avail|awaited|pending|kept|at\b|held|attached|enclosed|missing"
    r"|in\b)",
    re.IGNORECASE,
)
_NEXT_CLAUSE = compiled(r",\s+(?:and\s+|but\s+)?(?:the|she|he|they|it|both|these|this|that|all)\b", re.IGNORECASE)
_SINCE = compiled(r"\b(?:since|after) (?:the |her |his |their )?$", re.IGNORECASE)


@functools.cache
def _words(key: str) -> re.Pattern[str]:
    listed = sorted(cues("medications")["closing"][key], key=len, reverse=True)
    return compiled(rf"(?<!\w)(?:{'|'.join(map(re.escape, listed))})(?!\w)", re.IGNORECASE)


def closes(reading: Reading, mention: Mention) -> bool:
    """Whether the statement names the drugs that were given, and no stretch of time that limits it."""
    sentence = reading.sentences[mention.sentence]
    written = reading.normal[mention.start : mention.end]
    if is_untold_in_part(reading, sentence.start, sentence.end):
        return False
    if _words("headings").search(written):
        return _heads(reading, mention)
    drugs = [one for one in reading.mentions_in(sentence.start, sentence.end) if one.kind == "drug"]
    if not _any_of_list(drugs) and not _refers_back(reading, mention):
        return False
    if _LACKING.search(written) or any(_SINCE.search(reading.normal[sentence.start : drug.start]) for drug in drugs):
        return False
    if _is_of_some_time(reading, mention, sentence.end) or _is_of_what_it_did(reading, mention, drugs):
        return False
    following = [one.start for one in drugs if one.start >= mention.end]
    between = _COUNTED.sub(" ", _clause(reading, mention, min(following))) if following else ""
    if _NUMBER.search(between) or _words("details").search(between):
        return False
    clause = compiled(r"[^.;,:\n]{0,40}").match(reading.normal, mention.end)
    told_to = mention.end + len(_clause(reading, mention, min(following))) if following else mention.end
    told_to = told_to if following or clause is None else clause.end()
    narrowed = _words("narrowed").search(reading.normal[sentence.start : told_to]) is not None
    whole = reading.normal[sentence.start : sentence.end]
    if _is_of_today(whole):
        return False
    if _words("at_all_times").search(written) or _words("at_all_times").search(whole):
        return not narrowed
    limited = any(time.role in ("point", "duration", "span") for time in reading.times_in(sentence.start, sentence.end))
    return not limited and _words("limits").search(whole) is None and not narrowed


def _clause(reading: Reading, mention: Mention, end: int) -> str:
    """What stands between the statement and the drug behind it, up to the clause in which she or he bears them."""
    return _NEXT_CLAUSE.split(reading.normal[mention.end : end])[0]


def _is_of_today(text: str) -> bool:
    """ "Current medication: HCQ and MMF, nothing else"."""
    told = _words("at_all_times").findall(text)
    return bool(told) and set(map(str.lower, told)) <= _LISTS and _words("of_today").search(text) is not None


def _is_of_some_time(reading: Reading, mention: Mention, end: int) -> bool:
    """ "Has never needed immunosuppressants during pregnancy", "other than MMF": not all of them, or not always."""
    denied = _words("denied_class").search(reading.normal, mention.start, mention.end)
    return denied is not None and _words("denied_in_part").search(reading.normal, mention.end, end) is not None


def _is_of_what_it_did(reading: Reading, mention: Mention, drugs: Sequence[Mention]) -> bool:
    """ "Has had two flares on hydroxychloroquine alone": not the drug is had, but these."""
    written = reading.normal[mention.start : mention.end]
    inside = [one.start for one in drugs if mention.start < one.start < mention.end]
    taken = _TAKEN.match(written)
    if taken is None or not inside or not _ALONE.search(written):
        return False
    return len(written[taken.end() : min(inside) - mention.start].split()) > 1


def _any_of_list(drugs: Sequence[Mention]) -> bool:
    return any(vocabulary().is_a(drug.concept, one) for drug in drugs for one in cues("medications")["closing"]["of"])


def _refers_back(reading: Reading, mention: Mention) -> bool:
    """ "Those two are the only treatments he has ever had": of the drugs of the sentences just before."""
    sentence = reading.sentences[mention.sentence]
    opening = reading.normal[sentence.start : mention.end]
    if not _words("back").search(opening) or not _words("at_all_times").search(
        reading.normal[sentence.start : sentence.end]
    ):
        return False
    first = reading.sentences[max(0, mention.sentence - _SENTENCES_BEFORE)].start
    return _any_of_list([one for one in reading.mentions_in(first, sentence.start) if one.kind == "drug"])


def _heads(reading: Reading, mention: Mention) -> bool:
    """ "Complete treatment history" over a list, not "a full drug history was taken"."""
    rest = reading.normal[mention.start : mention.end + 60]
    rest = rest[len(reading.normal[mention.start : mention.end].rstrip(" :-,")) :]
    if re.match(r",[^\n:.;]{2,40}:", rest.lstrip(" ")):
        return True  # "Full list of lupus drugs, nothing left out:"
    return (
        not rest.strip()
        or rest.lstrip(" ")[:1] in (":", "-", "\n", ")", "(")
        or _IS_TOLD.match(rest.lstrip()) is not None
    )
