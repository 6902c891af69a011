"""The YAML of a protocol file: its text in, the content and the line of every key out, or a ProtocolError.

A message names file, line and key; a key that is given twice is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml

Path_ = tuple[str | int, ...]


class ProtocolError(ValueError):
    """A protocol file that cannot be used: one line with file, line, key and what is wrong."""


def read_yaml(text: str, name: str) -> tuple[Any, dict[Path_, int]]:
    """The content, and the line of every key by its path."""
    import yaml  # late: needed only where a file has changed

    try:
        loader = yaml.SafeLoader(text)
    except yaml.YAMLError as error:  # a character that no text has
        raise ProtocolError(f"{name}: not readable as YAML: {' '.join(str(error).split())}") from error
    try:
        node = loader.get_single_node()
        lines: dict[Path_, int] = {}
        if node is not None:
            _collect_lines(node, (), lines, name)
        return (None if node is None else loader.construct_document(node)), lines
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise ProtocolError(
            f"{name}{line}: not readable as YAML: {getattr(error, 'problem', None) or error}"
        ) from error
    except ValueError as error:  # an impossible date such as 2026-02-30
        if isinstance(error, ProtocolError):
            raise
        raise ProtocolError(f"{name}: not readable as YAML: {error}") from error
    finally:
        loader.dispose()


def _collect_lines(node: yaml.Node, path: Path_, lines: dict[Path_, int], name: str) -> None:
    import yaml

    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, key.value)
            if inner in lines:
                raise ProtocolError(f"{name}, line {key.start_mark.line + 1}, key '{key.value}': is given twice")
            _collect_lines(value, inner, lines, name)
            lines[inner] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, entry in enumerate(node.value):
            _collect_lines(entry, (*path, index), lines, name)


def line_of(lines: Mapping[Path_, int], path: Path_) -> int:
    """The line of the path, or of the nearest thing that holds it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def located(name: str, lines: Mapping[Path_, int], path: Path_, problem: str) -> str:
    """The one line of a message: file, line, key and what is wrong."""
    key = ".".join(str(part) for part in path) or "(whole file)"
    return f"{name}, line {line_of(lines, path)}, key '{key}': {problem}"
