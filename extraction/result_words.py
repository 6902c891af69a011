"""What reading results needs to know of the whole letter, and the words that results are told in.

A Reading in, a Page out: the text, its dates, its decimal sign and units. The words are those of `measurements.yaml`.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from extraction.knowledge import cues
from extraction.numbers import decimal_comma, read_number
from extraction.reading import Reading, TimeExpression
from extraction.word_places import first_words, has_word
from extraction.word_tree import first_letters, letters, word_tree
from kb.facts import Interval
from kb.patterns import compiled
from kb.units import System, find_unit, letter_system, units_meant

# what may stand behind a result word
AFTER_CODE = compiled(
    r"[ \t]*(?:$|[,;.:()\[\]|\t\n/+*?→\"'-]|\d|(?:and|but|or|with|in|on|at|as|for|both|apart|except|from|since|until|"
    r"to|by|so|although|though|while|throughout|back|early|late|mid|earlier|during|again|now|today|yesterday|last|this|previously|study|range|"
    r"limits?|results?|per|twice|thrice|once|"
    r"(?:two|three|four|several|many|multiple|repeated) times|repeatedly|both|all|each|dated|seen|here|there|"
    r"locally|elsewhere|already|done|taken|checked|confirmed|twice|apex|axis|"
    r"when|after|before|which|is|was|were|are|has|have|then|too|also|x|he|she|we|i|no|not|only|the|her|his|"
    r"bilaterally|titre|titer|s/?co|coi|cut-?off|"
    r"ever since|all along|speckled|homogeneous|homogenous|nucleolar|pattern|overall|otherwise|"
    r"thus|hence|despite|without|igg|igm|levels?|repeat|"
    r"mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs?|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|"
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.? (?=\d))(?![a-z]))",
    re.IGNORECASE,
)
# the next column of a print-out: a unit or the reference stands in it
NEXT_COLUMN = compiled(r"(?:[ ]{3,}|[ ]*\t)\S")


@dataclass(frozen=True, slots=True)
class Page:
    """What reading a result needs to know of the whole letter."""

    text: str
    normal: str
    times: tuple[TimeExpression, ...]
    starts: tuple[int, ...]
    comma: bool
    system: System | None
    limits: tuple[tuple[int, int], ...] = ()  # where limits of normal are stated, which are no values

    def time_at(self, offset: int) -> TimeExpression | None:
        """The time expression that covers the offset."""
        index = bisect_right(self.starts, offset) - 1
        if index >= 0 and self.times[index].start <= offset < self.times[index].end:
            return self.times[index]
        return None

    def is_limit(self, offset: int) -> bool:
        """Whether a stated limit of normal covers the offset."""
        return any(start <= offset < end for start, end in self.limits)


def page_of(reading: Reading) -> Page:
    normal = reading.normal
    times = tuple(time for time in reading.times if not _is_amount(normal, time))
    starts = tuple(time.start for time in times)
    comma = decimal_comma(normal)
    return Page(reading.text, normal, times, starts, comma, letter_system(normal) or _system_of_numbers(reading, comma))


def _is_amount(normal: str, time: TimeExpression) -> bool:
    """Whether what looks like a year is a number with its unit: "creatinine 1940 umol/L"."""
    if not compiled(r"\d{4}").fullmatch(normal[time.start : time.end]):
        return False
    unit_before = re.search(r"\(([^()]{1,20})\)\s*[:=|]?\s*$", normal[max(0, time.start - 28) : time.start])
    if unit_before and find_unit(unit_before.group(1), 0) == len(unit_before.group(1)):
        return True
    behind = time.end
    while behind < len(normal) and normal[behind] in " \t|":
        behind += 1
    end = find_unit(normal, behind)
    return end is not None and "/" in normal[behind:end]


def _system_of_numbers(reading: Reading, comma: bool) -> System | None:
    """How a letter without units counts, by its numbers: a creatinine of 92 is µmol/L, so is its bilirubin."""
    votes: set[str] = set()
    in_litres = False
    bare: dict[str, list[float]] = {}
    for mention in reading.mentions:
        if mention.kind != "lab":
            continue
        gap = compiled(r"[ :=]*").match(reading.normal, mention.end)
        written = read_number(reading.normal, gap.end() if gap else mention.end, len(reading.normal), comma)
        if written is not None and written.unit is None:
            bare.setdefault(mention.concept, []).append(written.interval.low or 0)
            codes = units_meant(mention.concept, written.interval, None)
            votes |= set(codes) & {"mg/dL", "umol/L"} if len(codes) == 1 else set()
            votes |= {"umol/L"} if mention.concept == "haemoglobin" and codes == ("g/L",) else set()
            in_litres |= mention.concept in cues("measurements")["told_by_litre"] and codes == ("g/L",)
    if votes == {"umol/L"} or (in_litres and not votes):
        return "si"
    if votes == {"mg/dL"}:
        return "conventional"
    return None if votes else _system_of_spelling(reading.normal) or _system_of_liver(reading.normal, bare)


def _system_of_liver(normal: str, bare: Mapping[str, Sequence[float]]) -> System | None:
    """A bilirubin of 12 beside normal transaminases is in µmol/L: in mg/dL it would be a deep jaundice."""
    rule = cues("measurements")["liver_without_units"]
    bilirubin, enzymes = bare.get(rule["of"], ()), [value for name in rule["beside"] for value in bare.get(name, ())]
    if not bilirubin or len(enzymes) < int(rule["fewest"]) or _counts_by_decilitre(normal, rule["weak"]):
        return None
    if any(re.search(word, normal, re.IGNORECASE) for word in rule["not_with"]):
        return None
    normal_enzymes = all(0 < value <= float(rule["at_most"]) for value in enzymes)
    return "si" if normal_enzymes and min(bilirubin) >= float(rule["at_least"]) else None


def _counts_by_decilitre(normal: str, weak: Sequence[str]) -> bool:
    """Whether a word of hospitals that count in mg/dL is told, other than the `weak` ones that are written anywhere."""
    return any(match.group().lower() not in weak for match in _spellings()[1].finditer(normal))


def _system_of_spelling(normal: str) -> System | None:
    """Hospitals that write British English count in µmol/L, but for those of South Asia; two words must tell."""
    if "1st" not in normal.lower() and not has_word(normal, _british_words()):
        return None
    british, elsewhere = _spellings()
    told = {match.group().lower() for match in british.finditer(normal)}
    return "si" if len(told) >= 2 and not elsewhere.search(normal) else None


@functools.cache
def _british_words() -> frozenset[str]:
    """The first words of the British spellings, but for the one that begins with a number."""
    return first_words(cues("measurements")["spelling"]["british"])


@functools.cache
def _spellings() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = cues("measurements")["spelling"]
    british, elsewhere = (compiled(alternatives(words[key]), re.IGNORECASE) for key in ("british", "conventional"))
    return british, elsewhere


def alternatives(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first, each whole."""
    return _alternatives(tuple(words))


