"""Settings of gunicorn: `gunicorn -c python:ckanext.edudata.operations.serving`.

The options of the command line go before these.
"""

from __future__ import annotations

import os
import tempfile
from typing import Any

from gunicorn import glogging

_folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
if _folder:
    # Figures are written as soon as they are imported, and their folder may be gone.
    os.makedirs(_folder, mode=0o700, exist_ok=True)
else:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="edudata-figures-")


class Logger(glogging.Logger):
    """Gunicorn's own lines name the whole address of a request; these do not."""

    def setup(self, cfg: Any) -> None:
        from ckanext.edudata.operations.logs import Lines

        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Lines())


logger_class = Logger


def on_starting(server: Any) -> None:
    """Figures of an earlier run are none of this one."""
    from ckanext.edudata.operations import counters

    counters.begin()


def child_exit(server: Any, worker: Any) -> None:
    """Keep what a process that ends has counted."""
    from ckanext.edudata.operations import counters

    counters.ended(worker.pid)
