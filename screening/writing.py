"""Where results go: text in, standard output or a file that is complete or untouched out."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from screening.documents import BadInputError
from screening.text import Line, plain


def json_text(content: Mapping[str, Any], *, alone: bool = False) -> str:
    """One object on a line, or indented where it is the only one; keys in their order."""
    indent = 2 if alone else None
    return json.dumps(content, ensure_ascii=False, allow_nan=False, check_circular=False, indent=indent) + "\n"


class Output:
    """Standard output, or a file written beside its place and moved there when all went well."""

    def __init__(self, path: str) -> None:
        """Raises BadInputError where the file's folder cannot be written to."""
        self.written = 0
        self._target = Path(path) if path else None
        self._keep = True
        self._file = None
        if self._target is None:
            return
        if self._target.is_dir():
            raise BadInputError(f"--out {path}: a folder: name a file")
        try:
            # Owned by the context of this object: closed and moved, or removed, in __exit__.
            self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115
                "w", encoding="utf-8", newline="\n", dir=self._target.parent, prefix=".eligo-", delete=False
            )
        except OSError as error:
            cause = (error.strerror or "not possible").lower()
            raise BadInputError(
                f"--out {path}: cannot be written ({cause}): name a file in a writable folder"
            ) from error

    def __enter__(self) -> Output:
        return self

    def text(self, text: str) -> None:
        """Writes plain text."""
        self.written += len(text)
        if self._file is not None:
            self._file.write(text)
        else:
            sys.stdout.write(text)

    def binary(self, content: bytes) -> None:
        """Writes bytes: to the file as they are, to standard output where it is no terminal."""
        self.written += len(content)
        target = sys.stdout if self._file is None else self._file
        target.flush()
        target.buffer.write(content)

    def report(self, lines: list[Line]) -> None:
        """Writes a report, coloured where standard output is a terminal; a blank line parts it from the one before."""
        if self.written:
            self.text("\n")
        if self._file is not None or not sys.stdout.isatty():
            self.text(plain(lines))
            return
        from rich.console import Console
        from rich.text import Text

        console = Console(highlight=False)
        for line in lines:
            console.print(Text(line.text, style=line.style), soft_wrap=True)
        self.written += 1

    def keep_only_if(self, keep: bool) -> None:
        """Whether the file is to appear at all, when everything has been written."""
        self._keep = keep

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is None or self._target is None:
            return
        self._file.close()
        temporary = Path(self._file.name)
        if kind is not None or not self._keep:
            temporary.unlink(missing_ok=True)
            return
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(self._target)


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
