"""Patterns made fast find what the plain ones find."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from extraction.dates import date_pattern, find_dates
from extraction.result_words import alternatives
from extraction.wording import pattern_of

_WORDS = st.lists(st.text("abnoNO +", min_size=1, max_size=6).filter(lambda word: word == word.strip()), min_size=1)
_DATES = st.lists(
    st.sampled_from(
        "12 3 03 2026 26 / - . ( , \n ' Mar march MAY mayor may Oct okt sept on since of 12.5 mg".split(" ")
    )
)


@given(_WORDS, st.text("abnoNO +", max_size=30))
def test_words_are_found_as_by_a_list_of_the_longest_first(words: list[str], text: str) -> None:
    listed = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    plain = re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)
    assert [m.span() for m in pattern_of(tuple(words)).finditer(text)] == [m.span() for m in plain.finditer(text)]


@given(_WORDS, st.text("abnoNO +", max_size=30))
def test_whole_words_are_found_wherever_they_stand(words: list[str], text: str) -> None:
    forms = []
    for word in sorted({word.lower() for word in words}, key=len, reverse=True):
        before, after = "(?<![a-z])" * word[0].isalpha(), "(?![a-z])" * word[-1].isalpha()
        forms.append(before + re.escape(word).replace(r"\ ", r"\s+") + after)
    plain = re.compile("|".join(forms), re.IGNORECASE)
    fast = re.compile(alternatives([word.lower() for word in words]), re.IGNORECASE)
    assert [m.span() for m in fast.finditer(text)] == [m.span() for m in plain.finditer(text)]


@given(_DATES, st.sampled_from(["", " "]))
def test_dates_are_those_of_the_whole_pattern(parts: list[str], joint: str) -> None:
    text = joint.join(parts)
    assert [m.span() for m in find_dates(text)] == [m.span() for m in date_pattern().finditer(text)]