@functools.cache
def _alternatives(words: tuple[str, ...]) -> str:
    forms = []
    for is_word in (True, False):
        listed = sorted({word for word in words if word[0].isalpha() == is_word})
        if listed:
            ends = (letters(word, space=r"\s+") + ["(?![a-z])"] * word[-1].isalpha() for word in listed)
            forms.append(("(?<![a-z])" if is_word else "") + first_letters(listed) + word_tree(ends))
    return "(?:" + "|".join(forms) + ")"


@functools.cache
def pattern_of(key: str) -> re.Pattern[str]:
    """Any of the words of a list of `measurements.yaml`."""
    return compiled(alternatives(cues("measurements")[key]), re.IGNORECASE)


@functools.cache
def code_pattern() -> re.Pattern[str]:
    return compiled(alternatives(word for words in _words_of_codes().values() for word in words), re.IGNORECASE)


@functools.cache
def _words_of_codes() -> dict[str, list[str]]:
    """The words of every code, those that can be graded also with each adverb: "clearly raised"."""
    known = cues("measurements")
    degrees, graded = known["graded"]["degrees"], known["graded"]["words"]
    words = {
        code: [*told, *(f"{degree} {word}" for word in graded.get(code, ()) for degree in degrees)]
        for code, told in known["codes"].items()
    }
    below = known["below_limits"]
    words["undetected"] += map(
        "".join, product((f"{sign} " for sign in below["signs"]), below["whose"], below["limits"])
    )
    return words


@functools.cache
def _code_of() -> dict[str, str]:
    return {" ".join(word.lower().split()): code for code, words in _words_of_codes().items() for word in words}


def code_of(words: str) -> str:
    return _code_of()[" ".join(words.lower().split())]


def is_serology(concept: str) -> bool:
    return concept in cues("measurements")["serology"]


def hcg_verdict(interval: Interval) -> str:
    """What an amount of hCG in IU/L says of a pregnancy."""
    limits = cues("measurements")["hcg"]
    if interval.high is not None and interval.high <= float(limits["negative"]):
        return "negative"
    if interval.low is not None and interval.low >= float(limits["positive"]):
        return "positive"
    return "indeterminate"


def skip_space(normal: str, at: int, limit: int) -> int:
    while at < limit and normal[at].isspace():
        at += 1
    return at


@functools.cache
def courtesy() -> re.Pattern[str]:
    """What is said to the reader between a test's name and its value: ", should you want it,"."""
    return compiled(cues("measurements")["asides"]["courtesies"], re.IGNORECASE)
