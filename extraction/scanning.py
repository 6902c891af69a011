"""Long expressions tried only where they can begin: a text and two patterns in, the matches in order out."""

from __future__ import annotations

import re
from collections.abc import Iterator


def matches_from(starts: re.Pattern[str], pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches that `pattern.finditer` gives, where each of them begins where `starts` finds something.

    >>> [match.group() for match in matches_from(re.compile("[0-9]"), re.compile("[0-9]+ mg"), "5 g, 10 mg")]
    ['10 mg']
    """
    start = starts.search(text)
    while start is not None:
        match = pattern.match(text, start.start())
        if match is not None:
            yield match
        start = starts.search(text, max(start.start() + 1, match.end() if match is not None else 0))
