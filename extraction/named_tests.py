"""The tests that a letter names: a Reading in, lists of names that can share a result out.

Names with nothing but a comma, a slash or "and" between them are a list, so are the members of a screen in brackets.
A name is made more special by the specimen or the unit beside it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from extraction.knowledge import cues
from extraction.other_fluids import in_other_fluid
from extraction.reading import Mention, Reading
from extraction.result_words import Page, alternatives, code_pattern, pattern_of
from extraction.results import Result, is_nucleic_acid
from extraction.short_names import with_short_names
from extraction.special_results import by_level, by_unit, concept_of
from kb.patterns import compiled
from kb.units import canonical_unit, find_unit
from kb.vocabulary import vocabulary

_MEMBER = r"(?:and|or|is|was|were|are|both|all|also|virus|c|b|hep|hepatitis|hiv|hbv|hcv|vdrl|syphilis|ab|ag|tests?)"
_TESTED_BEHIND = compiled(rf"[\s:,/&()\-+]*(?:{_MEMBER}[\s:,/&()\-+]*)*", re.IGNORECASE)
_TESTED_BEFORE = compiled(
    r"(?:negative|non-reactive|reactive|positive)\s+(?:for\s+)?(?:[\w/]+(?:,| and| or)\s+)*$"
    r"|(?:virology|serology|screen|screening)\W+(?:for\s+)?(?:[\w/ ,]+)?$",
    re.IGNORECASE,
)
_METHOD = compiled(
    r"[\s,]*\(?(?:(?:by|on|via|using|plasma|blood|serum|whole blood|quantitative|real[- ]time|rt|q)[\s,;/-]*)*",
    re.IGNORECASE,
)
_DAY_OF_PANEL = compiled(
    r"[\s,(]*(?:(?:of|in|on|from|dated|done|taken|sent)\s+)*(?:@|\d{1,2}/\d{1,2})[\s,)]*[:=–-]\s*", re.IGNORECASE
)
_FOR = compiled(r"\s*(?:for|of)\s+(?:the\s+)?", re.IGNORECASE)


@functools.cache
def _joint() -> re.Pattern[str]:
    words, joints = (alternatives(cues("measurements")[key]) for key in ("list_words", "list_joints"))
    return compiled(
        rf"\s*\)?\s*(?:\((?!\d)[^()\d+]{{0,25}}\)\s*)?(?:,\s*{joints}|[,/&+;]|{joints})?\s*(?:(?:{words}|/)\s*)*",
        re.IGNORECASE,
    )


@functools.cache
def _panel_joint() -> re.Pattern[str]:
    words = alternatives(cues("measurements")["panel_joints"])
    return compiled(rf"\s*(?:(?:[:(\[,.-]|{words})\s*)+", re.IGNORECASE)


@dataclass(slots=True)
class Named:
    """A test's name with the results that were found for it."""

    mention: Mention
    concept: str
    results: list[Result]
    is_heading: bool = False  # of a panel whose members are named: they are told, not the panel


def sentence_end(reading: Reading, named: Named) -> int:
    """Where the sentence ends that holds the end of the name ("T. Bil" may hold a full stop itself)."""
    if not reading.sentences:
        return len(reading.normal)
    return reading.sentences[reading.sentence_at(named.mention.end - 1)].end


