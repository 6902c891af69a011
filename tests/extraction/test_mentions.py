import pytest

from extraction.mentions import variants
from tests.extraction.reading import read


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
