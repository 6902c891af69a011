"""Cost follows length: twice the text takes about twice the steps, whatever is in it (counted, not timed)."""

from __future__ import annotations

import re
import sys
from types import FrameType

import pytest

from extraction.extractor import Extractor
from extraction.scanning import matches_from
from extraction.sentences import sentence_spans
from extraction.spans import Spans
from kb.facts import Document

PIECES = (
    *("no ", "and ", "(", "10-", "1/", "| ", "9", "a", "\n- ", "A: ", ". ", "x "),
    *("12/03/2020 ", "for 3 weeks ", "lupus ", "no fever, ", "creatinine 80, ", "prednisolone 10 mg.\n", "sister "),
)
LENGTH = 4_000


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    extractor = Extractor()
    for piece in PIECES:  # what is made once and kept is not counted
        extractor.extract(Document("letter", f"She was seen. {piece * 9}", ""))
    return extractor


def _steps(extractor: Extractor, text: str) -> int:
    """The calls of Python and of its C functions while the text is read."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        extractor.extract(Document("letter", text, ""))
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", PIECES)
def test_steps_follow_the_length(extractor: Extractor, piece: str) -> None:
    once, twice = (f"She was seen in clinic. {piece * (length // len(piece))}" for length in (LENGTH, 2 * LENGTH))
    assert _steps(extractor, twice) < 2.6 * _steps(extractor, once) + 3_000


@pytest.mark.parametrize("text", ["word " * 3_000, "w" * 9_000])
def test_a_sentence_without_an_end_is_cut(text: str) -> None:
    sentences = sentence_spans(text)
    assert max(end - start for start, end in sentences) <= 2_000
    assert "".join(text[start:end] for start, end in sentences).replace(" ", "") == text.replace(" ", "")


def test_spans_are_held_and_overlap_as_by_a_search() -> None:
    told = [(5, 9), (1, 12), (20, 21), (13, 15)]
    spans = Spans(told)
    for start in range(25):
        assert spans.hold(start) == any(low <= start < high for low, high in told)
        assert spans.overlap(start, start + 2) == any(low < start + 2 and start < high for low, high in told)


def test_an_empty_match_does_not_hold_the_scan() -> None:

    assert len(list(matches_from(re.compile("a"), re.compile("b*"), "aaa"))) == 3
