"""Applications that are long over, and drafts that nobody goes on with."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import aliased

from ckanext.edudata.delivery import extracts
from ckanext.edudata.delivery.model import Grant, GrantToken
from ckanext.edudata.delivery.model_after import Recall
from ckanext.edudata.delivery.model_extracts import Extract
from ckanext.edudata.operations import retention_tables as tables
from ckanext.edudata.operations.retention import Rule
from ckanext.edudata.requests import forgetting_applicants, retention_applicants, states
from ckanext.edudata.requests.model import Application, Request
from ckanext.edudata.requests.model_applicants import Attachment

_OVER = frozenset({*states.OVER, "refused"}) - retention_applicants.RUNNING
_DRAFT = sa.text(
    """
    SELECT a.id FROM edudata_application a WHERE a.created_at < :before
    AND NOT EXISTS (SELECT 1 FROM edudata_request r
        WHERE r.application_id = a.id AND (r.state <> 'draft' OR r.since >= :before))
    AND NOT EXISTS (SELECT 1 FROM edudata_request r JOIN edudata_audit t
        ON t.object_id = r.id AND t.at >= :before WHERE r.application_id = a.id)
    AND (CAST(:only AS text) IS NULL OR a.id = :only)
    ORDER BY a.id
    """
)


def _over(before: datetime.datetime, only: str | None = None) -> list[str]:
    """Applications of which every part was over before the moment, nothing follows from
    them, and no recall of their data is open."""
    part, later, grant = Request, aliased(Request), Grant
    running = sa.exists().where(
        part.application_id == Application.id,
        sa.or_(part.state.not_in(_OVER), part.since >= before),
    )
    renewed = sa.exists().where(
        part.application_id == Application.id,
        later.renews == part.id,
        later.state.not_in(_OVER),
    )
    recalled = sa.exists().where(
        part.application_id == Application.id,
        grant.request_id == part.id,
        Recall.dataset_id == grant.dataset_id,
        Recall.state == "open",
    )
    query = sa.select(Application.id).where(
        sa.exists().where(part.application_id == Application.id),
        ~running,
        ~renewed,
        ~recalled,
    )
    if only:
        query = query.where(Application.id == only)
    return list(model.Session.scalars(query.order_by(Application.id)))


def _drafts(before: datetime.datetime, only: str | None = None) -> list[str]:
    return list(model.Session.scalars(_DRAFT, {"before": before, "only": only}))


def _remover(
    due: Callable[[datetime.datetime, str | None], list[str]],
) -> Callable[[str, datetime.datetime], tuple[int, Callable[[], None] | None] | None]:
    def remove(
        application_id: str, before: datetime.datetime
    ) -> tuple[int, Callable[[], None] | None] | None:
        _held(application_id)
        return _removed(application_id) if due(before, application_id) else None

    return remove


def _held(application_id: str) -> None:
    for of in (Application.id, Request.application_id):
        query = sa.select(of).where(of == application_id).with_for_update()
        model.Session.execute(query)


def _removed(application_id: str) -> tuple[int, Callable[[], None]]:
    parts = list(
        model.Session.scalars(
            sa.select(Request.id).where(Request.application_id == application_id)
        )
    )
    grants = list(
        model.Session.scalars(sa.select(Grant.id).where(Grant.request_id.in_(parts)))
    )
    files = list(
        model.Session.scalars(
            sa.select(Attachment.id).where(Attachment.application_id == application_id)
        )
    )
    copies = model.Session.execute(
        sa.select(Extract.id, Extract.tries).where(Extract.grant_id.in_(grants))
    ).all()
    tokens = list(
        model.Session.scalars(
            sa.select(GrantToken.jti).where(GrantToken.grant_id.in_(grants))
        )
    )
    for extract_id, tries in copies:
        for number in range(1, tries + 1):
            extracts.discard(extract_id, number)
    rows = tables.remove_from("api_token", "id", tokens)
    rows += tables.remove_from("edudata_notice", "object_id", [*parts, *grants])
    rows += tables.remove("grant_id", grants)
    rows += tables.remove("request_id", parts)
    rows += tables.remove("application_id", [application_id])
    rows += tables.remove_from("edudata_application", "id", [application_id])
    return rows, lambda: forgetting_applicants.remove_files(files)


RULES = [
    Rule("applications", "Applications that are over", _over, _remover(_over)),
    Rule("drafts", "Drafts of applications", _drafts, _remover(_drafts)),
]
