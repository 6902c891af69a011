"""What stops a patient, told in passing: a study left, a jab on a trip, dialysis that is over, another disease's drugs.

Each sentence stands in a short letter of its own; one behind a star in a letter that does not say that she has SLE.
"""

from __future__ import annotations

import pytest

from screening.documents import letter_from_text
from screening.interface import screening_json
from screening.pipeline import Pipeline
from screening.protocols import read_protocol

_HEAD = "10 March 2026\n\nDear colleague,\n\n"
_SLE = "This 34-year-old woman has SLE. "

_TABLE = r"""
E11a pass    She has never been in a trial of any sort.
E11a pass    Clinical studies: did not participate in any in the last 12 months.
E11a pass    Research: she has not been in any in the past two years.
E11a pass    In 2023 she took part in a trial of belimumab. Last dose of rituximab 20 February 2026.
E11a pass    From 2025/10 in a randomised double-blind study of an oral TYK2 inhibitor; withdrew on 2026/01/24.
E11a raised  She took part in a drug trial some time ago.
E11a fail    Then she went into the company's oral TYK2 study (drug arm), last tablet 20 February when she pulled out.
E11a fail    She joined the sponsor's BTK inhibitor study last year; last capsule on 25 February 2026.
E11a fail    he was put on the anti-IFNAR study, final injection 18/02/2026.
E11a fail    Recruited in 2025 to a trial with an oral S1P modulator, had the end of treatment visit on 27.02.2026
E11a fail    She has been taking the study capsules (cenerimod v placebo) since October.
E8   fail    she got her yellow fever needle on 26 February at the travel doctor without telling us
E8   fail    varicella vaccine: 1st dose Jan 2026, 2nd dose 25 Feb 2026
E8   fail    MMR (two doses: 20/01/2026 and 24/02/2026)
E8   fail    was revaccinated against measles, mumps and rubella on 23 Feb 2026
E8   fail    Travel clinic 22/2/26: YF + typhoid (oral)
E8   pass    She had her yellow fever needle on 2 January 2026.
E2a  fail    HD TIW from 12 January. HD stopped, last session 30 January 2026. Not on any renal replacement since.
E2a  fail    HD was begun on 5 January. Steroids were given. Urine came. Her last dialysis was on 24 January 2026.
E2a  fail    Dialysis-independent since 12 February 2026.
E2a  fail    in the ICU she had SLED on three days (20-22 February)
E2a  raised  She had temporary dialysis for AKI. Not on RRT now.
E2a  pass    Haemodialysis x 4 sessions in October/November, the last one on 2 Nov 2025; off dialysis since.
E2a  silent  Seen on HD 5 of her stay; HD MTX refused.
E2a  silent  SLED 8 on 3 March.
E5   fail    Fever 02/25, blood cx 2/2 E. coli. Ceftriaxone 02/25-03/05/2026, course complete. No active infection.
E5   pass    Urosepsis in January, meropenem completed on 28 January 2026, culture sterile, no infection at present.
E5   silent  blood cultures negative for E. coli and MRSA
E4   fail    Since 2025 a giant cell arteritis, proven on biopsy, for which prednisone was begun and is now 10 mg.
E4   fail    polymyalgia since 2024 (pred 7.5 mg, cannot go lower)
E4   fail    bronchial asthma, severe; takes 8 mg methylprednisolone daily for it
E4   fail    Prednisolone is continued at 10 mg because of polymyalgia rheumatica.
E4   fail    Her uveitis (HLA-B27) needs adalimumab every fortnight.
E4   fail    ANCA vasculitis is the present problem, for which he has had prednisone 20 mg daily since last June
E4   silent  Lupus nephritis, for which prednisolone 60 mg was given.
E3d  fail    echo 13/1: EF 55-60%, large pericardial eff (22 mm), no tamponade
E3d  pass    Minirnal pericardial effusion ; small.
E7e  fail    CMV quantitative PCR sent in view of leucopenia: 2,150 IU/mL; valganciclovir begun.
E7e  fail    CMV PCR, sent because of cytopenia on 2 March, was positive.
E7e  pass    CMV PCR sent because of fever: not detected.
E7e  raised  CMV PCR sent in view of leucopenia: WBC 2,150.
E7a  fail    HBsAg reactive, anti-HBc reactive\nHBV DNA quant.     4.1E3    *   IU/mL    not detected
E7d  pass    Syphilis screen reactive\n - TPPA (confirmation)   negative\n - RPR    negative
E7d  silent  BBV 10/1: HBsAg - / anti-HBc - / anti-HCV - / HIV Ag/Ab -
E10  pass    Cancer? No (Grandad has prostate cancer).
E10  pass    Any cancer? None. Nana died of lung cancer.
E10  fail    Her gran died in 2020. She herself has had breast cancer.
E1   silent  Her sister, the donor, has since had a stroke, poor soul.
I4c  pass    Until 2013 dialysis, then her sister's kidney, which has done her proud ever since (eGFR 52 on 4 March).
I4c  pass    Admission 01-03-2026. Admitted with oliguria, creatinine 6.8 mg/dl.\n\nCreatinine 8 March: 1.6 mg/dl
I4c  raised  Presented with swelling and a creatinine of 3.4 mg/dl. Creatinine 1.0 mg/dl on 6 December 2025.
I4c  fail    Presented with oliguria, creatinine 6.8 mg/dl.
I4e  fail    Admitted 2 February with fever, ALT 20 U/L. On 5 March ALT 190 U/L.
I6   pass    The hemotherapy service examined her and considers her apt for leukapheresis.
I6   fail    considered inapt for leukapheresis
I2a  fail    * A man with the label "SLE". The diagnosis was drug-induced lupus and SLE has been excluded.
I2a  fail    * A man of 60 with a label of lupus. We have since excluded SLE; this is mixed connective tissue disease.
I2a  raised  Referred with SLE for CAR-T. Neuropsychiatric SLE excluded. She has fibromyalgia as well.
I2b  fail    He has only ever had these two, hydroxychloroquine then and prednisone now, and has tolerated both well.
I2b  fail    Has received two drugs in total: hydroxychloroquine and prednisolone, both tolerated.
"""
_ROWS = [line.split(maxsplit=2) for line in _TABLE.strip().splitlines()]


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline([read_protocol("NCT06934447")])


@pytest.mark.parametrize(("criterion", "answer", "sentence"), _ROWS)
def test_what_is_told_in_passing_is_heard(pipeline: Pipeline, criterion: str, answer: str, sentence: str) -> None:
    told = sentence.removeprefix("* ") if sentence.startswith("* ") else _SLE + sentence
    text = _HEAD + told.replace("\\n", "\n") + "\n"
    screening = pipeline.screen([letter_from_text(text, "letter", "letter")])[0]
    (found,) = [entry for entry in screening_json(screening)["criteria"] if entry["id"] == criterion]
    assert (found["answer"] if found["answer"] != "unknown" else "raised" if found["raised"] else "silent") == answer
