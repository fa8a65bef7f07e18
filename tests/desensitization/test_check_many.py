"""Many checks that come together share one child process."""

from __future__ import annotations

from typing import Any

import pytest
import rq
import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs as queues

from ckanext.edudata.desensitization import jobs, runs
from ckanext.edudata.desensitization.model import Check
from ckanext.edudata.desensitization.sandbox import Sandbox

COUNT = 7


@pytest.fixture
def waiting(portal: Any) -> list[str]:
    """Descriptions that wait for their check; nobody works on them."""
    for number in range(COUNT):
        portal.entry(title=f"第{number}项数据资源")
    queues.get_queue("edudata").empty()
    return list(
        model.Session.scalars(sa.select(Check.id).where(Check.state == "queued"))
    )


@pytest.mark.article(27)
@pytest.mark.promise(4)
def test_one_job_works_on_all_with_one_child(
    waiting: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(waiting) == COUNT
    runs.queue(waiting)
    queue = queues.get_queue("edudata")
    assert len(queue.jobs) == 1
    job = queue.jobs[0]
    assert job.timeout > COUNT * 60

    made: list[Sandbox] = []
    begin = Sandbox.__init__

    def counted(self: Sandbox, *given: Any, **named: Any) -> None:
        made.append(self)
        begin(self, *given, **named)

    monkeypatch.setattr(Sandbox, "__init__", counted)
    # As in the worker, whose jobs have no warm child of their own.
    monkeypatch.setattr(jobs, "_warm", [])
    monkeypatch.setattr(rq, "get_current_job", lambda: job)
    job.func(*job.args)
    model.Session.remove()
    found = model.Session.execute(sa.select(Check.state, Check.verdict)).all()
    assert [tuple(row) for row in found] == [("done", "clear")] * COUNT
    assert len(made) == 1
    assert jobs.sandbox() is None


def test_a_few_are_jobs_of_their_own(waiting: list[str]) -> None:
    runs.queue(waiting[:3])
    assert len(queues.get_queue("edudata").jobs) == 3
    queues.get_queue("edudata").empty()
