"""Storing what was screened: a screening with the text of its protocol in, its entry in the store out."""

from __future__ import annotations

import functools
import getpass
from collections.abc import Sequence

from screening.pipeline import Screening
from screening.protocols import find_protocol
from screening.record.chain import Entry, digest
from screening.record.connection import StoreError
from screening.record.screenings import content_of, own_terms_text
from screening.record.store import Draft, Store


class Keeper:
    """Stores screenings as one person, with the letters' text or only its hash."""

    def __init__(self, store: Store, by: str = "", letters_as: str = "text") -> None:
        self.store = store
        self._by = by or somebody()
        self._letters_as = letters_as

    def keep(self, screenings: Sequence[Screening], protocol: str) -> list[Entry]:
        """Stores the screenings of one dossier, all or none; `protocol` is the name under which one was asked for.

        Raises StoreError.
        """
        return self.store.add([self._draft(one, protocol) for one in screenings])

    def _draft(self, screening: Screening, protocol: str) -> Draft:
        decision = screening.decision
        asked = decision.protocol.id if protocol in ("", "all") else protocol
        return Draft(
            kind="screening",
            by=self._by,
            protocol_id=decision.protocol.id,
            as_of=None if decision.as_of is None else decision.as_of.isoformat(),
            verdict=decision.verdict,
            content=content_of(screening),
            protocol=protocol_text(asked, decision.protocol.sha256),
            letters=[document.text for document in screening.dossier.documents],
            letters_as=self._letters_as,
            own_terms=own_terms_text(),
        )


@functools.cache
def protocol_text(name: str, sha256: str) -> str:
    """The text of the protocol's file, which must be the very one that decided. Raises StoreError."""
    text = find_protocol(name).read_bytes().decode("utf-8")
    if digest(text) != sha256:
        raise StoreError(f"--protocol {name}: its file was changed while it was in use: screen again")
    return text


def somebody() -> str:
    """Who runs the program."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without a name
        return "unknown"
