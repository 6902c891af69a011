"""What sentences about infections and their treatment answer of exclusion 5: a sentence in, its answer out."""

from __future__ import annotations

import functools
from datetime import date

import pytest

from kb.facts import Document, Time
from screening.documents import Letter
from screening.pipeline import Pipeline
from screening.protocols import read_protocol


@functools.cache
def pipeline() -> Pipeline:
    return Pipeline([read_protocol("NCT06934447")])


def answered(text: str) -> str:
    letter = Letter(Document("letter", f"A 31-year-old woman with SLE. {text}", "", Time.on(date(2026, 3, 10))))
    (screening,) = pipeline().screen([letter])
    found = next(one for one in screening.decision.answers if one.criterion.id == "E5")
    return "silent" if found.silent else found.answer


_DIAGNOSES = """Diagnoses
1. Systemic lupus erythematosus
2. Class IV lupus nephritis, biopsied in 2022
3. Previous cystitis

At review she had synovitis of both wrists, a malar flush and ulcers on the palate. She has carried on flaring. The ECG
was normal and the echocardiogram gave an ejection fraction of 62 %.

"""

TOLD = {
    # an infection by the name of a place alone
    "ENT: otitis at the start of March, amoxicillin for 8 days ended on 5 March 2026, eardrum normal since.": "fail",
    "An otitis was treated with amoxicillin from 26 February to 5 March 2026.": "fail",
    "Otitis in January, eardrum normal since; amoxicillin until 15 January.": "pass",
    "Prostatitis, ciprofloxacin until 5 March 2026.": "fail",
    "Scarlet fever, penicillin until 5 March 2026.": "fail",
    # a course of days of a drug that is given for prevention, too
    "Shingles in February. Oral valaciclovir for 7 days, last tablet 5 March, all crusted and healed.": "fail",
    "Shingles at the start of March. Aciclovir 800 mg five times a day for 7 days, finished 6 March.": "fail",
    "Herpes zoster on 28 February 2026, valaciclovir for ten days.": "fail",
    "Shingles on the left flank in February. Valaciclovir for 7 days, last tablet 26 February, healed.": "pass",
    "Shingles in October 2025, valaciclovir for 7 days. Now on aciclovir 400 mg bd.": "pass",
    "UTI in December 2025, trimethoprim until 14 December. Co-trimoxazole 960 mg three times a week.": "pass",
    "Co-trimoxazole 960 mg three times a week.": "silent",
    # an undated infection of the past, with its course told elsewhere in the letter
    _DIAGNOSES + "Nitrofurantoin for the cystitis was finished on 20 January and the repeat culture was clear.": "pass",
    _DIAGNOSES + "Nitrofurantoin for the cystitis was finished on 5 March and the repeat culture was clear.": "fail",
}


@pytest.mark.parametrize("text", TOLD)
def test_the_last_day_of_treatment_decides(text: str) -> None:
    assert answered(text) == TOLD[text]
