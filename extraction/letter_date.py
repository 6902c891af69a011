"""The letter's own date: a text in, an interval of days or None out.

A date behind a label ("Date:", "Dictated", "Clinic date"), else one alone on its line at the head or the foot.
Dates of birth, of samples and of the story told are not the letter's.
"""

from __future__ import annotations

import calendar
import difflib
import functools
import re
from datetime import date

from extraction.date_orders import date_order
from extraction.dates import Order, find_dates, month_names, month_places, read_date
from extraction.knowledge import cues
from extraction.normalise import normalise
from extraction.number_words import spelled_dates
from extraction.running_text import running_text
from extraction.word_tree import first_letters, letters, word_tree
from kb.facts import Time
from kb.patterns import compiled

_HEAD_LINES = 25
_FOOT_LINES = 8
_TITLE_LINES = 4
_WORDS_OF_A_TITLE = 12
_LONG = 366  # days
_FEWEST_DIGITS = 3  # of a whole date: "1 May 26"
# a year, numbers between signs, or words with gaps before a year of two digits, as far as a scan's gaps go
_LIKE_A_DATE = compiled(
    r"\d(?:(?:(?<=1)9|(?<=2)0)[ _]?\d[ _]?\d|[ _]*[-/.|][ _]*\d[ _]?\d?[ _]*[-/.|][ _]*\d[ _]?\d"
    r"| (?:[^\W\d_]+ )+[^\W\d_]* ?,? ?[12]\d|\d? \d\d? \d\d)"
)
_NEAR_ENOUGH = 0.74  # of two words' letters: one wrong of four
_TOLD, _IN_TITLE, _IN_TEXT, _ALONE, _IN_A_STORY = 80, 90, 95, 100, 110  # behind every sure label
_BELOW_TITLE = 92  # a label without a colon in the text, with words behind its date
_WORDS_OF_A_LABEL = 12  # more before a date without a colon are a sentence's
_SALUTATION = compiled(r"\s*(?:dear|hi|hello|to whom|good (?:morning|afternoon))\b", re.IGNORECASE)
_LAST_OF_STAY = compiled(
    r"(?:(?:\d|\b)\s*(?:-|to|until|till|through|bis|au|al)|dis\w*|dd|out|exit)[\s:.]*(?:on )?$", re.IGNORECASE
)
_TODAY = compiled(r"\btoday(?:'s date)?(?: is| on)?[ ,:(]{1,3}$", re.IGNORECASE)
_SIGNED = compiled(
    r"^\W*(?:electronically signed|signed electronically|e-signed|digitally signed)\b[^;\d]{0,60}[ ,(:@-]$"
    r"|\b(?:signed|authori[sz]ed|validated|approved|verified|reported|released|finali[sz]ed|written|dictated|typed"
    r"|completed|prepared|compiled|checked|recorded|entered)(?: electronically)? by\b[^.;\d]{0,50}[ ,(:@-]$"
    r"|(?:\bthis (?:letter|note|report|summary|referral|e-?mail|record|statement|form)"
    r"|^\W*(?:the )?(?:letter|note|summary)) (?:was|is|has been)"
    r" (?:written|dictated|typed|completed|prepared|drawn up)(?: today)?,?(?: on| of)?(?: the)?(?: \w{3,6}day,?)? $"
    r"|^(?!.*\bconsent\b)\W*(?:electronic signature|(?:electronically )?(?:signed|authori[sz]ed|validated|approved"
    r"|verified|finali[sz]ed|dictated|typed)(?: electronically| off)?)\s*[:,-]\s*[^.;:\d]{3,60}[ ,(@-]$"
    r"|\b(?:I|we) (?:am |are |have )?(?:writ(?:e|ing|ten)|wrote|dictat(?:e|ing|ed)|typed|completed|prepared|drawn up)"
    r" (?:this|it)(?: (?:letter|note|report|summary|referral))?(?: today)?,?(?: on| of)?(?: the)?(?: \w{3,6}day,?)? $",
    re.IGNORECASE,
)
_OF_SAMPLES = compiled(
    r"\b(?:collected|sampled|specimen|drawn|received|sample(?: taken)?)\b\W{0,3}(?:on\W)?\W{0,2}\d", re.IGNORECASE
)
_SIGNING = (  # one of them stands wherever `_SIGNED` is met
    "signed signature authori validated approved verified reported released finali writ wrote dictat typed completed "
    "prepared compiled checked recorded entered drawn"
).split()
_DIGIT = compiled(r"\d")
_A_WRITING = compiled(
    r"^\W*$|\b(?:note|letter|memo|fax|e-?mail|referral|summary|consult\w*|message|hand-?over|update|cover|enclosure)\b",
    re.IGNORECASE,
)
_GOES_ON = compiled(r"\s?[:,.]\s+[^\W\d_]\w+[^\n]{4}")
_CLOSED = compiled(r"\s*(?:\d\d[:.]\d\d\s*)?(?:[.;|]\s|[-–]\s)")  # what ends the words that a date opens
_OPENS_A_WRITING = compiled(
    r"[\s|,;:–-]*(?:[\w-]+ ){0,2}(?:note|letter|memo|fax|e-?mail|referral|summary|consultation|message|handover)\b",
    re.IGNORECASE,
)
_IN_WORDS = compiled(r"twenty|thousand", re.IGNORECASE)
_CELL = compiled(r"\s{2,}|\t|\|")  # what sets a date at the end of a line apart from the words before it


