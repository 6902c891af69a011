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
        ("34 yrs/M k/c/o SLE", 34, "male"),
        ("Age/Sex: 28/F", 28, "female"),
        ("this 12 year old girl", 12, "female"),
        ("51 -year-old  gentleman", 51, "male"),
        ("a 40-year-old accountant; she is well", 40, "female"),
    ],
)
def test_age_and_sex(text: str, age: float, sex: str) -> None:
    assert told(text) == {"age": age, "sex": sex}


def test_months_of_a_small_child() -> None:
    assert told("a boy of 4 years 11 months old")["age"] == pytest.approx(4 + 11 / 12)


@pytest.mark.parametrize(
    "text",
    [
        "her 12-year-old sister has SLE",
        "his 6-year-old son",
        "SLE diagnosed at the age of 14",
        "a 5-year-old graft",
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
