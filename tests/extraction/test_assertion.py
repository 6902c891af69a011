"""What is said of a mention: sentences with marked mentions, `[words]{assertion experiencer temporality}`.

Only what differs from "present patient current" is written in the braces.
"""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.extractor import Extractor
from kb.facts import Document, Time

_MARK = re.compile(r"\[([^\]]+)\]\{([^}]*)\}")
_EXPERIENCERS = ("family", "other")
_TEMPORALITIES = ("historical", "planned")


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def read_marks(marked: str) -> tuple[str, list[tuple[int, int, tuple[str, str, str]]]]:
    """The plain text, and the span and expected fields of every mark."""
    plain, expected, at = "", [], 0
    for match in _MARK.finditer(marked):
        plain += marked[at : match.start()]
        said = match[2].split()
        experiencer = next((word for word in said if word in _EXPERIENCERS), "patient")
        temporality = next((word for word in said if word in _TEMPORALITIES), "current")
        rest = [word for word in said if word not in _EXPERIENCERS + _TEMPORALITIES]
        fields = (rest[0] if rest else "present", experiencer, temporality)
        expected.append((len(plain), len(plain) + len(match[1]), fields))
        plain += match[1]
        at = match.end()
    return plain + marked[at:], expected


def check(extractor: Extractor, marked: str) -> None:
    text, expected = read_marks(marked)
    document = Document("letter", text, "", Time.on(date(2026, 6, 15)))
    reading = extractor.read(document, spans=[(start, end) for start, end, _ in expected])
    spans = {(m.start, m.end): m for m in reading.mentions if m.kind == "span"}
    for start, end, fields in expected:
        mention = spans[start, end]
        got = (mention.assertion, mention.experiencer, mention.temporality)
        assert got == fields, f"{text[start:end]!r} in {text!r}"


DENIED = [
    "She denies [chest pain]{absent}; she reports [joint pain]{}.",
    "No [fever]{absent}, has a [malar rash]{}.",
    "Without [rash]{absent} her [arthritis]{} persists.",
    "No [rash]{absent} but [arthritis]{} is present.",
    "No [fever]{absent}, [rash]{absent}, [ulcers]{absent} or [arthritis]{absent}.",
    "Denies [fever]{absent}, [chills]{absent}, [night sweats]{absent} and [cough]{absent}.",
    "No signs or symptoms of [infection]{absent}.",
    "There is no active [infection]{absent} and she is afebrile.",
    "She is negative for [malignancy]{absent}.",
    "Chest clear, no [oedema]{absent}, [malar rash]{} present.",
    "ANA positive, no [malignancy]{absent}, [arthritis]{} persists.",
    "No [pericardial effusion]{absent}, EF 60 %, mild [mitral regurgitation]{}.",
    "She does not have [SLE]{absent}.",
    "No findings suggesting [infection]{absent}.",
    "No [rash]{absent} and has [arthritis]{}.",
    "Not on [dialysis]{absent}.",
    "[Dermatomyositis]{} rather than [SLE]{absent}.",
    "No acute [pericarditis]{absent} was seen, however a small [effusion]{} remains.",
    "She has no [haemoptysis]{absent}, which is a relief; the [cough]{} goes on.",
]

ANSWERED = [
    "[Rash]{absent}: no",
    "[Fever]{absent}: no, [arthritis]{}: yes",
    "[Malignancy]{absent} - nil",
    "[Chest pain]{absent} (-), [rash]{}",
    "[Fever]{absent}, [rash]{absent}, [ulcers]{absent}: none",
    "[Pneumonia]{absent} was excluded by CT.",
    "[Infection]{absent} and [malignancy]{absent} were excluded.",
    "[Seizure]{absent}-free since 2019.",
    "Suspected [pneumonia]{absent} was ruled out.",
    "She has [arthritis]{}, [malignancy]{absent} excluded.",
    "Skin: no [rash]{absent}.",
    "[Malignancy]{absent}: N   [Infection]{absent}: N",
    "[Infections]{absent}: nil current",
    "CT ruled out [malignancy]{absent}.",
    "[Pneumonia]{absent} ruled out, [malignancy]{} confirmed.",
    "Negative: [fever]{absent}, [chills]{absent}.",
]