def groups_of(
    reading: Reading, page: Page, tests: Iterable[Named], covered: list[tuple[int, int]]
) -> list[list[Named]]:
    """Names in lists: neighbours with nothing but a comma, a slash or "and" between them, in one sentence."""
    groups: list[list[Named]] = []
    for named in tests:
        mention = named.mention
        if any(start <= mention.start < end for start, end in covered):
            continue
        if in_other_fluid(reading, page, mention, named.concept):
            continue
        if _is_abbreviation(page, groups, named):
            groups[-1][-1] = Named(replace(groups[-1][-1].mention, end=mention.end), named.concept, [])
            continue
        if _is_method(page, groups, mention):
            groups[-1][-1] = Named(replace(groups[-1][-1].mention, end=mention.end), groups[-1][-1].concept, [])
            continue
        if _is_limit_of_load(page, groups, mention):
            continue
        if mention.end - mention.start <= 2 and (_in_brackets(page, mention) or _is_unit(reading, page, mention)):
            continue
        numbered = cues("measurements")["numbered"].get(named.concept)
        if numbered is not None and re.match(numbered, page.normal[mention.end : mention.end + 12], re.IGNORECASE):
            continue  # "CK-20", "C3-4"
        if groups and _joined(page, groups[-1], named):
            _mark_heading(page, groups[-1][-1], named)
            groups[-1].append(named)
        else:
            if groups and _heads_with_its_date(page, groups[-1], named):
                groups[-1][-1].is_heading = True
            groups.append([named])
    return groups


def _heads_with_its_date(page: Page, group: list[Named], named: Named) -> bool:
    """ "Virology (February 2026): HBsAg neg": the tests of the panel are told behind its day."""
    if len(group) > 1 or not is_member(group[0].concept, named.concept):
        return False
    start, end = group[0].mention.end, named.mention.start
    between = page.normal[start:end]
    for time in reversed([one for one in page.times if start <= one.start and one.end <= end]):
        between = between[: time.start - start] + "@" + between[time.end - start :]
    return _DAY_OF_PANEL.fullmatch(between) is not None


# "at the height of the haemolysis" is no body's
_OF_SOMETHING = compiled(r"\s+of\s+(?:the|her|his|its|this|that|it|winter|summer)\b", re.IGNORECASE)


def tests_of(reading: Reading, page: Page) -> Iterator[Named]:
    """Every name of a test or score in the order of the text, without results."""
    diseases = cues("measurements")["disease_tests"]
    for mention in with_short_names(reading, page):
        if mention.concept == "body-height" and _OF_SOMETHING.match(page.normal, mention.end):
            continue
        if mention.kind in ("lab", "score"):
            yield Named(mention, concept_of(page, mention), [])
        elif mention.kind in ("condition", "drug") and (special := by_unit(page, mention) or by_level(page, mention)):
            yield Named(mention, special, [])
        elif (
            mention.kind == "condition"
            and mention.concept in diseases
            and (mention.assertion == "absent" or _is_tested(reading, page, mention))
        ):
            yield Named(mention, diseases[mention.concept], [])


def _is_tested(reading: Reading, page: Page, mention: Mention) -> bool:
    """Whether a disease's name means its test: "Hepatitis B negative", "hepatitis B, hepatitis C and HIV negative"."""
    end = reading.sentences[mention.sentence].end
    behind = page.normal[mention.end : min(end, mention.end + 90)]
    before = page.normal[max(reading.sentences[mention.sentence].start, mention.start - 25) : mention.start]
    words = pattern_of("test_words")
    first = words.search(behind)
    if first is not None and _TESTED_BEHIND.fullmatch(behind[: first.start()]):
        return True
    return _TESTED_BEFORE.search(before) is not None


def _is_abbreviation(page: Page, groups: list[list[Named]], named: Named) -> bool:
    """Whether a name in brackets repeats the one before it: "creatinine (Cr)", "antinuclear antibodies (ANA)"."""
    if not groups or not vocabulary().is_a(named.concept, groups[-1][-1].concept):
        return False
    return re.fullmatch(r"\s*\(\s*", page.normal[groups[-1][-1].mention.end : named.mention.start]) is not None


def _is_method(page: Page, groups: list[list[Named]], mention: Mention) -> bool:
    """Whether "PCR" tells how the nucleic acid before it was looked for: "HBV DNA (PCR)", "CMV DNA by RT-PCR"."""
    if not groups or not is_nucleic_acid(groups[-1][-1].concept):
        return False
    words = page.normal[mention.start : mention.end]
    between = page.normal[groups[-1][-1].mention.end : mention.start]
    return re.fullmatch(r"(?:rt-?|q)?pcr", words, re.IGNORECASE) is not None and _METHOD.fullmatch(between) is not None