@functools.cache
def _label() -> re.Pattern[str]:
    labels = cues("timing")["letter_date_labels"]
    label = first_letters(labels) + word_tree(map(letters, labels))
    weekdays = "|".join(cues("timing")["weekdays"])
    return compiled(
        rf"(?<![\w-])(?P<label>{label})(?P<colon>\.?\s*(?:[:.=,-]{{0,2}}|[.…]{{3,}}|:\s*[\[|(]|\s*[\[|])\s*)"
        rf"(?:on )?(?:the |this )?(?:(?:{weekdays})[,.]? ?)?$",
        re.IGNORECASE,
    )


@functools.cache
def _never() -> re.Pattern[str]:
    return compiled("|".join(map(re.escape, cues("timing")["not_letter_date"])), re.IGNORECASE)


def find_letter_date(text: str) -> Time | None:
    """The letter's date; None where the letter has none.

    >>> find_letter_date("City Hospital\\nDate: 15 June 2026\\n\\nDear colleague,\\nBorn 3 May 1990.").earliest
    datetime.date(2026, 6, 15)
    """
    normal = normalise(running_text(text).text)
    order = date_order(normal)
    lines = normal.split("\n")
    filled = [number for number, line in enumerate(lines) if line.strip()]
    head, foot = filled[:_HEAD_LINES], filled[-_FOOT_LINES:]
    title = _title(lines, filled)
    newest = _newest(normal, order)
    best: tuple[int, Time] | None = None
    opening: Time | None = None
    for number in [*head, *(line for line in foot if line not in head)]:
        ranked = _rank(lines[number], order, is_title=number in title)
        if ranked is not None and number in title and opening is None:
            opening = ranked[1]
        if ranked is not None and (best is None or ranked[0] < best[0]) and not _long_before(ranked, newest):
            best = ranked
    if best is None:
        return _visit(normal, order)
    return opening if opening is not None and _is_of_enclosed_report(best, opening) else best[1]


def _is_of_enclosed_report(best: tuple[int, Time], opening: Time) -> bool:
    """Whether the labelled date is that of a laboratory's print-out, released before the day that opens the letter."""
    labels = cues("timing")["letter_date_labels"]
    of_report = best[0] < len(labels) and labels[best[0]] in cues("timing")["labels_of_print_outs"]
    released = best[1].latest
    return of_report and released is not None and opening.earliest is not None and released < opening.earliest


