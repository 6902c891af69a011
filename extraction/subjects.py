"""Who a sentence goes on about: a Reading with asserted mentions in, those of a relative set so.

"Her brother has lupus too. He had a kidney transplant." tells of the brother; where the words leave open whom a
sentence is about, what it tells is only possible.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Literal

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.word_places import first_words, has_word, matches_of_words
from extraction.word_tree import letters, word_tree
from kb.facts import Experiencer
from kb.patterns import compiled
from kb.vocabulary import vocabulary

Sex = Literal["f", "m", ""]
_OPENING = r"^[\W_]*(?:(?:and|but|also|then)[,\s]+)?"
_PLURALS = {
    "sister",
    "brother",
    "son",
    "daughter",
    "cousin",
    "sibling",
    "aunt",
    "uncle",
    "parent",
    "relative",
    "grandmother",
    "grandfather",
    "grandparent",
    "niece",
    "nephew",
}
_EVERYONE = tuple(f"{names}{sex}" for names in ("relatives", "others") for sex in ("_f", "_m", ""))
_FEW = 2  # a sex is taken from pronouns only where one kind outnumbers the other by so many times


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a sentence is about: a relative or someone else, of which sex, and whether no one else can be meant."""

    experiencer: Experiencer
    sex: Sex
    designated: bool = False
    alike: bool = False  # has the patient's own disease, so that what follows may be of either


_FAMILY = Subject("family", "")


def carry_subjects(reading: Reading) -> None:
    """Sets the experiencer of mentions in sentences that go on about a relative; unclear ones become possible."""
    mine = _designation_of_patient(reading.normal)
    relatives = has_word(reading.normal, _opening_words())
    children = has_word(reading.normal, _child_words())
    heredity = has_word(reading.normal, _heredity_words()) and _word_of("heredity").search(reading.normal) is not None
    if not (mine or relatives or children or heredity):
        return
    patient = sex_of_patient(reading.normal) if mine or relatives else ""
    subject: Subject | None = None
    mentions_of = {number: list(found) for number, found in groupby(reading.mentions, key=attrgetter("sentence"))}
    for number, sentence in enumerate(reading.sentences):
        text = reading.normal[sentence.start : sentence.end]
        gap = reading.normal[reading.sentences[number - 1].end - 1 : sentence.start] if number else ""
        if number and reading.is_parted(number - 1):
            subject = None
        mentions = mentions_of.get(number, [])
        if children:
            _give_to_children(text, sentence.start, mentions)
        if heredity:
            _give_told(_of_heredity().match(text), sentence.start, mentions)
        opened = _designated(text, mine) or (_relative(text, mentions) if relatives else None)
        if opened is not None:
            _give_told(_set_apart().match(text), sentence.start, mentions)
            subject = opened
            if opened.designated:
                _give(mentions, opened)
            else:
                _give_to_one_who_opens(text, sentence.start, mentions, opened)
            continue
        if subject is None:
            continue
        before = reading.sentences[number - 1] if number else sentence
        mourned = sentence.section == "family_history" and _word_of("dead").search(
            reading.normal[before.start : before.end]
        )
        subject = _goes_on(subject, text, patient, gap.startswith(";") or bool(mourned), mentions)


def _goes_on(subject: Subject, text: str, patient: Sex, joined: bool, mentions: list[Mention]) -> Subject | None:
    """The subject that stands behind a sentence without a relative in it; its mentions are set on the way."""
    pronoun = _pronoun(text)
    if pronoun is None or _word_of("own").search(text):
        return None
    if subject.sex and pronoun and pronoun != subject.sex:
        return None
    if joined or subject.designated or (patient and subject.sex and subject.sex != patient):
        _give(mentions, subject)
        return subject
    if subject.alike:
        for mention in mentions:
            if mention.assertion == "present" and mention.kind in ("condition", "procedure", "vaccine", "span"):
                mention.assertion = "possible"
    return None


@functools.cache
def _child_words() -> frozenset[str]:
    """The words for a child, of which the cue file lists some as "boys?"."""
    words = (*cues("context")["subjects"]["children"], *cues("context")["subjects"]["infants"])
    return frozenset(form for word in words for form in (word.replace("?", ""), word.removesuffix("s?")))


@functools.cache
def _child() -> re.Pattern[str]:
    children = "|".join(cues("context")["subjects"]["children"])
    infants = "|".join(cues("context")["subjects"]["infants"])
    eldest = "|".join(cues("context")["subjects"]["of_several"])
    return compiled(
        rf"\b(?:(?:her|his|their|(?:both|all|two|three)(?: of)?(?: her| his| their)?)\s+"
        rf"(?:[a-z-]+\s+){{0,2}}(?:{children})|the\s+(?:{infants})"
        rf"|the\s+(?:{eldest})\s+(?:(?:one\s+)?(?:of\s+(?:her|his|their)\s+)?(?:two\s+|three\s+)?(?:{children})))\s+"
        r"(?:(?:all|both|also|just|recently|then|each)\s+)*(?:had|has|have|was|were|is|are|got|get|gets|received|needs?|shows?|showed|developed|carries|carried)\b"
        r"(?P<told>[^;]*?)(?=;|, (?:and |but )?(?:she|he|the patient)\b|\b(?:and|but) (?:she|he)\b|$)",
        re.IGNORECASE | re.DOTALL,
    )


