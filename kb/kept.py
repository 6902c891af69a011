"""What takes long to make from files that rarely change: the files in, what was made of the very same content out.

It lies beside Python's own byte code and is trusted like it. Its key is the content of every source, so that it is
never out of date; where the folder cannot be written, or the file is damaged, it is made anew each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pickle
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

Made = TypeVar("Made")
_DIGEST = hashlib.sha256().digest_size


def kept(name: str, sources: Iterable[Path], make: Callable[[], Made]) -> Made:
    """What `make` gives, or gave before from the same `sources` (data, and the code that reads it) on this Python.

    `name` is that of one purpose. Raises what `make` raises, and OSError where a source cannot be read.
    """
    key = _key(sources)
    body = read_kept(name, key)
    if body is not None:
        known: Made = pickle.loads(body)
        return known
    made = make()
    write_kept(name, key, pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
    return made


def kept_yaml(path: Path, loader: str = "SafeLoader") -> Any:
    """The content of a file of YAML, read by the loader of that name. Raises what reading or parsing it raises."""
    return kept(f"yaml-{path.parent.name}-{path.stem}", (path,), lambda: _parsed(path, loader))


def _parsed(path: Path, loader: str) -> Any:
    import yaml  # late: needed only where a file has changed

    fast = getattr(yaml, f"C{loader}", getattr(yaml, loader))
    return yaml.load(path.read_text(encoding="utf-8"), Loader=fast)


def _key(sources: Iterable[Path]) -> bytes:
    """A digest of the Python and of each source's name and content."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sources:
        content = path.read_bytes()
        digest.update(f"\n{path.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.digest()


def read_kept(name: str, key: bytes) -> memoryview | None:
    """What was written under the name with the same key; None where there is nothing, or it is not whole."""
    try:
        content = memoryview(_place(name).read_bytes())
    except OSError:
        return None
    body = content[2 * _DIGEST :]
    whole = content[:_DIGEST] == key and content[_DIGEST : 2 * _DIGEST] == hashlib.sha256(body).digest()
    return body if whole else None


def write_kept(name: str, key: bytes, body: bytes) -> None:
    """Keeps the bytes under the name, all of them or none; does nothing where byte code is not written either."""
    if sys.dont_write_bytecode:
        return
    place = _place(name)
    with contextlib.suppress(OSError):
        place.parent.mkdir(exist_ok=True)
        beside = place.with_suffix(f".{os.getpid()}")
        try:
            beside.write_bytes(key + hashlib.sha256(body).digest() + body)
            beside.replace(place)
        except OSError:
            beside.unlink(missing_ok=True)


def _place(name: str) -> Path:
    """A file beside the byte code of this folder, for this kind of Python."""
    return Path(importlib.util.cache_from_source(str(Path(__file__).with_name(f"{name}.py")))).with_suffix(".kept")
