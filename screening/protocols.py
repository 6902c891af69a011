"""The protocols, shipped ones and those of a user's own folder: an id or a path in, a checked protocol out."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path

from kb.kept import kept
from rules.language import Protocol, leaf_tests, load_protocol
from rules.protocol_text import ProtocolError, line_of, read_yaml
from rules.sources import code
from screening.documents import BadInputError

FOLDER = Path(__file__).parents[1] / "kb" / "protocols"
FILE = "protocol.yaml"
DEFAULT = "NCT06934447"

_OWN: ContextVar[Mapping[str, Path] | None] = ContextVar("own protocols", default=None)


def use_folder(folder: Path) -> None:
    """Adds the protocols of a folder's folders (or the folder's own) for the rest of this context: of one call of the
    command line. Raises BadInputError where there is none, or where an id is in use.
    """
    _OWN.set(_found(folder))


def _found(folder: Path) -> dict[str, Path]:
    """The files by the ids that they give."""
    if not folder.is_dir():
        raise BadInputError(f"{folder}: is no folder: name the one that holds your protocols' folders")
    files = sorted([*folder.glob(FILE), *folder.glob(f"*/{FILE}")])
    if not files:
        raise BadInputError(f"{folder}: holds no protocol: make a folder there for each, with its {FILE}")
    taken = {key.lower(): _shipped()[key] for key in _shipped()}
    found: dict[str, Path] = {}
    for file in files:
        key, line = _id_of(file)
        other = taken.get(key.lower())
        if other is not None:
            whose = "a shipped protocol" if other.is_relative_to(FOLDER) else f"the protocol of {other}"
            raise BadInputError(f"{file}, line {line}: '{key}' is the id of {whose}: give yours another id")
        found[key] = taken[key.lower()] = file
    return found


def _id_of(file: Path) -> tuple[str, int]:
    """The id and its line; of a file that cannot be read, which whoever uses it is told, the folder's name."""
    try:
        content, lines = read_yaml(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError, ProtocolError):
        return file.parent.name, 1
    key = content.get("id") if isinstance(content, dict) else None
    return (key, line_of(lines, ("id",))) if isinstance(key, str) else (file.parent.name, 1)


def _shipped() -> dict[str, Path]:
    return {path.parent.name: path for path in FOLDER.glob(f"*/{FILE}")}


def _files() -> dict[str, Path]:
    """The file of every protocol by its id, in order, the shipped ones first."""
    own = _OWN.get() or {}
    return {**dict(sorted(_shipped().items())), **dict(sorted(own.items()))}


def protocol_ids() -> list[str]:
    """The ids of the protocols, in order, the shipped ones first."""
    return list(_files())


def find_protocol(name: str) -> Path:
    """The file of the protocol of that id, or of a protocol's own file or folder. Raises BadInputError."""
    files = _files()
    known = {key.lower(): key for key in files}
    if name.lower() in known:
        return files[known[name.lower()]]
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    if (Path(name) / FILE).is_file():
        return Path(name) / FILE
    close = difflib.get_close_matches(name.lower(), list(known), 1)
    hint = f"did you mean {known[close[0]]}?" if close else f"there are: {', '.join(known.values())}"
    raise BadInputError(f"--protocol {name}: no such protocol: {hint}")


def _ready(path: Path) -> Protocol:
    """The protocol with what is worked out of it once."""
    protocol = load_protocol(path)
    for criterion in protocol.criteria:
        for test in leaf_tests(criterion.tree):
            _ = test.key, test.in_full
    return protocol


def read_protocol(name: str) -> Protocol:
    """The protocol of that id, or the one of a file or folder. Raises BadInputError in one line."""
    path = find_protocol(name)
    try:
        if path.is_relative_to(FOLDER):
            return kept(f"protocol-{path.parent.name}", (*code(), path), lambda: _ready(path))
        return load_protocol(path)
    except ProtocolError as error:
        raise BadInputError(str(error)) from error
