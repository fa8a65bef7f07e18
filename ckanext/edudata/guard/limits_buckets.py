"""Points left to each caller, counted in Redis for all processes and machines.

A budget of N points a minute is a bucket that fills by N/60 a second and holds a
minute's worth (generic cell rate algorithm: one number for each caller). Where Redis
does not answer each process counts by itself, so that a site without it is not open to
everything.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import NamedTuple

from redis import Redis

from ckanext.edudata.guard import memory

MINUTE = 60.0
MOST_CALLERS = 20_000
"""Callers that one process counts by itself, the latest ones."""

# All buckets are asked before one is filled: who is refused by one pays none.
_TAKE = memory.Script("""
local now = redis.call('TIME')
local t = tonumber(now[1]) + tonumber(now[2]) / 1000000
local wait, after = 0, {}
for i, key in ipairs(KEYS) do
  local fill = tonumber(ARGV[i])
  local free = math.max(tonumber(redis.call('GET', key) or 0), t) + fill
  after[i] = free
  wait = math.max(wait, free - t - 60)
end
if wait <= 0 then
  for i, key in ipairs(KEYS) do
    redis.call('SET', key, string.format('%.6f', after[i]), 'EX', 61)
  end
end
return string.format('%.3f', wait)
""")


class Bucket(NamedTuple):
    """Whose points, and how many a minute."""

    caller: str
    a_minute: float


_lock = threading.Lock()
_own: OrderedDict[str, float] = OrderedDict()


def take(buckets: list[Bucket], points: float) -> float:
    """Take points out of all buckets; nothing is taken where one has too few.

    :returns: seconds until there will be enough, 0 where there were
    """
    wanted = [
        (bucket.caller, MINUTE * min(1.0, points / bucket.a_minute))
        for bucket in buckets
        if bucket.a_minute > 0
    ]
    if not wanted or points <= 0:
        return 0.0
    told = memory.ask(lambda redis: _counted(redis, wanted))
    return _counted_here(wanted) if told is None else told


def _counted(redis: Redis, wanted: list[tuple[str, float]]) -> float:
    start = memory.prefix("limit")
    keys = [start + caller for caller, _ in wanted]
    return float(_TAKE(redis, keys, [fill for _, fill in wanted]))


def _counted_here(wanted: list[tuple[str, float]]) -> float:
    now = time.monotonic()
    with _lock:
        after = {
            caller: max(_own.get(caller, 0.0), now) + fill for caller, fill in wanted
        }
        wait = max(0.0, *(free - now - MINUTE for free in after.values()))
        if wait <= 0:
            for caller, free in after.items():
                _own[caller] = free
                _own.move_to_end(caller)
            while len(_own) > MOST_CALLERS:
                _own.popitem(last=False)
        return wait
