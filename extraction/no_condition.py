"""Names of conditions that are none here: a Reading and a mention in, whether the name means something else out.

"Lupus clinic", "RA" of room air, "PCR (influenza, RSV)", the heading "Infection:" and a drug's purpose of prevention
say nothing of a disease that the patient has or has not.
"""

from __future__ import annotations

import re

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from extraction.vaccinations import is_named_as_vaccine
from extraction.when import clause_span, sentence_span
from extraction.wording import holds, names_a_thing_behind, pattern_of
from kb.patterns import compiled
from kb.vocabulary import vocabulary

_WORDS_AROUND = 60  # characters
# a label whose answer follows, and is not that there is one: "Pregnancy: G2P2", "- Pregnancy, urine HCG: negative"
_PREGNANCY_LABEL = compiled(
    r"\s*(?:status)?\s*(?:[:|(,/-]|\.{2,}|\?)(?!\s*(?:yes|y\b|pos|\+|current|"
    r"ongoing|confirmed|intrauterine|IUP|\d+ ?(?:w|/40|\+)|at \d|now))",
    re.IGNORECASE,
)
_LABEL = compiled(r"[ \t]*(?:[-*•#>]+[ \t]*|\d{1,2}[.)][ \t]*)?([A-Za-z][A-Za-z /&-]{0,30}?)[ \t]*:")
_ANSWER_IN_WORDS = compiled(
    r"\s*[:=?–-][\s–-]*(?:(?:she|he|they|patient|pt) )?(?:has|have|had|did|was|is) (?:never|not)\b", re.IGNORECASE
)
_ANSWER = compiled(
    r"\s*[:=-]?\s*(?:(?:at )?(?:now|present|current(?:ly)?)\s*[:=–-]?\s*|"
    r"(?:in )?(?:the )?(?:last|past|previous) [\w-]+ (?:\w+ ?)?[:=–-]?\s*)?(?<=[:=–\s-])(\w+)",
    re.IGNORECASE,
)
_OPEN_BRACKET = compiled(r"\([^()]*$")


def is_something_else(reading: Reading, mention: Mention) -> bool:
    """Whether the name is part of another thing's name, or means another thing here."""
    known = cues("conditions")
    skipped = reading.section_at(mention.start) in known["skipped_sections"]
    if skipped and not _has_own_label(reading, mention) and not _is_denied_apart(reading, mention):
        return True
    if compiled(known["not_asked"], re.IGNORECASE).match(reading.normal[mention.end : mention.end + 12]):
        return True
    if spelling_means_another(reading, mention) or is_named_as_vaccine(reading, mention):
        return True
    before = reading.normal[max(0, mention.start - 20) : mention.start].lower()
    if before.endswith(tuple(known["name_of_something_else_before"])) and before[:1] != "\n":
        return True
    if names_a_thing_behind(reading.normal, mention.end, known["name_of_something_else"], known["nouns_between"]):
        return True
    tests = (
        _is_harmless,
        _is_heading,
        _was_looked_for,
        _is_name_of_test,
        _is_of_named_agent,
        _is_no_pregnancy_now,
        _is_attribution,
        _doubts_its_part,
        is_germ_of_another,
        _is_prevented,
    )
    return any(test(reading, mention) for test in tests)


def is_answered(normal: str, end: int) -> bool:
    """Whether a heading's name is answered on the spot ("Vaccination: none in the last 2 months")."""
    match = _ANSWER.match(normal, end)
    if match is not None and match[1].lower() in cues("conditions")["answers"]:
        return True
    return _ANSWER_IN_WORDS.match(normal, end) is not None


def spelling_means_another(reading: Reading, mention: Mention) -> bool:
    """Whether the words around a name say that it means something else: "98 % RA", "bone autograft"."""
    known = cues("conditions")
    spelling = reading.text[mention.start : mention.end]
    before = reading.normal[max(0, mention.start - 14) : mention.start].lower().rstrip()
    if any(before.endswith(word) for word in known["spelling_not_after"].get(spelling, ())):
        return True
    if spelling in known["spelling_not_after_number"] and before[-1:].isdigit():
        return True
    wanted = known["spelling_only_after"].get(spelling.lower())
    if wanted is not None and not before.endswith(tuple(wanted)):
        return True
    behind = reading.normal[mention.end : mention.end + 4].strip(" :=")
    if spelling in known["spelling_not_before_number"] and behind[:1].isdigit() and behind[:2] not in ("19", "20"):
        return True
    pattern = known["spelling_where"].get(spelling) or known["spelling_where"].get(spelling.lower())
    if pattern is None:
        return False
    start, end = sentence_span(reading, mention)
    low, high = max(start, mention.start - _WORDS_AROUND), min(end, mention.end + _WORDS_AROUND)
    return re.search(pattern, reading.normal[low:high]) is None


