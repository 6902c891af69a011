"""Signs nearly read: which of them a word has, and what is kept as what it may be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.documents.choosing import read_word, read_words
from screening.documents.recognition import Line, Sign
from screening.documents.spacing import stretches


def signs(text: str, **nearly: str) -> list[Sign]:
    """Signs of a text; `nearly` has what was nearly read in place of one: `at3="7"`."""
    return [
        Sign(
            char,
            at / len(text),
            0.6 if f"at{at}" in nearly else 0.99,
            others=tuple((o, 0.3) for o in nearly.get(f"at{at}", "")),
        )
        for at, char in enumerate(text)
    ]


@pytest.mark.parametrize(
    ("read", "nearly", "meant"),
    [
        ("S8%", {"at0": "5"}, "58%"),
        ("1O", {"at1": "0"}, "10"),
        ("SLEDAl-2K", {"at5": "I"}, "SLEDAI-2K"),
        ("normai", {"at5": "l"}, "normal"),
        ("carcínoma", {"at4": "i"}, "carcinoma"),
        ("ħ/o", {"at0": "h"}, "h/o"),
        ("22:9.25", {}, "22/9/25"),
        ("(04/10-24)", {}, "(04/10/24)"),
        ("14:06", {}, "14:06"),
        ("Sjögren", {"at2": "o"}, "Sjögren"),
    ],
)
def test_what_fits_its_neighbours_is_taken(read: str, nearly: dict[str, str], meant: str) -> None:
    assert read_word(signs(read, **nearly)).text == meant


@pytest.mark.parametrize(
    ("read", "nearly", "others"),
    [
        ("92", {"at1": "7"}, ("97",)),
        ("not", {"at2": "w"}, ("now",)),
        ("(+)", {"at1": "-"}, ("(-)",)),
        ("<20", {"at0": ">"}, (">20",)),
        ("hydroxychloroquine", {"at3": "n"}, ()),  # no other word
        ("2023.", {"at4": ","}, ()),  # the same number
        ("No", {"at0": "n"}, ()),  # the same word
        ("12.5", {"at2": ","}, ()),
    ],
)
def test_what_would_mean_something_else_is_kept(read: str, nearly: dict[str, str], others: tuple[str, ...]) -> None:
    assert read_word(signs(read, **nearly)).others == others


@pytest.mark.parametrize(
    ("stop_before", "meant"), [("lefl", "mg,"), ("HIV", "mg,"), ("24", "mg,"), ("Renal", "mg."), ("", "mg.")]
)
def test_a_stop_that_was_nearly_a_comma_is_one_where_no_sentence_begins(stop_before: str, meant: str) -> None:
    words = [signs("mg.", at2=","), *([signs(stop_before)] if stop_before else [])]
    assert read_words(words)[0].text == meant


@given(st.text(alphabet="abcIl1058O%./-(+", min_size=1, max_size=12), st.data())
def test_every_reading_is_as_long_as_the_word(text: str, data: st.DataObject) -> None:
    nearly = {f"at{at}": data.draw(st.sampled_from("0158lIaé.+")) for at in range(len(text))}
    read = read_word(signs(text, **nearly))
    assert len(read.text) == len(text) and all(len(other) == len(text) for other in read.others)
    assert 0 < read.confidence <= 1


def _line(words: list[str], spaces_read: list[float], gap: int = 8) -> Line:
    """A line of six-dot letters two dots apart, and `gap` more between words; how likely each space is to the model."""
    image = np.full((20, 8 * sum(map(len, words)) + gap * len(words), 3), 255, np.uint8)
    found, at = [], 4
    for number, word in enumerate(words):
        for place, char in enumerate(word):
            image[4:16, at : at + 6] = 0
            likely = spaces_read[number - 1] if number and not place else 0.0
            found.append(Sign(char, (at + 3) / image.shape[1], 0.99, likely))
            at += 8
        at += gap
    return Line(np.zeros((4, 2), np.float32), tuple(found), image)


def test_a_space_that_was_nearly_read_is_one_where_the_ink_has_a_gap() -> None:
    (words,) = stretches([_line(["WBC", "Neut"], [0.2])])
    assert ["".join(sign.text for sign in word.signs) for word in words] == ["WBC", "Neut"]
    assert words[0].right < words[1].left


def test_a_gap_inside_a_number_is_no_space() -> None:
    (words,) = stretches([_line(["1", "1"], [0.2], gap=4)])
    assert ["".join(sign.text for sign in word.signs) for word in words] == ["11"]


def test_a_gap_that_was_not_nearly_a_space_is_none() -> None:
    (words,) = stretches([_line(["Hb", "A1c"], [0.0])])
    assert len(words) == 1
