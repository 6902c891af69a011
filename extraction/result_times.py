"""When a result was taken: a span of the text in, the interval of days that its words, line or heading give, out.

A date beside the value wins, then one that opens the sentence or stands before it in the clause, then the date of the
heading above the line. A date of something else (a drug, a diagnosis) in another clause is not taken.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace

from extraction.reading import InOrder, Mention, Reading, ResultTimes, TimeExpression
from extraction.result_words import code_pattern
from kb.facts import Time
from kb.patterns import compiled

_BEHIND = compiled(
    r"[\s,)\]]*(?:[(\[]|-|--|=|:|@|;)?\s*(?:(?:but|although|though|and|only)\s+)?"
    r"(?:(?:which|that|this|it|these|those)\s+(?:was|is|were|are|dates?|dated)\s+(?:back\s+)?)?"
    r"(?:dates\s+(?:back\s+)?(?:from|to)\s+)?(?:(?:(?:is|are|by)\s+)?"
    r"(?:(?:now|already|by now|more than|over|well over|at least|about|nearly|almost)\s+)+)?"
    r"(?:on|in|at|from|as of|as at|as on|dated|dated:|date|taken|taken on|taken in|done|"
    r"done on|measured|measured on|checked|checked on|checked in|"
    r"performed|performed on|performed in|repeated on|repeated in|during|w/c|in the week of|of|"
    r"back in|again on|again in|last|on the|dtd|dt|sample of|"
    r"(?:during|at the (?:time|height|worst|peak) of|with|before|after) (?:[a-z]+ ){1,4}(?:in|of|on)|"
    r"(?:at|in|during|from) (?:[a-z-]+ ){0,3}(?:visit|clinic|review|appointment|consultation|assessment|admission|"
    r"follow-up)(?: on| of| in)?|"
    r"(?:in|on) (?:the|both|all|two)(?: [a-z]+){0,2} (?:samples?|tests?)(?: of| from| on)?\s*[(\[]?"
    r"(?:[a-z]+,? (?:and )?)?|"
    r"collected|collected on|seen on|recorded on|last checked|last checked in|last done in|"
    r"last done)?\s*(?:the\s+)?[:.]?\s*$",
    re.IGNORECASE,
)
_OPENING = compiled(
    r"^[\s*•>\-\d.)(#]*(?:[A-Za-z][\w /&'-]{0,40}?)?[\s:,(\[-]*"
    r"(?:on|in|at|from|dated|of|since|as of|as at|by|during|taken|done|performed|for|date|until|at the)?[\s:,(\[-]*$",
    re.IGNORECASE,
)
_CLAUSE = compiled(
    r"[;.]\s|\n\s*\n|,\s+(?:and|but|while|whereas|when|after)\s|\s(?:but|while|whereas|although|whilst|after which)\s",
    re.IGNORECASE,
)
_CLAUSE_ENDS = compiled(
    r"[;.]\s|\n\s*\n|,\s+(?:and|but|while|whereas)\s|\s(?:and|but|whereas|although|whilst|since|now|today)\s",
    re.IGNORECASE,
)
# what ties an occasion to the result before it
_TIED = compiled(
    r"[\s,(\[]*(?:at|before|prior to|pre-|after|when|during|for|on|while|with|around|just before|shortly before|"
    r"(?:last )?(?:tested|done|taken|checked|measured|performed|dated|repeated|looked)|dates?|was|is|last|booking|"
    r"antenatal|screening|work-?up|blood donation)\b",
    re.IGNORECASE,
)
# an occasion told before its result: "echo before cyclophosphamide in 2024 showed", "at her pericarditis in 2021"
_OCCASION = compiled(
    r"\b(?:before|prior to|preceding|pre-|ahead of|after|following|"
    r"at the (?:time|onset|start|height|peak) of|at|during|"
    r"when|on (?:starting|stopping|admission (?:for|with)))\s?(?:[\w'-]+\s){1,7}"
    r"(?:in|of|on|early|late|mid|around)?\s*[(]?$",
    re.IGNORECASE,
)
_OTHERS_DATE = compiled(
    r"\b(?:treat\w*|therap\w*|cured|"
    r"infect\w*|diagnos\w*|vaccin\w*|immuni[sz]\w*|start\w*|stopp\w*|born|seen by)\b",
    re.IGNORECASE,
)
_VALUES = compiled(
    r"(?:\s|[,/()<>≤≥=:&+-]|\d[\d.,]*|%|(?:[a-zµμ]{1,5}|10[*^]?9)/[a-z\d.²*^{}_]{1,9}(?:/[\d.]+ ?m[2²])?|"
    r"\b(?:and|with|was|were|of|in|on|from|dated|all|units?|iu|normal|negative)\b)*",
    re.IGNORECASE,
)
_BY_MEANS = compiled(
    r"[\s,]*\(?(?:on|at|by|in|from|per|with|according to)\s+(?:(?:the|an?|her|his|last|latest|repeat|recent|bedside"
    r"|formal|transthoracic|resting|standard)\s+)*",
    re.IGNORECASE,
)
_REPORT_OPENS = compiled(r"\s*[:,-]")
_HEADING = compiled(r"[:\-–)\]]\s*$|^\W*(?:[A-Za-z][\w /&,'-]{0,60})?\W*$")
_PRESENT = compiled(r"\b(?:is|are|now|currently|today|remains|current|latest|most recent)\b", re.IGNORECASE)
_FROM = compiled(r"\b(?:from|as of)\s(?:the\s)?$", re.IGNORECASE)
_IN_BRACKETS = compiled(r"\b(?:brackets|parenthes[ie]s)\b", re.IGNORECASE)
_LINES_ABOVE = 45
_FARTHEST_BEHIND = 130  # characters at which no part looks for a date any more
_NO_OTHER = ("lab", "score", "span", "statement")
_WRAPPED = 62
_WORDS_OF_A_HEADING = 5
_ALL = compiled(
    r"\ball(?: (?:on|from|of|in|dated|done|taken|checked|tested|sent|repeated|at))?\s*[(:]?\s*$", re.IGNORECASE
)
_DATE_WORDS = compiled(r"\b(?:date|dated|on|from|reported|report)\b", re.IGNORECASE)
_NO_HEAD = compiled(r"birth|dob|letter|dictat|typed|admi|discharg|next|admission|follow", re.IGNORECASE)


def time_of(reading: Reading, start: int, end: int) -> Time | None:
    """The time of the result at [start, end) of the text, or None where the letter gives none for it."""
    sentence = reading.sentences[reading.sentence_at(start)]
    if not reading.times or reading.times.starts[0] > max(sentence.end, end) + _FARTHEST_BEHIND:
        return None
    last = _means_end(reading, end, sentence.end)
    stop = _next_result(reading, last, sentence.end)
    second = second_value(reading, end)
    if second is not None:
        stop = min(stop, second)
    found = (
        _inside(reading, start, end)
        or _in_row(reading, start, end)
        or _head_of_bracket(reading, start)
        or _behind(reading, last, stop)
        or _behind_all(reading, end, sentence.end if second is None else second)
        or _before(reading, sentence.start, start)
        or _of_occasion(reading, start, last, stop)
        or _of_whole_row(reading, end, sentence.end if second is None else second)
        or _end_of_report(reading, start)
        or _head_of_paragraph(reading, start)
        or _heading(reading, start)
    )
    return None if found is None else found.time


def time_behind(reading: Reading, start: int, end: int) -> Time | None:
    """The time that stands inside the result at [start, end) or directly behind it, where one before is another's."""
    sentence = reading.sentences[reading.sentence_at(start)]
    found = _inside(reading, start, end) or _behind(reading, end, _next_result(reading, end, sentence.end))
    return None if found is None else found.time


