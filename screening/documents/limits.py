"""How much of an input is read: beyond these bounds it is no letter, and is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file. A letter has a few thousand characters; a text of a megabyte is something else."""

    file_bytes: int = 2**26
    text_bytes: int = 2**20
    parts: int = 50  # documents in one file, such as an e-mail's attachments
    depth: int = 3  # documents in documents


LIMITS = Limits()
