"""The result behind a test's name: a place in the text in, the value with its reference range and span out.

Between a name and its result stand only words that say "was" or "today", dates, units and brackets; anything else ends
the search. Numbers that belong to something else (days, doses, dates, criteria) are no results.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from extraction.knowledge import cues
from extraction.numbers import Written, read_number
from extraction.reference_ranges import BRACKETS, behind_number, bounds_in
from extraction.result_signs import minus_behind
from extraction.result_words import Page, code_of, code_pattern, hcg_verdict, is_serology, pattern_of, skip_space
from extraction.scale_classes import FOREIGN, by_its_range, class_written, percent_behind
from extraction.traces import detected_behind, uncounted_behind
from kb.facts import Coded, Interval, Quantity, Value
from kb.patterns import compiled
from kb.units import canonical_unit, codes_of, convert, find_unit, power_of_ten, to_canonical, units_meant
from kb.vocabulary import Lab, Score, vocabulary

_AFTER_CODE = compiled(
    r"[ \t]*(?:$|[,;.:()\[\]|\t\n/+*?→\"'-]|\d|(?:and|but|or|with|in|on|at|as|for|both|apart|except|from|since|until|"
    r"to|by|so|although|though|while|throughout|back|early|late|mid|earlier|during|again|now|today|yesterday|last|this|previously|study|range|"
    r"limits?|results?|per|twice|thrice|once|"
    r"(?:two|three|four|several|many|multiple|repeated) times|repeatedly|both|all|each|dated|seen|here|there|"
    r"locally|elsewhere|already|done|taken|checked|confirmed|twice|apex|axis|"
    r"when|after|before|which|is|was|were|are|has|have|then|too|also|x|he|she|we|i|no|not|only|the|her|his|bilaterally|titre|titer|"
    r"speckled|homogeneous|homogenous|nucleolar|pattern|overall|otherwise|thus|hence|despite|without|igg|igm|levels?|repeat)(?![a-z]))",
    re.IGNORECASE,
)
# the next column of a print-out: a unit or the reference stands in it
_COLUMN = compiled(r"(?:[ ]{3,}|[ ]*\t)\S")
_LEADERS = compiled(r"[.…_·]{3,}")  # dots that lead the eye to the result
_LABORATORY_CODE = compiled(r"(?=\S*[A-Za-z.])(?=\S*\d)[A-Za-z0-9.]{3,7}")
# "at EOT was", "on MPI:": an occasion or a method by its letters
_OCCASION = compiled(r"(?:at|on|by|via) (?:the )?(?-i:[A-Z]{2,6})(?=(?: (?:is|was|were|of|showed)\b|\s?[:=]|,? ?\d))")
_REACH_BACK = 200  # characters in which the word before a number is looked for
_SHORT_REACH = 16
_RANGED = compiled(r"(?:rang(?:ed|ing|es?)|varied|var(?:ies|ying)|fluctuat(?:ed|ing))\s*$", re.IGNORECASE)
_FELL = compiled(r"declined\s+(?:(?:further|steadily|progressively|rapidly|slowly)\s+)?(?:to|from)\s", re.IGNORECASE)
_DIFFERENCE = compiled(
    r"by (?:about )?\d[\d.,]*\s?(?:%|[a-zµ]{1,5}(?:/[a-z]{1,2})?)?\s+to\s+(?=[<>]?\d)", re.IGNORECASE
)
_FLAG_BEFORE = compiled(r"(?:HH?|LL?)(?=[ \t]+[<>]?\d)")  # "Creatinine H 120"
# "albumin deficit (23 g/L)", "EF depression (40 %)": a state, and in the bracket how far it goes
_STATE = compiled(r"(?:depression|deficit|deficiency|elevation|impairment|prolongation)(?=\s?\()", re.IGNORECASE)

# a report that goes on is not yet normal: "negative for PE", "clear apart from a small effusion"
_QUALIFIED = compiled(
    r"[\s,]*(?:for|of|apart|except|excepting|aside|bar|save|but|other than|with the exception)\b", re.IGNORECASE
)
# "beta-HCG (serum) 10.12: <0.5", "SLEDAI (12.3): 8": the day before the colon is no value
_DAY_BEFORE = compiled(r"\(?(?:[12]?\d|3[01]|0\d)[./](?:1[0-2]|0?[1-9])\.?\)?\s*:(?=\s*[<>≤≥a-z\d(+-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Result:
    """A value as written at [start, end), its reference range included; `value_end` is before the range."""

    start: int
    end: int
    value: Value
    reference: Interval | None = None
    value_end: int = 0
    written: Written | None = None
    is_turn: bool = False  # the newer value of a course: a date told before it is not its own
    is_overtaken: bool = False  # told to have changed since, without the newer value


def read_result(page: Page, concept: str, start: int, limit: int) -> Result | None:
    """The result that follows a name: `start` is the end of the name, nothing at or after `limit` is read."""
    sign = minus_behind(page, concept, start, limit)
    if sign is not None:
        return Result(sign, sign + 1, Coded("negative", page.text[sign : sign + 1]), None, sign + 1)
    at = start
    unit: str | None = None
    reference: Interval | None = None
    trend = False
    for _ in range(40):
        at = skip_space(page.normal, at, limit)
        if at >= limit:
            return None
        time = page.time_at(at)
        if time is not None:
            at = time.end
            continue
        day = _DAY_BEFORE.match(page.normal, at, limit)
        if day is not None:
            at = day.end()
            continue
        found = _result_here(page, concept, at, limit, unit, reference, trend)
        if found is not None:
            return found
        bracket = _skip_bracket(page, concept, at, limit)
        if bracket is not None:
            at, unit, reference = bracket[0], bracket[1] or unit, bracket[2] or reference
            continue
        skipped = _skip_one(page, at, limit)
        if skipped is None:
            unit_end = None if unit or at == start else find_unit(page.normal, at, limit)
            if unit_end is None or canonical_unit(concept) is None:
                return None
            unit, skipped = page.normal[at:unit_end], unit_end
        begin = max(start, at - _SHORT_REACH)
        trend = trend or (page.normal[at:skipped].lower() == "from" and not _RANGED.search(page.normal, begin, at))
        at = skipped
    return None


def _skip_one(page: Page, at: int, limit: int) -> int | None:
    """The end of the filler word or sign at a place, or None where something else stands."""
    word = (
        _DIFFERENCE.match(page.normal, at, limit)
        or _OCCASION.match(page.normal, at, limit)
        or pattern_of("fillers").match(page.normal, at, limit)
        or _LEADERS.match(page.normal, at, limit)
        or _FLAG_BEFORE.match(page.normal, at, limit)
        or _STATE.match(page.normal, at, limit)
    )
    if word:
        return word.end()
    if page.normal[at] in ":=,.-~_*()[]|/>→#@'\"":
        return at + 1
    return None


def _skip_bracket(page: Page, concept: str, at: int, limit: int) -> tuple[int, str | None, Interval | None] | None:
    """Past a bracket that holds a unit, a date, a specimen or (a value follows) the reference range."""
    closing = BRACKETS.get(page.normal[at])
    end = page.normal.find(closing, at, min(limit, at + 60)) if closing else -1
    if end < 0:
        return None
    inner = skip_space(page.normal, at + 1, end)
    unit_end = find_unit(page.normal, inner, end)
    if unit_end is not None and not page.normal[unit_end:end].strip() and page.normal[inner:unit_end].strip():
        return end + 1, page.normal[inner:unit_end], None
    whole = read_number(page.normal, inner, end, page.comma)
    if _LABORATORY_CODE.fullmatch(page.normal[inner:end].strip()) and (whole is None or whole.end < end):
        return end + 1, None, None
    time = page.time_at(inner)
    if time is not None and not page.normal[time.end : end].strip(" .,"):
        return end + 1, None, None
    if re.match(r"\s*:", page.normal[end + 1 : limit]) and any(inner <= at < end for at in page.starts):
        return end + 1, None, None
    content = page.normal[inner:end]
    if not re.search(r"\d", content) and not code_pattern().search(content):
        return None if _makes_another_test(concept, page.normal[at : end + 1]) else (end + 1, None, None)
    bounds = bounds_in(page, inner, end)
    behind = skip_space(page.normal, end + 1, limit)
    while behind < limit and page.normal[behind] in ":=-. ":
        behind += 1
    if bounds is not None and read_number(page.normal, behind, limit, page.comma) is not None:
        return end + 1, bounds[1], bounds[0]
    return None


def _makes_another_test(concept: str, bracket: str) -> bool:
    """Whether a bracket behind a name takes it elsewhere: another specimen, or a letter that is no flag."""
    content = bracket[1:-1].strip()
    unknown = len(content) == 1 and content.isalpha() and bracket not in cues("measurements")["flags"]
    other = content.lower() in cues("measurements")["other_specimens"] and content.lower() not in concept.split("-")
    return unknown or other


def _result_here(
    page: Page, concept: str, at: int, limit: int, unit: str | None, reference: Interval | None, trend: bool
) -> Result | None:
    code = None if isinstance(vocabulary().terms[concept], Score) else code_pattern().match(page.normal, at, limit)
    if code is not None:
        coded = _coded_result(page, concept, code, limit, unit)
        if coded is not None:
            return coded
    level = _class_of_scale(page, concept, at, limit)
    if level is not None:
        return level
    written = read_number(page.normal, at, limit, page.comma, ranges=not trend)
    if written is None or (written.form != "uln" and compiled(r"\bby\s*$").search(page.normal[max(0, at - 5) : at])):
        return None  # "fell by 12": a difference
    return numeric_result(page, concept, written, limit, unit, reference)


def _class_of_scale(page: Page, concept: str, at: int, limit: int) -> Result | None:
    term = vocabulary().terms[concept]
    found = class_written(page, term, at, limit) if isinstance(term, Score) and term.levels else None
    return None if found is None else Result(found[1], found[2], found[0], None, found[2])


def _coded_result(page: Page, concept: str, code: re.Match[str], limit: int, unit: str | None) -> Result | None:
    """A qualitative result, or the number that it leads to ("raised at 120", "positive 1:640")."""
    found = code_of(code.group())
    if found == "not_done" and _FELL.match(page.normal, code.start(), limit):
        return None  # "declined to 640 IU/mL"
    counted = _counted_behind(page, concept, code, limit)
    if counted is not None:
        return counted
    uncounted = _trace_end(page, concept, code, limit)
    if uncounted is not None:
        words = page.text[code.start() : uncounted]
        return Result(code.start(), uncounted, Coded("trace", words), None, uncounted)
    if found in ("high", "low") and re.match(
        r"\s+(?:from|by)\b", page.normal[code.end() : code.end() + 8], re.IGNORECASE
    ):
        return None  # "increased from 6 to 14": the numbers tell
    if found in ("high", "low", "normal", "abnormal", "positive", "indeterminate"):
        number = _number_behind(page, concept, code.end(), limit, unit)
        if number is not None:
            return replace(number, start=code.start()) if _is_quantity(number) else number
    behind = skip_space(page.normal, code.end(), limit)
    ends = (
        _AFTER_CODE.match(page.normal, code.end(), limit)
        or (behind < limit and page.time_at(behind) is not None)
        or (
            _COLUMN.match(page.normal, code.end(), limit) and concept not in cues("measurements")["reports"]["concepts"]
        )
    )
    if not ends or _is_sign_of_range(page, code):
        return None
    if concept in cues("measurements")["reports"]["concepts"] and _QUALIFIED.match(page.normal, code.end()):
        return None
    if found == "trace" and concept not in ("urine-protein-dipstick", "urine-blood-dipstick", "urinalysis"):
        return None
    term = vocabulary().terms[concept]
    if found in ("positive", "negative") and isinstance(term, Lab) and term.panel == "vitals":
        return None  # "grew with body weight"
    if "immun" in code.group().lower() and concept in cues("measurements")["serology"]:
        return None  # "hepatitis B: non-immune" speaks of its vaccination
    written = page.text[code.start() : code.end()]
    return Result(code.start(), code.end(), Coded(meant(page, concept, code), written), None, code.end())


def _counted_behind(page: Page, concept: str, code: re.Match[str], limit: int) -> Result | None:
    """ "HBV DNA   not detected   640 IU/mL": a load in the next column, where what is normal stands before it."""
    if not is_nucleic_acid(concept) or code_of(code.group()) not in ("undetected", "negative"):
        return None
    if not _COLUMN.match(page.normal, code.end(), limit):
        return None
    written = read_number(page.normal, skip_space(page.normal, code.end(), limit), limit, page.comma)
    if written is None or not (written.interval.low or 0) > 0 or written.unit is None:
        return None
    return numeric_result(page, concept, written, limit)


def _trace_end(page: Page, concept: str, code: re.Match[str], limit: int) -> int | None:
    """Where the words end that tell a load too little to be counted: "detected <35 IU/mL", "<LLOQ (detected)"."""
    if not is_nucleic_acid(concept):
        return None
    found = code_of(code.group())
    if found == "positive":
        return uncounted_behind(page, code.end(), limit)
    return detected_behind(page, code.end(), limit) if found == "undetected" else None


def result_of_code(page: Page, concept: str, code: re.Match[str], limit: int) -> Result | None:
    """A result word where one is expected, or the number that it leads to."""
    return _coded_result(page, concept, code, limit, None)


def meant(page: Page, concept: str, code: re.Match[str]) -> str:
    """What a result word says of this test: an antibody that was not detected is negative, so is a clear film normal.

    "Undetectable" of HIV is said of its RNA: only the words of an assay's report are turned.
    """
    found = code_of(code.group())
    term = vocabulary().terms[concept]
    panel = term.panel if isinstance(term, Lab) else None
    if found == "undetected" and pattern_of("not_found").fullmatch(code.group()) and not is_nucleic_acid(concept):
        return "negative" if panel in ("virology", "autoantibodies", "pregnancy", "tuberculosis") else found
    if found == "normal" and is_nucleic_acid(concept):
        return "undetected"
    if found == "negative" and concept in cues("measurements")["reports"]["concepts"]:
        return "normal"
    return found


def is_nucleic_acid(concept: str) -> bool:
    return concept.endswith(("-dna", "-rna"))


def _is_quantity(result: Result) -> bool:
    return isinstance(result.value, Quantity)


def _is_sign_of_range(page: Page, code: re.Match[str]) -> bool:
    """ "+" in "1+2" and "nr" before a range ("NR 0-40") are no results."""
    if code.group().lower() in ("nr", "n/a", "nd"):
        return re.match(r"[ :=]*[<>\d]", page.normal[code.end() : code.end() + 5]) is not None
    return False


def _number_behind(page: Page, concept: str, at: int, limit: int, unit: str | None) -> Result | None:
    joint = compiled(
        r"[ \t]*(?:,? ?\(?(?:i\.?e\.?|namely|viz\.?),?:?|[(:=,-]|at|to|of|,? ?(?:titre|titer)(?: of)?|"
        r"with (?:a )?(?:titre|titer|level|value) of)?[ \t]*"
    ).match(page.normal, at, limit)
    begin = joint.end() if joint else at
    written = read_number(page.normal, begin, limit, page.comma)
    if written is None or page.time_at(begin) is not None:
        return None
    bare = (joint is None or not joint.group().strip(" \t,")) and page.normal[at - 1 : at] not in "↑↓"
    if bare and written.unit is None and written.form == "number":
        return None
    return numeric_result(page, concept, written, limit, unit, None)


def numeric_result(
    page: Page, concept: str, written: Written, limit: int, unit: str | None = None, reference: Interval | None = None
) -> Result | None:
    """A number as a result of the concept, with flags and reference range behind it; None if it cannot be one."""
    if page.time_at(written.start) is not None or _belongs_elsewhere(page, written, limit):
        return None
    term = vocabulary().terms[concept]
    if isinstance(term, Score):
        return _score(page, term, written, limit)
    if isinstance(term, Lab) and term.unit == "%" and (foreign := FOREIGN.match(page.normal, written.end, limit)):
        percent = percent_behind(page, foreign.end(), limit)  # "FVC 2.1 L (71 % predicted)"
        return None if percent is None else numeric_result(page, concept, percent, limit, unit, reference)
    end, bounds, unit_behind = behind_number(page, written, limit)
    reference_unit = written.unit or unit or unit_behind
    bounds = bounds or reference
    raw = _raw(page, concept, written, reference_unit, bounds, limit)
    if raw is None:
        return None
    known = None if bounds is None else _known_range(page, concept, written, reference_unit, bounds)
    result = Result(written.start, max(end, written.end), raw, known, written.end, written)
    return _as_code(page, concept, result, limit, bounds, written)


def _known_range(page: Page, concept: str, written: Written, unit: str | None, bounds: Interval) -> Interval | None:
    """The reference range in the canonical unit: it is written in the unit of its value."""
    codes = units_meant(concept, written.interval, unit, reference=bounds, system=page.system)
    if written.form != "number" or not codes:
        codes = units_meant(concept, bounds, unit, system=page.system)
    return convert(concept, bounds, codes[0]) if len(codes) == 1 else None


def _word_before(normal: str, at: int) -> str:
    return normal[max(0, at - _REACH_BACK) : at].rstrip(" :=-").split(" ")[-1]


def _raw(
    page: Page, concept: str, written: Written, unit: str | None, bounds: Interval | None, limit: int
) -> Value | None:
    words = page.text[written.start : written.end]
    term = vocabulary().terms[concept]
    if written.form == "uln":
        return Quantity(written.interval, "{ULN}", words)
    if written.form == "titre":
        immune = isinstance(term, Lab) and term.panel in ("autoantibodies", "virology", "serology", "parasitology")
        return Quantity(written.interval, "{titer}", words) if immune else None
    canonical = canonical_unit(concept)
    if canonical is None and bounds is not None and isinstance(term, Lab) and term.panel == "autoantibodies":
        return by_its_range(written.interval, bounds, words)
    if canonical is None:
        return Quantity(written.interval, "1", words) if is_serology(concept) else None
    interval: Interval | None = written.interval
    if written.form == "log":
        interval = power_of_ten(written.interval)
        if interval is None:
            return None
    known, word = cues("measurements"), _word_before(page.normal, written.start)
    if unit is None and word in known["needs_unit_always" if bounds is not None else "needs_unit"]:
        return None
    if unit is None and bounds is None and _in_prose(page, concept, written.start):
        return None
    converted = (
        None if interval is None else to_canonical(concept, interval, unit, reference=bounds, system=page.system)
    )
    if converted is None and is_serology(concept):
        return Quantity(written.interval, "1", words)
    if converted is None and canonical == "{titer}" and written.unit is None and bounds is not None:
        return by_its_range(written.interval, bounds, words)  # an index with its cut-off, where a titre is usual
    return None if converted is None else Quantity(converted, canonical, words)


def _in_prose(page: Page, concept: str, start: int) -> bool:
    """ "her weight was 60.2": kilograms or pounds, where a form's "Weight: 60" is in the unit of the form."""
    if concept not in cues("measurements")["unit_in_prose"]:
        return False
    return re.search(r"\b(?:was|is|at|of)\s*$", page.normal[max(0, start - 8) : start], re.IGNORECASE) is not None


