"""Word that a page was read: from the readers of formats to whoever watches that no page takes too long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_WATCHER: ContextVar[Callable[[], object] | None] = ContextVar("watcher", default=None)


def page_done() -> None:
    """Says so to the watcher, if there is one."""
    tell = _WATCHER.get()
    if tell is not None:
        tell()


@contextmanager
def watched(tell: Callable[[], object]) -> Iterator[None]:
    """Has `tell` called for each page that is read meanwhile."""
    token = _WATCHER.set(tell)
    try:
        yield
    finally:
        _WATCHER.reset(token)
