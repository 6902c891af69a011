"""The cue files of this folder (`*.yaml`): words and phrases that a clinician can review, read once."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from kb.kept import kept_yaml


@functools.cache
def cues(name: str) -> dict[str, Any]:
    """The content of `extraction/<name>.yaml`, every scalar a string (`no` and `on` are words here)."""
    path = Path(__file__).parent / f"{name}.yaml"
    content = kept_yaml(path, "BaseLoader")
    if not isinstance(content, dict):
        raise ValueError(f"{path.name}: a cue file is a mapping of lists")
    return content