def _usable(expression: TimeExpression) -> bool:
    return expression.role in ("point", "span", "lookback") and expression.time is not None


def _next_result(reading: Reading, end: int, limit: int) -> int:
    """Where the next test is named: a date behind it belongs to that one."""
    later = [mention.start for mention in reading.mentions_in(end, limit) if mention.kind in ("lab", "score")]
    return later[0] if later else limit


def _means_end(reading: Reading, end: int, limit: int) -> int:
    """Behind the test by which a value was found: "42 % on the echo of 14 July 2025" is dated by what follows it."""
    for mention in reading.mentions_in(end, min(limit, end + 40))[:1]:
        if mention.kind == "lab" and _BY_MEANS.fullmatch(reading.normal, end, mention.start):
            return mention.end
    return end


def _of_results(reading: Reading) -> ResultTimes:
    """The times that may date a result; "from April 2025" is the day of a result, not the beginning of something."""
    known = reading.result_times
    if known is None or known.of is not reading.times:
        times = InOrder(
            replace(time, role="point")
            if time.role == "start" and _FROM.search(reading.normal[max(0, time.start - 12) : time.start])
            else time
            for time in reading.times
            if not _is_of_brackets(reading, time)
        )
        known = reading.result_times = ResultTimes(reading.times, times)
    return known


