"""Lists under a heading that denies them: a Reading with asserted mentions in, those that are listed set to absent.

"[Denied] heart disease; tumour; dialysis", "NEVER HAD" over lines of names, "None of the following: ...": the denial
reaches over the signs between the items and over the lines below, up to whatever opens a part of its own.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from extraction.knowledge import cues
from extraction.reading import Mention, Reading
from kb.patterns import compiled

_BEFORE = r"(?P<before>^[^\w\n]*(?:(?:\d{1,2}|[A-Z]|[IVX]{1,4})[.)][ \t]*)?|(?<=[.;)\]] )\[?)"
_LEADS_ON = r"(?P<mark>[ \t]*\][ \t:-]*|[ \t]*:[ \t-]*|[ \t]+-+[ \t]+|[ \t]*=[ \t]*|[ \t]*(?=\n))"
_STOP = compiled(r"[.!?](?=\s+[A-Z\[(]|[ \t]*$)|\n", re.MULTILINE)
_ITEM = compiled(r"[^;,/\n•|]+")
_FIELD = compiled(r"[\w)][ \t]*[:=]|^[ \t]*(?:\[|>>|=|#|--)|[ \t]-[ \t]+\w")
_EVER = compiled(r"\bn?ever\b", re.IGNORECASE)
_CAPITALS = compiled(r"[^a-z\n]{6,}")


def deny_listed(reading: Reading) -> None:
    """Sets the mentions that a heading of denials stands over, or before, to absent; the heading is their cue."""
    kinds = cues("context")["signs"]["kinds"]
    for head in _head().finditer(reading.normal):
        if _is_amid_line(head):
            continue
        for start, end in _items(reading.normal, head.end(), _is_alone(head)):
            if _kept().search(reading.normal, start, end) is not None:
                continue
            for mention in reading.mentions_in(start, end):
                if mention.kind in kinds and mention.assertion in ("present", "possible"):
                    _deny(reading, mention, head, start)


def _deny(reading: Reading, mention: Mention, head: re.Match[str], item: int) -> None:
    near = reading.sentence_at(head.start("head")) == mention.sentence
    mention.assertion, mention.cue = "absent", head.span("head") if near else (item, item)
    ever = _EVER.search(head["head"]) is not None
    if ever or mention.temporality == "planned":
        mention.temporality = "historical" if ever else "current"


@functools.cache
def _head() -> re.Pattern[str]:
    """A heading of denials at the head of a line, with the sign that leads on to what it denies."""
    heads = "|".join(cues("context")["denied_lists"]["heads"])
    return compiled(rf"{_BEFORE}(?P<head>{heads}){_LEADS_ON}", re.IGNORECASE | re.MULTILINE)


@functools.cache
def _kept() -> re.Pattern[str]:
    """What makes an item of such a list one of its own: an exception, an answer, a year."""
    words = "|".join(map(re.escape, cues("context")["denied_lists"]["kept"]))
    return compiled(
        rf"(?<!\w)(?<!in the )(?<!within the )(?<!during the )(?:{words})(?!\w)"  # not "in the last 2 years"
        r"|(?<!\d)(?:19|20)\d\d(?!\d)|\(\+|\?",
        re.IGNORECASE,
    )


@functools.cache
def _prose() -> re.Pattern[str]:
    verbs = "|".join(map(re.escape, cues("sentences")["form"]["verbs"]))
    return compiled(rf"(?<!that )(?<!which )(?<!who )\b(?:{verbs})\b", re.IGNORECASE)


def _is_amid_line(head: re.Match[str]) -> bool:
    """Whether the words stand inside a line without the sign that makes a heading of them there."""
    opened = head.start() == 0 or head.string[head.start() - 1] == "\n"
    return not opened and not head["mark"].strip().startswith((":", "]"))


def _is_alone(head: re.Match[str]) -> bool:
    return head.end() >= len(head.string) or head.string[head.end()] == "\n"


def _items(normal: str, at: int, alone: bool) -> Iterator[tuple[int, int]]:
    """The places of the items: those of the line, and those of the lines below where the heading stands alone."""
    if not alone:
        stop = _STOP.search(normal, at)
        yield from _parts(normal, at, stop.start() if stop else len(normal))
        if stop is None or normal[: stop.start()].rstrip()[-1:] not in ";,":
            return
        at = stop.start()
    indent: int | None = None
    at += 1
    while at < len(normal):
        end = normal.find("\n", at)
        end = end if end >= 0 else len(normal)
        line = normal[at:end]
        if line.strip():
            depth = len(line) - len(line.lstrip())
            if (indent is not None and depth < indent) or _opens_part(line):
                return
            indent = depth if indent is None else indent
            stop = _STOP.search(normal, at, end)
            yield from _parts(normal, at, stop.start() if stop else end)
            if stop is not None and normal[stop.end() : end].strip():
                return
        elif indent is not None or not alone:
            return
        alone = True
        at = end + 1


def _opens_part(line: str) -> bool:
    """Whether a line is no item of the list above: a field, a heading, a sentence."""
    body = line.strip(" \t-*•>+")
    return _FIELD.search(line) is not None or _CAPITALS.fullmatch(body) is not None or _prose().search(line) is not None


def _parts(normal: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for item in _ITEM.finditer(normal, start, end):
        yield item.span()
