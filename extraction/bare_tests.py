"""Tests that are named without a result: the name in, a fact out where it tells or asks for something.

A name or a denial of it may hold the result ("CMV viraemia", "no ANCA"); the title over rows of results tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extraction.carried_antibodies import carried
from extraction.denied_tests import denied_test
from extraction.diagnosed_viruses import diagnosed
from extraction.knowledge import cues
from extraction.known_markers import known_marker
from extraction.named_tests import Named, is_member
from extraction.reading import Mention, Reading
from extraction.result_facts import facts_of_name
from extraction.result_words import Page, alternatives
from kb.facts import Coded, Fact
from kb.patterns import compiled

_TITLE_WORDS = compiled(r"serology|results?|report|panel|screen|date|dated|microbiology|immunology|and", re.IGNORECASE)


def _is_title(reading: Reading, mention: Mention) -> bool:
    """Whether a name is all that its line holds, but for a date: "VIROLOGY (05/06/26)" over rows of results."""
    begin = reading.normal.rfind("\n", 0, mention.start) + 1
    end = reading.normal.find("\n", mention.end)
    rest = reading.normal[begin : mention.start] + reading.normal[mention.end : end if end >= 0 else None]
    return end >= 0 and re.search(r"[a-z]{4}", re.sub(_TITLE_WORDS, "", rest), re.IGNORECASE) is None


def _heads_members(reading: Reading, named: Named) -> bool:
    """ "Virology 03/2026: HBsAg neg, HCV neg": a panel with its date, and its members behind a colon."""
    mention = named.mention
    end = reading.sentences[mention.sentence].end
    following = next((one for one in reading.mentions_in(mention.end, end) if one.kind == "lab"), None)
    if following is None or not is_member(named.concept, following.concept):
        return False
    between = reading.normal[mention.end : following.start]
    for time in reversed(reading.times_in(mention.end, following.start)):
        between = between[: time.start - mention.end] + between[time.end - mention.end :]
    return (
        compiled(r"[\s(]*(?:\([^()]*\)|from|of|on|dated)?[\s)]*:[\s-]*", re.IGNORECASE).fullmatch(between) is not None
    )


def facts_of_bare_name(reading: Reading, page: Page, named: Named) -> Iterator[Fact]:
    """A test that is named without a result: to be asked for; "no ANCA" is negative, "no recent ECG" was not done."""
    mention = named.mention
    words = page.text[mention.start : mention.end]
    if (
        (
            words in cues("measurements")["needs_result"]
            and mention.assertion != "absent"
            and known_marker(reading, mention, named.concept) is None
        )
        or (len(words) < int(cues("measurements")["bare_needs_length"]) and not words.isupper())
        or (len(words) < 3 and words not in cues("measurements")["bare_short"])
    ):
        return
    if (
        named.concept in cues("measurements")["bare_not"]
        or mention.kind == "condition"
        or mention.assertion == "conditional"
    ):
        return
    is_panel = named.concept in cues("measurements")["panels"]
    is_listed = reading.section_at(mention.start) in cues("measurements")["diagnosed_viruses"]["sections"]
    if is_panel and mention.assertion != "absent" and not is_listed and _is_title(reading, mention):
        return
    if is_panel and mention.assertion != "absent" and _heads_members(reading, named):
        return
    value = (
        _by_name(reading, mention)
        or _found(reading, named)
        or carried(reading, mention)
        or diagnosed(reading, mention, named.concept)
        or known_marker(reading, mention, named.concept)
    )
    start = mention.start
    if mention.assertion == "absent" and mention.cue is not None and mention.cue[0] < mention.start:
        start = mention.cue[0]
        value = value or denied_test(reading, mention, named.concept)
    yield from facts_of_name(reading, named, value, start)


def _by_name(reading: Reading, mention: Mention) -> Coded | None:
    """ "CMV viraemia": a name that holds its result, where it is neither looked for nor feared."""
    known = cues("measurements")
    words = reading.normal[mention.start : mention.end]
    if mention.assertion != "present" or mention.temporality == "planned":
        return None
    if not words.lower().endswith(tuple(known["named_positive"])):
        return None
    before = reading.normal[max(0, mention.start - 40) : mention.start]
    behind = reading.normal[mention.end : mention.end + 30]
    if re.search(rf"{alternatives(known['named_positive_not_before'])}\s*(?:[\w-]+\s+)?$", before, re.IGNORECASE):
        return None
    if re.match(rf"\s*{alternatives(known['named_positive_not_behind'])}", behind, re.IGNORECASE):
        return None
    return Coded("positive", reading.text[mention.start : mention.end])


def _found(reading: Reading, named: Named) -> Coded | None:
    """ "Her urine held red-cell casts": a finding that is there by being told."""
    known, mention = cues("measurements")["named_found"], named.mention
    if named.concept not in known["concepts"] or mention.assertion != "present" or mention.temporality != "current":
        return None
    start = reading.sentences[mention.sentence].start
    before = reading.normal[start : mention.start]
    led = re.search(known["before"], before, re.IGNORECASE) or re.match(
        known["behind"], reading.normal[mention.end : mention.end + 40], re.IGNORECASE
    )
    if led is None or re.search(alternatives(known["not_in"]), before[-60:], re.IGNORECASE):
        return None
    return Coded("positive", reading.text[mention.start : mention.end])
