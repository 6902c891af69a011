"""Names of tests as print-outs write them, and runs on a Holter: a line and a criterion in, its answer out."""

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
    ("I4b", "ECG: sinus rhythm. Holter 26 February 2026: two runs of ventricular tachycardia.", "unknown"),
    ("E3c", "ECG: sinus rhythm. Holter 26 February 2026: two runs of ventricular tachycardia.", "fail"),
    ("I4b", "NSVT on telemetry. ECG normal.", "unknown"),
    ("I4b", "ECG: ventricular tachycardia.", "fail"),
    ("I4b", "Holter: permanent atrial fibrillation.", "fail"),
]


@pytest.mark.parametrize(("criterion", "text", "answer"), TOLD)
def test_a_test_is_known_by_the_name_of_the_print_out(criterion: str, text: str, answer: str) -> None:
    assert answered(criterion, text) == answer