def _times_in(reading: Reading, start: int, end: int) -> list[TimeExpression]:
    """The time expressions of a stretch that may date a result."""
    return _of_results(reading).times.beginning_in(start, end)


def _is_of_brackets(reading: Reading, time: TimeExpression) -> bool:
    """A heading's second date, that of the values in brackets: "Findings (in brackets 15 May):", "3 May (2 April):"."""
    normal, before = reading.normal, max(0, time.start - 24)
    opening = max(normal.rfind("(", before, time.start), normal.rfind("[", before, time.start))
    if opening < 0 or compiled(r"[)\]\n]").search(normal[opening : time.start]):
        return False
    closing = compiled(r"[)\]]").search(normal[time.end : time.end + 24])
    if closing is None:
        return False
    inside = normal[opening + 1 : time.end + closing.start()]
    if _IN_BRACKETS.search(inside):
        return True
    alone = not normal[opening + 1 : time.start].strip() and not normal[time.end : time.end + closing.start()].strip()
    led = any(0 <= opening - one.end <= 2 for one in reading.times_in(max(0, opening - 24), opening))
    return (
        alone and led and re.match(r"\s*:", normal[time.end + closing.end() : time.end + closing.end() + 3]) is not None
    )


def _names(reading: Reading, start: int, end: int) -> list[tuple[int, int]]:
    """Where terms are named, a year in which is no date; what a whole statement spans may hold one."""
    return [(mention.start, mention.end) for mention in reading.mentions_in(start, end) if mention.kind != "statement"]


def _inside(reading: Reading, start: int, end: int) -> TimeExpression | None:
    inside = [time for time in _times_in(reading, start, end) if _usable(time) and time.end <= end]
    if inside:
        named = _names(reading, max(0, start - 60), end)
        inside = [time for time in inside if not any(first <= time.start < last for first, last in named)]
    return inside[-1] if inside else None


def _behind(reading: Reading, end: int, stop: int) -> TimeExpression | None:
    behind = _times_in(reading, end, min(stop + 1, end + 70))
    named = _names(reading, end, end + 70) if behind else []
    for expression in behind:
        between = reading.normal[end : expression.start]
        if not _usable(expression) or any(first <= expression.start < last for first, last in named):
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


def _in_row(reading: Reading, start: int, end: int) -> TimeExpression | None:
    """The date directly before a value of a row of such pairs: "Oct 12 -> Jan 8 -> Mar 4", "11/25: 20   02/26: 6"."""
    before = [time for time in reading.times_in(max(0, start - 30), start) if time.end <= start]
    if (
        not before
        or not compiled(r"[ \t]*[:=]?[ \t]*").fullmatch(reading.normal[before[-1].end : start])
        or not _usable(before[-1])
    ):
        return None
    for following in reading.times_in(end, end + 30)[:1]:
        joint = re.fullmatch(r"\s*(?:[;,>|→-]|and|then)*\s*", reading.normal[end : following.start])
        if joint and re.match(r"[ \t]*[:=]?[ \t]*[<>]?\d", reading.normal[following.end : following.end + 6]):
            return before[-1]
    return None


def _behind_all(reading: Reading, end: int, limit: int) -> TimeExpression | None:
    """The date of a whole list: "HIV neg, HCV neg (all 1/2026)", "(work-up, 1/2026)"."""
    for expression in _times_in(reading, end, limit):
        before = reading.normal[max(end, expression.start - 40) : expression.start]
        occasion = re.search(r"\(([a-z][a-z -]{2,30}),? (?:of |in |on )?$", before, re.IGNORECASE)
        if _usable(expression) and (_ALL.search(before) or (occasion is not None and _names_tests(occasion.group(1)))):
            return expression
    return None


