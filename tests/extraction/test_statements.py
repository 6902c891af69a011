import re

import pytest

from extraction.knowledge import cues
from extraction.statements import compile_pattern
from kb.facts import Coded
from tests.extraction.reading import facts


def statements(text: str) -> set[tuple[str, str | None, str]]:
    return {
        (fact.concept, fact.value.code if isinstance(fact.value, Coded) else None, fact.assertion)
        for fact in facts(text)
        if fact.kind == "statement"
    }


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("He fulfils the 2019 EULAR/ACR criteria.", ("classification-2019", None, "present")),
        ("She remains highly active despite treatment.", ("disease-activity", "active", "present")),
        ("Mildly active disease.", ("disease-activity", "mild", "present")),
        ("Her lupus is currently in remission.", ("disease-activity", "remission", "present")),
        ("She has agreed to take part in the trial.", ("consent", None, "present")),
        ("Informed consent will be obtained.", ("consent", None, "possible")),
        ("She declined to participate in the study.", ("consent", None, "absent")),
        ("She is keen to be considered.", ("trial-interest", None, "present")),
        ("Has only ever had hydroxychloroquine.", ("treatment-history-closed", None, "present")),
        ("Agrees to use effective contraception for a year.", ("contraception-agreement", None, "present")),
        ("She has a copper coil.", ("contraception-in-use", None, "present")),
        ("Cleared for leukapheresis by the unit.", ("apheresis-fitness", None, "present")),
        ("Poor venous access precludes leukapheresis.", ("apheresis-fitness", None, "absent")),
        ("Haemodynamically stable.", ("haemodynamics", "stable", "present")),
        ("No signs of infection, haemodynamically stable.", ("haemodynamics", "stable", "present")),
        ("VS: stable. BP 118/72.", ("haemodynamics", "stable", "present")),
        ("No contraindication for cell collection.", ("apheresis-fitness", None, "present")),
        ("Not contraindicated for apheresis.", ("apheresis-fitness", None, "present")),
        ("Veins poor on both arms, apheresis unit has still to look.", ("apheresis-fitness", None, "possible")),
        (
            "Apheresis was not possible in 2024, but she is now cleared for leukapheresis.",
            ("apheresis-fitness", None, "present"),
        ),
        ("At first she declined the trial, but has now agreed to take part.", ("consent", None, "present")),
        ("I do not expect her to need more steroid for the kidney.", ("opinion-kidney", None, "present")),
        ("I would not think her suitable unless somebody stays with her.", ("opinion-unsuitable", None, "present")),
        ("We plan to restart MMF for her nephritis.", ("opinion-kidney", None, "present")),
        ("I have concerns about adherence.", ("opinion-unsuitable", None, "present")),
    ],
)
def test_what_is_said(text: str, statement: tuple[str, str | None, str]) -> None:
    assert statement in statements(text)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("She gave informed consent for the renal biopsy in 2023.", "consent"),
        ("Thank you for considering her for your trial.", "trial-interest"),
        ("MMF was increased to 3 g in 2023 for the nephritis.", "opinion-kidney"),
        ("She consented to this referral.", "consent"),
        ("The disease is mild.", "consent"),
        ("Apheresis was discussed.", "apheresis-fitness"),
        ("Blood pressure 120/80.", "haemodynamics"),
        ("She has a cochlear implant.", "contraception-in-use"),
        ("Cataract extraction with intraocular lens implant.", "contraception-in-use"),
        ("After consent was obtained, the patient was taken to the operating room.", "consent"),
        ("The patient is interested in gastric bypass surgery.", "trial-interest"),
        ("All questions have been answered, and the patient understands the surgery.", "opinion-unsuitable"),
    ],
)
def test_what_is_not_said(text: str, concept: str) -> None:
    assert concept not in {found for found, _, _ in statements(text)}


def test_every_pattern_compiles_and_gaps_are_bounded() -> None:
    for entry in cues("statements").values():
        lists = [entry.get(key, []) for key in ("present", "absent", "possible")] + list(
            entry.get("codes", {}).values()
        )
        for pattern in (pattern for patterns in lists for pattern in patterns):
            assert "+" not in re.sub(r"\\.|\[[^\]]*\]", "", compile_pattern(pattern)).replace("\\+", "")
