"""A protocol held against the registry's own text: both go in, what of the text no criterion quotes comes out.

Every sentence of the registry is some criterion's, and every quote is the registry's, word for word: a check, no hope.
Lines that begin with `#` say where the text is from; a line that is indented goes on with the one before.
"""

from __future__ import annotations

import re

from kb.patterns import compiled
from rules.language import Protocol

_HEADING = compiled(r"\b(?:key\s+)?(?:inclusion|exclusion)\s+criteria\s*:?|\beligibility criteria\s*:?", re.IGNORECASE)


def uncovered_sentences(protocol: Protocol, registry: str) -> list[str]:
    """The registry's sentences of which some word is in no criterion's quote; [] when the protocol is complete.

    Headings ("Inclusion Criteria:") and bare numbering ask nothing and are left out. White space does not count.
    """
    return [sentence for _, sentence in gaps(protocol, registry)]


def gaps(protocol: Protocol, registry: str) -> list[tuple[int, str]]:
    """As `uncovered_sentences`, each with the line of the file on which it begins."""
    paragraphs = _paragraphs(registry)
    text = "\n".join(words for _, words in paragraphs)
    covered = _covered(protocol, text.replace("\n", " "))
    found, at = [], 0
    for line, words in paragraphs:
        for sentence in re.finditer(r"[^.;]+(?:[.;](?=\d)[^.;]*)*[.;]?", words):
            asked = _HEADING.sub(lambda match: " " * len(match.group()), sentence.group())
            letters = (at + sentence.start() + offset for offset, char in enumerate(asked) if char.isalpha())
            if not all(covered[offset] for offset in letters):
                found.append((line, sentence.group().strip()))
        at += len(words) + 1
    return found


def _paragraphs(registry: str) -> list[tuple[int, str]]:
    """The lines with their numbers, each joined with the indented ones that go on with it, white space made single."""
    found: list[tuple[int, str]] = []
    for number, line in enumerate(registry.splitlines(), 1):
        words = " ".join(line.split())
        if not words or line.startswith("#"):
            continue
        if line[0].isspace() and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {words}")
        else:
            found.append((number, words))
    return found


def _covered(protocol: Protocol, text: str) -> bytearray:
    """Which characters of the text some quote holds."""
    covered = bytearray(len(text))
    for criterion in protocol.criteria:
        quote = " ".join(criterion.quote.split())
        for match in re.finditer(re.escape(quote), text):
            covered[match.start() : match.end()] = b"\x01" * len(quote)
    return covered


def lines_of(quote: str, registry: str) -> list[int]:
    """The lines of the registry's file on which the quote stands; [] where it does not."""
    paragraphs = _paragraphs(registry)
    text = " ".join(words for _, words in paragraphs)
    start = text.find(" ".join(quote.split()))
    end = start + len(" ".join(quote.split()))
    found, at = [], 0
    for line, words in paragraphs:
        if start >= 0 and at < end and start < at + len(words):
            found.append(line)
        at += len(words) + 1
    return found


def unfounded_quotes(protocol: Protocol, registry: str) -> list[str]:
    """The ids of the criteria whose quote the registry's text does not hold word for word."""
    text = " ".join(words for _, words in _paragraphs(registry))
    return [criterion.id for criterion in protocol.criteria if " ".join(criterion.quote.split()) not in text]
