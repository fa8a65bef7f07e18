"""Invitations to people whose accounts were made for them: the usual reset path."""

from __future__ import annotations

import logging

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import mailer

from ckanext.edudata.feedback.jobs import _site_language

log = logging.getLogger(__name__)


def queue_invitations(user_ids: list[str]) -> None:
    """Have them invited by the worker. Without a mail server they ask for a link on the
    page for forgotten passwords."""
    if not user_ids or not tk.config.get("smtp.server"):
        return
    try:
        tk.enqueue_job(invite, [user_ids], title="edudata invitations")
    except Exception:  # noqa: BLE001 - the accounts stand; they can be invited again
        log.warning("The job queue is unreachable; people were not invited")


def invite(user_ids: list[str]) -> int:
    """Mail the link to set a password; how many were sent."""
    sent = 0
    with _site_language():
        for user_id in user_ids:
            user = model.User.get(user_id)
            if user is None or user.state != model.State.PENDING or not user.email:
                continue
            try:
                mailer.send_invite(user)
                sent += 1
            except Exception as error:  # noqa: BLE001 - the next one may be reachable
                log.warning("An invitation failed: %s", type(error).__name__)
    return sent
