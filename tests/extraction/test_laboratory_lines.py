"""Laboratory lines as charts, print-outs and letters of many countries write them; each with the value it tells.

Values are in the concept's own unit (creatinine and bilirubin µmol/L, haemoglobin g/L, complement g/L, CRP mg/L). Of a
course the last value is the newest; what is older is told as past.
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.measurements import read_measurements
from kb.facts import Coded, Fact, Quantity
from tests.extraction.reading import facts, read

TODAY = date(2026, 6, 15)


def _of(text: str, concept: str) -> list[Fact]:
    found = read_measurements(read(text + "\n", TODAY))
    return [fact for fact in found if fact.concept == concept and fact.value is not None]


def _number(fact: Fact) -> float:
    assert isinstance(fact.value, Quantity)
    low, high = fact.value.interval.low, fact.value.interval.high
    assert low is not None and low == high
    return low


def _newest(text: str, concept: str) -> float:
    """The one value that is not told as past, or the latest by date."""
    current = [fact for fact in _of(text, concept) if fact.temporality == "current"]
    days = [fact.time.latest for fact in current if fact.time is not None and fact.time.latest is not None]
    if len(current) > 1 and len(days) == len(current):
        current = [fact for fact in current if fact.time is not None and fact.time.latest == max(days)]
    assert len(current) == 1
    return _number(current[0])


@pytest.mark.parametrize(
    ("text", "concept", "value"),
    [
        # a chart without spaces
        ("Na138 K4.1 Cr88", "sodium", 138),
        ("Na138 K4.1 Cr88", "potassium", 4.1),
        ("Na138 K4.1 Cr88", "creatinine", 88),
        ("Obs: HR76 BP120/80 RR16 SaO2 98%", "heart-rate", 76),
        ("Obs: HR76 BP120/80 RR16 SaO2 98%", "systolic-bp", 120),
        ("Hb10.5 WCC3.2 Plt95", "haemoglobin", 105),
        # scans
        ("Creatinine 1 .2 mg/dL", "creatinine", 106.08),
        ("Creatinine 1. 2 mg/dL", "creatinine", 106.08),
        ("creatinine 1 , 2 mg/dl", "creatinine", 106.08),
        ("Creatinine l.2 mg/dL", "creatinine", 106.08),
        ("Creatinine 88 pmol/L (60-110)", "creatinine", 88),
        # flags before the value, arrows, states
        ("Creatinine H 120 (49-90)", "creatinine", 120),
        ("Creatinine ↑ 120", "creatinine", 120),
        ("albumin deficit (2.38 g/dL)", "albumin", 23.8),
        ("His creatinine upon presentation was 2.4 mg/dL", "creatinine", 212.16),
        # what was reached is no bound
        ("ALT was markedly elevated up to 272 U/L", "alt", 272),
        # print-outs
        ("NEUT% 60.2 % LYM% 30.1 %", "neutrophil-share", 60.2),
        ("NEUT% 60.2 % LYM% 30.1 %", "lymphocyte-share", 30.1),
        ("NEU# 1.2 LYM# 0.6", "neutrophils", 1.2),
        ("PT/INR 12.5/1.1", "inr", 1.1),
        ("PT/INR 12.5/1.1", "prothrombin-time", 12.5),
        ("肌酐 88 umol/L", "creatinine", 88),
        ("白细胞 3.2 10^9/L  血小板 95 10^9/L", "platelets", 95),
        ("Thrombozyten 95 Tsd/µl", "platelets", 95),
        ("creatininemia 169 umol/L", "creatinine", 169),
        ("kalemia 5.2 mmol/L, natremia 135 mmol/L", "sodium", 135),
        ("Hemoglobin 6.5 mmol/L", "haemoglobin", 104.74),
        ("LFT: Bil 12, ALT 45, ALP 98, Alb 32", "bilirubin-total", 12),
        ("FVC 2.7 L (69% of predicted)", "fvc-percent", 69),
        # the line below
        ("Serum creatinine\n88 umol/L", "creatinine", 88),
        ("Total bilirubin level\n (XE2qu) 17", "bilirubin-total", 17),
        ("Creatinine\nResult: 88 umol/L\nRange: 49-90", "creatinine", 88),
        ("WBC\n3.2\n10^9/L\n4.0-11.0", "wbc", 3.2),
    ],
)
def test_a_line_tells_its_value(text: str, concept: str, value: float) -> None:
    (fact,) = _of(text, concept)
    assert _number(fact) == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize("text", ["Creatinine\nALT\n88\n45", "Creatinine\n88\n45", "Creatinine\n2. ALT 45"])
def test_stacked_names_and_values_tell_nothing(text: str) -> None:
    assert _of(text, "creatinine") == []


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("creatinine level ranged from 88 to 120 umol/L", 88, 120),
        ("Creatinine levels ranged from256 to 362 umol/L", 256, 362),
        ("Creat 88, 102, 120", 88, 120),
        ("creatinine fluctuating from 88 to 120 umol/L", 88, 120),
    ],
)
def test_a_range_or_a_row_without_an_order_is_one_value(text: str, low: float, high: float) -> None:
    (fact,) = _of(text, "creatinine")
    assert isinstance(fact.value, Quantity) and (fact.value.interval.low, fact.value.interval.high) == (low, high)


@pytest.mark.parametrize(
    ("text", "concept", "value"),
    [
        ("Creat 88 > 102 > 140", "creatinine", 140),
        ("On 3 May creatinine was 88 umol/L; on 10 June it was 120 umol/L", "creatinine", 120),
        ("On 3 May creatinine was 88 umol/L. On 10 June it was 120 umol/L", "creatinine", 120),
        ("Creatinine fell from 175 umol/L (11 April) to 133 umol/L (12 May) and then remained stable (138 umol/L)",
         "creatinine", 138),
        ("Cr 1.1 (15/3/26) 2.4 (20/4/26)", "creatinine", 212.164),
        ("creatinine has risen by 40 to 180 umol/L", "creatinine", 180),
        ("Creatinine trend 240 → 180 → 110 umol/L", "creatinine", 110),
        ("QTc remained prolonged (600 msec at the age of 37, 780 msec at 44)", "qtc", 780),
        # occasions behind the values
        ("Creatinine was 80 umol/L on admission and 210 umol/L at discharge.", "creatinine", 210),
        ("Creatinine 240 (on admission), 110 (on discharge)", "creatinine", 110),
        ("Platelets 45 at presentation, 150 after IVIG", "platelets", 150),
        ("Creatinine (admission/discharge): 240/110 umol/L", "creatinine", 110),
        # occasions of two mentions, in either order
        ("Admission creatinine was 80 umol/L; discharge creatinine was 210 umol/L.", "creatinine", 210),
        ("Discharge creatinine 110 umol/L (admission creatinine 240 umol/L).", "creatinine", 110),
        ("Her baseline creatinine was 72 umol/L. Current creatinine 140 umol/L.", "creatinine", 140),
        ("Previous creatinine 80 umol/L. On admission creatinine 210 umol/L.", "creatinine", 210),
        ("Baseline creatinine was 102 umol/L. Three months later creatinine was 80 umol/L.", "creatinine", 80),
        ("Peak ALT 640 U/L, ALT now 45 U/L", "alt", 45),
        ("On admission:\nCreatinine 80\nHb 98\nOn discharge:\nCreatinine 210\nHb 102", "creatinine", 210),
        ("Labs on admission: Cr 240, Hb 98.\nLabs on discharge: Cr 110, Hb 102.", "haemoglobin", 102),
        # two times told respectively
        ("Hb on 3 May and 10 June was 10.5 and 9.8 g/dL respectively", "haemoglobin", 98),
        ("Creatinine before and after treatment was 240 and 110 umol/L, respectively", "creatinine", 110),
    ],
)  # fmt: skip
def test_the_newest_of_several_values(text: str, concept: str, value: float) -> None:
    assert _newest(text, concept) == pytest.approx(value, rel=1e-4)


def test_occasions_of_one_time_leave_both_values_open() -> None:
    both = _of("Admission platelets 150, nadir platelets 12", "platelets")
    assert [fact.temporality for fact in both] == ["current", "current"]


def test_a_dated_later_value_puts_the_earlier_before_its_day() -> None:
    first, second = _of("On admission creatinine was 80 umol/L. At discharge on 3 June creatinine 210.", "creatinine")
    assert first.time is not None and second.time is not None
    assert first.time.latest == date(2026, 6, 2) and second.time.latest == date(2026, 6, 3)


def test_two_values_with_one_sign_may_be_value_and_reference() -> None:
    (fact,) = _of("eGFR 45 > 60", "egfr")
    assert _number(fact) == 45


@pytest.mark.parametrize(
    ("text", "concept", "value"),
    [
        ("Copper and creatinine were 12 umol/L and 88 umol/L, respectively", "creatinine", 88),
        ("Serum myoglobin, CK and creatinine were 120 ug/L, 245 U/L and 88 umol/L, respectively", "ck", 245),
        ("The AST, ALT and bilirubin levels were 38, 45 U/L and 12 umol/L, respectively", "bilirubin-total", 12),
        ("The AST, ALT and bilirubin levels were 38, 45 U/L and 12 umol/L, respectively", "ast", 38),
        ("ALT (alanine transaminase) and AST (aspartate transaminase) rose to 272 and 743, respectively", "ast", 743),
        ("Growth hormone and cortisol were 30.9 mU/L (normal >20) and 447 nmol/L (normal >500), respectively",
         "cortisol", 447),
        ("creatinine and sodium were within normal limits, i.e. 0.7 mg/dL and 137 mEq/L, respectively", "sodium", 137),
        ("FEV1 and FVC of 2.7 L (69% of predicted) and 3.2 L (68% of predicted), respectively", "fvc-percent", 68),
    ],
)  # fmt: skip
def test_numbers_told_respectively(text: str, concept: str, value: float) -> None:
    (fact,) = _of(text, concept)
    assert _number(fact) == value


def test_numbers_that_do_not_come_out_even_are_not_read() -> None:
    assert _of("Creatinine was 88 umol/L and 12 umol/L, respectively", "creatinine") == []


@pytest.mark.parametrize(
    ("text", "concept", "code"),
    [
        ("no sign of haemolysis, elevated C-reactive protein, elevated serum creatinine", "creatinine", "high"),
        ("No rash, raised ALT", "alt", "high"),
        ("no proteinuria, reduced C3", "c3", "low"),
        ("no raised ALT", "alt", "normal"),
        ("no fever, raised CRP or leukocytosis", "crp", "normal"),
        ("no evidence of raised CRP", "crp", "normal"),
        ("her β-HCG level had declined to < 3 mIU/mL", "pregnancy-test-blood", "negative"),
        ("HIV test declined", "hiv-antibody", "not_done"),
        ("ANA 0.4 (0-0.8 negative)", "ana", "negative"),
        ("her WBC and differential count was completely normal", "wbc", "normal"),
        ("Tests including renal function and tumour markers such as CA-125 were all in normal range.",
         "renal-function", "normal"),
    ],
)  # fmt: skip
def test_words_as_results(text: str, concept: str, code: str) -> None:
    assert [fact.value.code for fact in _of(text, concept) if isinstance(fact.value, Coded)] == [code]


@pytest.mark.parametrize("text", ["LVEF depression (40%)", "respiratory depression", "bone marrow depression"])
def test_a_depressed_organ_is_no_depression(text: str) -> None:
    assert "depression" not in {fact.concept for fact in facts(text + "\n")}


@given(st.integers(26, 220), st.sampled_from(["Hb{}", "Hb {}", "Hb: {}", "Hb L {}", "Hb ↓ {}", "Hb\n{}"]))
def test_a_haemoglobin_is_the_same_in_every_layout(value: int, layout: str) -> None:
    (fact,) = _of(layout.format(value), "haemoglobin")
    assert _number(fact) == value


@given(st.integers(30, 900), st.integers(30, 900))
def test_of_admission_and_discharge_the_latter_counts(first: int, second: int) -> None:
    text = f"Creatinine on admission was {first} umol/L. At discharge creatinine was {second} umol/L."
    assert _newest(text, "creatinine") == second
