"""Results with a grammar of their own: a blood pressure pair, feet and inches, specimens, oxygen, confirmation.

A place in the text and a concept in; a result, a more special concept, or the attributes of a fact out.
"""

from __future__ import annotations

import functools
import re

from extraction.knowledge import cues
from extraction.numbers import read_number
from extraction.reading import Mention
from extraction.result_words import Page, alternatives, code_pattern, pattern_of
from extraction.results import Result
from kb.facts import Coded, Interval, Quantity
from kb.patterns import compiled
from kb.units import codes_of

_PAIR = compiled(
    r"(?P<sys>\d{2,3})(?: ?- ?(?P<sys_to>\d{2,3}))? ?(?:/|over) ?(?P<dia>\d{2,3})(?: ?- ?(?P<dia_to>\d{2,3}))?(?![\d/])"
    r"(?: ?(?:mm ?\[?hg\]?|mm of hg))?",
    re.IGNORECASE,
)
_FEET = compiled(
    r"(?P<feet>[3-7]) ?(?:'|ft|feet|foot) ?(?:(?P<inches>\d{1,2}(?:\.\d)?) ?(?:\"|''|in\b|inches|inch)?)?",
    re.IGNORECASE,
)
_LEVEL = compiled(r"\s+(?:blood |serum |plasma )?(?:levels?|concentrations?)\b", re.IGNORECASE)
_GAP = compiled(
    r"(?:[\s:=,~(*-]|is|was|were|are|of|at|today|on|the|a|reading|right|left|arm|sitting|standing|lying|supine|clinic|home|average|mean|current|latest|measured|recorded|in|range|around|about|remains|stable|normal|high|elevated|raised|low|controlled|well)*",
    re.IGNORECASE,
)


def blood_pressure(page: Page, concept: str, start: int, limit: int) -> Result | None:
    """The written pair behind a name of the blood pressure."""
    if concept not in ("blood-pressure", "systolic-bp"):
        return None
    at = start
    for _ in range(4):
        gap = _GAP.match(page.normal, at, limit)
        at = gap.end() if gap else at
        time = page.time_at(at) if at < limit else None
        pair = _PAIR.match(page.normal, at, limit)
        if pair is not None and (time is None or pair.end() > time.end):
            break
        if time is None:
            return None
        at = time.end
    else:
        return None
    if pair is None or not 40 <= int(pair["sys"]) <= 300 or not 20 <= int(pair["dia"]) < int(pair["sys"]):
        return None
    words = page.text[pair.start() : pair.end()]
    value = Quantity(Interval.exactly(float(pair["sys"])), "mm[Hg]", words)
    return Result(pair.start(), pair.end(), value, None, pair.end())


def feet_and_inches(page: Page, concept: str, start: int, limit: int) -> Result | None:
    """A height such as 5'4" or 5 ft 4 in, in centimetres."""
    if concept != "body-height":
        return None
    gap = _GAP.match(page.normal, start, limit)
    at = gap.end() if gap else start
    match = _FEET.match(page.normal, at, limit)
    if match is None:
        return None
    height = round(int(match["feet"]) * 30.48 + float(match["inches"] or 0) * 2.54, 2)
    words = page.text[match.start() : match.end()]
    return Result(match.start(), match.end(), Quantity(Interval.exactly(height), "cm", words), None, match.end())


def concept_of(page: Page, mention: Mention) -> str:
    """The concept of a name, made more special by the specimen beside it: a pregnancy test in urine or in blood."""
    if mention.concept != "pregnancy-test":
        return by_method(page, mention) or by_unit(page, mention) or mention.concept
    before = re.split(r"[;,.\n]", page.normal[max(0, mention.start - 18) : mention.start])[-1]
    near = before + " " + re.split(r"[;,.\n]", page.normal[mention.end : mention.end + 18])[0]
    if pattern_of("urine").search(near):
        return "pregnancy-test-urine"
    name = page.normal[mention.start : mention.end].lower()
    if pattern_of("blood").search(near) or any(word in name for word in cues("measurements")["hcg_names"]):
        return "pregnancy-test-blood"
    return "pregnancy-test"


