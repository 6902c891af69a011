"""Results told in numbers: a number where one is expected in, the quantity or verdict that it is of its test out.

Numbers that belong to something else (days, doses, dates, criteria) are no results; serology told in numbers is read as
its verdict.
"""

from __future__ import annotations

import re
from dataclasses import replace

from extraction.knowledge import cues
from extraction.numbers import Written
from extraction.reference_ranges import behind_number
from extraction.result_words import (
    AFTER_CODE,
    NEXT_COLUMN,
    Page,
    code_of,
    code_pattern,
    hcg_verdict,
    is_serology,
    pattern_of,
)
from extraction.results import Result, is_nucleic_acid
from extraction.scale_classes import FOREIGN, by_its_range, percent_behind
from extraction.traces import detected_behind
from kb.facts import Coded, Interval, Quantity, Value
from kb.patterns import compiled
from kb.units import canonical_unit, codes_of, convert, power_of_ten, to_canonical, units_meant
from kb.vocabulary import Lab, Score, vocabulary

_REACH_BACK = 200  # characters in which the word before a number is looked for


def numeric_result(
    page: Page, concept: str, written: Written, limit: int, unit: str | None = None, reference: Interval | None = None
) -> Result | None:
    """A number as a result of the concept, with flags and reference range behind it; None if it cannot be one."""
    if page.time_at(written.start) is not None or page.is_limit(written.start):
        return None
    if _belongs_elsewhere(page, written, limit):
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
    if page.normal[end : end + 1].isalpha() and page.normal[end] != "分" and written.unit is None:
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
    points = compiled(r" ?(?:(?:points?|pts)(?![a-z])|分)", re.IGNORECASE).match(page.normal, end, limit)
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
    told = code is not None and AFTER_CODE.match(page.normal[:limit], code.end()) is not None
    if code is not None and told and code_of(code.group()) in ("positive", "negative", "undetected"):
        found = code_of(code.group())
        counted = is_nucleic_acid(concept) and (written.interval.low or 0) > 0 and found != "positive"
        if counted and NEXT_COLUMN.match(page.normal, result.end):
            return result  # "640  IU/mL  not detected": the last column is what is normal
        if counted and found == "undetected":
            words = page.text[result.start : code.end()]
            return replace(result, end=code.end(), value=Coded("indeterminate", words), reference=None)
        if not (concept.endswith(("dna", "rna")) and found == "positive"):
            end = code.end() + (page.normal[code.end() : code.end() + 1] in (")", "]"))
            return replace(result, end=end, value=Coded(found, page.text[result.start : end]), reference=None)
    verdict = (
        _verdict(concept, written, bounds)
        or _copies_verdict(concept, written, bounds)
        or _amount_verdict(concept, written, result.value)
    )
    words = page.text[result.start : result.value_end]
    return result if verdict is None else replace(result, value=Coded(verdict, words), reference=None)


def _copies_verdict(concept: str, written: Written, bounds: Interval | None) -> str | None:
    """Copies above the limit of their own assay are positive, however many IU a copy is."""
    if not is_nucleic_acid(concept) or "{copies}/mL" not in codes_of(written.unit or "") or bounds is None:
        return None
    low, limit = written.interval.low, bounds.high
    return "positive" if low is not None and limit is not None and low > limit else None


def _amount_verdict(concept: str, written: Written, value: Value | None) -> str | None:
    """An amount of an antigen in its own unit against the least that is positive: "HBsAg 1,240 IU/mL"."""
    told: str | None = cues("measurements")["positive_from"].get(concept)
    if told is None or written.unit is None or not isinstance(value, Quantity) or value.unit != canonical_unit(concept):
        return None
    least = float(told)
    low, high = value.interval.low, value.interval.high
    if low is not None and low >= least:
        return "positive"
    return "negative" if high is not None and high <= least else None


def _hcg_of(written: Written) -> Interval:
    """The amount in IU/L, in which the limits of hCG are told: "0.05 U/mL" are 50; one without a unit is in these."""
    told = (convert("pregnancy-test-blood", written.interval, code) for code in codes_of(written.unit or ""))
    return next((amount for amount in told if amount is not None), written.interval)


def _verdict(concept: str, written: Written, bounds: Interval | None) -> str | None:
    interval = written.interval
    if concept.startswith("pregnancy-test"):
        return hcg_verdict(_hcg_of(written))
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
