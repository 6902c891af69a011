import pytest

from extraction.mentions import Index, variants
from kb.vocabulary import Condition, Vocabulary
from tests.extraction.reading import facts, read


def concepts(text: str) -> list[str]:
    return [mention.concept for mention in read(text).mentions if mention.kind != "statement"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("takes Plaquenil daily", ["hydroxychloroquine"]),
        ("interstitial\nlung disease", ["interstitial-lung-disease"]),
        ("anti dsDNA raised", ["anti-dsdna"]),
        ("lupus nephritis", ["lupus-nephritis"]),
        ("HEPATITIS B SURFACE ANTIGEN", ["hbsag"]),
    ],
)
def test_names_are_found_in_their_spellings(text: str, expected: list[str]) -> None:
    assert concepts(text) == expected


def test_an_abbreviation_is_matched_only_as_written() -> None:
    assert "atrial-fibrillation" in concepts("ECG: AF.")
    assert "atrial-fibrillation" not in concepts("as af as possible")


def test_hyphens_may_be_open_closed_or_spaces() -> None:
    assert set(variants("anti-dsDNA")) == {"anti-dsDNA", "anti dsDNA", "antidsDNA"}


def test_no_phrase_crosses_a_line_that_ends() -> None:
    assert "hepatitis-b" not in concepts("1. hepatitis\n2. B symptoms")


@pytest.mark.parametrize(
    ("text", "concept", "there"),
    [
        ("Spinal fusion with bone autograft in 2015.", "stem-cell-transplant", False),
        ("Autograft for lymphoma in 2015.", "stem-cell-transplant", True),
        ("The RCA is dominant and gives off the PDA.", "patent-ductus-arteriosus", False),
        ("She was born with a PDA, ligated at age 2.", "patent-ductus-arteriosus", True),
        ("Renal biopsy: glomerular, tubular and interstitial changes.", "interstitial-lung-disease", False),
        ("HRCT chest: bibasal interstitial changes.", "interstitial-lung-disease", True),
        ("Cancer antigen 15-3 was normal.", "malignancy", False),
        ("A cotton ball was found in the nose.", "leukaemia", False),
        ("B-ALL in childhood.", "leukaemia", True),
    ],
)
def test_a_short_name_means_what_stands_around_it(text: str, concept: str, there: bool) -> None:
    assert any(fact.concept == concept for fact in facts(text)) is there


def test_a_name_is_taken_once_and_by_the_first_letter_that_has_all_its_words() -> None:
    names = ("red cell aplasia", "cell", "aplasia of cells", "pure red cell aplasia", "red red rash")
    index = Index(Vocabulary([("condition", Condition(id="a", label="A", names=names))]), exact=False)
    letters = ("red cell", "rash aplasia", "pure cell aplasia red", "red rash", "of cells aplasia", "red cell aplasia")
    expected: list[list[str]] = [
        ["cell"],
        [],
        ["pure red cell aplasia", "red cell aplasia"],
        ["red red rash"],
        ["aplasia of cells"],
        [],
    ]
    assert [[name for name, _ in index.take(set(letter.split()))] for letter in letters] == expected
