"""Parquet: flat columns as they are, nested ones by path, and the footer's texts."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..reasons import Unreadable
from ..report import CheckOptions
from ..text import cell_text
from .nested import MAX_DEPTH, Tables, unique_keys
from .sheets import Batch, Extra, Meter, Sheet, Source

_FOOTER = 64 << 20
_SLOTS, _ROWS = 200_000, 8192
_RATIO, _RATIO_FROM = 1000, 256 << 20
_PRINTED = re.compile(r"[^\x00-\x1f\x7f\ufffd]{4,}")
_MIDNIGHT = re.compile(r"(?: 00:00:00)?(?:\.0+)?$")


def source(path: Path, size: int, options: CheckOptions) -> Source:
    with path.open("rb") as stream:
        start = stream.read(4)
        stream.seek(max(0, size - 8))
        tail = stream.read(8)
    if start == b"PARE" or tail[4:] == b"PARE":
        raise Unreadable("encrypted")
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != b"PAR1" or length > min(size - 12, _FOOTER):
        raise Unreadable("broken")
    file = _guarded(lambda: _open(path))
    schema = _guarded(lambda: file.schema_arrow)
    _limits(file.metadata, len(schema), size, options)
    if any(_is_nested(field.type) for field in schema):
        sheets = _nested_sheets(file, options)
    else:
        sheets = iter([Sheet("", _batches(file, options), header=True)])
    return Source("parquet", size, sheets, _extras(file))


def _open(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # No threads: the sandbox forbids them.
    pa.set_cpu_count(1)
    return pq.ParquetFile(
        str(path),
        pre_buffer=False,
        thrift_string_size_limit=_FOOTER,
        thrift_container_size_limit=1_000_000,
    )


def _guarded(call: Callable[[], Any]) -> Any:
    # Native code: whatever it raises, the file is at fault.
    try:
        return call()
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001
        encrypted = "ncrypt" in str(error)
        raise Unreadable("encrypted" if encrypted else "broken") from None


def _limits(metadata: Any, width: int, size: int, options: CheckOptions) -> None:
    if metadata.num_columns > options.max_columns or width > options.max_columns:
        raise Unreadable("too_many_columns", limit=options.max_columns)
    if not 0 <= metadata.num_rows * max(1, metadata.num_columns) <= options.max_cells:
        raise Unreadable("too_many_cells", limit=options.max_cells)
    groups = [metadata.row_group(n) for n in range(metadata.num_row_groups)]
    unpacked = sum(max(0, group.total_byte_size) for group in groups)
    if unpacked > _RATIO_FROM and unpacked > size * _RATIO:
        raise Unreadable("bomb")


def _is_nested(kind: Any, depth: int = 0) -> bool:
    import pyarrow as pa

    if depth > MAX_DEPTH:
        raise Unreadable("too_deep", limit=MAX_DEPTH)
    if not pa.types.is_nested(kind):
        return False
    for place in range(kind.num_fields):
        _is_nested(kind.field(place).type, depth + 1)
    return True


def _record_batches(file: Any) -> Iterator[Any]:
    rows = max(64, min(_ROWS, _SLOTS // max(1, file.metadata.num_columns)))
    batches = _guarded(lambda: file.iter_batches(rows, use_threads=False))
    done = object()
    while (batch := _guarded(lambda: next(batches, done))) is not done:
        yield batch


def _batches(file: Any, options: CheckOptions) -> Iterator[Batch]:
    yield [list(file.schema_arrow.names)]
    meter = Meter(options)
    number = 1
    for batch in _record_batches(file):
        columns = [_guarded(lambda c=column: _texts(c)) for column in batch.columns]
        rows = [list(row) for row in zip(*columns, strict=True)]
        longest = max((len(c) for column in columns for c in column if c), default=0)
        if longest > options.max_cell_chars:
            limit = options.max_cell_chars
            raise Unreadable("long_cell", row=number + 1, limit=limit)
        filled = sum(len(rows) - column.count(None) for column in columns)
        meter.check(number + 1, 0, filled, number + len(rows))
        number += len(rows)
        yield rows


def _texts(column: Any) -> list[str | None]:
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _texts(column.dictionary_decode())
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        values = column.cast(pa.string()).to_pylist()
        return [v and _MIDNIGHT.sub("", v) for v in values]
    if pa.types.is_duration(kind):
        column = column.cast(pa.int64())
    values = column.to_pylist()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return [value or None for value in values]
    return [_text(value) for value in values]


def _text(value: Any) -> str | None:
    if isinstance(value, (bytes, bytearray, memoryview)):
        try:
            text = bytes(value).decode()
        except UnicodeDecodeError:
            # A picture or a file: nobody can say what it shows.
            raise Unreadable("embedded", count=1) from None
        return text.replace("\0", "") or None
    return cell_text(value)


def _nested_sheets(file: Any, options: CheckOptions) -> Iterator[Sheet]:
    tables = Tables(options)
    names = list(file.schema_arrow.names)
    for batch in _record_batches(file):
        columns = [_guarded(lambda c=column: c.to_pylist()) for column in batch.columns]
        rows = zip(*columns, strict=True)
        tables.items(
            (unique_keys(list(zip(names, map(_value, r), strict=True))) for r in rows),
            (),
        )
    yield from tables.sheets()


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _value(each) for key, each in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(v, tuple) and len(v) == 2 for v in value):
            return unique_keys([(str(k), _value(v)) for k, v in value])
        return [_value(each) for each in value]
    return _text(value)


def _extras(file: Any) -> Iterator[Extra]:
    metadata, schema = file.metadata, file.schema_arrow
    pairs = [(b"", (metadata.created_by or "").encode())]
    pairs += list((metadata.metadata or {}).items())
    for field in schema:
        pairs += list((field.metadata or {}).items())
        if field.type is not None and _is_nested(field.type):
            pairs.append((b"", str(field.type).encode()))
    for key, value in pairs:
        if key and not key.startswith((b"ARROW:", b"PARQUET:")):
            yield Extra("metadata", key.decode("utf-8", "replace"))
        if key == b"ARROW:schema":
            try:
                value = base64.b64decode(value)  # noqa: PLW2901
            except (binascii.Error, ValueError):
                raise Unreadable("broken") from None
        for text in _PRINTED.findall(value.decode("utf-8", "replace")):
            yield Extra("metadata", text)
