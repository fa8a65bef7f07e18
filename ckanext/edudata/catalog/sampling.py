"""Many entries reviewed together by a sample: who may be in it, what is drawn. Pure.

Nothing of this decides about an entry: each is approved by a transition of its own,
bound to the content that lay there when the sample was drawn.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: Part of the entries that is looked at where the reviewer asks for nothing else.
SHARE = 0.1

STATES = {
    "open": "The sample is being looked at",
    "approving": "Being approved",
    "done": "Finished",
    "ended": "Ended without approving the others",
}

OUTCOMES = {
    "approved": "Approved",
    "changed": "Changed meanwhile; look at it again",
    "state": "Does not wait for review any more",
    "role": "Your role does not allow this for this unit.",
    "gone": "Does not exist any more",
    "failed": "Could not be approved; try it on its own page",
}

EXCLUDED = {
    "own": "compiled by yourself",
    "conditional": "open under conditions",
    "restricted": "people could be singled out, or cells are small",
    "held": "not cleared by the check for their class",
    "security": "of a grade that needs a security review",
}
"""Why an entry is reviewed on its own, as English message ids."""


def excluded(
    found: Mapping[str, Any], verdicts: Mapping[str, str | None], *, sensitive: bool
) -> str | None:
    """Why an entry may not be reviewed by a sample, as a key of `EXCLUDED`.

    :param found: its content
    :param verdicts: of the description and each file by id, None where it has none
    :param sensitive: whether its grade needs a security review
    """
    wanted = found.get("opening_class")
    if sensitive:
        return "security"
    if wanted not in ("unconditional", "not_open"):
        return "conditional"
    # What has neither a file nor a check is only described.
    told = [
        verdicts.get(resource["id"])
        for resource in found.get("resources", [])
        if not resource.get("not_released")
        and (resource["id"] in verdicts or resource.get("sha256"))
    ]
    if "restricted" in verdicts.values():
        return "restricted"
    if wanted == "unconditional":
        files = _files(found)
        words = [v for key, v in verdicts.items() if key not in files]
        return None if words and {*told, *words} == {"clear"} else "held"
    return None if all(v in ("clear", "blocked") for v in told) else "held"


def _files(found: Mapping[str, Any]) -> set[str]:
    return {resource["id"] for resource in found.get("resources", [])}


def size_of(total: int, wanted: int | None, least: int) -> int:
    """How many are drawn: what the reviewer wants, but never fewer than *least*."""
    asked = wanted if wanted else math.ceil(total * SHARE)
    return min(total, max(asked, least))


def draw(ids: Iterable[str], size: int, seed: int) -> list[str]:
    """A sample without repetition; the same for the same ids and seed."""
    return random.Random(seed).sample(sorted(ids), size)  # noqa: S311 - recorded


def missing(sample: Sequence[str], looked: Mapping[str, Any]) -> list[str]:
    """Entries of the sample that are not confirmed yet."""
    return [key for key in sample if not looked.get(key, {}).get("confirmed")]
