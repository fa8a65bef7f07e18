"""The process that reads an uploaded workbook; `sheets_read` starts it.

It gives rows as JSON lines and ends. Whatever a workbook does, it does it here, under
limits of memory and processor time.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

#: Own limits, far above a catalog of ten thousand entries.
MAX_CELLS = 2_000_000
MAX_COLUMNS = 200
MAX_CHARS = 32_767


def main(path: str, seconds: int, memory: int) -> None:
    """Send `{"sheet", "rows"}` for each batch, `{"reason"}` if it cannot be read, and
    `{"end"}` at last."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    try:
        for message in _read(Path(path), memory):
            _send(out, message)
    except MemoryError:
        _send(out, {"reason": "memory"})
    except BaseException as error:  # noqa: BLE001 - its text may quote a cell
        _send(
            out, {"reason": getattr(getattr(error, "reason", None), "code", "broken")}
        )
    _send(out, {"end": True})


def _read(path: Path, memory: int) -> Any:
    from ckanext.edudata.desensitization.reading import package, workbook
    from ckanext.edudata.desensitization.reading.kinds import file_kind
    from ckanext.edudata.desensitization.report import CheckOptions

    options = CheckOptions(
        max_cells=MAX_CELLS,
        max_columns=MAX_COLUMNS,
        max_cell_chars=MAX_CHARS,
        memory=memory,
    )
    if file_kind(path) != "xlsx":
        yield {"reason": "no_workbook"}
        return
    package.inspect(path, options)
    for sheet in workbook.sheets(path, "xlsx", options):
        yield {"sheet": sheet.name, "rows": []}
        for batch in sheet.batches:
            yield {"sheet": sheet.name, "rows": batch}


def _send(out: Any, message: dict[str, Any]) -> None:
    data = json.dumps(message, ensure_ascii=True).encode() + b"\n"
    while data:
        data = data[out.write(data) :]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