def _has_own_label(reading: Reading, mention: Mention) -> bool:
    """ "ID: no active infection" below the line of the vaccines: a label that opens no known part still ends one."""
    begin = reading.normal.rfind("\n", 0, mention.start) + 1
    label = _LABEL.match(reading.normal, begin, mention.start)
    skipped = cues("conditions")["skipped_sections"]
    return label is not None and not any(label[1].lower() in cues("sections")[section] for section in skipped)


def _is_denied_apart(reading: Reading, mention: Mention) -> bool:
    """ "Vaccines: influenza in October. Without infection at present.": a denial in a sentence of its own."""
    begin = reading.normal.rfind("\n", 0, mention.start) + 1
    start, end = sentence_span(reading, mention)
    if mention.assertion != "absent" or start <= begin or mention.concept in cues("events")["disease_as_vaccine"]:
        return False
    of_section = any(one.kind in ("vaccine", "drug") for one in reading.mentions_in(start, end))
    return not of_section and _OF_SKIPPED.search(reading.normal, start, end) is None


_BLANK_OR_HEADING = compiled(r"\n(?=[ \t]*(?:\n|[-•*#]|\d+[.)] |[A-Z][\w/-]{2,24}:))")
_OF_SKIPPED = compiled(r"vaccin|immuni[sz]|booster|\bjabs?\b|\bdoses?\b|allerg|reaction|intoleran", re.IGNORECASE)


def _is_heading(reading: Reading, mention: Mention) -> bool:
    """Whether the name opens a line as a heading and what follows tells of such a thing itself."""
    if mention.concept not in cues("conditions")["headings"] or mention.assertion != "present":
        return False
    end = sentence_span(reading, mention)[1]
    if _is_title(reading, mention) or _is_all_of_sentence(reading, mention):
        return True
    dated = re.match(r"\s*(?:[(\[][\d./ A-Za-z-]{4,16}[)\]])?\s*:", reading.normal[mention.end : end])
    if dated is None:
        return False
    following = reading.mentions_in(mention.end + dated.end(), end)
    if following and following[0].kind == "lab":
        return True  # "Infection (2026-04-07): HBsAg (-)": results under their title
    if re.match(cues("conditions")["no_answers"], reading.normal[mention.end : end], re.IGNORECASE):
        return True
    terms = vocabulary()
    return any(
        terms.is_a(other.concept, mention.concept) or terms.is_a(mention.concept, other.concept)
        for other in reading.mentions_in(mention.end, end)
    ) or _is_answered_with_its_denial(reading, mention)


def _is_answered_with_its_denial(reading: Reading, mention: Mention) -> bool:
    """ "Infection: meropenem 1 to 8 March. Cultures sterile, an infection was excluded", on the heading's own lines."""
    stop = _BLANK_OR_HEADING.search(reading.normal, mention.end)
    told = [
        other
        for other in reading.mentions_in(mention.end, stop.start() if stop else len(reading.normal))
        if other.kind == "condition" and vocabulary().is_a(other.concept, mention.concept)
    ]
    return bool(told) and all(other.assertion == "absent" for other in told)


def _is_title(reading: Reading, mention: Mention) -> bool:
    """Whether a line in capitals holds nothing but words of titles: "5) INFECTION / VACCINE"."""
    begin = reading.text.rfind("\n", 0, mention.start) + 1
    line = reading.text[begin:].split("\n", 1)[0]
    words = re.findall(r"[^\W\d_]+", line)
    return (
        line.isupper() and len(words) > 1 and all(word.lower() in cues("conditions")["title_words"] for word in words)
    )


