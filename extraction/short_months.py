"""Months with a year of two digits: a text in, times such as that of "abscess 11/25" out.

Read only where the letter counts days first, so that the second number can be no month: "11/25" is November 2025. What
stands behind the name of an index ("AI 11/24") is a score, and so is a bare "3/24" without a word that leads to a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from extraction.dates import Order, whole_month
from extraction.reading import TimeExpression
from kb.patterns import compiled

_MONTH = compiled(
    r"(?<![\w.,/:+=<>-])(?P<month>0?[1-9]|1[0-2])/(?P<year>1[3-9]|[2-9]\d)"
    r"(?![\w/%]|[.,]?\d|-\d| ?(?:mg|g|mcg|mm|cm|mmhg|x|h|hrs?|hours?|joints?|points?|pts|tabs?|cells?|weeks?)\b| ?%)",
    re.IGNORECASE,
)
_LEADS = compiled(r"\b(?:in|since|from|until|till|by|during|of|dated|to|through|after|before)\s$|\($", re.IGNORECASE)
_INDEX = compiled(
    r"\b(?:ai|ci|nih|activity|chronicity|index|indices|scor(?:e|es|ed|ing)|sledai(?:-2k)?|clasi(?:-[ad])?|pga|vas|moca|"
    r"mmse|joints?|counts?|tjc|sjc|titre|titer|gcs|gaf|rated|stage|grade|items?|points?|bp)[\s:=(]*(?:of |is |was )?$",
    re.IGNORECASE,
)


def short_months(normal: str, order: Order, reference: date | None) -> Iterator[TimeExpression]:
    """The months written so, none later than the letter's."""
    if order != "day first" or reference is None:
        return
    for match in _MONTH.finditer(normal):
        before = normal[max(0, match.start() - 24) : match.start()]
        year, month = 2000 + int(match["year"]), int(match["month"])
        if (year, month) > (reference.year, reference.month) or _INDEX.search(before):
            continue
        if len(match["month"]) == 1 and not _LEADS.search(before):
            continue
        yield TimeExpression(match.start(), match.end(), "point", whole_month(year, month, match.group()))
