"""Filled-in forms: what is ticked is read, what is not ticked says nothing, and no character moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.forms import fill_in
from kb.facts import Coded, Quantity
from screening.documents import letter_from_text
from screening.interface import screening_json
from screening.pipeline import Pipeline, extractor
from screening.protocols import read_protocol

_HEAD = "10 March 2026\n\nDear colleague,\n\nThis 34-year-old woman has SLE.\n"

_FORMS = r"""
E3b  pass    MI in last 6 months    : No
E1   pass    CNS lupus in past 60 days   : No
E2a  pass    Dialysis in past 3 months   : No
E5   pass    Antibiotics currently .......... No\nSigns of infection ........ None
E8   pass    - Live vaccine last 30 days _____ No
E8   fail    Live vaccine within 4 weeks?  Yes [x]  No [ ]
E8   pass    Live vaccine within 4 weeks?  Yes [ ]  No [x]
E10  pass    Any malignancy, past or present? No
E10  pass    CANCER NO        TRANSPLANT NO
E10  pass    Cancer no\nTransplant no
E2a  fail    Cancer no\nDialysis last month yes
E10  fail    Any malignancy, past or present? Yes - breast 2015
E10  pass    Malignancy: Y [ ] N [x]
E10  fail    Malignancy   ☒ yes  ☐ no
E10  pass    Malignancy   ( ) Yes (x) No
E10  silent  Malignancy   [ ] Yes [ ] No
E10  pass    Cancer : no personal hx; father lymphoma
E10  silent  Tick if present:\n[ ] organ transplant\n[ ] cancer\n[x] hypertension
E6a  fail    Tick if present:\n[x] organ transplant (kidney 2012)\n[ ] cancer
E6a  pass                   Yes   No\nOrgan transplant   [ ]   [X]\nCancer             [X]   [ ]  breast 2015
E10  pass    PART 4 | COMORBIDITY | Yes | No | Comment\nCancer (any) | [ ] | [X]\nDialysis in past 3 months | [ ] | [X]
E2a  fail    PART 4 | COMORBIDITY | Yes | No | Comment\nCancer (any) | [ ] | [X]\nDialysis in past 3 months | [X] | [ ]
E10  pass    Question | Yes | No\nOrgan transplant | | x\nCancer (any) | | x
E10  fail    Question | Yes | No\nOrgan transplant | | x\nCancer (any) | x |
E10  fail                   Yes   No\nOrgan transplant   [ ]   [X]\nCancer             [X]   [ ]  breast 2015
E10  silent                       Yes   No\nOrgan transplant         [ ]   [X]\nCancer                   [ ]   [ ]
E6a  pass    | Question | Answer |\n|---|---|\n| Any cancer? | No |\n| Organ transplant? | No |
I6   pass    Suitable for leukapheresis: [x] yes [ ] no
I8   fail    Patient agrees to take part in this trial: [ ] yes [x] no
I8   fail    Wish of patient    [ ] agree to enter the trial   [x] not agree
I8   pass    Wish of patient    [x] agree to enter the trial   [ ] not agree
E7c  fail    HIV antibody [x] pos [ ] neg
E10  fail    HISTORY                yes   no\nOther disease ........ [ ]   [x]\nCancer ............... [x]   [ ]
I4a  pass    SLE ........ [x] yes [ ] no     Year: 2018\n\nORGAN FUNCTION (all 2026-03-02)\nLVEF ........ 61 %
E8   fail    IMMUNISATIONS\n24 February 2026   yellow fever (travel clinic, for a visit to family)
E7c  pass    HIV positive : No
I4b  raised  ECG normal: No
I4b  fail    ECG: [ ] normal [x] abnormal: atrial fibrillation
I4a  fail    LVEF _54_ %   (echo _02/03/26_)
E10  pass    |3| Tumour history     none\n|4| Infection now   none
E5   pass    |3| Tumour history     none\n|4| Infection now   none
I5   pass    |6| CAR-T history     none
E10  pass    |9| Liver     ALT 16  AST 20\n|10| Tumour history    none
E8   pass    |7| Live vaccine in 3 months  none
E10  pass    Past problems\n[Denied] heart disease; tumour; dialysis; transplantation.
E2a  pass    Past problems\n[Denied] heart disease; tumour; dialysis; transplantation.
E10  fail    [Denied] smoking. Breast cancer in 2019.
E2a  pass    >> NEVER HAD\n   dialysis / cancer / CAR-T / myocarditis\n\n>> OTHER\n   FluMist 2 March 2026
I5   pass    >> NEVER HAD\n   dialysis / cancer / CAR-T / myocarditis\n\n>> OTHER\n   FluMist 2 March 2026
E3e  pass    >> NEVER HAD\n   dialysis / cancer / CAR-T / myocarditis\n\n>> OTHER\n   FluMist 2 March 2026
E8   fail    >> NEVER HAD\n   dialysis / cancer / CAR-T / myocarditis\n\n>> OTHER\n   FluMist 2 March 2026
E2a  pass    Never:\n- cancer\n- dialysis\nLive vaccine: 2 March 2026
E8   fail    Never:\n- cancer\n- dialysis\nLive vaccine: 2 March 2026
E1   pass    None of the following: dialysis; neuropsychiatric lupus; cancer
E10  fail    None of the following: dialysis; cancer except breast 2019
E10  pass    Pertinent negatives: dialysis, transplant; cancer.
E2a  pass    Relevant negatives\n\n* cancer\n* dialysis
E10  fail    Never had\n  dialysis\nShe has breast cancer.
E10  pass    Q4. Has the patient ever had cancer?\nA4. No.
E2a  fail    Q: On dialysis?\nA: yes, thrice weekly.
E10  pass    Cancer? - not that we know of
E10  raised  Cancer? - not sure
E11a pass    Trials: has not been in any for two years
E11a pass    Clinical trials: she has never been in one
E8   pass    Live vaccines: not one in the past twelve months
I5   pass    CAR-T before? not to date
E2a  pass    Dialysis         [ ] yes  [x] never
E2a  fail    Dialysis         [ ] never  [x] yes, since May 2026
E6b  pass    Transplant, organ or stem cell     [ ] yes  [x] never
E2a  silent  Dialysis         [ ] yes  [ ] no\nCancer           [ ] yes  [x] no
E10  silent  Cancer           [ ] yes  [ ] no  [ ] not known\nDialysis         [ ] yes  [x] no
E6a  silent  Solid organ transplant    [x] yes  [x] no
I5   pass    CAR-T            [ ] yes  [x] never
E3d  fail    Pericardial effusion  [ ] none  [ ] small  [x] moderate   on 20 May 2026
E3d  pass    Pericardial effusion  [x] none  [ ] small  [ ] moderate   on 20 May 2026
E2a  pass    EXCLUSIONS                  Y   N\n Dialysis or RRT, ever          x\n Cancer                     x
E10  fail    EXCLUSIONS                  Y   N\n Dialysis or RRT, ever          x\n Cancer                     x
E2a  silent  EXCLUSIONS                  Y   N\n Dialysis or RRT, ever        x\n Cancer                     x
E10  pass    To be checked          Yes     No\n Cancer, ever                  x\n Stem cells                    x
E4   pass    | # | Item | Finding |\n| 1 | Other dz on steroids/IS | no other autoimmune or inflammatory disease |
"""
_ROWS = [line.split(maxsplit=2) for line in _FORMS.strip().splitlines()]


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline([read_protocol("NCT06934447")])


@pytest.mark.parametrize(("criterion", "answer", "form"), _ROWS)
def test_a_form_gives_its_answer(pipeline: Pipeline, criterion: str, answer: str, form: str) -> None:
    screening = pipeline.screen([letter_from_text(_HEAD + form.replace("\\n", "\n") + "\n", "form", "form")])[0]
    (found,) = [entry for entry in screening_json(screening)["criteria"] if entry["id"] == criterion]
    assert (found["answer"] if found["answer"] != "unknown" else "raised" if found["raised"] else "silent") == answer


_PIECES = st.sampled_from(
    ["[x]", "[ ]", " Yes ", " No", "|", "\n", "....", "____", ": ", "?", " within 4 weeks", "HIV"]
)


@given(st.lists(_PIECES, max_size=20).map("".join))
def test_filling_in_keeps_the_length_and_the_lines(text: str) -> None:
    filled = fill_in(text)
    assert len(filled) == len(text)
    assert [at for at, char in enumerate(filled) if char == "\n"] == [
        at for at, char in enumerate(text) if char == "\n"
    ]


def test_an_age_and_a_sex_behind_leaders() -> None:
    letter = letter_from_text(
        "Form date: 2026-02-16\n\nAge ............. 22\nSex ............. [x] M   [ ] F\n", "f", "f"
    )
    told = {fact.concept: fact.value for fact in extractor().extract(letter.document, 0)[0]}
    assert isinstance(told["age"], Quantity) and told["age"].interval.low == 22
    assert isinstance(told["sex"], Coded) and told["sex"].code == "male"


def test_plain_prose_is_left_alone() -> None:
    prose = "She has SLE (see above) - no fever; ALT 20... Is she fit? She is. [1] [2] and x[3]."
    assert fill_in(prose) == prose