def _is_all_of_sentence(reading: Reading, mention: Mention) -> bool:
    """ "Infection. No fever, no infection.": a word that opens its line as a heading with a full stop."""
    start, end = sentence_span(reading, mention)
    alone = reading.normal[start:end].strip(" *\n\t") in (f"{reading.normal[mention.start : mention.end]}.",)
    opens = not reading.normal[reading.normal.rfind("\n", 0, mention.start) + 1 : mention.start].strip(" *-•")
    return alone and opens and reading.normal[end : end + 2].strip(" ")[:1] not in ("", "\n")


def _is_harmless(reading: Reading, mention: Mention) -> bool:
    """ "Breast lump 2024, a benign fibroadenoma": a swelling that its clause names as nothing to fear."""
    known = cues("conditions")
    if mention.concept not in known["possible_when_present"] or mention.assertion != "present":
        return False
    return holds(reading.normal[mention.end : clause_span(reading, mention)[1]], known["harmless"]) or any(
        vocabulary().is_a(other.concept, "benign-tumour") and other.assertion == "present"
        for other in reading.mentions_in(mention.end, sentence_span(reading, mention)[1])
    )


def _was_looked_for(reading: Reading, mention: Mention) -> bool:
    """ "Swab (influenza, SARS-CoV-2)": a list in brackets of what a test looks for, with no positive result behind."""
    if not vocabulary().is_a(mention.concept, "infection"):
        return False
    start, end = sentence_span(reading, mention)
    before = reading.normal[start : mention.start]
    bracket = _OPEN_BRACKET.search(before)
    if bracket is None:
        return False
    tested = pattern_of(tuple(cues("conditions")["looked_for"])).search(before[: bracket.start()])
    return tested is not None and "positive" not in reading.normal[mention.end : end].lower()


def _is_name_of_test(reading: Reading, mention: Mention) -> bool:
    """ "PJP PCR negative", "pneumonia antigen pending": a test's name, unless it is told to be positive."""
    end = sentence_span(reading, mention)[1]
    named = compiled(cues("conditions")["test_behind"], re.IGNORECASE).match(reading.normal[mention.end : end])
    infection = vocabulary().is_a(mention.concept, "infection")
    return infection and named is not None and named["positive"] is None


def _is_of_named_agent(reading: Reading, mention: Mention) -> bool:
    """ "No infection with HIV, hepatitis B or C": a denial of these alone, not of any infection."""
    if mention.concept != "infection" or mention.assertion != "absent":
        return False
    agent = re.match(r"\s+(?:with|by|due to|from)\s+(?:the\s+)?", reading.normal[mention.end : mention.end + 20])
    if agent is None:
        return False
    at = mention.end + agent.end()
    return any(other.start == at and other.kind in ("lab", "condition") for other in reading.mentions_in(at, at + 1))


def _is_no_pregnancy_now(reading: Reading, mention: Mention) -> bool:
    """ "She is planning a pregnancy", "a flare in her second pregnancy": not that she is pregnant today."""
    if mention.concept != "pregnancy":
        return False
    if (
        _PREGNANCY_LABEL.match(reading.normal, mention.end)
        and reading.normal[mention.start : mention.end].lower() == "pregnancy"
    ):
        line = reading.normal[max(0, mention.start - 4) : mention.start]
        if mention.start == 0 or re.search(r"(?:[\n.;|•*-]|\d\)) ?$", line):
            return True
    known = cues("conditions")["no_pregnancy_now"]
    start, end = sentence_span(reading, mention)
    if _names_the_test_behind(reading, mention, start, end):
        return True
    if pattern_of(tuple(known["unless"])).search(reading.normal[start:end]):
        return False
    before, behind = reading.normal[start : mention.start], reading.normal[mention.end : end]
    return any(
        re.search(rf"\b(?:{'|'.join(known[key])})\s+{between}$", before, re.IGNORECASE)
        for key, between in (
            ("wished", r"(?:[\w-]+\s+){0,3}"),
            ("during", r"(?:(?:her|the|a|an|any|each)\s+)?(?:\w+\s+)?"),
        )
    ) or bool(re.match(rf"\s+(?:{'|'.join(known['behind'])})\b", behind, re.IGNORECASE))


