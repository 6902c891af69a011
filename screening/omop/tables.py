"""Tables of the Common Data Model, as CSV or Parquet, a row at a time: files in, rows out; and rows in, files out.

Parquet is told by its content where it is read, and by the name where it is written. It needs pyarrow, which is an
extra; CSV needs nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from screening.documents.errors import BadInputError
from screening.documents.limits import limits_in_use
from screening.writing import Output

Row = Mapping[str, Any]
Write = Callable[[Iterable[Row]], None]

_PARQUET = b"PAR1"
_DELIMITERS = ",\t;|"
_HEADER_BYTES = 2**16
_BATCH = 1000  # rows of a table that are in memory at once


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, its type, and whether each row has it."""

    name: str
    type: Literal["int64", "int32", "string", "date32", "timestamp"]
    required: bool = False


# --- in ---------------------------------------------------------------------------------------------------------------


def is_table(path: Path, columns: Sequence[str]) -> bool:
    """Whether a file is Parquet, or CSV whose first line names these columns."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER_BYTES)
    except OSError:
        return False
    return head.startswith(_PARQUET) or _delimiter(head, columns) is not None


def _delimiter(head: bytes, columns: Sequence[str]) -> str | None:
    first = next(iter(head.splitlines()), b"").decode("utf-8-sig", "replace")
    for delimiter in _DELIMITERS:
        if set(columns) <= {name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])}:
            return delimiter
    return None


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """The rows of a table with at least these columns, whose names may be in any case.

    Raises BadInputError for a table that is damaged or lacks a column.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER_BYTES)
        if head.startswith(_PARQUET):
            yield from _parquet_rows(path, columns)
            return
        delimiter = _delimiter(head, columns)
        if delimiter is None:
            raise BadInputError(f"{path}: no table with {', '.join(columns)}: give it as the CDM defines it")
        yield from _csv_rows(path, delimiter)
    except OSError as error:
        cause = (error.strerror or "not possible").lower()
        raise BadInputError(f"{path}: cannot be read ({cause}): name a readable file") from error


def _csv_rows(path: Path, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(limits_in_use().file_bytes)
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file, delimiter=delimiter):
                yield {name.strip().lower(): value for name, value in row.items() if name is not None}
                number += 1
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path}: not UTF-8 after row {number}: save the table as UTF-8") from error
    except csv.Error as error:
        raise BadInputError(f"{path}: damaged after row {number}: save the table as CSV again") from error


def _parquet_rows(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    pyarrow, parquet = _pyarrow(str(path))
    try:
        with parquet.ParquetFile(path) as file:
            names = {name.lower(): name for name in file.schema_arrow.names}
            missing = [name for name in columns if name not in names]
            if missing:
                raise BadInputError(f"{path}: has no column {', '.join(missing)}: give the table as the CDM defines it")
            for batch in file.iter_batches(_BATCH, columns=[names[name] for name in columns]):
                yield from ({name.lower(): value for name, value in row.items()} for row in batch.to_pylist())
    except (pyarrow.ArrowException, UnicodeDecodeError, OSError) as error:
        raise BadInputError(f"{path}: damaged Parquet: write the table again") from error


# --- out --------------------------------------------------------------------------------------------------------------


@contextmanager
def writing_rows(sink: Output, out: str, columns: Sequence[Column]) -> Iterator[Write]:
    """A function that writes rows to a sink: as Parquet where its file's name ends so, else as CSV."""
    if Path(out).suffix.lower() == ".parquet":
        with _parquet_written(sink, out, columns) as write:
            yield write
    else:
        yield _csv_written(sink, columns)


def _csv_written(sink: Output, columns: Sequence[Column]) -> Write:
    names = [column.name for column in columns]
    # A name that is a word of SQL stands in quotes, as in the CDM's own definition.
    sink.text(",".join(f'"{name}"' if name in _WORDS_OF_SQL else name for name in names) + "\n")

    def write(rows: Iterable[Row]) -> None:
        made = io.StringIO()
        writer = csv.writer(made, lineterminator="\n")
        writer.writerows([row[name] for name in names] for row in rows)
        sink.text(made.getvalue())

    return write


_WORDS_OF_SQL = frozenset({"offset"})


@contextmanager
def _parquet_written(sink: Output, out: str, columns: Sequence[Column]) -> Iterator[Write]:
    pyarrow, parquet = _pyarrow(f"--out {out}")
    types = {name: getattr(pyarrow, name)() for name in ("int64", "int32", "string", "date32")}
    types["timestamp"] = pyarrow.timestamp("us")
    schema = pyarrow.schema([pyarrow.field(one.name, types[one.type], nullable=not one.required) for one in columns])
    with parquet.ParquetWriter(_Bytes(sink), schema) as writer:

        def write(rows: Iterable[Row]) -> None:
            remaining = iter(rows)
            while batch := list(islice(remaining, _BATCH)):
                writer.write_table(pyarrow.Table.from_pylist([dict(row) for row in batch], schema))

        yield write


class _Bytes(io.RawIOBase):
    """A sink as the file to which pyarrow writes."""

    def __init__(self, sink: Output) -> None:
        self._sink, self._place = sink, 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def write(self, content: Any, /) -> int:
        raw = bytes(content)
        self._sink.binary(raw)
        self._place += len(raw)
        return len(raw)


def _pyarrow(where: str) -> tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise BadInputError(f"{where}: Parquet needs pyarrow: pip install 'eligo[omop]', or use CSV") from error
    return pyarrow, parquet
