"""How much of an input is read: a file of limits in, numbers out; beyond them it is no letter, and is refused.

`limits.yaml` has them all, with what each is for; a user's own file, named by ELIGO_LIMITS, goes before it.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.kept import kept_yaml
from screening.documents.errors import BadInputError

SHIPPED = Path(__file__).parent / "limits.yaml"
_OWN = "ELIGO_LIMITS"


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits by their names in `limits.yaml`."""

    file_megabytes: int
    text_megabytes: int
    unpacked_megabytes: int
    pages: int
    scanned_pages: int
    page_characters: int
    megapixels: int
    documents: int
    values: int
    depth: int
    page_seconds: int
    file_seconds: int
    memory_megabytes: int

    @property
    def file_bytes(self) -> int:
        return self.file_megabytes * 2**20

    @property
    def text_bytes(self) -> int:
        return self.text_megabytes * 2**20


def limits_in_use() -> Limits:
    """The shipped limits, but for those of the user's own file. Raises BadInputError for one with faults."""
    shipped = Limits(**kept_yaml(SHIPPED))
    own = os.environ.get(_OWN)
    return dataclasses.replace(shipped, **_own_limits(Path(own))) if own else shipped


def _own_limits(path: Path) -> dict[str, int]:
    import yaml  # late: only a user's own file is read each time

    where = f"{_OWN} {path}"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{where}: cannot be read: name a file of limits in UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise BadInputError(f"{where}{line}: not YAML: write a line such as 'pages: 100' for each limit") from error
    if not isinstance(content, Mapping):
        raise BadInputError(f"{where}: no limits: write a line such as 'pages: 100' for each limit")
    return {str(name): _checked(where, str(name), value) for name, value in content.items()}


def _checked(where: str, name: str, value: Any) -> int:
    names = [field.name for field in dataclasses.fields(Limits)]
    if name not in names:
        raise BadInputError(f"{where}: '{name}' is no limit: choose from {', '.join(names)}")
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise BadInputError(f"{where}: '{name}' is not a whole number above 0: write one such as '{name}: 100'")
    return value