def _of_occasion(reading: Reading, start: int, end: int, stop: int) -> TimeExpression | None:
    """The date of the occasion that a clause ties to its result: "negative at the work-up in May 2018"."""
    for expression in _times_in(reading, end, min(stop + 1, end + 110)):
        between = reading.normal[end : expression.start]
        if not _usable(expression) or expression.role != "point" or _CLAUSE_ENDS.search(between):
            return None
        if "\n" in between and not between.rsplit("\n", 1)[1].strip(" \t-*•"):
            return None  # it heads the next line
        if re.search(r"\b(?:over|through|throughout|since)\b", reading.normal[end : expression.end], re.IGNORECASE):
            return None
        if code_pattern().search(between[between.rfind(",") + 1 :]) and "," in between:
            return None  # "250 IU/mL before entecavir, undetectable on 2 June": the day of the newer result
        others = [one for one in reading.mentions_in(end, expression.start) if one.kind not in _NO_OTHER]
        tied = _TIED.match(between) is not None
        if not tied and _OTHERS_DATE.search(between):
            return None  # "HCV-RNA not detected (treated 2019)"
        if tied or not (others or "," in between or len(between) > 50):
            return expression
        return None
    return None


def _of_whole_row(reading: Reading, end: int, limit: int) -> TimeExpression | None:
    """The date behind the last of a row of values: "AST 21, ALT 18 U/L, bilirubin 7 in May 2025"."""
    for expression in _times_in(reading, end, min(limit, end + 120))[:1]:
        rest = reading.normal[end : expression.start]
        tests = [one for one in reading.mentions_in(end, expression.start) if one.kind in ("lab", "score")]
        for test in tests:
            rest = rest.replace(reading.normal[test.start : test.end], " ", 1)
        behind = reading.normal[expression.end : expression.end + 3]
        if not (tests and _usable(expression) and expression.role == "point" and re.match(r"\s*[).,;\n]|\s*$", behind)):
            return None
        return expression if _VALUES.fullmatch(rest) else None
    return None


def _end_of_report(reading: Reading, start: int) -> TimeExpression | None:
    """The only date of a report, in brackets at its end: "ECG: sinus rhythm, ST depression in V4 to V6 (5 March)"."""
    sentence = reading.sentences[reading.sentence_at(start)]
    named = next((one for one in reading.mentions_in(sentence.start, sentence.end) if one.kind == "lab"), None)
    if named is None or named.end > start or not _REPORT_OPENS.match(reading.normal, named.end):
        return None
    if reading.normal[sentence.start : named.start].strip(" \n\t-*•"):
        return None
    times = _times_in(reading, sentence.start, sentence.end)
    if len(times) != 1 or not _usable(times[0]) or times[0].start < start:
        return None
    bracket = reading.normal.rfind("(", start, times[0].start)
    closes = compiled(r"\s*\)\s*\.?\s*$").match(reading.normal, times[0].end, sentence.end)
    return times[0] if bracket >= 0 and closes and ")" not in reading.normal[bracket : times[0].start] else None


def _head_of_bracket(reading: Reading, start: int) -> TimeExpression | None:
    """The date of all that a bracket holds: "(19.02.2026: 612 umol/L, eGFR 7)"."""
    sentence = reading.sentences[reading.sentence_at(start)]
    opening = max(reading.normal.rfind(sign, sentence.start, start) for sign in "([")
    if opening < 0 or compiled(r"[)\]]").search(reading.normal[opening:start]):
        return None
    for expression in _times_in(reading, opening, start)[:1]:
        lead = reading.normal[opening + 1 : expression.start].strip().lower()
        colon = reading.normal[expression.end : start].lstrip().startswith(":")
        if _usable(expression) and lead in ("", "on", "in") and colon:
            return expression
    return None


def _head_of_paragraph(reading: Reading, start: int) -> TimeExpression | None:
    """The date that heads the paragraph: in "Results 2 March 2026: Hb 102; ALT 20. ECG normal." that of all three."""
    begin = _paragraph(reading.normal, start)
    for expression in reversed(_times_in(reading, begin, start)):
        if not _usable(expression) or expression.role != "point":
            continue
        if _heads_paragraph(reading, begin, expression):
            return expression
        before = reading.normal[max(begin, expression.start - 12) : expression.start]
        if not compiled(r"[(\[][^()\[\]]*$").search(before):
            return None  # another date on the way: what follows it may be its own
    return None


def _paragraph(normal: str, start: int) -> int:
    """Where the paragraph begins: lines that were broken at the margin belong together, short ones stand alone."""
    begin = normal.rfind("\n", 0, start) + 1
    while begin > 1 and start - begin < 1500:
        above = normal.rfind("\n", 0, begin - 1) + 1
        line = normal[above : begin - 1]
        if len(line) < _WRAPPED or not normal[begin : begin + 1].strip() or normal[begin] in "-*•|":
            return begin
        begin = above
    return begin


