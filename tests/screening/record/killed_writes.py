"""Writes to a store and is killed at every step of the write in turn; a line of JSON for each says what was left.

Run with the library of `killed_writes.c` preloaded: `killed_writes.py STORE`, a store to start from, or `-` for none.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from screening.record.connection import StoreError
from screening.record.store import opened
from tests.screening.record.drafts import NOON, draft

MOST = 2000  # steps; a write has far fewer


def main(start: str) -> None:
    """Kills at the first step, the second, and so on until a write comes to its end."""
    arm = ctypes.CDLL(None).eligo_arm
    for step in range(1, MOST):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "record.db"
            if start != "-":
                shutil.copy(start, path)
            child = os.fork()
            if child == 0:
                arm(step)
                opened(str(path), create=True).add([draft(8), draft(9)], NOON)
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            print(json.dumps({"step": step, "killed": killed, "left": left(path)}), flush=True)
        if not killed:
            return


def left(path: Path) -> list[str] | str:
    """The entries of the store after the kill, once another has written to it; or what is wrong with it."""
    try:
        found = opened(str(path), create=True).entries()
        opened(str(path), create=True).add([draft(10)], NOON)
        problems = opened(str(path)).problems()[1]
    except StoreError as error:
        return str(error)
    return "; ".join(problems) if problems else [entry.hash for entry in found]


if __name__ == "__main__":
    main(sys.argv[1])
