"""What time does to applications, in one job that may run twice, late or in part.

Each application is a transaction of its own, with its row held: what a killed run left
is done by the next one, and what was done is not done again.
"""

from __future__ import annotations

import logging
from collections import Counter

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests import book, clocks, reminding_clocks, years_clocks
from ckanext.edudata.requests.model import Request

log = logging.getLogger(__name__)

#: Internal actions of other rooms for what hangs on time there: reports due, extracts
#: that end. Each is called without parameters; it must bear being called twice.
ALSO: tuple[str, ...] = (
    "edudata_extract_settle",
    "edudata_use_report_settle",
    "edudata_provision_settle",
    "edudata_recall_settle",
    "edudata_renewal_settle",
    "edudata_applicant_settle",
    "edudata_freeze_settle",
)

WITH_END = ("active", "frozen")


def run_clocks() -> dict[str, int]:
    """Let time pass; safe at any moment, by several at once, and when killed.

    :returns: how often each was done: `lapse`, `expire`, `recounted`, and stages of
        reminders
    """
    done: Counter[str] = Counter()
    with years_clocks.held():
        for request_id in _waiting():
            done.update(_safely(request_id))
        done.update(_safely_unannounced())
    for action in ALSO:
        _other(action)
    return dict(done)


def _waiting() -> list[str]:
    """Ids of the applications with which there is something to do, held by nobody."""
    query = sa.select(Request).where(Request.state.in_((*clocks.WAITS, *WITH_END)))
    found = list(model.Session.scalars(query.order_by(Request.since)))
    given = reminding_clocks.given([request.id for request in found])
    ids = [
        request.id
        for request in found
        if book.state_now(request) != request.state
        or book.due(request, request.state) != request.due_on
        or set(reminding_clocks.stages(request)) - given.get(request.id, set())
    ]
    model.Session.rollback()
    return ids


def _safely(request_id: str) -> Counter[str]:
    try:
        return _one(request_id)
    except Exception as error:  # noqa: BLE001 - the others are not to wait for it
        model.Session.rollback()
        log.warning("Application %s: %s", request_id, type(error).__name__)
        return Counter()


def _one(request_id: str) -> Counter[str]:
    done: Counter[str] = Counter()
    request = model.Session.scalar(
        sa.select(Request)
        .where(Request.id == request_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    # Somebody acts on it at this moment; the next run looks again.
    if request is not None:
        before = request.state
        book.let_time_pass(request)
        if request.state != before:
            done[request.state] += 1
            if request.state == "expired":
                tk.get_action("edudata_grant_move")(
                    {"ignore_auth": True, "defer_commit": True},
                    {"request_id": request.id, "state": "expired"},
                )
        elif reminding_clocks.recount(request):
            done["recounted"] += 1
        done.update(reminding_clocks.remind(request))
    model.Session.commit()
    return done


def _safely_unannounced() -> Counter[str]:
    try:
        made = reminding_clocks.ask_for_years(years_clocks.in_force())
        model.Session.commit()
    except Exception as error:  # noqa: BLE001 - as above
        model.Session.rollback()
        log.warning("Years to be announced: %s", type(error).__name__)
        return Counter()
    return Counter({"years_asked": made}) if made else Counter()


def _other(action: str) -> None:
    try:
        tk.get_action(action)({"ignore_auth": True}, {})
    except Exception as error:  # noqa: BLE001 - as above
        model.Session.rollback()
        log.warning("%s failed: %s", action, type(error).__name__)


def soon() -> None:
    """Have the worker run it; without one the next sweep does."""
    try:
        tk.enqueue_job(run_clocks, title="edudata clocks")
    except Exception:  # noqa: BLE001 - the sweep does it
        log.warning("The job queue is unreachable; the sweep counts dates anew")
