import pytest

from kb.facts import Coded, Quantity
from tests.extraction.reading import facts


def told(text: str) -> dict[str, object]:
    out: dict[str, object] = {}
    for fact in facts(text):
        if fact.kind == "demographic" and fact.experiencer == "patient" and fact.temporality == "current":
            value = fact.value
            if isinstance(value, Quantity):
                out[fact.concept] = value.interval.low
            elif isinstance(value, Coded):
                out[fact.concept] = value.code
    return out


@pytest.mark.parametrize(
    ("text", "age", "sex"),
    [
        ("Re: 34-year-old woman (58 kg)", 34, "female"),
        ("36 y.o. F w/ SLE", 36, "female"),
        ("Sex: Female   Age: 41 years   Height 160 cm", 41, "female"),
        ("a 34F with SLE", 34, "female"),
        ("F/34 SLE", 34, "female"),
        ("I answer your letter about this 44 year old lady.", 44, "female"),
        ("Re: Madame R., 29 years, SLE", 29, "female"),
        ("Re: Herr T., 51 Jahre, SLE", 51, "male"),
        ("2. Age, weight and sex? - 41, 66 kg, female", 41, "female"),
        ("Age / sex / weight: 41 / M / 82 kg", 41, "male"),
        ("How old is the patient? - 29. She has SLE.", 29, "female"),
        ("Age of the patient? 52. He has SLE.", 52, "male"),
        ("Age at onset? 12. She is 34.", 34, "female"),
        ("Briefly: woman, 57 (menopause at 50), 70 kg.", 57, "female"),
        ("the patient (28 years, masculine, 66 kg)", 28, "male"),
        ("a patient of the feminine sex, 33 years", 33, "female"),
        ("Patient: 34, female. SLE.", 34, "female"),
        ("34 / m / 80 kg", 34, "male"),
        ("34 yrs/M k/c/o SLE", 34, "male"),
        ("Age/Sex: 28/F", 28, "female"),
        ("this 12 year old girl", 12, "female"),
        ("51 -year-old  gentleman", 51, "male"),
        ("a 40-year-old accountant; she is well", 40, "female"),
        ("Re: female, aged 34. Referral for the study", 34, "female"),
        ("38 yrs / Male, shopkeeper. Wt 58 kg.", 38, "male"),
        ("Age/Gender: 34 Y(s)/Female", 34, "female"),
        ("Age (years): 26    Sex: F", 26, "female"),
        ("Age | 26 | Sex | F", 26, "female"),
        ("Pt age 26 yrs, female, 54 kg", 26, "female"),
        ("The patient (26, female) has SLE.", 26, "female"),
        ("This lady, 26, has SLE.", 26, "female"),
        ("Ms X (34) has SLE.", 34, "female"),
        ("26yof with SLE", 26, "female"),
        ("26 y.o.m. with SLE", 26, "male"),
        ("F aged 26 with lupus", 26, "female"),
        ("DOB 03/04/1990 (34y) Female", 34, "female"),
        ("a woman of thirty-six", 36, "female"),
        ("The boy is nine years old.", 9, "male"),
        ("She has just turned 26.", 26, "female"),
        ("60 year oid retired man, seen with oedema", 60, "male"),
        ("31-year-old mother of two", 31, "female"),
        ("28 yr old, known to you. She is well. Her little boy had his MMR last Tuesday.", 28, "female"),
        ("34-year-old with a baby boy. She has lupus.", 34, "female"),
        ("Dear Mr X,\n\n34-year-old with SLE. She was seen by Mr Y, surgeon.", 34, "female"),
        ("34F. Son 4 yo and daughter 6 yo well.", 34, "female"),
        ("34F. FHx: mother breast ca 51 yo.", 34, "female"),
        ("34-year-old. Diagnosed with SLE aged 20. She had a DVT aged 25.", 34, "female"),
        ("34 yo woman, 10 yr hx of SLE", 34, "female"),
        ("29F, T 98.2 F, admitted with cellulitis", 29, "female"),
        ("34 yo woman; MR and MS on echo", 34, "female"),
        ("28 years, female. 6 years ago the patient had a rash.", 28, "female"),
        ("9-year-old child with SLE. He is small.", 9, "male"),
        ("34 yr old. G2P1, LMP 3 May.", 34, "female"),
    ],
)
def test_age_and_sex(text: str, age: float, sex: str) -> None:
    assert told(text) == {"age": age, "sex": sex}


@pytest.mark.parametrize(
    "text",
    [
        "a boy of 4 years 11 months old",
        "a 4 11/12 year old girl",
        "Age: 4y11m",
        "4 yrs 11 mths old boy",
        "Boy. 4 y 11 m.",
        "a 4 yr 11/12 boy",
        "Girl, 4 yrs 11/12, with SLE",
    ],
)
def test_months_of_a_small_child(text: str) -> None:
    assert told(text)["age"] == pytest.approx(4 + 11 / 12)


@pytest.mark.parametrize("text", ["an 11-month-old boy", "a boy of 11 months"])
def test_a_child_of_months(text: str) -> None:
    assert told(text)["age"] == pytest.approx(11 / 12)


@pytest.mark.parametrize("text", ["ICD M32.1, known since 2014", "32F1", "Bed F 12", "male nurse in attendance"])
def test_a_code_is_no_sex(text: str) -> None:
    assert told(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "her 12-year-old sister has SLE",
        "his 6-year-old son",
        "SLE diagnosed at the age of 14",
        "a 5-year-old graft",
        "bringing up a three-year-old",
        "the lupus itself is just 4 years old",
        "she was operated for a hernia being 3 years of age",
        "a class of four-year-olds",
        "BP 120/80",
    ],
)
def test_an_age_that_is_not_the_patient_s_today(text: str) -> None:
    assert "age" not in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "Re: lady of 34 with SLE. She is well. The other lady on the list (27 yr old) is not coming.",
        "Re: lady of 34 with SLE. She is well. My previous patient, a 61-year-old man, had a stroke.",
        "Re: lady of 34 with SLE. She is well. The gentleman I mentioned (aged 54) has decided against it.",
    ],
)
def test_the_age_of_another_patient(text: str) -> None:
    assert told(text) == {"age": 34, "sex": "female"}


@pytest.mark.parametrize(
    "text", ["She is 5 feet 11 inches tall.", "She is 9 3/4 inches in both.", "She is 5'4\" tall."]
)
def test_a_measure_is_no_age(text: str) -> None:
    assert "age" not in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "girl, geb. 02.05.2021, SLE",
        "Fille née le 02.05.2021",
        "Female child, born 2021-05-02, SLE",
        "nata il 02.05.2021",
    ],
)
def test_a_birth_date_as_other_tongues_and_children_s_clinics_write_it(text: str) -> None:
    births = [fact for fact in facts(text) if fact.concept == "birth-date" and fact.experiencer == "patient"]
    assert [fact.time.earliest.isoformat() for fact in births if fact.time and fact.time.earliest] == ["2021-05-02"]


def test_the_birth_date_of_her_child_is_not_hers() -> None:
    births = [fact for fact in facts("She has one female child, born 2022-08-19.") if fact.concept == "birth-date"]
    assert all(fact.experiencer != "patient" for fact in births)


def test_an_age_in_months_behind_its_label() -> None:
    assert told("Age: 50 months. Girl with SLE.")["age"] == pytest.approx(50 / 12)
