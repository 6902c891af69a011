"""Names that mean a test only behind another one: "hep B: sAg neg, core neg", "HCV Ab positive, RNA undetected".

The mentions of a letter in, the same with the short names that their neighbours explain out.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.result_words import Page, alternatives
from extraction.spans import Spans
from extraction.word_places import first_words, matches_of_words
from kb.facts import Experiencer
from kb.patterns import compiled

_REACH = 180
_NEAR = 160  # characters behind a name in which its matter may be told
_NO_REACH = 16
_OWN = compiled(r"own\b|herself\b|himself\b", re.IGNORECASE)
_RESULT_BEHIND = compiled(r"[ \t.:=|-]*(?:[<>]?\s?\d|(?:neg|pos|undet|not det|detect|none)\w*\b)", re.IGNORECASE)
_NO = compiled(r"\b(?:no|nil|without)(?: (?:viral|more|further|longer any|any))?\s+$", re.IGNORECASE)


@functools.cache
def _shorts() -> tuple[tuple[re.Pattern[str], frozenset[str], dict[str, str], dict[str, str], bool], ...]:
    """Each short name as a pattern with its first words, what it means behind which concept, before and below."""
    found = []
    for entry in cues("measurements")["short_names"]:
        flags = re.NOFLAG if entry.get("exact") else re.IGNORECASE
        pattern = compiled(alternatives_exact(entry["names"]), flags)
        behind, before = dict(entry["behind"]), dict(entry.get("before", {}))
        found.append((pattern, first_words(entry["names"]), behind, before, bool(entry.get("below"))))
    return tuple(found)


@functools.cache
def _places() -> tuple[tuple[re.Pattern[str], frozenset[str], dict[str, Any]], ...]:
    """Each name that an organ before it explains as a pattern with the first words of its names, and its entry."""
    return tuple(
        (compiled(alternatives_exact(entry["names"]), re.IGNORECASE), first_words(entry["names"]), entry)
        for entry in cues("measurements")["placed_names"]
    )


def alternatives_exact(words: list[str]) -> str:
    """Any of the words, none of them part of a longer word or of a hyphenated one."""
    return rf"(?<![\w-]){alternatives(words)}(?![\w])"


def with_short_names(reading: Reading, page: Page) -> list[Mention]:
    """All mentions in the order of the text, the explained short names among them."""
    told = [(mention.start, mention.end) for mention in reading.mentions if mention.kind != "span"]
    spans = Spans(told)
    starting: dict[int, list[int]] = {}
    for number, mention in enumerate(reading.mentions):
        starting.setdefault(mention.start, []).append(number)
    added: list[Mention] = []
    replaced: set[int] = set()
    told_of = {mention.concept for mention in reading.mentions}
    for pattern, firsts, behind, before, below in _shorts():
        if told_of.isdisjoint({*behind, *before}):
            continue
        for match in matches_of_words(firsts, pattern, page.normal):
            holder = _explained_by(reading, match.start(), behind) or (
                _explained_above(reading, *match.span(), behind) if below else None
            )
            means = behind
            if holder is None and before:
                holder, means = _explained_behind(reading, match.end(), before), before
            own = [number for number in starting.get(match.start(), ()) if reading.mentions[number].end <= match.end()]
            covered = spans.overlap(match.start(), match.end())
            if holder is None or (covered and not own):
                continue
            replaced |= set(own)
            sentence = reading.sentence_at(match.start())
            shared = holder if holder.sentence == sentence else replace(holder, assertion="present", cue=None)
            if _OWN.match(match.group()):
                shared = replace(shared, experiencer="patient")
            denial = _NO.search(page.normal, max(0, match.start() - _NO_REACH), match.start())
            added.append(
                replace(
                    shared,
                    start=match.start(),
                    end=match.end(),
                    concept=means[holder.concept],
                    kind="lab",
                    sentence=sentence,
                    assertion="present" if denial is None else "absent",
                    temporality="current",
                    cue=None if denial is None else denial.span(),
                )
            )
    placed = list(_placed(reading, page, Spans([*told, *((one.start, one.end) for one in added)])))
    added += placed
    kept = [
        mention
        for number, mention in enumerate(reading.mentions)
        if number not in replaced and not any(one.start <= mention.start < one.end for one in placed)
    ]
    return sorted([*kept, *added], key=lambda mention: (mention.start, mention.end))


def _explained_behind(reading: Reading, end: int, before: dict[str, str]) -> Mention | None:
    """The test named next on the line, with nothing but a value between, if it explains the short name."""
    following = [one for one in reading.mentions_in(end, end + _NO_REACH) if one.concept in before][:1]
    between = reading.normal[end : following[0].start] if following else ""
    values_only = re.fullmatch(r"[\s\d.,;:/=|()-]*(?:(?:U|IU|UI)/[lL])?[\s,;:/|(-]*", between) is not None
    return following[0] if following and values_only else None


def _placed(reading: Reading, page: Page, taken: Spans) -> Iterator[Mention]:
    """Investigations that the words before them give an organ: "Lungs: normal CT"."""
    for pattern, firsts, entry in _places():
        for match in matches_of_words(firsts, pattern, page.normal):
            general = entry.get("instead_of", ())
            own = [one.concept for one in reading.mentions_in(match.start(), match.end())]
            if taken.overlap(match.start(), match.end()) and not (own and all(one in general for one in own)):
                continue
            number = reading.sentence_at(match.start())
            begin = reading.sentences[number].start
            before = page.normal[max(0, begin - _REACH) if entry.get("across") else begin : match.start()]
            place = re.search(entry["before"], before, re.IGNORECASE)
            if (
                place is not None
                and re.search(entry["not_between"], place[0], re.IGNORECASE) is None
                and re.match(entry["not_behind"], page.normal[match.end() : match.end() + 24], re.IGNORECASE) is None
                and _is_told_near(entry, page.normal[match.end() : match.end() + _NEAR])
                and _is_told_around(entry, page.normal, match.start(), match.end())
            ):
                yield Mention(
                    match.start(),
                    match.end(),
                    entry["concept"],
                    "lab",
                    number,
                    experiencer=_whose(reading, match.start() - len(place[0]), match.start())
                    if entry.get("whose")
                    else "patient",
                )


def _whose(reading: Reading, start: int, end: int) -> Experiencer:
    """Of whom the last thing named before tells."""
    told = [one for one in reading.mentions_in(start, end) if one.kind in ("lab", "condition")]
    return told[-1].experiencer if told else "patient"


def _is_told_near(entry: dict[str, Any], behind: str) -> bool:
    """Whether the words behind a name say what it is of, where the entry wants them to: "urine stick ... no hCG"."""
    paragraph = behind.split("\n\n")[0]
    return "near" not in entry or re.search(entry["near"], paragraph) is not None


def _is_told_around(entry: dict[str, Any], normal: str, start: int, end: int) -> bool:
    """Whether the words of its paragraph on either side say what a test is of, and none that it is of another."""
    if "around" not in entry:
        return True
    before = normal[max(0, start - _NEAR) : start].split("\n\n")[-1]
    text = f"{before} \0 {normal[end : end + _NEAR].split(chr(10) * 2)[0]}"
    return re.search(entry["around"], text) is not None and re.search(entry["not_around"], text) is None


def _explained_above(reading: Reading, start: int, end: int, behind: dict[str, str]) -> Mention | None:
    """The test of the lines above that explains a short name which, with its result behind it, opens its own line."""
    line = reading.normal.rfind("\n", 0, start) + 1
    opens = not reading.normal[line:start].strip(" \t-•*>|#")
    if not opens or _RESULT_BEHIND.match(reading.normal, end) is None:
        return None
    begin = max(start - _REACH, reading.normal.rfind("\n\n", 0, start))
    named = [one for one in reading.mentions_in(begin, line) if one.kind in ("lab", "condition")]
    return named[-1] if named and named[-1].concept in behind else None


def _explained_by(reading: Reading, start: int, behind: dict[str, str]) -> Mention | None:
    """The nearest test before a short name, in its own sentence or the one before on the line, if it explains it."""
    line = reading.normal.rfind("\n", 0, start) + 1
    begin = max(start - _REACH, min(line, reading.sentences[reading.sentence_at(start)].start))
    earlier = [
        mention
        for mention in reading.mentions_in(begin, start)
        if (mention.kind in ("lab", "condition") or mention.concept in behind) and mention.end <= start
    ]
    for mention in reversed(earlier):
        if mention.concept in behind:
            return mention
        if mention.concept not in cues("measurements")["short_names_pass"]:
            return None
    return None
