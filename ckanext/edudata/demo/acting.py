"""Acting as the people of the demonstration, and telling of it."""

from __future__ import annotations

import io
import json
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan import model
from werkzeug.datastructures import FileStorage

_KEY = "edudata.demo"


def tell(zh: str, en: str) -> None:
    """A line of progress, Chinese first."""
    click.echo(f"{zh} · {en}")


def act(action: str, person: str, /, **data: Any) -> Any:
    """Call an action as one of the people would."""
    # What the worker has written since is to be seen, so no old objects.
    model.Session.remove()
    context: Any = {"user": person, "auth_user_obj": model.User.get(person)}
    return tk.get_action(action)(context, data)


def set_up(action: str, /, **data: Any) -> Any:
    """Call an action as the operator: for units and accounts only."""
    context: Any = {"ignore_auth": True}
    context["user"] = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return tk.get_action(action)(context, data)


def unit_id(name: str) -> str:
    """Id of a unit.

    :raises ObjectNotFound: there is none of that name
    """
    unit = model.Group.get(name)
    if unit is None:
        raise tk.ObjectNotFound(name)
    return unit.id


def upload(content: bytes, name: str) -> FileStorage:
    """A file as a form brings it."""
    return FileStorage(io.BytesIO(content), name, "upload")


def done(step: str) -> Any:
    """What was noted for a step that is over; None for others."""
    return _notes().get(step)


def note(step: str, value: Any = True) -> None:
    """Note that a step is over: it is never taken again, whatever people change."""
    value = json.dumps({**_notes(), step: value}, ensure_ascii=False)
    model.set_system_info(_KEY, value)


def _notes() -> dict[str, Any]:
    kept = model.get_system_info(_KEY)
    return json.loads(kept) if kept else {}


def reasons(error: Exception) -> str:
    """What a refusal says, without its outer shape."""
    if isinstance(error, tk.ValidationError):
        parts = []
        for key, value in error.error_dict.items():
            texts = value if isinstance(value, list) else [value]
            parts += [f"{key}: {text}" for text in texts]
        return "; ".join(parts)
    return str(error) or type(error).__name__
