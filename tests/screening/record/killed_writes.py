"""Writes to a store and is killed at every step of the write in turn; a line of JSON for each says what was left.

`killed_writes.py calls START`, with the library of `killed_writes.c` preloaded: at each call that changes a file, each
time from a copy of START (`-`: from no store). `killed_writes.py statements STORE`: at each statement to the database.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event

from screening.record.connection import StoreError
from screening.record.store import opened
from tests.screening.record.drafts import NOON, draft

MOST = 2000  # steps; a write has far fewer


def main(kind: str, store: str) -> None:
    """Kills at the first step, the second, and so on until a write comes to its end."""
    for step, told in enumerate(at_calls(store) if kind == "calls" else at_statements(store), 1):
        print(json.dumps({"step": step, **told}), flush=True)
        if not told["killed"]:
            return


def at_calls(start: str) -> Iterator[dict[str, object]]:
    """What is left of a store of its own each time, once another has written to it."""
    arm = ctypes.CDLL(None).eligo_arm
    for step in range(1, MOST):
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "record.db")
            if start != "-":
                shutil.copy(start, path)
            killed = write(path, lambda step=step: arm(step))  # type: ignore[misc]
            yield {"killed": killed, "left": left(path, then_write=True)}


def at_statements(store: str) -> Iterator[dict[str, object]]:
    """What is left of the same store each time."""
    for step in range(1, MOST):
        killed = write(store, lambda step=step: kill_at(step))  # type: ignore[misc]
        yield {"killed": killed, "left": left(store)}


def write(store: str, arm: Callable[[], object]) -> bool:
    """A process that writes two entries; whether it was killed."""
    child = os.fork()
    if child == 0:
        arm()
        opened(store, create=True).add([draft(8), draft(9)], NOON)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def kill_at(step: int) -> None:
    """Kills this process at the step-th of the moments that SQLAlchemy tells of."""
    counted = 0

    def count(*_: object, **__: object) -> None:
        nonlocal counted
        counted += 1
        if counted == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(sa.Engine, moment, count)


def left(store: str, *, then_write: bool = False) -> list[str] | str:
    """The hashes of the store's entries; or what is wrong with it."""
    try:
        found = opened(store, create=True).entries()
        if then_write:
            opened(store, create=True).add([draft(10)], NOON)
        problems = opened(store).problems()[1]
    except StoreError as error:
        return str(error)
    return "; ".join(problems) if problems else [entry.hash for entry in found]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
