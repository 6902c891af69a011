"""The date that stands behind a result: the result's end in, the time expression that is its own out.

Directly behind it, at the end of its list or row, or with the occasion that its clause ties to it; a date that opens
the next value's column or clause, or tells of a drug or a disease, is not taken.
"""

from __future__ import annotations

import re

from extraction.dates_over_results import names_tests
from extraction.reading import Reading, TimeExpression
from extraction.result_dates import NO_OTHER_MATTER, dates_in, may_date, places_of_names
from extraction.result_words import code_pattern
from kb.patterns import compiled

_BEHIND = compiled(
    r"[\s,)\]]*(?:[(\[]|-|--|=|:|@|;)?\s*(?:(?:but|although|though|and|only)\s+)?"
    r"(?:(?:which|that|this|it|these|those)\s+(?:was|is|were|are|being|dates?|dated)\s+(?:back\s+)?)?"
    r"(?:dates\s+(?:back\s+)?(?:from|to)\s+)?(?:(?:(?:is|are|by)\s+)?"
    r"(?:(?:now|already|by now|more than|over|well over|at least|about|nearly|almost)\s+)+)?"
    r"(?:on|in|at|from|as of|as at|as on|dated|dated:|date|taken|taken on|taken in|done|"
    r"done on|measured|measured on|checked|checked on|checked in|"
    r"performed|performed on|performed in|repeated on|repeated in|during|w/c|in the week of|of|"
    r"back in|again on|again in|last|on the|dtd|dt|sample of|"
    r"(?:(?:still|even|only|just|up|until|till|to)\s+)*(?:as (?:late|recently|lately|early|far back) as|back)"
    r"(?: in| on)?|"
    r"(?:still |up )?(?:until|till|up to|through(?: to)?|around)|towards(?: the)?|no longer ago than(?: in| on)?|"
    r"(?:when|as) (?:I|we|she|he|they) (?:[a-z]+ ){1,4}(?:on|in|last)|"
    r"(?:during|at the (?:time|height|worst|peak) of|with|before|after) (?:[a-z]+ ){1,4}(?:in|of|on)|"
    r"(?:at|in|during|from) (?:[a-z-]+ ){0,3}(?:visit|clinic|review|appointment|consultation|assessment|admission|"
    r"follow-up)(?: on| of| in)?|"
    r"(?:in|on) (?:the|both|all|two)(?: [a-z]+){0,2} (?:samples?|tests?)(?: of| from| on)?\s*[(\[]?"
    r"(?:[a-z]+,? (?:and )?)?|"
    r"collected|collected on|seen on|recorded on|last checked|last checked in|last done in|"
    r"last done)?\s*(?:the\s+)?[:.]?\s*$",
    re.IGNORECASE,
)
_CLAUSE_ENDS = compiled(
    r"[;.]\s|\n\s*\n|,\s+(?:and|but|while|whereas)\s|\s(?:and|but|whereas|although|whilst|since|now|today)\s",
    re.IGNORECASE,
)
# what ties an occasion to the result before it
_TIED = compiled(
    r"[\s,(\[]*(?:at|before|prior to|pre-|after|when|during|for|on|while|with|around|just before|shortly before|"
    r"(?:last )?(?:tested|done|taken|checked|measured|performed|dated|repeated|looked)|dates?|was|is|"
    r"last(?! (?:infect|illness|period|menstr|dose|infusion|flare|relapse|treat|vaccin))|booking|"
    r"antenatal|screening|work-?up|blood donation)\b",
    re.IGNORECASE,
)
_OTHERS_DATE = compiled(
    r"\b(?:treat\w*|therap\w*|cured|"
    r"infect\w*|diagnos\w*|vaccin\w*|immuni[sz]\w*|start\w*|stopp\w*|born|seen by|"
    r"menarche|menses|menstruat\w*|menopaus\w*|lmp|periods?|deliver\w*|miscarr\w*|hysterectom\w*|steriliz\w*|"
    r"sterilis\w*|transplant\w*|operat\w*|surgery|illness|onset|doses?|infusions?|relaps\w*)\b",
    re.IGNORECASE,
)
_VALUES = compiled(
    r"(?:\s|[,/()<>≤≥=:&+-]|\d[\d.,]*|%|(?:[a-zµμ]{1,5}|10[*^]?9)/[a-z\d.²*^{}_]{1,9}(?:/[\d.]+ ?m[2²])?|"
    r"\b(?:and|with|was|were|are|of|in|on|from|dated|dates?|all|both|each|units?|iu|normal|negative|taken|measured|drawn|"
    r"done|obtained|sampled|checked|determined)\b)*",
    re.IGNORECASE,
)
_ALL = compiled(
    r"\ball(?: (?:on|from|of|in|dated|done|taken|checked|tested|sent|repeated|at))?\s*[(:]?\s*$", re.IGNORECASE
)


def date_behind(reading: Reading, end: int, stop: int) -> TimeExpression | None:
    """A date directly behind the result, before `stop`, with nothing but small words and a range in between."""
    behind = dates_in(reading, end, min(stop + 1, end + 70))
    named = places_of_names(reading, end, end + 70) if behind else []
    for expression in behind:
        between = reading.normal[end : expression.start]
        if not may_date(expression) or any(first <= expression.start < last for first, last in named):
            continue
        if "\n" in between and reading.normal[expression.end : expression.end + 1] == ":":
            return None  # it heads the line of the next result
        if _is_of_value_behind(reading.normal, end, expression):
            return None
        # another value's bracket or a new clause in between: not this value's date
        return expression if _BEHIND.match(_without_range(between)) else None
    return None


