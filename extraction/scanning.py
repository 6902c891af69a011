"""Long expressions tried only where they can begin: a text and two patterns in, the matches in order out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


def matches_from(starts: re.Pattern[str], pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches that `pattern.finditer` gives, where each begins where `starts`, of one character, finds something.

    >>> [match.group() for match in matches_from(re.compile("[0-9]"), re.compile("[0-9]+ mg"), "5 g, 10 mg")]
    ['10 mg']
    """
    return matches_at((start.start() for start in starts.finditer(text)), pattern, text)


def matches_at(places: Iterable[int], pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches that `pattern.finditer` gives, where each begins at one of the places, which are in order."""
    free = 0
    for place in places:
        if place >= free:
            match = pattern.match(text, place)
            if match is not None:
                yield match
                free = match.end()