NEVER = [
    "No history of [malignancy]{absent historical}, [TB]{absent historical} or [stroke]{absent historical}.",
    "She has never had a [transplant]{absent historical} or [malignancy]{absent historical}.",
    "No previous [malignancy]{absent historical}.",
    "no h/o [TB]{absent historical}, [diabetes]{absent historical}, [HTN]{absent historical}",
]

NOT_A_DENIAL = [
    "No change in her [malar rash]{}.",
    "There was no increase in [proteinuria]{}.",
    "No worsening of her [arthritis]{}.",
    "No reason to stop hydroxychloroquine for [lupus nephritis]{}.",
    "Her [nephritis]{} did not respond to mycophenolate.",
    "Not only [arthritis]{} but also [rash]{}.",
    "There is no doubt that she has [lupus]{}.",
    "There is [septal infarct]{} with negative deflections.",
    "The [arthritis]{} is not controlled.",
]

DOUBTED = [
    "?[APS]{possible}",
    "Query [pulmonary embolism]{possible}.",
    "Probable [lupus nephritis]{possible}.",
    "[PE]{possible} cannot be excluded.",
    "Suspected [infection]{possible}, no [fever]{absent}.",
    "No [fever]{absent}, possible [pneumonia]{possible}.",
    "CT to rule out [malignancy]{possible}.",
    "[Myocarditis]{possible} is in the differential.",
]

CONDITIONED = [
    "If she develops [fever]{conditional}, stop mycophenolate.",
    "Should she develop [pneumonia]{conditional} please call.",
    "If she has no [fever]{conditional} she may go home.",
    "Risk of [infection]{conditional} was explained.",
    "Co-trimoxazole to prevent [PJP]{conditional}.",
    "Thank you for your advice about this girl with [SLE]{}.",
    "Please monitor for [infection]{conditional}.",
]

IN_TIME = [
    "Previous [pneumonia]{historical} in 2015.",
    "History of [MI]{historical}, [stroke]{historical} and [AF]{historical}.",
    "[Seizures]{historical} resolved in 2019.",
    "s/p [pericarditis]{historical}",
    "PMH: [hypertension]{historical}, [asthma]{historical}",
    "She has a 5-year history of [SLE]{}.",
    "The patient is a 34-year-old woman with [lupus nephritis]{}.",
    "No [infections]{absent} in the past 3 months.",
    "s/p [hysterectomy]{historical}, [SLE]{} for 20 years",
    "A history of [asthma]{historical} and denies [fever]{absent}.",
]

