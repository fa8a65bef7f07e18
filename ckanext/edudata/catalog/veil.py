"""What somebody may not know of is answered as what does not exist.

CKAN tells the two apart in many places: 403 against 404, a count of followers of 0
against an error, one sentence against another. Here a reference to an entry that the
caller may not see is replaced, before the action looks at it, by one that nothing has.
So the answer is the action's own for what does not exist, word for word, by the same
path and in the same time.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Action, Context, DataDict

from ckanext.edudata.catalog import visibility

KEYS = (
    "id",
    "name_or_id",
    "resource_id",
    "package_id",
    "entity_id",
    "object",
    "subject",
    "object_id",
)

READS = (
    "package_show",
    "resource_show",
    "am_following_dataset",
    "dataset_follower_count",
    "dataset_follower_list",
    "package_collaborator_list",
    "package_relationships_list",
    "resource_view_list",
    "resource_view_show",
    "task_status_show",
)
"""CKAN's reading actions that take a reference to a package or resource."""

WRITES = ("follow_dataset", "unfollow_dataset")
"""Its others that do; those behind the door have the veil there."""


def call(action: Callable[[DataDict], Any], context: Context, data: DataDict) -> Any:
    """Call *action* with all hidden references replaced, and hide the replacement.

    :raises: what the action raises, with the caller's own words in it
    """
    drawn: dict[str, str] = {}
    other = _drawn(context, data, drawn)
    try:
        # Untouched, the caller's own dict goes on: CKAN's actions write into it.
        return action(other if drawn else data)
    except (tk.ObjectNotFound, tk.NotAuthorized) as error:
        raise type(error)(_said(error.message, drawn)) from None
    except tk.ValidationError as error:
        raise tk.ValidationError(_said(error.error_dict, drawn)) from None


def veiled(action: Action) -> Any:
    """Put the veil before one of our own actions."""

    @wraps(action)
    def behind(context: Context, data_dict: DataDict) -> Any:
        return call(lambda data: action(context, data), context, data_dict)

    return behind


def _drawn(context: Context, data: DataDict, drawn: dict[str, str]) -> DataDict:
    if context.get("ignore_auth"):
        return data
    found = dict(data)
    for key, value in data.items():
        if isinstance(value, dict) and key in ("match", "resource", "package"):
            found[key] = _drawn(context, value, drawn)
        elif isinstance(value, (list, dict)) and _refers(key):
            # SQLAlchemy would find what is hidden by `[id]` and `{"id": id}`.
            raise tk.ValidationError({key: [tk._("An id must be text")]})
        elif not isinstance(value, str) or not _refers(key):
            continue
        elif _hidden(context, value):
            # As long as the real one, so that no limit tells them apart.
            other = str(uuid.uuid4()) if len(value) == 36 else uuid.uuid4().hex * 2
            found[key] = other[: len(value)]
            drawn[found[key]] = value
    return found


def _refers(key: str) -> bool:
    return key in KEYS or key.startswith("match__")


_decoy: dict[str, str] = {}
"""An entry that is looked at where a reference leads to nothing."""


def _hidden(context: Context, reference: str) -> bool:
    """Whether it leads to what the caller may not see; in the same time for nothing."""
    if not reference:
        return False
    package, meant = _found(reference)
    if package is None or visibility.is_public(package):
        return False
    seen = visibility.visible(context, package)
    return meant and not seen


def _found(reference: str) -> tuple[model.Package | None, bool]:
    """The package of an id, name or resource id, or the decoy; and which it is.

    One row of one statement, whatever is asked for.
    """
    asked = {"asked": reference, "decoy": _decoy.get("id", "")}
    row = model.Session.execute(_statement(), asked).first()
    if row is None:
        package = model.Package
        first = sa.select(package.id).where(package.type == "entry").limit(1)
        _decoy["id"] = model.Session.scalar(first) or ""
        return None, False
    return row[0], row[1]


@cache
def _statement() -> Any:
    """What :func:`_found` asks, put together once: parameters `asked` and `decoy`."""
    package = model.Package
    reference = sa.bindparam("asked", type_=sa.UnicodeText)
    of_resource = sa.select(model.Resource.package_id).where(
        model.Resource.id == reference
    )
    meant = sa.or_(
        package.id == reference,
        package.name == reference,
        # Without such a resource this would be unknown, not false, and sort first.
        sa.func.coalesce(package.id == of_resource.scalar_subquery(), sa.false()),
    )
    decoy = package.id == sa.bindparam("decoy", type_=sa.UnicodeText)
    return (
        sa.select(package, meant)
        .where(sa.or_(meant, decoy))
        .order_by(meant.desc(), (package.id == reference).desc())
        .limit(1)
    )


def _said(words: Any, drawn: dict[str, str]) -> Any:
    if isinstance(words, str):
        for other, value in drawn.items():
            words = words.replace(other, value)
        return words
    if isinstance(words, dict):
        return {_said(k, drawn): _said(v, drawn) for k, v in words.items()}
    if isinstance(words, list):
        return [_said(item, drawn) for item in words]
    return words
