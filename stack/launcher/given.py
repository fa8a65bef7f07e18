"""Looks whether the services that a site gave can be reached."""

from __future__ import annotations

import base64
import urllib.request
from collections.abc import Mapping

import psycopg2
import redis

from .say import Trouble
from .settings import DATABASES, REDIS, SOLR, SOLR_PASSWORD, SOLR_USER


def check(given: Mapping[str, str]) -> None:
    """Raise Trouble that names the variable whose service does not answer."""
    for name in (*DATABASES, REDIS, SOLR):
        if name not in given:
            continue
        try:
            if name in DATABASES:
                psycopg2.connect(given[name], connect_timeout=10).close()
            elif name == REDIS:
                redis.Redis.from_url(given[name], socket_connect_timeout=10).ping()
            else:
                ask_solr(given)
        except (psycopg2.Error, redis.RedisError, OSError, ValueError) as error:
            said = " ".join(str(error).split())
            raise Trouble(
                f"用不了 {name} 所给的服务，请检查该变量和服务：{said}",
                f"The service that {name} names cannot be used. Check the variable "
                f"and the service: {said}",
            ) from None


def ask_solr(given: Mapping[str, str]) -> None:
    """Query the given core.

    :raises OSError: it does not answer, or refuses
    """
    url = given[SOLR].rstrip("/") + "/select?q=*:*&rows=0"
    request = urllib.request.Request(url)  # noqa: S310 - the operator's own address
    if SOLR_USER in given:
        pair = f"{given[SOLR_USER]}:{given.get(SOLR_PASSWORD, '')}"
        token = base64.b64encode(pair.encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
    with urllib.request.urlopen(request, timeout=20):  # noqa: S310
        return
