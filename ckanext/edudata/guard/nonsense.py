"""What CKAN's actions stumble over in a call is the caller's: 400 with a sentence.

Many of CKAN 2.12's actions take what they are given for what it should be, and fail
with a KeyError or TypeError where something is missing or of another kind; the API
answers that as a failure of the portal. Here it is refused as bad input, and noted.
A failure of the portal's own code stays one: it is a fault that has to be seen.
"""

from __future__ import annotations

import functools
import logging
import traceback
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from sqlalchemy.exc import DBAPIError, ProgrammingError, StatementError

log = logging.getLogger(__name__)

STUMBLES = (
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
    StatementError,
)
"""How code fails that is given something else than it expects."""


def install(app: Any) -> None:
    """Put it around the actions that the API looks up."""
    # CKAN loads its views a second time, under a path: `ckan.views.api` is another.
    asking = app.view_functions["api.action"].__globals__
    found = asking["get_action"]
    if not getattr(found, "edudata_stumbles", False):

        def get_action(name: str) -> Any:
            return careful(found(name))

        vars(get_action)["edudata_stumbles"] = True
        asking["get_action"] = get_action


def careful(action: Callable[..., Any]) -> Callable[..., Any]:
    """The action; what CKAN's code stumbles over becomes a refusal of the input."""

    @functools.wraps(action)
    def call(context: Any, data_dict: Any) -> Any:
        try:
            return action(context, data_dict)
        except (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound):
            raise
        except STUMBLES as error:
            if ours(error) or not of_input(error):
                raise
            model.Session.rollback()
            place = traceback.extract_tb(error.__traceback__)[-1]
            # The words of the error may quote the input: its kind and place must do.
            log.warning(
                "%s stumbled: %s at %s:%s",
                getattr(action, "__name__", ""),
                type(error).__name__,
                place.filename,
                place.lineno,
            )
            raise tk.ValidationError({"input": [_sentence()]}) from None

    return call


def _sentence() -> str:
    return tk._(
        "The call lacks something, or something in it is of another kind than the "
        "action takes. Its description (help_show) says what it takes."
    )


def ours(error: BaseException) -> bool:
    """Whether the portal's own code failed, not code that it was asked to call."""
    own = [
        frame.filename
        for frame in traceback.extract_tb(error.__traceback__)
        if "/ckan/" in frame.filename or "/ckanext/" in frame.filename
    ]
    return not own or "/ckanext/edudata/" in own[-1]


def of_input(error: BaseException) -> bool:
    """Whether the database refused a value, not that a table or itself is missing.

    Data exceptions (class 22), no such operator or cast for the value's type; without
    a code the driver could not even write the value down.
    """
    if not isinstance(error, DBAPIError):
        return True
    code = getattr(error.orig, "pgcode", None)
    if code is None:
        return isinstance(error, ProgrammingError)
    return code[:2] == "22" or code in ("42883", "42804", "42846")