LISTS_WITH_A_VERB = [
    "No [pneumothorax]{absent} or [pleural effusion]{absent} was present.",
    "No [rash]{absent}, [bleeding]{absent} or [joint swelling]{absent} were seen.",
    "No [nodules]{absent}, [lymphadenopathy]{absent}, or [ascites]{absent} was observed at operation.",
    "[Hypertension]{absent}, [proteinuria]{absent} and [pericarditis]{absent} were not observed.",
    "[Pericarditis]{absent} was not noted, but [pleurisy]{} was.",
    "He has not demonstrated any [cognitive impairment]{absent}.",
    "[Effusion]{absent} was not seen, mild [atelectasis]{} was.",
    "[Vasculitis]{absent} could not be demonstrated.",
    "[Arthritis]{absent} did not recur.",
    "Troponin was normal, ruling out [myocardial infarction]{absent}.",
    "The scan failed to identify [lymphadenopathy]{absent}.",
    "No [fever]{absent}, and [rash]{} is present.",
    "The [kidney injury]{} has not recovered.",
    "Complete resolution of the [effusion]{historical} on the scan.",
    "No resolution of the [effusion]{}.",
]
BEFORE_THIS_TEXT = [  # of a caller's own spans: what stands in the background of the letter
    "Social history: denies any [alcohol]{absent historical} or [tobacco use]{absent historical}.",
    "Allergies: no known [drug allergies]{absent historical}.",
    "A history of multiple sclerosis complicated by [paralysis]{historical}.",
    "No rash. Lupus complicated by [seizures]{historical}.",
    "[Carcinoma of the thyroid]{historical} status post thyroidectomy.",
    "His [known atrial myxoma]{} was seen; a known [foramen ovale]{historical}.",
    "A splenectomy: [status post splenectomy]{historical}.",
    "The pacemaker goes back once the [infection]{} has resolved.",
    "The [infection]{historical} has resolved.",
]
OTHERS = [
    "Her mother has [SLE]{family} and her father had an [MI]{family}. She has [asthma]{}.",
    "Family history: mother has [breast cancer]{family}. She has no [rash]{absent}.",
    "FH: sister - [lupus]{family}",
    "Family history was positive for [diabetes]{family}, yet negative for [cancer]{absent family}.",
    "There was no familial history of [autoimmune diseases]{absent family}.",
    "There is no [cancer]{absent family} among first-degree relatives.",
    "Echo: no thickening, a moderate [pericardial effusion]{} and normal valves.",
    "She does not have a [fever]{absent}, a [rash]{absent} or a [cough]{absent}.",
    "We will repeat the echo to verify that she does not have a [pericardial effusion]{conditional}.",
    "Please confirm that there is no [malignancy]{conditional}.",
    "Absent femoral pulses, with an echocardiogram that demonstrated severe [coarctation of the aorta]{}.",
    "Her diseases, a list not restricted to [asthma]{}.",
    "Family history: mother died of [cirrhosis]{family}. She had [asthma]{family}.",
    "Her sister has [SLE]{family} and she has [asthma]{}.",
    "No family history of [lupus]{absent family}.",
    "My previous patient with [lupus nephritis]{other} did well; this lady has [NPSLE]{}.",
    "She lives with her husband and has [lupus nephritis]{}.",
    "Mother reports that she has had [fever]{} for 3 days.",
    "A mother of two with [lupus]{}.",
    "[Thyroid cancer]{family} in her maternal aunt.",
    "He lives with his wife, who has [SLE]{other} herself.",
]


@pytest.mark.parametrize(
    "marked",
    DENIED
    + ANSWERED
    + NEVER
    + NOT_A_DENIAL
    + DOUBTED
    + CONDITIONED
    + IN_TIME
    + LISTS_WITH_A_VERB
    + BEFORE_THIS_TEXT
    + OTHERS,
)
def test_marked_sentences(extractor: Extractor, marked: str) -> None:
    check(extractor, marked)


@pytest.mark.parametrize(
    "sentence",
    [
        "She is awaiting a [renal biopsy]{planned}.",
        "Plan to start [dialysis]{planned}.",
        "Consider [plasma exchange]{planned}.",
    ],
)
def test_procedures_ahead_are_planned(extractor: Extractor, sentence: str) -> None:
    text, ((start, end, (_, _, temporality)),) = read_marks(sentence)
    reading = extractor.read(Document("letter", text, "", Time.on(date(2026, 6, 15))))
    (mention,) = [m for m in reading.mentions if (m.start, m.end) == (start, end)]
    assert mention.temporality == temporality


@given(
    st.lists(
        st.sampled_from(["fever", "rash", "arthritis", "alopecia", "pneumonia", "psychosis", "malignancy"]),
        min_size=2,
        max_size=6,
        unique=True,
    )
)
def test_a_denial_covers_its_whole_list_and_nothing_behind_it(items: list[str]) -> None:
    listed = ", ".join(f"[{item}]{{absent}}" for item in items[:-1]) + f" or [{items[-1]}]{{absent}}"
    check(_shared(), f"No {listed}. She has [headache]{{}}.")


_EXTRACTOR: list[Extractor] = []