def _score(page: Page, term: Score, written: Written, limit: int) -> Result | None:
    end = written.end
    if page.normal[end : end + 1].isalpha() and written.unit is None:
        return None
    if written.unit is not None or written.form != "number":
        # "12 points" has no unit; a "/" behind the number is the score's maximum
        number = compiled(r"[<>=≤≥ ]*[\d.,-]+").match(page.normal, written.start)
        if written.form != "number" or number is None:
            return None
        end = number.end()
    out_of = compiled(r" ?/ ?(\d+)").match(page.normal, end, limit)
    if out_of and float(out_of.group(1)) > term.maximum * 1.01 and page.time_at(written.start):
        return None
    end = out_of.end() if out_of else end
    points = compiled(r" ?(?:points?|pts)(?![a-z])", re.IGNORECASE).match(page.normal, end, limit)
    bounds = [bound for bound in (written.interval.low, written.interval.high) if bound is not None]
    if not all(term.minimum <= bound <= term.maximum for bound in bounds):
        return None
    if term.id == "eular-acr-2019" and points is None and written.interval.low in (2012, 2019, 1997, 1982):
        return None
    end = points.end() if points else end
    words = page.text[written.start : end]
    return Result(written.start, end, Quantity(written.interval, "{score}", words), None, end, written)


