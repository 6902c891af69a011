"""What a start costs: folders of letters in, seconds to the first letter and the memory of a process out.

Each figure is of processes of their own, taken in turn and as a median: importing medspaCy, screening one letter from
the command line, showing the help; and the peak memory after all letters, of stock medspaCy and of eligo.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SECONDS = "import sys, time; begin = time.process_time(); {work}; print(time.process_time() - begin, file=sys.stderr)"
_IMPORT = "import medspacy"
_SCREEN = "from screening.cli import run; run(['screen', {letter!r}, '--format', 'json'])"
_HELP = "from screening.cli import run; run(['--help'])"
_NO_BYTE_CODE = "PYTHONDONTWRITEBYTECODE"  # as on a machine of its own, what was compiled once stays compiled
_NLP = ("spacy", "medspacy", "durable")

_MEMORY = """
import json, sys
from pathlib import Path
texts = [Path(name).read_text(encoding="utf-8") for name in json.loads(sys.argv[1])]
{load}
for text in texts:
    read(text)
status = Path("/proc/self/status").read_text()  # the peak of this very program, which the parent's does not hide
print(status.split("VmHWM:")[1].split()[0])
"""
_STOCK = "from bench.speed_others import stock_medspacy, terms; read = stock_medspacy(terms())"
_ELIGO = "from bench.speed_eligo import Eligo; read = Eligo().screen"


@dataclass(frozen=True)
class Start:
    """Seconds of the processor, and kilobytes."""

    import_medspacy: float
    first_letter: float
    help: float
    help_loads: tuple[str, ...]
    memory_medspacy: int
    memory_eligo: int

    def as_json(self) -> dict[str, Any]:
        return {
            "seconds": {
                "import medspacy": round(self.import_medspacy, 3),
                "first letter": round(self.first_letter, 3),
                "help": round(self.help, 3),
            },
            "help loads": list(self.help_loads),
            "megabytes": {
                "medspacy": round(self.memory_medspacy / 1024),
                "eligo": round(self.memory_eligo / 1024),
            },
            "ratios": {
                "first letter to import medspacy": round(self.first_letter / self.import_medspacy, 2),
                "memory to medspacy": round(self.memory_eligo / self.memory_medspacy, 2),
            },
        }


def measure_start(folders: Sequence[str], rounds: int) -> Start:
    """Start-up and memory over the letters of the folders. Raises RuntimeError where a process fails."""
    letters = [str(path) for folder in folders for path in sorted(Path(folder).glob("*.txt"))]
    works = {"import": _IMPORT, "screen": _SCREEN.format(letter=letters[0]), "help": _HELP}
    taken: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            seconds = float(_run(_SECONDS.format(work=work)).stderr)
            if turn:  # the first start after an installation compiles what the others read
                taken[name].append(seconds)
    median = {name: statistics.median(values) for name, values in taken.items()}
    memory = [int(_run(_MEMORY.format(load=load), json.dumps(letters)).stdout) for load in (_STOCK, _ELIGO)]
    return Start(median["import"], median["screen"], median["help"], modules_after_help(), *memory)


def modules_after_help() -> tuple[str, ...]:
    """Which of the heavy libraries are loaded once the help has been shown: none should be."""
    listed = f"{_HELP}; import sys; print([name for name in {_NLP!r} if name in sys.modules], file=sys.stderr)"
    return tuple(name for name in _NLP if name in _run(listed).stderr)


def _run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        cwd=Path(__file__).parents[1],
        env={name: value for name, value in os.environ.items() if name != _NO_BYTE_CODE} | {"PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"a measuring process ended with status {done.returncode}: {done.stderr.strip()[-300:]}")
    return done
