"""The name of a document in, a name for a file about it out: without folders, and without the document's ending."""

from __future__ import annotations

import re
from pathlib import Path


def file_stem(name: str) -> str:
    """A document's name as the beginning of a file's; a document in another keeps the names of both.

    >>> file_stem("letter-07.txt"), file_stem("mail.eml/labs.pdf"), file_stem("note.csv#4711")
    ('letter-07', 'mail-labs', 'note-4711')
    """
    parts = re.split(r"[/\\]|#(?=-?\d+$)", name)
    return "-".join(stem for stem in (Path(part).stem for part in parts) if stem) or "letter"
