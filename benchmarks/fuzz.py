"""Nonsense to every action and every form for as long as one likes.

    python benchmarks/fuzz.py --calls 200 --seed 7

Each round runs the two tests of fuzzing with another seed, in databases of their own
(`./portal test`), and ends with the first round that finds something.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ("tests/attacks/test_fuzz_actions.py", "tests/attacks/test_fuzz_forms.py")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=50, help="for each and person")
    parser.add_argument("--pages", type=int, default=200, help="looked at for forms")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument(
        "--run", default=f"{sys.executable} portal test", help="what runs the tests"
    )
    given = parser.parse_args()
    for number in range(given.rounds):
        began = time.monotonic()
        env = {
            **os.environ,
            "EDUDATA_FUZZ": str(given.calls),
            "EDUDATA_FUZZ_PAGES": str(given.pages),
            "EDUDATA_FUZZ_SEED": str(given.seed + number),
        }
        command = [*given.run.split(), *TESTS, "-q"]
        code = subprocess.call(command, cwd=ROOT, env=env)  # noqa: S603
        minutes = (time.monotonic() - began) / 60
        print(f"seed {given.seed + number}: exit {code}, {minutes:.1f} min")
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
