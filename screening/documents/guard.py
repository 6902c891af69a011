"""Reads files in a process of their own, bounded in memory and time: bytes in, what its reader gives out.

A file that crashes, hangs or fills that process is refused in one line, and the next one is read by a new process.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from screening.documents.content import Content, Read, reader_of
from screening.documents.errors import BadInputError
from screening.documents.limits import Limits
from screening.documents.progress import watched

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]

_MEGA = 2**20
_PAGE_DONE = "page"  # what the process says meanwhile
_TOO_LONG = object()
_START = "import sys; memory, *sys.path = sys.argv[1:]; from screening.documents.guard import serve; serve(int(memory))"
_START_SECONDS = 60  # to start, and to load what a format needs
_LOCK = threading.Lock()
_WORKERS: list[Worker] = []  # the one in use, if any


@atexit.register
def _end() -> None:
    while _WORKERS:
        _WORKERS.pop().end()


def read_guarded(kind: str, raw: bytes, where: str, limits: Limits) -> Read:
    """What the reader of that kind gives. Raises BadInputError, also where the file is more than the process bears."""
    with _LOCK:
        worker = _worker(limits)
        answer = worker.ask(kind, raw, where, limits)
        if answer is None or isinstance(answer, str):
            _WORKERS.clear()
            worker.end()
            raise BadInputError(f"{where}: {answer or 'damaged, it cannot be read'}: save or export it again")
    if isinstance(answer, BadInputError):
        raise answer
    if isinstance(answer, Content) and answer.layout is not None:  # the file itself was not sent back
        return dataclasses.replace(answer, layout=dataclasses.replace(answer.layout, source=raw))
    return answer


def _worker(limits: Limits) -> Worker:
    """The process in use, or a new one where there is none or its bounds are others."""
    if _WORKERS and not (_WORKERS[0].memory == limits.memory_megabytes and _WORKERS[0].lives()):
        _WORKERS.pop().end()
    if not _WORKERS:
        _WORKERS.append(Worker(limits.memory_megabytes))
    return _WORKERS[0]


class Worker:
    """One process that reads files, one after the other; `memory` is its bound in MB."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self._fresh = True
        # not forked, for a copy would share what an engine or library holds; and a library's own complaints, which may
        # quote the letter, are heard by nobody
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(memory), *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, kind: str, raw: bytes, where: str, limits: Limits) -> Read | BadInputError | str | None:
        """What the process answers; a word on why where it was stopped, None where it ended by itself."""
        ends = time.monotonic() + limits.file_seconds
        self._send_within(limits.page_seconds, (kind, raw, where, limits))
        while True:
            left = min(limits.page_seconds, ends - time.monotonic()) + (_START_SECONDS if self._fresh else 0)
            said = self._hear_within(left)
            self._fresh = False
            if said is _TOO_LONG:
                return f"takes more than {limits.page_seconds} seconds a page or {limits.file_seconds} in all"
            if said != _PAGE_DONE:
                answer: Read | BadInputError | str | None = said
                return answer

    def _send_within(self, seconds: float, question: object) -> None:
        pipe = self._process.stdin
        with self._alarm(seconds), contextlib.suppress(OSError):  # one that has ended is heard of below
            assert pipe is not None
            pickle.dump(question, pipe)
            pipe.flush()

    def _hear_within(self, seconds: float) -> Any:
        """What the process says next; None where it has ended, or had to be ended."""
        pipe = self._process.stdout
        with self._alarm(seconds) as alarm:
            try:
                assert pipe is not None
                return pickle.load(pipe)
            except (EOFError, OSError, pickle.UnpicklingError):
                return _TOO_LONG if alarm.is_set() else None

    @contextlib.contextmanager
    def _alarm(self, seconds: float) -> Iterator[threading.Event]:
        """Ends the process after that time, and says so."""
        rung = threading.Event()

        def ring() -> None:
            rung.set()
            self._process.kill()

        timer = threading.Timer(max(seconds, 0), ring)
        timer.daemon = True
        timer.start()
        try:
            yield rung
        finally:
            timer.cancel()

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


# --- in the process itself --------------------------------------------------------------------------------------------


def serve(memory: int) -> None:
    """Reads what it is asked to until nobody asks any more: questions from standard input, answers to the output."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints goes nowhere
    _be_bounded(memory)

    def say(answer: object) -> None:
        pickle.dump(answer, answers)
        answers.flush()

    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            kind, raw, where, limits = pickle.load(sys.stdin.buffer)
            _allow_time(limits.file_seconds)
            with watched(lambda: say(_PAGE_DONE)):
                answer = _answer(kind, raw, where, limits)
            say(answer)


def _answer(kind: str, raw: bytes, where: str, limits: Limits) -> Read | BadInputError | str | None:
    try:
        return reader_of(kind)(raw, where, limits)
    except BadInputError as error:
        return BadInputError(str(error))  # without what caused it, which may hold words of the letter
    except MemoryError:
        return f"takes more than {limits.memory_megabytes} MB of memory"
    except Exception as error:  # noqa: BLE001  # whatever a library makes of a damaged file, it is a damaged file
        return BadInputError(f"{where}: damaged ({type(error).__name__}): save or export it again")


def _be_bounded(memory: int) -> None:
    if resource is not None:  # Windows has none, and there only the time is bounded
        with contextlib.suppress(ValueError, OSError):  # a lower bound is set already
            resource.setrlimit(resource.RLIMIT_AS, (memory * _MEGA, memory * _MEGA))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_time(seconds: int) -> None:
    """Lets the next file take that long on each processor, should nobody be there any more to end the process."""
    if resource is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        most = int(used.ru_utime + used.ru_stime) + seconds * (os.cpu_count() or 1) + 1
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
