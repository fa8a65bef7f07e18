"""Queues of background jobs: how many wait, and since when."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import ckan.plugins.toolkit as tk
import redis
from ckan.lib import jobs
from rq.job import Job
from rq.queue import Queue

from ckanext.edudata.operations import services


@dataclass(frozen=True)
class Waiting:
    """`oldest`: seconds since the oldest job of the queue came; 0 if none waits."""

    name: str
    waiting: int
    oldest: float


def look() -> list[Waiting]:
    """Each queue of the site.

    :raises redis.RedisError: Redis is away
    """
    patience = services.PATIENCE
    client = redis.Redis.from_url(
        tk.config["ckan.redis.url"],
        socket_timeout=patience,
        socket_connect_timeout=patience,
    )
    with client:
        names = {"default", tk.config["ckanext.edudata.check.queue"]}
        return [_look(client, name) for name in sorted(names)]


def _look(client: redis.Redis, name: str) -> Waiting:
    queue = Queue(jobs.add_queue_name_prefix(name), connection=client)
    ids = queue.get_job_ids(0, 1)
    job = Job.fetch_many(ids, connection=client)[0] if ids else None
    since = job.enqueued_at if job else None
    oldest = 0.0
    if since is not None:
        if since.tzinfo is None:
            since = since.replace(tzinfo=datetime.timezone.utc)
        now = datetime.datetime.now(datetime.timezone.utc)
        oldest = max((now - since).total_seconds(), 0.0)
    return Waiting(name, queue.count, oldest)