def _newest(normal: str, order: Order) -> date:
    """The newest day that the letter names, `date.min` where it names none."""
    days = (read_date(match, order, None) for match in find_dates(normal) if _is_full(match))
    return max((day.earliest for day in days if day is not None and day.earliest is not None), default=date.min)


def _long_before(ranked: tuple[int, Time], newest: date) -> bool:
    """Whether a date without a label is too old to be that of a letter that names so much later a day."""
    day = ranked[1].latest
    return ranked[0] >= _TOLD and day is not None and (newest - day).days > _LONG


def _title(lines: list[str], filled: list[int]) -> list[int]:
    """The first lines, up to the one that greets the reader."""
    greeting = next((number for number in filled if _SALUTATION.match(lines[number])), len(lines))
    return [number for number in filled[:_TITLE_LINES] if number < greeting]


@functools.cache
def _seen() -> re.Pattern[str]:
    seen, there, long_ago = ("|".join(cues("timing")["visit"][name]) for name in ("seen", "there", "not_this_one"))
    return compiled(
        rf"(?:^|[.;\n])(?:(?!\b(?:{long_ago})\b)[^.;])*\b(?:{seen})\b(?:(?!\b(?:{long_ago})\b)[^.;])*"
        rf"(?:\b(?:{there})\b[^.;\d]{{0,20}}|\bI (?:have )?(?:{seen})\b[^.;\d]{{0,40}}\bon (?:the )?)$",
        re.IGNORECASE,
    )


def _visit(normal: str, order: Order) -> Time | None:
    """The day of the visit that an undated letter tells of ("I saw her in clinic on 14 May 2026"), if none is later."""
    told: Time | None = None
    for match in find_dates(normal):
        time = read_date(match, order, None) if _is_full(match) else None
        before = normal[max(0, match.start() - 200) : match.start()]
        if time is not None and (_seen().search(before) or _stayed().search(before)):
            told = time
    return told if told is not None and told.latest is not None and told.latest >= _newest(normal, order) else None


@functools.cache
def _stayed() -> re.Pattern[str]:
    """What stands before the last day of a stay "here" or "under our care"."""
    return compiled(
        r"(?:^|[.;\n])(?=[^;]*\b(?:our|here|this|we|us)\b)[^;]*\b(?:in-?patient|hospitali[sz]\w+|care|stay\w*|ward)\b"
        r"[^;]{0,60}\b(?:to|until|till|through)\s(?:the )?$",
        re.IGNORECASE,
    )


def _rank(line: str, order: Order, *, is_title: bool) -> tuple[int, Time] | None:
    """How sure it is that the line gives the letter's date (lower is surer), and the date."""
    if not (_may_hold_date(line) or _IN_WORDS.search(line)):
        return None
    line = repaired(line)
    last_end = 0
    dates = [match for match in find_dates(line) if _is_full(match)]
    only = len(dates) == 1 or _in_two_languages(line, dates, order)
    best: tuple[int, Time] | None = None
    for match in dates:
        told = compiled(r"(?<=[^\s|]) {2,3}$").sub(" ", line[last_end : match.start()])
        before, last_end = _CELL.split(told)[-1], match.end()
        time = read_date(match, order, None)
        if time is None or time.earliest is None or time.earliest > date(2100, 1, 1):
            continue
        rank = _rank_of(line, match, before, only=only, last=match is dates[-1], is_title=is_title)
        if rank is not None and (best is None or rank < best[0]):
            best = rank, time
    return best


def _may_hold_date(line: str) -> bool:
    if len(_DIGIT.findall(line)) < _FEWEST_DIGITS:
        return False
    return _LIKE_A_DATE.search(line) is not None or bool(month_places(line))


