"""The shipped protocols: an id or a path in, a checked protocol out."""

from __future__ import annotations

import difflib
from pathlib import Path

from rules.language import Protocol, ProtocolError, load_protocol
from screening.documents import BadInputError

FOLDER = Path(__file__).parents[1] / "kb" / "protocols"
DEFAULT = "NCT06934447"


def protocol_ids() -> list[str]:
    """The ids of the shipped protocols, in order."""
    return sorted(path.parent.name for path in FOLDER.glob("*/protocol.yaml"))


def find_protocol(name: str) -> Path:
    """The file of the shipped protocol of that id, or of a protocol's own file or folder. Raises BadInputError."""
    known = {key.lower(): key for key in protocol_ids()}
    if name.lower() in known:
        return FOLDER / known[name.lower()] / "protocol.yaml"
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    if (Path(name) / "protocol.yaml").is_file():
        return Path(name) / "protocol.yaml"
    close = difflib.get_close_matches(name.lower(), list(known), 1)
    hint = f"did you mean {known[close[0]]}?" if close else f"there are: {', '.join(known.values())}"
    raise BadInputError(f"--protocol {name}: no such protocol: {hint}")


def read_protocol(name: str) -> Protocol:
    """The shipped protocol of that id, or the one of a file or folder. Raises BadInputError in one line."""
    try:
        return load_protocol(find_protocol(name))
    except ProtocolError as error:
        raise BadInputError(str(error)) from error
