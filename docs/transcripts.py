"""The real output that the README shows: a text with marked places in, the same text with them filled anew out.

`<!-- run: eligo ... -->` holds a transcript, which a test compares; `<!-- measure: eligo ... -->` holds figures, which
are written only when asked for (`make readme`). Both end at `<!-- end -->`: no output in the README is typed by hand.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Container
from pathlib import Path

ROOT = Path(__file__).parents[1]
WIDTH = 120

_PLACE = re.compile(r"(<!-- (run|measure): (eligo [^\n]*?) -->\n).*?(<!-- end -->)", re.DOTALL)


def regenerated(text: str, kinds: Container[str] = ("run", "measure")) -> str:
    """The text with the output of every marked command of the given kinds.

    >>> regenerated("nothing marked")
    'nothing marked'
    """

    def filled(place: re.Match[str]) -> str:
        if place[2] not in kinds:
            return place[0]
        return f"{place[1]}```\n$ {place[3]}\n{output_of(place[3])}\n```\n{place[4]}"

    return _PLACE.sub(filled, text)


def output_of(command: str) -> str:
    """What an `eligo` command prints at the project's root, in plain text of a fixed width."""
    environment = os.environ | {"COLUMNS": str(WIDTH), "NO_COLOR": "1", "TERM": "dumb", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", "from screening.cli import main; main()", *shlex.split(command)[1:]],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"'{command}' ended with status {done.returncode}: {done.stderr.strip()}")
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines())


def main() -> None:
    """Fills the marked places of the files named on the command line."""
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(regenerated(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
