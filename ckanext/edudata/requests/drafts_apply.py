"""Applications as their author makes them: begun, made of parts, numbered."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import trail
from ckanext.edudata.requests import book, states
from ckanext.edudata.requests.model import Application, Request, RequestEvent

MOST_PARTS = 20


def begin(user_id: str) -> Application:
    """An application without parts, numbered."""
    application = Application(user_id=user_id, created_at=book.now())
    model.Session.add(application)
    model.Session.flush()
    model.Session.refresh(application)
    year = book.today().year
    application.number = f"QS-{year}-{application.serial:06d}"
    return application


def locked(application_id: Any, user_id: str | None) -> Application:
    """One's own application, held until the end of the transaction.

    :raises ObjectNotFound: there is none, or not for this person
    """
    application = None
    if isinstance(application_id, str):
        application = model.Session.get(
            Application, application_id, populate_existing=True, with_for_update=True
        )
    if application is None or not user_id or application.user_id != user_id:
        model.Session.rollback()
        raise tk.ObjectNotFound(tk._("There is no such application"))
    return application


def parts(application_id: str) -> list[Request]:
    """Its parts in their order."""
    query = sa.select(Request).where(Request.application_id == application_id)
    return list(model.Session.scalars(query.order_by(Request.place)))


def drafts(application: Application) -> list[Request]:
    """Its parts, held, where all of them are drafts.

    :raises ValidationError: it was submitted
    """
    found = parts(application.id)
    for part in found:
        book.lock(part)
    if not found or any(part.state != "draft" for part in found):
        raise tk.ValidationError(
            {
                "application_id": [
                    tk._(
                        "This application was submitted. Its parts are changed one by "
                        "one, where they are returned to you."
                    )
                ]
            }
        )
    return found


def add(application: Application, data: dict[str, Any]) -> Request:
    """One more part, for these released data.

    :raises ValidationError: too many
    """
    before = parts(application.id)
    if len(before) >= MOST_PARTS:
        words = tk._("One application holds at most {most} datasets.")
        raise tk.ValidationError({"resource_id": [words.format(most=MOST_PARTS)]})
    place = len(before) + 1
    part = Request(
        application_id=application.id,
        place=place,
        number=f"{application.number}-{place}",
        user_id=application.user_id,
        unit_id=data["unit_id"],
        dataset_id=data["dataset_id"],
        resource_id=data["resource_id"],
        release_id=data["release_id"],
        form={},
    )
    model.Session.add(part)
    model.Session.flush()
    renumber(application)
    model.Session.refresh(part)
    book.note(part, _CREATE, application.user_id, None, "", {})
    record("request_create", part)
    return part


_CREATE = states.Transition("create", "", "draft")


def remove(application: Application, part: Request) -> None:
    """Take a draft part out; nobody but its author ever saw it."""
    record("request_discard", part)
    model.Session.execute(
        sa.delete(RequestEvent).where(RequestEvent.request_id == part.id)
    )
    model.Session.delete(part)
    model.Session.flush()
    renumber(application)


def renumber(application: Application) -> None:
    """Places and numbers of the parts, without gaps; one alone has no place."""
    found = parts(application.id)
    for place, part in enumerate(found, start=1):
        part.place = place
        alone = len(found) == 1
        part.number = application.number if alone else f"{application.number}-{place}"
        # One by one: no two of them ever stand in the same place.
        model.Session.flush()


def record(action: str, part: Request) -> None:
    trail.record(
        action,
        actor_id=part.user_id,
        object_type="request",
        object_id=part.id,
        unit_id=part.unit_id,
        detail={
            "dataset": part.dataset_id,
            "resource": part.resource_id,
            "application": part.application_id,
        },
    )