def _in_two_languages(line: str, dates: list[re.Match[str]], order: Order) -> bool:
    """Whether a line holds one day written twice: "30 giugno 2026 / 30 June 2026"."""
    if len(dates) != 2 or compiled(r"[\s/|()=,–-]+").fullmatch(line, dates[0].end(), dates[1].start()) is None:
        return False
    first, second = (read_date(match, order, None) for match in dates)
    return (
        first is not None and second is not None and (first.earliest, first.latest) == (second.earliest, second.latest)
    )


def repaired(line: str) -> str:
    """The line with the gaps closed that a scan or a typist leaves inside a date: "14 . 05 . 2026", "1 4 M ay 202 6".

    >>> repaired("Date: 1 4 M ay 202 6")
    'Date: 14 May 2026'
    """
    if "_" in line:
        line = re.sub(r"(?<=[\W_])_+(?=\d)|(?<=\d)_+(?=\W|$)", " ", line)
    dated = _YEAR.search(line) is not None
    if dated and "T" in line:
        line = compiled(r"((?:19|20)\d\d-\d\d-\d\d)T(?=\d\d:)").sub(r"\1 ", line)
    if dated:
        line = _MISREAD_MONTH.sub(_month_meant, line)
    if " day of " in line:
        line = re.sub(r"(?<=\d)((?:st|nd|rd|th)?) day of (?=[A-Z])", r"\1 of ", line)
    if dated and any(sign in line for sign in (" I", " V", " X")):
        line = compiled(r"\b(\d{1,2}) ([IVX]{1,4}) ((?:19|20)\d\d)\b").sub(r"\1.\2.\3", line)
    if dated:
        line = _YEAR_OF_AN_ERA.sub("", line)
    line = _in_digits(line)
    if dated and ("l " in line or "I " in line):
        line = compiled(r"\b([0-3]?)[lI](?= [A-Z][a-z]{2,8},? (?:19|20)\d\d\b)").sub(r"\g<1>1", line)
    line = _in_digits(line)
    line = _ungapped(line) if _PARTED.search(line) else line
    line = re.sub(r"(?<=\d) ?([./|-]) ?(?=[\d ]+(?:[./|-]|\b))", r"\1", line) if _GAPPED.search(line) else line
    if "|" in line:
        line = re.sub(r"\b(\d{1,2})\|(\d{1,2})\|((?:19|20)\d\d)\b", r"\1/\2/\3", line)
    line = _gapped_month().sub(_without_gaps, line)
    line = _gapped_day().sub(r"\1\2\3", line)
    if "20" in line:
        line = compiled(r"20(?<=[/. -]20)(?: \d\d|\d \d)(?!\d)").sub(_without_gaps, line)
    if not _EIGHT_DIGITS.search(line):
        return line
    return re.sub(r"(?i)(\bdate\W{1,3}|^\s*)(20\d\d)([01]\d)([0-3]\d)(?!\d)(?=\W|$)", r"\1\2-\3-\4", line)


def _ungapped(line: str) -> str:
    """Dates of numbers that blanks part, alone or behind "Date": "21/05 2026", "2026. 05. 21.", "Date: 21 05 26"."""
    line = re.sub(r"(?<![\d./])(\d{1,2})([./])(\d{1,2})\.? (20\d\d)(?![\d./])", r"\1\2\3\2\4", line)
    line = re.sub(r"(?<!\d)(20\d\d)\. (\d{1,2})\. (\d{1,2})\.?(?!\d)", r"\1-\2-\3", line)
    line = _BLANKS.sub(r"\g<label>\g<day>/\g<month>/\g<year>", line)
    line = re.sub(
        r"^(\s*|.*\bdate\W{1,3})(20\d\d) (1[0-2]|0[1-9]) ([0-3]\d)\s*$", r"\1\2-\3-\4", line, flags=re.IGNORECASE
    )
    return re.sub(r"(?i)^(\W*)d (?=\d.*\bt \d)", r"\1d: ", line)  # "d 21/05/26  t 23/05/26", dictated and typed


