"""Results told in words: a result word where one is expected in, the coded result or the number that it leads to out.

What a word says depends on the test: an antibody that was not detected is negative, so is a clear film normal.
"""

from __future__ import annotations

import re
from dataclasses import replace

from extraction.knowledge import cues
from extraction.legends import legend_of
from extraction.numbers import read_number
from extraction.numeric_results import numeric_result
from extraction.result_words import AFTER_CODE, NEXT_COLUMN, Page, code_of, pattern_of, skip_space
from extraction.results import Result, is_nucleic_acid
from extraction.traces import detected_behind, uncounted_behind
from kb.facts import Coded, Quantity
from kb.patterns import compiled
from kb.vocabulary import Lab, vocabulary

_FELL = compiled(r"declined\s+(?:(?:further|steadily|progressively|rapidly|slowly)\s+)?(?:to|from)\s", re.IGNORECASE)
# a report that goes on is not yet normal: "negative for PE", "clear apart from a small effusion"
_QUALIFIED = compiled(
    r"[\s,]*(?:for|of|apart|except|excepting|aside|bar|save|but|other than|with the exception)\b", re.IGNORECASE
)


def coded_result(page: Page, concept: str, code: re.Match[str], limit: int, unit: str | None) -> Result | None:
    """A qualitative result, or the number that it leads to ("raised at 120", "positive 1:640")."""
    found = code_of(code.group())
    if page.is_limit(code.start()):
        return None  # "normal here is below 35"
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
    told = _told_limit(page, code, limit)
    if told is not None:
        return Result(code.start(), told, Coded(found, page.text[code.start() : told]), None, told)
    behind = skip_space(page.normal, code.end(), limit)
    ends = (
        AFTER_CODE.match(page.normal, code.end(), limit)
        or (behind < limit and page.time_at(behind) is not None)
        or (
            NEXT_COLUMN.match(page.normal, code.end(), limit)
            and concept not in cues("measurements")["reports"]["concepts"]
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


_LIMIT = compiled(r"limit|threshold|value|line|cut-?off|lod|lld", re.IGNORECASE)
_LIMIT_TOLD = compiled(
    r"\s*(?:\(|of\b|is\b|being\b|which is\b|[=:])?\s*(?:of\s)?[<≤]?\s*\d[\d.,]*\s*"
    r"(?:iu|u|copies|cop|cps|cp)\s?/\s?ml\)?",
    re.IGNORECASE,
)


def _told_limit(page: Page, code: re.Match[str], limit: int) -> int | None:
    """Where the limit ends that a load is below: "below the detection limit of 20 IU/mL"."""
    if code_of(code.group()) != "undetected" or _LIMIT.search(code.group()) is None:
        return None
    told = _LIMIT_TOLD.match(page.normal, code.end(), limit)
    return None if told is None else told.end()


def _counted_behind(page: Page, concept: str, code: re.Match[str], limit: int) -> Result | None:
    """ "HBV DNA   not detected   640 IU/mL": a load in the next column, where what is normal stands before it."""
    if not is_nucleic_acid(concept) or code_of(code.group()) not in ("undetected", "negative"):
        return None
    if not NEXT_COLUMN.match(page.normal, code.end(), limit):
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
    return coded_result(page, concept, code, limit, None)


def meant(page: Page, concept: str, code: re.Match[str]) -> str:
    """What a result word says of this test: an antibody that was not detected is negative, so is a clear film normal.

    "Undetectable" of HIV is said of its RNA: only the words of an assay's report are turned.
    """
    told = legend_of(page.normal).get(code.group().lower(), code.group())
    found = code_of(told)
    term = vocabulary().terms[concept]
    panel = term.panel if isinstance(term, Lab) else None
    if found == "undetected" and pattern_of("not_found").fullmatch(told) and not is_nucleic_acid(concept):
        return "negative" if panel in ("virology", "autoantibodies", "pregnancy", "tuberculosis") else found
    if found == "normal" and is_nucleic_acid(concept):
        return "undetected"
    if found == "negative" and concept in cues("measurements")["reports"]["concepts"]:
        return "normal"
    return found


def _is_quantity(result: Result) -> bool:
    return isinstance(result.value, Quantity)


def _is_sign_of_range(page: Page, code: re.Match[str]) -> bool:
    """ "+" in "1+2" and "nr" before a range ("NR 0-40") are no results; before a date it is one."""
    if code.group().lower() in ("nr", "n/a", "nd"):
        behind = re.match(r"[ :=]*(?=[<>\d])", page.normal[code.end() : code.end() + 5])
        return behind is not None and page.time_at(code.end() + behind.end()) is None
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
