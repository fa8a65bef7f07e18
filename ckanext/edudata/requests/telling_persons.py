"""Who is told of the people named, and what goes on record of it: ids only."""

from __future__ import annotations

from typing import Any

from ckanext.edudata.audit import trail
from ckanext.edudata.feedback import telling as notices
from ckanext.edudata.requests import telling
from ckanext.edudata.requests.model import Request
from ckanext.edudata.requests.model_applicants import RequestPerson


def record(
    action: str, row: RequestPerson, actor_id: str, part: Request | None = None
) -> None:
    """Put it on the trail, in the open transaction."""
    detail: dict[str, Any] = {"application": row.application_id, "person": row.user_id}
    if part is not None:
        detail["request"] = part.id
    trail.record(
        action,
        actor_id=actor_id,
        object_type="request_person",
        object_id=row.id,
        unit_id=part.unit_id if part else None,
        detail=detail,
    )


def asked(row: RequestPerson, parts: list[Request]) -> None:
    """The person is told that they were named."""
    if row.user_id:
        _note("person_named", row.user_id, row, parts)


def answered(row: RequestPerson, parts: list[Request]) -> None:
    """The applicant is told of the answer; the question waits no longer."""
    notices.done("request_person", row.id)
    if row.user_id != parts[0].user_id:
        kind = "person_confirmed" if row.state == "confirmed" else "person_declined"
        _note(kind, parts[0].user_id, row, parts)


def ended(row: RequestPerson, parts: list[Request], actor_id: str) -> None:
    """The other of the two is told."""
    notices.done("request_person", row.id)
    if actor_id != parts[0].user_id:
        _note("person_left", parts[0].user_id, row, parts)
    elif row.user_id and row.user_id != actor_id:
        _note("person_removed", row.user_id, row, parts)


def waits(part: Request) -> None:
    """Reviewers are told that somebody waits to be admitted."""
    telling.note(part, "review_person", telling.entitled(part, "request_review"))


def admitted(row: RequestPerson, part: Request) -> None:
    """The person is told that they may read."""
    notices.done("request", part.id, ["review_person"])
    _note("person_admitted", str(row.user_id), row, [part])


def _note(kind: str, user_id: str, row: RequestPerson, parts: list[Request]) -> None:
    number = str(parts[0].number or "")
    notices.note(
        kind,
        [user_id],
        unit_id=parts[0].unit_id,
        object_type="request_person",
        object_id=row.id,
        detail={
            "number": number if len(parts) == 1 else number.rsplit("-", 1)[0],
            "application": row.application_id,
        },
    )