def _heads_paragraph(reading: Reading, begin: int, expression: TimeExpression) -> bool:
    """Whether a date with its test words opens a line or a sentence, and a colon or a test follows it."""
    normal = reading.normal
    opening = max(begin, reading.sentences[reading.sentence_at(expression.start)].start)
    opening = max(opening, normal.rfind("\n", 0, expression.start) + 1)
    before, behind = normal[opening : expression.start], normal[expression.end : expression.end + 6]
    if len(before) > 60 or compiled(r"\d").search(re.sub(r"^\s*\d{1,2}[.)]", "", before)):
        return False
    named = [
        mention for mention in reading.mentions_in(opening, expression.start) if mention.kind not in ("lab", "span")
    ]
    colon = compiled(r"\s*[)\]]?\s*[:=]").match(behind) is not None
    if (named and not (colon and before.rstrip().endswith("("))) or _NO_HEAD.search(before):
        return False
    if not before.strip(" *•-\t("):
        following = reading.mentions_in(expression.end, expression.end + 12)
        return colon or (bool(following) and following[0].kind == "lab")
    return _names_tests(before) and (
        colon or before.rstrip().endswith("(") or re.match(r"\s*[-–]\s", behind) is not None
    )


def _without_range(between: str) -> str:
    """The text between value and date without flags and a bracketed range: "(0-40) (3 May)"."""
    return re.sub(r"^[\s,]*(?:[HL*↑↓!]{1,2}(?=[\s,(\[]|$))?[\s,]*(?:[(\[][^()\[\]]{0,30}[)\]])?", "", between, count=1)


def _before(reading: Reading, begin: int, start: int) -> TimeExpression | None:
    """A date that opens the sentence, or stands before the result in its own clause."""
    earlier = [time for time in _times_in(reading, begin, start) if _usable(time)]
    if not earlier:
        return None
    named = _names(reading, begin, start)
    earlier = [time for time in earlier if not any(first <= time.start < last for first, last in named)]
    for expression in reversed(earlier):
        between = reading.normal[expression.end : start]
        if _came_with(reading, begin, expression, between):
            return expression
        if not _other_matter(reading, expression.end, start) and not _CLAUSE.search(between) and len(between) < 160:
            return expression if _is_own(reading, begin, expression) else None
    for expression in earlier[:1]:
        opens = _OPENING.match(reading.normal[begin : expression.start])
        if (
            opens
            and not _other_matter(reading, begin, expression.start)
            and not _PRESENT.search(reading.normal[expression.end : start + 40])
        ):
            return expression
    return None


_ONSET = compiled(
    r"\b(?:present(?:ed|ing|ation)|declared|debut\w*|onset|began|begun|manifest\w*|diagnos\w*|admitted|admission|flared?|flare|"
    r"relapsed?|hospitali[sz]ed|came|opened|fell ill|broke out|"
    r"revealed|discovered|recognised|first seen|was seen)\b[^.;\d]*$",
    re.IGNORECASE,
)
_WITH = compiled(
    r"[\s,]*(?:with|showing|when|where|and had|having|at which|at that time|then with)\b|\s*,\s*[a-z]", re.IGNORECASE
)
_NOW = compiled(r"\b(?:now|currently|today|at present|latest|most recent|last|since|but|recent)\b", re.IGNORECASE)


def _came_with(reading: Reading, begin: int, expression: TimeExpression, between: str) -> bool:
    """Whether the date is that of an illness's outbreak and the value came with it: "presented in July with 5.1"."""
    told = _ONSET.search(reading.normal[begin : expression.start]) is not None
    away = _NOW.search(between) or compiled(r"[;.]\s|\n\s*\n").search(between)
    return told and _WITH.match(between) is not None and away is None and len(between) < 120


def _is_own(reading: Reading, begin: int, expression: TimeExpression) -> bool:
    """Not the date that is bracketed behind another value, and not a drug's or a disease's date."""
    clause = max(
        (begin + match.end() for match in _CLAUSE.finditer(reading.normal[begin : expression.start])), default=begin
    )
    tests = [m for m in reading.mentions_in(clause, expression.start) if m.kind in ("lab", "score")]
    others = [m for m in reading.mentions_in(clause, expression.start) if m.kind not in _NO_OTHER]
    if others:
        told = reading.normal[clause : expression.start]
        return _OCCASION.search(told) is not None and not _PRESENT.search(
            reading.normal[expression.end : expression.end + 60]
        )
    if not tests:
        return True
    return _is_header(
        reading.normal[tests[-1].end : expression.start], reading.normal[expression.end : expression.end + 4]
    )


