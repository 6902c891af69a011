"""Days that a letter tells by pointing back: "to be taken for three weeks from that day".

A normalised text and its time expressions out of which "that day" is one: the further expressions out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extraction.reading import TimeExpression
from kb.patterns import compiled

_REACH = 240  # characters back to the day meant
_REFERS = compiled(
    r"\bfrom (?P<day>(?:that|this|the same|the said) (?:very |same )?(?:day|date)|then)(?: on(?:wards?)?)?\b"
)


def days_referred(normal: str, told: Sequence[TimeExpression]) -> Iterator[TimeExpression]:
    """A beginning on the last single day told before each "from that day"."""
    for match in _REFERS.finditer(normal.lower()):
        days = [
            one
            for one in told
            if match.start() - _REACH <= one.start
            and one.end <= match.start()
            and one.role in ("point", "start")
            and one.time is not None
            and one.time.earliest == one.time.latest
        ]
        if days and "\n\n" not in normal[days[-1].end : match.start()]:
            yield TimeExpression(match.start("day"), match.end("day"), "start", days[-1].time)
