"""What a letter says of each mention: a Reading in, its mentions with assertion, experiencer and temporality out.

medspaCy's ConText finds the cues of `context.yaml` and their scope in every sentence that holds a mention; here
each scope is held to its clause, and the cues that reach a mention are turned into the three fields.
"""

from __future__ import annotations

import bisect
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from operator import itemgetter
from typing import NamedTuple

from extraction.bystanders import give_to_others, other_patients
from extraction.clause import Clause
from extraction.context_cues import CueFinder
from extraction.denied_lists import deny_listed
from extraction.denied_of_patient import deny_of_patient
from extraction.forms import deny_items
from extraction.knowledge import cues
from extraction.language_library import ConTextGraph, ConTextModifier
from extraction.reach import reaches
from extraction.reading import Mention, Reading
from extraction.relatives_behind import (
    give_back_to_patient,
    give_to_relatives_before,
    give_to_relatives_behind,
    give_to_the_struck,
)
from extraction.replaced_diagnoses import deny_replaced
from extraction.signs import read_signs
from extraction.subjects import carry_subjects
from extraction.tokens import LINE_BREAK
from kb.facts import Assertion, Experiencer, Temporality

_WITHOUT_SCOPE = ("TERMINATE", "PSEUDO")  # cues that say nothing themselves
_WORDS_OF_EVIDENCE = 4
_LONGEST_CUE = 4
_SAYS: dict[str, tuple[Assertion | None, Experiencer | None, Temporality | None]] = {
    "absent": ("absent", None, None),
    "never": ("absent", None, "historical"),
    "no_family": ("absent", "family", None),
    "possible": ("possible", None, None),
    "hypothetical": ("conditional", None, None),
    "unwanted": ("conditional", None, None),
    "conditional": ("conditional", None, None),
    "historical": (None, None, "historical"),
    "background": (None, None, "historical"),
    "ended": (None, None, "historical"),
    "planned": (None, None, "planned"),
    "family": (None, "family", None),
    "other": (None, "other", None),
}


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue that reaches a mention: what it says, on which side, how many tokens away, and its tokens."""

    says: str
    side: str
    distance: int
    start: int
    end: int


class Target(NamedTuple):
    """A mention's tokens, with the names that ConText knows them by."""

    start: int
    end: int
    label_: str


@functools.cache
def _finder() -> CueFinder:
    return CueFinder(tuple(_SAYS))


def assert_mentions(reading: Reading) -> None:
    """Sets assertion, experiencer, temporality and cue of every mention of the reading."""
    for number, group in groupby(reading.mentions, key=lambda mention: mention.sentence):
        _sentence(reading, number, list(group))
    read_signs(reading)
    deny_items(reading)
    deny_listed(reading)
    carry_subjects(reading)
    give_to_relatives_before(reading)
    give_to_relatives_behind(reading)
    give_to_the_struck(reading)
    give_back_to_patient(reading)
    reading.others = other_patients(reading)
    give_to_others(reading)
    deny_replaced(reading)
    deny_of_patient(reading)


def _sentence(reading: Reading, number: int, mentions: list[Mention]) -> None:
    sentence = reading.sentences[number]
    end = max([sentence.end, *(mention.end for mention in mentions)])
    first, last = reading.token_at(sentence.start), reading.token_at(end)
    spans, words = reading.token_spans[first:last], reading.words[first:last]
    if LINE_BREAK in words:
        spans = [span for span, word in zip(spans, words, strict=True) if word != LINE_BREAK]
        words = [word for word in words if word != LINE_BREAK]
    if not spans:
        return
    targets = [_target(spans, words, mention) for mention in mentions]
    clause = Clause.of(reading.normal, spans, words, targets)
    found = _cues_of_targets(targets, clause)
    for mention, target in zip(mentions, targets, strict=True):
        reaching = found.get(target, [])
        _apply(mention, _without_denied_doubt(reaching, clause.words), spans)
        before = clause.words[: target.start]
        _known_already(mention, before)
        _by_section(mention, sentence.section, before, clause.words[target.start : target.end])


def _target(spans: Sequence[tuple[int, int]], words: Sequence[str], mention: Mention) -> Target:
    """The tokens of a mention; a caller's span that cuts a token takes the whole of it."""
    first = bisect.bisect_right(spans, mention.start, key=itemgetter(1))
    last = bisect.bisect_left(spans, mention.end, key=itemgetter(0))
    if first >= last:
        first = min(range(len(spans)), key=lambda i: abs(spans[i][0] - mention.start))
        last = first + 1
    if mention.kind == "span":
        first += _leading_cue(words[first:last])
    return Target(first, last, mention.kind)


def _leading_cue(words: Sequence[str]) -> int:
    """How many words at the head of a caller's span are a cue about the rest of it: "status post splenectomy"."""
    for length in range(min(len(words) - 1, _LONGEST_CUE), 0, -1):
        if " ".join(words[:length]) in _leading_cues():
            return length
    return 0


@functools.cache
def _leading_cues() -> frozenset[str]:
    content = cues("context")
    phrases = (phrase.lower() for says in ("absent", "never", "historical") for phrase in content[says]["forward"])
    return frozenset(phrase for phrase in phrases if " " in phrase or "/" in phrase)


