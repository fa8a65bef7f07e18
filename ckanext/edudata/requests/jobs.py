"""What time does to applications, in one job that may run twice, late or in part."""

from __future__ import annotations

import logging

import ckan.plugins.toolkit as tk
from ckan import model

log = logging.getLogger(__name__)

#: Internal actions of other rooms for what hangs on time there: reports due, extracts
#: that end. Each is called without parameters; it must bear being called twice.
ALSO: tuple[str, ...] = ()


def run_clocks() -> dict[str, int]:
    """Let time pass; safe at any moment, by several at once, and when killed.

    :returns: what was done, by kind
    """
    done: dict[str, int] = {}
    for action in ALSO:
        try:
            tk.get_action(action)({"ignore_auth": True}, {})
        except Exception as error:  # noqa: BLE001 - the others are not to wait for it
            model.Session.rollback()
            log.warning("%s failed: %s", action, type(error).__name__)
    return done