def _give_to_children(text: str, start: int, mentions: list[Mention]) -> None:
    """ "Her little boy had his MMR": what is told behind someone else's child in its clause is the child's."""
    for match in _child().finditer(text):
        _give_told(match, start, mentions)
    several = compiled(r"\b(?:children|sons|daughters|kids|boys|girls|twins)\b", re.IGNORECASE).search(text)
    for match in _one_of_children().finditer(text, several.end()) if several else ():
        _give_told(match, start, mentions)


@functools.cache
def _one_of_children() -> re.Pattern[str]:
    """ "Two children: the first had a VSD, the second is well"."""
    which = "|".join(cues("context")["subjects"]["of_several"])
    return compiled(
        rf"\bthe\s+(?:{which})(?:\s+one)?\s+(?:had|has|was|is|got)\b"
        rf"(?P<told>[^;.]*?)(?=[;.]|,? (?:and |but )?(?:she|he|the patient|the (?:{which}))\b|$)",
        re.IGNORECASE,
    )


@functools.cache
def _of_heredity() -> re.Pattern[str]:
    """A sentence that opens with the family's history, up to where it turns to the patient.

    "Family history was positive for diabetes, yet negative for cancer": both are of the family.
    """
    words = "|".join(cues("context")["subjects"]["heredity"])
    return compiled(
        rf"^[\W_]*(?:(?:her|his|the|their|a|in)\s+)*(?:{words})(?:\s+(?:is|was|of|for|in)\b|\s*[:,-]|\s+(?:negative|positive))"
        r"(?P<told>(?:(?!\b(?:she|he|patient|herself|himself|personal\w*|own)\b).)*)",
        re.IGNORECASE | re.DOTALL,
    )


@functools.cache
def _set_apart() -> re.Pattern[str]:
    """A relative who opens the sentence, with words between commas or brackets before what is told of them.

    "Her brother, an engineer, had three seizures": what stands behind the commas is the brother's as well.
    """
    known = cues("context")["subjects"]
    nouns = (noun for name in ("relatives_f", "relatives_m", "relatives") for noun in known[name])
    listed = "|".join(re.escape(noun) + ("s?" if noun in _PLURALS else "") for noun in nouns)
    return compiled(
        rf"^[\W_]*(?:(?:and|but|also)\s+)?(?:her|his|their|(?:the )?patient's)\s+(?:[a-z-]+\s+){{0,2}}(?:{listed})"
        r"(?P<told>\s*(?:\([^()]*\)|,[^;:]{1,70},)\s+(?:also\s+)?(?:had|has|have|was|were|is|are|got|died|developed"
        r"|suffered|suffers|received|underwent|takes|took|needs|needed|lost|lives)\b[^;:]*?)"
        r"(?=[;:]|, (?:and |but |so |which |while )?(?:she|he|the patient|our patient|this)\b"
        r"|\b(?:and|but) (?:she|he)\b|$)",
        re.IGNORECASE | re.DOTALL,
    )


@functools.cache
def _does() -> re.Pattern[str]:
    known = cues("context")["subjects"]
    verbs = "|".join(map(re.escape, known["does"]))
    return compiled(
        r"(?:,[^,;.]{1,50},)?(?:,? (?:who|aged)\b[^,;]*,?)?\s+(?:(?:also|once|too|sadly|recently|already)\s+)?"
        rf"(?:{verbs})\b",
        re.IGNORECASE,
    )


def _give_to_one_who_opens(text: str, start: int, mentions: list[Mention], subject: Subject) -> None:
    """ "A brother carries an ICD since a ventricular tachycardia": all of it is his, up to a word of the patient."""
    opening = _opening(*_EVERYONE).search(text)
    if opening is None or _does().match(text, opening.end()) is None:
        return
    if compiled(cues("context")["subjects"]["handed"], re.IGNORECASE).search(text):
        return
    turn = _word_of("turns_to_patient").search(text, opening.end())
    end = start + min(turn.start() if turn else len(text), text.find(";") if ";" in text else len(text))
    told = ("condition", "procedure", "vaccine", "span")
    _give([one for one in mentions if one.start < end and (one.kind in told or _has(one, text, start))], subject)


_IS_HAD = compiled(
    r"\b(?:an?|of|with|had|has|having|whose|showing|showed|developed|by|reached)\s+(?:an?\s+)?$", re.IGNORECASE
)


def _has(mention: Mention, text: str, start: int) -> bool:
    """Whether a test is told as what someone had, "and was admitted with an ALT of 900", and opens no clause."""
    return mention.kind == "lab" and _IS_HAD.search(text, 0, mention.start - start) is not None


def _give_told(match: re.Match[str] | None, start: int, mentions: list[Mention]) -> None:
    """Gives the family what stands in the group `told`, if anything does, of a sentence that begins at `start`."""
    if match is None:
        return
    low, high = (start + offset for offset in match.span("told"))
    _give([one for one in mentions if low <= one.start < high], _FAMILY)


