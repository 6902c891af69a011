"""The project as it is installed: the locks hold every dependency, with hashes and no trace of where they were made."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
NAME = re.compile(r"[A-Za-z0-9._-]+")


def locked(lock: str) -> dict[str, str]:
    """Each locked requirement by its normalised name, with its hashes."""
    whole = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return {normalised(line): line for line in whole.splitlines() if NAME.match(line)}


def normalised(requirement: str) -> str:
    name = NAME.match(requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_locked_is_pinned_with_hashes_and_comes_from_nowhere_in_particular(lock: str) -> None:
    assert all("==" in line and "--hash=sha256:" in line for line in locked(lock).values())
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text and not re.search(r"^-", text, re.MULTILINE)


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    extras = [one for extra in project["project"]["optional-dependencies"].values() for one in extra]
    runtime = {normalised(one) for one in project["project"]["dependencies"] + extras + groups["build"]}
    assert runtime <= set(locked("requirements.lock"))
    assert {normalised(one) for one in groups["dev"]} <= set(locked("requirements-dev.lock"))


def test_the_two_locks_agree() -> None:
    runtime, tools = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {name for name in runtime.keys() & tools.keys() if versions(runtime[name]) != versions(tools[name])} == set()


def versions(line: str) -> str:
    return line.split(";")[0].split("--hash")[0].strip()