def _belongs_elsewhere(page: Page, written: Written, limit: int) -> bool:
    """Whether the number counts days, doses or criteria, or is part of a larger sign ("C3", "10%ile", "3rd")."""
    behind = page.normal[written.end : min(len(page.normal), written.end + 16)]
    if written.unit is None and compiled(r"[ -]?(?:st|nd|rd|th)(?![a-z])", re.IGNORECASE).match(behind):
        return True
    if (
        written.unit is None
        and compiled(r"[A-KM-Za-z](?![A-Za-z])|L[\d.]|[A-Za-z]{2,}").match(behind)
        and behind[:1] != "H"
        and not re.match(r"(?:pts|points|HL?|LL?)\b", behind)
    ):
        return True
    if written.form == "uln" or (written.unit and "/" in written.unit):
        return False
    words = pattern_of("not_a_value").match(behind.removeprefix("-") if behind[:1] == "-" else behind.lstrip(" "))
    return words is not None and written.unit is None


def _as_code(page: Page, concept: str, result: Result, limit: int, bounds: Interval | None, written: Written) -> Result:
    """Serology told in numbers is read as its verdict: the word beside it, else its range or cut-off."""
    term = vocabulary().terms[concept]
    viral = isinstance(term, Lab) and term.panel in ("virology", "pregnancy")
    if not viral:
        return result
    if is_nucleic_acid(concept) and written.interval.low is None:
        detected = detected_behind(page, result.end, limit)
        if detected is not None:
            return replace(result, end=detected, value=Coded("trace", page.text[result.start : detected]))
    beside = compiled(r"[ \t]*[(,;=:\[-]?[ \t]*").match(page.normal, result.end, limit)
    code = code_pattern().match(page.normal, beside.end() if beside else result.end, limit)
    told = code is not None and _AFTER_CODE.match(page.normal[:limit], code.end()) is not None
    if code is not None and told and code_of(code.group()) in ("positive", "negative", "undetected"):
        found = code_of(code.group())
        counted = is_nucleic_acid(concept) and (written.interval.low or 0) > 0 and found != "positive"
        if counted and _COLUMN.match(page.normal, result.end):
            return result  # "640  IU/mL  not detected": the last column is what is normal
        if counted and found == "undetected":
            words = page.text[result.start : code.end()]
            return replace(result, end=code.end(), value=Coded("indeterminate", words), reference=None)
        if not (concept.endswith(("dna", "rna")) and found == "positive"):
            end = code.end() + (page.normal[code.end() : code.end() + 1] in (")", "]"))
            return replace(result, end=end, value=Coded(found, page.text[result.start : end]), reference=None)
    verdict = _verdict(concept, written, bounds) or _copies_verdict(concept, written, bounds)
    words = page.text[result.start : result.value_end]
    return result if verdict is None else replace(result, value=Coded(verdict, words), reference=None)


def _copies_verdict(concept: str, written: Written, bounds: Interval | None) -> str | None:
    """Copies above the limit of their own assay are positive, however many IU a copy is."""
    if not is_nucleic_acid(concept) or "{copies}/mL" not in codes_of(written.unit or "") or bounds is None:
        return None
    low, limit = written.interval.low, bounds.high
    return "positive" if low is not None and limit is not None and low > limit else None


def _verdict(concept: str, written: Written, bounds: Interval | None) -> str | None:
    interval = written.interval
    if concept.startswith("pregnancy-test"):
        return hcg_verdict(interval)
    if not is_serology(concept):
        return None
    if written.form == "titre":
        return "positive"
    if bounds is None and (written.unit or "").lower() in cues("measurements")["signal_to_cutoff"]:
        bounds = Interval(None, 1.0, high_open=True)
    if bounds is None:
        return None
    inside = (bounds.low is None or (interval.low is not None and interval.low >= bounds.low)) and (
        bounds.high is None or (interval.high is not None and interval.high <= bounds.high)
    )
    return "negative" if inside else "positive"
