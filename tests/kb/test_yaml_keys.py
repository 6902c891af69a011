"""A key that a YAML file names twice loses its first value without a word."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

_ROOT = Path(__file__).parents[2]
_FILES = sorted(path for folder in ("extraction", "kb", "screening") for path in (_ROOT / folder).rglob("*.yaml"))


def _named_twice(node: yaml.Node | None) -> list[str]:
    if isinstance(node, yaml.SequenceNode):
        return [found for part in node.value for found in _named_twice(part)]
    if not isinstance(node, yaml.MappingNode):
        return []
    keys = [key.value for key, _ in node.value]
    twice = [f"{key.value}, line {key.start_mark.line + 1}" for key, _ in node.value if keys.count(key.value) > 1]
    return twice + [found for _, value in node.value for found in _named_twice(value)]


@pytest.mark.parametrize("path", _FILES, ids=lambda path: str(path.relative_to(_ROOT)))
def test_no_key_stands_twice(path: Path) -> None:
    assert not _named_twice(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
