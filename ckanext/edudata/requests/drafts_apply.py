"""Applications as their author makes them: begun, made of parts, numbered."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import DataDict
from sqlalchemy.exc import IntegrityError

from ckanext.edudata.audit import trail
from ckanext.edudata.requests import book, filling_apply, states
from ckanext.edudata.requests.model import Application, Request, RequestEvent
from ckanext.edudata.requests.model_agreements import Acceptance

MOST_PARTS = 20
TOGETHER = (
    "This application asks for several datasets. Its parts are submitted together: "
    "submit the application."
)
SUBMITTED = (
    "This application was submitted. Its parts are changed one by one, where they are "
    "returned to you."
)
_CREATE = states.Transition("create", "", "draft")


def create(user_id: str, data_dict: DataDict) -> Request:
    """New parts, of a new application or of a draft; the first of them.

    :raises ObjectNotFound: no conditional data, or no such application of one's own
    :raises ValidationError: one is open for these data, too many, or wrong values
    """
    ids = [data_dict.get("resource_id"), *(data_dict.get("resource_ids") or [])]
    wanted = [released(each) for each in dict.fromkeys(filter(None, ids))]
    if not wanted:
        raise tk.ValidationError({"resource_id": [tk._("Missing value")]})
    try:
        if data_dict.get("application_id"):
            application = locked(data_dict["application_id"], user_id)
            before = drafts(application)
        else:
            application, before = begin(user_id), []
        made = [_part(application, data) for data in wanted]
        _given(made, before, data_dict, wanted)
        application.version += 1
        model.Session.commit()
    except IntegrityError:
        model.Session.rollback()
        raise tk.ValidationError({"resource_id": [_already()]}) from None
    except Exception:
        model.Session.rollback()
        raise
    return made[0]


released = filling_apply.released


def _part(application: Application, data: dict[str, Any]) -> Request:
    none_open(application.user_id, data["resource_id"])
    return add(application, data)


def _given(
    made: list[Request],
    before: list[Request],
    data_dict: DataDict,
    wanted: list[dict[str, Any]],
) -> None:
    """Fill new parts with what came; what they share with the draft they have of it."""
    together = [*before, *made]
    filling_apply.share(together[0], together)
    for part in made:
        part.agreed_terms = together[0].agreed_terms
        part.acceptance_id = together[0].acceptance_id
    problems = {}
    for part, data in zip(made, wanted, strict=True):
        problems |= filling_apply.fill(part, data_dict, data)
    problems |= filling_apply.agree(together, data_dict)
    if problems:
        raise tk.ValidationError(book.in_words(problems))
    filling_apply.share(made[0], together)


def _already() -> str:
    return tk._("You have an open application for these data already.")


def none_open(user_id: str, resource_id: str) -> None:
    """:raises ValidationError: this person has an open application for these data"""
    query = sa.select(Request).where(
        Request.user_id == user_id,
        Request.resource_id == resource_id,
        Request.state.in_(states.UNDECIDED),
    )
    for request in model.Session.scalars(query.with_for_update()):
        book.let_time_pass(request)
        if request.state in states.UNDECIDED:
            raise tk.ValidationError(
                {"resource_id": [f"{_already()} {request.number}"]}
            )
    model.Session.flush()


def begin(user_id: str) -> Application:
    """An application without parts, numbered."""
    application = Application(user_id=user_id, created_at=book.now())
    model.Session.add(application)
    model.Session.flush()
    model.Session.refresh(application)
    application.number = f"QS-{book.today().year}-{application.serial:06d}"
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


def lock_of(request_id: Any) -> None:
    """Hold the application of a part before the part: everybody takes them in turn."""
    if isinstance(request_id, str):
        of = sa.select(Request.application_id).where(Request.id == request_id)
        query = sa.select(Application.id).where(Application.id.in_(of))
        model.Session.execute(query.with_for_update())


def parts(application_id: str) -> list[Request]:
    """Its parts in their order."""
    query = sa.select(Request).where(Request.application_id == application_id)
    return list(model.Session.scalars(query.order_by(Request.place)))


def together(request: Request) -> list[Request]:
    """The draft parts of its application, which is held; its version goes on."""
    application = model.Session.get(Application, request.application_id)
    if application is not None:
        application.version += 1
    return [part for part in parts(request.application_id) if part.state == "draft"]


def drafts(application: Application) -> list[Request]:
    """Its parts, held, where all of them are drafts.

    :raises ValidationError: it was submitted
    """
    found = parts(application.id)
    for part in found:
        book.lock(part)
    if not found or any(part.state != "draft" for part in found):
        raise tk.ValidationError({"application_id": [tk._(SUBMITTED)]})
    return found


def add(application: Application, data: dict[str, Any]) -> Request:
    """One more part, for these released data.

    :raises ValidationError: too many
    """
    before = parts(application.id)
    if len(before) >= MOST_PARTS:
        words = tk._("One application asks for at most {most} tables.")
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
        alone = len(found) == 1
        part.place = place
        part.number = (
            str(application.number) if alone else f"{application.number}-{place}"
        )
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


def discard(application: Application) -> None:
    """Delete an application that has no parts left, and who agreed to what for it."""
    model.Session.execute(
        sa.delete(Acceptance).where(Acceptance.application_id == application.id)
    )
    model.Session.delete(application)
    model.Session.flush()