def _is_limit_of_load(page: Page, groups: list[list[Named]], mention: Mention) -> bool:
    """Whether "LDL" behind a viral load means lower than detectable: "CMV viral load: LDL"."""
    if not groups or not is_nucleic_acid(groups[-1][-1].concept) or page.text[mention.start : mention.end] != "LDL":
        return False
    return (
        re.fullmatch(r"[\s:=-]*(?:is|was|came back)?\s*", page.normal[groups[-1][-1].mention.end : mention.start])
        is not None
    )


def _in_brackets(page: Page, mention: Mention) -> bool:
    return page.normal[: mention.start].endswith("(") and page.normal[mention.end : mention.end + 1] == ")"


def _is_unit(reading: Reading, page: Page, mention: Mention) -> bool:
    """Whether a letter behind a number is its unit ("10 U bd", "U/L") and not the next test of a row ("K 4 U 5.6")."""
    unit_end = find_unit(page.normal, mention.start)
    if unit_end is None or unit_end != mention.end:
        return unit_end is not None and unit_end > mention.end
    begin = reading.sentences[mention.sentence].start
    if not re.search(r"\d ?$", page.normal[begin : mention.start]):
        return False
    before = {other.kind for other in reading.mentions_in(begin, mention.start)}
    valued = re.match(r" ?[=:-]? ?\d", page.normal[mention.end : mention.end + 4]) is not None
    return not valued or "lab" not in before or "drug" in before


def _mark_heading(page: Page, last: Named, named: Named) -> None:
    """ "Hep B: sAg neg" tells of the surface antigen alone; "core antibody for hep B" likewise."""
    between = page.normal[last.mention.end : named.mention.start]
    if is_member(last.concept, named.concept) and not _joint().fullmatch(between):
        last.is_heading = True
    elif is_member(named.concept, last.concept) and _FOR.fullmatch(between):
        named.is_heading = True


def is_member(panel: str, concept: str) -> bool:
    """Whether a concept is a part of a panel rather than a neighbour of it in a list."""
    members = cues("measurements")["panel_members"].get(panel)
    return panel in cues("measurements")["panels"] and (members is None or concept in members)


def _joins_past_bracket(page: Page, group: list[Named], between: str) -> bool:
    """ "HBV (sAg and core) and HCV": the list goes on behind the bracket with the members of one of its panels."""
    told = page.normal[group[0].mention.start : group[-1].mention.end]
    closing = compiled(r"\s*(?:antibod(?:y|ies)|ab|antigens?|ag)?\s*\)", re.IGNORECASE).match(between)
    if closing is None or told.count("(") <= told.count(")") or not any(one.is_heading for one in group):
        return False
    return between[closing.end() :].strip() != "" and _joint().fullmatch(between[closing.end() :]) is not None


def _joined(page: Page, group: list[Named], named: Named) -> bool:
    last = group[-1].mention
    if last.sentence != named.mention.sentence:
        return False
    between = page.normal[last.end : named.mention.start]
    if not between.strip():
        return last.kind == named.mention.kind == "lab" and last.concept in cues("measurements")["panels"]
    if between.strip() == "+":  # "AST + ALT normal", but "HBsAg + HBV DNA -" is a list of signs
        return canonical_unit(last.concept) is not None and canonical_unit(named.concept) is not None
    if code_pattern().search(between):
        return False
    if _joint().fullmatch(between) or _joins_past_bracket(page, group, between):
        return True
    if "(" in between and is_member(group[-1].concept, named.concept) and _panel_joint().fullmatch(between):
        return True
    if _FOR.fullmatch(between) and is_member(named.concept, group[-1].concept):
        return True
    panel = group[0].mention.concept in cues("measurements")["panels"]
    return panel and len(group) == 1 and _panel_joint().fullmatch(between) is not None
