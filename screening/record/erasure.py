"""Erasing a letter on request: a stored screening in, every text with the letter's words gone, the chain whole.

What stays says nothing of what the letter said but answers and the intervals of findings: what must be accounted for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from screening.record.chain import Entry, canonical
from screening.record.connection import StoreError
from screening.record.store import Draft, Store

_OF_A_CRITERION = ("id", "number", "kind", "title", "answer", "silent", "raised", "overruled", "proof")
_OF_A_FINDING = ("id", "low", "high", "unit")
_OF_A_SCREENING = ("protocol", "as_of", "verdict", "recheck_on", "software")


def erase(store: Store, name: str, by: str, at: datetime | None = None) -> list[Entry]:
    """Erases the letters of a screening, in whatever screenings they are stored: the entries that say so.

    Raises StoreError where there is no such screening, or nothing left of its letters.
    """
    gone = set(store.screening(name).entry.letters.split())
    added: list[Entry] = []
    while drafts := _drafts(store, gone, by):  # again, where one was stored in the meantime
        added += store.add(drafts, at)
    if not added:
        raise StoreError(f"--store {store.where}: the letters of {name} are erased already")
    store.connection.sweep()
    return added


def _drafts(store: Store, letters: set[str], by: str) -> list[Draft]:
    """An erasure of every screening that has one of the letters and is not erased."""
    entries = store.entries()
    newest = {entry.screening: entry for entry in entries if not letters.isdisjoint(entry.letters.split())}
    return [_draft(store, entry, entries, by) for entry in newest.values() if entry.kind != "erasure"]


def _draft(store: Store, newest: Entry, entries: list[Entry], by: str) -> Draft:
    record = store.screening(newest.screening)
    versions = [entry for entry in entries if entry.screening == newest.screening]
    texts = {key for entry in versions for key in (*entry.letters.split(), entry.content)}
    return Draft(
        kind="erasure",
        by=by,
        protocol_id=newest.protocol_id,
        as_of=newest.as_of,
        verdict=newest.verdict,
        content=canonical(without_words(record.content)),
        protocol=record.protocol,
        own_terms=record.own_terms,
        letters_as="hash",
        corrects=newest,
        erases=sorted(texts),
    )


def without_words(content: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of a screening but for its letter's words, and a reviewer's: by a list of what may stay.

    >>> finding = {"id": "age", "low": 31, "high": 31, "unit": "a", "facts": ["f1"], "calculation": "aged 31"}
    >>> content = {"screening": {"documents": [{"name": "a", "sha256": "b"}], "criteria": [], "findings": [finding]}}
    >>> without_words(content)["screening"]["findings"]
    [{'id': 'age', 'low': 31, 'high': 31, 'unit': 'a'}]
    """
    screening = content["screening"]
    return {
        "screening": {
            "documents": [_only(document, ("sha256",)) for document in screening["documents"]],
            **_only(screening, _OF_A_SCREENING),
            "criteria": [_only(criterion, _OF_A_CRITERION) for criterion in screening["criteria"]],
            "findings": [_only(finding, _OF_A_FINDING) for finding in screening["findings"]],
        },
        **_only(content, ("terms", "judgements", "machine")),
    }


def _only(content: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: content[key] for key in keys if key in content}
