"""Words of a letter: a normalised text in, a spaCy Doc and the offsets of its tokens out.

A token is a run of letters (with digits behind them: C3, CD19), a number, or one other character, so that
"60→40→20", "0.5g", "3xULN" and "anti-dsDNA" come apart in the same way in letters, terms and cues. White space is
no token; a hard line break is one, so that no phrase is found across it.
"""

from __future__ import annotations

import bisect
import functools
import re

from extraction.knowledge import cues
from extraction.spacy_parts import Doc, Vocab
from kb.patterns import compiled

_NEWLINE = compiled(r"\n")

LINE_BREAK = "\n"


@functools.cache
def _token() -> re.Pattern[str]:
    """A token; the name of a test comes apart from a value that a chart writes behind it without a space."""
    names = cues("measurements")["glued"]["names"]
    longer = "|".join(name for name in names if len(name) > 1)
    glued = rf"(?:{'|'.join(names)})(?=\d+\.\d)|(?:{longer})(?=\d{{2,}}(?![\w-]| ?EDTA))|BP(?=\d{{2,3}}/\d\d)"
    return compiled(rf"x(?=ULN)|{glued}|[^\W\d_]+\d*|\d+(?:[.,]\d+)*|\S")


def words_of(text: str) -> list[str]:
    """The words of a term or cue.

    >>> words_of("anti-dsDNA 0.5g")
    ['anti', '-', 'dsDNA', '0.5', 'g']
    """
    return _token().findall(text)


class LetterTokenizer:
    """spaCy's tokenizer for terms and cues; letters go through `tokenise`, which keeps offsets beside the Doc."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        return Doc(self.vocab, words=words_of(text) or [""])

    def to_bytes(self, **_: object) -> bytes:
        return b""

    def from_bytes(self, _data: bytes, **_: object) -> LetterTokenizer:
        return self


def tokenise(normal: str, sentence_starts: list[int], vocab: Vocab) -> tuple[Doc, list[tuple[int, int]], list[str]]:
    """The Doc with its sentences set, [start, end) of every token in characters of the text, and the tokens' words.

    Each newline is a token of its own. `sentence_starts` are offsets of first characters, sorted.
    """
    spans = [match.span() for match in _token().finditer(normal)]
    if breaks := [match.span() for match in _NEWLINE.finditer(normal)]:
        spans = sorted([*spans, *breaks])
    words = [normal[start:end] for start, end in spans]
    starts: list[bool | int | None] = [False] * len(words)
    begins = [start for start, _ in spans]
    for offset in sentence_starts:
        index = bisect.bisect_left(begins, offset)
        if index < len(starts):
            starts[index] = True
    if starts:
        starts[0] = True
    doc = Doc(vocab, words=words, sent_starts=starts) if words else Doc(vocab)
    return doc, spans, words
