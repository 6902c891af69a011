"""Which part of the letter a sentence stands in: lines in, section spans out, by medspaCy's Sectionizer.

The Sectionizer is given the heads of the lines that could be headings and nothing else, so that a word such as
"plan" inside a sentence opens no section and long letters cost no more than their headings.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extraction.knowledge import cues
from extraction.language_library import Sectionizer, SectionRule
from extraction.lines import is_table_row, key_of
from extraction.scanning import matches_at
from extraction.spacy_parts import Doc, Language
from extraction.tokens import LINE_BREAK, words_of
from kb.patterns import compiled

# the head of a line (or, in capitals, of a sentence inside a line) up to a colon, or a short line by itself
_HEAD = compiled(
    r"(?:^|\n)[ \t]*(?:[-*•#>=]+[ \t]*|\(?\d{1,2}[.)][ \t]*|\(?[A-Z][.)][ \t]+)?\**"
    r"(?i:(?:his|her|their|patient's)[ ]+)?"
    r"(?P<line>[A-Za-z][A-Za-z /&,-]{0,60}?)\**[ \t]*"
    r"(?:\([^()\n]{0,40}\)|(?<![A-Za-z])(?:on |of |dated |from )?\d[\w ./-]{3,16})?[ \t]*"
    r"(?:(?::|[ ]-[ ]|=)|(?=\n|$))"
    r"|(?<=[.,;])[ \t]*(?P<inline>[A-Z][A-Z /&-]{1,40}):"
)

# what a heading says besides: "MEDICATIONS AT HOME", "Allergies on admission"
_OCCASION = compiled(
    r"[ ]+(?:at|on|prior to|before|upon|since|after)[ ]+(?:the[ ]+)?"
    r"(?:home|admission|discharge|transfer|arrival|presentation|referral|clinic|present|review)$",
    re.IGNORECASE,
)

_SIGN = compiled(r"[\n.,;](?:(?<=\n)|(?=[ \t]*[A-Z][A-Z /&-]))")
_GAP = compiled(r"\n[ \t]*\n\s*(?=\S)")
_OWN_LINE = compiled(  # the sign comes first, so that the search leaps from line to line
    r"\n[ \t]*(?:[-*•][ \t]*)?(?:o/e|oe|on exam(?:ination)?|obs|bp|sats?|spo2|wt|weight|bmi|urine|bloods?|labs?|ix|"
    r"ecg|cxr|echo|tte|creat(?:inine)?|egfr|fbc|hb|imp(?:ression)?|plan|today|currently|meds?|allergies)\b",
    re.IGNORECASE,
)
_WORDS_OF_PROSE = 9
_ENDED_BY_ANY = frozenset({"allergies", "family_history", "social_history"})
_LONGEST_ABBREVIATION = 4
_RELATIVES = ("relatives", "relatives_f", "relatives_m")
_SHORT = frozenset({"allergies"})  # a list without blank lines


def build_sectionizer(nlp: Language) -> Sectionizer:
    """medspaCy's Sectionizer with our headings and none of its own."""
    sectionizer = Sectionizer(nlp, rules=None, span_attrs=None, require_start_line=True, require_end_line=True)
    sectionizer.add(
        [SectionRule(heading, section) for section, headings in cues("sections").items() for heading in headings]
    )
    return sectionizer


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the letter from `start`; its heading's words end at `title_end` (equal to `start` without one)."""

    start: int
    title_end: int
    section: str | None


def find_sections(normal: str, nlp: Language, sectionizer: Sectionizer) -> list[Part]:
    """The parts in order, the first at 0 without a name; running text behind a blank line belongs to no heading."""
    heads = [
        (match.start(group), match[group].strip())
        for match in matches_at(_starts(normal), _HEAD, normal)
        for group in ("line" if match["line"] else "inline",)
    ]
    words: list[str] = []
    owners: dict[int, tuple[int, str]] = {}
    for start, head in heads:
        owners[len(words)] = start, head
        words += [*words_of(_OCCASION.sub("", head)), LINE_BREAK]
    found = [Part(0, 0, None)]
    unknown = dict(heads)
    if words:
        for section in sectionizer(Doc(nlp.vocab, words=words))._.sections:
            if section.category is not None and section.title_span[0] in owners:
                start, head = owners[section.title_span[0]]
                found.append(Part(start, start + len(head), section.category))
                unknown.pop(start, None)
    shorts = [end for part in found if part.section in _SHORT for end in _first_gap(normal, part.title_end)]
    families = [end for part in found if part.section == "family_history" for end in _patient_again(normal, part)]
    opened = {part.start for part in found}
    for closing in (*_ends_of_parts(normal), *shorts, *families):
        if closing not in opened:
            found.append(Part(closing, closing, None))
    found.sort(key=lambda part: (part.start, part.title_end))
    return sorted([*found, *_other_headings(found, unknown)], key=lambda part: (part.start, part.title_end))


def _other_headings(found: Sequence[Part], unknown: Mapping[int, str]) -> Iterator[Part]:
    """Headings in capitals that are not known end what is short: "FAMILY HISTORY: none", "ROUND-UP OF RESULTS:"."""
    relatives = {word.upper() for key in _RELATIVES for word in cues("context")["subjects"][key]}
    starts = [part.start for part in found]
    for start, head in unknown.items():
        if found[bisect.bisect_right(starts, start) - 1].section not in _ENDED_BY_ANY:
            continue
        of_a_relative = relatives & {word.rstrip("S") for word in re.findall(r"[A-Z-]+", head)}
        if head.isupper() and len(head) > _LONGEST_ABBREVIATION and not of_a_relative:
            yield Part(start, start, None)


def _first_gap(normal: str, start: int) -> Iterator[int]:
    """Where the first blank line behind some words ends."""
    for gap in _GAP.finditer(normal, start):
        if re.search(r"\w", normal[start : gap.start()]):
            yield gap.end()
            return


def _patient_again(normal: str, part: Part) -> Iterator[int]:
    """The line that tells of the patient's own examination behind the line of the family: "O/E malar rash"."""
    line = _OWN_LINE.search(normal, part.title_end)
    if line is not None:
        yield line.start() + 1


def _starts(normal: str) -> list[int]:
    """Where the head of a line, or of a sentence inside one, may begin."""
    return [0, *(sign.end() - (sign.group() == "\n") for sign in _SIGN.finditer(normal))]


def _ends_of_parts(normal: str) -> Iterator[int]:
    """Where running text begins behind a blank line that closes a list or a line with a heading."""
    for gap in _GAP.finditer(normal):
        end = normal.find("\n", gap.end())
        line = normal[gap.end() : end if end >= 0 else len(normal)]
        before = normal[normal.rfind("\n", 0, gap.start()) + 1 : gap.start()].strip()
        is_prose = len(line.split()) >= _WORDS_OF_PROSE and not is_table_row(line) and ":" not in line[:40]
        if is_prose and before and _HEAD.fullmatch(before) is None:
            yield gap.end()
        elif (key_of(before) or "").endswith(" ") and key_of(line):
            yield gap.end()  # "PMH: gout", an empty line, "ID: no infection"