def _is_header(between: str, behind: str) -> bool:
    """Whether "Echo 30/5/26: LVEF" or "Bloods (3 May): Hb" leads on to what follows: no value before the date."""
    return re.search(r"\d|negative|positive|normal", between) is None and (
        re.match(r"\s*[)\]]?\s*[:\-–,]", behind) is not None or not behind.strip() or behind[0] in " )]"
    )


def _other_matter(reading: Reading, start: int, end: int) -> bool:
    """Whether a drug, a disease or a procedure is named in between."""
    return any(
        mention.kind not in ("lab", "score", "span") and not (mention.kind == "statement" and mention.start < start)
        for mention in reading.mentions_in(start, end)
    )


def _heading(reading: Reading, start: int) -> TimeExpression | None:
    """The date of the line above that heads this one: "Bloods 12/5/26:" over rows of results."""
    normal = reading.normal
    heads = _of_results(reading).heads
    line = normal.rfind("\n", 0, start)
    for _ in range(_LINES_ABOVE):
        if line < 0:
            return None
        begin = normal.rfind("\n", 0, line) + 1
        text = normal[begin:line]
        if text.strip():
            if (begin, line) not in heads:
                heads[begin, line] = _heads(reading, begin, line)
            verdict = heads[begin, line]
            if verdict is not None:
                return verdict if isinstance(verdict, TimeExpression) else None
        elif (
            not normal[max(0, begin - 1) : begin].strip()
            and not normal[normal.rfind("\n", 0, max(0, begin - 1)) + 1 : max(0, begin - 1)].strip()
        ):
            return None  # two blank lines: another part of the letter
        line = begin - 1
    return None


def _heads(reading: Reading, begin: int, end: int) -> TimeExpression | bool | None:
    """The date of a heading line; False for a heading without date (it ends the search); None for any other line."""
    times = [time for time in _times_in(reading, begin, end) if _usable(time) and time.role == "point"]
    rest = reading.normal[begin:end]
    closes = rest.rstrip().endswith((":", ":-", "-", "="))
    if not times:
        ends = closes and (len(rest.split()) <= _WORDS_OF_A_HEADING or not re.search(r"\w", rest))
        return False if ends and not any(_is_test(one) for one in reading.mentions_in(begin, end)) else None
    for time in reversed(times):
        rest = rest[: time.start - begin] + rest[time.end - begin :]
    words = rest.split() if compiled(r"\w").search(rest) else []
    beyond_date = _DATE_WORDS.sub("", rest)
    if len(times) == 1 and times[0].time == reading.letter_date and not _names_tests(beyond_date):
        return False  # the letter's own date over its text: no date of what was measured before
    if (
        len(times) == 1
        and not compiled(r"\d").search(rest)
        and len(words) <= 8
        and (closes or _names_tests(beyond_date) or not compiled(r"\w").search(beyond_date))
    ):
        return (
            False
            if re.search(
                r"birth|dob|letter|dictat|clinic date|typed|admi|discharg|next|year|onset|since|diagnos",
                rest,
                re.IGNORECASE,
            )
            else times[0]
        )
    return None


def _is_test(mention: Mention) -> bool:
    return mention.kind in ("lab", "score")


@functools.cache
def _test_words() -> re.Pattern[str]:
    return compiled(
        r"\b(?:data|bloodwork|blood work|work-?up|analy(?:tical|sis|ses)|labor|findings|values|studies|exploration|"
        r"auxiliary|bloods?|labs?|laboratory|results?|tests?|investigations?|biochemistry|haematology|hematology|"
        r"immunology|virology|serology|organ functions?|"
        r"urine|urinalysis|echo|echocardiogram|ecg|obs|observations|vitals?|vital signs|o/e|examination|"
        r"imaging|profile|panel|"
        r"chemistry|counts?|fbc|cbc|u&es?|lfts?|report|collected|sample|specimen|reported|date|on|dated|from|drawn)\b",
        re.IGNORECASE,
    )


def _names_tests(rest: str) -> bool:
    return _test_words().search(rest) is not None