_BLANKS = compiled(
    r"^(?P<label>\s*(?=\d\d \d\d \d{4})|.*\bdate\W{1,3})(?P<day>3[01]|[12]\d|0[1-9]) ?(?P<month>1[0-2]|0[1-9]) ?"
    r"(?P<year>20\d\d|(?<= )\d\d)\s*$",
    re.IGNORECASE,
)
_PAGE = compiled(r"^\W*(?:page|seite|p\.|pg\.?) ?\d{1,2}(?: ?(?:of|/|von) ?\d{1,2})?\W*", re.IGNORECASE)
_YEAR_OF_AN_ERA = compiled(  # before the same year of the common era: "Reiwa 8 / 2026-07-08", "B.E. 2569 (2026-07-08)"
    r"\b(?:reiwa|heisei|minguo|ROC|R\.O\.C\.|B\.?E\.?)\s?(?:year\s)?\d{1,4}(?:\s?[/(,=-]\s?|\s)(?=20\d\d)",
    re.IGNORECASE,
)
_PARTED = compiled(r"[\dtT](?:(?<=\d)(?:[./]? \d|\d{7})|(?<=\b[tT]) \d)")
_YEAR = compiled(r"[12](?:(?<=1)9|(?<=2)0)\d\d")
_ARTICLE = compiled(r",\s*(?:den|der|le|il|el|a|the|on|dia|d\.)\s+$", re.IGNORECASE)  # "Berlin, den", "Lyon, le"
# a word between a day and a year, or between "Date" or a line's beginning and both
_MISREAD_MONTH = compiled(r"(?<=\d )(?P<word>[A-Za-z]{4,11})(?=\.?,? (?:19|20)\d\d\b)")


def _month_meant(match: re.Match[str]) -> str:
    """The month that a scan's letters come nearest to: "12 Mareh 2026"; other words stay."""
    word = match["word"].lower()
    if word in month_names():
        return match["word"]
    near = difflib.get_close_matches(word.capitalize(), calendar.month_name[1:], n=2, cutoff=_NEAR_ENOUGH)
    return near[0] if len(near) == 1 else match["word"]


def _in_digits(line: str) -> str:
    """The line with its dates in words as days of the calendar: "21 May 2026"."""
    for told in reversed([one for one in spelled_dates(line) if one.year is not None]):
        line = f"{line[: told.start]}{told.day} {calendar.month_name[told.month]} {told.year}{line[told.end :]}"
    return line


_EIGHT_DIGITS = compiled(r"20\d{6}")
_GAPPED = compiled(r"\d(?<!\d.)\d? ?(?P<sign>[./-]) ?\d{1,2} ?(?P=sign) ?(?:19|20)\d ?\d(?!\d)")


def _without_gaps(match: re.Match[str]) -> str:
    return match.group().replace(" ", "")


@functools.cache
def _month_name() -> str:
    return "(?:" + "|".join(sorted(map(re.escape, month_names()), key=len, reverse=True)) + ")"


@functools.cache
def _gapped_day() -> re.Pattern[str]:
    """A day with a gap inside it that opens the line, before the month."""
    return compiled(rf"^(\W*(?:date\W*)?)(\d) (\d)(?= ?(?:{_month_name()}\b|[./-] ?\d))", re.IGNORECASE)


@functools.cache
def _gapped_month() -> re.Pattern[str]:
    """The name of a month with a gap inside it between a day and a year."""
    names = "|".join(" ?".join(map(re.escape, name)) for name in month_names() if len(name) > 2)
    return compiled(rf"(?<=\d )(?:{names})(?= ?,? ?[12]\d)", re.IGNORECASE)


def _is_full(match: re.Match[str]) -> bool:
    """Whether the date has its day, month and year."""
    return not any(
        match[part] for part in ("dm_m", "md_m", "my_m", "m_y_m", "y_m_m", "sd_a", "sp_a", "sc_a", "sg_a", "sh_a")
    )


