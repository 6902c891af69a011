"""The words that letters are made of: the terms and cues of extraction in, a set of their words out.

With it a misread letter is put right where the right one was nearly read ("normai"); nothing else is made a word.
"""

from __future__ import annotations

import functools
from pathlib import Path

import extraction
import kb
from kb.patterns import compiled

_WORD = compiled(r"[^\W\d_]{3,}")


@functools.cache
def known_words() -> frozenset[str]:
    """Every word of three letters or more in the terms and cues, in lower case."""
    folders = (Path(kb.__file__).parent / "terms", Path(extraction.__file__).parent)
    texts = (path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.glob("*.yaml")))
    return frozenset(word for text in texts for word in _WORD.findall(text.lower()))
