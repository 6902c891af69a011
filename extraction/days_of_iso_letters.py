"""Days without their year in a letter that writes the year first: "intubated 12-15", "injections on 02.27 and 03.06".

A normalised text and the letter's day in, TimeExpressions out. Who writes "2026.02.20" counts months before days; two
numbers of two digits each are then a day, but for a share, a range with its unit or the number of a test.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from extraction.dates import day_of
from extraction.reading import TimeExpression
from kb.facts import Time
from kb.patterns import compiled

_YEAR_FIRST = compiled(
    r"(?<![\w.,/-])(?:19|20)\d\d(?P<sign>[-/.])(?:0[1-9]|1[0-2])(?P=sign)(?:0[1-9]|[12]\d|3[01])(?!\d)"
)
_YEAR_LAST = compiled(r"(?<![\w.,/-])\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d(?!\d)")
_DAY = compiled(
    r"(?<![\w.,/:+=<>~%-])(?P<month>0[1-9]|1[0-2])(?P<sign>[-.])(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?![\w%~-]|[.,/]\d| ?(?:mg|g|kg|mcg|ug|ml|mm|cm|u|iu|umol|mmol|nmol|pg|ng|years?|yrs?|y|months?|weeks?|days?"
    r"|hours?|h|min|points?|cells?|joints?|times?|x|fold|doses?|copies|tablets?|[µ/×^*])(?![a-z])| ?10)"
)
# words straight before the day
_LED = compiled(
    r"(?:^|[\n:;.,(]\s*|\b(?:on|since|from|until|till|to|and|by|of|dated|at|in|admitted|admission|discharged|intubated|"
    r"extubated|transferred|started|stopped|given|operated|reviewed|examined|checked|repeated|ultrasound|uss?|ecg|ekg|eeg|"
    r"ct|hrct|mri|ucg|echo|x-?ray|cxr|biopsy|puncture|pulse|pulses|infusion|dose|visit) )$",
)


def days_of_iso_letters(normal: str, reference: date) -> Iterator[TimeExpression]:
    """The days written so, each the last one not after `reference`, where full dates have the year first."""
    if not _YEAR_FIRST.search(normal) or _YEAR_LAST.search(normal):
        return
    for match in _DAY.finditer(normal):
        if not _LED.search(normal[max(0, match.start() - 16) : match.start()].lower()):
            continue
        month, day = int(match["month"]), int(match["day"])
        found = [one for year in (reference.year, reference.year - 1) if (one := day_of(year, month, day))]
        past = next((one for one in found if one <= reference), None)
        if past is not None:
            yield TimeExpression(match.start(), match.end(), "point", Time.on(past, match.group()))
