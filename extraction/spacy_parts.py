"""spaCy as far as it is used: its classes out, imported without what takes a third of the time and serves no letter.

That is its command line, and the library that tells which languages are near each other."""

from __future__ import annotations

from typing import Any

from extraction.stand_ins import without


def _info(*arguments: Any, **options: Any) -> Any:
    """`spacy.info`, which is all that spaCy itself takes from its command line."""
    from spacy.cli.info import info

    return info(*arguments, **options)


with without("spacy.cli"), without("spacy.cli.info", info=_info), without("langcodes"):
    from spacy.attrs import LOWER  # type: ignore[import-not-found]
    from spacy.errors import filter_warning
    from spacy.language import Language
    from spacy.tokens import Doc, Span
    from spacy.vocab import Vocab

__all__ = ["LOWER", "Doc", "Language", "Span", "Vocab", "filter_warning"]
