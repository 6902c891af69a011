"""Plus and minus signs beside findings: a Reading with mentions in, the mentions that a sign denies or affirms set.

"Rash (+), fever (-)" signs behind the name, "(-) cough (+) rash" before it; one line keeps to one way.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from itertools import groupby

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from kb.patterns import compiled

_BARE_BEHIND = compiled(r" ?([+-])(?=\s*(?:[,;.]|$))")
_BARE_BEFORE = compiled(r"(?:^|[,;])\s*([+-]) ?$")
_LEAST_BARE = 2  # one hyphen may be a dash or a bullet


def read_signs(reading: Reading) -> None:
    """Sets the assertion of every mention that a sign stands beside; `cue` becomes the sign."""
    kinds = cues("context")["signs"]["kinds"]
    for number, group in groupby(reading.mentions, key=lambda mention: mention.sentence):
        mentions = [mention for mention in group if mention.kind in kinds]
        if mentions:
            start, end = reading.sentences[number].start, max(reading.sentences[number].end, mentions[-1].end)
            _bracketed(reading, mentions, start, end)
            _paired(reading, mentions, start, end)
            _bare(reading, mentions, start, end)


@functools.cache
def _sign() -> re.Pattern[str]:
    known = cues("context")["signs"]
    either = [re.escape(sign) for sign in sorted((*known["absent"], *known["present"]), key=len, reverse=True)]
    return compiled(r"(?<![\w(\[])(?:" + "|".join(either) + r")(?!\w)", re.IGNORECASE)


def _bracketed(reading: Reading, mentions: Sequence[Mention], start: int, end: int) -> None:
    signs = list(_sign().finditer(reading.normal, start, end))
    if not signs:
        return
    # a sign that stands before the first thing named shows that all of them stand before theirs
    first = min(mention.start for mention in mentions)
    leading = signs[0].end() <= first and not reading.normal[start : signs[0].start()].strip(" -*:")
    for mention in mentions:
        if leading:
            beside = [sign for sign in signs if _only_space(reading, sign.end(), mention.start)]
        else:
            beside = [sign for sign in signs if _only_space(reading, mention.end, sign.start())]
        if beside:
            _set(reading, mention, beside[0].group().lower() in cues("context")["signs"]["absent"], beside[0].span())


def _only_space(reading: Reading, start: int, end: int) -> bool:
    return start <= end and not reading.normal[start:end].strip(" :=")


def _bare(reading: Reading, mentions: Sequence[Mention], start: int, end: int) -> None:
    """ "Fever -, rash +": signs without brackets, where at least two of one line stand so."""
    normal = reading.normal
    if normal.find("-", start, end) < 0 and normal.find("+", start, end) < 0:
        return
    behind = [(one, found) for one in mentions if (found := _BARE_BEHIND.match(normal, one.end, end))]
    before = [(one, found) for one in mentions if (found := _BARE_BEFORE.search(normal[start : one.start]))]
    for placed, offset in ((behind, 0), (before, start)):
        if len(placed) >= _LEAST_BARE:
            for mention, found in placed:
                _set(reading, mention, found[1] == "-", (found.start(1) + offset, found.end(1) + offset))
            return


@functools.cache
def _answers() -> re.Pattern[str]:
    """Two or more answers in a row behind a colon or dash: ": no / no / yes (2014)"."""
    known = cues("context")["signs"]
    word = "|".join(re.escape(word) for word in (*known["paired_no"], *known["paired_yes"]))
    one = rf"(?:{word})(?!\w)(?:\s*\([^()]*\))?"
    return compiled(rf"(?P<lead>\s*[:=|-]\s*)(?P<answers>{one}(?:\s*[/,;]\s*{one})+)(?=\s*(?:$|[.|\n]|\s{{2}}))", re.I)


def _paired(reading: Reading, mentions: Sequence[Mention], start: int, end: int) -> None:
    """ "Dialysis / transplant / cancer: no / no / yes": each answer is that of the name in its place."""
    found = _answers().search(reading.normal, mentions[0].end, end)
    if found is None:
        return
    answers = list(re.finditer(r"(?:[^/,;(]|\([^)]*\))+", found["answers"]))
    begin = max(start, reading.normal.rfind("\n", start, found.start()) + 1)
    ends = [match.start() for match in re.finditer(r"[/,;]", reading.normal[begin : found.start()])]
    if len(ends) + 1 != len(answers):
        return
    for mention in mentions:
        if begin <= mention.start and mention.end <= found.start():
            answer = answers[sum(begin + at < mention.start for at in ends)]
            denied = answer.group().split("(")[0].strip().lower() in cues("context")["signs"]["paired_no"]
            mention.assertion = "absent" if denied else "present"
            low, high = (found.start("answers") + at for at in answer.span())
            mention.cue = (low, high) if denied else None


def _set(reading: Reading, mention: Mention, absent: bool, cue: tuple[int, int]) -> None:
    """A plus sign takes back what another finding's minus sign said, never a denial in words."""
    if not absent and mention.cue is not None and any(map(str.isalpha, reading.normal[slice(*mention.cue)])):
        return
    mention.assertion = "absent" if absent else "present"
    mention.cue = cue if absent else None