@functools.cache
def _methods() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How a method stands before the name of a virus, and how behind it."""
    known = cues("measurements")
    method, virus = alternatives(known["by_method_words"]), alternatives(known["by_method_neighbours"])
    others = rf"(?:{virus}\s*(?:,|/|&|and\b|or\b|\+)\s*)*"
    before = rf"{method}\s*(?:tests?|testing|assays?)?\s*(?:for|of|:)?\s*(?:the\s+)?(?:both\s+)?{others}$"
    result = rf"(?:(?:was|is|were|has been|been|again|came back)\s+)*(?:{code_pattern().pattern}|found|seen|identified)"
    behind = (
        rf"(?:\s*(?:,|/|&|and\b|or\b|\+)\s*{virus})*\s*[(,:]?\s*"
        rf"(?:{result}\s+)?(?:(?:by|on|in|with|via|using|quantitative|plasma|blood|serum)\s+)*{method}(?![\w])"
    )
    return compiled(before, re.IGNORECASE), compiled(behind, re.IGNORECASE)


def by_method(page: Page, mention: Mention) -> str | None:
    """The test of its nucleic acid, where a method stands beside a virus that is told by its name alone."""
    known = cues("measurements")
    if mention.concept not in known["by_method"]:
        return None
    if page.normal[mention.start : mention.end].lower() not in known["by_method_names"]:
        return None
    before, behind = _methods()
    line = page.normal.rfind("\n", 0, mention.start) + 1
    if before.search(page.normal, max(line, mention.start - 60), mention.start) or behind.match(
        page.normal, mention.end, mention.end + 80
    ):
        return str(known["by_method"][mention.concept])
    return None


def by_unit(page: Page, mention: Mention) -> str | None:
    """The concept that the unit behind a name tells: "RBC 10/hpf" is urine, "protein 2.1 g/24h" an excretion."""
    choices: dict[str, str] | None = cues("measurements")["by_unit"].get(mention.concept)
    if choices is None:
        return None
    gap = compiled(r"[^\d\n;]{0,22}").match(page.normal, mention.end)
    written = None if gap is None else read_number(page.normal, gap.end(), len(page.normal), page.comma)
    if written is None or written.unit is None:
        return None
    return next((choices[code] for code in codes_of(written.unit) if code in choices), None)


def by_level(page: Page, mention: Mention) -> str | None:
    """The test that "level" behind a substance makes of it, where it is a part of the blood: "folic acid levels"."""
    choice: str | None = cues("measurements")["level_of"].get(mention.concept)
    return choice if choice and _LEVEL.match(page.normal, mention.end) else None


@functools.cache
def _flow_or_share() -> re.Pattern[str]:
    """Oxygen told by its flow or its share of what is breathed: "2 l/min", "40 % oxygen"."""
    return compiled(cues("measurements")["oxygen_amount"], re.IGNORECASE)


_HELD_BEFORE = 60  # characters
_REST_BEFORE = compiled(
    r"\b(?:other|remaining|(?:rest|remainder) of|(?:everything|all) else (?:in|of|on))(?: the| her| his| these)?\s+$",
    re.IGNORECASE,
)


def _is_held_before(normal: str, at: int) -> bool:
    """Whether the same clause tells before a saturation what held it up: "high flow 30 L/min, FiO2 0.4, SpO2"."""
    told = re.split(r"[.;]\s|\n", normal[max(0, at - _HELD_BEFORE) : at])[-1]
    held = pattern_of("oxygen").search(told)
    return held is not None and pattern_of("oxygen_no_more").search(told) is None


def attributes_of(page: Page, concept: str, mention: Mention, result: Result, end: int) -> dict[str, str]:
    """What a result's words say besides its value.

    support of a saturation: oxygen or room air; confirmed: no for a syphilis test that was not confirmed; covers: rest
    where a panel is normal but for what is told by name ("other liver tests normal").
    """
    if concept == "spo2":
        stop = min(end, result.end + 45)
        following = re.search(r"[;]|\.\s|,\s*(?!on\b|with\b)", page.normal[result.end : stop])
        near = page.normal[mention.start : result.end + (following.start() if following else stop - result.end)]
        if pattern_of("room_air").search(near):
            return {"support": "room-air"}
        if pattern_of("oxygen").search(near) or _flow_or_share().search(near):
            return {"support": "oxygen"}
        if _is_held_before(page.normal, mention.start):
            return {"support": "oxygen"}
    syphilis = concept in ("syphilis-test", "treponemal-test", "nontreponemal-test")
    positive = isinstance(result.value, Coded) and result.value.code == "positive"
    behind = re.sub(r"\s+", " ", page.normal[result.start : result.end + 180])[: result.end - result.start + 90]
    if syphilis and positive and (pattern_of("unconfirmed").search(behind) or _negative_confirmation().search(behind)):
        return {"confirmed": "no"}
    normal = isinstance(result.value, Coded) and result.value.code == "normal"
    if normal and (
        _REST_BEFORE.search(page.normal[max(0, mention.start - 40) : mention.start])
        or _otherwise(page, mention, result)
    ):
        return {"covers": "rest"}
    return {}


@functools.cache
def _negative_confirmation() -> re.Pattern[str]:
    """ "VDRL 1:4; TPHA and FTA-abs were again negative"."""
    return compiled(cues("measurements")["negative_confirmation"], re.IGNORECASE)


def _otherwise(page: Page, mention: Mention, result: Result) -> bool:
    told = page.normal[mention.end : result.end + 24]
    return (
        re.search(r"\botherwise\b|^[^.;]*\b(?:but|except|apart|aside|save) (?:for|from)\b", told, re.IGNORECASE)
        is not None
    )