def _names_the_test_behind(reading: Reading, mention: Mention, start: int, end: int) -> bool:
    """ "Pregnancy, urine hCG: negative": the heading of a row that tells the test."""
    opens = not reading.normal[start : mention.start].strip(" \t-*•#0123456789.)")
    test = next((one for one in reading.mentions_in(mention.end, end) if one.kind == "lab"), None)
    if not opens or test is None or not test.concept.startswith("pregnancy-test"):
        return False
    return re.match(r"\s*[,:(|-]|\s{2,}", reading.normal[mention.end : test.start]) is not None


def _is_attribution(reading: Reading, mention: Mention) -> bool:
    """ "For the asthma, not for SLE", "one of them not lupus": what is denied is not that the patient has it."""
    if mention.assertion != "absent" or not vocabulary().is_a(mention.concept, "sle"):
        return False
    known = cues("conditions")
    start, end = sentence_span(reading, mention)
    before = reading.normal[start : mention.start]
    if vocabulary().is_a(mention.concept, "npsle") and re.search(known["event_of"], before, re.IGNORECASE):
        return False
    if re.search(known["not_of_the_patient"], before, re.IGNORECASE) or _is_thing_of_lupus_denied(reading, mention):
        return True
    instead = any(
        vocabulary().is_a(other.concept, disease)
        for other in reading.mentions_in(start, end)
        for disease in known["instead_of_sle"]
        if other is not mention
    )
    return not instead and re.search(known["one_of_several"], before, re.IGNORECASE) is not None


def is_germ_of_another(reading: Reading, mention: Mention) -> bool:
    """ "Urinary infection (E. coli)": the germ of an infection that the sentence names."""
    if mention.concept not in cues("conditions")["told_by_germ"]:
        return False
    return any(
        other.kind == "condition" and other.concept != mention.concept and vocabulary().is_a(other.concept, "infection")
        for other in reading.mentions_in(*sentence_span(reading, mention))
    )


def _doubts_its_part(reading: Reading, mention: Mention) -> bool:
    """ "?lupus pneumonitis", of a patient told to have SLE: what is doubted is the organ's part, not the lupus."""
    if mention.assertion != "possible" or mention.concept != "sle":
        return False
    behind = next(iter(reading.mentions_in(mention.end, mention.end + 14)), None)
    led = behind is not None and behind.kind == "condition" and behind.concept != "sle"
    if (
        behind is None
        or not led
        or not compiled(r"[ -](?:[a-z]+ )?").fullmatch(reading.normal, mention.end, behind.start)
    ):
        return False
    return any(
        other.concept == "sle" and other.assertion == "present" and other.experiencer == "patient"
        for other in reading.mentions
    )


def _is_thing_of_lupus_denied(reading: Reading, mention: Mention) -> bool:
    """ "No involvement of the brain by lupus", "no flare of her SLE": the lupus itself is not denied.

    Nor is it by "lung lupus - never": what is never there is the lupus of an organ.
    """
    if mention.cue is None or mention.cue[1] > mention.start:
        told = "" if mention.cue is None else reading.normal[mention.cue[0] : mention.cue[1]]
        return mention.concept == "sle" and re.search(cues("conditions")["never"], told, re.IGNORECASE) is not None
    between = reading.normal[mention.cue[0] : mention.start]
    link = re.search(cues("conditions")["thing_of_lupus"], between, re.IGNORECASE)
    return link is not None and pattern_of(tuple(cues("conditions")["evidence_words"])).search(link[1]) is None


def _is_prevented(reading: Reading, mention: Mention) -> bool:
    """ "Septrin three times a week for PJP": what the drug is to keep away."""
    known = cues("conditions")
    drugs: list[str] = known["prevented_by"].get(mention.concept, [])
    start, end = sentence_span(reading, mention)
    if not drugs or pattern_of(tuple(known["treated_words"])).search(reading.normal[start:end]):
        return False
    before = reading.normal[max(start, mention.start - 12) : mention.start].lower().split()
    given = (other.concept for other in reading.mentions_in(start, mention.start) if other.kind == "drug")
    aimed = bool(before) and before[-1] in known["aimed_at"]
    return aimed and any(vocabulary().is_a(drug, one) for drug in given for one in drugs)
