"""Plain characters for the pipeline: a letter's text in, a text of the same length out.

Spaces, dashes, quotes, full-width forms and arrows become one character each, so that every offset stays true.
"""

from __future__ import annotations

import functools
import re

from extraction.forms import fill_in
from kb.patterns import compiled

_SAME_MEANING = {
    " ": "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
    "\u200b\u200c\u200d\ufeff\u00ad\v",
    "\n": "\f\u2028\u2029\x85",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043",
    "'": "\u2018\u2019\u201a\u201b\u2032\u00b4`",
    '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb",
    "x": "\u00d7\u2715\u2716",
    "µ": "\u03bc",
    "→": "\u21d2\u2794\u279c\u27a1\u2192",
    "•": "\u25cf\u25cb\u25e6\u2023\u25aa\u25a0\u00b7\u2219\uf0b7",
    "/": "\u2044\u2215",
    "≤": "\u2a7d\u2266",
    "≥": "\u2a7e\u2267",
    ".": "\u3002",
    ",": "\u3001",
    "~": "\u2248\u223c",
}

# What a scan's character recognition makes of letters inside words and of digits inside numbers. The character comes
# first and looks back over itself, so that the search leaps from one candidate to the next.
_DIGIT_IN_WORD = compiled(
    r"[015](?:(?<=[^\W\d_]{2}.)(?=[a-z]{2})|(?<=[A-Z]{2}0)(?=[A-Z]{2})|(?<=\b[A-Z]0)(?=[a-z]{3})"
    r"|(?<=[a-z][01])(?=[a-z]{2})(?![a-z]\b)|(?<=[a-z]{3}[01])(?=[a-z]\b)|(?<=\bo1)(?=d\b)|(?<=\bd0)(?=es\b)|(?<=\bn0)(?=ne\b)"
    r"|(?<=\b[nN]0)(?=[tT]\b)|(?<=\b[fnlg]0)(?=[rwt]\b)"
    r"|(?<=[A-Z][a-z][01])(?=[a-z]))"
)
_LETTER_IN_NUMBER = compiled(
    r"[OolI](?:(?<=\d[Oo])(?=\d| ?(?:mg|g)\b| ?%)|(?<=\d\d[Oo])(?=[,;]?\s)"
    r"|(?<=[lI])(?<![^\W\d_].)(?=[.,]\d{1,2} ?(?:mg|g|mmol)/|\d+ ?(?:mg|kg|g|%)\b|[\dO] [A-Z][a-z]{2,8} [\dO]{4})"
    r"|(?<=\d[lI])(?= ?%)|(?<=  l)(?=l?\d{1,3}(?:\s{2,}|\s*$))|(?<=  ll)(?=\d{1,2}(?:\s{2,}|\s*$))"
    r"|(?<=[A-Z]{2} [lI])(?=\d\b))",
    re.MULTILINE,
)
_DATE_SHAPED = compiled(
    r"[\dlIOoSZ](?<![\w/.-].)[\dlIOoSZ]?(?P<sign>[/.-])[\dlIOoSZ]{1,2}(?P=sign)[\dlIOoSZ]{2}(?:[\dlIOoSZ]{2})?"
    r"(?![\w/]|[.-]\w)"
)
_FEWEST_DIGITS = 3  # of a date; fewer, and it may be anything
# at the end of a word only behind letters that no numbered thing ("stage1", "day1", "type1") ends with
_DIGIT_AT_END = compiled(
    r"[01O](?:(?<=[a-z]{2}a1)(?<!alpha1)(?![\w-])|(?<=[a-z]l1)(?!\w)|(?<=\bAl1)(?!\w)|(?<=[a-z]{2}i1)(?!\w)"
    r"|(?<=[a-z]{3}[ou]1)(?!\w)|(?<=\b[Ll]eve1)(?!\w)|(?<=\b[nt]0)(?= [a-z])|(?<=\b(?:als|int|zer)0)(?!\w)"
    r"|(?<=\btw0)(?!\w)|(?<=[a-z]0)(?=0[a-z])|(?<=[a-z][0o]0)(?=[a-z])"
    r"|(?<=\b[lI1-3]O)(?= [A-Z][a-z]{2,8} [\dO]{4}))"
)
_SMALL_L = compiled(r"ln(?<![^\W\d_]..)(?=[a-z]{3})")  # "lnfection"
_CAPITAL_I = compiled(
    r"I(?:(?<=[a-z]I)(?=[a-z](?![GMAED]))|(?<![^\W\d_].)(?=(?:ow|upus|eft|ungs?|ast|arge|iver|ess|ong|ittle|evels?"
    r"|eu[ck]o[a-z]+|VEF)\b))"
)
_I_OF_CODE = compiled(r"[l1](?:(?<=[A-Z]{3}.)(?=-\d|[A-Z])|(?<=\bH.)(?=V\b))")  # "SLEDAl-2K"
_READ_AS = {"0": "o", "1": "l", "5": "s", "O": "0", "o": "0", "l": "1", "I": "1"}
_DIGITS = str.maketrans("lIOoSZ", "110052")