_LEADS_VALUE = compiled(
    r"(?:'s)?(?: (?:visit|clinic|review|admission|one))?[ \t]*(?:[:=]|"
    r"was|it was|is|it is)?[ \t]*(?:only |just )?[<>≤≥~]?\d"
)
_TO_NEXT = compiled(r"\s*[,;]\s*(?:(?:and|but|then)\s*)?(?:(?:at|on|in|by)\s*)?(?:the\s*)?")
_VALUE_WORDS = r"\d[\d.,]*\s?(?:%|[a-zµ{}\[\]]+(?:/[a-z\d.²^{}]+)*)?"
_VALUE_IN_BRACKET = (
    compiled(
        rf"\s*(?:in|on|last|was|previously|prev\.?|"
        rf"from)?\s*@\s*[:=,]?\s*(?:it )?(?:was )?(?:[<>≤≥~]\s?)?{_VALUE_WORDS}\s*",
        re.I,
    ),
    compiled(
        rf"\s*(?:was|previously|prev\.?|from|last|down from|up from|"
        rf"it was)?\s*{_VALUE_WORDS}\s*(?:in|on|at|of|,|-)?\s*(?:the\s*)?@\s*",
        re.I,
    ),
)


def _is_of_value_behind(normal: str, end: int, expression: TimeExpression) -> bool:
    """Whether a date opens a column or a clause with a further value: "20   02/2026: 6", "14, at today's visit 4"."""
    between = normal[end : expression.start]
    if _TO_NEXT.fullmatch(between):
        return _LEADS_VALUE.match(normal, expression.end) is not None
    return (
        re.fullmatch(r"[ \t|]+", between) is not None
        and re.match(r":\s*[<>]?\d", normal[expression.end : expression.end + 4]) is not None
    )


def second_value(reading: Reading, end: int) -> int | None:
    """Where a bracket opens behind a result that holds another value and its date: "51 % (05.2024: 60 %)"."""
    bracket = compiled(r"\s*[(\[]([^()\[\]\n]{3,60})[)\]]").match(reading.normal, end)
    if bracket is None:
        return None
    first, last = bracket.span(1)
    inside = reading.normal[first:last]
    times = [one for one in reading.times_in(first, last) if one.time is not None]
    for time in times[:1]:
        inside = inside[: time.start - first] + "@" + inside[time.end - first :]
    said = code_pattern().sub("1", inside) if times else ""
    if times and any(pattern.fullmatch(said) for pattern in _VALUE_IN_BRACKET):
        return bracket.start(1) - 1
    return None


def date_behind_all(reading: Reading, end: int, limit: int) -> TimeExpression | None:
    """The date of a whole list: "HIV neg, HCV neg (all 1/2026)", "(work-up, 1/2026)"."""
    for expression in dates_in(reading, end, limit):
        before = reading.normal[max(end, expression.start - 40) : expression.start]
        occasion = re.search(r"\(([a-z][a-z -]{2,30}),? (?:of |in |on )?$", before, re.IGNORECASE)
        if may_date(expression) and (_ALL.search(before) or (occasion is not None and names_tests(occasion.group(1)))):
            return expression
    return None


def date_of_occasion(reading: Reading, start: int, end: int, stop: int) -> TimeExpression | None:
    """The date of the occasion that a clause ties to its result: "negative at the work-up in May 2018"."""
    for expression in dates_in(reading, end, min(stop + 1, end + 110)):
        between = reading.normal[end : expression.start]
        if not may_date(expression) or expression.role != "point" or _CLAUSE_ENDS.search(between):
            return None
        if "\n" in between and not between.rsplit("\n", 1)[1].strip(" \t-*•"):
            return None  # it heads the next line
        if re.search(r"\b(?:over|through|throughout|since)\b", reading.normal[end : expression.end], re.IGNORECASE):
            return None
        if code_pattern().search(between[between.rfind(",") + 1 :]) and "," in between:
            return None  # "250 IU/mL before entecavir, undetectable on 2 June": the day of the newer result
        others = [one for one in reading.mentions_in(end, expression.start) if one.kind not in NO_OTHER_MATTER]
        tied = _TIED.match(between) is not None
        if not tied and _OTHERS_DATE.search(between):
            return None  # "HCV-RNA not detected (treated 2019)"
        if tied or not (others or "," in between or len(between) > 50):
            return expression
        return None
    return None


def date_behind_row(reading: Reading, end: int, limit: int) -> TimeExpression | None:
    """The date behind the last of a row of values: "AST 21, ALT 18 U/L, bilirubin 7 in May 2025"."""
    for expression in dates_in(reading, end, min(limit, end + 120))[:1]:
        rest = reading.normal[end : expression.start]
        tests = [one for one in reading.mentions_in(end, expression.start) if one.kind in ("lab", "score")]
        for test in tests:
            rest = rest.replace(reading.normal[test.start : test.end], " ", 1)
        behind = reading.normal[expression.end : expression.end + 3]
        if not (
            tests and may_date(expression) and expression.role == "point" and re.match(r"\s*[).,;\n]|\s*$", behind)
        ):
            return None
        return expression if _VALUES.fullmatch(rest) else None
    return None


def _without_range(between: str) -> str:
    """The text between value and date without flags and a bracketed range: "(0-40) (3 May)"."""
    return re.sub(r"^[\s,]*(?:[HL*↑↓!]{1,2}(?=[\s,(\[]|$))?[\s,]*(?:[(\[][^()\[\]]{0,30}[)\]])?", "", between, count=1)