def _shared() -> Extractor:
    if not _EXTRACTOR:
        _EXTRACTOR.append(Extractor())
    return _EXTRACTOR[0]


def test_the_cue_is_quoted_inside_the_sentence(extractor: Extractor) -> None:
    text = "She denies chest pain."
    (mention,) = [m for m in extractor.read(Document("letter", text, "")).mentions if m.kind == "condition"]
    assert mention.cue is not None
    assert text[slice(*mention.cue)] == "denies"


SIGNED = [
    "[Fever]{absent} -, [rash]{} +, [oral ulcers]{absent} -",
    "[rash]{} (+), [fever]{absent} (-), [alopecia]{absent} (-)",
    "(-) [cough]{absent} (+) [rash]{} (-) [fever]{absent}",
    "[Tumour]{absent}: (-)",
]

# Whose it is, told by the sentence before; where two people may be meant it is only possible.
TWO_PEOPLE = [
    "This woman of 30 has SLE. Her brother has SLE too. He had a [kidney transplant]{family} and a [melanoma]{family}.",
    "This woman of 30 has SLE. Her sister also has lupus. She had a [kidney transplant]{possible} in 2019.",
    "This woman of 30 has SLE. Her sister also has lupus; she had a [kidney transplant]{family} in 2019.",
    "This man has SLE. His sister is on [dialysis]{family}. She had a [stroke]{family}. He had no [stroke]{absent}.",
    "The patient is the elder, a woman of 40 with SLE. The younger also has lupus; she had a [melanoma]{family}.\n\n"
    "The elder: she has [arthritis]{}.",
    "This woman of 30 has SLE. Her mother had [breast cancer]{family}. She has had two [miscarriages]{}.",
    "This woman of 30 has SLE. Her mother reports [fever]{}. She has a [rash]{}.",
]

TERSE = [
    "Nothing neurological from her [lupus]{}.",
    "[Malignancy]{absent}, [transplant]{absent}: none since birth",
    "[Live vaccines]{absent}: none in the last 6 months",
    "[Live vaccines]{absent} none since 2019.",
    "The [CNS]{absent historical} has never been involved.",
    "[MI]{absent}, [arrhythmia]{absent} and [myocarditis]{absent}: all denied.",
    "[Fever]{} of 39, cultures negative.",
    "No known [malignancies]{absent}.",
    "Neither [cancer]{absent} nor [transplant]{absent}.",
]


@pytest.mark.parametrize("marked", SIGNED + TWO_PEOPLE + TERSE)
def test_signs_and_subjects(extractor: Extractor, marked: str) -> None:
    check(extractor, marked)


OTHER_PATIENTS = [
    "The gentleman I mentioned, the one with the [renal transplant]{other} and [shingles]{other}, declined.",
    "I also asked about a colleague's patient who was on [peritoneal dialysis]{other}; this is not the same one.",
    "My previous patient had a [heart attack]{other} in May.",
    "Unlike my last patient, she has never had [dialysis]{absent historical}.",
    "Another patient of ours had a [stem cell transplant]{other} after this.",
    "Please do not confuse her with the patient of the same name who has [cancer]{other}.",
    "The lady in the next bed had [shingles]{other}.",
    "The man you asked about ([kidney transplant]{other}) is a different patient.",
    "As for the boy we discussed, he has [asthma]{other}.",
    "Our first patient had a [stroke]{other}, but this patient has no [heart disease]{absent}.",
    "The previous patient you took from us relapsed with [pneumonia]{other}; she has no [infection]{absent}.",
    "The other lady on the list had [tuberculosis]{other}.",
    "I would like to refer another patient with [lupus nephritis]{}.",
    "The lady I mentioned last week has [pneumonia]{}.",
]


@pytest.mark.parametrize("marked", OTHER_PATIENTS)
def test_other_patients_of_the_letter(extractor: Extractor, marked: str) -> None:
    check(extractor, f"This lady of 34 has SLE. She takes prednisolone. {marked}")
