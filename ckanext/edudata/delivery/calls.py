"""How many calls a minute: counted in Redis, for each person of a grant.

Where calls cannot be counted nothing is read: these are data open on conditions, and
the quota is one of them. A minute is one of the clock, so that at its turn up to twice
the number may come within sixty seconds.
"""

from __future__ import annotations

import logging
import time

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis
from redis.exceptions import RedisError

from ckanext.edudata.delivery import grants
from ckanext.edudata.delivery.model import Grant

log = logging.getLogger(__name__)

MINUTE = 60
TOO_MANY = (
    "Your grant allows %(calls)s calls a minute. Go on in %(seconds)s seconds, or ask "
    "for more rows with each call."
)
UNCOUNTED = grants.Refused(
    "uncounted",
    "The portal cannot count calls at this moment, and without that no conditional "
    "data are given. Try again in some minutes.",
)


def allowed(grant: Grant) -> int:
    """Calls a minute that the grant allows, 0 for any number."""
    if grant.quota_calls is not None:
        return grant.quota_calls
    return int(tk.config["ckanext.edudata.delivery.calls_a_minute"])


def count(grant: Grant, user_id: str) -> grants.Refused | None:
    """Count a call; why it may not be answered, or None.

    A refusal's code is `calls` for the first call too many in a minute, `calls_more`
    for those after it, which need no record of their own.
    """
    quota = allowed(grant)
    if not quota:
        return None
    now = int(time.time())
    site = tk.config["ckan.site_id"]
    key = f"edudata:calls:{site}:{grant.id}:{user_id}:{now // MINUTE}"
    try:
        with connect_to_redis().pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, 2 * MINUTE)
            number = int(pipe.execute()[0])
    except (RedisError, OSError):
        log.exception("Calls of grants cannot be counted; they are refused")
        return UNCOUNTED
    if number <= quota:
        return None
    code = "calls" if number == quota + 1 else "calls_more"
    values = {"calls": str(quota), "seconds": str(MINUTE - now % MINUTE)}
    return grants.Refused(code, TOO_MANY, values)
