"""The chain of entries: rows of a store in, whatever was changed, removed, inserted, reordered or cut off out.

Each entry bears the hash of the one before and its own, over every other column, as SHA-256 of canonical JSON. What is
long or may have to be erased (letters, screenings, protocols) is kept beside the entries as texts, each by its hash:
an erased text leaves its hash, and the chain whole.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BEGINNING = "0" * 64  # what the first entry has for the hash of the one before


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. Texts are named by their hashes, several with a space between.

    `kind` is `screening`, `review` or `erasure`; `version` counts the entries of one `screening`, each `corrects` the
    entry before it. `letters_as` is `text`, or `hash` where only that was wanted. `erases` are the texts that go.
    `at` is UTC, to the second; `by` is who made the entry; `head` of the chain is number and hash of the last.
    `own_terms` is the text of the user's own terms, None where there were none.
    """

    number: int
    kind: str
    screening: str
    version: int
    corrects: int | None
    at: str
    by: str
    software: str
    protocol_id: str
    as_of: str | None
    verdict: str
    letters: str
    letters_as: str
    protocol: str
    content: str
    erases: str
    previous: str
    hash: str = ""
    own_terms: str | None = None

    @property
    def head(self) -> str:
        return f"{self.number}:{self.hash}"

    def sealed(self) -> Entry:
        """The entry with its hash."""
        return dataclasses.replace(self, hash=seal(self))

    @property
    def keeps(self) -> list[str]:
        """The texts that must be there, unless a later entry erases them."""
        own = [] if self.own_terms is None else [self.own_terms]
        return [self.protocol, self.content, *own, *(self.letters.split() if self.letters_as == "text" else ())]


def seal(entry: Entry) -> str:
    """The hash of an entry: of everything it says. One that names no own terms is hashed as before there were any."""
    told = dataclasses.asdict(entry).items()
    said = {key: value for key, value in told if key != "hash" and (key != "own_terms" or value is not None)}
    return digest(canonical(said, default=repr))


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def canonical(content: Mapping[str, Any], default: Callable[[Any], str] | None = None) -> str:
    """The one way to write JSON: keys sorted, no white space, no number that JSON lacks; `default` for what it lacks.

    >>> canonical({"b": [1, None], "a": "µ"})
    '{"a":"µ","b":[1,null]}'
    """
    text = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=default
    )
    return text.encode("utf-8", "backslashreplace").decode()  # half of a character, as in odd file names: JSON's escape


# --- verifying --------------------------------------------------------------------------------------------------------


def problems(entries: Sequence[Entry], texts: Iterable[tuple[str, str | None]]) -> list[str]:
    """What is wrong with a store's entries, in their order, and its texts (hash, text or None); nothing if it is whole.

    A sentence each, without a word of what is stored.
    """
    sound = [entry for entry in entries if _is_sound(entry)]
    return [*_links(entries), *_versions(sound), *_texts(sound, texts)]


def _is_sound(entry: Entry) -> bool:
    """Whether each column holds what it is for: SQLite takes anything."""
    counts = {"number", "version", "corrects"}
    told = dataclasses.asdict(entry).items()
    return all(value is None or isinstance(value, int if key in counts else str) for key, value in told)


def _links(entries: Sequence[Entry]) -> Iterator[str]:
    expected, before = 1, BEGINNING
    for entry in entries:
        if entry.number > expected:
            gone = (
                f"entry {expected} is" if entry.number == expected + 1 else f"entries {expected}-{entry.number - 1} are"
            )
            yield f"{gone} missing"
        elif entry.number < expected:
            yield f"entry {entry.number} is out of its place"
        if entry.previous != before:
            yield f"entry {entry.number} does not follow the one before it: removed, inserted, reordered or changed"
        if seal(entry) != entry.hash:
            yield f"entry {entry.number} was changed"
        expected, before = entry.number + 1, entry.hash


def _versions(entries: Sequence[Entry]) -> Iterator[str]:
    latest: dict[str, Entry] = {}
    for entry in entries:
        before = latest.get(entry.screening)
        follows = (entry.version, entry.corrects) == (
            (1, None) if before is None else (before.version + 1, before.number)
        )
        if not follows:
            yield f"entry {entry.number} is not the next version of {entry.screening}"
        latest[entry.screening] = entry


def _texts(entries: Sequence[Entry], texts: Iterable[tuple[str, str | None]]) -> Iterator[str]:
    kept = {key: entry.number for entry in entries for key in entry.keeps}
    erased = {key: entry.number for entry in entries for key in entry.erases.split()}
    named = kept.keys() | erased.keys()
    there = set()
    for key, text in texts:
        if key not in named:
            yield f"a text belongs to no entry: {key}"
        elif text is None:
            continue
        elif not isinstance(text, str) or digest(text) != key:
            yield f"a text of entry {kept.get(key) or erased[key]} was changed"
        there.add(key)
        if text is not None and key in erased and erased[key] > kept.get(key, 0):
            yield f"a text that entry {erased[key]} erased is there again"
    for key, number in kept.items():
        if key not in there and erased.get(key, 0) < number:
            yield f"a text of entry {number} is gone without an erasure"


def cut(entries: Sequence[Entry], head: str) -> str | None:
    """What is wrong with the entries by a head that was printed before: `number:hash`; None where it is among them."""
    number, _, sealed = head.partition(":")
    known = {str(entry.number): entry.hash for entry in entries}
    if number not in known:
        return f"the store ends before entry {number} of the printed head: its tail was cut"
    if known[number] != sealed:
        return f"entry {number} is not that of the printed head: the chain was written anew"
    return None
