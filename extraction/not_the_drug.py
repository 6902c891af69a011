"""Names of drugs that speak of something else: a scope in, whether it is no drug of the patient's out.

A level in the blood, what a drug induces, an antibody against it, or what an organism was tested against.
"""

from __future__ import annotations

import re

from extraction.antibiograms import is_of_an_antibiogram
from extraction.dose_amounts import amount
from extraction.dose_words import match_phrase, may_open, tokenise_dose
from extraction.drug_reasons import listed
from extraction.drug_scope import Scope
from extraction.knowledge import cues
from extraction.reading import Reading
from kb.vocabulary import Vocabulary


def is_level(reading: Reading, scope: Scope) -> bool:
    """Whether a level in the blood is told: "tacrolimus trough level 6"."""
    text = reading.normal[scope.end : min(scope.sentence_end, scope.end + 40)]
    if not may_open(listed("levels"), text, among=2):
        return False
    tokens = tokenise_dose(text)
    skip = 1 if tokens and tokens[0].text in ("blood", "serum", "trough", "whole") else 0
    return match_phrase(listed("levels"), tokens, skip) is not None


def _is_measured(reading: Reading, scope: Scope) -> bool:
    """Whether an amount in a volume of blood stands behind the name."""
    tokens = tokenise_dose(reading.normal[scope.end : min(scope.sentence_end, scope.end + 40)])
    start = next((at for at, token in enumerate(tokens[:4]) if token.number is not None), None)
    item = None if start is None else amount(tokens, start)
    return item is not None and item.word == "result"


def is_not_the_drug(reading: Reading, scope: Scope) -> bool:
    """ "steroid-induced", "anti-rituximab antibodies", "steroid-naive": something else is spoken of."""
    if scope.concept in cues("measurements")["level_of"] and (is_level(reading, scope) or _is_measured(reading, scope)):
        return True  # "folic acid levels were normal", "vitamin D3 34 ng/mL"
    before = reading.normal[max(0, scope.start - 5) : scope.start].lower()
    if before.endswith(("anti-", "non-")) or _goes_on_as_another(reading, scope):
        return True
    elsewhere = cues("medications")["not_as_pressor"].get(scope.concept)
    around = reading.normal[max(scope.sentence_start, scope.start - 40) : min(scope.sentence_end, scope.end + 40)]
    return elsewhere is not None and re.search(elsewhere, around, re.IGNORECASE) is not None


def _goes_on_as_another(reading: Reading, scope: Scope) -> bool:
    text = reading.normal[scope.end : min(scope.sentence_end, scope.end + 32)]
    text = re.sub(r"^\s*\([^()]{1,16}\)", "", text)  # "octreotide (99mTc-OCT) scintigraphy"
    if not may_open(listed("not_the_drug"), text, among=2):
        return False
    behind = tokenise_dose(text)
    return match_phrase(listed("not_the_drug"), behind, int(behind[0].text == "-")) is not None


def is_tested_on_organism(reading: Reading, scope: Scope, terms: Vocabulary) -> bool:
    """ "The isolate was resistant to oxacillin and sensitive to vancomycin": nobody took these."""
    if not terms.is_one_of(scope.concept, cues("medications")["tested_on_organisms"]):
        return False
    if is_of_an_antibiogram(reading, scope.start, scope.end):
        return True
    before = tokenise_dose(reading.normal[scope.sentence_start : scope.start])
    tested = [at for at in range(len(before)) if match_phrase(listed("tested_words"), before, at)]
    treated = (
        match_phrase(listed("treated_words"), before, at) for at in range(tested[-1] if tested else 0, len(before))
    )
    return bool(tested) and not any(treated)
