"""The signs of fonts that have no letters: a font and a code in, the character meant out.

"≥" of the font Symbol is a code of nobody's in the text that Word and PDF files give.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from kb.kept import kept_yaml

_SYMBOLS = Path(__file__).parent / "symbols.yaml"
_PRIVATE = 0xF000
_DIRECTIONS = (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))


def sign_of(font: str, code: int) -> str:
    """The character of a font's sign; where it is not known, the code of nobody's that Word gives it.

    >>> sign_of("Symbol", 0xF0B3)
    '≥'
    """
    known: str | None = _signs(_content()["fonts"].get(font.lower(), {})).get(code & 0xFF)
    return known or chr(_PRIVATE | code & 0xFF)


def legible(text: str) -> str:
    """The text with those signs as characters that are known without their font; of the same length.

    The marks that turn the direction of writing, which stand amid numbers and change no word, become spaces.
    """
    return text.translate(_without_font())


@functools.cache
def _content() -> Any:
    return kept_yaml(_SYMBOLS)


@functools.cache
def _without_font() -> dict[int, str]:
    signs = {_PRIVATE | code: sign for code, sign in _signs(_content()["without_font"]).items()}
    return signs | dict.fromkeys(_DIRECTIONS, " ")


def _signs(written: dict[str, str]) -> dict[int, str]:
    return {int(code, 16): sign for code, sign in written.items()}
