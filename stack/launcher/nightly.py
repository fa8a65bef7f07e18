"""Runs a command once a night: ``python -m stack.launcher.nightly COMMAND …``.

Small on purpose: it waits all day, and the command starts anew each night.
"""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import time

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
HOUR = "EDUDATA_NIGHTLY_HOUR"


def seconds_until(hour: int, now: datetime.datetime) -> float:
    """Seconds from now until the next time it is this hour in Shanghai."""
    here = now.astimezone(SHANGHAI)
    then = here.replace(hour=hour, minute=0, second=0, microsecond=0)
    if then <= here:
        then += datetime.timedelta(days=1)
    return (then - here).total_seconds()


def main(command: list[str]) -> None:
    """Wait for the hour and run the command, night after night."""
    hour = int(os.environ.get(HOUR, "2")) % 24
    while True:
        now = datetime.datetime.now(datetime.timezone.utc)
        end = time.time() + seconds_until(hour, now)
        while time.time() < end:  # a machine may sleep, or its clock be set
            time.sleep(min(60, max(1, end - time.time())))
        code = subprocess.run(command, check=False).returncode
        print(f"{' '.join(command[-2:])}: exit code {code}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
