"""A dose that goes on in the next sentence without the drug's name: scopes in, further scopes out.

"Prednisolone 60 mg from March to May; now 10 mg." Only a sentence that opens with a word of change or an amount, and
names no other drug or test before it, speaks of the last drug of the sentence before.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Sequence

from extraction.dose_item import Item
from extraction.dose_items import read_items
from extraction.dose_words import Token, holds_unit, match_phrase, may_open, tokenise_dose
from extraction.drug_harms import harm_before_end, reasons_referred, refers_back
from extraction.drug_reasons import Reason, cause_in, listed
from extraction.drug_scope import Scope, masked_times
from extraction.knowledge import cues
from extraction.reading import Mention, Reading, Sentence, TimeExpression
from extraction.word_tree import letters, word_tree
from kb.facts import Time
from kb.patterns import compiled
from kb.vocabulary import Vocabulary, vocabulary

_NEAR, _BESIDE = 80, 16  # characters
_PARAGRAPH = compiled(r"\n[ \t]*\n|\n[ \t]*(?:[-*•]|\(?\d{1,2}[.)])")
_MOST_WORDS = 4  # before the amount


def continued_scopes(reading: Reading, scopes: Sequence[Scope], vocabulary: Vocabulary) -> list[Scope]:
    """Scopes without a name of their own, of drugs whose doses are often told in steps."""
    last_of = {scope.mention.sentence: scope for scope in scopes}
    first_of = {scope.mention.sentence: scope for scope in reversed(scopes)}
    found: list[Scope] = []
    for index, sentence in enumerate(reading.sentences[1:], 1):
        previous = last_of.get(index - 1)
        if previous is None or not vocabulary.is_one_of(previous.concept, cues("medications")["told_in_steps"]):
            continue
        stop = first_of[index].before if index in first_of else sentence.end
        named = [
            mention.start for mention in reading.mentions_in(sentence.start, stop) if mention.kind in ("lab", "score")
        ]
        stop = min([stop, *named])
        start = _opening(reading, sentence.start, stop)
        if start is not None and _has_dose(reading, previous):
            mention = Mention(start, start, previous.concept, "drug", index, experiencer=previous.mention.experiencer)
            scope = dataclasses.replace(
                previous,
                mention=mention,
                start=start,
                end=start,
                before=start,
                after=stop,
                sentence_start=sentence.start,
                sentence_end=sentence.end,
            )
            found.append(scope)
            last_of.setdefault(index, scope)
    return found


def told_ends(reading: Reading, scopes: Sequence[Scope]) -> dict[int, Time]:
    """By the start of a drug's scope, the day told as its end in a clause of its own: "...; last tablet on 10 May"."""
    found: dict[int, Time] = {}
    for scope in {scope.mention.sentence: scope for scope in scopes}.values():
        end = _end_beside(reading, scope)
        if end is not None:
            found[scope.start] = end
        following = scope.mention.sentence + 1
        if following >= len(reading.sentences):
            continue
        sentence = reading.sentences[following]
        drugs = [one for one in reading.mentions_in(sentence.start, sentence.end) if one.kind == "drug"]
        times = [
            time for time in reading.times_in(sentence.start, sentence.end) if time.role in ("point", "start", "end")
        ]
        if len(times) != 1 or times[0].time is None:
            continue
        if _told_end(reading, sentence) is None and not _told_end_straight(reading, sentence, times[0]):
            continue
        if all(one.start < times[0].start and _is_general(one.concept) for one in drugs):
            found[scope.start] = times[0].time
    return found


def _end_beside(reading: Reading, scope: Scope) -> Time | None:
    """The day of the last dose, told behind a comma: "flucloxacillin, last tablet 9 June, all healed"."""
    limit = min(scope.sentence_end, scope.end + _NEAR)
    match = _last_dose().search(reading.normal, scope.end, limit)
    if match is None:
        return None
    times = [
        time for time in reading.times_in(match.end(), scope.sentence_end) if time.role in ("point", "start", "end")
    ]
    return times[0].time if times and times[0].start - match.end() <= _BESIDE else None


def told_stretches(reading: Reading, scopes: Sequence[Scope], vocabulary: Vocabulary) -> dict[int, TimeExpression]:
    """By the start of a drug's scope, from when to when the next sentence says that this dose was held.

    "I put her on 60 mg daily; she stayed on that dose from 3 November until 20 February."
    """
    found: dict[int, TimeExpression] = {}
    held = compiled(cues("medications")["dose_held"], re.IGNORECASE)
    for scope in {scope.mention.sentence: scope for scope in scopes}.values():
        following = scope.mention.sentence + 1
        if following >= len(reading.sentences) or not _has_dose(reading, scope):
            continue
        if not vocabulary.is_one_of(scope.concept, cues("medications")["told_in_steps"]):
            continue
        sentence = reading.sentences[following]
        spans = [time for time in reading.times_in(sentence.start, sentence.end) if time.role == "span"]
        told = spans and held.fullmatch(reading.normal, sentence.start, spans[0].start)
        if told and not any(one.kind == "drug" for one in reading.mentions_in(sentence.start, spans[0].start)):
            found[scope.start] = spans[0]
    return found