# the code of a test in its laboratory's own catalogue, five characters in brackets: "(XE2qu)", "(44F3x)", "(42J..)"
_CATALOGUE_CODE = compiled(
    r"\((?:X(?=[0-9A-Za-z]*[0-9a-z])(?=[0-9a-z]*[0-9A-Z])[0-9A-Za-z]{4}"
    r"|(?=[0-9A-Za-z.]{5}\))\d(?:[0-9A-Za-z]*\.{2,}|\d*[A-Za-z][0-9A-Za-z]*\.)"
    r"|(?!\d+[A-Za-z]+\))(?=\d+[A-Za-z])\d[0-9A-Za-z]{4})\)"
)


@functools.cache
def _table() -> dict[int, str]:
    table = {ord(char): plain for plain, chars in _SAME_MEANING.items() for char in chars}
    for full_width in range(0xFF01, 0xFF5F):
        table[full_width] = chr(full_width - 0xFEE0)
    # combining marks alone and control characters carry nothing that is read
    for code in range(32):
        if chr(code) not in "\t\n\r":
            table.setdefault(code, " ")
    return table


def plain(text: str) -> str:
    """The text with plain spaces, dashes, quotes and ends of lines, of the same length."""
    changed = text.translate(_table()).replace("\r\n", " \n").replace("\r", "\n")
    if len(changed) != len(text):
        raise AssertionError("normalisation changed the length of the text")
    return changed


@functools.lru_cache(maxsize=2)  # a letter's date is found before the letter is read
def normalise(text: str) -> str:
    """The text with plain characters, of the same length; a line ends with one newline character.

    >>> normalise("st0pped at l5 mg")
    'stopped at 15 mg'
    >>> normalise("smaIl, Iow, antiIgG")
    'small, low, antiIgG'
    >>> normalise("n0t HlV; 9l %")
    'not HIV; 91 %'
    >>> normalise("SLEDAl-2K was 14")
    'SLEDAI-2K was 14'
    >>> normalise("sodium (XE2qu) 140")
    'sodium         140'
    >>> normalise("norma1, HbA1c, day1; lnfection unti1 lO May 2026, alpha1")
    'normal, HbA1c, day1; Infection until 10 May 2026, alpha1'
    >>> normalise("60\\u219240\\u00a0mg \\u2013 \\uff13\\u00d7ULN\\r\\n")
    '60→40 mg - 3xULN \\n'
    """
    dated = _DATE_SHAPED.sub(_read_digits, plain(text))
    read = _LETTER_IN_NUMBER.sub(_read_as, _DIGIT_AT_END.sub(_read_as, _DIGIT_IN_WORD.sub(_read_as, dated)))
    read = _I_OF_CODE.sub("I", _CAPITAL_I.sub("l", _SMALL_L.sub("In", read)))
    return fill_in(_CATALOGUE_CODE.sub(lambda code: " " * len(code.group()), read))


def scan_errors(text: str) -> int:
    """How many places look as if characters were recognised wrongly."""
    patterns = (_DIGIT_IN_WORD, _DIGIT_AT_END, _LETTER_IN_NUMBER)
    return sum(len(pattern.findall(text)) for pattern in patterns)


def _read_digits(match: re.Match[str]) -> str:
    written = match.group()
    if compiled(r"[/.-]I{1,3}[/.-]").search(written):
        return written  # a Roman month
    return written.translate(_DIGITS) if sum(char.isdigit() for char in written) >= _FEWEST_DIGITS else written


def _read_as(match: re.Match[str]) -> str:
    return _READ_AS[match.group()]
