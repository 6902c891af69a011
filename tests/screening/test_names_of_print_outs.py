"""Names of tests on print-outs, runs on a Holter, what is still to come: a line in, the answer of its criterion out."""

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


def answered(criterion: str, text: str) -> str:
    letter = Letter(Document("letter", f"A 31-year-old woman with SLE. {text}", "", Time.on(date(2026, 3, 10))))
    (screening,) = pipeline().screen([letter])
    found = next(one for one in screening.decision.answers if one.criterion.id == criterion)
    return "silent" if found.silent else found.answer


TOLD = [
    ("E7b", "HCV Ab reactive\nHCV RNA, quant PCR   Not detected", "pass"),
    ("E7b", "HCV Ab reactive\nHCV RNA, quant PCR   45000 IU/mL", "fail"),
    ("E7b", "HCV Ab reactive\nHCV RNA qn   Not detected", "pass"),
    ("E7a", "HBcAb positive\nHBV DNA, quant PCR   Detected", "fail"),
    ("E7e", "CMV DNA, quant PCR   Not detected", "pass"),
    ("E7e", "CMV DNA, quant PCR   Detected", "fail"),
    ("E7d", "HIV (-), TPLA (-)", "pass"),
    ("E7d", "TPLA (+), RPR 1:8", "fail"),
    ("I4f", "S. Bil (T) 0.6 mg/dl, SGOT 31 U/L", "pass"),
    ("I4f", "S. Bil (T) 3.6 mg/dl", "fail"),
    ("I4f", "S. Bil(T) 0.6, S. Bil(D) 0.2", "pass"),
    ("I4f", "S. Bil (D) 3.6 mg/dl", "silent"),
    ("I4a", "Echocardiogram 20 February 2026: FE 58 %, no pericardial effusion.", "pass"),
    ("I4a", "Echo 20 February 2026: FE 48 %.", "fail"),
    ("I4a", "FE 58", "silent"),
    ("I4a", "FE 58 [60-170]", "silent"),
    ("I4a", "Serum Fe 58 ug/dL.", "silent"),
    (
        "I4b",
        "ECG 24 February 2026: sinus rhythm. Holter 26 February 2026: two runs of ventricular tachycardia.",
        "unknown",
    ),
    ("E3c", "ECG: sinus rhythm. Holter 26 February 2026: two runs of ventricular tachycardia.", "fail"),
    ("I4b", "NSVT on telemetry. ECG normal.", "unknown"),
    ("I4b", "ECG: ventricular tachycardia.", "fail"),
    ("I4b", "Holter: permanent atrial fibrillation.", "fail"),
    ("I6", "She has good veins, but the apheresis unit has not seen her.", "unknown"),
    ("I6", "The apheresis nurses have not looked at her arms.", "unknown"),
    ("I6", "The apheresis team has seen her and she is suitable for leukapheresis.", "pass"),
    ("E11a", "Not enrolled in any trial, now or earlier.", "pass"),
    ("E11a", "Not in a trial now.", "unknown"),
]


@pytest.mark.parametrize(("criterion", "text", "answer"), TOLD)
def test_the_line_answers_its_criterion(criterion: str, text: str, answer: str) -> None:
    assert answered(criterion, text) == answer