@functools.cache
def _last_dose() -> re.Pattern[str]:
    phrases = [
        phrase for phrase in cues("medications")["ended_without_name"] if "last " in phrase or "final " in phrase
    ]
    return compiled(rf"[,;(]\s*(?:the )?{word_tree(map(letters, phrases))}(?!\w)", re.IGNORECASE)


def told_reasons(reading: Reading, scopes: Sequence[Scope]) -> dict[int, Reason]:
    """By the start of a drug's scope, why it ended, told in a clause of its own: "... 2012-2015. Stopped: rash."."""
    found: dict[int, Reason] = {}
    for scope in {scope.mention.sentence: scope for scope in scopes}.values():
        following = scope.mention.sentence + 1
        if following >= len(reading.sentences):
            continue
        sentence = reading.sentences[following]
        if any(one.kind == "drug" for one in reading.mentions_in(sentence.start, sentence.end)):
            continue
        if refers_back(reading, sentence.start, sentence.end):
            referred = [one.start for one in scopes if one.mention.sentence == scope.mention.sentence]
            found |= reasons_referred(reading, referred, sentence.start, sentence.end)
        elif (ended := _told_end(reading, sentence)) is not None:
            reason = cause_in(reading, ended, sentence.end, weak=True, short=True)
            if reason is not None:
                found[scope.start] = reason
        elif _PARAGRAPH.search(reading.normal, scope.sentence_end - 1, sentence.start) is None:
            reason = harm_before_end(reading, sentence.start, sentence.end)
            if reason is not None:
                found[scope.start] = reason
    return found


def _told_end(reading: Reading, sentence: Sentence) -> int | None:
    """Where the words end that open a sentence and tell of the end of a drug without its name."""
    text = reading.normal[sentence.start : min(sentence.end, sentence.start + 60)]
    if not may_open(listed("ended_without_name"), text):
        return None
    tokens = tokenise_dose(text)
    opens = match_phrase(listed("ended_without_name"), tokens, 0)
    return None if opens is None else sentence.start + tokens[opens[1] - 1].end


def _told_end_straight(reading: Reading, sentence: Sentence, time: TimeExpression) -> bool:
    """ "Noradrenaline; off 4 March, none since": an end that needs its day behind it ("off work since May")."""
    tokens = tokenise_dose(reading.normal[sentence.start : time.start])
    opens = match_phrase(listed("ended_straight"), tokens, 0)
    return opens is not None and len(tokens) - opens[1] <= 1 and time.start - sentence.start < _BESIDE + _BESIDE


def _is_general(concept: str) -> bool:
    """ "the antibiotics were stopped": a class, which names no other drug."""
    return bool(vocabulary().below(concept) - {concept})


def _has_dose(reading: Reading, scope: Scope) -> bool:
    text = masked_times(reading, scope.before, max(scope.after, scope.end))
    tokens = tokenise_dose(text)
    return holds_unit(tokens) and any(item.kind == "amount" and item.unit == "mg" for item in read_items(tokens))


def _opening(reading: Reading, start: int, stop: int) -> int | None:
    """Where the words of the dose begin, if the sentence opens with them."""
    tokens = tokenise_dose(masked_times(reading, start, stop))
    items = read_items(tokens) if holds_unit(tokens) else ()
    words = 0
    for position, item in enumerate(items):
        if item.kind == "amount" and item.unit == "mg" and _is_daily(items, position, tokens):
            return start + tokens[0].start
        if item.kind == "word" and tokens[item.first].text not in cues("medications")["speaks_of_the_dose"]:
            words += 1
        if words > _MOST_WORDS or item.kind in ("stop", "route"):
            return None
    return None


def _is_daily(items: Sequence[Item], position: int, tokens: Sequence[Token]) -> bool:
    """The amount follows a word of change, opens the sentence, or has "now" or "since" or a date behind it."""
    before = [item for item in items[:position] if item.kind not in ("filler", "close", "open")]
    opens = not [item for item in before if item.kind == "word"]
    changed = any(item.kind == "change" for item in before)
    spoken = any(tokens[item.first].text in cues("medications")["speaks_of_the_dose"] for item in before)
    return changed or spoken or opens
