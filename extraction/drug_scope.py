"""Which words belong to which drug of a sentence: mentions in, for each the stretches before and behind it out.

A list such as "prednisolone 10 mg, HCQ 200 mg and 1 g MMF bd" is shared out so that each number has one owner; a name
in brackets behind another name of the same drug ("mycophenolate (CellCept)") is the same mention.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extraction.dose_item import Item
from extraction.dose_items import items_from, read_items
from extraction.dose_words import Token, tokenise_dose
from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from kb.patterns import compiled
from kb.vocabulary import Vocabulary

_DOSE_KINDS = frozenset(
    {"amount", "number", "count", "doses", "frequency", "duration", "route", "pulse", "divided", "total", "multiplier"}
)
_ALIAS_JOINT = compiled(r"\s*(?:[(\[/=,-]|\bi\.?e\.?\b|\bor\b|\()?\s*[(\[]?\s*$", re.IGNORECASE)
_SEPARATED = compiled(r"(?:,|;|\band\b|\+|&|\bplus\b|\bthen\b|\bwith\b)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scope:
    """A drug of a sentence: its names stand in [start, end); its dose is looked for in [before, after)."""

    mention: Mention
    concept: str
    start: int
    end: int
    before: int
    after: int
    sentence_start: int
    sentence_end: int
    borne: bool = False  # its harms are borne while it goes on, unless a word says that it ended


def scopes_of(reading: Reading, vocabulary: Vocabulary) -> list[Scope]:
    """The scopes of all drug mentions of a document, in order."""
    found: list[Scope] = []
    by_sentence: dict[int, list[Mention]] = {}
    for mention in reading.mentions:
        if mention.kind == "drug":
            by_sentence.setdefault(mention.sentence, []).append(mention)
    for index, mentions in sorted(by_sentence.items()):
        sentence = reading.sentences[index]
        found += _share_out(reading, mentions, sentence.start, sentence.end, vocabulary)
    return found


def _share_out(
    reading: Reading, mentions: Sequence[Mention], start: int, end: int, vocabulary: Vocabulary
) -> list[Scope]:
    groups = _groups(reading, mentions, vocabulary)
    masked = masked_times(reading, start, end)
    scopes: list[Scope] = []
    floor = start
    for position, (first, last, concept) in enumerate(groups):
        following = groups[position + 1][0].start if position + 1 < len(groups) else end
        cut = _next_owner(masked, start, last.end, following, groups, position)
        if position + 1 < len(groups) and _names_kind(vocabulary, concept, groups[position + 1][2]):
            cut = _kind_ends(masked, start, last.end, following)
        after = _before_results(reading, last.end, cut)
        before = _chain_start(masked, start, max(floor, start), first.start)
        borne = vocabulary.is_one_of(concept, cues("medications")["borne"])
        scopes.append(Scope(first, concept, first.start, last.end, before, after, start, end, borne))
        floor = cut if cut < following else _claimed(masked, start, last.end, following)
    return scopes


def _names_kind(vocabulary: Vocabulary, concept: str, following: str) -> bool:
    """ "Steroid: 65 mg of prednisolone": the first names but the class of the second."""
    return concept != following and vocabulary.is_a(following, concept)


def _kind_ends(masked: str, offset: int, end: int, following: int) -> int:
    """Where the words of the drug begin that stand straight behind the name of its class."""
    chain = _chain_start(masked, offset, end, following)
    return chain if masked[end - offset : chain - offset].strip() in (":", "-", "–", "=", "of", "with") else following


def _groups(
    reading: Reading, mentions: Sequence[Mention], vocabulary: Vocabulary
) -> list[tuple[Mention, Mention, str]]:
    """Mentions with those behind them that are another name of the same drug; the concept is the most special one."""
    groups: list[tuple[Mention, Mention, str]] = []
    for mention in mentions:
        if groups:
            first, last, concept = groups[-1]
            between = reading.normal[last.end : mention.start]
            opened = "(" in between or "[" in between or "/" in between or between.strip() in ("", "-", "=")
            related = vocabulary.is_a(mention.concept, concept) or vocabulary.is_a(concept, mention.concept)
            if opened and related and _ALIAS_JOINT.fullmatch(between):
                special = mention.concept if vocabulary.is_a(mention.concept, concept) else concept
                groups[-1] = (first, mention, special)
                continue
        groups.append((mention, mention, mention.concept))
    return groups


def masked_times(reading: Reading, start: int, end: int) -> str:
    """The normal text of a stretch with dates and points in time blanked, so that no year is taken for a dose."""
    text = reading.normal[start:end]
    for time in reading.times_in(start, end):
        if time.role != "duration":
            stop = min(time.end, end)
            text = text[: time.start - start] + " " * (stop - time.start) + text[stop - start :]
    return text.replace("\n", " ")


def _before_results(reading: Reading, start: int, end: int) -> int:
    """Where a test or a score begins, whose numbers are no doses."""
    results = (mention for mention in reading.mentions_in(start, end) if mention.kind in ("lab", "score"))
    amid = cues("medications")["amid_a_dose"]
    cuts = [one.start for one in results if one.concept not in amid and not _is_unit(reading.normal, one)]
    return min([end, *cuts])


def _is_unit(normal: str, mention: Mention) -> bool:
    """Whether a letter behind a number is the unit of a dose: "5000 U/d"; a number behind it is that of a test."""
    before, behind = normal[max(0, mention.start - 2) : mention.start], normal[mention.end : mention.end + 6]
    told = normal[mention.start : mention.end] == "U" and re.search(r"\d ?$", before) is not None
    return told and re.match(r"\s?[:=]?\s?\d|\s?/\s?[A-Zm]", behind) is None


def _chain_start(masked: str, offset: int, floor: int, stop: int) -> int:
    """Where the words of a dose that stand directly before a name begin ("60 mg of", "three pulses of 500 mg IV")."""
    tokens = tokenise_dose(masked[floor - offset : stop - offset])
    items = read_items(tokens)
    first = len(tokens)
    for item in reversed(items):
        if item.kind in _DOSE_KINDS or (item.kind == "filler" and _is_of(tokens, item)):
            first = item.first
        else:
            break
    while first < len(tokens) and tokens[first].text in ("of", "the", "at", "tab", "dose"):
        first += 1
    return floor + tokens[first].start if first < len(tokens) else stop


def _is_of(tokens: Sequence[Token], item: Item) -> bool:
    return tokens[item.first].text in ("of", "the", "at", "oral", "tab", "dose", "doses", "-", "high", "low")


def _next_owner(
    masked: str, offset: int, end: int, following: int, groups: Sequence[tuple[Mention, Mention, str]], position: int
) -> int:
    """Where the words of the next drug begin, if an amount stands before that drug's name and belongs to it."""
    if position + 1 >= len(groups):
        return following
    chain = _chain_start(masked, offset, end, following)
    between, words = masked[end - offset : chain - offset], masked[chain - offset : following - offset]
    if chain >= following or not between.strip():
        return following
    has_amount = any(item.kind in ("amount", "doses", "pulse", "route") for item in read_items(tokenise_dose(words)))
    own = read_items(tokenise_dose(between))
    has_own = any(item.kind == "amount" for item in own)
    return chain if has_amount and (has_own or _SEPARATED.search(between)) else following


def _claimed(masked: str, offset: int, end: int, following: int) -> int:
    """Where the dose that stands directly behind a drug's name ends; nothing before it is for the next drug."""
    tokens = tokenise_dose(masked[end - offset : following - offset])
    claimed = 0
    for item in items_from(tokens):
        if item.kind in _DOSE_KINDS or item.kind in ("filler", "open", "close", "slots", "time_of_day", "prn"):
            claimed = tokens[item.last - 1].end
        else:
            break
    return end + claimed