def _cues_of_targets(targets: list[Target], clause: Clause) -> dict[Target, list[Cue]]:
    """The cues whose scope, held to its clause, reaches each target (by its tokens and its kind)."""
    found: dict[Target, list[Cue]] = {}
    modifiers = _finder().modifiers(clause.words)
    if all(modifier.direction in _WITHOUT_SCOPE for modifier in modifiers):
        return found
    kinds: dict[tuple[int, int], set[str]] = {}
    for target in targets:
        kinds.setdefault((target.start, target.end), set()).add(target.label_)
    graph = ConTextGraph(targets, modifiers)
    graph.update_scopes()
    graph.apply_modifiers()
    seen: set[tuple[int, int, int, int]] = set()
    for target, modifier in graph.edges:
        start, end = modifier.modifier_span
        key = (target.start, target.end, start, end)
        if key in seen:
            continue
        seen.add(key)
        place = (target.start, target.end)
        meanings = list(_meanings(modifier.rule.category))
        for kind, (says, side) in product(kinds[place], meanings):
            distance = reaches(clause, says, side, (start, end), place, kind)
            if distance is not None:
                found.setdefault(Target(*place, kind), []).append(Cue(says, side, distance, start, end))
    for target in set(targets):
        if target.label_ != "statement":  # its own words may hold the denial
            found.setdefault(target, []).extend(_cues_that_run_into(modifiers, target))
    return found


def _cues_that_run_into(modifiers: Sequence[ConTextModifier], target: Target) -> Iterator[Cue]:
    """The denials whose last words begin the name: "no known | cardiac disease", "no involvement | of the CNS"."""
    for modifier in modifiers:
        start, end = modifier.modifier_span
        if start < target.start < end <= target.end:
            for says, side in _meanings(modifier.rule.category):
                if says in ("absent", "never") and side == "forward":
                    yield Cue(says, side, 0, start, end)


def _apply(mention: Mention, reaching: list[Cue], spans: Sequence[tuple[int, int]]) -> None:
    deciding = _deciding([cue for cue in reaching if _SAYS[cue.says][0] is not None])
    if deciding is not None:
        mention.assertion = _SAYS[deciding.says][0] or mention.assertion
        mention.cue = spans[deciding.start][0], spans[deciding.end - 1][1]
    for cue in sorted(reaching, key=lambda cue: -cue.distance):
        assertion, experiencer, temporality = _SAYS[cue.says]
        if assertion is not None and cue is not deciding:
            continue
        mention.experiencer = experiencer or mention.experiencer
        mention.temporality = temporality or mention.temporality
        if mention.cue is None:
            mention.cue = spans[cue.start][0], spans[cue.end - 1][1]


def _without_denied_doubt(reaching: list[Cue], words: Sequence[str]) -> list[Cue]:
    """Without the doubts that are themselves denied: "no findings suggesting infection"."""
    evidential = cues("context")["evidential"]
    denials = [cue for cue in reaching if cue.says in ("absent", "never") and cue.side == "forward"]
    return [
        cue
        for cue in reaching
        if not (
            cue.says == "possible"
            and " ".join(words[cue.start : cue.end]) in evidential
            and any(0 <= cue.start - denial.end <= _WORDS_OF_EVIDENCE for denial in denials)
        )
    ]


def _deciding(reaching: list[Cue]) -> Cue | None:
    """The cue that decides the assertion: a condition, else "was excluded" behind the mention, else the nearest."""
    for cue in reaching:
        if cue.says in ("hypothetical", "unwanted"):
            return cue
    for cue in reaching:
        if cue.says == "absent" and cue.side != "forward":
            return cue
    return min(reaching, key=lambda cue: cue.distance, default=None)


@functools.cache
def _patient_subjects() -> frozenset[str]:
    return frozenset(cues("context")["patient_subjects"])


@functools.cache
def _lifelong() -> frozenset[str]:
    return frozenset(cues("context")["lifelong"])


def _by_section(mention: Mention, section: str | None, before: Sequence[str], words: Sequence[str]) -> None:
    """What the section, or its own words, say of a mention where the sentence says nothing else."""
    default: dict[str, str] = cues("context")["sections"].get(section or "", {})
    experiencer, temporality = default.get("experiencer"), default.get("temporality")
    about_patient = not _patient_subjects().isdisjoint(before)
    if experiencer == "family" and mention.experiencer == "patient" and not about_patient:
        mention.experiencer = "family"
    if mention.kind == "span":
        temporality = default.get("denied") if mention.assertion == "absent" else temporality
        temporality = "historical" if not _lifelong().isdisjoint(words) else temporality
    if temporality == "historical" and mention.temporality == "current" and mention.assertion in ("present", "absent"):
        mention.temporality = "historical"


def _known_already(mention: Mention, before: Sequence[str]) -> None:
    """What the sentence takes for known is not denied by it: "nothing neurological from her lupus"."""
    known = cues("context")["presupposing"]
    taken_in = mention.cue is not None and mention.start - 1 <= mention.cue[1] <= mention.start  # "never touched her"
    if taken_in or mention.assertion != "absent" or mention.kind not in ("condition", "span"):
        return
    if before and before[-1] in known:
        mention.assertion, mention.cue = "present", None


def _meanings(category: str) -> Iterator[tuple[str, str]]:
    for meaning in category.lower().split("|"):  # medspaCy writes categories in capitals
        says, _, side = meaning.partition(".")
        if side:
            yield says, side
