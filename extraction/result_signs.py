"""A minus sign for a result: a page and the end of a test's name in, where the sign stands out.

"HBsAg-, HIV-": a hyphen that hangs on the name and leads to nothing else. Behind a space or a colon one sign alone may
be a blank; two of one line are results.
"""

from __future__ import annotations

from extraction.result_words import Page
from kb.patterns import compiled
from kb.vocabulary import Lab, vocabulary

_ON_NAME = compiled(r"-(?!>)\s*")
_SUSPENDED = compiled(r"-(?:,\s*[\w/]+-)*,?\s*(?:and|or|&|und|et|y)\s+[\w/]+-[A-Za-z]")
_ENDS = compiled(r"[,;.)/|]|$")
_SPACED = compiled(r"[ \t]*:?[ \t]+-[ \t]*(?=[,;.)|/\n]|\s{2}|$)")
_SIGNS = compiled(r"[A-Za-z\d)][ \t]*:?[ \t]+[+-]+[ \t]*(?=[,;.)|/\n]|[ \t]{2}|$)")
_LEAST_SIGNS = 2


def minus_behind(page: Page, concept: str, start: int, limit: int) -> int | None:
    """The place of the minus sign that is the result of the test whose name ends at `start`."""
    term = vocabulary().terms[concept]
    if not isinstance(term, Lab) or term.panel not in ("virology", "autoantibodies", "pregnancy"):
        return None
    sign = _ON_NAME.match(page.normal, start)
    if _SUSPENDED.match(page.normal, start):
        return None  # "MPO-, PR3- and lysozyme-ANCA"
    if sign is not None and (sign.end() >= limit or _ENDS.match(page.normal, sign.end())):
        return start
    if _SPACED.match(page.normal, start) is None:
        return None
    begin, end = page.normal.rfind("\n", 0, start) + 1, page.normal.find("\n", start)
    line = page.normal[begin : end if end >= 0 else None]
    return page.normal.index("-", start) if len(_SIGNS.findall(line)) >= _LEAST_SIGNS else None
