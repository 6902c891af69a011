import pytest

from tests.extraction.reading import read


def section_of(text: str, words: str) -> str | None:
    return read(text).section_at(text.index(words))


@pytest.mark.parametrize(
    ("text", "words", "section"),
    [
        ("PMH: asthma\nFH: mother had SLE", "asthma", "past_medical_history"),
        ("PMH: asthma\nFH: mother had SLE", "mother", "family_history"),
        ("MEDS\n- prednisone 20 mg\nPlan\nsee in 2 weeks", "prednisone", "medications"),
        ("MEDS\n- prednisone 20 mg\nPlan\nsee in 2 weeks", "see", "plan"),
        ("Drug allergies: penicillin", "penicillin", "allergies"),
        ("LABS (04/20/2026)\nALT 34", "ALT", "investigations"),
        ("HX: fever.,PMH:, Migraine.,FHX: , Unremarkable.", "Migraine", "past_medical_history"),
        ("ALLERGIES: , None., MEDICATIONS: , Zyrtec.", "Zyrtec", "medications"),
        ("Allergies: penicillin\n\nGiven rituximab in May.", "rituximab", None),
        ("Allergies\n\npenicillin\n\nGiven rituximab in May.", "penicillin", "allergies"),
        ("FAMILY HISTORY: none\nROUND-UP OF RESULTS: ALT 34", "ALT", None),
        ("FAMILY HISTORY:\nMOTHER: diabetes\nBROTHERS: asthma", "asthma", "family_history"),
        ("ALLERGIES: none\nMEDICATIONS AT HOME: lisinopril", "lisinopril", "medications"),
    ],
)
def test_headings_open_sections(text: str, words: str, section: str) -> None:
    assert section_of(text, words) == section


def test_a_word_inside_a_sentence_opens_none() -> None:
    assert section_of("We have a plan to treat her allergies and see.", "treat") is None


def test_running_text_behind_a_blank_line_belongs_to_no_heading() -> None:
    text = (
        "Current treatment: prednisolone 10 mg\n\nThank you for seeing this lady who has had lupus for ten long years."
    )
    assert section_of(text, "prednisolone") == "medications"
    assert section_of(text, "lupus") is None


def test_a_heading_is_no_mention() -> None:
    assert not [mention for mention in read("PE: chest clear").mentions if mention.concept == "pulmonary-embolism"]
