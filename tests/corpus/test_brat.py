"""Folders of brat: the labels that they are, and the configuration with which brat opens them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corpus.brat import configuration
from corpus.gold import GoldError, read_letter, read_letters
from corpus.standoff import KINDS, concept_attribute, type_of

TEXT = "Woman of 31. cancer? No cancer.\nPrednisolone 40 mg."
LINES = """\
T1\tDemographic 9 11\t31
T2\tCondition 24 30\tcancer
T3\tMedication 32 50\tPrednisolone 40 mg
A1\tDemographic_concept T1 age
A2\tCondition_concept T2 malignancy
A3\tAssertion T2 absent
A4\tMedication_concept T3 prednisolone
A5\tStatus T3 past
#1\tAnnotatorNotes T1\tvalue: 31..<32 a
#2\tAnnotatorNotes T3\tper_day: 40; start: 2026-05-01; end: 2026-06-01..2026-06-30
"""


def write(folder: Path, lines: str = LINES) -> Path:
    path = folder / "letter.txt"
    path.write_text(TEXT, encoding="utf-8")
    path.with_suffix(".ann").write_text(lines, encoding="utf-8")
    return path


def test_annotations_are_complete_labels_of_facts_alone(tmp_path: Path) -> None:
    (letter,) = read_letters(write(tmp_path).parent)
    assert letter.complete and letter.gold.facts_alone
    age, cancer, steroid = letter.gold.facts
    assert [letter.text[start:end] for start, end in letter.spans] == ["31", "cancer", "Prednisolone 40 mg"]
    assert letter.spans[1] == (24, 30), "the second word of that name"
    assert age.value is not None and age.value.model_dump() == {"low": 31, "high": 31, "unit": "a"}
    assert (cancer.assertion, cancer.experiencer, cancer.temporality) == ("absent", "patient", "current")
    assert "temporality" in cancer.model_fields_set, "an annotator who leaves it says that it is current"
    assert (steroid.status, steroid.per_day, steroid.per_kg) == ("past", (40, 40), None)
    assert [day and day.isoformat() for day in steroid.time or ()] == ["2026-05-01", "2026-06-30"]


def test_labels_that_do_not_fit_are_refused_with_their_place(tmp_path: Path) -> None:
    path = write(tmp_path, LINES.replace("24 30", "24 31"))
    with pytest.raises(GoldError, match=r"letter\.ann: line 2: its words are not those at its place"):
        read_letter(path)
    path.with_suffix(".ann").write_bytes(b"T1\tCondition 0 1\t\xff\n")
    with pytest.raises(GoldError, match="UTF-8"):
        read_letter(path)
    path.with_suffix(".yaml").touch()
    with pytest.raises(GoldError, match=r"has both letter\.yaml and letter\.ann"):
        read_letter(path)


def test_the_configuration_offers_every_kind_and_its_concepts() -> None:
    made = configuration({kind: ["one", "two"] for kind in KINDS})
    assert sorted(made) == ["annotation.conf", "tools.conf", "visual.conf"]
    sections = dict(re.findall(r"\[(\w+)\]\n(.*?)(?=\n\[|\Z)", made["annotation.conf"], re.DOTALL))
    assert list(sections) == ["entities", "relations", "events", "attributes"], "brat asks for all four"
    assert sections["entities"].split() == [type_of(kind) for kind in KINDS]
    assert "<OVL-TYPE>:<ANY>" in sections["relations"], "else brat marks facts that share words as errors"
    lines = sections["attributes"].splitlines()
    assert all(re.fullmatch(r"\w+\tArg:(<ENTITY>|\w+), Value:[\w.|-]+", line) for line in lines)
    assert {line.split("\t")[0] for line in lines} >= {concept_attribute(kind) for kind in KINDS}
    assert "Assertion\tArg:<ENTITY>, Value:absent|possible|conditional" in lines
