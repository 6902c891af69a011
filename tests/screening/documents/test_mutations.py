"""Files of each format cut, flipped and spliced: every one is read or refused in one line, and nothing is printed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.documents import BadInputError, letters_from_bytes
from tests.screening.documents.making import HTML, LETTER, RTF, down, letter_pdf, mail, pdf, word

SEEDS = (
    letter_pdf(),
    pdf(down(72, 72, LETTER), down(72, 72, LETTER), pageCompression=1),
    word(*LETTER, table=[["Test", "3 May"], ["ALT", "24"]]),
    RTF,
    HTML,
    mail("Dear colleague,\n> quoted", ("a.pdf", letter_pdf()), html="<p>Dear</p>"),
    "\n".join(LETTER).encode("utf-16"),
)

Change = tuple[str, float, float, bytes]
KINDS = ("cut", "drop", "flip", "zero", "repeat", "put", "swap")
SIGNS = [b"<", b"{\\", b"%PDF-", b"PK\x03\x04", b"\xff\xfe", b"9" * 30]
CHANGES = st.tuples(
    st.sampled_from(KINDS),
    st.floats(0, 1),
    st.floats(0, 1),
    st.one_of(st.binary(min_size=1, max_size=8), st.sampled_from(SIGNS)),
)


def changed(raw: bytes, change: Change) -> bytes:
    """The bytes with one change at a place given as a share of their length."""
    kind, at, other, extra = change
    start, end = sorted((int(at * len(raw)), int(other * len(raw))))
    few = min(end, start + 64)
    if kind == "cut":
        return raw[:start]
    if kind == "drop":
        return raw[:start] + raw[few:]
    if kind == "flip":
        return raw[:start] + bytes(byte ^ extra[0] for byte in raw[start : start + 4]) + raw[start + 4 :]
    if kind == "zero":
        return raw[:start] + bytes(few - start) + raw[few:]
    if kind == "repeat":
        return raw[:start] + raw[start:few] * 40 + raw[few:]
    if kind == "put":
        return raw[:start] + extra + raw[start:]
    return raw[end:] + raw[:start]


@settings(derandomize=True)
@given(st.sampled_from(SEEDS), st.lists(CHANGES, min_size=1, max_size=4))
def test_every_changed_file_is_read_or_refused_in_one_line(raw: bytes, changes: list[Change]) -> None:
    for change in changes:
        raw = changed(raw, change)
    try:
        letters = letters_from_bytes(raw, "a", "a")
    except BadInputError as error:
        assert "\n" not in str(error)
        assert "prednisolone" not in str(error)
    else:
        assert all(letter.document.text.strip() for letter in letters)


@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_a_file_cut_off_anywhere_is_read_or_refused(seed: int, capfd: pytest.CaptureFixture[str]) -> None:
    raw = SEEDS[seed]
    for part in range(12):
        try:
            letters_from_bytes(raw[: part * len(raw) // 12], "a", "a")
        except BadInputError as error:
            assert "\n" not in str(error)
    assert capfd.readouterr() == ("", "")
