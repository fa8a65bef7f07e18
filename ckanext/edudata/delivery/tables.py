"""Whose table an id of the DataStore is, and which may be read at all.

No table is read that is not the table of a CKAN resource or of a published earlier
version. The frozen tables of conditional data are read only while `_opened` names
them, which is for one call, after a grant was found and judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, DataDict
from flask import has_request_context, request

from ckanext.edudata.delivery import sought, tokens
from ckanext.edudata.delivery.sought import Sought

_opened: ContextVar[str | None] = ContextVar("edudata_opened_table", default=None)


@contextmanager
def opened(table_id: str) -> Iterator[None]:
    """Let this one table be read, in this thread of execution."""
    token = _opened.set(table_id)
    try:
        yield
    finally:
        _opened.reset(token)


def is_open(table_id: str) -> bool:
    return _opened.get() == table_id


def asked_id(data_dict: DataDict) -> str:
    """Id of the table asked for. `id` wins over `resource_id`, as in CKAN.

    :raises ValidationError: there is none
    """
    found = data_dict.get("id") or data_dict.get("resource_id")
    if not found or not isinstance(found, str):
        raise tk.ValidationError({"resource_id": [tk._("Missing value")]})
    return found


class Place(NamedTuple):
    """What stands under an id: an ordinary table, a public version (`version` is the
    id its table has now), or data that are had by a grant (`sought`)."""

    version: str | None = None
    sought: Sought | None = None


def conditional(table_id: str, context: Context) -> Sought | None:
    """The conditional data of an open dataset under an id, if such stand there."""
    found = sought.conditional(table_id, context)
    if found:
        _private()
    return found


def place(table_id: str, context: Context) -> Place:
    """Find out what stands under an id."""
    found = conditional(table_id, context)
    return Place(sought=found) if found else ordinary(table_id)


def ordinary(table_id: str) -> Place:
    """What stands under an id that `conditional` knows nothing of.

    CKAN's own look-up takes a resource's name for an id, so somebody could name a
    resource like a table that is not theirs; here only the id counts.

    :raises ObjectNotFound: an alias, a frozen or staged table, or nothing at all
    """
    resource = model.Session.get(model.Resource, table_id)
    if resource is not None:
        try:
            found = tk.get_action("edudata_released_resource_show")(
                {"ignore_auth": True}, {"id": table_id}
            )
        except tk.ObjectNotFound:
            found = {"kind": None}
        if resource.state == "deleted" or found["kind"] == "conditional":
            raise not_found(table_id)
        return Place()
    frozen = tk.get_action("edudata_frozen_table_show")(
        {"ignore_auth": True}, {"id": table_id}
    )
    if frozen["public"]:
        # The table of the version in force stands under the public id.
        return Place(version=frozen["resource_id"] if frozen["current"] else table_id)
    raise not_found(table_id)


def _private() -> None:
    """CKAN lets shared caches keep an answer unless told otherwise."""
    if has_request_context():
        request.environ["__no_cache__"] = True


def not_found(table_id: str) -> tk.ObjectNotFound:
    """CKAN's own words, whatever the reason."""
    return tk.ObjectNotFound(tk._('Resource "{0}" was not found.').format(table_id))


def confined(resource_id: str) -> None:
    """Refuse a grant's token on any other resource.

    :raises NotAuthorized: the token is for another one
    """
    mine = tokens.bound()
    if mine and mine.resource_id != resource_id:
        raise tk.NotAuthorized(tk._("This token opens the resource of its grant only."))
