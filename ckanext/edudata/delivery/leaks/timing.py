"""Does it take another time to say that something is not there? Pure.

Reported, never judged: a busy machine is no leak, and a leak of microseconds needs
thousands of questions from nearby.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence


def compared(real: Sequence[float], made_up: Sequence[float]) -> dict[str, float]:
    """Two samples of seconds set side by side (Mann–Whitney, normal approximation).

    :returns: `{real_ms, made_up_ms, difference_ms, z}`: medians, and how many standard
        deviations the order of the samples is away from chance
    """
    ranked = sorted([(value, 0) for value in real] + [(value, 1) for value in made_up])
    ranks = [0.0, 0.0]
    place = 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        for _, which in ranked[place:end]:
            ranks[which] += (place + 1 + end) / 2
        place = end
    n, m = len(real), len(made_up)
    u = ranks[0] - n * (n + 1) / 2
    spread = math.sqrt(n * m * (n + m + 1) / 12)
    one, other = statistics.median(real) * 1000, statistics.median(made_up) * 1000
    return {
        "real_ms": round(one, 2),
        "made_up_ms": round(other, 2),
        "difference_ms": round(one - other, 2),
        "z": round((u - n * m / 2) / spread, 2) if spread else 0.0,
    }