def _rank_of(line: str, match: re.Match[str], before: str, *, only: bool, last: bool, is_title: bool) -> int | None:
    labelled = _label().search(before)
    if labelled is not None and not is_title and labelled["label"] == "DATA" and ":" not in labelled["colon"]:
        labelled = None  # the heading of the results
    told_before = before if labelled is None else before[: labelled.start()]
    if is_title:
        told_before = re.split(r"[.;]\s+", told_before)[-1]
    opens = labelled is not None and (":" in labelled["colon"] or (_opens_line(told_before) and not _told(told_before)))
    if labelled is not None and opens and not _never().search(told_before):
        if not is_title and ":" not in labelled["colon"] and len(line[: match.start()].split()) > _WORDS_OF_A_LABEL:
            return _IN_A_STORY  # "She was admitted on 2 May 2026 and discharged on 9 May 2026."
        if not is_title and ":" not in labelled["colon"] and re.search(r"[^\W\d_]{2}", told_before):
            return _IN_TEXT  # "PRESENT STATE (visit of 23.03.2026)"
        if not is_title and _OF_SAMPLES.search(line):
            return _IN_TEXT  # "Collected 2026-05-27  Reported 2026-05-27", of a print-out that the letter encloses
        label = labelled["label"].lower()
        if label == "letter" and not told_before.strip():
            label = "letter date"  # "Date seen 06-Jul-2026     Letter 07-Jul-2026"
        rank = int(cues("timing")["letter_date_labels"].index(label))
        if not is_title and ":" not in labelled["colon"] and _GOES_ON.match(line, match.end()):
            return _BELOW_TITLE  # "Consultation of 04.09.2025: arthritis of both wrists", under a dated head
        return min(rank, _IN_TITLE) if is_title else rank
    head = line[: match.start()]
    if ("today" in head.lower() and _TODAY.search(head)) or (
        any(word in head.lower() for word in _SIGNING) and _SIGNED.search(head)
    ):
        return _TOLD
    words = set(compiled(r"[a-z-]+").findall(line.lower()))
    if is_title and last and not only and words & set(cues("timing")["stays"]):
        return _IN_TITLE if _LAST_OF_STAY.search(line[: match.start()]) else None
    if not only or _never().search(before) or re.search(r"(?<!\*)\*\s*$", before):
        return None
    if is_title and not _told(line) and len(words) <= _WORDS_OF_A_TITLE:
        return _IN_TITLE
    if is_title and _opens_line(before.rstrip(" ,")) and _A_WRITING.search(before) and _CLOSED.match(line, match.end()):
        return _IN_TITLE  # "Covering note 15/01/2026 - please see the print. She ..."
    if is_title and not before.strip() and _OPENS_A_WRITING.match(line, match.end()):
        return _IN_TITLE  # "15/01/2026   Referral - she is complex, please read to the end"
    return _ALONE if _stands_alone(before, line[match.end() :]) else None


def _told(words: str) -> bool:
    return not set(re.findall(r"[a-z-]+", words.lower())).isdisjoint(cues("timing")["words_of_a_story"])


def _opens_line(before: str) -> bool:
    """Whether so little stands before a label that no sentence is under way."""
    before = before.lstrip(" ,;/|()&")
    return len(before.split()) <= 5 and not re.search(r"[,.;]|\b(?:after|since|before|until|till)\s*$", before)


def _stands_alone(before: str, after: str) -> bool:
    """Only a place, a weekday or a greeting's punctuation stands beside the date."""
    after = re.sub(r"\([^()]*\)", "", after)
    before = _PAGE.sub("", before)
    rest = re.sub(r"\d{1,2}[:.]\d\d(?::\d\d)?|[\W\d_]+", " ", after).strip()
    before = _ARTICLE.sub(",", before)
    words = before.replace(":", " ").split()
    return len(rest) <= 12 and len(words) <= 4 and (not words or before.rstrip()[-1:] in ",|-:" or len(words) <= 1)