def _give(mentions: list[Mention], subject: Subject) -> None:
    for mention in mentions:
        if mention.experiencer == "patient":
            mention.experiencer = subject.experiencer


@functools.cache
def _word_of(name: str) -> re.Pattern[str]:
    words = cues("context")["subjects"][name]
    return compiled(r"(?<![\w-])(?:" + "|".join(map(re.escape, words)) + r")(?![\w-])", re.IGNORECASE)


def sex_of_patient(text: str) -> Sex:
    """The sex that the letter's nouns tell, else that most pronouns have; none where they are mixed."""
    letters = {found.lower() for found in re.findall(cues("context")["subjects"]["letter_of_sex"], text)}
    women, men = _count_of("women", text) > 0, _count_of("men", text) > 0
    if (women or "f" in letters) != (men or "m" in letters):
        return "f" if women or "f" in letters else "m"
    hers, his = _count_of("of_women", text), _count_of("of_men", text)
    if hers > _FEW * his:
        return "f"
    return "m" if his > _FEW * hers else ""


def _count_of(name: str, text: str) -> int:
    """How often one of the words, each of letters alone, stands in the text."""
    return sum(1 for _ in matches_of_words(cues("context")["subjects"][name], _word_of(name), text))


@functools.cache
def _opening(*names: str) -> re.Pattern[str]:
    """A sentence that opens with one of the words: "His younger brother", "She has a sister"."""
    known = cues("context")
    before = word_tree(map(letters, known["subjects"]["before"]))
    listed = [noun for name in names for noun in known["subjects"][name]]
    nouns = "|".join(re.escape(noun) + ("s?" if noun in _PLURALS else "") for noun in listed)
    reporting = "|".join(re.escape(verb) for verb in known["sets"]["reporting"])
    return compiled(rf"^[\W_]*(?:(?:{before})[\s,:]+)*(?:{nouns})(?![\w'-])(?!\s+(?:{reporting})\b)", re.IGNORECASE)


@functools.cache
def _heredity_words() -> frozenset[str]:
    """The first words of a family's history."""
    return first_words(cues("context")["subjects"]["heredity"])


@functools.cache
def _opening_words() -> frozenset[str]:
    """The first words of all that `_relative` looks for."""
    nouns = [noun for names in _EVERYONE for noun in cues("context")["subjects"][names]]
    return first_words([*nouns, *(f"{noun}s" for noun in nouns)])


def _relative(text: str, mentions: list[Mention]) -> Subject | None:
    """The relative or other person whom a sentence opens with."""
    experiencers: tuple[tuple[str, Experiencer], ...] = (("relatives", "family"), ("others", "other"))
    if not _opening(*_EVERYONE).search(text):
        return None
    for names, experiencer in experiencers:
        for sex in ("f", "m", ""):
            if _opening(f"{names}_{sex}" if sex else names).search(text):
                terms = vocabulary()
                ill = any(one.experiencer != "patient" and terms.is_a(one.concept, "sle") for one in mentions)
                alike = ill and _word_of("alike").search(text) is not None
                return Subject(experiencer, _as_sex(sex), alike=alike)
    return None


def _as_sex(sex: str) -> Sex:
    return "f" if sex == "f" else "m" if sex == "m" else ""


def _pronoun(text: str) -> Sex | None:
    """The sex of the pronoun that a sentence opens with, "" for "they"; None for another opening."""
    for sex, names in (("f", "pronouns_f"), ("m", "pronouns_m"), ("", "pronouns")):
        if _opening_pronoun(names).match(text):
            return _as_sex(sex)
    return None


@functools.cache
def _opening_pronoun(names: str) -> re.Pattern[str]:
    words = "|".join(cues("context")["subjects"][names])
    return compiled(_OPENING + rf"(?:{words})\b", re.IGNORECASE)


@functools.cache
def _designation() -> re.Pattern[str]:
    words = "|".join(cues("context")["subjects"]["designations"])
    return compiled(
        rf"\bthe ({words})(?: (?:one|sister|brother|twin|sibling))?(?=\s*[,:.(]| (?:is|has|had|was|also)\b)", re.I
    )


def _designation_of_patient(text: str) -> str | None:
    """ "elder" where the letter tells two people apart and calls the elder its patient; else None."""
    if not has_word(text, cues("context")["subjects"]["designations"]):
        return None
    named = list(_designation().finditer(text))
    if len({match[1].lower() for match in named}) < _FEW:
        return None
    for match in named:
        start = max(text.rfind(".", 0, match.start()), text.rfind("\n", 0, match.start())) + 1
        if re.search(cues("context")["subjects"]["called_patient"], text[start : match.start()], re.IGNORECASE):
            return match[1].lower()
    return None


def _designated(text: str, mine: str | None) -> Subject | None:
    """The other of the two, where the sentence opens with that one."""
    match = _designation().search(text) if mine else None
    if match is None or text[: match.start()].strip(" -*\n") or match[1].lower() == mine:
        return None
    return Subject("family", "", designated=True)
